"""Run as a script: a child adds and activates bundles until it is killed, again and again.

After every kill the store must load a whole bundle, the one that was in use or the next. One thread and
fork, so that a kill costs milliseconds. Prints what it saw as JSON.
"""

from __future__ import annotations

import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import numpy as np

from engine.lexicon.vocabulary import from_counts
from engine.model.bundle import Bundle
from engine.model.bundle_store import SHIPPED, BundleStore
from engine.model.bundle_writer import write_bundle

VOCABULARY = from_counts([("你", "ni", 5), ("好", "hao", 3)])


def write(path: Path, name: str) -> None:
    write_bundle(
        path,
        name=name,
        vocabulary=VOCABULARY,
        decoder=name.encode() * 2000,
        head_weight=np.ones((len(VOCABULARY), 8), dtype=np.float32),
        head_bias=np.zeros(len(VOCABULARY), dtype=np.float32),
        n_layer=1,
        n_head=1,
        block_size=8,
        provenance={},
    )


def work(store: BundleStore, first: int, rounds: int) -> None:
    """Do what retraining and its user do: a new bundle, into use, now and then back."""
    for number in range(first, first + rounds):
        with store.draft() as draft:
            write(draft, f"b{number}")
            store.keep(draft, f"b{number}", {})
        store.activate(f"b{number}")
        if number % 3 == 0:
            store.roll_back()


def main(folder: Path, kills: int) -> None:
    write(folder / "shipped", "shipped")
    store = BundleStore(folder, folder / "shipped")
    draw, started = random.Random(1), time.perf_counter()
    work(store, 0, 3)
    round_s = (time.perf_counter() - started) / 3
    seen, fallbacks, cut = [], 0, 0
    for kill in range(kills):
        child = os.fork()
        if child == 0:
            work(store, (kill + 1) * 1000, 1000)
            os._exit(0)
        time.sleep(draw.uniform(0, 3 * round_s))
        os.kill(child, signal.SIGKILL)
        os.waitpid(child, 0)
        cut += any(store.folder.glob(".part-*"))
        loaded = store.load()
        fallbacks += bool(loaded.notice)
        seen.append(loaded.name)
        assert loaded.name == store.active
        assert loaded.name == SHIPPED or loaded.bundle.name == loaded.name
        assert isinstance(loaded.bundle, Bundle)
    left = [path.name for path in store.folder.iterdir() if path.is_dir()]
    print(json.dumps({"bundles": len(set(seen)), "fallbacks": fallbacks, "cut": cut, "left": len(left)}))


if __name__ == "__main__":
    main(Path(sys.argv[1]), int(sys.argv[2]))
