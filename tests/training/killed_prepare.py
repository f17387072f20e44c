"""Run as a script: preparing a folder is killed before each file is put in place, and so after the last one.

A child is forked for each kill. Prints what was seen as JSON: the kills, and the sources in the order
in which they were annotated.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import signal
import sys
from itertools import cycle
from pathlib import Path
from typing import Any

from tests.training.texts import CHARACTERS
from training.corpus import prepare as module

_REPLACE = Path.replace
_ANNOTATE = module._annotate_source


def go_on(texts: Path, output: Path, n_file: int) -> None:
    """Prepare; die when so many files are in place and the next one is written."""
    left = n_file

    def replace(self: Path, target: Path) -> Path:
        nonlocal left
        if not left:
            os.kill(os.getpid(), signal.SIGKILL)
        left -= 1
        return _REPLACE(self, target)

    def annotate(pool: Any, name: str, *more: Any) -> None:
        with (output / "log.txt").open("a") as file:
            file.write(f"{name}\n")
        _ANNOTATE(pool, name, *more)

    module._annotate_source = annotate  # type: ignore[assignment]
    forking = multiprocessing.get_context("fork")  # a worker starts in no time
    multiprocessing.get_context = lambda kind: forking  # type: ignore[assignment]
    Path.replace = replace  # type: ignore[assignment, method-assign]
    module.prepare(texts, output, CHARACTERS, None, workers=1, minimum=2)


def main(texts: Path, output: Path) -> None:
    output.mkdir()
    kills = 0
    for n_file in cycle(range(4)):
        pid = os.fork()
        if pid == 0:
            go_on(texts, output, n_file)
            os._exit(0)
        if os.waitpid(pid, 0)[1] == 0:
            break
        kills += 1
    print(json.dumps({"kills": kills, "annotated": (output / "log.txt").read_text().split()}))


if __name__ == "__main__":
    main(*(Path(argument) for argument in sys.argv[1:]))
