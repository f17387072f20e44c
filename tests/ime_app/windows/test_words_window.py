"""The window of the user's own words and phrases, by hand and by what it leaves on the disk."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QDialog, QFileDialog, QLineEdit, QPushButton

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from ime_app.i18n.strings import Strings
from ime_app.windows.words.word_dialog import WordDialog
from ime_app.windows.words.words_window import WordsWindow
from resources import MODEL
from tests.ime_app.hands import PLAIN


class Hands:
    """Someone at the window."""

    def __init__(self, app: QApplication, folder: Path, language: str = "zh") -> None:
        self._app = app
        self.folder = folder
        self.window = WordsWindow(folder, MODEL, folder / "settings.toml", Strings(language))
        self.words, self.custom, self.moving = self.window.words, self.window.custom, self.window.moving
        self.window.show()
        self.settle()

    def settle(self, timeout_s: float = 30.0) -> None:
        self.wait(lambda: not self.words.is_busy and self.moving._task is None, timeout_s)

    def wait(self, condition: Callable[[], bool], timeout_s: float = 30.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline
            self._app.processEvents()
            time.sleep(0.002)
        self._app.processEvents()

    def shown(self) -> list[str]:
        model = self.words.model
        return [model.row_at(row).text for row in range(model.rowCount())]

    def seek(self, text: str) -> list[str]:
        self.words.search.setText(text)
        self.words._seek()
        return self.shown()

    def choose(self, *texts: str) -> None:
        self.words.table.clearSelection()
        mode = self.words.table.selectionMode()
        self.words.table.setSelectionMode(self.words.table.SelectionMode.MultiSelection)
        for text in texts:
            self.words.table.selectRow(self.shown().index(text))
        self.words.table.setSelectionMode(mode)

    def act(self, name: str) -> None:
        assert self.words.actions_by_name[name].isEnabled()
        self.words.actions_by_name[name].trigger()
        self.settle()

    def filter(self, place: int) -> None:
        self.words.filter.setCurrentIndex(place)

    def store(self) -> closing[UserStore]:
        return closing(UserStore(self.folder))


@pytest.fixture
def hands(app: QApplication, tmp_path: Path) -> Iterator[Hands]:
    with closing(UserStore(tmp_path)) as store:
        words = WordStore(store)
        words.add_words([UserWord("墨音", ("mo", "yin"))])
        words.add_words(
            UserWord(text, tuple(reading.split()), 1.0, "names.txt")
            for text, reading in (("单田芳", "dan tian fang"), ("仇和", "chou he"), ("墨音", "mo yin"))
        )
        words.forget(["世界"])
        words.pin(Pin("shi", "是", ("shi",)))
        PhraseLog(store).add(
            [Phrase("时节", ("shi", "jie"), "shijie"), Phrase("你们好", ("ni", "men", "hao"), "nimenhao")]
        )
    hands = Hands(app, tmp_path)
    yield hands
    hands.settle()
    hands.window.close()
    hands.window.deleteLater()
    app.processEvents()


def test_it_says_that_the_words_are_being_read(app: QApplication, tmp_path: Path) -> None:
    window = WordsWindow(tmp_path, MODEL, tmp_path / "settings.toml", Strings("zh"))
    assert window.words.count.text() == "正在读取…"
    window.words.wait()
    deadline = time.monotonic() + 30
    while window.words.is_busy and time.monotonic() < deadline:
        app.processEvents()
    assert window.words.count.text() == "0 个"
    window.close()


def test_all_words_with_where_they_come_from(hands: Hands) -> None:
    model = hands.words.model
    rows = [tuple(model.data(model.index(row, column)) for column in range(4)) for row in range(8)]
    assert rows == [
        ("是", "shi", "置顶：shi", ""),
        ("世界", "shi jie", "忘记的", ""),
        ("墨音", "mo yin", "手动添加", ""),
        ("时节", "shi jie", "学到的", "1"),
        ("你们好", "ni men hao", "学到的", "1"),
        ("仇和", "chou he", "names.txt", "1"),
        ("单田芳", "dan tian fang", "names.txt", "1"),
        ("墨音", "mo yin", "names.txt", "1"),
    ]
    assert "8" in hands.words.filter.itemText(0)


@pytest.mark.parametrize(
    ("sought", "found"),
    [
        ("节", ["时节"]),
        ("moyin", ["墨音", "墨音"]),
        ("mo yin", ["墨音", "墨音"]),
        ("yin", ["墨音", "墨音"]),
        ("in", []),
        ("my", ["墨音", "墨音"]),
        ("nmh", ["你们好"]),
        ("dtf", ["单田芳"]),
        ("tian", ["单田芳"]),
        ("没有", []),
    ],
)
def test_search_by_hanzi_pinyin_and_initials(hands: Hands, sought: str, found: list[str]) -> None:
    assert hands.seek(sought) == found


def test_a_word_is_added_with_a_guessed_reading(hands: Hands) -> None:
    hands.words.add()
    (dialog,) = hands.words.findChildren(WordDialog)
    dialog.text.setText("银行")
    assert dialog.reading.text() == "yin hang"
    dialog.text.setText("重庆！")
    dialog._finish()
    assert "别的字符" in dialog.wrong.text()
    dialog.text.setText("行行")
    dialog.reading.setText("hang")
    dialog._on_reading("hang")
    dialog._finish()
    assert "2 个音节" in dialog.wrong.text()
    dialog.reading.setText("hang ma")
    dialog._finish()
    assert "2 个音节" in dialog.wrong.text()
    dialog.reading.setText("hang'xing")
    dialog._finish()
    hands.settle()
    assert "行行" in hands.shown()
    with hands.store() as store:
        assert UserWord("行行", ("hang", "xing")) in WordStore(store).words_by_hand()


def test_a_word_is_added_by_key_from_the_search_field_too(hands: Hands) -> None:
    """Which has the keyboard when the window opens."""
    hands.window.activateWindow()
    hands.wait(hands.window.isActiveWindow)
    control = Qt.KeyboardModifier.ControlModifier
    for tab, field in ((hands.words, hands.words.search), (hands.custom, hands.custom.search)):
        hands.window.tabs.setCurrentWidget(tab)
        field.setFocus()
        QTest.keyClick(field, Qt.Key.Key_N, control)
        (dialog,) = tab.findChildren(QDialog)
        assert dialog.isVisible()
        QTest.keyClick(dialog, Qt.Key.Key_Escape)
        assert not dialog.isVisible()


def test_a_reading_is_corrected(hands: Hands) -> None:
    hands.choose("单田芳")
    hands.words.change()
    (dialog,) = hands.words.findChildren(WordDialog)
    assert dialog.reading.text() == "dan tian fang"
    dialog.reading.setText("shan tian fang")
    dialog._finish()
    hands.settle()
    assert hands.seek("stf") == ["单田芳"]
    with hands.store() as store:
        assert [(each.text, each.list_name) for each in WordStore(store).listed_words()].count(
            ("单田芳", "names.txt")
        ) == 1


@pytest.mark.parametrize(
    ("text", "typed", "reading", "spelt", "sought"),
    [
        ("QQ音乐", "", ("_", "_", "yin", "yue"), "q q yin yue", ("qq", "qqyy", "yinyue", "QQ音")),
        ("AA制", "a a zhi", ("_", "_", "zhi"), "a a zhi", ("aazhi", "aaz", "aa制")),
        ("4S店", "s dian", ("_", "_", "dian"), "s dian", ("4s", "sdian", "4S店")),
        ("卡拉OK", "kǎ lā o k", ("ka", "la", "_", "_"), "ka la o k", ("ok", "kalaok", "klok")),
    ],
)
def test_a_word_with_letters_is_added_and_found(
    hands: Hands, text: str, typed: str, reading: tuple[str, ...], spelt: str, sought: tuple[str, ...]
) -> None:
    hands.words.add()
    (dialog,) = hands.words.findChildren(WordDialog)
    dialog.text.setText(text)
    dialog.reading.setText(typed)
    dialog._finish()
    hands.settle()
    with hands.store() as store:
        assert UserWord(text, reading) in WordStore(store).words_by_hand()
    for each in sought:
        assert hands.seek(each) == [text]
    model = hands.words.model
    assert model.data(model.index(0, 1)) == spelt


def test_what_is_forgotten_is_found_by_its_pinyin(hands: Hands) -> None:
    for sought in ("shijie", "sj", "jie"):
        assert "世界" in hands.seek(sought)


def test_delete_key_and_what_it_does_to_each_kind(hands: Hands) -> None:
    hands.choose("是", "世界", "时节", "仇和")
    hands.words.table.setFocus()
    QTest.keyClick(hands.words.table, Qt.Key.Key_Delete, PLAIN)
    hands.settle()
    assert len(hands.shown()) == 8, "a slip of the finger costs nothing"
    assert "4 个词" in hands.window.message.text()
    QTest.keyClick(hands.words.table, Qt.Key.Key_Delete, PLAIN)
    hands.settle()
    assert hands.shown() == ["墨音", "你们好", "单田芳", "墨音"]
    with hands.store() as store:
        assert WordStore(store).pins() == []
        assert WordStore(store).forgotten() == []
        assert [phrase.text for phrase in PhraseLog(store)] == ["你们好"]


def test_delete_asks_again_for_other_words(hands: Hands) -> None:
    delete = hands.words.actions_by_name["delete"]
    hands.choose("时节")
    hands.act("delete")
    assert delete.text() == "再按一次"
    assert hands.window.message.text() == "再按一次：删掉 1 个词；学到的词，教过它的记录也彻底删掉"
    hands.choose("仇和")
    assert delete.text() == "删除"
    assert not hands.window.message.text()
    hands.act("delete")
    assert len(hands.shown()) == 8
    assert hands.window.message.text() == "再按一次：删掉 1 个词"
    hands.act("delete")
    assert not hands.window.message.text()
    assert len(hands.shown()) == 7
    hands.choose("世界")
    hands.act("delete")
    assert "世界" not in hands.shown(), "what only is taken back is not asked for twice"


def test_what_is_taken_back_says_so(hands: Hands) -> None:
    hands.choose("是", "世界")
    assert hands.words.actions_by_name["delete"].text() == "恢复"
    hands.choose("墨音")
    assert hands.words.actions_by_name["delete"].text() == "删除"
    hands.words.table.clearSelection()
    assert not hands.words.actions_by_name["delete"].isEnabled()
    assert not hands.words.actions_by_name["forget"].isEnabled()


def test_pin_and_forget(hands: Hands) -> None:
    hands.choose("时节")
    hands.act("pin")
    hands.choose("你们好")
    hands.act("forget")
    with hands.store() as store:
        assert Pin("shijie", "时节", ("shi", "jie")) in WordStore(store).pins()
        assert WordStore(store).forgotten() == ["世界", "你们好"]


def test_what_is_forgotten_already_does_not_keep_the_others_from_it(hands: Hands) -> None:
    hands.choose("世界", "时节", "你们好")
    hands.act("forget")
    with hands.store() as store:
        assert WordStore(store).forgotten() == ["世界", "时节", "你们好"]


def test_pins_for_the_same_letters_are_put_in_order(hands: Hands) -> None:
    with hands.store() as store:
        for text in ("时节", "世界", "视界"):  # each before the ones pinned earlier
            WordStore(store).pin(Pin("shijie", text, ("shi", "jie")))
    hands.words.reload()
    hands.settle()
    hands.filter(3)
    assert hands.shown() == ["是", "视界", "世界", "时节"]
    hands.choose("时节")
    table = hands.words.table
    table.setFocus()
    for _ in range(2):
        QTest.keyClick(table, Qt.Key.Key_Up, Qt.KeyboardModifier.AltModifier)
        hands.settle()
        assert [row.text for row in hands.words.chosen()] == ["时节"]
    assert hands.shown() == ["是", "时节", "视界", "世界"]
    hands.act("up")
    assert hands.shown() == ["是", "时节", "视界", "世界"], "the first stays the first of its letters"
    hands.act("down")
    with hands.store() as store:
        assert [pin.text for pin in WordStore(store).pins()] == ["是", "视界", "时节", "世界"]
    hands.filter(0)
    hands.choose("你们好")
    assert not hands.words.actions_by_name["up"].isEnabled()


def test_a_list_is_imported_here(hands: Hands, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "terms.txt"
    path.write_text("余弦 yu xian\n坏的！行\nT恤\n", encoding="utf-8")
    monkeypatch.setattr(QFileDialog, "getOpenFileNames", lambda *_: ([str(path)], ""))
    hands.words.import_button.click()
    hands.settle()
    hands.settle()
    assert "2 个词" in hands.window.message.text()
    assert "第 2 行" in hands.window.message.text()
    texts = [hands.words.filter.itemText(place) for place in range(hands.words.filter.count())]
    assert "词表 terms.txt（2）" in texts
    assert hands.seek("yuxian") == ["余弦"]


def test_a_whole_list_is_deleted_and_the_word_of_two_lists_stays(hands: Hands) -> None:
    texts = [hands.words.filter.itemText(place) for place in range(hands.words.filter.count())]
    hands.filter(texts.index("词表 names.txt（3）"))
    assert hands.shown() == ["仇和", "单田芳", "墨音"]
    with hands.store() as store:
        WordStore(store).add_words([UserWord("余弦", ("yu", "xian"), 1.0, "通讯录" * 40)])
    hands.words.reload()
    hands.settle()
    width = hands.window.minimumSizeHint().width()
    hands.words.delete_list.click()
    assert hands.words.delete_list.text() == "再按一次：删除"
    assert hands.window.minimumSizeHint().width() == width <= 675, "half of 1366 pixels, at a scale of 2"
    hands.words.delete_list.click()
    hands.settle()
    assert hands.shown() == ["是", "世界", "墨音", "时节", "你们好", "余弦"]
    assert not hands.words.delete_list.isEnabled()


def test_a_hundred_thousand_words_without_a_pause(hands: Hands, app: QApplication) -> None:
    hanzi = "的一是了我不在人有他这上们来到时大地为子中你说生国年着就那和要她出也得里后自以会"
    pairs = [a + b for a in hanzi for b in hanzi]
    with hands.store() as store:
        WordStore(store).add_words(
            UserWord(pairs[i % len(pairs)] + pairs[i // len(pairs)], ("de",) * 4, 1.0, "big")
            for i in range(100_000)
        )
    hands.words.reload()
    assert hands.words.count.text() == "8 个"
    longest, last = 0.0, time.monotonic()
    while hands.words.is_busy:
        app.processEvents()
        now = time.monotonic()
        longest, last = max(longest, now - last), now
        time.sleep(0.001)
    assert hands.words.model.rowCount() > 100_000
    assert longest < 1.0, "typing into the search box while it reads"
    longest = 0.0
    for place in range(0, 100_000, 2500):
        start = time.monotonic()
        hands.words.table.scrollTo(hands.words.model.index(place, 0))
        app.processEvents()
        longest = max(longest, time.monotonic() - start)
    assert longest < 0.25
    start = time.monotonic()
    hands.seek("在有")
    hands.seek("dede")
    assert time.monotonic() - start < 2.0


@pytest.mark.parametrize("language", ["zh", "en"])
def test_everything_is_named_and_explained(app: QApplication, tmp_path: Path, language: str) -> None:
    hands = Hands(app, tmp_path, language)
    for button in hands.window.findChildren(QPushButton):
        assert button.toolTip()
        assert button.accessibleDescription()
    for field in (hands.words.search, hands.custom.search):
        assert isinstance(field, QLineEdit)
        assert field.accessibleName()
    hands.window.close()
