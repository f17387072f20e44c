"""Let one process at a time work in a folder, or write a file of its own.

The system ends a lock with the process that holds it, however it ends (the package filelock: flock on Linux
and macOS).
"""

from __future__ import annotations

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from filelock import FileLock, Timeout

logging.getLogger("filelock").setLevel(logging.WARNING)  # it would name every lock

_OWNER_ONLY: Final[int] = 0o600
_POLL_S: Final[float] = 0.01


def free_lock(path: Path) -> FileLock | None:
    """Take the lock whose file is `path`; None where another process or window holds it.

    It is held until `release`, or as long as the object lives. Raises OSError where there can be no file.
    """
    lock = FileLock(path, mode=_OWNER_ONLY)
    try:
        lock.acquire(timeout=0)
    except Timeout:
        return None
    return lock


@contextmanager
def directory_lock(folder: Path, timeout_s: float) -> Iterator[None]:
    """Keep other processes and threads out of such a block for the same folder while this one runs.

    The file lies beside the folder, `NAME.lock`. Raises TimeoutError where that takes longer, OSError where
    there can be no file.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(folder.with_name(f"{folder.name}.lock"), mode=_OWNER_ONLY)
    with lock.acquire(timeout=timeout_s, poll_interval=_POLL_S):
        yield
