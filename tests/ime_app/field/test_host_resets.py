"""Resets of the client: late ones that answer a key drop no letter, the user's own drop the composition."""

from __future__ import annotations

import pytest

from engine.protocol import KeyEvent, Output
from tests.ime_app.field.bench import PATH, Bench


def test_late_reset_drops_no_letter(bench: Bench) -> None:
    bench.type("←sh", seconds=0.005)
    n_shown = len(bench.port.log)
    bench.host.reset(PATH)
    assert bench.port.preedit == "sh"
    assert [entry[0] for entry in bench.port.log[n_shown:]] == ["preedit", "auxiliary", "table"]
    bench.type("ijie ")
    assert bench.port.commits == ["世界"]


def test_reset_that_waited_for_a_slow_key_is_late_too(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    session = bench.engines[-1].session
    process = session.process_key

    def slowly(event: KeyEvent) -> Output:
        bench.now += 0.5
        return process(event)

    monkeypatch.setattr(session, "process_key", slowly)
    bench.type("\nsh")
    bench.host.reset(PATH)  # it came while the first letter was read
    assert bench.port.preedit == "sh"
    bench.now += 0.4
    bench.host.reset(PATH)
    assert bench.port.preedit == ""


def test_real_reset_drops_the_composition(bench: Bench) -> None:
    bench.type("←")
    bench.now += 0.4
    bench.type("sh")
    bench.host.reset(PATH)
    assert (bench.port.preedit, bench.port.table.rows, bench.port.commits) == ("", (), [])
    bench.type("sh")
    bench.host.reset(PATH)  # begun before the key that was left, if any: there was none since
    assert bench.port.preedit == ""
