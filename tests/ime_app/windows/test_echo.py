"""Letters are seen at once, whether or not the engine has answered them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from tests.engine.phrase_converter import SlowConverter
from tests.ime_app.hands import CONTROL, Hands

Open = Callable[..., Hands]


def waiting_window(open_window: Open, text: str = "") -> tuple[Hands, SlowConverter]:
    """Open a window whose engine answers nothing before its gate is opened."""
    converter = SlowConverter()
    hands = open_window(converter=converter)
    hands.editor.setPlainText(text)
    hands.editor.moveCursor(hands.editor.textCursor().MoveOperation.End)
    return hands, converter


@pytest.mark.parametrize(
    ("keys", "shown", "then"),
    [
        ("nihao", "甲[nihao|]", "甲[ni hao|]"),
        ("niha\b\bma", "甲[nima|]", "甲[ni ma|]"),
        ("nihao shi", "甲[nihao shi|]", "甲你好[shi|]"),
        ("ni\x1b", "甲|", "甲|"),
        ("ni,", "甲[ni,|]", "甲你，|"),
        ("ni1\b", "甲[ni|]", "甲|"),
    ],
)
def test_keys_are_echoed_before_they_are_answered(
    open_window: Open, keys: str, shown: str, then: str
) -> None:
    hands, converter = waiting_window(open_window, "甲")
    hands.type_fast(keys)
    hands.pause(0.1)
    assert hands.shown == shown
    converter.gate.set()
    hands.settle()
    assert hands.shown == then


def test_what_is_answered_keeps_its_gaps(open_window: Open) -> None:
    hands, converter = waiting_window(open_window)
    converter.gate.set()
    hands.type("nihao")
    converter.gate.clear()
    hands.type_fast("ma")
    hands.pause(0.1)
    assert hands.shown == "[ni haoma|]"
    hands.press(Qt.Key.Key_Left)
    hands.press(Qt.Key.Key_Left)
    hands.press(Qt.Key.Key_Left)
    hands.pause(0.05)
    assert hands.shown == "[ni ha|oma]"
    converter.gate.set()
    hands.settle()
    assert hands.shown == "[ni ha|o ma]"


def test_a_key_of_the_editor_among_echoed_letters(open_window: Open) -> None:
    hands, converter = waiting_window(open_window, "甲乙")
    hands.type_fast("ni")
    hands.press(Qt.Key.Key_C, "\x03", CONTROL)
    hands.type_fast("hao")
    hands.pause(0.1)
    assert hands.shown == "甲乙[nihao|]"
    converter.gate.set()
    hands.settle()
    hands.type(" ")
    assert hands.shown == "甲乙你好|"


def test_overtaken_keys_get_no_menu(open_window: Open) -> None:
    hands, converter = waiting_window(open_window)
    hands.type_fast("n")
    hands.pause(0.1)
    asked = converter.n_asked
    hands.type_fast("ihaoma")
    converter.gate.set()
    hands.settle()
    assert hands.shown == "[ni hao ma|]"
    assert hands.menu
    assert converter.n_asked == asked + 1


def test_the_menu_shown_stands_while_letters_overtake_each_other(open_window: Open) -> None:
    hands, converter = waiting_window(open_window)
    converter.gate.set()
    hands.type("nihao")
    menu = hands.menu
    converter.gate.clear()
    hands.type_fast("ma")
    hands.pause(0.1)
    assert hands.menu == menu
    converter.gate.set()
    hands.settle()
    assert hands.menu != menu
