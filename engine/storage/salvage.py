"""Read what can still be read of a damaged database, row by row.

A broken page makes SQLite stop wherever a query meets it. What lies before and behind is read all the same: a
table with row numbers in ranges that are halved where reading breaks off, a table sorted by its texts from
both ends. In place of a first page that is none, a new database's stands in: else a log that has no backup
yet would be lost whole. Where the pages are gone that name a table's others, the backup has to do.
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.storage.schema import FAILURES, NUMBERED, SORTED
from engine.storage.schema_validation import DatabaseRow, drop_unfit, fits

_MOST_RANGES: Final[int] = 100_000  # asked for, some seconds
_HIGHEST: Final[int] = 1 << 40  # no user gets so far; a broken page can say any number
_UNKNOWN_ROWS: Final[int] = 10_000  # looked for where nothing says how many there were


@dataclass(frozen=True)
class Salvaged:
    """What came of a damaged database. Among the lost may be phrases that their user had deleted."""

    found: int  # phrases that are in no backup
    lost: int | None  # row numbers that are nowhere now; None if nothing says how many there were


def salvage(damaged: Path, into: sqlite3.Connection, copy: Path) -> Salvaged:
    """Add the rows that can be read in `damaged` (and its -wal) to a whole database of this version.

    `copy`: where a working copy may lie for a moment. Of two rows with one key the damaged file's counts, as
    it is newer. Raises sqlite3.Error, OSError where `into` or `copy` cannot be written.
    """
    try:
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{damaged}{suffix}", f"{copy}{suffix}")
        first = into.serialize()[: int(into.execute("PRAGMA page_size").fetchone()[0])]
        content = copy.read_bytes()
        if content[:16] != first[:16]:  # byte 24: for which of its changes the page knows the file's size
            copy.write_bytes(first[:24] + bytes(4) + first[28:] + content[len(first) :])
        with closing(sqlite3.connect(copy, isolation_level=None)) as source:
            source.execute("PRAGMA writable_schema = ON")  # a file cut short is read as far as it goes
            return _copied(source, into)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)


def _copied(source: sqlite3.Connection, into: sqlite3.Connection) -> Salvaged:
    before, given = _numbers(into), _last_number(source)
    last = max([given or _UNKNOWN_ROWS, *before])
    into.execute("BEGIN IMMEDIATE")
    for table in (NUMBERED, *SORTED):
        columns = [(row[1], row[2]) for row in into.execute(f"PRAGMA table_info({table})")]
        drop_unfit(into, table, columns)
        names = ", ".join(name for name, _ in columns)
        rows = _numbered(source, names, last) if table == NUMBERED else _sorted(source, table, names)
        statement = f"INSERT OR REPLACE INTO {table} VALUES ({', '.join('?' * len(columns))})"
        into.executemany(statement, (row for row in rows if fits(row, columns)))
    into.execute("UPDATE edition SET number = number + 1, words = words + 1")
    into.execute("COMMIT")
    after = _numbers(into)
    return Salvaged(len(after - before), None if given is None else max([given, *after]) - len(after))


def _numbers(connection: sqlite3.Connection) -> set[int]:
    return {number for (number,) in connection.execute(f"SELECT id FROM {NUMBERED}")}


def _last_number(source: sqlite3.Connection) -> int | None:
    """Return the highest number that was ever given, as far as the damaged file says."""
    queries = f"SELECT seq FROM sqlite_sequence WHERE name = '{NUMBERED}'", f"SELECT max(id) FROM {NUMBERED}"
    rows = [row for query in queries for row in _until_broken(source, query) if row is not None]
    return max((row[0] for row in rows if isinstance(row[0], int) and row[0] < _HIGHEST), default=None)


def _numbered(source: sqlite3.Connection, names: str, last: int) -> Iterator[DatabaseRow]:
    """Yield the rows with numbers up to `last`; a range in which reading breaks off is read in halves."""
    query, ranges = f"SELECT {names} FROM {NUMBERED} WHERE id BETWEEN ? AND ? ORDER BY id", [(1, last)]
    for _ in range(_MOST_RANGES):
        low, high = ranges.pop()
        for row in _until_broken(source, query, low, high):
            if row is not None and low <= row[0] <= high:
                yield row
                low = row[0] + 1
            elif low < high:
                ranges += [((low + high) // 2 + 1, high), (low, (low + high) // 2)]
                break
        if not ranges:
            return


def _sorted(source: sqlite3.Connection, table: str, names: str) -> Iterator[DatabaseRow]:
    """Yield the rows from the beginning until a broken page, and from the end until one."""
    for direction in ("ASC", "DESC"):
        key = ", ".join(f"{part} {direction}" for part in SORTED[table].split(", "))
        yield from filter(None, _until_broken(source, f"SELECT {names} FROM {table} ORDER BY {key}"))


def _until_broken(source: sqlite3.Connection, query: str, *values: int) -> Iterator[DatabaseRow | None]:
    """Yield the rows of a query, and None at the end if it was broken off."""
    try:
        yield from source.execute(query, values)
    except FAILURES:
        yield None
