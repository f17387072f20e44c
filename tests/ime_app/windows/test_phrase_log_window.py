"""The phrase log's window: found, deleted, taken back, exported and imported, for good."""

from __future__ import annotations

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog, QPushButton, QWidget

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore, erase
from engine.storage.word_store import Pin, UserWord, WordStore
from ime_app.services.user_data import export_all, import_texts
from ime_app.windows.phrase_log_model import PAGE
from ime_app.windows.phrase_log_window import LogWindow
from resources import MODEL
from tests.ime_app.hands import Hands
from tests.ime_app.windows.test_learning import logged, open_learning

__all__ = ["open_learning"]

Open = Callable[..., Hands]


def fill(folder: Path, texts: list[str]) -> None:
    store = UserStore(folder)
    phrases = [Phrase(text, ("_",) * len(text), "keys", time=1000.0 + i) for i, text in enumerate(texts)]
    PhraseLog(store).add(phrases)
    store.close()


def open_log(hands: Hands) -> LogWindow:
    dialog = hands.window.dialogs.open("log")
    assert isinstance(dialog, LogWindow)
    return dialog


def shown(dialog: LogWindow) -> list[str]:
    return [phrase.text for phrase in dialog.model.phrases]


def press_twice(button: QPushButton) -> None:
    button.click()
    button.click()


def test_search_and_delete_for_good(open_window: Open, tmp_path: Path) -> None:
    fill(tmp_path, ["你好", "世界", "你们", "好人"])
    dialog = open_log(open_window())
    assert shown(dialog) == ["好人", "你们", "世界", "你好"]
    dialog.search.setText("你")
    assert shown(dialog) == ["你们", "你好"]
    assert not dialog.delete_button.isEnabled()
    dialog.phrases.selectRow(0)
    dialog.delete_button.click()
    assert "1" in dialog.delete_button.text()
    assert "你们" in shown(dialog)  # asked first
    dialog.delete_button.click()
    assert shown(dialog) == ["你好"]
    dialog.search.clear()
    assert shown(dialog) == ["好人", "世界", "你好"]
    dialog.close()
    assert logged(tmp_path) == ["你好", "世界", "好人"]
    for path in (tmp_path / FOLDER).rglob("*"):
        assert path.is_dir() or "你们".encode() not in path.read_bytes()


def test_further_pages_are_read_when_they_are_scrolled_to(open_window: Open, tmp_path: Path) -> None:
    texts = [f"第{i}" for i in range(PAGE + 30)]
    fill(tmp_path, texts)
    dialog = open_log(open_window())
    assert len(shown(dialog)) == PAGE
    dialog.phrases.scrollToBottom()
    dialog.model.fetchMore(dialog.phrases.rootIndex())
    assert shown(dialog) == texts[::-1]


def test_a_deleted_phrase_is_not_offered_any_more(open_learning: Open, tmp_path: Path) -> None:
    hands = open_learning()
    for _ in range(3):
        hands.type("shijie")
        hands.type(f"{hands.menu.index('时节') + 1} ")
    dialog = open_log(hands)
    dialog.phrases.selectAll()
    press_twice(dialog.delete_button)
    dialog.close()
    hands.editor.clear_text()  # what stands before the caret is not what was learnt, and counts as well
    hands.type("a\x1b")
    hands.type("shijie")
    assert hands.menu[0] != "时节"


def test_deleted_after_another_window_erased_everything(open_window: Open, tmp_path: Path) -> None:
    """The number of the row that was chosen is another phrase's by then."""
    fill(tmp_path, ["世界"])
    dialog = open_log(open_window())
    dialog.phrases.selectAll()
    erase(tmp_path)
    fill(tmp_path, ["你好"])
    press_twice(dialog.delete_button)
    assert shown(dialog) == ["你好"]


def test_forgotten_and_pinned_words_are_taken_back(open_learning: Open, tmp_path: Path) -> None:
    hands = open_learning()
    hands.type("nihao shijie ")
    dialog = open_log(hands)
    dialog.phrases.selectRow(shown(dialog).index("世界"))
    dialog.pin_button.click()
    dialog.phrases.selectRow(shown(dialog).index("你好"))
    dialog.forget_button.click()
    assert [dialog.forgotten.item(0).text(), dialog.pinned.item(0).text()] == ["你好", "shijie  →  世界"]
    hands.type("a\x1b")
    hands.type("nihao")
    assert hands.menu[0] != "你好"
    hands.type("\x1b")
    for rows, take_back in ((dialog.forgotten, dialog._restore), (dialog.pinned, dialog._unpin)):
        rows.selectAll()
        take_back()
    assert (dialog.forgotten.count(), dialog.pinned.count()) == (0, 0)
    hands.type("a\x1b")
    hands.type("nihao")
    assert hands.menu[0] == "你好"


