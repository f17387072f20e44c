"""Keep the words of a lexicon as sorted arrays, and read and write the files that hold them.

A file ends in `.bin` or in `.npz`. The first is one of `engine.arrays`, mapped and not read, with everything
that is needed to look a word up:

    format       uint32 (1,)
    text, offsets, keys    as in `WordArrays`
    log_probs    float32 (n_word,), rounded to half precision
    hashes, words    as in `TextIndex`

The second is a third as large and takes a tenth of a second: what the first is made of alone, compressed.
"""

from __future__ import annotations

import zipfile
import zlib
from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.arrays import Array, Arrays, dump_arrays, open_arrays
from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, reason_of, says, short_repr
from engine.spelling.syllable import SYLLABLES

MIN_WORD_LENGTH: Final[int] = 2
MAX_WORD_LENGTH: Final[int] = 7  # 中华人民共和国; also what 63 bits hold
FORMAT: Final[int] = 1
MAPPED: Final[str] = ".bin"  # how the name of a file ends that is mapped
_BITS: Final[int] = 9
_FIELD: Final[int] = (1 << _BITS) - 1
_SHIFTS: Final[tuple[int, ...]] = tuple(range(_BITS * (MAX_WORD_LENGTH - 1), -1, -_BITS))  # of a key's parts
HASH_BASE: Final[int] = 0x9E3779B97F4A7C15  # 2^64 / golden ratio, odd
HASH_MASK: Final[int] = (1 << 64) - 1
_LOW: Final[int] = (1 << 32) - 1
_MOST_IN_ONE: Final[int] = 0xFFFF  # a code point above takes two numbers of UTF-16
_LONE: Final[str] = "surrogatepass"  # half a code point, of a damaged file, stays what it is
_REMEDY: Final[Message] = says(Kind.FETCH_OR_BUILD, command="lexicon")
_ARRAYS: Final[tuple[str, ...]] = ("format", "text", "lengths", "syllables", "log_probs")
_TYPES: Final[dict[str, Any]] = {
    "format": np.uint32,
    "text": np.uint16,
    "offsets": np.uint32,
    "keys": np.uint64,
    "log_probs": np.float32,
    "hashes": np.uint32,
    "words": np.uint32,
}


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
class TextIndex:
    """Where the words of a text are: `hashes`, ascending, and of each the word's number in `words`.

    hashes: uint32 (n_word,), the low bits of `hash_of_text`; words: uint32 (n_word,). Of equal hashes the
    commonest word is first. A few texts share their hash, so who looks one up compares the texts.
    """

    hashes: npt.NDArray[np.uint32]
    words: npt.NDArray[np.uint32]


