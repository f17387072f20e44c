"""List all words that are the user's, to be searched by hanzi, by pinyin or by initials.

Reading 100,000 words takes some tenths of a second: to be done beside the thread that paints.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from enum import Enum
from itertools import accumulate
from typing import Final, NamedTuple

from engine.spelling.syllable import NO_READING
from engine.storage.phrase import Part, Phrase, converted_runs
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import WordStore

_LONGEST: Final[int] = 7  # hanzi of what becomes a word by being committed
_LETTERS: Final[re.Pattern[str]] = re.compile(r"[a-z]+")


class WordOrigin(Enum):
    """How a word came to be the user's, or what was said of it."""

    BY_HAND = "hand"
    LIST = "list"
    LEARNT = "learnt"
    PINNED = "pinned"
    FORGOTTEN = "forgotten"


class WordRow(NamedTuple):
    """One row. `list_name`: of an imported word; `keys`: the letters that a pin is for."""

    text: str
    reading: tuple[str, ...]
    origin: WordOrigin
    list_name: str = ""
    keys: str = ""
    times: float = 1.0


def word_rows(store: UserStore) -> list[WordRow]:
    """Return everything: what was pinned, forgotten, added, learnt, imported. Raises StoreError."""
    words = WordStore(store)
    rows = [WordRow(pin.text, pin.reading, WordOrigin.PINNED, keys=pin.keys) for pin in words.pins()]
    rows += [WordRow(text, (), WordOrigin.FORGOTTEN) for text in words.forgotten()]
    imported: list[WordRow] = []
    for word in words.listed_words():
        origin = WordOrigin.LIST if word.list_name else WordOrigin.BY_HAND
        row = WordRow(word.text, word.reading, origin, word.list_name, times=word.count)
        (imported if word.list_name else rows).append(row)
    return [*rows, *_learnt_rows(PhraseLog(store)), *imported]


def taught_by(phrase: Phrase) -> Iterator[tuple[str, tuple[str, ...]]]:
    """Yield text and reading of each word that a phrase of the log teaches."""
    if not phrase.keys or phrase.origin:
        return
    for run in converted_runs(phrase):
        yield from _word_of(run.text, run.reading)
    start = 0
    for part in phrase.parts:
        reading = phrase.reading[start : start + len(part.text)]
        start += len(part.text)
        if _is_choice_apart(part, phrase):
            yield from _word_of(part.text, reading)


def word_spelling(text: str, reading: Sequence[str]) -> Sequence[str]:
    """Return how a word is spelt: its syllables, a letter of AA制 as itself, nothing for a digit."""
    if NO_READING not in reading:
        return reading
    pairs = zip(text.lower(), reading, strict=False)
    return [c if syllable == NO_READING else syllable for c, syllable in pairs if not c.isdigit()]


class WordSearch:
    """Rows prepared for searching; made once for a list of rows."""

    def __init__(self, rows: Sequence[WordRow]) -> None:
        self._rows = rows
        self._spelt = [word_spelling(row.text, row.reading) for row in rows]
        self._letters = ["".join(spelt) or row.keys for spelt, row in zip(self._spelt, rows, strict=True)]
        self._initials = ["".join(piece[0] for piece in spelt) for spelt in self._spelt]

    def find(self, sought: str, origin: WordOrigin | None = None, list_name: str | None = None) -> list[int]:
        """Return the numbers of the rows that hold the text, or are spelt with the letters or initials."""
        sought = re.sub(r"[\s']+", "", sought).lower()
        if not sought:
            found: Iterable[int] = range(len(self._rows))
        elif _LETTERS.fullmatch(sought):
            found = [number for number in range(len(self._rows)) if self._is_spelt(number, sought)]
        else:
            found = [number for number, row in enumerate(self._rows) if sought in row.text.lower()]
        if origin is None:
            return list(found)
        return [number for number in found if self._is_of(self._rows[number], origin, list_name)]

    def _is_of(self, row: WordRow, origin: WordOrigin, list_name: str | None) -> bool:
        return row.origin is origin and list_name in (None, row.list_name)

    def _is_spelt(self, number: int, sought: str) -> bool:
        """Return whether the letters begin with a syllable of the word, or are initials of some in turn."""
        if sought in self._initials[number]:
            return True
        letters = self._letters[number]
        place = letters.find(sought)
        if place <= 0:
            return place == 0
        starts = accumulate(map(len, self._spelt[number]), initial=0)
        return any(letters.startswith(sought, start) for start in starts)


# Inside.


def _learnt_rows(log: PhraseLog) -> list[WordRow]:
    found: Counter[tuple[str, tuple[str, ...]]] = Counter()
    for phrase in log:
        found.update(set(taught_by(phrase)))
    return [WordRow(text, reading, WordOrigin.LEARNT, times=n) for (text, reading), n in found.most_common()]


def _word_of(text: str, reading: tuple[str, ...]) -> Iterator[tuple[str, tuple[str, ...]]]:
    if 2 <= len(text) <= _LONGEST and len(reading) == len(text) and NO_READING not in reading:
        yield text, reading


def _is_choice_apart(part: Part, phrase: Phrase) -> bool:
    return bool(part.keys) and part.text != phrase.text
