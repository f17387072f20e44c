"""Read one line of a word list: the word, its reading, how often it was used.

Any order of the three is understood, as is pinyin with tone marks or digits, joined or separated:

    你好                    a word alone
    你好 ni hao 3           Rime's dictionaries, most lists
    你好 ni'hao 0.0         libime (fcitx5), ibus-libpinyin
    ni'hao#你好#3           libpinyin's own lists
    'ni'hao 你好            Sogou's text export
    你好    3   nǐ hǎo      Google's; with tones
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final, Protocol

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from engine.lexicon.vocabulary import is_hanzi
from engine.spelling.syllable import MAX_SYLLABLE_LENGTH, SYLLABLES, syllable_of
from engine.storage.word_store import UserWord

MAX_LENGTH: Final[int] = 32  # hanzi of a word; what a person would type in one go
MAX_COUNT: Final[float] = 1e9

_FIELDS: Final[re.Pattern[str]] = re.compile(r"[\s#,;|]+")
_NUMBER: Final[re.Pattern[str]] = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?%?")
# One letter and perhaps a tone at a time, so that a line that is none costs one pass, not 2^n.
_SPELLING: Final[re.Pattern[str]] = re.compile(r"(?:[a-zü:'][1-5]?)+")


class LineError(MoyinError):
    """A line that is no word; the message says what was expected and quotes nothing."""


class Readings(Protocol):
    """A source of readings of hanzi."""

    def knows(self, hanzi: str, syllable: str) -> bool: ...
    def read(self, text: str) -> tuple[str, ...] | None:
        """Return the likeliest reading of a word; None if some hanzi is not known."""
        ...


@dataclass(frozen=True)
class Fields:
    """A line taken apart; `spellings` as written, `count` 1 if there is none."""

    text: str
    spellings: tuple[str, ...] = ()
    count: float = 1.0


def word_of_line(line: str, readings: Readings) -> UserWord:
    """Return the word of a line in any of the forms above. Raises LineError."""
    return word_of(fields_of(line), readings)


def fields_of(line: str) -> Fields:
    """Take a line apart by what its fields look like. Raises LineError."""
    texts, spellings, counts = [], [], []
    for field in filter(None, _FIELDS.split(line)):
        plain = without_tones(field)
        if _NUMBER.fullmatch(field):
            counts.append(float(field.rstrip("%")))
        elif _SPELLING.fullmatch(plain):
            spellings.append(plain)
        else:
            texts.append(field)
    if len(texts) != 1:
        raise LineError.of(says(Kind.ONE_WORD), str(len(texts)) if texts else says(Kind.NONE))
    return Fields(texts[0], tuple(spellings), counts[0] if counts else 1.0)


def word_of(fields: Fields, readings: Readings) -> UserWord:
    """Return the word with its reading, guessed if it is not written. Raises LineError."""
    text = unicodedata.normalize("NFC", fields.text)
    if not all(map(is_hanzi, text)):
        raise LineError.of(says(Kind.HANZI_ALONE), says(Kind.OTHER_CHARACTERS))
    if not 0 < len(text) <= MAX_LENGTH:
        raise LineError.of(says(Kind.WORD_LENGTH, number=MAX_LENGTH), str(len(text)))
    reading = _reading(text, fields.spellings, readings) if fields.spellings else readings.read(text)
    if reading is None:
        raise LineError.of(says(Kind.KNOWN_HANZI), says(Kind.UNKNOWN_HANZI))
    return UserWord(text, reading, min(max(fields.count, 1.0), MAX_COUNT))


def without_tones(spelling: str) -> str:
    """Lower case letters without tone marks: `nǚ` and `nv` stay apart from `nu`."""
    decomposed = unicodedata.normalize("NFD", spelling.lower().replace("ɡ", "g"))
    kept = [c for c in decomposed if not unicodedata.combining(c) or c == "\u0308"]
    return unicodedata.normalize("NFC", "".join(kept)).replace("’", "'")


def _reading(text: str, spellings: Sequence[str], readings: Readings) -> tuple[str, ...]:
    """Return one syllable a hanzi, each known for its hanzi. Raises LineError."""
    pieces = [piece for spelling in spellings for piece in re.split(r"['1-5]+", spelling) if piece]
    letters = [piece.replace("u:", "v").replace("ü", "v") for piece in pieces]
    if len(text) * MAX_SYLLABLE_LENGTH >= sum(map(len, letters)):
        reading = _divided(text, letters, readings)
        if reading is not None:
            return reading
    raise LineError.of(says(Kind.SYLLABLES, number=len(text)), says(Kind.OTHER_PINYIN))


def _divided(text: str, pieces: Sequence[str], readings: Readings) -> tuple[str, ...] | None:
    """Read the pieces as one syllable a hanzi, long syllables first; `xian` of 西安 is xi an.

    Each place between letters is left once for each number of hanzi before it, so the work grows with
    their product, not with the ways to divide the letters.
    """
    ends = [end for i, piece in enumerate(pieces) for end in [len("".join(pieces[: i + 1]))] * len(piece)]
    letters = "".join(pieces)

    @cache
    def read(place: int, n: int) -> tuple[str, ...] | None:
        if n == len(text) or place == len(letters):
            return () if n == len(text) and place == len(letters) else None
        for end in range(min(ends[place], place + MAX_SYLLABLE_LENGTH), place, -1):
            syllable = syllable_of(letters[place:end])
            if syllable is None or not readings.knows(text[n], SYLLABLES[syllable]):
                continue
            rest = read(end, n + 1)
            if rest is not None:
                return (SYLLABLES[syllable], *rest)
        return None

    return read(0, 0)
