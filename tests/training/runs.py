"""Runs of a tiny decoder, by one process or by several, and how far two of them are apart."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from unittest.mock import patch

import torch

from training.commands.main import main
from training.corpus.shards import Batch, Shards, WindowSampler
from training.model.trained import load_trained
from training.pretraining.run_log import RunLog

ROOT = Path(__file__).parents[2]
SHAPE = """
[model]
n_layer = 2
n_head = 2
n_embd = 32
block_size = 32
[training]
batch_size = 16
"""
TINY = f"""{SHAPE}
max_steps = 60
warmup_steps = 5
decay = 0.5
ema = 0.9
"""
# What both need is loaded before they part.
_ALL = """
import json, os, sys
import torch._dynamo, training.pretraining.trainer
from training.commands.main import main
for rank in "01":
    if os.fork() == 0:
        os.environ |= {"RANK": rank, "LOCAL_RANK": rank}
        for os.environ["MASTER_PORT"], arguments in json.loads(sys.argv[1]):
            if status := main(arguments):
                os._exit(status)
        sys.stdout.flush()
        os._exit(0)
sys.exit(any(os.wait()[1] for _ in range(2)))
"""


def few_windows(shards: Shards, block_size: int) -> dict[str, list[Batch]]:
    """Return the first of the windows of held-out text that a run is judged by."""
    return {"all": [WindowSampler(shards, block_size, {}, seed=8).batch(0, 0, 32)]}


def run(data: Path, folder: Path, recipe: Path, *more: str) -> None:
    """Train in this process; judged by little, and without the picture of the losses.

    Both take longer than a short run; `test_a_memorisable_text_is_memorised` has them whole.
    """
    judging = patch("training.pretraining.tasks.validation_batches", few_windows)
    with judging, patch.object(RunLog, "plot"):
        assert main(["train", *arguments(data, folder, recipe), *more]) == 0


def free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


def run_by_two(data: Path, folder: Path, recipe: Path, *more: str) -> str:
    """Train in two processes, told what torchrun would tell them; returns what they printed."""
    return all_run_by_two([*arguments(data, folder, recipe), *more])


def all_run_by_two(*runs: list[str]) -> str:
    """Train one run after another in the same two processes, whose start takes longer than a run.

    torchrun itself, a third process that loads torch, starts those of `test_cluster`.
    """
    each = [(str(free_port()), ["train", *run]) for run in runs]
    shared = {"WORLD_SIZE": "2", "MASTER_ADDR": "127.0.0.1"}
    shared |= {"LOCAL_WORLD_SIZE": "2", "OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    ranks = subprocess.Popen(
        [sys.executable, "-c", _ALL, json.dumps(each)],
        cwd=ROOT,
        env=os.environ | shared,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    try:
        return finished([ranks])
    finally:
        with suppress(ProcessLookupError):  # both have ended
            os.killpg(ranks.pid, signal.SIGKILL)


def finished(processes: list[subprocess.Popen[str]]) -> str:
    """Return what they printed, once all of them have ended well; none is left behind."""
    try:
        outputs = [process.communicate(timeout=240) for process in processes]
    finally:
        for process in processes:
            process.kill()
    assert [process.returncode for process in processes] == [0] * len(processes), outputs
    return "".join(printed for printed, _ in outputs)


def arguments(data: Path, folder: Path, recipe: Path) -> list[str]:
    return ["--data", str(data), "--output", str(folder), "--recipe", str(recipe), "--no-compile"]


def weights(folder: Path) -> dict[str, torch.Tensor]:
    decoder = load_trained(folder / "model.pt").decoder
    return {name: value.detach() for name, value in decoder.named_parameters()}


def distance(first: Path, second: Path) -> float:
    """Mean over the tensors of the mean absolute difference of two runs' weights."""
    ours, theirs = weights(first), weights(second)
    return sum((ours[name] - theirs[name]).abs().mean().item() for name in ours) / len(ours)


def set_all(*changes: str) -> list[str]:
    return [part for change in changes for part in ("--set", change)]
