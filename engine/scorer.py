"""Log-probabilities of the next reading: where models are mixed.

Knows evaluated nodes, syllable ranges and the decoder's head; knows nothing of keys or beams.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt

from engine.inference import Decoder, FloatArray
from engine.trie import Node, Trie
from engine.vocabulary import Vocabulary

IndexArray = npt.NDArray[np.intp]


class Scorer:
    """Log-probabilities of readings behind evaluated nodes.

    The one place where models are mixed: whatever else knows something about the next reading
    joins here, under the rule that what is returned is never above 0 (the search prunes by it)
    and depends on nothing but the node's tokens.
    """

    def __init__(self, decoder: Decoder, trie: Trie, vocabulary: Vocabulary) -> None:
        self._decoder = decoder
        self._trie = trie
        self._vocabulary = vocabulary
        self._slices: dict[tuple[int, int], _Slices] = {}

    def reading_log_probs(self, nodes: Sequence[Node], first_syllable: int, last_syllable: int) -> FloatArray:
        """(m, n): log P(reading | history) of all n readings of the syllables
        [first_syllable, last_syllable), in the order of their ids."""
        slices = self._slices_of(first_syllable, last_syllable)
        if slices.start == slices.end:
            return np.zeros((len(nodes), 0), dtype=np.float32)
        logits = self._decoder.reading_logits(self._trie.hidden(nodes), slices.start, slices.end)
        log_probs = slices.log_softmax(logits)
        log_probs += self._trie.class_log_probs(nodes)[:, slices.classes]
        return np.minimum(log_probs, 0.0, out=log_probs)

    def first_token(self, first_syllable: int, last_syllable: int) -> int:
        """The id of column 0 of `reading_log_probs`."""
        return self._slices_of(first_syllable, last_syllable).start

    def _slices_of(self, first_syllable: int, last_syllable: int) -> _Slices:
        key = first_syllable, last_syllable
        slices = self._slices.get(key)
        if slices is None:
            start, end = self._vocabulary.reading_range(first_syllable, last_syllable)
            slices = _Slices(start, end, self._vocabulary.class_of_token[start:end].astype(np.intp))
            self._slices[key] = slices
        return slices


@dataclass(frozen=True)
class _Slices:
    """The ids [start, end), cut where the syllable changes; `classes`: the class of each id."""

    start: int
    end: int
    classes: IndexArray

    @cached_property
    def cuts(self) -> IndexArray:
        """Where each syllable's slice begins, in columns."""
        return np.flatnonzero(np.diff(self.classes, prepend=-1))

    @cached_property
    def slice_of_column(self) -> IndexArray:
        return np.cumsum(np.diff(self.classes, prepend=-1) != 0) - 1

    def log_softmax(self, logits: FloatArray) -> FloatArray:
        """(m, n) logits, normalised within each syllable's slice."""
        maxima = np.maximum.reduceat(logits, self.cuts, axis=1)
        shifted: FloatArray = logits - maxima[:, self.slice_of_column]
        sums = np.add.reduceat(np.exp(shifted), self.cuts, axis=1)
        shifted -= np.log(sums)[:, self.slice_of_column]
        return shifted
