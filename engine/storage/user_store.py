"""Open, guard, mend, back up and erase the user's own database.

Everything lies in one folder, `learning` inside the data directory, readable by its owner only:

    phrases.sqlite3            and, while a window is open, its -wal and -shm
    backups/phrases-DAY.sqlite3    a copy for each of the last days of use
    damaged/phrases-TIME.sqlite3   a damaged file, of which what could be read was taken over

Several windows may begin, find it damaged or erase it in the same moment: the file is made, replaced and
deleted by one process at a time (`learning.lock`, beside the folder); whoever had it open opens the new one.

A transaction that was committed survives the death of the process (kill -9) at any moment: the write-ahead
log is in the system's hands before `COMMIT` returns (synchronous=NORMAL). A power cut may take the last
transactions with it, never the database.
"""

from __future__ import annotations

import os
import shutil
import sqlite3
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from pathlib import Path
from typing import Final, TypeVar

from engine.error_kinds import Kind
from engine.errors import Message, Said, says, system_reason
from engine.storage.atomic_files import make_private_folder
from engine.storage.backups import Backups
from engine.storage.directory_lock import directory_lock
from engine.storage.recovery import Recovery
from engine.storage.schema import (
    FAILURES,
    MIGRATIONS,
    SCHEMA_VERSION,
    DamagedStoreError,
    MissingStoreError,
    StoreError,
)
from engine.storage.schema_validation import DatabaseRow, are_right, check_tables, decoded_text

T = TypeVar("T")
FOLDER: Final[str] = "learning"
FILE_NAME: Final[str] = "phrases.sqlite3"
BUSY_MS: Final[int] = 500  # how long a key may wait for another window's transaction
OPENING_S: Final[float] = 20.0  # and how long whoever opens the log, for another window to mend it
_FULL_BYTES: Final[int] = 65536  # what a disk needs free for the files that SQLite makes beside the log
_DAMAGE: Final[frozenset[int]] = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB})
_REASONS: Final[dict[int, Kind]] = {
    sqlite3.SQLITE_FULL: Kind.NO_SPACE,
    sqlite3.SQLITE_READONLY: Kind.CANNOT_WRITE,
    sqlite3.SQLITE_CANTOPEN: Kind.CANNOT_OPEN,
    sqlite3.SQLITE_BUSY: Kind.HELD,
    sqlite3.SQLITE_IOERR: Kind.DISK_FAILS,
    sqlite3.SQLITE_PERM: Kind.ACCESS_DENIED,
}


