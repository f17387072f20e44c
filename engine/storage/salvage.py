"""Read what can still be read of a damaged database, row by row.

A broken page makes SQLite stop wherever a query meets it. What lies before and behind is read all the same: a
table with row numbers forward until it stops, then from the next number at which it goes on; a table sorted
by its texts from both ends. Where the first page is gone, which says where each table begins, the first page
of a new database of the same version stands in: its tables begin on the same pages.

A table's own first page, its root, names all its others. Where it or a page below it that names others is
gone, every page that may be of the table is put into the root's place in turn, and SQLite reads what hangs on
it. Rows that were deleted do not come back so: the store overwrites them (`secure_delete`).
"""

from __future__ import annotations

import shutil
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.storage.schema_validation import Row

_FAILURES: Final = (sqlite3.Error, UnicodeError)  # the latter: a sentence of SQLite's with broken bytes in it

NUMBERED: Final[str] = "phrase"  # the table whose rows have numbers, never given twice
SORTED: Final[dict[str, str]] = {  # the table, and what it is sorted by
    "word": "text, reading, list",
    "forgotten": "text",
    "pin": "keys, text",
    "deleted": "kind, name",
    "custom": "code, text",
}
# First bytes of pages with rows, and with the numbers of such pages, of the tables that grow beyond one
# page. A row of another table is never taken for one of these: its values have other types.
_PAGES: Final[dict[str, bytes]] = {"phrase": b"\x0d\x05", "word": b"\x0a\x02"}
_MOST_PROBES: Final[int] = 100_000  # row numbers asked one by one, some seconds
_HIGHEST: Final[int] = 1 << 40  # no user gets so far; a broken page can say any number
_UNKNOWN_ROWS: Final[int] = 10_000  # looked for where nothing says how many there were
_FREE_PAGES: Final = slice(32, 40)  # of the header; where none are named, none are missed
_WRITTEN_BY: Final = slice(18, 20)  # of the header; 2: there may be a write-ahead log
_CHANGES: Final = slice(24, 28)  # of the header; unlike bytes 92 to 96, so that the file's size counts


@dataclass(frozen=True)
class Salvaged:
    """The result: `found`, phrases that are in no backup; `lost`, row numbers that are nowhere now.

    Among the lost may be phrases that their user had deleted. None if nothing says how many there were.
    """

    found: int
    lost: int | None


def salvage(damaged: Path, into: sqlite3.Connection, copy: Path) -> Salvaged:
    """Add the rows that can be read in `damaged` (and its -wal) to a whole database of this version.

    `copy`: where a working copy may lie for a moment. Of two rows with one key the damaged file's
    counts, as it is the newer one. Raises sqlite3.Error, OSError where `into` or `copy` cannot be written.
    """
    try:
        for suffix in ("", "-wal"):
            with suppress(FileNotFoundError):
                shutil.copyfile(f"{damaged}{suffix}", f"{copy}{suffix}")
                Path(f"{copy}{suffix}").chmod(0o600)
        if not _is_open(copy, into):
            _mend_first_page(copy, into)
        return _copied(copy, into)
    finally:
        for suffix in ("", "-wal", "-shm"):
            Path(f"{copy}{suffix}").unlink(missing_ok=True)


def _is_open(path: Path, like: sqlite3.Connection) -> bool:
    """Return whether it can be queried, and has the tables that it ought to have."""
    query = "SELECT name, sql FROM sqlite_schema WHERE type = 'table' ORDER BY name"
    try:
        with closing(sqlite3.connect(path)) as connection:
            return bool(connection.execute(query).fetchall() == like.execute(query).fetchall())
    except _FAILURES:
        return False


def _mend_first_page(path: Path, like: sqlite3.Connection) -> None:
    """Put the first page of `like` in place of the one that cannot be read."""
    first = bytearray(like.serialize()[: int(like.execute("PRAGMA page_size").fetchone()[0])])
    first[_FREE_PAGES] = bytes(8)
    first[_WRITTEN_BY] = b"\2\2" if Path(f"{path}-wal").exists() else b"\1\1"
    first[_CHANGES] = b"\0\0\0\0"
    with path.open("r+b") as file:
        file.write(first)


def _copied(path: Path, into: sqlite3.Connection) -> Salvaged:
    with closing(sqlite3.connect(path, isolation_level=None)) as source:
        with suppress(*_FAILURES):
            source.execute("PRAGMA cell_size_check = ON")
        before = _numbers(into)
        said = _last_number(source)
        last = max([said or 0, *before])
        into.execute("BEGIN IMMEDIATE")
        for table in (NUMBERED, *SORTED):
            columns = _columns(into, table)
            _drop_unfit(into, table, columns)
            rows = _numbered(source, columns, last) if table == NUMBERED else _sorted(source, table, columns)
            _insert(into, table, columns, rows)
        torn = [table for table in _PAGES if _is_torn(source, table)]
    for table in torn:
        _insert(into, table, _columns(into, table), _page_by_page(path, table, _columns(into, table)))
    into.execute("UPDATE edition SET number = number + 1, words = words + 1")
    into.execute("COMMIT")
    after = _numbers(into)
    lost = None if said is None else max(max(after, default=0), last) - len(after)
    return Salvaged(len(after - before), lost)


def _insert(
    into: sqlite3.Connection, table: str, columns: Sequence[tuple[str, str]], rows: Iterator[Row]
) -> None:
    marks = ", ".join("?" * len(columns))
    fitting = (row for row in rows if _fits(row, columns))
    into.executemany(f"INSERT OR REPLACE INTO {table} VALUES ({marks})", fitting)


