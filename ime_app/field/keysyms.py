"""Turn X11 key symbols and modifier bits into the engine's frozen `KeyEvent`, here and only here.

A key symbol is what IBus reports of a key: a number of 32 bits, whose ranges are those of `X11/keysymdef.h`.
The tables of the older ranges are the character sets that they were made from.
"""

from __future__ import annotations

from enum import IntFlag
from typing import Final

from engine.protocol import SHORTCUT, Key, KeyEvent, Modifier


class State(IntFlag):
    """The bits of IBus' modifier state that matter here."""

    SHIFT = 1 << 0
    LOCK = 1 << 1
    CONTROL = 1 << 2
    ALT = 1 << 3  # Mod1
    MOD4 = 1 << 6  # Super on nearly every keyboard
    SUPER = 1 << 26
    HYPER = 1 << 27
    META = 1 << 28
    RELEASE = 1 << 30


SHIFT_KEYS: Final[frozenset[int]] = frozenset({0xFFE1, 0xFFE2})
LEFT: Final[int] = 0xFF51
LEFT_KEYCODE: Final[int] = 105  # of evdev, which is what IBus counts in; X11's is 113

_NAMED: Final[dict[int, Key]] = {
    0x20: Key.SPACE,
    0xFF08: Key.BACKSPACE,
    0xFF09: Key.TAB,
    0xFF0D: Key.ENTER,
    0xFF1B: Key.ESCAPE,
    0xFF50: Key.HOME,
    0xFF51: Key.LEFT,
    0xFF52: Key.UP,
    0xFF53: Key.RIGHT,
    0xFF54: Key.DOWN,
    0xFF55: Key.PAGE_UP,
    0xFF56: Key.PAGE_DOWN,
    0xFF57: Key.END,
    0xFFFF: Key.DELETE,
    0xFE20: Key.TAB,  # what Shift+Tab reports
    0xFF80: Key.SPACE,  # the keypad from here on
    0xFF89: Key.TAB,
    0xFF8D: Key.ENTER,
    0xFF95: Key.HOME,
    0xFF96: Key.LEFT,
    0xFF97: Key.UP,
    0xFF98: Key.RIGHT,
    0xFF99: Key.DOWN,
    0xFF9A: Key.PAGE_UP,
    0xFF9B: Key.PAGE_DOWN,
    0xFF9C: Key.END,
    0xFF9F: Key.DELETE,
}
_SHIFT_TAB: Final[int] = 0xFE20
_KEYPAD_FIRST, _KEYPAD_LAST, _KEYPAD_EQUAL = 0xFFAA, 0xFFB9, 0xFFBD
_UNICODE: Final[int] = 0x0100_0000  # a symbol above it is a code point
# The second byte of an older symbol is a character of the set that its first byte stands for.
_CHARACTER_SETS: Final[dict[int, str]] = {
    0x00: "latin_1",
    0x01: "iso8859_2",
    0x02: "iso8859_3",
    0x03: "iso8859_4",
    0x05: "iso8859_6",
    0x06: "koi8_r",
    0x07: "iso8859_7",
    0x0C: "iso8859_8",
    0x0D: "tis_620",
    0x13: "iso8859_15",
}
_FIRST_BYTE: Final[dict[int, int]] = {0x00: 0x20, 0x06: 0xC0, 0x07: 0xC1}  # below it they differ
_OTHERS: Final[dict[int, str]] = {
    **dict(enumerate("ђѓёєѕіїјљњћќґўџ№ЂЃЁЄЅІЇЈЉЊЋЌҐЎЏ", 0x06A1)),
    0x07D2: "Σ",
    0x07F2: "σ",
    0x07F3: "ς",
    **{code: chr(code) for code in range(0x20A0, 0x20AD)},  # currencies: €
}
_MODIFIERS: Final[tuple[tuple[State, Modifier], ...]] = (
    (State.SHIFT, Modifier.SHIFT),
    (State.CONTROL, Modifier.CONTROL),
    (State.ALT, Modifier.ALT),
    (State.MOD4 | State.SUPER | State.HYPER | State.META, Modifier.META),
)


def key_event_of(keysym: int, state: int) -> KeyEvent | None:
    """Return the engine's event of a key press; None for a key that can never concern it.

    Such are F5, the volume, a modifier, and a dead key: the client composes those. Caps Lock shows in
    the symbol alone: a capital without Shift.

    >>> key_event_of(0x61, 0)
    KeyEvent(key='a', modifiers=<Modifier.NONE: 0>)
    """
    modifiers = modifiers_of(state)
    named = _NAMED.get(keysym)
    if named is not None:
        return KeyEvent(named, modifiers | Modifier.SHIFT if keysym == _SHIFT_TAB else modifiers)
    character = character_of(keysym)
    if not character:
        return None
    if modifiers & SHORTCUT:
        return KeyEvent(character.lower(), modifiers)
    return KeyEvent(character, modifiers & Modifier.SHIFT)


def modifiers_of(state: int) -> Modifier:
    """Return the modifiers held, without the locks and without AltGr, which only choose a character."""
    combined = Modifier.NONE
    for theirs, ours in _MODIFIERS:
        if state & theirs:
            combined |= ours
    return combined


def character_of(keysym: int) -> str:
    """Return the one printable character that the symbol stands for; empty where it stands for none."""
    if _KEYPAD_FIRST <= keysym <= _KEYPAD_LAST or keysym == _KEYPAD_EQUAL:
        character = chr(keysym & 0x7F)  # 0xFFAA is `*`, 0x2A
    elif keysym >= _UNICODE:
        character = _of_code_point(keysym - _UNICODE)
    else:
        character = _OTHERS.get(keysym) or _of_character_set(keysym >> 8, keysym & 0xFF)
    return character if character.isprintable() else ""


def _of_code_point(code: int) -> str:
    is_character = 0x20 <= code <= 0x10FFFF and not 0xD800 <= code <= 0xDFFF
    return chr(code) if is_character else ""


def _of_character_set(number: int, byte: int) -> str:
    name = _CHARACTER_SETS.get(number)
    if name is None or byte < _FIRST_BYTE.get(number, 0xA1):
        return ""
    return bytes([byte]).decode(name, errors="ignore")
