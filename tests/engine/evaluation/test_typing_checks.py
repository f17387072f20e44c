"""What it takes to mend a sentence with one wrong word."""

from __future__ import annotations

import pytest

from engine.evaluation import typing_checks
from engine.evaluation.cases import Case
from engine.evaluation.typing_checks import keys_to_mend, wrong_place
from tests.engine.scenario_engine import new_converter


@pytest.mark.parametrize(
    ("first", "wanted", "place"),
    [
        ("通知树立了能力", "通知梳理了能力", range(2, 4)),
        ("全场", "全厂", range(1, 2)),
        ("是向阳", "使向阳", range(1)),
        ("一样", "一样", None),
        ("甲一二三四乙", "丙一二三四丁", None),
        ("一二三", "一二", None),
    ],
)
def test_one_wrong_place(first: str, wanted: str, place: range | None) -> None:
    assert wrong_place(first, wanted) == place


def test_keys_behind_the_last_letter(monkeypatch: pytest.MonkeyPatch) -> None:
    """你好世界 is first for these letters: 你好师姐 takes 你好, then its two hanzi, or one sentence."""
    monkeypatch.setattr(typing_checks, "MENDED", range(4, 5))
    converter = new_converter(8)
    texts = ("你好世界", "你好世姐", "尼好世界")
    right, end, begin = (Case(text, "nihaoshijie", ("x",) * 4, hanzi=text) for text in texts)
    short = Case("短", "nihao", hanzi="你好")
    found = keys_to_mend([converter, converter], [right, end, begin, short], 9)
    assert len(found) == 2
    assert all(1 <= keys == again <= 5 for keys, again in found)
    assert keys_to_mend([converter], [end, begin], 1) == [found[0][:1]]
    assert keys_to_mend([converter], [begin, end], 9, at_end=True) == [found[0][:1]]
