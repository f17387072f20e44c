"""Qt's key events at the border."""

from __future__ import annotations

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from engine.protocol import Key, KeyEvent, Modifier
from ime_app.input.qt_keys import completes_tap, copy_of, to_key_event
from ime_app.input.shift_tap import ShiftTap
from tests.ime_app.hands import CONTROL, PLAIN, SHIFT

ALT = Qt.KeyboardModifier.AltModifier
KEYPAD = Qt.KeyboardModifier.KeypadModifier
K = Qt.Key


def press(key: int, text: str = "", modifiers: Qt.KeyboardModifier = PLAIN) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyPress, key, modifiers, text)


@pytest.mark.parametrize(
    ("event", "expected"),
    [
        (press(K.Key_A, "a"), KeyEvent("a")),
        (press(K.Key_A, "A", SHIFT), KeyEvent("A", Modifier.SHIFT)),
        (press(K.Key_1, "1", KEYPAD), KeyEvent("1")),
        (press(K.Key_Enter, "\r", KEYPAD), KeyEvent(Key.ENTER)),
        (press(K.Key_Space, " "), KeyEvent(Key.SPACE)),
        (press(K.Key_Backtab, "", SHIFT), KeyEvent(Key.TAB, Modifier.SHIFT)),
        (press(K.Key_C, "\x03", CONTROL), KeyEvent("c", Modifier.CONTROL)),
        (press(K.Key_Period, ".", CONTROL), KeyEvent(".", Modifier.CONTROL)),
        (press(K.Key_At, "@", CONTROL | ALT), KeyEvent("@")),  # AltGr on Windows
        (press(K.Key_Eacute, "é"), KeyEvent("é")),
        (press(K.Key_Left, "", CONTROL), KeyEvent(Key.LEFT, Modifier.CONTROL)),
        (press(K.Key_F5), None),
        (press(K.Key_Shift, "", SHIFT), None),
        (press(K.Key_VolumeUp), None),
        (press(K.Key_Dead_Acute), None),
    ],
)
def test_to_key_event(event: QKeyEvent, expected: KeyEvent | None) -> None:
    assert to_key_event(event) == expected


def test_a_copy_has_everything() -> None:
    event = press(K.Key_A, "A", SHIFT)
    copy = copy_of(event)
    assert (copy.key(), copy.text(), copy.modifiers()) == (event.key(), event.text(), event.modifiers())


def release(key: int) -> QKeyEvent:
    return QKeyEvent(QEvent.Type.KeyRelease, key, PLAIN)


def test_shift_tap() -> None:
    tap = ShiftTap()
    assert not completes_tap(tap, press(K.Key_Shift, "", SHIFT))
    assert completes_tap(tap, release(K.Key_Shift))
    assert not completes_tap(tap, release(K.Key_Shift))


def test_shift_with_another_key_or_the_mouse_is_no_tap() -> None:
    tap = ShiftTap()
    completes_tap(tap, press(K.Key_Shift, "", SHIFT))
    completes_tap(tap, press(K.Key_A, "A", SHIFT))
    assert not completes_tap(tap, release(K.Key_Shift))
    completes_tap(tap, press(K.Key_Shift, "", SHIFT))
    tap.disarm()
    assert not completes_tap(tap, release(K.Key_Shift))
    completes_tap(tap, press(K.Key_Shift, "", SHIFT | CONTROL))
    assert not completes_tap(tap, release(K.Key_Shift))
