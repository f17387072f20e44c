"""The benchmark over the bus on one short input: what the page of figures shows is measured."""

from __future__ import annotations

import pytest

from engine.evaluation.goals import IBUS
from ime_app.tools import ibus_benchmark


def test_every_figure_of_the_page_is_measured(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without the peer, which is not installed everywhere."""
    monkeypatch.setattr(ibus_benchmark, "PEER", "nobody")
    found = {name: value for name, value, _ in ibus_benchmark.measure_ibus(1, 0.0, ["nihao", "shijie"])}
    shown = {name for row in IBUS.rows for name in row.figures if "libpinyin" not in name}
    assert set(found) == shown
    assert all(value > 0 for value in found.values())
    assert found["ibus.memory.parent"] < 20 < found["ibus.memory"]
    assert found["ibus.key.p50"] <= found["ibus.key.p95"]
