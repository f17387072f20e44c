"""Store the user's words, and what is forgotten and pinned: the other tables of the user's database.

What is deleted leaves its name and the time, for the other machines of its user (`own_entries.py`). A
change is always later than what was known of its entry before, however wrong the clock is.
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from typing import Final

from engine.storage.schema_validation import DatabaseRow
from engine.storage.user_store import UserStore

BY_HAND: Final[str] = ""  # the list of words that were added one by one
UNKNOWN_LIST: Final[str] = "?"  # of words that were imported before lists had names
LATER: Final[float] = 0.001  # seconds: a change that follows another is later by so much at least

_CHUNK: Final[int] = 2000  # words a transaction: some 20 ms, for which a key of another window waits
_WORD: Final[tuple[type, ...]] = (str, str, float)
_LISTED: Final[tuple[type, ...]] = (str, str, str, float, float)


@dataclass(frozen=True)
class UserWord:
    """A word in one reading. `count`: how common it is among the user's words, at least 1.

    `list_name`: the list that it came from; `time`: of its last change, 0 where that is not known.
    """

    text: str
    reading: tuple[str, ...]
    count: float = 1.0
    list_name: str = BY_HAND
    time: float = field(default=0.0, compare=False)


@dataclass(frozen=True)
class Pin:
    """A candidate that for exactly the letters `keys` stands before all others but the pins above it."""

    keys: str
    text: str
    reading: tuple[str, ...]
    place: int = field(default=0, compare=False)  # of two pins for the same letters the lower stands first
    time: float = field(default=0.0, compare=False)


class WordStore:
    """Words, forgotten texts, pins. Every method raises StoreError where the database fails."""

    def __init__(self, store: UserStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    # Words.

    def add_words(self, words: Iterable[UserWord]) -> int:
        """Add the words to their lists or raise their counts; how many were given.

        Written in pieces, so that a key in another window does not wait for all of them; after a
        death in the middle the first pieces are there, and adding all again gives the same.
        """
        rows, n = iter(words), 0
        while chunk := list(islice(rows, _CHUNK)):
            with self._store.transaction() as connection:
                self._add_chunk(connection, chunk)
                bump(connection, words=any(word.list_name != BY_HAND for word in chunk))
            n += len(chunk)
        return n

    def remove_words(self, words: Iterable[UserWord]) -> None:
        """Take these words out of their lists."""
        is_listed = False
        with self._store.transaction() as connection:
            for word in words:
                key = word.text, " ".join(word.reading), word.list_name
                delete_row(connection, "word", key, self._clock())
                is_listed = is_listed or word.list_name != BY_HAND
            bump(connection, words=is_listed)

    def remove_list(self, name: str) -> int:
        """Delete a whole list; a word that is in another list as well stays there. Return how many went."""
        with self._store.transaction() as connection:
            (last,) = connection.execute(
                "SELECT coalesce(max(time), 0) FROM word WHERE list = ?", (name,)
            ).fetchone()
            cursor = connection.execute("DELETE FROM word WHERE list = ?", (name,))
            note_deleted(connection, "list", name, max(self._clock(), last + LATER))
            bump(connection, words=True)
            return cursor.rowcount

    def change_reading(self, word: UserWord, reading: Sequence[str]) -> None:
        """Read a word otherwise from now on, in its list."""
        key = word.text, " ".join(word.reading), word.list_name
        with self._store.transaction() as connection:
            delete_row(connection, "word", key, self._clock())
            changed = UserWord(word.text, tuple(reading), word.count, word.list_name)
            self._add_chunk(connection, [changed])
            bump(connection, words=word.list_name != BY_HAND)

    def n_word(self) -> int:
        with self._store.reading() as connection:
            query = "SELECT count(*) FROM (SELECT DISTINCT text, reading FROM word)"
            return int(connection.execute(query).fetchone()[0])

    def lists(self) -> list[tuple[str, int]]:
        """Return the lists with the number of their words, sorted by name; words added by hand are one."""
        return [
            (name, count)
            for name, count in self._store.rows(
                (str, int), "SELECT list, count(*) FROM word GROUP BY list ORDER BY list"
            )
        ]

    def words(self, *, imported: bool = False) -> Iterator[UserWord]:
        """Yield all words, or those of lists, sorted by text and reading; one of several lists once."""
        last = ("", "")
        while page := self._page_of_words(last, imported):
            yield from (UserWord(text, tuple(reading.split()), count) for text, reading, count in page)
            last = page[-1][:2]

    def listed_words(self) -> Iterator[UserWord]:
        """Yield all words with their lists, sorted by text, reading and list."""
        last = ("", "", "")
        query = (
            "SELECT text, reading, list, count, time FROM word WHERE (text, reading, list) > (?, ?, ?) "
            "ORDER BY text, reading, list LIMIT 5000"
        )
        while page := self._store.rows(_LISTED, query, last, last):
            for text, reading, name, count, when in page:
                yield UserWord(text, tuple(reading.split()), count, name, when)
            last = page[-1][:3]

    def words_by_hand(self) -> list[UserWord]:
        """Return the words that were added one by one."""
        query = "SELECT text, reading, count FROM word WHERE list = ? ORDER BY text, reading"
        rows = self._store.rows(_WORD, query, (BY_HAND,))
        return [UserWord(text, tuple(reading.split()), count) for text, reading, count in rows]

    def longer_than(self, length: int) -> list[UserWord]:
        """Return the words of more hanzi, or with letters or digits, the commonest first."""
        query = (
            "SELECT text, reading, max(count) FROM word WHERE (length(text) > ? OR instr(reading, '_')) "
            "GROUP BY text, reading ORDER BY max(count) DESC, text"
        )
        rows = self._store.rows(_WORD, query, (length,))
        return [UserWord(text, tuple(reading.split()), count) for text, reading, count in rows]

    def _page_of_words(self, last: tuple[str, str], imported: bool) -> list[DatabaseRow]:
        condition = "AND list <> '' " if imported else ""
        return self._store.rows(
            _WORD,
            f"SELECT text, reading, max(count) FROM word WHERE (text, reading) > (?, ?) {condition}"
            "GROUP BY text, reading ORDER BY text, reading LIMIT 5000",
            last,
            last,
        )

    def _add_chunk(self, connection: sqlite3.Connection, words: Sequence[UserWord]) -> None:
        """Add words, each later than when it or its list was deleted."""
        now = self._clock()
        lists = dict(connection.execute("SELECT name, time FROM deleted WHERE kind = 'list'"))
        has_deleted = connection.execute("SELECT 1 FROM deleted WHERE kind = 'word' LIMIT 1").fetchone()
        rows = []
        for word in words:
            key = word.text, " ".join(word.reading), word.list_name
            gone = lists.get(word.list_name, 0.0)
            if has_deleted:
                gone = max(gone, take_deleted(connection, "word", "\t".join(key)))
            rows.append((*key, word.count, max(now, gone + LATER)))
        connection.executemany(_ADD_WORD, rows)

    # Forgotten texts.

    def forget(self, texts: Iterable[str]) -> None:
        """Stop offering these texts, whatever is learnt, imported or trained, until they are restored."""
        with self._store.transaction() as connection:
            for text in filter(None, texts):
                when = max(self._clock(), take_deleted(connection, "forgotten", text) + LATER)
                connection.execute("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", (text, when))
            bump(connection)

    def restore(self, texts: Iterable[str]) -> None:
        with self._store.transaction() as connection:
            for text in texts:
                delete_row(connection, "forgotten", (text,), self._clock())
            bump(connection)

    def forgotten(self) -> list[str]:
        """Return the forgotten texts in the order in which they were forgotten."""
        return [text for text, _ in self.forgotten_with_times()]

    def forgotten_with_times(self) -> list[tuple[str, float]]:
        """Return the forgotten texts, and when each was."""
        rows = self._store.rows((str, float), "SELECT text, time FROM forgotten ORDER BY time, text")
        return [(text, when) for text, when in rows]

    # Pins.

    def pin(self, pin: Pin) -> None:
        """Keep a pin, before the others for its letters."""
        with self._store.transaction() as connection:
            (first,) = connection.execute(
                "SELECT coalesce(min(place), 0) FROM pin WHERE keys = ?", (pin.keys,)
            ).fetchone()
            _put_pin(connection, pin, first - 1, self._clock())
            bump(connection)

    def unpin(self, keys: str, text: str | None = None) -> None:
        """Take back the pin of that text for these letters, or all of theirs."""
        with self._store.transaction() as connection:
            rows = connection.execute("SELECT text FROM pin WHERE keys = ?", (keys,)).fetchall()
            for (pinned,) in rows:
                if text in (None, pinned):
                    delete_row(connection, "pin", (keys, pinned), self._clock())
            bump(connection)

    def order_pins(self, pins: Sequence[Pin]) -> None:
        """Put the pins of some letters into this order."""
        with self._store.transaction() as connection:
            for place, pin in enumerate(pins):
                _put_pin(connection, pin, place, self._clock())
            bump(connection)

    def pins(self) -> list[Pin]:
        """Return the pins, sorted by letters, those of the same letters in their order."""
        query = "SELECT keys, text, reading, place, time FROM pin ORDER BY keys, place, time DESC, text"
        rows = self._store.rows((str, str, str, int, float), query)
        return [
            Pin(keys, text, tuple(reading.split()), place, when) for keys, text, reading, place, when in rows
        ]

    # What is derived from the words and kept because it takes long to make.

    def edition(self) -> int:
        """Return another number after every change of the words."""
        with self._store.reading() as connection:
            return int(connection.execute("SELECT words FROM edition").fetchone()[0])

    def derived(self, name: str, edition: int) -> bytes | None:
        """Return what was kept under this name for this edition of the words."""
        with self._store.reading() as connection:
            row = connection.execute(
                "SELECT value FROM derived WHERE name = ? AND edition = ?", (name, edition)
            ).fetchone()
        return row[0] if row else None

    def keep_derived(self, name: str, edition: int, value: bytes) -> None:
        with self._store.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO derived VALUES (?, ?, ?)", (name, edition, value))


_ADD_WORD: Final[str] = (
    "INSERT INTO word VALUES (?, ?, ?, ?, ?) ON CONFLICT (text, reading, list) DO UPDATE "
    "SET count = excluded.count, time = max(time + 0.001, excluded.time) WHERE excluded.count > count"
)
_KEYS: Final[dict[str, str]] = {
    "word": "text = ? AND reading = ? AND list = ?",
    "forgotten": "text = ?",
    "pin": "keys = ? AND text = ?",
    "custom": "code = ? AND text = ?",
}


def delete_row(connection: sqlite3.Connection, table: str, key: tuple[str, ...], now: float) -> None:
    """Delete the row of that key, if it is there, and note when."""
    row = connection.execute(f"SELECT time FROM {table} WHERE {_KEYS[table]}", key).fetchone()
    if row is not None:
        connection.execute(f"DELETE FROM {table} WHERE {_KEYS[table]}", key)
        note_deleted(connection, table, "\t".join(key), max(now, row[0] + LATER))


def note_deleted(connection: sqlite3.Connection, kind: str, name: str, when: float) -> None:
    """Remember that the entry of that name was deleted then."""
    connection.execute("INSERT OR REPLACE INTO deleted VALUES (?, ?, ?)", (kind, name, when))


def take_deleted(connection: sqlite3.Connection, kind: str, name: str) -> float:
    """Return when the entry was deleted, 0 if it was not; that is not remembered any longer."""
    key = kind, name
    row = connection.execute("SELECT time FROM deleted WHERE kind = ? AND name = ?", key).fetchone()
    if row is None:
        return 0.0
    connection.execute("DELETE FROM deleted WHERE kind = ? AND name = ?", key)
    return float(row[0])


def _put_pin(connection: sqlite3.Connection, pin: Pin, place: int, now: float) -> None:
    before = connection.execute(
        "SELECT time FROM pin WHERE keys = ? AND text = ?", (pin.keys, pin.text)
    ).fetchone()
    known = max(take_deleted(connection, "pin", f"{pin.keys}\t{pin.text}"), before[0] if before else 0.0)
    row = pin.keys, pin.text, place, " ".join(pin.reading), max(now, known + LATER)
    connection.execute("INSERT OR REPLACE INTO pin VALUES (?, ?, ?, ?, ?)", row)


def bump(connection: sqlite3.Connection, *, words: bool = False) -> None:
    """Give the database another edition, so that other windows see the change."""
    connection.execute("UPDATE edition SET number = number + 1, words = words + ?", (int(words),))
    if words:
        connection.execute("DELETE FROM derived")
