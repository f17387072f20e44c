"""Turn Qt's key events into the engine's frozen `KeyEvent`, at the border and only here."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent

from engine.protocol import SHORTCUT, Key, KeyEvent, Modifier
from ime_app.input.shift_tap import ShiftTap

_KEYS: Final[dict[int, Key]] = {
    Qt.Key.Key_Space: Key.SPACE,
    Qt.Key.Key_Return: Key.ENTER,
    Qt.Key.Key_Enter: Key.ENTER,
    Qt.Key.Key_Escape: Key.ESCAPE,
    Qt.Key.Key_Backspace: Key.BACKSPACE,
    Qt.Key.Key_Delete: Key.DELETE,
    Qt.Key.Key_Left: Key.LEFT,
    Qt.Key.Key_Right: Key.RIGHT,
    Qt.Key.Key_Up: Key.UP,
    Qt.Key.Key_Down: Key.DOWN,
    Qt.Key.Key_Home: Key.HOME,
    Qt.Key.Key_End: Key.END,
    Qt.Key.Key_PageUp: Key.PAGE_UP,
    Qt.Key.Key_PageDown: Key.PAGE_DOWN,
    Qt.Key.Key_Tab: Key.TAB,
    Qt.Key.Key_Backtab: Key.TAB,
}
_MODIFIERS: Final[tuple[tuple[Qt.KeyboardModifier, Modifier], ...]] = (
    (Qt.KeyboardModifier.ShiftModifier, Modifier.SHIFT),
    (Qt.KeyboardModifier.ControlModifier, Modifier.CONTROL),
    (Qt.KeyboardModifier.AltModifier, Modifier.ALT),
    (Qt.KeyboardModifier.MetaModifier, Modifier.META),
)
_ALT_GR: Final[Modifier] = Modifier.CONTROL | Modifier.ALT  # how Windows reports AltGr


def to_key_event(event: QKeyEvent) -> KeyEvent | None:
    """Return the engine's event of a key press; None for one that can never concern it (F5, volume)."""
    modifiers = _modifiers_of(event)
    named = _KEYS.get(event.key())
    if named is not None:
        return KeyEvent(named, modifiers)
    text = event.text()
    typed = len(text) == 1 and text.isprintable()
    if typed and modifiers & SHORTCUT in (Modifier.NONE, _ALT_GR):
        return KeyEvent(text, modifiers & Modifier.SHIFT)
    if modifiers & SHORTCUT and 0x20 < event.key() < 0x7F:
        return KeyEvent(chr(event.key()).lower(), modifiers)  # Ctrl+C types \x03
    return None


def is_text_with_shortcut(event: QKeyEvent) -> bool:
    """Return whether Qt would type a character though Alt, Meta or, on the keypad, Ctrl is held.

    AltGr types; on Windows it reads as Ctrl+Alt. Elsewhere than on the keypad Qt refuses Ctrl itself.
    """
    held = _modifiers_of(event) & SHORTCUT
    if not event.text() or not event.text().isprintable():
        return False
    if held == Modifier.CONTROL:
        return bool(event.modifiers() & Qt.KeyboardModifier.KeypadModifier)
    return held not in (Modifier.NONE, _ALT_GR)


def _modifiers_of(event: QKeyEvent) -> Modifier:
    combined = Modifier.NONE
    for theirs, ours in _MODIFIERS:
        if event.modifiers() & theirs:
            combined |= ours
    return combined


def copy_of(event: QKeyEvent) -> QKeyEvent:
    """Return a copy that outlives the handler; Qt deletes its own."""
    return QKeyEvent(
        event.type(), event.key(), event.modifiers(), event.text(), event.isAutoRepeat(), event.count()
    )


def completes_tap(tap: ShiftTap, event: QKeyEvent) -> bool:
    """Tell `tap` of the key event; return whether it completes a tap of Shift."""
    if event.key() != Qt.Key.Key_Shift:
        tap.disarm()
        return False
    if event.type() == QEvent.Type.KeyPress:
        alone = not _modifiers_of(event) & ~Modifier.SHIFT
        tap.press(alone=alone and not event.isAutoRepeat())
        return False
    return tap.release()
