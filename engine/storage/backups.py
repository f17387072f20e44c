"""Copies of the user's database, one for each of the last days of use.

Knows SQLite's files and the names of the copies; knows nothing of what the rows mean. Several windows may
make the copy of a day at the same time: each writes a file of its own, and the last one stays.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from tempfile import mkstemp
from typing import Final

from engine.storage.atomic_files import make_private_folder

N_BACKUP: Final[int] = 3
_DEAD_S: Final[float] = 3600.0  # a copy that is not done by then is of a process that has died


class Backups:
    """The copies in `folder`. Raises OSError and sqlite3.Error where one cannot be made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def today(self) -> Path:
        """The copy of today, there or not."""
        return self._folder / f"phrases-{datetime.now():%Y%m%d}.sqlite3"

    def newest_first(self) -> list[Path]:
        """A day to come was written by a clock that was wrong, and counts as older than all others."""
        today = self.today.name
        backups = self._folder.glob("phrases-*.sqlite3")
        return sorted(backups, key=lambda backup: (backup.name <= today, backup.name), reverse=True)

    def make(self, connection: sqlite3.Connection) -> bool:
        """Copy the database of the connection; False where another process has deleted all meanwhile."""
        try:
            make_private_folder(self._folder)
            descriptor, name = mkstemp(prefix=f"{self.today.stem}-", suffix=".part", dir=self._folder)
        except FileNotFoundError:
            return False
        os.close(descriptor)
        part = Path(name)
        try:
            with closing(sqlite3.connect(part)) as target:
                connection.backup(target)
                target.execute("PRAGMA journal_mode = DELETE")  # one file, nothing beside it
            part.replace(self.today)
        except (sqlite3.Error, OSError):
            if part.exists():
                raise
            return False
        finally:
            part.unlink(missing_ok=True)
        self._tidy()
        return True

    def delete(self) -> bool:
        """All of them; False where there was none."""
        found = any(self._folder.glob("*.sqlite3"))
        shutil.rmtree(self._folder, ignore_errors=True)
        return found

    def _tidy(self) -> None:
        for old in self.newest_first()[N_BACKUP:]:
            old.unlink(missing_ok=True)
        for part in self._folder.glob("*.part*"):
            with suppress(FileNotFoundError):  # another window has just finished it
                if part.stat().st_mtime < time.time() - _DEAD_S:
                    part.unlink()


def is_whole(database: Path) -> bool:
    """Whether SQLite finds nothing wrong with it."""
    try:
        with closing(sqlite3.connect(database)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (sqlite3.Error, UnicodeError):
        return False


def day_of(backup: Path) -> str:
    """Of a copy, as 2026-11-24."""
    digits = backup.stem.removeprefix("phrases-")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
