"""Write files whole or not at all, and read checkpoints with their name in errors."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any

from engine.storage.atomic_files import whole_file
from training.errors import WorkshopError


class CheckpointError(WorkshopError):
    """A file of a run that cannot be read, or that does not fit what is asked of it."""


@contextmanager
def save_whole(path: Path) -> Iterator[IO[bytes]]:
    """Yield a file to write; it becomes `path` when the block ends without an error. Makes the folder."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with whole_file(path, private=False) as file:
        yield file


def read_checkpoint(path: Path, device: Any = "cpu") -> dict[str, Any]:
    """Return what torch.save wrote, with tensors on `device`. Raises CheckpointError, FileNotFoundError."""
    import torch

    try:
        state = torch.load(path, map_location=device, weights_only=True)
    except (RuntimeError, EOFError, KeyError, ValueError, pickle.UnpicklingError) as error:
        raise CheckpointError(f"{path} is not a checkpoint, or is damaged ({_first_line(error)})") from error
    if not isinstance(state, dict):
        raise CheckpointError(f"{path} holds no checkpoint of this project")
    return state


def _first_line(error: Exception) -> str:
    return str(error).partition("\n")[0] or type(error).__name__
