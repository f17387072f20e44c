"""Key symbols: the keypad, locks, AltGr, dead keys, Unicode, and every symbol beside libxkbcommon's table."""

from __future__ import annotations

import ctypes
import ctypes.util

import pytest

from engine.protocol import Key, KeyEvent, Modifier
from ime_app.field.keysyms import State, character_of, key_event_of

SHIFT, CONTROL, ALT, META = Modifier.SHIFT, Modifier.CONTROL, Modifier.ALT, Modifier.META
NUM_LOCK, ALT_GR = 1 << 4, 1 << 7
ROWS = [
    (0x61, 0, KeyEvent("a")),
    (0x41, State.SHIFT, KeyEvent("A", SHIFT)),
    (0x41, State.LOCK, KeyEvent("A")),  # Caps Lock: a capital without Shift
    (0x61, State.LOCK | State.SHIFT, KeyEvent("a", SHIFT)),
    (0x27, 0, KeyEvent("'")),
    (0x20, 0, KeyEvent(Key.SPACE)),
    (0x20, State.SHIFT, KeyEvent(Key.SPACE, SHIFT)),
    (0xFFB3, NUM_LOCK, KeyEvent("3")),  # of the keypad
    (0xFFAE, NUM_LOCK, KeyEvent(".")),
    (0xFFAB, 0, KeyEvent("+")),
    (0xFFBD, 0, KeyEvent("=")),
    (0xFF8D, 0, KeyEvent(Key.ENTER)),
    (0xFF96, 0, KeyEvent(Key.LEFT)),
    (0xFF9F, 0, KeyEvent(Key.DELETE)),
    (0xFF9D, 0, None),  # its 5 without Num Lock
    (0xFF0D, 0, KeyEvent(Key.ENTER)),
    (0xFE20, State.SHIFT, KeyEvent(Key.TAB, SHIFT)),
    (0xFE20, 0, KeyEvent(Key.TAB, SHIFT)),
    (0x46, State.CONTROL | State.SHIFT, KeyEvent("f", CONTROL | SHIFT)),
    (0x2E, State.CONTROL, KeyEvent(".", CONTROL)),
    (0x63, State.MOD4, KeyEvent("c", META)),
    (0x63, State.SUPER, KeyEvent("c", META)),
    (0x78, State.ALT, KeyEvent("x", ALT)),
    (0xFF51, State.CONTROL, KeyEvent(Key.LEFT, CONTROL)),
    (0x20AC, ALT_GR, KeyEvent("€")),
    (0x40, ALT_GR, KeyEvent("@")),
    (0x0100_4F60, 0, KeyEvent("你")),
    (0x0101_F600, 0, KeyEvent("😀")),
    (0x0100_D800, 0, None),  # half a surrogate pair
    (0x0100_0007, 0, None),
    (0x06C1, 0, KeyEvent("а")),
    (0x0AE1, 0, None),  # of a set that no layout types text with
    (0xFE51, 0, None),  # a dead accent: the client composes
    (0xFFE1, 0, None),
    (0xFFC2, 0, None),  # F5
    (0x1008_FF13, 0, None),  # louder
    (0, 0, None),
]


@pytest.mark.parametrize(("keysym", "state", "event"), ROWS)
def test_event_of_a_key(keysym: int, state: int, event: KeyEvent | None) -> None:
    assert key_event_of(keysym, int(state)) == event


KNOWN_SETS = 0x00, 0x01, 0x02, 0x03, 0x05, 0x06, 0x07, 0x0C, 0x0D, 0x13, 0x20
ACCENTED_GREEK = range(0x07A1, 0x07C1)


def test_every_symbol_says_what_libxkbcommon_says() -> None:
    """Ours knows no Japanese, Korean and technical sets; of the others none is wrong or missing."""
    library = ctypes.CDLL(ctypes.util.find_library("xkbcommon") or "libxkbcommon.so.0")
    code_of = library.xkb_keysym_to_utf32
    code_of.restype = ctypes.c_uint32
    n_known = 0
    for keysym in range(0x2100):
        code = code_of(keysym)
        expected = chr(code) if code and chr(code).isprintable() else ""
        if expected and keysym >> 8 in KNOWN_SETS and keysym not in ACCENTED_GREEK:
            assert character_of(keysym) == expected, hex(keysym)
            n_known += 1
    assert n_known > 600
