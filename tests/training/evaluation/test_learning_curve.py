"""Curves: points of checkpoints, their slope, and the picture from the command."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from resources import MODEL
from training.commands.main import main
from training.errors import WorkshopError
from training.evaluation.learning_curve import Point, gain_of_doubling, read_table, write_table

POINTS = [Point(8.0, 40.0, 50.0, 80.0), Point(16.0, 43.0, 52.0, 81.0), Point(64.0, 49.0, 60.0, 85.0)]


def test_the_slope_is_by_doublings() -> None:
    assert gain_of_doubling(POINTS) == pytest.approx(3.0)
    assert gain_of_doubling([Point(8.0, 50.0, 0.0, 0.0), Point(32.0, 44.0, 0.0, 0.0)]) == pytest.approx(-3.0)


def test_one_point_is_no_curve() -> None:
    with pytest.raises(WorkshopError, match="different numbers of tokens"):
        gain_of_doubling(POINTS[:1] * 2)


def test_the_table_is_read_back(tmp_path: Path) -> None:
    write_table(POINTS, tmp_path / "curve.csv")
    assert read_table(tmp_path / "curve.csv") == POINTS


def test_a_bundle_joins_the_points_of_the_table(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    cases = tmp_path / "cases.jsonl"
    cases.write_text(json.dumps({"id": 1, "pinyin": ["ni", "hao"], "hanzi": "你好"}), encoding="utf-8")
    write_table(POINTS[:1], tmp_path / "curve.csv")
    arguments = ["curve", str(MODEL), "--sets", str(cases), "--output", str(tmp_path / "curve.png")]
    assert main(arguments) == 0
    points = read_table(tmp_path / "curve.csv")
    assert points[0] == POINTS[0]
    assert points[1].tokens == 121.8  # 32.5 of the first run, 16.1 of the second, 73.2 of the third
    assert points[1].first == 100.0
    assert (tmp_path / "curve.png").stat().st_size > 5000
    assert "a doubling" in capsys.readouterr().out
