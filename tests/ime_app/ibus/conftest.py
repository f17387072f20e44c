from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from tests.ime_app.ibus.bench import Bench


@pytest.fixture
def open_bench(tmp_path: Path) -> Iterator[Callable[..., Bench]]:
    """Return a function that opens hosts on `tmp_path`."""
    opened: list[Bench] = []

    def open_one(**options: object) -> Bench:
        opened.append(Bench(tmp_path, **options))  # type: ignore[arg-type]
        return opened[-1]

    yield open_one
    for bench in opened:
        bench.close()


@pytest.fixture
def bench(open_bench: Callable[..., Bench]) -> Bench:
    return open_bench()