class UserStore:
    """One connection to the database in `data_directory`; for one thread.

    Raises StoreError where there can be none. `notices`: sentences for the user about what
    happened while opening (a damaged file that was set aside, a backup that took its place).
    """

    def __init__(self, data_directory: Path) -> None:
        self.folder = data_directory / FOLDER
        self.path = self.folder / FILE_NAME
        self.notices: list[Said] = []
        self._n_opened = 0
        self._identity: tuple[int, int] | None = None  # of the open file; None: there is none
        self._backups = Backups(self.folder / "backups")
        self._recovery = Recovery(self.path, self._backups)
        self._connection = self._open(OPENING_S)

    @property
    def connection(self) -> sqlite3.Connection:
        """The connection for reading; writes go through `transaction`."""
        return self._connection

    def close(self) -> None:
        self._connection.close()

    @contextmanager
    def transaction(self) -> Iterator[sqlite3.Connection]:
        """Keep together all that is written inside, or nothing. Raises StoreError."""
        self._reopen_where_erased()
        connection = self._connection
        try:
            connection.execute("BEGIN IMMEDIATE")
            try:
                yield connection
                connection.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):  # a full disk may have rolled it back already
                    connection.execute("ROLLBACK")
                raise
        except FAILURES as error:
            raise _store_error(self.path, error) from None  # its text may quote what was typed

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Yield the connection, with SQLite's errors turned into StoreError."""
        self._reopen_where_erased()
        try:
            yield self._connection
        except FAILURES as error:
            raise _store_error(self.path, error) from None

    def rows(
        self,
        types: Sequence[type],
        query: str,
        values: Sequence[object] = (),
        after: DatabaseRow | None = None,
    ) -> list[DatabaseRow]:
        """Return all rows of a query, of these types; `after`: see `are_right`. Raises StoreError."""
        with self.reading() as connection:
            rows = connection.execute(query, values).fetchall()
        if not are_right(rows, types, after):
            raise DamagedStoreError(_unusable(self.path, says(Kind.DAMAGED)))
        return rows

    def data_version(self) -> tuple[int, int]:
        """Return another value once another connection has written, or put another file in its place."""
        with self.reading() as connection:
            return self._n_opened, int(connection.execute("PRAGMA data_version").fetchone()[0])

    def recover(self) -> None:
        """Set a damaged file aside and go on with the newest backup; `notices` says so."""
        with _alone_in(self.folder, OPENING_S):
            is_damaged_one = _identity(self.path) == self._identity  # no other window has done it
            self._connection.close()
            self._connection = self._made(is_damaged=is_damaged_one)

    def mending(self, act: Callable[[], T]) -> T:
        """Return what `act` returns; if it finds the database damaged, do it once more on what was saved."""
        try:
            return act()
        except DamagedStoreError:
            self.recover()
            return act()

    def back_up(self) -> bool:
        """Make today's copy unless there is one; only of a database that is whole. True if one was made.

        Raises StoreError; DamagedStoreError where it is not whole.
        """
        backup = self._backups.today
        if backup.exists():
            return False
        edition = self._edition()
        with self.reading() as connection:
            (verdict,) = connection.execute("PRAGMA quick_check(1)").fetchone()
            if verdict != "ok":
                raise DamagedStoreError(_unusable(self.path, says(Kind.DAMAGED)))
        try:
            is_made = self._backups.make(self._connection)
        except sqlite3.Error as error:
            raise _store_error(backup, error) from None
        except OSError as error:
            raise StoreError(_unusable(backup, system_reason(error, with_path=False))) from error
        if is_made and self._edition() != edition:  # something may have been deleted meanwhile
            backup.unlink(missing_ok=True)
            return False
        return is_made

    def purge(self) -> None:
        """Remove every copy of what was deleted from the log file and the backups."""
        with self.reading() as connection:
            connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        if self._backups.delete():
            self.back_up()

    # Internals.

    def _edition(self) -> int:
        with self.reading() as connection:
            return int(connection.execute("SELECT number FROM edition").fetchone()[0])

    def _open(self, timeout_s: float) -> sqlite3.Connection:
        """Return a connection to the file that is there, to a new one, or to what could be saved of it."""
        if not self._is_in_the_making():
            with suppress(DamagedStoreError, MissingStoreError):
                connection = self._connect()
                if not self._is_in_the_making():  # else it is what another process has begun to mend since
                    return connection
                connection.close()
        with _alone_in(self.folder, timeout_s):
            with suppress(OSError):
                _finish_erasing(self.folder)
            try:
                return self._made()
            except DamagedStoreError:
                return self._made(is_damaged=True)

    def _is_in_the_making(self) -> bool:
        return _erased(self.folder).exists() or self._recovery.is_unfinished

    def _made(self, *, is_damaged: bool = False) -> sqlite3.Connection:
        """Return a connection to the file that is there, or to one that is made or mended now.

        To be called under the lock of the folder.
        """
        try:
            if is_damaged:
                self._recovery.set_aside()
            self._recovery.settle()
            self.notices += self._recovery.restore_lost()
        except OSError as error:
            raise StoreError(_unusable(self.path, system_reason(error, with_path=False))) from None
        connection = self._connect(create=True)
        self.notices += self._recovery.read(connection)
        return connection

    def _connect(self, *, create: bool = False) -> sqlite3.Connection:
        """Return a connection to a database of this version. Raises StoreError."""
        try:
            make_private_folder(self.folder)
            if create:
                self._make_file()
            found = self.path.stat()
            if not create and found.st_size == 0:  # made and not filled yet, or cut: for who is alone
                raise MissingStoreError(_unusable(self.path, says(Kind.EMPTY)))
            self.path.chmod(0o600)  # -wal and -shm take after it
        except OSError as error:
            kind = MissingStoreError if isinstance(error, FileNotFoundError) and not create else StoreError
            raise kind(_unusable(self.path, system_reason(error, with_path=False))) from error
        self._n_opened += 1
        address = f"{self.path.absolute().as_uri()}?mode=rw"  # made by who is alone, never by SQLite
        with ExitStack() as failed:
            try:
                connection = sqlite3.connect(address, uri=True, timeout=BUSY_MS / 1000, isolation_level=None)
                failed.callback(connection.close)
                _write_ahead(connection)
                connection.execute("PRAGMA synchronous = NORMAL")
                connection.execute("PRAGMA secure_delete = ON")  # what is deleted is overwritten
                connection.text_factory = decoded_text
                self._migrate(connection, create=create)
                check_tables(connection)
            except FAILURES as error:
                if not self.path.exists():
                    raise MissingStoreError(_unusable(self.path, says(Kind.GONE))) from None
                if getattr(error, "sqlite_errorcode", 0) == sqlite3.SQLITE_ERROR:  # tables there or not there
                    raise DamagedStoreError(_unusable(self.path, says(Kind.DAMAGED))) from None
                raise _store_error(self.path, error) from None
            failed.pop_all()
        self._identity = found.st_dev, found.st_ino
        return connection

    def _make_file(self) -> None:
        """Make the file unless it is there.

        A file that is there is not even opened: closing it would end the locks that other connections of this
        process hold, and another window would take the log from under them
        (https://sqlite.org/howtocorrupt.html, "Posix advisory locks canceled").
        """
        with suppress(FileExistsError):
            os.close(os.open(self.path, os.O_RDWR | os.O_CREAT | os.O_EXCL, 0o600))

    def _migrate(self, connection: sqlite3.Connection, *, create: bool) -> None:
        if _version(connection) == SCHEMA_VERSION:
            return
        connection.execute("BEGIN IMMEDIATE")
        version = _version(connection)  # another window may have been faster
        if not _is_ours(connection, version):
            raise DamagedStoreError(_unusable(self.path, says(Kind.DAMAGED)))
        if not version and not create:  # nothing was ever put in it: for who is alone
            raise MissingStoreError(_unusable(self.path, says(Kind.EMPTY)))
        if version > SCHEMA_VERSION:
            connection.execute("ROLLBACK")
            raise StoreError(says(Kind.LOG_NEWER, path=self.path, expected=SCHEMA_VERSION, found=version))
        for script in MIGRATIONS[version:]:
            for statement in script.split(";\n"):
                connection.execute(statement)
        connection.execute(f"PRAGMA user_version = {SCHEMA_VERSION}")
        connection.execute("COMMIT")

    def _reopen_where_erased(self) -> None:
        """Open the file anew if another window has erased everything: do not write into a deleted one."""
        if self._identity is None or _identity(self.path) != self._identity:
            self._connection.close()
            self._identity = None  # until another is open
            self._connection = self._open(BUSY_MS / 1000)


