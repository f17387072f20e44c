"""Windows that are open while the language is changed: all that they say, and what they hold."""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest
from PySide6.QtCore import QObject, Qt
from PySide6.QtGui import QAction
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QComboBox,
    QDialog,
    QGroupBox,
    QLineEdit,
    QTabBar,
    QTableView,
    QTabWidget,
    QWidget,
)

from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from ime_app.i18n.language import window_language
from ime_app.settings.schema import setting
from tests.ime_app.hands import Hands

Open = Callable[..., Hands]
PROPERTIES = ("windowTitle", "text", "title", "toolTip", "accessibleName", "accessibleDescription")
HANZI = re.compile("[\u4e00-\u9fff]")
NAMES = ("log", "words", "retrain", "about", "keys")


def fill(folder: Path) -> None:
    with closing(UserStore(folder)) as store:
        phrase = Phrase(text="qu", reading=("_", "_"), keys="qu", parts=(), time=1.0)
        PhraseLog(store).add_missing([phrase])
        words = WordStore(store)
        words.add_words([UserWord("AB", ("_", "_"), list_name="list")])
        words.pin(Pin("xy", "XY", ("_", "_")))
        words.forget(["ZZ"])


def said_by(window: QWidget) -> list[str]:
    """Return all texts of a window and of what is in it."""
    found = []
    for each in (window, *window.findChildren(QObject)):
        if isinstance(each, QWidget | QAction) and not isinstance(each.parent(), QTabBar | QLineEdit):
            values = [str(each.property(name) or "") for name in (*PROPERTIES, "placeholderText")]
            found.append("|".join([type(each).__name__, *values, *_items_of(each)]))
    return sorted(found)


def _items_of(each: QObject) -> list[str]:
    if isinstance(each, QComboBox):
        return [each.itemText(number) for number in range(each.count())]
    if isinstance(each, QTabWidget):
        return [each.tabText(number) for number in range(each.count())]
    if isinstance(each, QGroupBox):
        return [each.title()]
    if isinstance(each, QTableView):
        model, across = each.model(), Qt.Orientation.Horizontal
        heads = [str(model.headerData(n, across)) for n in range(model.columnCount())]
        cells = [str(model.index(0, n).data()) for n in range(model.columnCount()) if model.rowCount()]
        return heads + cells
    return []


def speak(hands: Hands, language: str) -> None:
    settings = hands.window._keeper.settings
    hands.window.preview(settings.with_value(setting("appearance.language"), language))
    hands.settle()


def opened(hands: Hands, name: str) -> Any:
    window: Any = hands.window.dialogs.open(name)
    assert window is not None
    if name == "words":
        hands.wait(lambda: not window.words.is_busy)
    return window


@pytest.mark.parametrize("name", NAMES)
def test_an_open_window_says_what_it_would_say_if_opened_anew(
    open_window: Open, tmp_path: Path, name: str
) -> None:
    fill(tmp_path)
    hands = open_window(language="zh")
    window = opened(hands, name)
    before = said_by(window)
    speak(hands, "en")
    there = said_by(window)
    window.close()
    hands.settle()
    anew = said_by(opened(hands, name))
    assert [text for text in there if text not in anew] == []
    assert there == anew
    speak(hands, "zh")
    assert said_by(hands.window.dialogs._open[name]) == before


def test_what_is_typed_sought_and_chosen_stays(open_window: Open, tmp_path: Path) -> None:
    fill(tmp_path)
    hands = open_window(language="zh")
    words = opened(hands, "words")
    words.tabs.setCurrentWidget(words.custom)
    words.custom.search.setText("abc")
    words.custom.add()
    (dialog,) = words.custom.findChildren(QDialog)
    dialog.code.setText("dz")
    dialog.text.setPlainText("typed")
    words.words.filter.setCurrentIndex(2)
    log = opened(hands, "log")
    log.search.setText("qu")
    log.phrases.selectRow(0)
    log.delete_button.click()  # asks
    speak(hands, "en")
    assert not HANZI.search(dialog.windowTitle())
    assert (dialog.code.text(), dialog.text.toPlainText()) == ("dz", "typed")
    assert words.tabs.currentWidget() is words.custom
    assert words.custom.search.text() == "abc"
    assert words.words.filter.currentIndex() == 2
    assert (log.search.text(), log.phrases.chosen(), log.delete_button.text()) == ("qu", [0], "Delete")


def test_banners_speak_the_other_language_and_are_known_in_it(open_window: Open) -> None:
    """The banner of private mode was not found any more, and stayed when private mode ended."""
    hands = open_window(language="zh")
    hands.window._private.trigger()
    hands.close()
    hands = open_window(language="zh")
    (banner,) = hands.window.banners
    assert HANZI.search(banner.text)
    speak(hands, "en")
    assert not HANZI.search(banner.text + banner.dismiss.text() + banner.accessibleName())
    hands.window._private.trigger()
    assert hands.window.banners == []


@pytest.mark.parametrize("others", [0, 1])
def test_a_banner_that_goes_by_itself_gives_the_keyboard_on(open_window: Open, others: int) -> None:
    hands = open_window()
    hands.activate(hands.window)
    for number in range(others):
        hands.window._banners.add(f"other {number}")
    hands.window._banners.add("still private")
    banner = hands.window.banners[-1]
    banner.dismiss.setFocus()
    hands.window._banners.dismiss("still private")
    expected = hands.window.banners[0].dismiss if others else hands.editor
    assert QApplication.focusWidget() is expected
    if not others:
        QTest.keyClicks(hands.editor, "a")


def test_the_languages_differ(open_window: Open) -> None:
    """Else the tests above would be true of nothing."""
    assert window_language("zh") != window_language("en")
    hands = open_window(language="zh")
    assert any(HANZI.search(text) for text in said_by(opened(hands, "log")))
