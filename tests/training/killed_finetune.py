"""Run as a script: a child retrains and activates until it is killed, again and again.

After every kill the store must load a whole bundle, the one in use or the next. One thread and fork, so
that torch is imported once. Prints what it saw as JSON.
"""

from __future__ import annotations

import contextlib
import io
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import torch

import resources
from engine.model.bundle import Bundle
from engine.model.bundle_store import BundleStore
from training.commands.main import main
from training.finetuning import fine_tuning_data

MOST_SECONDS, LEAST_KILLS = 40, 4  # a busy machine kills less often


def once(arguments: list[str]) -> None:
    with contextlib.redirect_stdout(io.StringIO()):
        main(arguments)


def run(shipped: Path, log: Path, sets: Path, folder: Path, kills: int) -> None:
    torch.set_num_threads(1)
    resources.MODEL = shipped  # type: ignore[misc]
    fine_tuning_data.REPLAY_TEXTS = 8  # a shorter round, every step of it
    arguments = ["finetune", "--log", str(log), "--sets", str(sets), "--data-directory", str(folder)]
    arguments += ["--threads", "1", "--epochs", "1", "--rate", "8"]
    once(arguments)  # loads what the children begin with
    draw, started = random.Random(1), time.perf_counter()
    once(arguments)
    round_s = time.perf_counter() - started
    store, fallbacks, cut = BundleStore(folder, shipped), 0, 0
    for killed in range(kills):
        if time.perf_counter() - started > MOST_SECONDS and killed >= LEAST_KILLS:
            break
        child = os.fork()
        if child == 0:
            while True:
                once(arguments)
        time.sleep(draw.uniform(0, 1.5 * round_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        cut += any(store.folder.glob(".part-*"))
        loaded = store.load()
        fallbacks += bool(loaded.notice)
        assert isinstance(loaded.bundle, Bundle)
        assert loaded.name == store.active
    left = [path.name for path in store.folder.iterdir() if path.is_dir()]
    print(
        json.dumps(
            {"round_s": round_s, "fallbacks": fallbacks, "cut": cut, "left": len(left), "killed": killed + 1}
        )
    )


if __name__ == "__main__":
    shipped, log, sets, folder = map(Path, sys.argv[1:5])
    run(shipped, log, sets, folder, int(sys.argv[5]))
