"""Running text to cases: clauses in order, with their readings and the text before them."""

from __future__ import annotations

import json
from pathlib import Path

from engine.evaluation.cases import case_of
from training.corpus.held_out_cases import held_out_cases_of, write_cases, write_held_out


def test_clauses_in_order() -> None:
    found = list(held_out_cases_of(["你好，世界！用Python写的3行", "", "银行里的行人"], "user"))
    assert [(case["hanzi"], case["pinyin"]) for case in found] == [
        ("你好", "ni hao".split()),
        ("世界", "shi jie".split()),
        ("用", "yong".split()),
        ("写的", "xie de".split()),
        ("行", "xing".split()),
        ("银行里的行人", "yin hang li de xing ren".split()),
    ]
    assert [case.get("context", "") for case in found] == [
        "", "你好，", "你好，世界！", "你好，世界！用a", "你好，世界！用a写的1", "",
    ]  # fmt: skip
    assert [case["id"] for case in found] == [f"user-{i}" for i in range(6)]


def test_a_file_of_cases_that_the_engine_reads(tmp_path: Path) -> None:
    (tmp_path / "user.txt").write_text("你好，世界！\n再见。\n", encoding="utf-8")
    assert write_cases(tmp_path / "user.txt", tmp_path / "user.jsonl", limit=2, skip=1) == 2
    lines = (tmp_path / "user.jsonl").read_text("utf-8").splitlines()
    assert [case_of(json.loads(line)).hanzi for line in lines] == ["世界", "再见"]


def test_held_out_clauses_of_a_length(prepared: Path, tmp_path: Path) -> None:
    """The prepared text says the same over and over; its held-out part has whole clauses of it."""
    n = write_held_out(prepared, tmp_path / "held.jsonl", 4, 4)
    cases = [case_of(json.loads(line)) for line in (tmp_path / "held.jsonl").read_text("utf-8").splitlines()]
    assert n == len(cases) > 0
    assert {case.hanzi for case in cases} <= {"你好世界", "长得很高"}
    assert all(len(case.pinyin) == 4 for case in cases)
    assert write_held_out(prepared, tmp_path / "held.jsonl", 4, 4, limit=1) == 1
    assert write_held_out(prepared, tmp_path / "held.jsonl", 29, 30) == 0
