"""Brackets and quotes in pairs, in the editor."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt

from tests.ime_app.hands import Hands

Open = Callable[..., Hands]
PAIRS: dict[str, object] = {"input.pair_punctuation": True}


def test_a_pair_stands_around_the_caret(open_window: Open) -> None:
    hands = open_window(overrides=PAIRS)
    hands.type("(")
    assert hands.shown == "（|）"
    hands.type("nihao ")
    assert hands.shown == "（你好|）"
    hands.type(")")
    assert hands.shown == "（你好）|"
    hands.type(")")
    assert hands.shown == "（你好））|"


def test_the_text_behind_the_caret_decides(open_window: Open) -> None:
    hands = open_window(overrides=PAIRS)
    hands.editor.setPlainText("世界")
    hands.type("(")
    assert hands.shown == "（|世界"
    hands.press(Qt.Key.Key_End)
    hands.settle()
    hands.type(")\n𫐐")
    hands.press(Qt.Key.Key_Left)
    assert hands.editor.text_after_caret(1) == "𫐐"
    hands.press(Qt.Key.Key_Up)
    assert hands.editor.text_after_caret(9) == "（世界）"


def test_off_by_default(open_window: Open) -> None:
    hands = open_window()
    hands.type("(")
    assert hands.shown == "（|"
