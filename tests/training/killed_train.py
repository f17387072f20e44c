"""Run as a script: a run that saves after each step is killed at every moment of a save, and goes on.

A child is forked for each kill, so that it costs no start. Prints what was seen as JSON.
"""

from __future__ import annotations

import json
import os
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from functools import partial
from itertools import product
from pathlib import Path
from typing import IO, Any

from tests.training.runs import few_windows
from training import checkpoint_files as files
from training.model import trained
from training.pretraining import checkpoint, tasks
from training.pretraining.recipe import load_recipe
from training.pretraining.run_log import RunLog
from training.pretraining.trainer import train

MOMENTS = ("half written", "written", "in place")
LAST_STEP = 12


class _HalfWritten:
    """A file that kills its process at the twentieth piece written to it."""

    def __init__(self, file: IO[bytes]) -> None:
        self._file, self._left = file, 20

    def write(self, data: Any) -> int:
        self._left -= 1
        if not self._left:
            self._file.flush()
            _die()
        return self._file.write(data)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._file, name)


def _die() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def killing(name: str, number: int, moment: str) -> Any:
    """`save_whole` that dies at a moment of the file's `number`-th save."""
    saves = 0

    @contextmanager
    def save_whole(path: Path) -> Iterator[Any]:
        nonlocal saves
        saves += path.name == name
        is_it = path.name == name and saves == number
        with files.save_whole(path) as file:
            yield _HalfWritten(file) if is_it and moment == "half written" else file
            if is_it and moment == "written":
                _die()
        if is_it and moment == "in place":
            _die()

    return save_whole


def child(work: Any) -> int:
    """Return the wait status of a fork that does the work."""
    pid = os.fork()
    if pid == 0:
        work()
        os._exit(0)
    return os.waitpid(pid, 0)[1]


def main(data: Path, run: Path, recipe: Path) -> None:
    settings = load_recipe(recipe)
    RunLog.plot = lambda log, path: None  # type: ignore[assignment, method-assign]  # half of a child's time
    tasks.validation_batches = few_windows  # type: ignore[assignment, attr-defined]
    statuses, missing = [], 0

    def go_on(step: int, minutes: float) -> None:
        train(settings, data, run, minutes, step, compiled=False)

    def dying(name: str, number: int, moment: str) -> None:
        save_whole = killing(name, number, moment)
        checkpoint.save_whole = trained.save_whole = save_whole  # type: ignore[attr-defined]
        go_on(LAST_STEP, 0)

    def look() -> None:
        for name in ("checkpoint.pt", "model.pt"):
            if (run / name).exists():
                files.read_checkpoint(run / name)

    train(settings, data, run.with_name("warm"), 99, 1, compiled=False)  # loads what the children begin with
    for number, name, moment in product((1, 2), ("model.pt", "checkpoint.pt"), MOMENTS):
        statuses.append(child(partial(dying, name, number, moment)))
        missing += not (run / "checkpoint.pt").exists()
        assert child(look) == 0, (name, number, moment)
    assert child(lambda: go_on(LAST_STEP, 99)) == 0
    print(json.dumps({"killed": statuses.count(signal.SIGKILL), "before the first": missing}))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
