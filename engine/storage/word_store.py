"""Keep the user's words, and what is forgotten and pinned: the other tables of the user's database."""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from itertools import islice
from typing import Final

from engine.storage.schema_validation import Row
from engine.storage.user_store import UserStore

_CHUNK: Final[int] = 2000  # words a transaction: some 20 ms, for which a key of another window waits

_WORD: Final[tuple[type, ...]] = (str, str, float)


@dataclass(frozen=True)
class UserWord:
    """A word in one reading. `count`: how common it is among the user's words, at least 1."""

    text: str
    reading: tuple[str, ...]
    count: float = 1.0


@dataclass(frozen=True)
class Pin:
    """A candidate that stands first for exactly the letters `keys`, whatever was learnt."""

    keys: str
    text: str
    reading: tuple[str, ...]


class WordStore:
    """The tables of words, forgotten texts and pins. Every method raises StoreError if the database fails."""

    def __init__(self, store: UserStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    # Words.

    def add_words(self, words: Iterable[UserWord]) -> int:
        """Add the words or raise their counts; how many were given.

        Written in pieces, so that a key in another window does not wait for all of them; after a
        death in the middle the first pieces are there, and adding all again gives the same.
        """
        rows, n = iter(words), 0
        while chunk := list(islice(rows, _CHUNK)):
            with self._store.transaction() as connection:
                connection.executemany(_ADD_WORD, [(w.text, " ".join(w.reading), w.count) for w in chunk])
                _bump(connection, words=True)
            n += len(chunk)
        return n

    def n_word(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM word").fetchone()[0])

    def words(self) -> Iterator[UserWord]:
        """Yield all words, sorted by text and reading."""
        last = ("", "")
        while page := self._page_of_words(last):
            yield from (UserWord(text, tuple(reading.split()), count) for text, reading, count in page)
            last = page[-1][:2]

    def longer_than(self, length: int) -> list[UserWord]:
        """Return the words of more hanzi, the commonest first."""
        query = "SELECT text, reading, count FROM word WHERE length(text) > ? ORDER BY count DESC, text"
        rows = self._store.rows(_WORD, query, (length,))
        return [UserWord(text, tuple(reading.split()), count) for text, reading, count in rows]

    def _page_of_words(self, last: tuple[str, str]) -> list[Row]:
        return self._store.rows(
            _WORD,
            "SELECT text, reading, count FROM word WHERE (text, reading) > (?, ?) "
            "ORDER BY text, reading LIMIT 5000",
            last,
            last,
        )

    # Forgotten texts.

    def forget(self, texts: Iterable[str]) -> None:
        """Stop offering these texts, whatever is learnt, imported or trained, until they are restored."""
        rows = [(text, self._clock()) for text in texts if text]
        with self._store.transaction() as connection:
            connection.executemany("INSERT OR IGNORE INTO forgotten VALUES (?, ?)", rows)
            _bump(connection)

    def restore(self, texts: Iterable[str]) -> None:
        with self._store.transaction() as connection:
            connection.executemany("DELETE FROM forgotten WHERE text = ?", [(text,) for text in texts])
            _bump(connection)

    def forgotten(self) -> list[str]:
        """Return the forgotten texts in the order in which they were forgotten."""
        rows = self._store.rows((str,), "SELECT text FROM forgotten ORDER BY time, text")
        return [text for (text,) in rows]

    # Pins.

    def pin(self, pin: Pin) -> None:
        """Keep a pin; there is one for a string of letters, and the last one holds."""
        row = pin.keys, pin.text, " ".join(pin.reading), self._clock()
        with self._store.transaction() as connection:
            connection.execute("INSERT OR REPLACE INTO pin VALUES (?, ?, ?, ?)", row)
            _bump(connection)

    def unpin(self, keys: str) -> None:
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM pin WHERE keys = ?", (keys,))
            _bump(connection)

    def pins(self) -> list[Pin]:
        """Return the pins, sorted by letters."""
        rows = self._store.rows((str, str, str), "SELECT keys, text, reading FROM pin ORDER BY keys")
        return [Pin(keys, text, tuple(reading.split())) for keys, text, reading in rows]

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
    "INSERT INTO word VALUES (?, ?, ?) "
    "ON CONFLICT (text, reading) DO UPDATE SET count = max(count, excluded.count)"
)


def _bump(connection: sqlite3.Connection, *, words: bool = False) -> None:
    connection.execute("UPDATE edition SET number = number + 1, words = words + ?", (int(words),))
    if words:
        connection.execute("DELETE FROM derived")
