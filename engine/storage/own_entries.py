"""Hold what is the user's own as entries with names and times, so that several machines can be merged.

Of two states of an entry the later one holds, a deletion being a state as well; of two of the same time the
one that is there, and of two that are there the greater. So the order in which machines meet does not
matter, and nothing goes that was not deleted somewhere. A wrong clock costs no more than the order of two
changes made apart: a change made after another was seen is always later than that (`word_store.py`).
"""

from __future__ import annotations

import sqlite3
import time
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import islice
from typing import Any, Final

from engine.protocol import CustomPhrase
from engine.storage.user_store import UserStore
from engine.storage.word_store import LATER, WordStore, bump, delete_row, note_deleted, take_deleted

KINDS: Final[tuple[str, ...]] = ("list", "word", "pin", "forgotten", "custom")  # in the order of taking them
_CHUNK: Final[int] = 2000  # entries a transaction
_COLUMNS: Final[dict[str, tuple[tuple[str, ...], tuple[str, ...]]]] = {  # of the name, of the value
    "word": (("text", "reading", "list"), ("count",)),
    "pin": (("keys", "text"), ("place", "reading")),
    "forgotten": (("text",), ()),
    "custom": (("code", "text"), ("place", "number")),
}
_TYPES: Final[dict[str, tuple[type, ...]]] = {
    "word": (str, str, str, float, float),
    "pin": (str, str, int, str, float),
    "forgotten": (str, float),
    "custom": (str, str, int, int, float),
}


@dataclass(frozen=True)
class Entry:
    """A word, a pin, a forgotten text or a custom phrase, there since `time` or deleted then (`value` None).

    `time` is None where a file of an older version does not say it: the user wants it now. `name`:
    its parts with tabs between. Of kind `list` there are deletions alone: of all words of that list.
    """

    kind: str
    name: str
    time: float | None
    value: tuple[Any, ...] | None = None


def entries(store: UserStore) -> Iterator[Entry]:
    """Yield all entries, and what was deleted. Raises StoreError."""
    deleted = store.rows((str, str, float), "SELECT kind, name, time FROM deleted ORDER BY kind, name")
    yield from (Entry(kind, name, when) for kind, name, when in deleted)
    for word in WordStore(store).listed_words():
        name = "\t".join((word.text, " ".join(word.reading), word.list_name))
        yield Entry("word", name, word.time, (word.count,))
    for kind in ("pin", "forgotten", "custom"):
        names, values = _COLUMNS[kind]
        columns = ", ".join((*names, *values, "time"))
        for row in store.rows(_TYPES[kind], f"SELECT {columns} FROM {kind} ORDER BY {', '.join(names)}"):
            parts = [str(part) for part in row[: len(names)]]
            yield Entry(kind, "\t".join(parts), row[-1], tuple(row[len(names) : -1]))


def take(store: UserStore, found: Iterable[Entry]) -> Counter[str]:
    """Bring the entries together with those that are there; how many of each kind changed anything.

    Written in pieces; after a death in the middle all is taken again. Raises StoreError.
    """
    changed: Counter[str] = Counter()
    ordered = sorted(found, key=lambda entry: KINDS.index(entry.kind))
    rows = iter(ordered)
    while chunk := list(islice(rows, _CHUNK)):
        with store.transaction() as connection:
            before = changed.total()
            n_word = changed["word"] + changed["list"]
            changed += take_in(connection, chunk)
            if changed.total() > before:
                bump(connection, words=changed["word"] + changed["list"] > n_word)
    return +changed


def take_in(connection: sqlite3.Connection, found: Iterable[Entry]) -> Counter[str]:
    """Take entries as `take` does, inside of a transaction that is open already."""
    changed: Counter[str] = Counter()
    for entry in found:
        changed[entry.kind] += _take(connection, entry)
    return changed


