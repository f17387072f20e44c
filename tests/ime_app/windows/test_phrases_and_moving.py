"""Custom phrases and moving house in the window of the user's own words, by hand and by the disk."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QFileDialog, QLabel

from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.moving_tab import MovingTab
from tests.ime_app.hands import PLAIN
from tests.ime_app.windows.test_words_window import Hands
from tests.ime_app.windows.test_words_window import hands as hands


def custom(hands: Hands) -> list[tuple[str, str, int]]:
    phrases = CustomPhraseBook(hands.folder).read().phrases
    return [(each.code, each.text, each.place) for each in phrases]


def ask(hands: Hands, code: str, text: str, place: int = 1) -> CustomDialog:
    dialog = hands.custom.findChildren(CustomDialog)[-1]
    dialog.code.setText(code)
    dialog.text.setPlainText(text)
    dialog.place.setCurrentIndex(place - 1)
    dialog.finish()
    return dialog


def test_phrases_are_added_edited_ordered_and_deleted(hands: Hands) -> None:
    tab = hands.custom
    hands.window.tabs.setCurrentWidget(tab)
    tab.add()
    ask(hands, "DZ", "北京市\n海淀区")
    tab.add()
    ask(hands, "dz", "上海市", 2)
    tab.add()
    ask(hands, "yx", "ni@hao.cn")
    assert custom(hands) == [("dz", "北京市\n海淀区", 1), ("dz", "上海市", 2), ("yx", "ni@hao.cn", 1)]
    tab.table.choose(1)
    tab.move_row(-1)
    assert [text for _, text, _ in custom(hands)] == ["上海市", "北京市\n海淀区", "ni@hao.cn"]
    assert tab.chosen() == [CustomPhrase("dz", "上海市", 2)]
    tab.move_row(-1)
    tab.edit()
    ask(hands, "dz", "天津市")
    assert custom(hands)[0] == ("dz", "天津市", 1)
    tab.search.setText("yx")
    assert tab.model.rowCount() == 1
    tab.table.choose(0)
    tab.table.setFocus()
    QTest.keyClick(tab.table, Qt.Key.Key_Delete, PLAIN)
    assert [code for code, _, _ in custom(hands)] == ["dz", "dz", "yx"]
    assert hands.window.message.text() == "再按一次：删掉 1 条短语"
    QTest.keyClick(tab.table, Qt.Key.Key_Delete, PLAIN)
    assert [code for code, _, _ in custom(hands)] == ["dz", "dz"]
    assert not hands.window.message.text()


def test_delete_asks_again_for_other_phrases(hands: Hands) -> None:
    tab, delete = hands.custom, hands.custom.actions_by_name["delete"]
    hands.window.tabs.setCurrentWidget(tab)
    for code in ("a", "b"):
        tab.add()
        ask(hands, code, code)
    delete.trigger()
    assert delete.text() == "再按一次"
    tab.table.choose(0)
    assert (delete.text(), hands.window.message.text()) == ("删除", "")
    delete.trigger()
    assert len(custom(hands)) == 2
    tab._deleting._timer.setInterval(0)
    hands.wait(lambda: delete.text() == "删除")
    assert not hands.window.message.text()
    delete.trigger()
    assert len(custom(hands)) == 2, "what was asked long ago is not an answer"


def test_a_key_that_is_held_deletes_nothing(hands: Hands) -> None:
    for tab in (hands.words, hands.custom):
        assert not tab.actions_by_name["delete"].autoRepeat()


def test_where_there_is_no_phrase_none_can_be_edited_moved_or_deleted(hands: Hands) -> None:
    acts = hands.custom.actions_by_name
    names = ("add", "edit", "up", "down", "delete")
    assert [acts[name].isEnabled() for name in names] == [True, False, False, False, False]


def test_what_is_wrong_with_a_phrase_is_said_in_the_dialog(hands: Hands) -> None:
    hands.custom.add()
    dialog = ask(hands, "d1", "x")
    assert dialog.isVisible()
    assert "小写字母" in dialog.wrong.text()
    assert custom(hands) == []


def test_an_edit_of_the_file_by_hand_shows_at_once(hands: Hands) -> None:
    path = CustomPhraseBook(hands.folder).path
    path.write_text('[[phrase]]\ncode = "a"\ntext = "一"\n[[phrase]]\ncode = "A"\ntext = "二"\n')
    hands.wait(lambda: hands.custom.model.rowCount() == 1)
    assert "第 4 行没有用上" in hands.custom.wrong.text()


def test_phrases_of_other_programs(hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    theirs = tmp_path / "custom_phrase.txt"
    theirs.write_text("# Rime table\n100000\tqq\t1\n坏的一行\n", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(theirs)], ""))
    hands.custom.import_files()
    assert custom(hands) == [("qq", "100000", 1)]
    assert "读到 1 条，1 条是新的" in hands.window.message.text()
    assert "第 3 行" in hands.window.message.text()
    ours = tmp_path / "ours"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(ours), ""))
    hands.custom.export("sogou")
    assert "qq,1=100000" in ours.read_bytes().decode("utf-16")


def test_a_file_is_taken_for_what_it_holds_in_both_tabs(
    hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever presses the other tab's button is told, and gets what the file holds."""
    phrases, words = tmp_path / "a.ini", tmp_path / "b.txt"
    phrases.write_text("dz,1=北京市\n", encoding="utf-16")
    words.write_text("世界和 shi jie he\n", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(phrases), str(words)], ""))
    hands.custom.import_files()
    hands.settle()
    said = hands.window.message.text()
    assert custom(hands) == [("dz", "北京市", 1)]
    assert "世界和" in hands.shown()
    assert ["a.ini：读到 1 条" in said, "b.txt：是词库" in said, "b.txt：0 条记录，1 个词" in said] == [
        True
    ] * 3
    hands.words.import_lists()
    hands.settle()
    said = hands.window.message.text()
    assert "a.ini：不是词库，按自定义短语导入：读到 1 条，0 条是新的" in said
    assert hands.custom.model.rowCount() == 1


