"""What is written stays in sight, with its candidates below it, wherever in the window it is."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from tests.engine.phrase_converter import PhraseConverter
from tests.ime_app.hands import CONTROL, SHIFT, Hands
from tests.ime_app.widgets.test_candidate_bar import ManyConverter

Open = Callable[..., Hands]


def filled(open_window: Open, text: str, **options: object) -> Hands:
    """Open a window with that text, the caret behind its end."""
    hands = open_window(**options)
    hands.editor.setPlainText(text)
    hands.editor.moveCursor(hands.editor.textCursor().MoveOperation.End)
    hands.pause(0.02)
    return hands


def check_caret(hands: Hands) -> None:
    """Check that the caret's line is in sight, and the bar below it inside the window."""
    viewport, caret = hands.editor.viewport().rect(), hands.editor.cursorRect()
    assert viewport.top() <= caret.top()
    assert caret.bottom() <= viewport.bottom()
    if hands.window.bar.isVisible():
        assert hands.window.bar.geometry().top() > hands.window._field.anchor().bottom()
        assert hands.area.contains(hands.window.bar.geometry())


@pytest.mark.parametrize("text", ["行\n" * 60 + "字" * 20, "字" * 1500, "行\n" * 60, "", "行\n" * 14])
@pytest.mark.parametrize("letters", ["nihaoma" * 9, "w" * 64])
def test_a_composition_that_wraps_at_the_bottom(open_window: Open, text: str, letters: str) -> None:
    hands = filled(open_window, text)
    for letter in letters:
        hands.type(letter)
        check_caret(hands)


def test_lines_written_at_the_bottom(open_window: Open) -> None:
    hands = filled(open_window, "")
    for _ in range(40):
        hands.type("nihao")
        check_caret(hands)
        hands.type(" \n")
        check_caret(hands)


@pytest.mark.parametrize("direction", ["horizontal", "vertical"])
def test_a_smaller_window_still_shows_the_composition(open_window: Open, direction: str) -> None:
    hands = filled(open_window, "字" * 900, overrides={"appearance.candidate_list": direction})
    hands.type("nihao")
    for height in (500, 400, 300, 240):
        hands.window.resize(500, height)
        hands.pause(0.05)
        check_caret(hands)


def test_the_bar_keeps_its_height_and_its_place_from_key_to_key(open_window: Open) -> None:
    hands = filled(open_window, "行\n" * 30, converter=ManyConverter())
    seen = set()
    for letter in "nihaoma":
        hands.type(letter)
        seen.add((hands.window.bar.y(), hands.window.bar.height()))
        hands.press(Qt.Key.Key_PageDown)
        hands.settle()
        seen.add((hands.window.bar.y(), hands.window.bar.height()))
    assert len(seen) == 1


def test_a_bar_of_nine_is_one_line(open_window: Open) -> None:
    hands = open_window(converter=ManyConverter(), overrides={"input.page_size": 9})
    hands.type("ni")
    cells = hands.window.bar._layout.cells
    assert len({cell.rect.y() for cell in cells}) == 1
    assert len(cells) == 9


@pytest.mark.parametrize("seen", ["🇨🇳", "❤️", "👍🏻", "👨‍👩‍👧", "1️⃣", "𫐐", "é", "🏴󠁧󠁢󠁥󠁮󠁧󠁿", "字"])
def test_one_key_takes_one_character_as_it_is_seen(open_window: Open, seen: str) -> None:
    hands = filled(open_window, f"甲{seen}{seen}")
    hands.press(Qt.Key.Key_Backspace, "\b")
    assert hands.text == f"甲{seen}"
    hands.press(Qt.Key.Key_Left)
    hands.press(Qt.Key.Key_Delete)
    assert hands.text == "甲"
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    hands.press(Qt.Key.Key_Backspace, "\b", SHIFT)
    assert hands.text in (seen, "甲")
    hands.editor.setPlainText(f"甲\n{seen}")
    hands.select(2, 2)
    hands.press(Qt.Key.Key_Backspace, "\b")
    assert hands.text == f"甲{seen}"
    hands.editor.selectAll()
    hands.press(Qt.Key.Key_Backspace, "\b")
    assert hands.text == ""


@pytest.mark.parametrize("before", ["", "ni"])
@pytest.mark.parametrize("chinese", [True, False])
@pytest.mark.parametrize(
    ("key", "text", "held"),
    [
        (Qt.Key.Key_A, "a", Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_A, "A", Qt.KeyboardModifier.AltModifier | SHIFT),
        (Qt.Key.Key_5, "5", Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Comma, ",", Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Space, " ", Qt.KeyboardModifier.AltModifier),
        (Qt.Key.Key_Q, "q", Qt.KeyboardModifier.MetaModifier),
        (Qt.Key.Key_Plus, "+", CONTROL | Qt.KeyboardModifier.KeypadModifier),
        (Qt.Key.Key_Plus, "+", CONTROL),
    ],
)
def test_a_character_with_alt_or_on_the_keypad_with_ctrl_is_no_text(
    open_window: Open, before: str, chinese: bool, key: Qt.Key, text: str, held: Qt.KeyboardModifier
) -> None:
    hands = filled(open_window, "甲")
    if not chinese:
        hands.tap_shift()
        hands.settle()
    hands.type(before)
    shown = hands.shown
    hands.press(key, text, held)
    hands.settle()
    assert hands.shown == shown


def test_alt_gr_types(open_window: Open) -> None:
    hands = open_window()
    alt_gr = CONTROL | Qt.KeyboardModifier.AltModifier  # as Windows reports it
    hands.press(Qt.Key.Key_At, "@", alt_gr)
    hands.settle()
    assert hands.text == "@"


@pytest.mark.parametrize(
    ("key", "text", "held"),
    [
        (Qt.Key.Key_Z, "\x1a", CONTROL),
        (Qt.Key.Key_Z, "\x1a", CONTROL | SHIFT),
        (Qt.Key.Key_Y, "\x19", CONTROL),
    ],
)
def test_the_text_below_a_composition_is_not_undone(
    open_window: Open, key: Qt.Key, text: str, held: Qt.KeyboardModifier
) -> None:
    hands = open_window()
    hands.type("nihao shijie ma")
    hands.press(key, text, held)
    hands.settle()
    assert hands.shown == "你好世界[ma|]"
    hands.type("\x1b")
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    assert hands.text == "你好"


def test_the_hint_never_lies_over_a_composition(open_window: Open) -> None:
    hands = open_window(converter=PhraseConverter())
    hands.type("ni")
    hands.window._apply_language("en")
    assert hands.editor.placeholderText() == ""
    hands.type("\x1b")
    assert hands.editor.placeholderText().startswith("Type pinyin")
