"""Of all processes that work in a folder, one at a time: to make it, to mend it, to delete it.

Knows a file beside the folder and SQLite's locks, which end with the process that holds them, however
it ends; knows nothing of what is in the folder. The file stays empty.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def directory_lock(folder: Path, timeout_s: float) -> Iterator[None]:
    """While the block runs, no other process or thread is in such a block for the same folder.

    Raises OSError where there can be no folder for the file, sqlite3.OperationalError where the file cannot
    be made or it takes too long. SQLite makes it: to close it here would end the lock of another thread.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    with closing(sqlite3.connect(lock, timeout=timeout_s, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        lock.chmod(0o600)
        yield
