"""Look up words of up to seven hanzi by their reading or text, with how common they are.

The words live in a few flat arrays (no object per word until one is looked up) that are mapped from a file:
hundreds of thousands of them cost next to nothing at the start, and of memory what is looked at.

A sequence of syllables is packed into one 64-bit key, nine bits a syllable, the first one highest: the words
sorted by key are sorted by reading, and the key is exact, not a hash.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import (
    MAX_WORD_LENGTH,
    MIN_WORD_LENGTH,
    Word,
    WordArrays,
    load_arrays,
)
from engine.spelling.syllable import SYLLABLES

_MOST_KEPT: Final[int] = 4096  # syllables whose words are kept
_ANY: Final = 0, len(SYLLABLES)


class Lexicon:
    """The words of a list, bound to the reading ids of one vocabulary.

    The lexicon may be larger than the decoder's alphabet: a reading that the vocabulary lacks has a
    token of `rare_tokens`.
    """

    def __init__(self, arrays: WordArrays, vocabulary: Vocabulary) -> None:
        self._arrays = arrays
        self._vocabulary = vocabulary
        self._first = vocabulary.n_special
        self._syllables = [0] * self._first + [syllable for _, syllable in vocabulary.readings]  # by id
        self._words_of: dict[tuple[int, ...], dict[tuple[int, ...], Word]] = {}  # by syllables

    @classmethod
    def load(cls, path: Path, vocabulary: Vocabulary) -> Lexicon:
        """Read the file that `save` writes. Raises LexiconError."""
        return cls(load_arrays(path), vocabulary)

    def __len__(self) -> int:
        return len(self._arrays)

    def lookup(self, syllables: Sequence[int]) -> tuple[Word, ...]:
        """Return the words of exactly these syllables (indices), the commonest first."""
        if not 1 <= len(syllables) <= MAX_WORD_LENGTH:
            return ()
        return tuple(map(self._word, self._arrays.with_syllables(syllables)))

    def lookup_ranges(self, ranges: Sequence[tuple[int, int]], limit: int) -> tuple[Word, ...]:
        """Return the `limit` commonest words with a syllable of each half-open range in turn: for `nh`."""
        if not MIN_WORD_LENGTH <= len(ranges) <= MAX_WORD_LENGTH:
            return ()
        return tuple(map(self._word, self._arrays.within(ranges, limit)))

    def going_on(self, tokens: Sequence[int], limit: int) -> list[Word]:
        """Return words whose first syllables are those of some reading ids: at most `limit` a length."""
        begun = [(s, s + 1) for s in map(self._vocabulary.syllable_of_token, tokens)]
        return [
            word
            for length in range(len(begun) + 1, MAX_WORD_LENGTH + 1)
            for word in self.lookup_ranges([*begun, *[_ANY] * (length - len(begun))], limit)
        ]

    def beginnings(self) -> frozenset[tuple[int, int]]:
        """Return the first two syllables of all words."""
        return self._arrays.beginnings()

    def find(self, tokens: Sequence[int]) -> Word | None:
        """Return the word of exactly these reading ids, or None.

        The words of the syllables last asked about are kept, as the texts of a beam share most syllables.
        """
        syllables = self._syllables_of(tokens)
        if not syllables:
            return None
        words = self._words_of.get(syllables)
        if words is None:
            if len(self._words_of) == _MOST_KEPT:
                self._words_of.clear()
            words = self._words_of[syllables] = {word.tokens: word for word in self.lookup(syllables)}
        return words.get(tuple(tokens))

    def contains(self, tokens: Sequence[int]) -> bool:
        """Return whether these reading ids, two or more, spell a word."""
        return len(tokens) >= MIN_WORD_LENGTH and self.find(tokens) is not None

    def _syllables_of(self, tokens: Sequence[int]) -> tuple[int, ...]:
        """Return the syllables of these reading ids; nothing where they cannot be a word."""
        if not 0 < len(tokens) <= MAX_WORD_LENGTH:
            return ()
        vocabulary = self._vocabulary
        if self._first <= min(tokens) and max(tokens) < len(self._syllables):
            return tuple([self._syllables[token] for token in tokens])
        if not all(map(vocabulary.is_reading, tokens)):
            return ()
        return tuple(map(vocabulary.syllable_of_token, tokens))

    def word_of_text(self, text: str) -> Word | None:
        """Return the word of exactly these hanzi in its commonest reading, or None."""
        return next(map(self._word, self._arrays.with_text(text)), None)

    def longest_match(self, text: str, start: int = 0) -> Word | None:
        """Return the longest word that begins at text[start], in its commonest reading, or None."""
        for length in range(min(MAX_WORD_LENGTH, len(text) - start), MIN_WORD_LENGTH - 1, -1):
            word = self.word_of_text(text[start : start + length])
            if word is not None:
                return word
        return None

    def words(self) -> Iterator[Word]:
        """Yield all words in the order of their readings."""
        return map(self._word, range(len(self._arrays)))

    def _word(self, i: int) -> Word:
        text, syllables = self._arrays.word(i)
        ids = self._vocabulary.id_of_reading
        tokens = tuple([ids.get(reading, -1) for reading in zip(text, syllables, strict=True)])
        if -1 in tokens:
            tokens = tuple(map(self._vocabulary.token_of, text, syllables))
        return Word(text, tokens, float(self._arrays.log_probs[i]))