def test_a_phrase_is_forgotten_and_pinned_without_the_mark_behind_it(
    open_learning: Open, tmp_path: Path
) -> None:
    hands = open_learning()
    hands.type("nihao,")
    dialog = open_log(hands)
    assert shown(dialog) == ["你好，"]
    dialog.phrases.selectRow(0)
    dialog.pin_button.click()
    dialog.phrases.selectRow(0)
    dialog.forget_button.click()
    store = UserStore(tmp_path)
    assert WordStore(store).pins() == [Pin("nihao", "你好", ("ni", "hao"))]
    assert WordStore(store).forgotten() == ["你好"]
    store.close()


def test_erase_everything(open_learning: Open, tmp_path: Path) -> None:
    hands = open_learning()
    hands.type("shijie nihao ")
    dialog = open_log(hands)
    press_twice(dialog.erase_button)
    hands.type("a\x1b")
    hands.close()
    assert logged(tmp_path) == []


def test_private_mode_in_both_windows(open_window: Open) -> None:
    hands = open_window()
    dialog = open_log(hands)
    dialog.private.click()
    assert hands.window.status.private.isVisible()
    hands.window.status.private.click()
    assert not dialog.private.isChecked()


def test_what_is_exported_comes_back_the_same(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, ["你好", "世界"])
    store = UserStore(tmp_path)
    WordStore(store).forget(["泥"])
    WordStore(store).pin(Pin("shi", "事", ("shi",)))
    store.close()
    file = tmp_path / "export.jsonl"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    hands = open_window()
    dialog = open_log(hands)
    dialog.export_button.click()
    hands.wait(lambda: "export.jsonl" in dialog.message.text())
    dialog.close()
    again = tmp_path / "again"
    (report,) = import_texts([file], MODEL, again, again / "settings.toml")
    assert (report.changed, report.bad.first) == ({"phrase": 2, "forgotten": 1, "pin": 1}, [])
    export_all(tmp_path / "second.jsonl", again)
    assert (tmp_path / "second.jsonl").read_text() == file.read_text()


def test_words_are_imported_and_bad_lines_are_told(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    words = tmp_path / "words.txt"
    words.write_text("世界\tshi jie\n!!\n时节\tshi jie\n", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(words)], ""))
    hands = open_window()
    dialog = open_log(hands)
    dialog._import_words()
    hands.wait(lambda: "words.txt" in dialog.message.text(), 20)
    assert "2" in dialog.message.text()
    hands.wait(dialog.import_button.isEnabled, 20)  # the task ends behind what it says


@pytest.mark.parametrize(
    ("start", "line"),
    [
        ("_import_words", "泥使商\tni shi shang\n"),
        ("_import_texts", '{"moyin": 1}\n{"word": "泥使商", "reading": "ni shi shang", "count": 1}\n'),
    ],
)
def test_imported_words_are_offered_without_a_restart(
    open_learning: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, start: str, line: str
) -> None:
    file = tmp_path / "words.txt"
    file.write_text(line, encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(file)], ""))
    hands = open_learning()
    dialog = open_log(hands)
    getattr(dialog, start)()
    hands.wait(lambda: "words.txt" in dialog.message.text(), 20)
    dialog.close()
    hands.type("wo ")  # the pause behind it is when the learner looks
    hands.type("nshsh")
    assert "泥使商" in hands.menu


def spoil(folder: Path, statement: str) -> None:
    """Damage the database in a way that SQLite does not find by itself."""
    with closing(sqlite3.connect(folder / FOLDER / FILE_NAME)) as connection, connection:
        connection.execute(statement)


def test_all_that_can_be_read_is_exported(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(tmp_path, ["你好", "世界"])
    store = UserStore(tmp_path)
    WordStore(store).add_words([UserWord("尼好", ("ni", "hao")), UserWord("泥好", ("ni", "hao"))])
    store.close()
    file = tmp_path / "export.jsonl"
    monkeypatch.setattr(QFileDialog, "getSaveFileName", lambda *_: (str(file), ""))
    hands = open_window()
    dialog = open_log(hands)
    spoil(tmp_path, "UPDATE word SET count = 'x' WHERE text = '尼好'")
    dialog.export_button.click()
    hands.wait(lambda: "export.jsonl" in dialog.message.text())
    assert "输入记录已损坏" in dialog.message.text()
    assert {text for text in ("你好", "世界", "尼好", "泥好") if text in file.read_text()} == {
        "你好",
        "世界",
        "泥好",
    }


def test_a_damaged_row_is_mended_by_who_finds_it(open_window: Open, tmp_path: Path) -> None:
    fill(tmp_path, ["你好", "世界", "你们"])
    hands = open_window()
    spoil(tmp_path, "UPDATE phrase SET keys = x'00' WHERE id = 2")
    dialog = open_log(hands)
    assert shown(dialog) == ["你们", "你好"]
    assert "最多丢了 1 条" in dialog.message.text()


def test_an_import_that_fails_is_told(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(tmp_path / "none")], ""))
    hands = open_window()
    dialog = open_log(hands)
    dialog._import_texts()
    hands.wait(lambda: "没有成功" in dialog.message.text(), 20)


