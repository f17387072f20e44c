"""Of all processes that work in a folder, one at a time: to make it, to mend it, to delete it.

Knows a file beside the folder and SQLite's locks, which end with the process that holds them, however
it ends; knows nothing of what is in the folder. The file stays empty.
"""

from __future__ import annotations

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def alone(folder: Path, timeout_s: float) -> Iterator[None]:
    """While the block runs, no other process or thread is in such a block for the same folder.

    Raises OSError where the file cannot be made, sqlite3.OperationalError where it takes too long.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    os.close(os.open(lock, os.O_RDWR | os.O_CREAT, 0o600))
    with closing(sqlite3.connect(lock, timeout=timeout_s, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        yield
