"""The text around the caret between two reports."""

from __future__ import annotations

from engine.protocol import Commit, Key, KeyEvent, Modifier
from engine.session.surrounding_text import SURROUNDING_LENGTH, AroundCaret


def test_commits() -> None:
    around = AroundCaret.of("说", "。")
    assert around.committed(Commit("你好")) == AroundCaret("说你好", "。")
    inside = around.committed(Commit("（）", behind=1))
    assert inside == AroundCaret("说（", "）")
    assert inside.committed(Commit("）", replaced=1)) == AroundCaret("说（）", "")


def test_keys_passed_on() -> None:
    around = AroundCaret.of("3", "）")
    assert around.passed(KeyEvent(".")) == AroundCaret("3.", "）")
    assert around.passed(KeyEvent("A", Modifier.SHIFT)).before == "3A"
    assert around.passed(KeyEvent(Key.ENTER)).before == "3\n"
    assert around.passed(KeyEvent(Key.BACKSPACE)) == AroundCaret("", "）")
    assert around.passed(KeyEvent("v", Modifier.CONTROL)) == around
    assert around.passed(KeyEvent(Key.LEFT)) == around


def test_only_what_is_near_is_kept() -> None:
    around = AroundCaret.of("长" * 1000, "你好")
    assert (len(around.before), around.after) == (SURROUNDING_LENGTH, "你")
    assert len(around.committed(Commit("字" * 10)).before) == SURROUNDING_LENGTH
