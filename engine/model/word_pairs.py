"""Score pairs of words that stand in one clause, apart: 开 and 会议, 雨 and 伞.

A trigram sees three words in a row. What a word says of another further on is kept here as their association:
the logarithm of how often the two stand so, over how often they would by chance. It is the pointwise mutual
information (Church & Hanks 1990), used to rank texts as the trigger pairs of Rosenfeld (1996) are. Words have
the numbers of the n-gram of words (`engine.model.word_ngram`), whose file holds these arrays as well:

    lefts, rights    float32 (n,): the product of the one of a word and the other of a later word is how often
                     the two would stand so by chance
    pair_bounds      uint32 (n + 1,): where the pairs of each first word begin
    tokens_3, codes_3, log_probs_3    the second words, ascending, and the associations, as the entries of
                     `engine.model.ngram_file`, 16 values
"""

from __future__ import annotations

import math
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import Arrays
from engine.error_kinds import Kind
from engine.model.ngram_file import Entries, pack_entries, unfitting

NEAREST: Final[int] = 2  # words from the first of a pair to the second
FARTHEST: Final[int] = 12
PAIR_LEVEL: Final[int] = 3  # of the arrays, above bigrams and trigrams
DOUBT: Final[float] = 1.0  # times that are added to what was counted, and to what chance gives

# Of what chance gives, how often a pair that is not kept was counted, on average.
_SHARE_NOT_KEPT: Final[float] = 0.3
_MOST_REMEMBERED: Final[int] = 1 << 14

_Counts = npt.NDArray[np.float64]


class WordPairs:
    """The associations of pairs of words, in nats."""

    def __init__(self, arrays: Arrays) -> None:
        """Take the arrays of a file. Raises NgramError where they do not fit together, LookupError where one
        is missing.
        """
        lefts, rights, bounds = arrays["lefts"], arrays["rights"], arrays["pair_bounds"]
        self._entries = Entries(arrays, PAIR_LEVEL)
        is_whole = (
            lefts.ndim == 1
            and lefts.shape == rights.shape
            and bounds.shape == (len(lefts) + 1,)
            and (np.diff(bounds.astype(np.int64)) >= 0).all()
            and bounds[-1] == len(self._entries)
        )
        if not is_whole:
            raise unfitting(Kind.FITTING_WORDS)
        self._n_word = len(lefts)
        # Views: one number of them takes a third of the time that one of an array does.
        self._lefts, self._rights, self._bounds = lefts.data, rights.data, bounds.data
        self._found: dict[tuple[int, int], float] = {}
        self._sums: dict[tuple[int, ...], float] = {}

    def __len__(self) -> int:
        return len(self._entries)

    def association(self, first: int, second: int) -> float:
        """Return the association of two words by their numbers; 0 where one of them is rare or none."""
        pair = first, second
        found = self._found.get(pair)
        if found is None:
            if len(self._found) == _MOST_REMEMBERED:
                self._found.clear()
            found = self._found[pair] = self._find(first, second)
        return found

    def of(self, words: tuple[int, ...]) -> float:
        """Return the sum over all pairs of the words of a clause, or of its beginning.

        Sums are remembered: a text that goes on costs the pairs of its last word alone.
        """
        if len(words) <= NEAREST:
            return 0.0
        total = self._sums.get(words)
        if total is None:
            total = self.of(words[:-1])
            for first in words[max(0, len(words) - 1 - FARTHEST) : len(words) - NEAREST]:
                total += self.association(first, words[-1])
            if len(self._sums) == _MOST_REMEMBERED:
                self._sums.clear()
            self._sums[words] = total
        return total

    def _find(self, first: int, second: int) -> float:
        if not 0 <= first < self._n_word or not 0 <= second < self._n_word:
            return 0.0
        entry = self._entries.find(second, (self._bounds[first], self._bounds[first + 1], 0.0))
        if entry >= 0:
            return self._entries.log_prob(entry)
        by_chance = self._lefts[first] * self._rights[second]
        return math.log((_SHARE_NOT_KEPT * by_chance + DOUBT) / (by_chance + DOUBT))


def pack_pairs(
    firsts: npt.NDArray[np.uint16],
    seconds: npt.NDArray[np.uint16],
    counts: _Counts,
    left: _Counts,
    right: _Counts,
) -> Arrays:
    """Return the arrays of pairs, which are sorted by first word, then by second.

    counts: how often each pair was met; left, right, both (n_word,): how often each word was the first and
    the second of a pair, of all that were met.
    """
    scale = 1 / math.sqrt(max(left.sum(), 1.0))
    lefts, rights = left * scale, right * scale
    associations = np.log((counts + DOUBT) / (lefts[firsts] * rights[seconds] + DOUBT))
    bounds = np.searchsorted(firsts, np.arange(len(left) + 1))
    return {
        "lefts": lefts.astype(np.float32),
        "rights": rights.astype(np.float32),
        "pair_bounds": bounds.astype(np.uint32),
    } | pack_entries(seconds, associations.astype(np.float32), PAIR_LEVEL)
