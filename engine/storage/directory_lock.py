"""Let one process at a time work in a folder: to make it, to mend it, to delete it.

The lock is SQLite's on an empty file beside the folder; it ends with the process that holds it, however that
ends.
"""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path


@contextmanager
def directory_lock(folder: Path, timeout_s: float) -> Iterator[None]:
    """Keep other processes and threads out of such a block for the same folder while this one runs.

    Raises OSError if there can be no folder for the file, sqlite3.OperationalError if the file cannot be made
    or it takes too long. SQLite makes the file: to close it here would end the lock of another thread.
    """
    folder.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = folder.with_name(f"{folder.name}.lock")
    with closing(sqlite3.connect(lock, timeout=timeout_s, isolation_level=None)) as connection:
        connection.execute("BEGIN EXCLUSIVE")
        lock.chmod(0o600)
        yield
