"""Keys without an answer, folded into letters."""

from __future__ import annotations

import pytest

from engine.protocol import Key, KeyEvent, Modifier, Output, Preedit
from engine.session.options import SessionOptions
from ime_app.input.type_ahead import TypeAhead, with_gaps_of

NAMED = {
    "\b": KeyEvent(Key.BACKSPACE),
    "\x1b": KeyEvent(Key.ESCAPE),
    "\n": KeyEvent(Key.ENTER),
    "\t": KeyEvent(Key.TAB),
    " ": KeyEvent(Key.SPACE),
    "<": KeyEvent(Key.LEFT),
    "^": KeyEvent(Key.SHIFT),
    "~": KeyEvent(Key.BACKSPACE, Modifier.CONTROL),
    "#": KeyEvent(Key.PAGE_DOWN),
    "c": KeyEvent("c", Modifier.CONTROL),
}


def folded(keys: str, start: TypeAhead = TypeAhead()) -> TypeAhead:  # noqa: B008  (frozen)
    for key in keys:
        start = start.press(NAMED.get(key, KeyEvent(key)), SessionOptions())
    return start


@pytest.mark.parametrize(
    ("keys", "text", "caret"),
    [
        ("nihao ma", "nihao ma", 8),
        ("nihap\bo", "nihao", 5),
        ("niao<<h", "nihao", 3),
        ("nihao\x1bma", "ma", 2),
        ("nihao\nma\n\n", "nihaoma\n", 8),
        ("ni\t#chao", "nihao", 5),
        ("nihao~", "niha", 4),
        ("ni\b\b\b\bma", "ma", 2),
        ("ni1 2\b,", "ni1 ,", 5),
        ("nihao.", "nihao.", 6),
        ("ni^ma \b^ni\x1b", "nima", 4),
        ("A\t,\n", "A\t,\n", 4),
        ("a" * 70, "a" * 70, 70),
        ("a" * 64 + "<b", "a" * 64, 63),  # the session refuses a letter inside a full composition, too
        ("a" * 64 + "b\x1b", "a" * 40, 40),  # what was composed first is text by then
        ("v2*(3+4)", "v2*(3+4)", 8),
        ("www.a.de/b ", "www.a.de/b ", 11),
        ("ni;ma[", "ni;ma[", 6),
    ],
)
def test_keys(keys: str, text: str, caret: int) -> None:
    waiting = folded(keys)
    assert (waiting.text, waiting.caret) == (text, caret)


def test_keys_after_a_composition_shown() -> None:
    start = TypeAhead.after(Output(handled=True, preedit=Preedit("你 hao ma", 5, "你haoma")))
    assert folded("x\bi", start).text == "你haoima"


def test_an_echo_behind_double_pinyin_shown_in_full() -> None:
    before = Preedit("ni hao sh", 9, "nihcu", 5)
    assert with_gaps_of(before, "nihcui", 6) == Preedit("ni hao shi", 10, "nihcui", 6)
    assert with_gaps_of(before, "nih", 3).text == "ni h"
