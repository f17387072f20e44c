"""Keep the words of a lexicon as sorted arrays, and read and write the file that holds them."""

from __future__ import annotations

import zipfile
import zlib
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says, short_repr
from engine.spelling.syllable import SYLLABLES

MIN_WORD_LENGTH: Final[int] = 2
MAX_WORD_LENGTH: Final[int] = 7  # 中华人民共和国; also what 63 bits hold
FORMAT: Final[int] = 1
_BITS: Final[int] = 9
HASH_BASE: Final[int] = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, odd
HASH_MASK: Final[int] = (1 << 64) - 1
_ARRAYS: Final[tuple[str, ...]] = ("format", "text", "lengths", "syllables", "log_probs")


class LexiconError(MoyinError):
    """A lexicon file that is missing or not one; the message says what to do."""


@dataclass(frozen=True)
class Word:
    """A word in one reading.

    `tokens` are reading ids, one a hanzi; `log_prob` is the natural logarithm of the word's
    share of all words counted.
    """

    text: str
    tokens: tuple[int, ...]
    log_prob: float


@dataclass(frozen=True)
class WordArrays:
    """The words as flat arrays: word i is hanzi [offsets[i], offsets[i + 1]) of `text`.

    text: str of all words in a row; offsets: int64 (n_word + 1,); syllables: uint16, one a hanzi; log_probs:
    float32 (n_word,). Words are sorted by the key of their syllables, the commonest first among equals.
    """

    text: str
    offsets: npt.NDArray[np.int64]
    syllables: npt.NDArray[np.uint16]
    log_probs: npt.NDArray[np.float32]

    @cached_property
    def keys(self) -> npt.NDArray[np.uint64]:
        """(n_word,): the packed syllables of each word."""
        keys = np.zeros(len(self), dtype=np.uint64)
        for column, words, positions in self._columns():
            shift = np.uint64(_BITS * (MAX_WORD_LENGTH - 1 - column))
            keys[words] |= (self.syllables[positions].astype(np.uint64) + np.uint64(1)) << shift
        return keys

    @cached_property
    def n_syllable(self) -> npt.NDArray[np.int64]:
        """(n_word,): syllables of each word."""
        return np.diff(self.offsets)

    @cached_property
    def text_hashes(self) -> npt.NDArray[np.uint64]:
        """(n_word,): `hash_of_text` of each word's hanzi."""
        codes = np.frombuffer(self.text.encode("utf-32-le"), dtype=np.uint32).astype(np.uint64)
        hashes = np.zeros(len(self), dtype=np.uint64)
        for _, words, positions in self._columns():
            hashes[words] = hashes[words] * np.uint64(HASH_BASE) + codes[positions]
        return hashes

    @cached_property
    def by_text(self) -> npt.NDArray[np.int64]:
        """(n_word,): the words in the order of their hashes, the commonest reading first."""
        return np.lexsort((-self.log_probs, self.text_hashes))

    @cached_property
    def sorted_hashes(self) -> npt.NDArray[np.uint64]:
        return self.text_hashes[self.by_text]

    def __len__(self) -> int:
        return len(self.log_probs)

    def word(self, i: int) -> tuple[str, list[int]]:
        """Return hanzi and syllable indices of word i."""
        start, end = int(self.offsets[i]), int(self.offsets[i + 1])
        return self.text[start:end], self.syllables[start:end].tolist()

    def with_syllables(self, syllables: Sequence[int]) -> range:
        """Return the words of exactly these syllables, seven at most."""
        key = np.uint64(pack_syllables(syllables))
        first, last = (np.searchsorted(self.keys, key, side=side) for side in ("left", "right"))
        return range(int(first), int(last))

    def within(self, ranges: Sequence[tuple[int, int]], limit: int) -> list[int]:
        """Return the `limit` commonest words with a syllable in each of these half-open ranges in turn."""
        (low, high), n = ranges[0], len(ranges)
        bounds = np.array([pack_syllables([low]), pack_syllables([high])], dtype=np.uint64)
        first, last = self.keys.searchsorted(bounds).tolist()
        fits = self.n_syllable[first:last] == n
        for column, (low, high) in enumerate(ranges[1:], start=1):
            shift = np.uint64(_BITS * (MAX_WORD_LENGTH - 1 - column))
            fields = (self.keys[first:last] >> shift) & np.uint64((1 << _BITS) - 1)
            fits &= (fields > low) & (fields <= high)  # a key holds the syllable plus 1
        words = first + np.flatnonzero(fits)
        order = np.argsort(-self.log_probs[words], kind="stable")
        return [int(i) for i in words[order[:limit]]]

    def with_text(self, text: str) -> list[int]:
        """Return the words of exactly these hanzi, the commonest reading first."""
        wanted = np.uint64(hash_of_text(text))
        first, last = (np.searchsorted(self.sorted_hashes, wanted, side=side) for side in ("left", "right"))
        return [i for i in self.by_text[first:last].tolist() if self.word(i)[0] == text]

    def _columns(self) -> Iterator[tuple[int, npt.NDArray[np.bool_], npt.NDArray[np.int64]]]:
        """Yield for each column its number, which words reach it, and where their hanzi of it lie."""
        for column in range(MAX_WORD_LENGTH):
            words = self.n_syllable > column
            yield column, words, self.offsets[:-1][words] + column