@dataclass(frozen=True)
class WordArrays:
    """The words as flat arrays, in memory or mapped from a file.

    text: uint16, the hanzi of all words in a row, as UTF-16; word i is [offsets[i], offsets[i + 1]) of it.
    offsets: uint32 (n_word + 1,); keys: uint64 (n_word,), ascending, the packed syllables; log_probs:
    float32 (n_word,). Words are sorted by key, the commonest first among equals. `stored_index`: of a file.
    """

    text: npt.NDArray[np.uint16]
    offsets: npt.NDArray[np.uint32]
    keys: npt.NDArray[np.uint64]
    log_probs: npt.NDArray[np.float32]
    stored_index: TextIndex | None = None

    @classmethod
    def of(
        cls,
        text: str,
        lengths: npt.NDArray[Any],
        syllables: npt.NDArray[Any],
        log_probs: npt.NDArray[np.float32],
    ) -> WordArrays:
        """Return the arrays of words in order; `lengths`: hanzi of each, `syllables`: one a hanzi.

        Raises ValueError for sizes that do not match.
        """
        first = np.concatenate([np.zeros(1, np.int64), np.cumsum(lengths, dtype=np.int64)])
        if not first[-1] == len(text) == len(syllables) or len(lengths) != len(log_probs):
            raise ValueError(f"{len(text)} hanzi, {len(syllables)} syllables of {len(lengths)} words")
        keys = np.zeros(len(lengths), np.uint64)
        for column, shift in enumerate(_SHIFTS):
            words = lengths > column
            fields = syllables[first[:-1][words] + column].astype(np.uint64) + np.uint64(1)
            keys[words] |= fields << np.uint64(shift)
        wide = np.frombuffer(text.encode("utf-32-le", _LONE), "<u4") > _MOST_IN_ONE
        units = np.concatenate([np.zeros(1, np.int64), np.cumsum(wide + 1, dtype=np.int64)])
        codes = np.frombuffer(text.encode("utf-16-le", _LONE), "<u2")
        return cls(codes, units[first].astype(np.uint32), keys, log_probs)

    @cached_property
    def n_syllable(self) -> npt.NDArray[np.int64]:
        """(n_word,): syllables of each word."""
        numbers = np.zeros(len(self), np.int64)
        for shift in _SHIFTS:
            numbers += self.keys & np.uint64(_FIELD << shift) > 0
        return numbers

    @cached_property
    def syllables(self) -> npt.NDArray[np.uint16]:
        """(n_syllable.sum(),): the syllables of all words in a row."""
        fields = (self.keys[:, None] >> np.array(_SHIFTS, np.uint64)) & np.uint64(_FIELD)
        return (fields[fields > 0] - np.uint64(1)).astype(np.uint16)

    @cached_property
    def text_index(self) -> TextIndex:
        """Where the words of a text are; made where no file has it."""
        if self.stored_index is not None:
            return self.stored_index
        codes = np.frombuffer(self.whole_text.encode("utf-32-le", _LONE), "<u4")
        first = np.cumsum(self.n_syllable) - self.n_syllable
        hashes = np.zeros(len(self), np.uint32)
        for column in range(MAX_WORD_LENGTH):
            words = self.n_syllable > column
            hashes[words] = hashes[words] * np.uint32(HASH_BASE & _LOW) + codes[first[words] + column]
        order = np.lexsort((-self.log_probs, hashes))
        return TextIndex(hashes[order], order.astype(np.uint32))

    @property
    def whole_text(self) -> str:
        """The hanzi of all words in a row."""
        return self.text.tobytes().decode("utf-16-le", _LONE)

    def __len__(self) -> int:
        return len(self.log_probs)

    def text_of(self, i: int) -> str:
        """Return the hanzi of word i."""
        text, offsets, _ = self._views
        return text[offsets[i] : offsets[i + 1]].tobytes().decode("utf-16-le", _LONE)

    def word(self, i: int) -> tuple[str, list[int]]:
        """Return hanzi and syllable indices of word i."""
        key = self._views[2][i]
        fields = [key >> shift & _FIELD for shift in _SHIFTS]
        return self.text_of(i), [field - 1 for field in fields if field]

    def with_syllables(self, syllables: Sequence[int]) -> range:
        """Return the words of exactly these syllables, seven at most."""
        keys, key = self._views[2], pack_syllables(syllables)
        first = bisect_left(keys, key)
        return range(first, bisect_right(keys, key, first))

    def within(self, ranges: Sequence[tuple[int, int]], limit: int) -> list[int]:
        """Return the `limit` commonest words with a syllable in each of these half-open ranges in turn."""
        words = self._beginning_within(ranges[:2])
        keys = self.keys[words]
        fits = keys & np.uint64((1 << _SHIFTS[len(ranges) - 1]) - 1) == 0  # no syllable behind them
        for (low, high), shift in zip(ranges[2:], _SHIFTS[2:], strict=False):
            fields = (keys >> np.uint64(shift)) & np.uint64(_FIELD)
            fits &= (fields > low) & (fields <= high)  # a key holds the syllable plus 1
        words = words[fits]
        order = np.argsort(-self.log_probs[words], kind="stable")
        return [int(i) for i in words[order[:limit]]]

    def _beginning_within(self, ranges: Sequence[tuple[int, int]]) -> npt.NDArray[np.intp]:
        """Return the words whose first syllable, and second if two ranges are given, lie in these.

        They are a run of words for each first syllable, far fewer than all that lies between for initials.
        """
        low, high = (np.uint64(syllable + 1) for syllable in ranges[0])
        if len(ranges) == 1:
            edges = np.array([[low], [high]], np.uint64) << np.uint64(_SHIFTS[0])
        else:
            seconds = np.array(ranges[1], np.uint64)[:, None] + np.uint64(1)
            edges = np.arange(low, high, dtype=np.uint64) << np.uint64(_SHIFTS[0])
            edges = edges | seconds << np.uint64(_SHIFTS[1])
        starts, ends = np.searchsorted(self.keys, edges)
        lengths = ends - starts
        before = np.cumsum(lengths) - lengths
        return np.repeat(starts - before, lengths) + np.arange(int(lengths.sum()))

    def with_text(self, text: str) -> list[int]:
        """Return the words of exactly these hanzi, the commonest reading first."""
        hashes, value = self.text_index.hashes.data, hash_of_text(text) & _LOW
        first = bisect_left(hashes, value)
        found = self.text_index.words[first : bisect_right(hashes, value, first)].tolist()
        return [i for i in found if self.text_of(i) == text]

    def beginnings(self) -> frozenset[tuple[int, int]]:
        """Return the first two syllables of all words of two and more."""
        all_pairs = (self.keys >> np.uint64(_SHIFTS[1])).astype(np.int64)
        pairs = all_pairs[np.diff(all_pairs, prepend=0) > 0]
        firsts, seconds = (pairs >> _BITS) - 1, (pairs & _FIELD) - 1
        has_second = seconds >= 0
        return frozenset(zip(firsts[has_second].tolist(), seconds[has_second].tolist(), strict=True))

    @cached_property
    def _views(self) -> tuple[memoryview, memoryview, memoryview]:
        """Views of text, offsets and keys: one number of them takes a third of the time of an array's."""
        return self.text.data, self.offsets.data, self.keys.data


