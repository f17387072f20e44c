"""What the tests of the IBus engine share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.ime_app.ibus.daemon import Daemon, engine_command, ibus_daemon


@pytest.fixture
def daemon(tmp_path: Path) -> Iterator[Daemon]:
    with ibus_daemon(tmp_path, engine_command(tmp_path)) as running:
        yield running