def test_a_log_that_cannot_be_opened_is_told(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / FOLDER).mkdir()
    (tmp_path / FOLDER / FILE_NAME).mkdir()
    hands = open_window()
    assert hands.window.dialogs.open("log") is None
    assert "记录无法使用" in hands.window.banners[0].text


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_button_is_explained(open_window: Open, language: str) -> None:
    dialog = open_log(open_window(language=language))
    for button in dialog.findChildren(QPushButton):
        assert button.toolTip()
        assert button.accessibleDescription()


def test_what_is_typed_meanwhile_is_there_when_the_window_comes_back(open_learning: Open) -> None:
    hands = open_learning()
    dialog = open_log(hands)
    hands.activate(hands.window)
    hands.type("nihao ")
    hands.activate(dialog)
    hands.wait(lambda: shown(dialog) == ["你好"])


@pytest.mark.parametrize(
    ("typed", "found"),
    [
        ("nihao", ["你好"]),
        ("nh", ["你好"]),
        ("hao", ["你好"]),
        ("nih", ["你好"]),
        ("s'j", ["世界"]),
        ("jie ", ["世界"]),
        ("i", []),
        ("世", ["世界"]),
        ("", ["世界", "你好"]),
    ],
)
def test_phrases_are_found_by_pinyin_and_initials(open_learning: Open, typed: str, found: list[str]) -> None:
    hands = open_learning()
    hands.type("nihao shijie ")
    dialog = open_log(hands)
    dialog.search.setText(typed)
    assert shown(dialog) == found
    assert ("找到" in dialog.count.text()) is bool(typed)
    assert str(len(found)) in dialog.count.text()


def test_one_searches_with_moyin_itself_and_nothing_is_learnt_from_it(open_learning: Open) -> None:
    hands = open_learning()
    hands.type("nihao shijie ")
    dialog = open_log(hands)
    hands.activate(dialog)
    dialog.search.setFocus()
    hands.settle()
    type_into(hands, dialog.search, "shijie")
    bar = hands.window._fields.active.bar
    assert bar.isVisible()
    assert bar.parent() is dialog
    type_into(hands, dialog.search, " ")
    assert dialog.search.text() == "世界"
    assert shown(dialog) == ["世界"]
    hands.editor.setFocus()
    hands.type("a\x1b")
    assert hands.text == "你好世界"
    dialog.search.clear()
    dialog.reload()
    assert shown(dialog) == ["世界", "你好"]
    hands.type("nihao ")
    dialog.reload()
    assert shown(dialog) == ["你好", "世界", "你好"]  # the text is learnt from again


def test_letters_left_in_the_search_box_stay_there(open_learning: Open) -> None:
    hands = open_learning()
    hands.type("nihao")
    dialog = open_log(hands)
    hands.settle()
    assert hands.text == "nihao"  # finished as typed where it was
    type_into(hands, dialog.search, "shi")
    hands.type("jie ")
    assert dialog.search.text() == "shi"
    assert hands.text.startswith("nihao")
    dialog.close()
    hands.settle()
    assert hands.window._fields.active is hands.window._field


def test_delete_and_the_right_button_on_a_phrase(open_learning: Open) -> None:
    hands = open_learning()
    hands.type("nihao shijie ")
    dialog = open_log(hands)
    hands.activate(dialog)
    dialog.phrases.selectRow(0)
    dialog.phrases.setFocus()
    assert [action.text() for action in dialog.phrases.actions()] == ["删除", "置顶", "忘记"]
    for _ in range(2):
        QTest.keyClick(dialog.phrases, Qt.Key.Key_Delete)
    assert shown(dialog) == ["你好"]


def test_what_needs_a_choice_is_off_without_one(open_learning: Open) -> None:
    hands = open_learning()
    hands.type("nihao ")
    dialog = open_log(hands)
    dialog.phrases.selectRow(0)
    dialog.forget_button.click()
    dialog.phrases.clearSelection()
    for button in (dialog.restore_button, dialog.unpin_button, dialog.delete_button):
        assert not button.isEnabled()
    dialog.forgotten.selectAll()
    assert dialog.restore_button.isEnabled()


def type_into(hands: Hands, field: QWidget, text: str) -> None:
    """Press the keys of that text in another widget, and wait for the answers."""
    for character in text:
        QTest.keyClick(field, character)  # type: ignore[call-overload]
    hands.settle()