def _is_torn(source: sqlite3.Connection, table: str) -> bool:
    """Return whether reading the table breaks off anywhere."""
    return any(row is None for row in _until_broken(source, f"SELECT * FROM {table}"))


def _page_by_page(path: Path, table: str, columns: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Yield the rows on every page that may be the table's, whether or not another page names it.

    Changes the file in `path`; nobody else may have it open.
    """
    with closing(sqlite3.connect(path, isolation_level=None)) as source:
        source.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        size = int(source.execute("PRAGMA page_size").fetchone()[0])
        query = "SELECT rootpage FROM sqlite_schema WHERE name = ?"
        (root,) = source.execute(query, (table,)).fetchone()
    data = path.read_bytes()
    names = ", ".join(name for name, _ in columns)
    with path.open("r+b", buffering=0) as file:
        file.seek(_WRITTEN_BY.start)
        file.write(b"\1\1")
        for start in range(size, len(data), size):
            if data[start] not in _PAGES[table]:
                continue
            file.seek((root - 1) * size)
            file.write(data[start : start + size])
            with closing(sqlite3.connect(path)) as source, suppress(*_FAILURES):
                source.execute("PRAGMA cell_size_check = ON")
                rows = _until_broken(source, f"SELECT {names} FROM {table} NOT INDEXED")
                yield from (row for row in rows if row is not None and _is_numbered(row, table))


def _is_numbered(row: Row, table: str) -> bool:
    return table != NUMBERED or 0 < row[0] < _HIGHEST


def _numbers(connection: sqlite3.Connection) -> set[int]:
    return {number for (number,) in connection.execute(f"SELECT id FROM {NUMBERED}")}


def _last_number(source: sqlite3.Connection) -> int | None:
    """Return the highest number that was ever given, as far as the damaged file says; else None."""
    found = None
    for query in (
        f"SELECT max(seq) FROM sqlite_sequence WHERE name = '{NUMBERED}'",
        f"SELECT max(id) FROM {NUMBERED}",
    ):
        with suppress(*_FAILURES):
            value = source.execute(query).fetchone()[0] or 0
            if isinstance(value, int) and value < _HIGHEST:
                found = max(found or 0, value)
    return found


def _columns(connection: sqlite3.Connection, table: str) -> list[tuple[str, str]]:
    """Name and declared type of each column."""
    return [(row[1], row[2]) for row in connection.execute(f"PRAGMA table_info({table})")]


def _fits(row: Row, columns: Sequence[tuple[str, str]]) -> bool:
    """Return whether each value is of its column's type: a page that is broken can be read as anything."""
    types = {"INTEGER": int, "REAL": float, "TEXT": str}
    return all(isinstance(value, types[kind]) for value, (_, kind) in zip(row, columns, strict=True))


def _drop_unfit(into: sqlite3.Connection, table: str, columns: Sequence[tuple[str, str]]) -> None:
    """Drop rows with values of another type, which a backup may hold as well: nothing else finds them."""
    wrong = " OR ".join(f"typeof({name}) <> '{kind.lower()}'" for name, kind in columns)
    into.execute(f"DELETE FROM {table} WHERE {wrong}")


def _numbered(source: sqlite3.Connection, columns: Sequence[tuple[str, str]], last: int) -> Iterator[Row]:
    """Yield the rows in the order of their numbers, with what lies beyond broken pages."""
    select = f"SELECT {', '.join(name for name, _ in columns)} FROM {NUMBERED}"
    number, probes = 0, _MOST_PROBES
    while probes > 0:
        stopped = False
        for row in _until_broken(source, f"{select} WHERE id > {number} ORDER BY id"):
            stopped = row is None or not number < row[0] < _HIGHEST
            if row is None or stopped:
                break
            yield row
            number = row[0]
        if not stopped:
            return
        horizon = last if last > number else number + _UNKNOWN_ROWS
        beyond = _beyond(source, select, number, horizon)
        end = horizon + 1 if beyond is None else beyond[0]
        for missing in range(number + 1, min(end, number + 1 + probes)):
            probes -= 1
            yield from filter(None, _until_broken(source, f"{select} WHERE id = {missing}"))
        if beyond is None:
            return
        yield beyond
        number, probes = beyond[0], probes - 1


def _beyond(source: sqlite3.Connection, select: str, number: int, last: int) -> Row | None:
    """Return a row behind row `number` from which reading can continue."""
    step = 1
    while number + step <= last:
        first = next(_until_broken(source, f"{select} WHERE id >= {number + step} ORDER BY id LIMIT 1"), None)
        if first is not None and number + step <= first[0] < _HIGHEST:
            return first
        step *= 2
    return None


def _sorted(source: sqlite3.Connection, table: str, columns: Sequence[tuple[str, str]]) -> Iterator[Row]:
    """Yield the rows from the beginning until a broken page, then from the end until one."""
    names = ", ".join(name for name, _ in columns)
    key = SORTED[table]
    for row in _until_broken(source, f"SELECT {names} FROM {table} ORDER BY {key}"):
        if row is not None:
            yield row
            continue
        backward = ", ".join(f"{part} DESC" for part in key.split(", "))
        yield from filter(None, _until_broken(source, f"SELECT {names} FROM {table} ORDER BY {backward}"))


def _until_broken(source: sqlite3.Connection, query: str) -> Iterator[Row | None]:
    """Yield the rows of a query, and None at the end if it was broken off."""
    try:
        yield from source.execute(query)
    except _FAILURES:
        yield None
