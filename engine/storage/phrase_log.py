"""Keep the phrase log: what was committed, in order, with how it was typed and read.

Letters committed as typed are never written.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import islice
from typing import Any, Final

from engine.protocol import TakenBack
from engine.spelling.reading_search import is_spelt
from engine.storage.phrase import LoggedRow, Part, Phrase
from engine.storage.schema_validation import DatabaseRow
from engine.storage.user_store import UserStore

_SURROGATE: Final[re.Pattern[str]] = re.compile("[\ud800-\udfff]")
_COLUMNS: Final[str] = "id, time, keys, reading, text, before, rank, parts, origin, taken_back"
_TYPES: Final[tuple[type, ...]] = (int, float, str, str, str, str, int, str, str, str)


class PhraseLog:
    """The table of phrases. Every method raises StoreError where the database fails.

    `edition` changes with everything but a phrase that is added at the end, so that another
    window knows when to read all again.
    """

    def __init__(self, store: UserStore) -> None:
        self._store = store

    def add(self, phrases: Iterable[Phrase]) -> list[int]:
        """Write the phrases in one transaction; their ids. A `time` of 0 becomes now."""
        now = time.time()
        with self._store.transaction() as connection:
            return [
                int(connection.execute(_INSERT, _row_of(phrase, now)).lastrowid or 0) for phrase in phrases
            ]

    def add_missing(self, phrases: Iterable[Phrase]) -> int:
        """Add those that are not there yet; how many were new.

        One that was typed is known by time, letters and text, one of a file by the file's name, letters
        and text. What comes several times is there as often, and not more often when it comes again.
        """
        n_new, rows = 0, iter(phrases)
        seen: Counter[tuple[object, ...]] = Counter()
        of_files: dict[str, Counter[tuple[str, str]]] = {}
        while chunk := list(islice(rows, 1000)):
            with self._store.transaction() as connection:
                for phrase in chunk:
                    row = _row_of(phrase, time.time())
                    when, keys, text, origin = row[0], row[1], row[3], row[7]
                    if origin and origin not in of_files:
                        of_files[origin] = Counter(connection.execute(_OF_FILE, (origin,)))
                    name = (origin or when, keys, text)
                    seen[name] += 1
                    if origin:
                        n_known = of_files[origin][keys, text]
                    else:
                        (n_known,) = connection.execute(_TYPED, (when, keys, text)).fetchone()
                    if seen[name] > n_known:
                        connection.execute(_INSERT, row)
                        of_files.get(origin, Counter())[keys, text] += 1
                        n_new += 1
        return n_new

    def take_back(self, rows: Iterable[LoggedRow]) -> None:
        """Delete rows that were added a moment ago."""
        with self._store.transaction() as connection:
            connection.executemany("DELETE FROM phrase WHERE id = ? AND text = ?", rows)
            connection.execute("UPDATE edition SET number = number + 1")

    def remove(self, rows: Iterable[LoggedRow]) -> None:
        """Delete rows for good, and what was derived from them; see also `UserStore.purge`."""
        self.take_back(rows)
        with self._store.transaction() as connection:
            connection.execute("DELETE FROM derived")

    def edition(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute("SELECT number FROM edition").fetchone()[0])

    def __len__(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM phrase").fetchone()[0])

    def times(self) -> list[float]:
        """Return when each phrase was typed, ascending, in seconds since 1970."""
        return [when for (when,) in self._store.rows((float,), "SELECT time FROM phrase ORDER BY time")]

    def since(self, row: int, limit: int = -1) -> list[Phrase]:
        """Return the phrases with an id above `row`, oldest first."""
        return self._select("WHERE id > ? ORDER BY id LIMIT ?", row, limit, after=(row,))

    def beginning(self, window: int) -> int:
        """Return the row before the last `window` phrases."""
        with self._store.reading() as connection:
            query = "SELECT id FROM phrase ORDER BY id DESC LIMIT 1 OFFSET ?"
            return int((connection.execute(query, (window,)).fetchone() or (0,))[0])

    def holds(self, text: str, window: int) -> bool:
        """Return whether one of the last `window` phrases, with the text before it, contains this text."""
        with self._store.reading() as connection:
            query = "SELECT 1 FROM phrase WHERE id > ? AND instr(before || text, ?) LIMIT 1"
            return connection.execute(query, (self.beginning(window), text)).fetchone() is not None

    def last(self, limit: int) -> list[Phrase]:
        """Return the last phrases, oldest first."""
        return self._select("ORDER BY id DESC LIMIT ?", limit)[::-1]

    def search(self, text: str = "", limit: int = 200, before_id: int | None = None) -> list[Phrase]:
        """Return phrases that hold `text`, newest first; `before_id` goes on behind a page.

        Letters are sought in the readings as well, as pinyin or initials.
        """
        letters = text.replace(" ", "").replace("'", "").lower()
        if letters.isascii() and letters.isalpha():
            return self._spelt(text, letters, limit, before_id or _NO_ROW)
        return self._select(_WITH_TEXT, _pattern(text), before_id or _NO_ROW, limit)

    def _spelt(self, text: str, letters: str, limit: int, before_id: int) -> list[Phrase]:
        """Return phrases with the text in them or with a reading that the letters spell."""
        found: list[Phrase] = []
        values = _pattern(text), "%".join(["", *letters, ""])
        while page := self._select(_WITH_TEXT_OR_LETTERS, *values, before_id, 1000):
            found += [
                row for row in page if text.lower() in row.text.lower() or is_spelt(letters, row.reading)
            ]
            if len(found) >= limit:
                break
            before_id = page[-1].id
        return found[:limit]

    def old_words(self, window: int, max_length: int) -> list[tuple[str, tuple[str, ...], int]]:
        """Return text, reading and number of the short phrases before the last `window` ones."""
        rows = self._store.rows(
            (str, str, int),
            "SELECT text, reading, count(*) FROM phrase "
            "WHERE id <= (SELECT max(id) FROM phrase) - ? AND parts = '' "
            "AND length(text) BETWEEN 2 AND ? GROUP BY text, reading",
            (window, max_length),
        )
        return [(text, tuple(reading.split()), count) for text, reading, count in rows]

    def __iter__(self) -> Iterator[Phrase]:
        """Yield all phrases, oldest first, read in pages."""
        row = 0
        while page := self.since(row, 1000):
            yield from page
            row = page[-1].id

    def _select(self, condition: str, *values: object, after: DatabaseRow | None = None) -> list[Phrase]:
        rows = self._store.rows(_TYPES, f"SELECT {_COLUMNS} FROM phrase {condition}", values, after)
        return [_phrase_of_row(row) for row in rows]


_NO_ROW: Final[int] = 2**62  # above every id
_WITH_TEXT: Final[str] = "WHERE text LIKE ? ESCAPE '\\' AND id < ? ORDER BY id DESC LIMIT ?"
_WITH_TEXT_OR_LETTERS: Final[str] = (
    "WHERE (text LIKE ? ESCAPE '\\' OR reading LIKE ?) AND id < ? ORDER BY id DESC LIMIT ?"
)
_INSERT: Final[str] = (
    "INSERT INTO phrase (time, keys, reading, text, before, rank, parts, origin, taken_back) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)

_TYPED: Final[str] = "SELECT count(*) FROM phrase WHERE time = ? AND keys = ? AND text = ? AND origin = ''"
_OF_FILE: Final[str] = "SELECT keys, text FROM phrase WHERE origin = ?"


def _pattern(text: str) -> str:
    return "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"


def _row_of(phrase: Phrase, now: float) -> tuple[float, str, str, str, str, int, str, str, str]:
    undone = [[back.place, back.text, back.keys, back.rank] for back in phrase.taken_back]
    lengths = [[len(part.text), len(part.keys), part.rank] for part in phrase.parts]
    return (
        phrase.time or now,
        _storable(phrase.keys),
        " ".join(phrase.reading),
        _storable(phrase.text),
        _storable(phrase.before),
        phrase.rank,
        json.dumps(lengths, separators=(",", ":")) if lengths else "",
        _storable(phrase.origin),
        _storable(json.dumps(undone, ensure_ascii=False, separators=(",", ":"))) if undone else "",
    )


def _storable(text: str) -> str:
    """Return text that can be stored: half a surrogate pair, which is no UTF-8, becomes U+FFFD."""
    return _SURROGATE.sub("\ufffd", text)


def _phrase_of_row(row: DatabaseRow) -> Phrase:
    name, when, keys, reading, text, before, rank, lengths, origin, undone = row
    parts, start, letter = [], 0, 0
    for n_character, n_letter, place in _rows(lengths, (int, int, int)):
        parts.append(Part(text[start : start + n_character], keys[letter : letter + n_letter], place))
        start, letter = start + n_character, letter + n_letter
    taken_back = tuple(TakenBack(*values) for values in _rows(undone, (int, str, str, int)))
    return Phrase(
        text, tuple(reading.split()), keys, before, rank, tuple(parts), origin, when, name, taken_back
    )


def _rows(text: str, types: tuple[type, ...]) -> list[Any]:
    """Return a JSON list of such rows; nothing if the text is empty or was changed on the disk."""
    try:
        rows = json.loads(text) if text else []
        is_right = all(list(map(type, row)) == list(types) for row in rows)
    except (ValueError, TypeError, RecursionError):
        return []
    return rows if is_right else []
