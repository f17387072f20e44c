"""The phrase log: what was committed, in order, with how it was typed and read.

Knows rows of the user's database and the values made of them; knows nothing of counts, scores or
of what is learnt from them. Letters committed as typed are never written.
"""

from __future__ import annotations

import json
import re
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import groupby, islice
from typing import Any, Final

from engine.protocol import Commit, Segment, Source, TakenBack
from engine.storage.schema_validation import Row
from engine.storage.user_store import UserStore

NO_READING: Final[str] = "_"  # stands for the syllable of a character that has none
BEFORE_LENGTH: Final[int] = 32  # characters of the text before the caret that are kept

_LETTERS: Final[re.Pattern[str]] = re.compile(r"(?:(?![\u3007\u3400-\u9fff\U00020000-\U000323af])[^\W\d_])+")
_NUMBER: Final[re.Pattern[str]] = re.compile(r"\d+")
_SURROGATE: Final[re.Pattern[str]] = re.compile("[\ud800-\udfff]")

# Id and text: once another window has erased everything, an id is soon another phrase's.
LoggedRow = tuple[int, str]

_COLUMNS: Final[str] = "id, time, keys, reading, text, before, rank, parts, origin, taken_back"
_TYPES: Final[tuple[type, ...]] = (int, float, str, str, str, str, int, str, str, str)


@dataclass(frozen=True)
class Part:
    """One choice of several: its text, the letters it stands for, its place in the menu."""

    text: str
    keys: str
    rank: int = 0


@dataclass(frozen=True)
class Phrase:
    """One row. `reading` has one item a character of `text`, NO_READING for marks and the like.

    `rank`: the place in the menu of what was picked first; `parts`: the choices, where it took
    several; `taken_back`: choices that were undone for another text; `origin`: empty for what was
    typed, else the file that it was read from.
    """

    text: str
    reading: tuple[str, ...]
    keys: str = ""
    before: str = ""
    rank: int = 0
    parts: tuple[Part, ...] = ()
    origin: str = ""
    time: float = 0.0
    id: int = 0
    taken_back: tuple[TakenBack, ...] = ()


def phrases_of(commit: Commit, keep_before: bool = True) -> list[Phrase]:
    """What of a commit is worth keeping: runs of converted segments and the marks behind them.

    Raw letters are left out, and what stands behind them is a phrase of its own.
    """
    phrases, before, place = [], commit.before, 0
    for kept, run in groupby(commit.segments, key=_is_kept):
        segments = list(run)
        if kept and any(segment.tokens for segment in segments):
            phrase = _phrase_of(segments, kept_before(before) if keep_before else "")
            phrases.append(replace(phrase, taken_back=_taken_back(commit.taken_back, segments, place)))
        before += "".join(segment.text for segment in segments)
        place += sum(len(segment.keys) for segment in segments)
    return phrases


def _taken_back(
    undone: Iterable[TakenBack], segments: Sequence[Segment], first: int
) -> tuple[TakenBack, ...]:
    """What was undone for another text in these segments, whose letters begin at place `first`.

    Says nothing where the same was chosen again, or where the letters were changed; and where they were
    committed as typed in the end, nothing that was offered for them is kept.
    """
    converted = "".join(segment.keys if segment.tokens else "\0" * len(segment.keys) for segment in segments)
    texts = {}
    for number in range(len(segments)):
        start = sum(len(before.keys) for before in segments[:number])
        texts[start] = "".join(later.text for later in segments[number:])
    found = {}
    for choice in undone:
        start = choice.place - first
        stands = start >= 0 and converted[start : start + len(choice.keys)] == choice.keys
        if stands and not texts.get(start, choice.text).startswith(choice.text):
            found[start, choice.text] = replace(choice, place=start)
    return tuple(found.values())


def converted_runs(phrase: Phrase) -> list[Phrase]:
    """What was converted at a stretch, without the marks: 世界 of `世界，`, typed by letters of its own."""
    if not phrase.parts:
        return [phrase]
    start, places = 0, []
    for part in phrase.parts:
        places.append((part, phrase.reading[start : start + len(part.text)]))
        start += len(part.text)
    runs = []
    for is_converted, group in groupby(places, key=lambda place: NO_READING not in place[1]):
        parts, readings = zip(*group, strict=True)
        text, keys = "".join(part.text for part in parts), "".join(part.keys for part in parts)
        if is_converted:
            reading = tuple(syllable for each in readings for syllable in each)
            runs.append(replace(phrase, text=text, keys=keys, reading=reading, parts=()))
    return runs


def kept_before(before: str) -> str:
    """The end of the text before, with `a` for every word in letters and `1` for every number.

    That is all the decoder reads of them, and a password committed as typed stands there as well.
    """
    return _NUMBER.sub("1", _LETTERS.sub("a", before[-4 * BEFORE_LENGTH :]))[-BEFORE_LENGTH:]


def _is_kept(segment: Segment) -> bool:
    if segment.source is not Source.RAW:
        return True
    return len(segment.text) <= 2 and not any(character.isalnum() for character in segment.text)


