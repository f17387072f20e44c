"""Kill -9 at random moments: what was committed is there, and the database opens.

MOYIN_KILLS=200 kills so often in each test; by default they are few, as each costs a process.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
import time
from pathlib import Path

from engine.phrase_log import PhraseLog
from engine.user_store import UserStore
from engine.word_store import WordStore

ROOT = Path(__file__).parent.parent.parent
N_KILL = int(os.environ.get("MOYIN_KILLS", "10"))


def killed(folder: Path, kind: str, seconds: float) -> list[int]:
    """What a process had committed when it was killed so long after its first commit."""
    command = [sys.executable, "-m", "tests.engine.writing_process", str(folder), kind]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=ROOT) as process:
        assert process.stdout is not None
        first = process.stdout.readline()
        time.sleep(seconds)
        process.kill()
        rest = process.stdout.read()
    return [int(line) for line in (first + rest).splitlines() if line.strip()]


def test_phrases(tmp_path: Path) -> None:
    """Again and again on one database, with a window that stays open beside it."""
    rng = random.Random(0)
    beside = UserStore(tmp_path)
    committed = -1
    for _ in range(N_KILL):
        rows = killed(tmp_path, "phrases", rng.random() * 0.05)
        committed = max(committed, *rows)
        store = UserStore(tmp_path)
        for window in (store, beside):
            numbers = [int(phrase.keys) for phrase in PhraseLog(window)]
            assert numbers == list(range(len(numbers)))
            assert len(numbers) > committed
        assert store.notices == []
        assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()
    beside.close()


def test_import(tmp_path: Path) -> None:
    rng = random.Random(0)
    for _ in range(N_KILL):
        rows = killed(tmp_path, "words", rng.random() * 0.1)
        store = UserStore(tmp_path)
        found = {word.text for word in WordStore(store).words()}
        assert {f"{number}-{i}" for number in rows for i in range(300)} <= found
        assert store.connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        store.close()
