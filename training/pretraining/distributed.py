"""Connect the processes of a run: which one this is, and what all of them agree on.

A process alone needs no messages: every call gives back what it was given.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import torch
import torch.distributed as distributed

from training.errors import WorkshopError

_LAST_MESSAGE_S: Final[float] = 0.3


class RunError(WorkshopError):
    """A run that its ranks cannot share, or cannot continue together."""


@dataclass(frozen=True)
class Ranks:
    """This process among those of the run."""

    rank: int
    world_size: int
    device: torch.device

    @property
    def is_first(self) -> bool:
        """Whether this process writes the files."""
        return self.rank == 0

    def share(self, batch_size: int, parts: int) -> range:
        """Return the rows of a global batch that are this rank's. Raises RunError if they are not even."""
        if batch_size % (self.world_size * parts):
            shares = f"{self.world_size} processes" + (f" in {parts} parts each" if parts > 1 else "")
            raise RunError(
                f"batch_size {batch_size} cannot be shared out evenly to {shares}; "
                "set training.batch_size to a multiple"
            )
        share = batch_size // self.world_size
        return range(self.rank * share, (self.rank + 1) * share)

    def sum(self, value: float) -> float:
        """Return the sum of every rank's value."""
        if self.world_size == 1:
            return value
        total = torch.tensor(value, dtype=torch.float64, device=self.device)
        distributed.all_reduce(total)
        return float(total)

    def of_first(self, *values: float) -> list[float]:
        """Return the first rank's values, on every rank."""
        if self.world_size == 1:
            return list(values)
        told = torch.tensor(values, dtype=torch.float64, device=self.device)
        distributed.broadcast(told, 0)
        return told.tolist()

    def check_step(self, step: int, run: Path) -> None:
        """Raise RunError, on every rank, unless all of them begin at one step."""
        if self.world_size == 1:
            return
        ours = torch.tensor([step], device=self.device)
        steps = [torch.zeros_like(ours) for _ in range(self.world_size)]
        distributed.all_gather(steps, ours)
        check_steps([int(found.item()) for found in steps], run)


@contextmanager
def joined() -> Iterator[Ranks]:
    """Yield the ranks of this run, joined while the block runs: those of torchrun, or this process alone."""
    is_ours = "WORLD_SIZE" in os.environ and not distributed.is_initialized()
    if is_ours:
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    try:
        rank = int(os.environ.get("RANK", "0"))
        yield Ranks(rank, int(os.environ.get("WORLD_SIZE", "1")), _device(rank))
    finally:
        if is_ours:
            # gloo's threads let go of the last message's tensor, for which they need the interpreter;
            # the group's destructor waits for them holding it, and forever (seen with torch 2.13).
            time.sleep(_LAST_MESSAGE_S)
            distributed.destroy_process_group()


def single_process() -> Ranks:
    """Return a run of one process."""
    return Ranks(0, 1, _device(0))


def _device(rank: int) -> torch.device:
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", rank)))
        torch.cuda.set_device(device)
        return device
    return torch.device("cpu")


def check_steps(steps: list[int], run: Path) -> None:
    """Raise RunError unless all ranks (`steps`: the step of each) begin at one step."""
    if len(set(steps)) > 1:
        raise RunError(
            f"the processes found checkpoints of different steps ({', '.join(map(str, steps))}) in {run}; "
            "all of them must see the same folder"
        )