def note_custom(connection: sqlite3.Connection, phrases: Sequence[CustomPhrase], *, complete: bool) -> None:
    """Note what has changed in the file of custom phrases since it was exchanged last.

    `complete`: every part of the file could be read; else nothing counts as deleted.
    """
    now, seen = time.time(), set()
    numbers: Counter[str] = Counter()
    for phrase in phrases:
        if (phrase.code, phrase.text) in seen:
            continue
        seen.add((phrase.code, phrase.text))
        value = phrase.place, numbers[phrase.code]
        numbers[phrase.code] += 1
        key = phrase.code, phrase.text
        known = _known(connection, "custom", key)
        if known is None or known[:-1] != value:
            gone = take_deleted(connection, "custom", "\t".join(key))
            later = max(now, gone + LATER, known[-1] + LATER if known else 0.0)
            _put(connection, "custom", key, value, later)
    if complete:
        for key in connection.execute("SELECT code, text FROM custom").fetchall():
            if key not in seen:
                delete_row(connection, "custom", key, now)


def merged_custom(connection: sqlite3.Connection, phrases: Sequence[CustomPhrase]) -> list[CustomPhrase]:
    """Return the phrases of the file as the entries have them: each code where it stood, new ones behind."""
    rows = connection.execute("SELECT code, text, place FROM custom ORDER BY code, number, text").fetchall()
    by_code: dict[str, list[CustomPhrase]] = {}
    for code, text, place in rows:
        by_code.setdefault(code, []).append(CustomPhrase(code, text, place))
    there: dict[str, list[CustomPhrase]] = {}
    for phrase in phrases:
        there.setdefault(phrase.code, []).append(phrase)
    if there == by_code:
        return list(phrases)
    codes = [*(code for code in there if code in by_code), *(code for code in by_code if code not in there)]
    return [phrase for code in codes for phrase in by_code[code]]


# Inside.


def _take(connection: sqlite3.Connection, entry: Entry) -> bool:
    if entry.kind == "list":
        return _take_list(connection, entry)
    key = tuple(entry.name.split("\t", len(_COLUMNS[entry.kind][0]) - 1))
    known = _known(connection, entry.kind, key)
    gone = _deleted(connection, entry.kind, entry.name)
    if entry.kind == "word":
        gone = max(gone, _deleted(connection, "list", key[2]))
    if entry.time is None:
        later = gone + LATER if gone else time.time()
        entry = replace(entry, time=later if known is None else known[-1])
    assert entry.time is not None
    if entry.value is None:
        if (known is not None and known[-1] >= entry.time) or gone >= entry.time:
            return False
        if known is not None:
            delete_row(connection, entry.kind, key, 0.0)
        note_deleted(connection, entry.kind, entry.name, entry.time)
        return known is not None
    if gone > entry.time or (known is not None and (known[-1], known[:-1]) >= (entry.time, entry.value)):
        return False
    value = entry.value
    if entry.kind == "word" and known is not None:
        value = (max(known[0], value[0]),)
    take_deleted(connection, entry.kind, entry.name)
    _put(connection, entry.kind, key, value, entry.time)
    return known is None or known[:-1] != value


def _take_list(connection: sqlite3.Connection, entry: Entry) -> bool:
    if entry.time is None or _deleted(connection, "list", entry.name) >= entry.time:
        return False
    note_deleted(connection, "list", entry.name, entry.time)
    query = "DELETE FROM word WHERE list = ? AND time < ?"
    return connection.execute(query, (entry.name, entry.time)).rowcount > 0


def _known(connection: sqlite3.Connection, kind: str, key: tuple[str, ...]) -> tuple[Any, ...] | None:
    """Return the values and the time of the row of that key."""
    names, values = _COLUMNS[kind]
    condition = " AND ".join(f"{name} = ?" for name in names)
    query = f"SELECT {', '.join((*values, 'time'))} FROM {kind} WHERE {condition}"
    row = connection.execute(query, key).fetchone()
    return None if row is None else tuple(row)


def _deleted(connection: sqlite3.Connection, kind: str, name: str) -> float:
    query = "SELECT time FROM deleted WHERE kind = ? AND name = ?"
    row = connection.execute(query, (kind, name)).fetchone()
    return 0.0 if row is None else float(row[0])


def _put(
    connection: sqlite3.Connection, kind: str, key: tuple[str, ...], value: tuple[Any, ...], when: float
) -> None:
    names, values = _COLUMNS[kind]
    columns = (*names, *values, "time")
    marks = ", ".join("?" * len(columns))
    statement = f"INSERT OR REPLACE INTO {kind} ({', '.join(columns)}) VALUES ({marks})"
    connection.execute(statement, (*key, *value, when))