def pack_syllables(syllables: Sequence[int]) -> int:
    """Return the key of one to seven syllable indices."""
    key = 0
    for position, syllable in enumerate(syllables):
        key |= (syllable + 1) << (_BITS * (MAX_WORD_LENGTH - 1 - position))
    return key


def hash_of_text(text: str) -> int:
    """Return a polynomial over the code points, modulo 2^64."""
    value = 0
    for character in text:
        value = (value * HASH_BASE + ord(character)) & HASH_MASK
    return value


def build_arrays(
    words: Iterable[tuple[str, Sequence[str], float]], shortest: int = MIN_WORD_LENGTH
) -> WordArrays:
    """Return the arrays of (hanzi, syllables, count) rows; a count is relative to the sum of all.

    Raises LexiconError for a word that is too short or long, for a syllable that is not of the inventory, for
    two rows of the same word and for a count that is not positive.
    """
    index = {syllable: i for i, syllable in enumerate(SYLLABLES)}
    rows: dict[tuple[str, tuple[int, ...]], float] = {}
    for text, spelling, count in words:
        unfit = len(text) != len(spelling) or not shortest <= len(text) <= MAX_WORD_LENGTH
        if unfit or count <= 0 or not set(spelling) <= index.keys():
            expected = says(Kind.ENTRY_OF_WORD, low=shortest, high=MAX_WORD_LENGTH)
            raise LexiconError.of(expected, f"{text}, {' '.join(spelling)}, {count}")
        word = text, tuple(index[syllable] for syllable in spelling)
        if word in rows:
            raise LexiconError.of(says(Kind.EACH_WORD_ONCE), f"2 × {text} {' '.join(spelling)}")
        rows[word] = count
    ordered = sorted(rows.items(), key=lambda row: (pack_syllables(row[0][1]), -row[1], row[0][0]))
    total = sum(rows.values())
    counts = np.array([count for _, count in ordered], dtype=np.float64)
    return WordArrays(
        text="".join(text for (text, _), _ in ordered),
        offsets=_offsets(np.array([len(text) for (text, _), _ in ordered])),
        syllables=np.array([s for (_, syllables), _ in ordered for s in syllables], dtype=np.uint16),
        log_probs=np.log(counts / total).astype(np.float32) if ordered else np.zeros(0, np.float32),
    )


def save_arrays(arrays: WordArrays, path: Path) -> None:
    """Write the arrays as a compressed npz; log-probabilities are rounded to half precision.

    The same arrays give the same bytes.
    """
    np.savez_compressed(
        path,
        format=np.array(FORMAT),
        text=np.frombuffer(arrays.text.encode("utf-8"), dtype=np.uint8),
        lengths=np.diff(arrays.offsets).astype(np.uint8),
        syllables=arrays.syllables,
        log_probs=arrays.log_probs.astype(np.float16),
    )


def load_arrays(path: Path) -> WordArrays:
    """Return the arrays of a file of `save_arrays`. Raises LexiconError where it is none, or damaged."""
    remedy = says(Kind.FETCH_OR_BUILD, command="lexicon")
    if not path.is_file():
        raise LexiconError.of(says(Kind.THE_LEXICON, path=path), says(Kind.NO_FILE), remedy)
    try:
        values = _read_arrays(path)
        text = values["text"].tobytes().decode("utf-8")
    except (ValueError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        found = says(Kind.A_DAMAGED_FILE, reason=reason_of(error))
        raise LexiconError.of(says(Kind.LEXICON_IN, path=path), found, remedy) from error
    if values["format"].tolist() != FORMAT:
        expected = says(Kind.LEXICON_FORMAT, number=FORMAT, path=path)
        raise LexiconError.of(expected, short_repr(values["format"].tolist()), remedy)
    offsets = _offsets(values["lengths"])
    sizes = len(text), len(values["syllables"]), len(values["log_probs"])
    if sizes != (offsets[-1], offsets[-1], len(offsets) - 1):
        raise LexiconError.of(says(Kind.MATCHING_SIZES_IN, path=path), str(sizes), remedy)
    return WordArrays(text, offsets, values["syllables"], values["log_probs"].astype(np.float32))


def _read_arrays(path: Path) -> dict[str, npt.NDArray[Any]]:
    with path.open("rb") as file, zipfile.ZipFile(file):  # np.load takes other formats, too
        file.seek(0)
        with np.load(file) as contents:
            return {name: contents[name] for name in _ARRAYS}


def _offsets(lengths: npt.NDArray[Any]) -> npt.NDArray[np.int64]:
    return np.concatenate([np.zeros(1, dtype=np.int64), np.cumsum(lengths, dtype=np.int64)])
