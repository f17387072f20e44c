"""Hold the words of one user in memory: imported ones in flat arrays, learnt ones beside them."""

from __future__ import annotations

import math
import zlib
from collections.abc import Iterable, Sequence
from typing import Final

import numpy as np

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import MAX_WORD_LENGTH, MIN_WORD_LENGTH, Word, WordArrays, build_arrays
from engine.spelling.syllable import SYLLABLE_INDEX

_EMPTY: Final[WordArrays] = build_arrays(())
_N_CHECK: Final[int] = 4  # bytes of a checksum behind the words


class UserWords:
    """The user's words, looked up like a `Lexicon`; learnt ones come before imported ones."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary
        self._own = Lexicon(_EMPTY, vocabulary)
        self._imported = Lexicon(_EMPTY, vocabulary)
        self._old = Lexicon(_EMPTY, vocabulary)  # learnt, too long ago to be read at every start
        self._kept: list[Lexicon] = []  # those of the three that are not empty
        self._beginnings: frozenset[tuple[int, int]] = frozenset()  # two syllables of what was brought in
        self._learnt: dict[tuple[int, ...], dict[tuple[int, ...], int]] = {}  # syllables, tokens, times
        self._by_first: dict[tuple[int, int], set[tuple[int, ...]]] = {}  # length, first: syllables

    def __len__(self) -> int:
        return sum(map(len, self._kept)) + sum(map(len, self._learnt.values()))

    def set_imported(self, arrays: WordArrays, old: WordArrays | None = None) -> None:
        """Take the imported words, and those learnt long ago, in place of those before."""
        self._imported = Lexicon(arrays, self._vocabulary)
        self._old = Lexicon(_EMPTY if old is None else old, self._vocabulary)
        self._keep()

    def set_own(self, arrays: WordArrays) -> None:
        """Take the words that were added by hand, in place of those before."""
        self._own = Lexicon(arrays, self._vocabulary)
        self._keep()

    @property
    def has_brought_in(self) -> bool:
        """Whether there is a word that was imported or added by hand."""
        return bool(len(self._own) or len(self._imported))

    def brought_in(self, syllables: tuple[int, ...]) -> tuple[Word, ...]:
        """Return the words of exactly these syllables that were added by hand or imported."""
        if (syllables[0], syllables[1]) not in self._beginnings:
            return ()
        found = {word.tokens: word for word in self._own.lookup(syllables)}
        for word in self._imported.lookup(syllables):
            found.setdefault(word.tokens, word)
        return tuple(found.values())

    def is_brought_in(self, tokens: tuple[int, ...]) -> bool:
        """Return whether the word was imported or added by hand."""
        return self._own.contains(tokens) or self._imported.contains(tokens)

    def clear_learnt(self) -> None:
        self._learnt.clear()
        self._by_first.clear()

    def learn(self, tokens: tuple[int, ...], times: int = 1) -> None:
        """Count a use of a word, or several."""
        syllables = self._syllables(tokens)
        words = self._learnt.setdefault(syllables, {})
        words[tokens] = words.get(tokens, 0) + times
        self._by_first.setdefault((len(syllables), syllables[0]), set()).add(syllables)

    def unlearn(self, tokens: tuple[int, ...]) -> None:
        """Take one `learn` back."""
        syllables = self._syllables(tokens)
        words = self._learnt[syllables]
        words[tokens] -= 1
        if not words[tokens]:
            del words[tokens]
        if not words:
            del self._learnt[syllables]
            self._by_first[len(syllables), syllables[0]].discard(syllables)

    def contains(self, tokens: tuple[int, ...]) -> bool:
        if not self._learnt and not self._kept:
            return False
        syllables = self._syllables(tokens)
        is_learnt = tokens in self._learnt.get(syllables, ())
        return is_learnt or any(lexicon.contains(tokens) for lexicon in self._kept)

    def lookup(self, syllables: Sequence[int]) -> tuple[Word, ...]:
        """Return the words of exactly these syllables (indices), the commonest first."""
        found = {word.tokens: word for word in self._words_of(tuple(syllables))}
        for lexicon in self._kept:
            for word in lexicon.lookup(syllables):
                found.setdefault(word.tokens, word)
        return tuple(found.values())

    def lookup_ranges(self, ranges: Sequence[tuple[int, int]], limit: int) -> tuple[Word, ...]:
        """Return the `limit` commonest words with a syllable of each half-open range in turn."""
        found = [
            word
            for first in range(*ranges[0])
            for syllables in sorted(self._by_first.get((len(ranges), first), ()))
            if all(low <= syllable < high for syllable, (low, high) in zip(syllables, ranges, strict=True))
            for word in self._words_of(syllables)
        ]
        found.sort(key=lambda word: (-word.log_prob, word.tokens))
        words = {word.tokens: word for word in found}
        for lexicon in self._kept:
            for word in lexicon.lookup_ranges(ranges, limit):
                words.setdefault(word.tokens, word)
        return tuple(words.values())[:limit]

    def _keep(self) -> None:
        brought_in = (self._own, self._imported)
        self._beginnings = frozenset().union(*(lexicon.beginnings() for lexicon in brought_in))
        self._kept = [lexicon for lexicon in (self._own, self._imported, self._old) if len(lexicon)]

    def _syllables(self, tokens: tuple[int, ...]) -> tuple[int, ...]:
        return tuple(map(self._vocabulary.syllable_of_token, tokens))

    def _words_of(self, syllables: tuple[int, ...]) -> list[Word]:
        rows = self._learnt.get(syllables, {}).items()
        words = [Word(self._vocabulary.text(tokens), tokens, math.log(times)) for tokens, times in rows]
        return sorted(words, key=lambda word: (-word.log_prob, word.tokens))


def arrays_of(words: Iterable[tuple[str, Sequence[str], float]]) -> WordArrays:
    """Return arrays of (hanzi, syllables, count) rows; words that no lexicon can hold are left out."""
    fit = {
        (text, tuple(reading)): max(count, 1.0)
        for text, reading, count in words
        if MIN_WORD_LENGTH <= len(text) <= MAX_WORD_LENGTH
        and len(text) == len(reading)
        and all(syllable in SYLLABLE_INDEX for syllable in reading)
    }
    return build_arrays((text, reading, count) for (text, reading), count in fit.items())


def to_bytes(arrays: WordArrays) -> bytes:
    """Return one block that `from_bytes` reads in a millisecond."""
    text = arrays.whole_text.encode("utf-8")
    sizes = np.array([len(text), len(arrays.syllables), len(arrays)], dtype="<i8")
    lengths = arrays.n_syllable.astype(np.uint8)
    columns = arrays.log_probs.astype("<f4"), arrays.syllables.astype("<u2"), lengths
    block = b"".join([sizes.tobytes(), *(column.tobytes() for column in columns), text])
    return block + zlib.crc32(block).to_bytes(_N_CHECK, "little")


def from_bytes(block: bytes) -> WordArrays:
    """Return the arrays of a block of `to_bytes`. Raises ValueError for anything else."""
    block, check = block[:-_N_CHECK], block[-_N_CHECK:]
    if zlib.crc32(block).to_bytes(_N_CHECK, "little") != check:
        raise ValueError("expected the checksum of the words, found another")
    n_byte, n_syllable, n_word = np.frombuffer(block, "<i8", 3).tolist()
    log_probs = np.frombuffer(block, "<f4", n_word, 24)
    syllables = np.frombuffer(block, "<u2", n_syllable, 24 + 4 * n_word)
    lengths = np.frombuffer(block, np.uint8, n_word, 24 + 4 * n_word + 2 * n_syllable)
    text = block[24 + 5 * n_word + 2 * n_syllable :]
    if len(text) != n_byte:
        raise ValueError(f"expected {n_byte} bytes of text, found {len(text)}")
    return WordArrays.of(text.decode("utf-8"), lengths, syllables, log_probs.astype(np.float32))
