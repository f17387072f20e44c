"""Score words by a pruned trigram, and cut texts into words.

Words are runs of hanzi, whatever their readings, numbered by how often the counted text has them; the
commonest 65,535 may stand in bigrams and trigrams, the others are known by themselves alone. Word 0 is the
boundary of a clause. A word is found by a hash of its characters, so that no text has to be unpacked. The
arrays are those of `engine.model.ngram_file`, three levels, and

    hashes    uint64, ascending: `hash_of_text` of each word but the boundary
    words     uint32: the number of each

and, optional, those of `engine.model.word_pairs`.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import ArrayFileError, Arrays, DoubleArray, open_arrays
from engine.error_kinds import Kind
from engine.errors import reason_of, says
from engine.lexicon.vocabulary import SPECIALS
from engine.lexicon.word_arrays import HASH_BASE, hash_of_text
from engine.model.ngram_file import (
    NO_CONTEXT,
    Context,
    Contexts,
    Entries,
    Level,
    NgramError,
    pack_levels,
    unfitting,
)
from engine.model.word_pairs import WordPairs

WORD_LEVELS: Final[int] = 3
LONGEST_WORD: Final[int] = 6  # hanzi
BOUNDARY_WORD: Final[int] = 0
NO_WORD: Final[int] = -1
FIRST_RARE_WORD: Final[int] = 1 << 16  # words from here on stand in no bigram

_APART: Final[str] = "\0"  # stands between two texts that are cut; its hash is 0, which no word has

UNKNOWN_WORD: Final[float] = -18.0  # log P of a hanzi that the counted text never had as a word

_Places = npt.NDArray[np.intp]
_Hashes = npt.NDArray[np.uint64]

# Contexts of the words so far: of the last two, and of the last one.
WordState = tuple[Context, Context]
NOTHING: Final[WordState] = (NO_CONTEXT, NO_CONTEXT)


class WordNgram:
    """log P(word | the two words before it); `pairs` where the file has them."""

    def __init__(self, arrays: Arrays) -> None:
        hashes, words, unigrams = arrays["hashes"], arrays["words"], arrays["unigrams"]
        bounds, backoffs = arrays["bounds"], arrays["backoffs_0"]
        levels = [Entries(arrays, level) for level in range(1, WORD_LEVELS)]
        is_whole = (
            hashes.shape == words.shape
            and bounds.shape == (min(len(unigrams), FIRST_RARE_WORD) + 1,)
            and backoffs.shape == (len(bounds) - 1,)
            and (not len(words) or words.max() < len(unigrams))
            and bounds[-1] == len(levels[0])
        )
        if not is_whole or unigrams.ndim != 1:
            raise unfitting(Kind.FITTING_WORDS)
        self.n_word = len(unigrams)
        self._hashes, self._words = hashes.data, words.data
        self._unigrams, self._bounds, self._backoffs = unigrams.data, bounds.data, backoffs.data
        self._bigrams, self._trigrams = levels
        self._contexts = Contexts(arrays, 1, len(self._bigrams), len(self._trigrams))
        self.start: WordState = NO_CONTEXT, self._context(BOUNDARY_WORD)
        self.pairs = WordPairs(arrays) if "pair_bounds" in arrays else None

    @classmethod
    def load(cls, path: Path) -> WordNgram:
        """Map the file of words at `path`. Raises NgramError."""
        try:
            return cls(open_arrays(path))
        except (ArrayFileError, LookupError, OSError, TypeError, ValueError) as error:
            found = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
            raise NgramError.of(says(Kind.WORD_FILE, path=path), found) from error

    def word(self, value: int) -> int:
        """Return the number of the word of this hash; NO_WORD where there is none."""
        place = bisect_left(self._hashes, value)
        found = place < len(self._hashes) and self._hashes[place] == value
        return self._words[place] if found else NO_WORD

    def shares(self, texts: Sequence[str]) -> DoubleArray:
        """Return how often each text is one word, (n,), as a share of all words; 0 where it is none."""
        return np.exp(self._log_probs(np.array([hash_of_text(text) for text in texts], dtype=np.uint64)))

    def cut(self, texts: Sequence[str]) -> list[tuple[int, ...]]:
        """Return the hashes of the words of each text, cut as is likeliest by the words alone.

        A hanzi that is in no word is one by itself. Many texts at once take a fifth of the time.
        """
        if not any(texts):
            return [()] * len(texts)
        starts, ends, hashes, log_probs = self._words_in(_APART.join(texts))
        last = int(ends[-1])
        best, through = [0.0] + [-np.inf] * last, [0] * (last + 1)  # the last word of the likeliest cut
        edges = zip(starts.tolist(), ends.tolist(), log_probs.tolist(), strict=True)
        for number, (start, end, log_prob) in enumerate(edges):
            if best[start] + log_prob > best[end]:
                best[end], through[end] = best[start] + log_prob, number
        found: list[int] = []
        place = last
        while place:
            number = through[place]
            found.append(int(hashes[number]))
            place = int(starts[number])
        return _split(found[::-1])

    def _words_in(self, text: str) -> tuple[_Places, _Places, _Hashes, DoubleArray]:
        """Return start, end, hash and log P of each word that stands in `text`, by start, then by end."""
        codes = np.frombuffer(text.encode("utf-32-le"), np.uint32).astype(np.uint64)
        values = np.zeros(len(codes), np.uint64)
        inside = np.ones(len(codes), np.bool_)
        parts = []
        for length in range(1, min(LONGEST_WORD, len(codes)) + 1):
            last = codes[length - 1 :]
            values = values[: len(last)] * np.uint64(HASH_BASE) + last
            log_probs = self._log_probs(values)
            if length == 1:
                log_probs = np.where(codes == 0, 0.0, np.maximum(log_probs, UNKNOWN_WORD))
            else:
                inside = inside[: len(last)] & (last != 0) & (codes[: len(last)] != 0)
            starts = np.flatnonzero(inside & np.isfinite(log_probs))
            parts.append((starts, starts + length, values[starts], log_probs[starts]))
        starts, ends, hashes, found = (np.concatenate(column) for column in zip(*parts, strict=True))
        order = np.argsort(starts, kind="stable")
        return starts[order], ends[order], hashes[order], found[order]

    def _log_probs(self, values: _Hashes) -> DoubleArray:
        """Return log P of the words of these hashes (n,) behind nothing; -inf where there is none."""
        hashes = np.asarray(self._hashes)
        if not len(hashes):
            return np.full(len(values), -np.inf)
        places = np.minimum(np.searchsorted(hashes, values), len(hashes) - 1)
        log_probs = np.asarray(self._unigrams)[np.asarray(self._words)[places]].astype(np.float64)
        return np.where(hashes[places] == values, log_probs, -np.inf)

    def step(self, state: WordState, word: int) -> tuple[float, WordState]:
        """Return log P(word | state), and the state behind it. NO_WORD is a hanzi that was never counted."""
        if word == NO_WORD:
            return UNKNOWN_WORD + state[0][2] + state[1][2], NOTHING
        both, last = state
        value, bigram = self._unigrams[word] + last[2], NO_CONTEXT
        if last is not NO_CONTEXT and word < FIRST_RARE_WORD:
            entry = self._bigrams.find(word, last)
            if entry >= 0:
                value, bigram = self._bigrams.log_prob(entry), self._contexts.of(entry)
        if both is not NO_CONTEXT:
            entry = self._trigrams.find(word, both) if word < FIRST_RARE_WORD else -1
            value = value + both[2] if entry < 0 else self._trigrams.log_prob(entry)
        return value, (bigram, self._context(word))

    def _context(self, word: int) -> Context:
        if word >= FIRST_RARE_WORD:
            return NO_CONTEXT
        first, last = self._bounds[word], self._bounds[word + 1]
        return NO_CONTEXT if first == last else (first, last, self._backoffs[word])


def _split(hashes: Sequence[int]) -> list[tuple[int, ...]]:
    """Return the words of each text, which a 0 keeps apart."""
    texts: list[list[int]] = [[]]
    for value in hashes:
        if value:
            texts[-1].append(value)
        else:
            texts.append([])
    return [tuple(text) for text in texts]


def pack_words(levels: Sequence[Level], texts: Sequence[str]) -> Arrays:
    """Return the arrays of a file of this model. `texts`: the words from 1 on. Raises NgramError."""
    arrays = pack_levels(levels, 0)
    n_context = min(len(levels[0].tokens), FIRST_RARE_WORD)
    arrays["bounds"] = arrays["bounds"][: n_context + 1]
    arrays["backoffs_0"] = arrays["backoffs_0"][:n_context]
    found = [n for n, text in enumerate(texts, start=1) if len(text) <= LONGEST_WORD or text in SPECIALS]
    hashes = np.array([hash_of_text(texts[number - 1]) for number in found], dtype=np.uint64)
    order = np.argsort(hashes, kind="stable")
    if (hashes[order][1:] == hashes[order][:-1]).any():
        raise NgramError.of(says(Kind.UNLIKE_WORDS), says(Kind.TWO_ALIKE))
    return arrays | {"hashes": hashes[order], "words": np.array(found, np.uint32)[order]}
