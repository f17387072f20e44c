"""The menu on a candidate, by the right button and by Ctrl+Enter, in the real window with a real learner."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QMenu

from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import UserWord, WordStore
from ime_app.widgets.candidate_bar import CandidateBar
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.word_dialog import WordDialog
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import CONTROL, PLAIN, Hands
from tests.ime_app.windows.test_learning import open_learning as open_learning

Open = Callable[..., Hands]


@pytest.fixture
def hands(open_learning: Open) -> Iterator[Hands]:
    hands = open_learning()
    yield hands
    if hands.window.candidate_menu.menu is not None:
        hands.window.candidate_menu.menu.close()


def menu_of(hands: Hands) -> QMenu:
    menu = hands.window.candidate_menu.menu
    assert menu is not None
    return menu


def open_words(hands: Hands) -> WordsWindow:
    dialog = hands.window.dialogs.open("words")
    assert isinstance(dialog, WordsWindow)
    hands.activate(dialog)
    return dialog


def press_menu_key(hands: Hands) -> list[str]:
    hands.press(Qt.Key.Key_Return, "\r", CONTROL)
    return [action.text() for action in menu_of(hands).actions()]


def act(hands: Hands, text: str) -> None:
    (action,) = [action for action in menu_of(hands).actions() if text in action.text()]
    action.trigger()
    menu_of(hands).close()
    hands.settle()


def words(tmp_path: Path) -> WordStore:
    return WordStore(UserStore(tmp_path))


def test_by_the_right_button(hands: Hands) -> None:
    hands.type("shijie")
    second = hands.menu[1]
    cell = hands.window.bar._layout.cells[1].rect.center()
    QTest.mouseClick(hands.window.bar, Qt.MouseButton.RightButton, PLAIN, cell)
    assert menu_of(hands).isVisible()
    assert menu_of(hands).activeAction() is None, "the release of the button would take it"
    act(hands, "置顶")
    assert hands.menu[0] == second
    assert "已置顶" in hands.window.status.message.text()
    assert hands.shown == "[shi jie|]"


def test_by_the_keyboard_alone(hands: Hands, tmp_path: Path) -> None:
    hands.type("shijie")
    hands.press(Qt.Key.Key_Down)
    hands.settle()
    second = hands.menu[1]
    assert second in press_menu_key(hands)[0]
    QTest.keyClick(menu_of(hands), Qt.Key.Key_Return)
    hands.settle()
    assert hands.menu[0] == second
    assert "取消置顶" in press_menu_key(hands)
    act(hands, "取消置顶")
    hands.press(Qt.Key.Key_Return, "\r", CONTROL)
    act(hands, "加为自己的词")
    with closing(UserStore(tmp_path)) as store:
        assert UserWord(hands.menu[0], ("shi", "jie")) in WordStore(store).words_by_hand()


def test_the_reading_and_forgetting(hands: Hands) -> None:
    hands.type("shijie")
    first = hands.menu[0]
    press_menu_key(hands)
    act(hands, "显示读音")
    assert hands.window.status.message.text() == f"{first} shi jie"
    press_menu_key(hands)
    act(hands, "忘记")
    assert hands.menu[0] != first
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    hands.settle()
    assert hands.menu[0] == first


def test_nothing_where_nothing_is_composed(hands: Hands) -> None:
    hands.press(Qt.Key.Key_Return, "\r", CONTROL)
    assert hands.window.candidate_menu.menu is None


def test_the_search_of_the_words_takes_chinese(hands: Hands) -> None:
    dialog = open_words(hands)
    dialog.words.search.setFocus()
    for letter in "shijie":
        QTest.keyClick(dialog.words.search, Qt.Key(ord(letter.upper())), PLAIN)
    hands.settle()
    hands.wait(lambda: hands.window.controller.is_composing)
    offered = [row.text for bar in dialog.findChildren(CandidateBar) for row in bar.menu.page_candidates]
    QTest.keyClick(dialog.words.search, Qt.Key.Key_Space, PLAIN)
    hands.settle()
    assert dialog.words.search.text() == offered[0]
    assert len(offered[0]) == 2
    assert hands.text == ""
    hands.wait(lambda: not dialog.words.is_busy, 30)
    dialog.words.add()
    (asked,) = dialog.words.findChildren(WordDialog)
    hands.activate(asked)
    asked.text.setFocus()
    for letter in "nihao":
        QTest.keyClick(asked.text, Qt.Key(ord(letter.upper())), PLAIN)
    hands.settle()
    QTest.keyClick(asked.text, Qt.Key.Key_Space, PLAIN)
    hands.settle()
    assert (asked.text.text(), asked.reading.text()) == ("你好", "ni hao")
    asked.reject()
    dialog.close()


def test_the_text_of_a_custom_phrase_is_written_with_moyin(hands: Hands, tmp_path: Path) -> None:
    dialog = open_words(hands)
    dialog.tabs.setCurrentWidget(dialog.custom)
    dialog.custom.add()
    (asked,) = dialog.custom.findChildren(CustomDialog)
    hands.activate(asked)
    asked.code.setText("dz")
    asked.text.setFocus()
    for letter in "nihao":
        QTest.keyClick(asked.text, Qt.Key(ord(letter.upper())), PLAIN)
    hands.settle()
    (bar,) = asked.findChildren(CandidateBar)
    assert bar.isVisible()
    QTest.keyClick(asked.text, Qt.Key.Key_Space, PLAIN)
    hands.settle()
    QTest.keyClick(asked.text, Qt.Key.Key_Return, PLAIN)
    for letter in "shijie":
        QTest.keyClick(asked.text, Qt.Key(ord(letter.upper())), PLAIN)
    hands.settle()
    offered = bar.menu.page_candidates[0].text
    QTest.keyClick(asked.text, Qt.Key.Key_Space, PLAIN)
    hands.settle()
    assert asked.text.toPlainText() == f"你好\n{offered}"
    asked.finish()
    (phrase,) = CustomPhraseBook(tmp_path).read().phrases
    assert phrase.text == f"你好\n{offered}"
    with closing(UserStore(tmp_path)) as store:
        assert len(PhraseLog(store)) == 0, "nothing is learnt from it"
    dialog.close()
