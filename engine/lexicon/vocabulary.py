"""Define the reading vocabulary: what a token id of the decoder stands for.

A *reading* is a hanzi with its toneless syllable (行/xing and 行/hang are two). Ids are laid out as the
factored output of the decoder needs them: first the special tokens, then the readings sorted by syllable, so
that a syllable's readings, and those of all syllables that begin with the same letters, are one contiguous
slice. Inside a syllable the commonest in the training text comes first.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says, short_repr
from engine.lexicon.latin_words import is_latin
from engine.lexicon.rare_tokens import is_rare, known_as, rare_hanzi, rare_syllable, rare_token
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES

START: Final[str] = "<s>"  # nothing is known of what came before
UNKNOWN: Final[str] = "<unk>"  # a hanzi outside the vocabulary
NUMBER: Final[str] = "<num>"  # a run of digits
LATIN: Final[str] = "<latin>"  # a run of Latin letters
SYMBOL: Final[str] = "<sym>"  # anything else that is printed
BREAK: Final[str] = "<br>"  # white space between clauses
PUNCTUATION: Final[str] = "，。！？、；：“”‘’（）《》…—～·【】"
SPECIALS: Final[tuple[str, ...]] = (START, UNKNOWN, NUMBER, LATIN, SYMBOL, BREAK, *PUNCTUATION)

# ASCII punctuation is read as its Chinese counterpart.
_FULL_WIDTH: Final[dict[str, str]] = dict(zip(",.!?;:()~[]", "，。！？；：（）～【】", strict=True)) | {
    '"': "”",
    "'": "’",
    "「": "“",
    "」": "”",
    "『": "‘",
    "』": "’",
    "〈": "《",
    "〉": "》",
}


class VocabularyError(MoyinError):
    """A vocabulary that breaks the layout rules; the message names the line and the rule."""


@dataclass(frozen=True)
class Vocabulary:
    """The specials and readings of a decoder, in id order.

    `readings` holds (hanzi, syllable index) for the ids from `len(SPECIALS)` on, sorted by syllable index.
    The first softmax of the decoder ranges over *classes*: class i < n_special is special token i, class
    n_special + s is syllable s.
    """

    readings: tuple[tuple[str, int], ...]

    def __post_init__(self) -> None:
        syllables = [syllable for _, syllable in self.readings]
        if any(a > b for a, b in zip(syllables, syllables[1:], strict=False)):
            raise VocabularyError.of(says(Kind.READINGS_SORTED), says(Kind.OTHERS))
        if len(set(self.readings)) != len(self.readings):
            raise VocabularyError.of(says(Kind.EACH_READING_ONCE), says(Kind.TWO_ALIKE))

    @property
    def n_special(self) -> int:
        return len(SPECIALS)

    @property
    def n_class(self) -> int:
        """Entries of the first softmax: specials and syllables."""
        return self.n_special + len(SYLLABLES)

    def __len__(self) -> int:
        return self.n_special + len(self.readings)

    @cached_property
    def texts(self) -> tuple[str, ...]:
        """Per id: the hanzi, or the special's name."""
        return SPECIALS + tuple(hanzi for hanzi, _ in self.readings)

    @cached_property
    def syllable_starts(self) -> npt.NDArray[np.int32]:
        """(n_syllable + 1,): the readings of syllable s are ids [starts[s], starts[s + 1])."""
        syllables = np.array([syllable for _, syllable in self.readings], dtype=np.int64)
        starts = np.searchsorted(syllables, np.arange(len(SYLLABLES) + 1)) + self.n_special
        return starts.astype(np.int32)

    @cached_property
    def class_of_token(self) -> npt.NDArray[np.int32]:
        """(n_token,): the class of each id, for the first softmax."""
        syllables = [self.n_special + syllable for _, syllable in self.readings]
        return np.array([*range(self.n_special), *syllables], dtype=np.int32)

    @cached_property
    def id_of_reading(self) -> dict[tuple[str, int], int]:
        """(hanzi, syllable index) to id."""
        return {reading: i for i, reading in enumerate(self.readings, start=self.n_special)}

    @cached_property
    def ids_of_hanzi(self) -> dict[str, tuple[int, ...]]:
        """Hanzi to the ids of its readings."""
        ids: dict[str, list[int]] = {}
        for i, (hanzi, _) in enumerate(self.readings, start=self.n_special):
            ids.setdefault(hanzi, []).append(i)
        return {hanzi: tuple(values) for hanzi, values in ids.items()}

    def syllable_of_token(self, token: int) -> int:
        """Syllable index of a reading id, of one outside the vocabulary as well."""
        return rare_syllable(token) if is_rare(token) else self.readings[token - self.n_special][1]

    def token_of(self, hanzi: str, syllable: int) -> int:
        """Return the id of a reading; where the vocabulary lacks it, its token of `rare_tokens`."""
        token = self.id_of_reading.get((hanzi, syllable))
        if token is None:
            token = rare_token(hanzi, syllable, self._known_as(hanzi))
        return token

    def _known_as(self, hanzi: str) -> int:
        """Return the hanzi's reading that stands first among its syllable's, UNKNOWN where it has none."""
        ids, starts = self.ids_of_hanzi.get(hanzi, ()), self.syllable_starts
        place = lambda token: (token - int(starts[self.syllable_of_token(token)]), token)  # noqa: E731
        return min(ids, key=place, default=SPECIALS.index(UNKNOWN))

    def is_reading(self, token: int) -> bool:
        """Return whether the token stands for a hanzi, of the vocabulary or outside it."""
        return self.n_special <= token < len(self) or is_rare(token)

    def reading_range(self, first_syllable: int, last_syllable: int) -> tuple[int, int]:
        """Return the ids [start, end) of the readings of the syllables [first_syllable, last_syllable)."""
        starts = self.syllable_starts
        return int(starts[first_syllable]), int(starts[last_syllable])

    def special_of(self, character: str) -> int:
        """Return the special id that a character outside the readings is read as."""
        character = _FULL_WIDTH.get(character, character)
        if character in PUNCTUATION:
            return SPECIALS.index(character)
        return SPECIALS.index(kind_of(character))

    def text(self, tokens: Iterable[int]) -> str:
        """Return the hanzi of a sequence of reading ids, those outside the vocabulary as well."""
        return "".join(rare_hanzi(token) if is_rare(token) else self.texts[token] for token in tokens)

    @cached_property
    def hash(self) -> str:
        """sha256 (hex) of the file form; a bundle is refused where it differs."""
        return hashlib.sha256(self.dumps().encode()).hexdigest()

    def dumps(self) -> str:
        """Return the file form: a line a token, `hanzi<TAB>syllable`, specials with no syllable."""
        lines = [f"{name}\t" for name in SPECIALS]
        lines += [f"{hanzi}\t{SYLLABLES[syllable]}" for hanzi, syllable in self.readings]
        return "\n".join(lines) + "\n"

    @classmethod
    def loads(cls, text: str) -> Vocabulary:
        """Return the vocabulary of a file form. Raises VocabularyError naming the first wrong line."""
        rows = [line.split("\t") for line in text.removesuffix("\n").split("\n")]
        for number, row in enumerate(rows, start=1):
            special = number <= len(SPECIALS)
            expected = [SPECIALS[number - 1], ""] if special else None
            if len(row) != 2 or (special and row != expected):
                form = "\t".join(expected or ["hanzi", "syllable"])
                raise VocabularyError.of(
                    says(Kind.VOCABULARY_LINE, expected=form, line=number), short_repr(row)
                )
            if not special and row[1] not in SYLLABLE_INDEX:
                raise VocabularyError.of(says(Kind.PINYIN_SYLLABLE, line=number), short_repr(row[1]))
        if len(rows) < len(SPECIALS):
            raise VocabularyError.of(says(Kind.LINES_AT_LEAST, number=len(SPECIALS)), f"{len(rows)}")
        return cls(tuple((hanzi, SYLLABLE_INDEX[s]) for hanzi, s in rows[len(SPECIALS) :]))

    @classmethod
    def load(cls, path: Path) -> Vocabulary:
        """Read the file form from `path` (UTF-8)."""
        return cls.loads(path.read_text(encoding="utf-8"))


