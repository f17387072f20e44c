"""Read one line of a word list: the word, its reading, how often it was used.

Any order of the three is understood, as is pinyin with tone marks or digits, joined or separated:

    你好                    a word alone
    你好 ni hao 3           Rime's dictionaries, most lists
    你好 ni'hao 0.0         libime (fcitx5), ibus-libpinyin
    ni'hao#你好#3           libpinyin's own lists
    'ni'hao 你好            Sogou's text export
    ni'hao 你好 1           QQ's
    人民银行hang            PinyinJiaJia's: a reading behind its hanzi
    北京bei'jing            the reading of all directly behind, or before
    你好(ni|hao) 3          Baidu's of mobile phones; brackets and quotation marks divide as spaces do
    AA制 a a zhi            letters in a word, which its reading may leave out
    4S店 si s dian          digits as they are read
    包含 bao'h              readings cut short, joined as well: `bh`
    花儿 huar               儿 as `r`
    nihao⇥你好⇥zh-CN        Gboard's; a language says nothing
    你好    3   nǐ hǎo      Google's; with tones, 0 to 5 where they are digits
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from functools import cache
from typing import Final, Protocol

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from engine.lexicon.vocabulary import is_hanzi
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import (
    MAX_SYLLABLE_LENGTH,
    NO_READING,
    SYLLABLES,
    syllable_of,
    syllables_with_prefix,
)
from engine.storage.word_store import UserWord

MAX_LENGTH: Final[int] = 32  # hanzi of a word; what a person would type in one go
MAX_COUNT: Final[float] = 1e9
_WORD: Final[re.Pattern[str]] = re.compile(f"[{HANZI}A-Za-z0-9]+")
_JOINED: Final[re.Pattern[str]] = re.compile(f"([a-z][a-z']*)?([{HANZI}]+)(?(1)|([a-z'][a-z']*))")
_PIECE: Final[re.Pattern[str]] = re.compile("([^a-z])([a-z]*)")

_FIELDS: Final[re.Pattern[str]] = re.compile(r"[\s#,;|\"()\[\]（）【】]+")
_LANGUAGE: Final[re.Pattern[str]] = re.compile(r"[a-z]{2}[-_][A-Z][A-Za-z_-]{1,9}")
_NUMBER: Final[re.Pattern[str]] = re.compile(r"[+-]?\d+(\.\d*)?([eE][+-]?\d+)?%?")
# One letter and perhaps a tone at a time, so that a line that is none costs one pass, not 2^n.
_SPELLING: Final[re.Pattern[str]] = re.compile(r"(?:[a-zü:'][0-5]?)+")
# What some write for a syllable of SYLLABLES, beside its ALIASES: passports have lyu for lü.
_SPELT: Final[dict[str, str]] = {"lyu": "lv", "nyu": "nv", "lyue": "lve", "nyue": "nve", "ng": "en"}
_NUMERALS: Final = "ling yi er san si wu liu qi ba jiu".split()
_NAMES: Final[dict[str, str]] = {str(digit): name for digit, name in enumerate(_NUMERALS)}


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
        if _LANGUAGE.fullmatch(field):
            continue
        if _NUMBER.fullmatch(field):
            counts.append(float(field.rstrip("%")))
        elif _SPELLING.fullmatch(plain):
            spellings.append(plain)
        else:
            texts.append(field)
    if len(texts) != 1:
        raise LineError.of(says(Kind.ONE_WORD), str(len(texts)) if texts else says(Kind.NONE))
    return Fields(texts[0], tuple(spellings), counts[-1] if counts else 1.0)


def word_of(fields: Fields, readings: Readings) -> UserWord:
    """Return the word with its reading, found or completed where it is not written. Raises LineError."""
    fields = _with_own_reading(fields, readings)
    text, inline = _without_inline(unicodedata.normalize("NFC", fields.text), readings)
    if not _WORD.fullmatch(text) or not any(map(is_hanzi, text)):
        raise LineError.of(says(Kind.HANZI_AND_LETTERS), says(Kind.OTHER_CHARACTERS))
    if len(text) > MAX_LENGTH:
        raise LineError.of(says(Kind.WORD_LENGTH, number=MAX_LENGTH), str(len(text)))
    reading = _reading(text, fields.spellings, readings) if fields.spellings else _guessed(text, readings)
    if reading is None:
        raise LineError.of(says(Kind.KNOWN_HANZI), says(Kind.UNKNOWN_HANZI))
    found = tuple(inline.get(place, syllable) for place, syllable in enumerate(reading))
    return UserWord(text, found, min(max(fields.count, 1.0), MAX_COUNT))


def may_be_word(fields: Fields) -> bool:
    """Return whether the fields are a word by their form: a syllable a hanzi, whichever, or no reading."""
    text = fields.text
    is_text = _WORD.fullmatch(text) is not None and any(map(is_hanzi, text))
    if not is_text or len(text) > MAX_LENGTH:
        return False
    return not fields.spellings or _divided(text, _pieces(fields.spellings), _ANY) is not None


class _AnyReadings:
    """Knows every syllable of every hanzi."""

    def knows(self, hanzi: str, syllable: str) -> bool:
        return True

    def read(self, text: str) -> tuple[str, ...] | None:
        return None


_ANY: Final[Readings] = _AnyReadings()


def _with_own_reading(fields: Fields, readings: Readings) -> Fields:
    """Return the fields with the reading apart that stands directly at a word: 北京beijing, beijing北京."""
    found = _JOINED.fullmatch(fields.text)
    if found is None or fields.spellings:
        return fields
    hanzi, letters = found[2], found[1] or found[3]
    is_reading = letters is not None and _divided(hanzi, _pieces([letters]), readings) is not None
    return replace(fields, text=hanzi, spellings=(letters,)) if is_reading else fields


def _without_inline(text: str, readings: Readings) -> tuple[str, dict[int, str]]:
    """Return 人民银行 and {3: "hang"} of 人民银行hang, as PinyinJiaJia writes words.

    Unless all small letters are a reading of the hanzi before them they belong to the word: 卡拉ok.
    """
    inline: dict[int, str] = {}
    pieces = _PIECE.findall(text)
    for place, (hanzi, letters) in enumerate(pieces):
        syllable = _syllable(letters, hanzi) if letters else None
        if syllable is not None and readings.knows(hanzi, syllable):
            inline[place] = syllable
        elif letters:
            return text, {}
    is_whole = text[:1] == (pieces[0][0] if pieces else "")  # no letters before the first hanzi
    return ("".join(hanzi for hanzi, _ in pieces), inline) if inline and is_whole else (text, {})


def _guessed(text: str, readings: Readings) -> tuple[str, ...] | None:
    """Return the likeliest reading; NO_READING stands for each letter and digit."""
    hanzi = "".join(filter(is_hanzi, text))
    reading = readings.read(hanzi)
    if reading is None:
        return None
    syllables = iter(reading)
    return tuple(next(syllables) if is_hanzi(character) else NO_READING for character in text)


def without_tones(spelling: str) -> str:
    """Lower case letters without tone marks: `nǚ` and `nv` stay apart from `nu`."""
    decomposed = unicodedata.normalize("NFD", spelling.lower().replace("ɡ", "g"))
    kept = [c for c in decomposed if not unicodedata.combining(c) or c == "\u0308"]
    return unicodedata.normalize("NFC", "".join(kept)).replace("’", "'")


def _reading(text: str, spellings: Sequence[str], readings: Readings) -> tuple[str, ...]:
    """Return one syllable a hanzi, each known for its hanzi. Raises LineError."""
    letters = _pieces(spellings)
    if len(text) * MAX_SYLLABLE_LENGTH >= sum(map(len, letters)):
        reading = _divided(text, letters, readings) or _completed(text, letters, readings)
        if reading is not None:
            return reading
    raise LineError.of(says(Kind.SYLLABLES, number=len(text)), says(Kind.OTHER_PINYIN))


def _pieces(spellings: Sequence[str]) -> list[str]:
    """Return the letters between tones and `'`, with v for ü."""
    pieces = [piece for spelling in spellings for piece in re.split(r"['0-5]+", spelling) if piece]
    return [piece.replace("u:", "v").replace("ü", "v") for piece in pieces]


def _divided(text: str, pieces: Sequence[str], readings: Readings) -> tuple[str, ...] | None:
    """Read the pieces as one syllable a hanzi; `xian` of 西安 is xi an."""

    def steps(spelling: str, n: int) -> str | None:
        syllable = _syllable(spelling, text[n])
        return syllable if syllable is not None and readings.knows(text[n], syllable) else None

    return _read(text, pieces, steps)


def _completed(text: str, pieces: Sequence[str], readings: Readings) -> tuple[str, ...] | None:
    """Complete beginnings of the hanzi's readings by the likeliest: `bao'h` of 包含, and `bh`."""
    hanzi = "".join(filter(is_hanzi, text))
    of_hanzi = iter(readings.read(hanzi) or ("",) * len(hanzi))
    likeliest = [next(of_hanzi) if is_hanzi(character) else "" for character in text]

    @cache
    def steps(spelling: str, n: int) -> str | None:
        known = (likeliest[n], *SYLLABLES[slice(*syllables_with_prefix(spelling))])
        return next((s for s in known if s.startswith(spelling) and readings.knows(text[n], s)), None)

    return _read(text, pieces, steps)


def _read(
    text: str, pieces: Sequence[str], syllable_at: Callable[[str, int], str | None]
) -> tuple[str, ...] | None:
    """Divide the pieces among the characters, long syllables first: `syllable_at(letters, place)` or None.

    Each place between letters is left once for each number of characters before it, so the work grows with
    their product, not with the ways to divide.
    """
    ends = [end for i, piece in enumerate(pieces) for end in [len("".join(pieces[: i + 1]))] * len(piece)]
    letters = "".join(pieces)

    def steps(place: int, n: int) -> Iterator[tuple[int, str]]:
        if not is_hanzi(text[n]):
            yield from _latin_steps(letters, place, text[n])
            return
        for end in range(min([*ends[place : place + 1], place + MAX_SYLLABLE_LENGTH]), place, -1):
            syllable = syllable_at(letters[place:end], n)
            if syllable is not None:
                yield end, syllable

    @cache
    def read(place: int, n: int) -> tuple[str, ...] | None:
        if n == len(text):
            return () if place == len(letters) else None
        for end, syllable in steps(place, n):
            rest = read(end, n + 1)
            if rest is not None:
                return (syllable, *rest)
        return None

    return read(0, 0)


def _latin_steps(letters: str, place: int, character: str) -> Iterator[tuple[int, str]]:
    """Yield where a letter of the word may end: a digit at its name, each at nothing too."""
    for name in (character.lower(), _NAMES.get(character, "")):
        if name and letters.startswith(name, place):
            yield place + len(name), NO_READING
    yield place, NO_READING


def _syllable(spelling: str, hanzi: str) -> str | None:
    """Return the syllable that some letters spell at a hanzi; `r` is 儿 behind another."""
    if spelling == "r" and hanzi in "儿兒":
        return "er"
    index = syllable_of(_SPELT.get(spelling, spelling))
    return None if index is None else SYLLABLES[index]