def erase(data_directory: Path) -> None:
    """Erase everything that was kept, backups and damaged files included. Raises StoreError.

    The folder loses its name at once, so that no window finds half of it, or writes into it.
    """
    folder = data_directory / FOLDER
    with _alone_in(folder, OPENING_S):
        try:
            _finish_erasing(folder)
            if folder.is_dir():
                folder.rename(_erased(folder))
                _finish_erasing(folder)
        except OSError as error:
            raise StoreError(_unusable(folder, system_reason(error, with_path=False))) from error


def _erased(folder: Path) -> Path:
    return folder.with_name(f".{folder.name}-erased")


def _finish_erasing(folder: Path) -> None:
    if _erased(folder).is_dir():
        shutil.rmtree(_erased(folder))


@contextmanager
def _alone_in(folder: Path, timeout_s: float) -> Iterator[None]:
    """Keep others from making, replacing or deleting the file meanwhile. Raises StoreError."""
    with ExitStack() as stack:
        try:
            stack.enter_context(directory_lock(folder, timeout_s))
        except TimeoutError:
            raise StoreError(_unusable(folder, says(Kind.HELD))) from None
        except OSError as error:
            raise StoreError(_unusable(folder, system_reason(error, with_path=False))) from error
        yield


def _identity(path: Path) -> tuple[int, int] | None:
    """Return which file has this name now."""
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_dev, found.st_ino


def _write_ahead(connection: sqlite3.Connection) -> None:
    """Switch to the write-ahead log. Of two windows that make a database at once, SQLite tells one that it is
    busy without waiting, as waiting for each other might never end
    (https://sqlite.org/c3ref/busy_handler.html).
    """
    end = time.monotonic() + BUSY_MS / 1000
    while True:
        try:
            connection.execute("PRAGMA journal_mode = WAL")
            return
        except sqlite3.OperationalError as error:
            if error.sqlite_errorcode & 0xFF != sqlite3.SQLITE_BUSY or time.monotonic() >= end:
                raise
        time.sleep(0.005)


def _version(connection: sqlite3.Connection) -> int:
    return int(connection.execute("PRAGMA user_version").fetchone()[0])


def _is_ours(connection: sqlite3.Connection, version: int) -> bool:
    """Return whether an empty database, or one with our table, not another program's."""
    names = {name for (name,) in connection.execute("SELECT name FROM sqlite_schema WHERE type = 'table'")}
    return ("phrase" in names) if version else not names


def _store_error(path: Path, error: Exception) -> StoreError:
    code = getattr(error, "sqlite_errorcode", 0) & 0xFF
    if code in _DAMAGE or isinstance(error, UnicodeDecodeError):
        return DamagedStoreError(_unusable(path, says(Kind.DAMAGED)))
    if code == sqlite3.SQLITE_IOERR and _is_full(path):  # so SQLite calls it where no file can grow
        code = sqlite3.SQLITE_FULL
    return StoreError(_unusable(path, _reason_of_code(code, error)))


def _is_full(path: Path) -> bool:
    try:
        return shutil.disk_usage(path.parent).free < _FULL_BYTES
    except OSError:
        return False


def _reason_of_code(code: int, error: Exception) -> Message:
    """Return why; of an error that is not known its kind alone: its text may quote what was typed."""
    kind = _REASONS.get(code)
    return says(kind) if kind else says(Kind.SENTENCE, text=type(error).__name__)


def _unusable(path: Path, reason: Message) -> Message:
    return says(Kind.LOG_UNUSABLE, path=path, reason=reason)