def decoder_token(token: int) -> int:
    """Return what decoder and n-gram take a token for: itself, where it is of the vocabulary."""
    if is_latin(token):
        return SPECIALS.index(LATIN)
    return known_as(token) if is_rare(token) else token


def kind_of(character: str) -> str:
    """Name of the special that stands for a character that is neither reading nor punctuation."""
    if character.isspace():
        return BREAK
    if character.isdigit():
        return NUMBER
    if is_hanzi(character):
        return UNKNOWN
    if character.isalpha():
        return LATIN
    return SYMBOL


def is_hanzi(character: str) -> bool:
    """Return whether a character is a CJK unified ideograph, extensions included, or 〇."""
    code = ord(character)
    return (
        0x4E00 <= code <= 0x9FFF or 0x3400 <= code <= 0x4DBF or 0x20000 <= code <= 0x323AF or code == 0x3007
    )


def from_counts(counts: Sequence[tuple[str, str, int]]) -> Vocabulary:
    """Return the vocabulary of (hanzi, syllable, count) triples, the commonest of a syllable first."""
    ordered = sorted(counts, key=lambda row: (SYLLABLE_INDEX[row[1]], -row[2], row[0]))
    return Vocabulary(tuple((hanzi, SYLLABLE_INDEX[syllable]) for hanzi, syllable, _ in ordered))


def load_characters(path: Path) -> dict[str, list[str]]:
    """Return hanzi to syllables, from lines `hanzi<TAB>syllable,syllable` (resources/characters.tsv).

    Raises VocabularyError.
    """
    try:
        rows = [line.split("\t") for line in path.read_text(encoding="utf-8").splitlines() if line]
        found = {hanzi: syllables.split(",") for hanzi, syllables in rows}
    except (OSError, ValueError) as error:
        reason = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
        raise VocabularyError.of(says(Kind.CHARACTERS_IN, path=path), reason, says(Kind.FETCH)) from error
    unknown = {syllable for syllables in found.values() for syllable in syllables} - SYLLABLE_INDEX.keys()
    if unknown or not found:
        expected, wrong = says(Kind.CHARACTERS_IN, path=path), short_repr(sorted(unknown)[:3])
        raise VocabularyError.of(expected, wrong, says(Kind.FETCH))
    return found
