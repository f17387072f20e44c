"""Check what SQLite does not find by itself in a damaged database: it checks pages, not their rows."""

from __future__ import annotations

import sqlite3
from collections.abc import Sequence
from itertools import pairwise
from typing import Any, Final

DatabaseRow = tuple[Any, ...]
Columns = Sequence[tuple[str, str]]  # name and declared type

_COLUMNS: Final[dict[str, str]] = {
    "phrase": "id, time, keys, reading, text, before, rank, parts, origin, taken_back",
    "word": "text, reading, list, count, time",
    "forgotten": "text, time",
    "pin": "keys, text, reading, place, time",
    "deleted": "kind, name, time",
    "custom": "code, text, place, number, time",
    "derived": "name, edition, value",
}


def decoded_text(value: bytes) -> str:
    """Return a text; a byte that was changed on the disk costs a character, not the whole log."""
    return value.decode("utf-8", "replace")


def check_tables(connection: sqlite3.Connection) -> None:
    """Raise sqlite3.OperationalError if a table is missing; an edition is there in any case."""
    for table, columns in _COLUMNS.items():
        connection.execute(f"SELECT {columns} FROM {table} LIMIT 0")
    types = connection.execute("SELECT typeof(number), typeof(words) FROM edition").fetchall()
    if types != [("integer", "integer")]:
        connection.execute("DELETE FROM edition")
        connection.execute("INSERT INTO edition VALUES (abs(random()) / 2, abs(random()) / 2)")


def are_right(rows: Sequence[DatabaseRow], types: Sequence[type], after: DatabaseRow | None = None) -> bool:
    """Return whether all values are of these types: a broken page can be read as anything.

    `after`: the rows are sorted by as many values, each row above the one before and the first above this.
    Page pointers of a damaged file can form a cycle; requiring ascending keys guarantees termination.
    """
    if not all(isinstance(value, kind) for row in rows for value, kind in zip(row, types, strict=True)):
        return False
    if after is None:
        return True
    return all(last < key for last, key in pairwise([after, *(row[: len(after)] for row in rows)]))


def fits(row: DatabaseRow, columns: Columns) -> bool:
    """Return whether each value is of its column's type: a page that is broken can be read as anything."""
    types = {"INTEGER": int, "REAL": float, "TEXT": str}
    return all(isinstance(value, types[kind]) for value, (_, kind) in zip(row, columns, strict=True))


def drop_unfit(into: sqlite3.Connection, table: str, columns: Columns) -> None:
    """Drop rows with values of another type, which a backup may hold as well: nothing else finds them."""
    wrong = " OR ".join(f"typeof({name}) <> '{kind.lower()}'" for name, kind in columns)
    into.execute(f"DELETE FROM {table} WHERE {wrong}")