def _phrase_of(segments: Sequence[Segment], before: str) -> Phrase:
    parts = tuple(Part(segment.text, segment.keys, segment.rank) for segment in segments)
    return Phrase(
        text="".join(segment.text for segment in segments),
        reading=tuple(syllable for segment in segments for syllable in _reading_of(segment)),
        keys="".join(segment.keys for segment in segments),
        before=before,
        rank=next(segment.rank for segment in segments if segment.tokens),
        parts=parts if len(parts) > 1 else (),
    )


def _reading_of(segment: Segment) -> tuple[str, ...]:
    if len(segment.reading) == len(segment.text):
        return segment.reading
    return (NO_READING,) * len(segment.text)


class PhraseLog:
    """The table of phrases. Every method raises StoreError where the database fails.

    `edition` changes with everything but a phrase that is added at the end, so that another
    window knows when to read all again.
    """

    def __init__(self, store: UserStore, clock: Callable[[], float] = time.time) -> None:
        self._store = store
        self._clock = clock

    def add(self, phrases: Iterable[Phrase]) -> list[int]:
        """Write the phrases in one transaction; their ids. A `time` of 0 becomes now."""
        now = self._clock()
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
                    row = _row_of(phrase, self._clock())
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
            connection.execute(_FORGET_DERIVED)

    def edition(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute("SELECT number FROM edition").fetchone()[0])

    def __len__(self) -> int:
        with self._store.reading() as connection:
            return int(connection.execute("SELECT count(*) FROM phrase").fetchone()[0])

    def times(self) -> list[float]:
        """When each phrase was typed, ascending, in seconds since 1970."""
        return [when for (when,) in self._store.rows((float,), "SELECT time FROM phrase ORDER BY time")]

    def since(self, row: int, limit: int = -1) -> list[Phrase]:
        """Phrases with an id above `row`, oldest first."""
        return self._select("WHERE id > ? ORDER BY id LIMIT ?", row, limit, after=(row,))

    def beginning(self, window: int) -> int:
        """The row before the last `window` phrases."""
        with self._store.reading() as connection:
            query = "SELECT id FROM phrase ORDER BY id DESC LIMIT 1 OFFSET ?"
            return int((connection.execute(query, (window,)).fetchone() or (0,))[0])

    def holds(self, text: str, window: int) -> bool:
        """Whether one of the last `window` phrases, with the text before it, has this text in it."""
        with self._store.reading() as connection:
            query = "SELECT 1 FROM phrase WHERE id > ? AND instr(before || text, ?) LIMIT 1"
            return connection.execute(query, (self.beginning(window), text)).fetchone() is not None

    def last(self, limit: int) -> list[Phrase]:
        """The last phrases, oldest first."""
        return self._select("ORDER BY id DESC LIMIT ?", limit)[::-1]

    def search(self, text: str = "", limit: int = 200, before_id: int | None = None) -> list[Phrase]:
        """Phrases that hold `text`, newest first; `before_id` goes on behind a page."""
        pattern = "%" + text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_") + "%"
        condition = "WHERE text LIKE ? ESCAPE '\\' AND id < ? ORDER BY id DESC LIMIT ?"
        return self._select(condition, pattern, before_id or 2**62, limit)

    def old_words(self, window: int, max_length: int) -> list[tuple[str, tuple[str, ...], int]]:
        """Text, reading and number of the short phrases before the last `window` ones."""
        rows = self._store.rows(
            (str, str, int),
            "SELECT text, reading, count(*) FROM phrase "
            "WHERE id <= (SELECT max(id) FROM phrase) - ? AND parts = '' "
            "AND length(text) BETWEEN 2 AND ? GROUP BY text, reading",
            (window, max_length),
        )
        return [(text, tuple(reading.split()), count) for text, reading, count in rows]

    def __iter__(self) -> Iterator[Phrase]:
        """All phrases, oldest first, read in pages."""
        row = 0
        while page := self.since(row, 1000):
            yield from page
            row = page[-1].id

    def _select(self, condition: str, *values: object, after: Row | None = None) -> list[Phrase]:
        rows = self._store.rows(_TYPES, f"SELECT {_COLUMNS} FROM phrase {condition}", values, after)
        return [_phrase_of_row(row) for row in rows]


_INSERT: Final[str] = (
    "INSERT INTO phrase (time, keys, reading, text, before, rank, parts, origin, taken_back) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_FORGET_DERIVED: Final[str] = "DELETE FROM derived"
_TYPED: Final[str] = "SELECT count(*) FROM phrase WHERE time = ? AND keys = ? AND text = ? AND origin = ''"
_OF_FILE: Final[str] = "SELECT keys, text FROM phrase WHERE origin = ?"


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
    """Half a surrogate pair (pasted before the caret, or of a file's name) is no UTF-8: U+FFFD instead."""
    return _SURROGATE.sub("\ufffd", text)


def _phrase_of_row(row: Row) -> Phrase:
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
    """Of a JSON list of such rows; empty where the text is empty, or was changed on the disk."""
    try:
        rows = json.loads(text) if text else []
        is_right = all(list(map(type, row)) == list(types) for row in rows)
    except (ValueError, TypeError, RecursionError):
        return []
    return rows if is_right else []
