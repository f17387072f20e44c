"""Choose the sentence that says why a key was refused."""

from __future__ import annotations

from typing import Final

from engine.protocol import Key, KeyEvent, Modifier

_REFUSALS: Final[dict[KeyEvent, str]] = {
    KeyEvent(Key.DELETE, Modifier.SHIFT): "cannot_forget",
    KeyEvent(Key.UP, Modifier.CONTROL): "cannot_pin",
    KeyEvent(Key.DOWN, Modifier.CONTROL): "nothing_pinned",
}


def refusal_of(event: KeyEvent | None) -> str:
    """Return the name of the sentence; nothing without a key: the mouse on a row that is gone says enough."""
    if event is None:
        return ""
    if event.key.isdigit():
        return "cannot_forget" if event.modifiers == Modifier.CONTROL else "no_such_candidate"
    return _REFUSALS.get(event, "full")
