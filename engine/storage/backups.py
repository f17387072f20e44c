"""Keep copies of the user's database, one for each of the last days of use.

Several windows may make the copy of a day at the same time: each writes a file of its own, and the last one
stays.
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
_SIZES: Final[str] = "SELECT (SELECT count(*) FROM phrase), (SELECT count(*) FROM word)"
_DEAD_S: Final[float] = 3600.0  # age of an unfinished copy whose process must have died


class Backups:
    """The copies in `folder`. Its methods raise OSError and sqlite3.Error if one cannot be made."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    @property
    def today(self) -> Path:
        """The copy of today, there or not."""
        return self._folder / f"phrases-{datetime.now():%Y%m%d}.sqlite3"

    def newest_first(self) -> list[Path]:
        """Return the copies, the newest first.

        A future day was written by a clock that was wrong, and counts as older than all others.
        """
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
        """Delete all copies. Return False if there was none."""
        found = any(self._folder.glob("*.sqlite3"))
        shutil.rmtree(self._folder, ignore_errors=True)
        return found

    def _tidy(self) -> None:
        """Delete the copies beyond the newest, but none that holds more than today's.

        What the user deletes takes all copies with it (`UserStore.purge`), so a richer one means that the
        log has lost something.
        """
        now = sizes_of(self.today) or (0, 0)
        for old in self.newest_first()[N_BACKUP:]:
            then = sizes_of(old) or (0, 0)
            if not any(n_then > n_now for n_then, n_now in zip(then, now, strict=True)):
                old.unlink(missing_ok=True)
        for part in self._folder.glob("*.part*"):
            with suppress(FileNotFoundError):  # another window has just finished it
                if part.stat().st_mtime < time.time() - _DEAD_S:
                    part.unlink()


def is_whole(database: Path) -> bool:
    """Return whether SQLite finds nothing wrong with it, and the user's tables in it."""
    if sizes_of(database) is None:  # a file of 0 bytes is a database without tables
        return False
    try:
        with closing(_read_only(database)) as connection:
            return bool(connection.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
    except (sqlite3.Error, UnicodeError):
        return False


def sizes_of(database: Path) -> tuple[int, int] | None:
    """Return how many phrases and words it holds; None where it cannot be asked."""
    try:
        with closing(_read_only(database)) as connection:
            n_phrase, n_word = connection.execute(_SIZES).fetchone()
            return int(n_phrase), int(n_word)
    except (sqlite3.Error, UnicodeError, OSError):
        return None


def _read_only(database: Path) -> sqlite3.Connection:
    """Open a copy for reading; copies are single files, beside which nothing needs to be written."""
    return sqlite3.connect(f"{database.absolute().as_uri()}?mode=ro&immutable=1", uri=True)


def day_of(backup: Path) -> str:
    """Return the day of a copy, as 2026-11-24."""
    digits = backup.stem.removeprefix("phrases-")
    return f"{digits[:4]}-{digits[4:6]}-{digits[6:]}"
