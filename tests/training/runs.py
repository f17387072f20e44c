"""Runs of a tiny decoder, by one process or by several, and how far two of them are apart."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import torch

from training.cli import main
from training.export import load_trained

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


def run(data: Path, folder: Path, recipe: Path, *more: str) -> None:
    """Train in this process."""
    assert main(["train", *_arguments(data, folder, recipe), *more]) == 0


def run_by_two(data: Path, folder: Path, recipe: Path, *more: str) -> str:
    """Train in two processes under torchrun; returns what they printed."""
    command = [sys.executable, "-m", "torch.distributed.run", "--standalone", "--nproc-per-node", "2"]
    command += ["-m", "training", "train", *_arguments(data, folder, recipe), *more]
    environment = os.environ | {"OMP_NUM_THREADS": "1", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout


def _arguments(data: Path, folder: Path, recipe: Path) -> list[str]:
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
