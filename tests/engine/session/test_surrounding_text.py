"""The text around the caret between two reports."""

from __future__ import annotations

from engine.protocol import Commit, Key, KeyEvent, Modifier
from engine.session.surrounding_text import SURROUNDING_LENGTH, SurroundingText


def test_commits() -> None:
    around = SurroundingText.of("说", "。")
    assert around.committed(Commit("你好")) == SurroundingText("说你好", "。")
    inside = around.committed(Commit("（）", behind=1))
    assert inside == SurroundingText("说（", "）")
    assert inside.committed(Commit("）", replaced=1)) == SurroundingText("说（）", "")


def test_keys_passed_on() -> None:
    around = SurroundingText.of("3", "）")
    assert around.passed(KeyEvent(".")) == SurroundingText("3.", "）")
    assert around.passed(KeyEvent("A", Modifier.SHIFT)).before == "3A"
    assert around.passed(KeyEvent(Key.ENTER)).before == "3\n"
    assert around.passed(KeyEvent(Key.BACKSPACE)) == SurroundingText("", "）")
    assert around.passed(KeyEvent("v", Modifier.CONTROL)) == around
    assert around.passed(KeyEvent(Key.LEFT)) == around


def test_only_what_is_near_is_kept() -> None:
    around = SurroundingText.of("长" * 1000, "你好")
    assert (len(around.before), around.after) == (SURROUNDING_LENGTH, "你")
    assert len(around.committed(Commit("字" * 10)).before) == SURROUNDING_LENGTH