def pack_syllables(syllables: Sequence[int]) -> int:
    """Return the key of one to seven syllable indices."""
    key = 0
    for position, syllable in enumerate(syllables):
        key |= (syllable + 1) << _SHIFTS[position]
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
    return WordArrays.of(
        "".join(text for (text, _), _ in ordered),
        np.array([len(text) for (text, _), _ in ordered], dtype=np.int64),
        np.array([s for (_, syllables), _ in ordered for s in syllables], dtype=np.uint16),
        np.log(counts / total).astype(np.float32) if ordered else np.zeros(0, np.float32),
    )


def save_arrays(arrays: WordArrays, path: Path) -> None:
    """Write the arrays, to be mapped where the name ends in `.bin`, otherwise as a compressed npz.

    Log-probabilities are rounded to half precision. The same arrays give the same bytes.
    """
    halves = arrays.log_probs.astype(np.float16)
    if path.suffix == MAPPED:
        rounded = replace(arrays, log_probs=halves.astype(np.float32), stored_index=None)
        content = dump_arrays(_stored(rounded))
        path.unlink(missing_ok=True)  # whoever has mapped the file that was there goes on with it
        path.write_bytes(content)
        return
    np.savez_compressed(
        path,
        format=np.array(FORMAT),
        text=np.frombuffer(arrays.whole_text.encode("utf-8"), dtype=np.uint8),
        lengths=arrays.n_syllable.astype(np.uint8),
        syllables=arrays.syllables,
        log_probs=halves,
    )


def load_arrays(path: Path) -> WordArrays:
    """Return the arrays of a file of `save_arrays`. Raises LexiconError where it is none, or damaged.

    Of a file that is mapped only the header is read, and checked against the file's size.
    """
    if not path.is_file():
        raise LexiconError.of(says(Kind.THE_LEXICON, path=path), says(Kind.NO_FILE), _REMEDY)
    try:
        return _map(path) if path.suffix == MAPPED else _unpack(path)
    except LexiconError:
        raise
    except (ValueError, TypeError, KeyError, OSError, EOFError, zipfile.BadZipFile, zlib.error) as error:
        found = says(Kind.A_DAMAGED_FILE, reason=reason_of(error))
        raise LexiconError.of(says(Kind.LEXICON_IN, path=path), found, _REMEDY) from error


def _stored(arrays: WordArrays) -> Arrays:
    """Return the arrays of the file that is mapped."""
    index = arrays.text_index
    return {
        "format": np.array([FORMAT], np.uint32),
        "text": arrays.text,
        "offsets": arrays.offsets,
        "keys": arrays.keys,
        "log_probs": arrays.log_probs,
        "hashes": index.hashes,
        "words": index.words,
    }


def _map(path: Path) -> WordArrays:
    arrays = open_arrays(path)
    for name, number_type in _TYPES.items():
        if arrays[name].ndim != 1 or arrays[name].dtype != number_type:
            raise ValueError(f"{name}: {arrays[name].dtype.str} {arrays[name].shape}")
    _require_format(path, arrays["format"].reshape(()))
    columns = [arrays[name] for name in ("keys", "log_probs", "hashes", "words")]
    text, offsets = arrays["text"], arrays["offsets"]
    sizes = len(text), *map(len, columns)
    _require_sizes(path, sizes, (*map(int, offsets[-1:]), *[len(offsets) - 1] * len(columns)))
    keys, log_probs, hashes, words = columns
    return WordArrays(text, offsets, keys, log_probs, TextIndex(hashes, words))


def _unpack(path: Path) -> WordArrays:
    with path.open("rb") as file, zipfile.ZipFile(file):  # np.load takes other formats, too
        file.seek(0)
        with np.load(file) as contents:
            number, codes, lengths, syllables, log_probs = [contents[name] for name in _ARRAYS]
    text = codes.tobytes().decode("utf-8")
    _require_format(path, number)
    n_hanzi = int(lengths.sum(dtype=np.int64))
    _require_sizes(path, (len(text), len(syllables), len(log_probs)), (n_hanzi, n_hanzi, len(lengths)))
    return WordArrays.of(text, lengths, syllables, log_probs.astype(np.float32))


def _require_format(path: Path, number: Array) -> None:
    if number.tolist() != FORMAT:
        expected = says(Kind.LEXICON_FORMAT, number=FORMAT, path=path)
        raise LexiconError.of(expected, short_repr(number.tolist()), _REMEDY)


def _require_sizes(path: Path, found: tuple[int, ...], wanted: tuple[int, ...]) -> None:
    if found != wanted:
        raise LexiconError.of(says(Kind.MATCHING_SIZES_IN, path=path), str(found), _REMEDY)
