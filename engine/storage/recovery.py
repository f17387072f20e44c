"""Replace a damaged database: set it aside, put a backup in its place, add what can still be read.

To be used under the lock of the folder (directory_lock.py). A process that dies in the middle leaves files by
whose names the next one continues:

    damaged/phrases-TIME.unread    set aside, not read yet; afterwards phrases-TIME.sqlite3
    phrases.part                   the backup, until it has the place of the damaged file
"""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import Message, Said, says
from engine.storage.atomic_files import make_private_folder
from engine.storage.backups import Backups, day_of, is_whole
from engine.storage.salvage import salvage
from engine.storage.schema import FAILURES

_UNREAD: Final[str] = ".unread"
_BESIDE: Final = ("-wal", "-shm")
_USED_PAGES: Final[str] = """
    SELECT page_count - freelist_count FROM pragma_page_count(), pragma_freelist_count()
"""


class Recovery:
    """The recovery of the database at `path`."""

    def __init__(self, path: Path, backups: Backups) -> None:
        self._path = path
        self._backups = backups
        self._part = path.with_suffix(".part")
        self._damaged = path.parent / "damaged"
        self._found = says(Kind.BROKEN_OFF)  # what took its place, as far as this process knows

    @property
    def is_unfinished(self) -> bool:
        """Whether a process died in the middle."""
        return next(self._damaged.glob(f"*{_UNREAD}"), None) is not None

    def settle(self) -> None:
        """Finish what a process that died has begun: set aside what is left of the damaged file, and put the
        backup in its place. Raises OSError.
        """
        if self._path.exists():
            return
        for unread in sorted(self._damaged.glob(f"*{_UNREAD}"))[-1:]:
            _move_beside(self._path, unread)
        if self._part.exists():
            self._part.replace(self._path)

    def restore_lost(self) -> list[Said]:
        """Put the newest whole backup where the file is gone or nothing is in it; a sentence where it did.

        What is left beside it belongs to the file that is gone, and goes away with it. Raises OSError; all
        is then as it was.
        """
        if not is_lost(self._path):
            return []
        restored = next(filter(is_whole, self._backups.newest_first()), None)
        if restored is None:
            return []
        copy = self._path.with_suffix(".restored")
        try:
            shutil.copyfile(restored, copy)
            copy.chmod(0o600)
            for suffix in _BESIDE:
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            copy.replace(self._path)
        finally:
            copy.unlink(missing_ok=True)
        found = says(Kind.BACKUP_TOOK_ITS_PLACE, day=day_of(restored))
        return [says(Kind.LOG_LOST, path=self._path, found=found)]

    def set_aside(self) -> None:
        """Put the newest whole backup in the damaged file's place. Raises OSError; the file then stays."""
        make_private_folder(self._damaged)
        aside = self._damaged / f"phrases-{datetime.now():%Y%m%d-%H%M%S-%f}{_UNREAD}"
        self._part.unlink(missing_ok=True)
        restored = next(filter(is_whole, self._backups.newest_first()), None)
        self._found = says(Kind.NO_BACKUP)
        if restored is not None:
            shutil.copyfile(restored, self._part)
            self._part.chmod(0o600)
            self._found = says(Kind.BACKUP_TOOK_ITS_PLACE, day=day_of(restored))
        self._path.rename(aside)  # the write-ahead log after it: alone it would be taken for the backup's
        _move_beside(self._path, aside)
        if restored is not None:
            self._part.replace(self._path)

    def read(self, into: sqlite3.Connection) -> list[Said]:
        """Add what can be read of the files set aside; a sentence for the user about each."""
        notices: list[Said] = []
        for unread in sorted(self._damaged.glob(f"*{_UNREAD}")):
            saved = _salvaged(unread, into)
            aside = unread.with_suffix(".sqlite3")
            with suppress(OSError):
                _move_beside(unread, aside)
                unread.rename(aside)
            notices.append(says(Kind.LOG_DAMAGED, path=aside, found=self._found, saved=saved))
        return notices


def is_lost(path: Path) -> bool:
    """Return whether there is no file, or one of 0 bytes, or a database in which nothing was ever put.

    To SQLite a file of one byte is such a database as well.
    """
    try:
        if path.stat().st_size == 0:
            return True
    except FileNotFoundError:
        return True
    try:
        with closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=rw", uri=True)) as connection:
            (n_used,) = connection.execute(_USED_PAGES).fetchone()
            (n_table,) = connection.execute("SELECT count(*) FROM sqlite_schema").fetchone()
    except FAILURES:
        return False
    return bool(n_used <= 1 and n_table == 0)


def _move_beside(database: Path, aside: Path) -> None:
    for suffix in _BESIDE:
        with suppress(FileNotFoundError):
            Path(f"{database}{suffix}").rename(f"{aside}{suffix}")


def _salvaged(aside: Path, into: sqlite3.Connection) -> Message:
    """Add to the database what can be read of the damaged one; says what that was."""
    try:
        read = salvage(aside, into, aside.with_suffix(".part"))
    except (*FAILURES, OSError):
        with suppress(sqlite3.Error):
            into.execute("ROLLBACK")
        return says(Kind.NOTHING_READ)
    if read.lost is None:
        lost = says(Kind.LOSS_UNKNOWN)
    else:
        lost = says(Kind.LOST_UP_TO, number=read.lost) if read.lost else says(Kind.NONE_LOST)
    if read.found == 1:
        return says(Kind.ONE_READ, lost=lost)
    return says(Kind.SOME_READ, number=read.found, lost=lost)
