"""Kill -9 at random moments: what was committed is there, and the database opens.

`make test` kills a few times, `make test-long` 200 times, with `test_bundle_store`; MOYIN_KILLS=1000 kills so
often in each test here.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent.parent
KILLS = [8, pytest.param(int(os.environ.get("MOYIN_KILLS", "50")), marks=pytest.mark.long)]


@pytest.mark.parametrize("n_kill", KILLS)
@pytest.mark.parametrize("kind", ["phrases", "words"])
def test_what_was_committed_is_there(tmp_path: Path, kind: str, n_kill: int) -> None:
    """Again and again on one database, with a window that stays open beside it."""
    command = [sys.executable, str(ROOT / "tests/engine/killed_log.py"), str(tmp_path), kind, str(n_kill)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    seen = json.loads(done.stdout.splitlines()[-1])
    assert seen["kills"] == n_kill
    assert seen["commits"] >= n_kill


@pytest.mark.parametrize("n_kill", KILLS)
def test_custom_phrases_and_files_of_other_machines(tmp_path: Path, n_kill: int) -> None:
    """Killed in the middle of editing phrases, of reading and writing a house, of exchanging by a folder."""
    n_kill = max(4, n_kill // 5)
    command = [sys.executable, str(ROOT / "tests/engine/killed_own_things.py"), str(tmp_path), str(n_kill)]
    environment = os.environ | {"PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, env=environment, capture_output=True, text=True, timeout=600, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    assert json.loads(done.stdout.splitlines()[-1])["kills"] == n_kill