# Moving house.


def test_everything_into_a_file_and_back(
    hands: Hands, app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "house.jsonl"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    hands.moving.write()
    hands.settle()
    assert "已写" in hands.window.message.text()
    there = Hands(app, tmp_path / "there")
    there.moving.read()
    there.settle()
    assert "4 个词，1 个置顶，1 个忘记的" in there.window.message.text()
    assert there.shown() == ["是", "世界", "墨音", "仇和", "单田芳", "墨音"]
    there.moving.read()
    there.settle()
    assert "没有新东西" in there.window.message.text()
    there.window.close()


def test_a_shared_folder(
    hands: Hands, app: QApplication, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shared = tmp_path / "shared"
    shared.mkdir()
    monkeypatch.setattr(QFileDialog, "getExistingDirectory", lambda *_: str(shared))
    assert not hands.moving.now_button.isEnabled()
    hands.moving.choose()
    hands.settle()
    assert hands.moving.folder.text() == str(shared)
    there = Hands(app, tmp_path / "there")
    there.moving.choose()
    there.settle()
    assert "读了 1 个文件" in there.window.message.text()
    assert "墨音" in there.shown()
    there.moving.leave()
    there.settle()
    assert len(list(shared.iterdir())) == 1
    there.window.close()


@pytest.mark.parametrize("language", ["zh", "en"])
def test_nothing_is_cut_off_on_a_screen_of_1366_pixels_at_a_scale_of_2(
    app: QApplication, tmp_path: Path, language: str
) -> None:
    with closing(UserStore(tmp_path)) as store:
        WordStore(store).add_words(UserWord(f"{hanzi}字", ("zi", "zi")) for hanzi in "一二三四五六七八九十")
    hands = Hands(app, tmp_path, language)
    hands.window.resize(675, 344)
    for tab in (hands.words, hands.custom, hands.moving):
        hands.window.tabs.setCurrentWidget(tab)
        hands.settle()
        for label in hands.window.findChildren(QLabel):
            if label.isVisible() and label.wordWrap():
                assert label.height() >= label.heightForWidth(label.width()), label.text()
        if not isinstance(tab, MovingTab):
            assert tab.table.horizontalScrollBar().maximum() == 0
    assert (hands.window.width(), hands.window.height()) == (675, 344)
    hands.window.close()


# The window's end.


def test_nothing_is_read_any_more_once_the_window_is_closed(
    hands: Hands, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A thread still at it when the window goes ends the whole program."""
    reads: list[str] = []
    monkeypatch.setattr(hands.words, "_read", lambda: reads.append("again"))
    hands.words._change(lambda: None)  # which reads the words anew when it is done
    hands.window.done(0)
    hands.window.changeEvent(QEvent(QEvent.Type.ActivationChange))  # a click on Close gives it the keyboard
    hands.words.reload()
    hands.settle()
    assert reads == []
