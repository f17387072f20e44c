"""Run `python -m training word-pairs`: count the associations of words that stand apart in a clause.

The text is cut as for the n-gram of words, whose words are numbered in its file; the pairs that are met most
are added to that file (`engine.model.word_pairs`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.arrays import dump_arrays, open_arrays
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import hash_of_text
from engine.model.word_ngram import FIRST_RARE_WORD, NO_WORD, WordNgram
from engine.model.word_pairs import FARTHEST, NEAREST, pack_pairs
from training.checkpoint_files import save_whole
from training.corpus.shards import Shards, note_on_weights
from training.ngram.segmentation import Segmenter

_BITS: Final[int] = 16  # of a word's number
_CHUNK: Final[int] = 8_000_000  # words that are paired together
_MOST_PENDING: Final[int] = 100_000_000  # pairs of chunks that are kept before equal ones are added up

WordNumbers = npt.NDArray[np.int32]


def make_word_pairs(
    data: Path, words: Path, output: Path, word_list: Path, weights: dict[str, float], n_pair: int
) -> None:
    """Count the pairs of the words of the file `words` and write OUT: that file with `n_pair` of them."""
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    shards = Shards(data, "train", vocabulary)
    if note := note_on_weights(shards, weights):
        print(note)
    model, arrays = WordNgram.load(words), open_arrays(words)
    segmenter = Segmenter.of_list(vocabulary, word_list)
    numbers = np.array([model.word(hash_of_text(word)) for word in segmenter.words], np.int32)
    numbers[numbers >= FIRST_RARE_WORD] = NO_WORD
    counts = PairCounts(min(model.n_word, FIRST_RARE_WORD))
    for name, tokens in shards.streams.items():
        if weight := weights.get(name, 1.0):
            cut = segmenter.cut(tokens)
            is_word = cut >= 0
            counts.add(numbers[cut[is_word]], np.cumsum(~is_word, dtype=np.int64)[is_word], weight)
    with save_whole(output) as file:
        file.write(dump_arrays(arrays | pack_pairs(*counts.most(n_pair), counts.left, counts.right)))
    print(f"{output}: {n_pair:,} pairs of {counts.left.sum():,.0f} met, {output.stat().st_size / 1e6:.1f} MB")


class PairCounts:
    """How often one word stands before another in a clause, NEAREST to FARTHEST words on."""

    def __init__(self, n_word: int) -> None:
        """`n_word` is at most 65,536: a pair is packed into 32 bits."""
        self.left = np.zeros(n_word)
        self.right = np.zeros(n_word)
        self._pending: list[tuple[npt.NDArray[np.uint32], npt.NDArray[Any]]] = []

    def add(self, words: WordNumbers, clauses: npt.NDArray[np.int64], weight: float) -> None:
        """Count the pairs of a text, each `weight` times.

        words: (n,), NO_WORD for what is not counted; clauses: (n,), a number for the clause of each.
        """
        for begin in range(0, len(words), _CHUNK):
            pairs = _pairs_of(words[begin : begin + _CHUNK], clauses[begin : begin + _CHUNK])
            found, times = np.unique(pairs, return_counts=True)
            counts = times * weight
            self.left += np.bincount(found >> _BITS, counts, len(self.left))
            self.right += np.bincount(found & ((1 << _BITS) - 1), counts, len(self.right))
            self._pending.append((found, counts))
        if sum(len(found) for found, _ in self._pending) > _MOST_PENDING:
            self._add_up()

    def most(
        self, n_pair: int
    ) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint16], npt.NDArray[np.float64]]:
        """Return first words, second words and counts, (n,), of the `n_pair` pairs met most, sorted."""
        self._add_up()
        pairs, counts = self._pending[0]
        kept = np.sort(np.argsort(-counts, kind="stable")[:n_pair])
        pairs = pairs[kept]
        return (pairs >> _BITS).astype(np.uint16), (pairs & 0xFFFF).astype(np.uint16), counts[kept]

    def _add_up(self) -> None:
        pairs = np.concatenate([np.zeros(0, np.uint32), *(found for found, _ in self._pending)])
        counts = np.concatenate([np.zeros(0), *(found for _, found in self._pending)])
        distinct, places = np.unique(pairs, return_inverse=True)
        self._pending = [(distinct, np.bincount(places, counts, len(distinct)))]


def _pairs_of(words: WordNumbers, clauses: npt.NDArray[np.int64]) -> npt.NDArray[np.uint32]:
    """Return the pairs of a piece of text, first word above the second."""
    found = [np.zeros(0, np.uint32)]
    for distance in range(NEAREST, FARTHEST + 1):
        first, second = words[:-distance], words[distance:]
        paired = (first >= 0) & (second >= 0) & (clauses[:-distance] == clauses[distance:])
        found.append(first[paired].astype(np.uint32) << _BITS | second[paired].astype(np.uint32))
    return np.concatenate(found)
