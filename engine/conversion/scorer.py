"""Score the next reading: here decoder, n-gram and the user's counts are mixed."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import FloatArray, IndexArray
from engine.lexicon.vocabulary import LATIN, SPECIALS, START, Vocabulary
from engine.model.decoder import Decoder
from engine.model.ngram import BOUNDARY_MARKS, EMPTY, NgramModel, NgramState
from engine.model.prefix_cache import Node, PrefixCache
from engine.user_model.cache_lm import NO_TOKEN, CacheCounts
from engine.user_model.document import Document
from engine.user_model.model import UserModel

_BOUNDARIES: Final = np.array([SPECIALS.index(mark) for mark in BOUNDARY_MARKS])
_LATIN_SHARE: Final[float] = -5.0  # log P(a Latin word) where nothing was counted
_MOST_BLOCKS: Final[int] = 8  # blocks of log-probabilities that are kept


class ReadingScores(NamedTuple):
    """What is known of all n readings of some syllables behind m histories; both of shape (m, n), read-only.

    log_probs: log P(reading | history), in nats. consensus: by how many nats the geometric mean of decoder
    and n-gram, with their shares, is below their mixture, never above 0; a reading that both think likely
    loses little.
    """

    log_probs: FloatArray
    consensus: FloatArray


class Scorer:
    """Log-probabilities of readings behind evaluated nodes.

    This is the one place where models are mixed. Whatever else knows something about the next reading joins
    here, under the rule that what is returned is never above 0 (the search prunes by it) and depends on
    nothing but the node's history and the reading.

    With an n-gram the two are mixed linearly, P = (1 - w) P_decoder + w P_ngram: a small decoder knows broad
    patterns, the n-gram exact counts (Mikolov et al. 2011). The weight w depends on how long a context the
    n-gram has seen (Jelinek & Mercer 1980). Then come two cache language models (Kuhn & De Mori 1990): the
    text before the caret, in which a name that was written once is likely to be written again, and last the
    user's own text, so that it also overcomes a penalty.

    If the text before the caret ends without a mark, a new clause may begin all the same: a line of a
    dialogue, a message, a title. The first reading then either continues from there or, behind an end that
    was not written, begins a clause: P(reading) + P(the clause ends) P(reading | START).
    """

    def __init__(
        self,
        decoder: Decoder,
        trie: PrefixCache,
        vocabulary: Vocabulary,
        ngram: NgramModel | None = None,
        penalties: FloatArray | None = None,  # (n_token,), nats taken off a reading, >= 0
        personal: UserModel | None = None,
        document: Document | None = None,
    ) -> None:
        self._decoder = decoder
        self._trie = trie
        self._vocabulary = vocabulary
        self._ngram = ngram
        self._penalties = penalties
        self._personal = personal
        self._document = document
        self._states: dict[Node, NgramState] = {}
        self._behind: dict[tuple[NgramState, int], NgramState] = {}  # most texts of a beam end alike
        self._ends: dict[NgramState, float] = {}
        self._end_of_root: float | None = None
        self._slices: dict[tuple[int, int], _Slices] = {}
        self._blocks: deque[_Block] = deque(maxlen=_MOST_BLOCKS)  # the latest first

    def clear(self) -> None:
        """Forget what the n-gram says of nodes (the trie was reset)."""
        self._states.clear()
        self._behind.clear()
        self._ends.clear()
        self._end_of_root = None
        self._blocks.clear()

    def prepare(self, nodes: Iterable[Node]) -> None:
        """Find what the n-gram has behind `nodes` before it is asked for."""
        if self._ngram is not None:
            for node in nodes:
                self._state(self._ngram, node)

    def reading_log_probs(self, nodes: Sequence[Node], first_syllable: int, last_syllable: int) -> FloatArray:
        """Return log P(reading | history) of all n readings of some syllables, shape (m, n), read-only.

        The readings of the syllables [first_syllable, last_syllable) are in the order of their ids.
        """
        return self.reading_scores(nodes, first_syllable, last_syllable).log_probs

    def reading_scores(self, nodes: Sequence[Node], first_syllable: int, last_syllable: int) -> ReadingScores:
        """Return the log-probabilities of the same readings, and how far the models agree on them.

        Another letter mostly leaves fewer syllables behind the same histories, so the result is kept.
        """
        slices = self._slices_of(first_syllable, last_syllable)
        if slices.start == slices.end:
            return ReadingScores(*np.zeros((2, len(nodes), 0), dtype=np.float32))
        for block in self._blocks:
            if block.holds(nodes, slices):
                return block.part(nodes, slices)
        block = _Block(slices, {node: row for row, node in enumerate(nodes)}, self._computed(nodes, slices))
        self._blocks.appendleft(block)
        return block.scores

    def _computed(self, nodes: Sequence[Node], slices: _Slices) -> ReadingScores:
        model, consensus = self._model_scores(nodes, slices)
        log_probs, is_raised = model.copy(), False
        if self._trie.aside is not None and self._trie.root in nodes:
            row = nodes.index(self._trie.root)
            begun = self._model_scores([self._trie.aside], slices).log_probs[0]
            np.logaddexp(log_probs[row], begun + self._unseen_end(), out=log_probs[row])
            is_raised = True
        if self._penalties is not None:
            log_probs -= self._penalties[slices.start : slices.end]
        if self._document is not None and not self._document.is_empty:
            log_probs, is_raised = self._cached(log_probs, self._document.counts, nodes, slices), True
        if self._personal is not None and self._personal.is_active:
            log_probs, is_raised = self._cached(log_probs, self._personal.counts, nodes, slices), True
        if is_raised:  # what the text before or the user says of a reading is no matter of the models
            consensus *= np.exp(np.minimum(model - log_probs, 0.0))
        return ReadingScores(np.minimum(log_probs, 0.0, out=log_probs), consensus)

    def _model_scores(self, nodes: Sequence[Node], slices: _Slices) -> ReadingScores:
        """Return what decoder and n-gram say, without the user and the text before the caret."""
        hidden, class_log_probs = self._trie.outputs(nodes)
        logits = self._decoder.reading_logits(hidden, slices.start, slices.end)
        log_probs = slices.normalised(logits, class_log_probs.take(slices.classes, axis=1))
        if self._ngram is None:
            return ReadingScores(log_probs, np.zeros_like(log_probs))
        return self._mixed(log_probs, self._ngram, nodes, slices)

    def _unseen_end(self) -> float:
        """Return log P(the clause ends behind the root), by both models."""
        if self._end_of_root is None:
            root = self._trie.root
            self._trie.evaluate([root])  # a capital is read as a word before any reading is
            _, class_log_probs = self._trie.outputs([root])
            chance = float(np.exp(class_log_probs[0, _BOUNDARIES]).sum())
            if self._ngram is not None:
                share = self._share(self._ngram, self._state(self._ngram, root))
                chance += share * (float(np.exp(self.end_log_prob(root))) - chance)
            self._end_of_root = float(np.log(chance + 1e-30))
        return self._end_of_root

    def _mixed(
        self, log_probs: FloatArray, ngram: NgramModel, nodes: Sequence[Node], slices: _Slices
    ) -> ReadingScores:
        """Mix the decoder's log-probabilities (m, n) with the n-gram's.

        Most texts of a beam end alike, so many histories are one to the n-gram: each is looked up once.
        """
        states = [self._state(ngram, node) for node in nodes]
        numbers = {state: number for number, state in enumerate(dict.fromkeys(states))}
        weights = np.array([[self._share(ngram, state)] for state in numbers], dtype=np.float32)
        counted = ngram.log_probs(list(numbers), slices.start, slices.end)
        of_node = [numbers[state] for state in states]
        shares = weights[of_node]
        mixed = np.exp(log_probs) * (1 - shares)
        mixed += (np.exp(counted) * weights)[of_node]
        np.log(mixed + np.float32(1e-30), out=mixed)
        consensus = log_probs * (1 - shares)
        consensus += (counted * weights)[of_node]
        consensus -= mixed
        return ReadingScores(mixed, np.minimum(consensus, 0.0, out=consensus))

    def _cached(
        self, log_probs: FloatArray, counts: CacheCounts, nodes: Sequence[Node], slices: _Slices
    ) -> FloatArray:
        """Mix the counts of a text into the log-probabilities (m, n)."""
        histories = [(node.parent.token if node.parent else NO_TOKEN, node.token) for node in nodes]
        probabilities = np.exp(log_probs)
        counts.mix(probabilities, histories, slices.start, slices.cuts, slices.slice_of_column)
        result: FloatArray = np.log(probabilities + np.float32(1e-30))
        return result

    def _state(self, ngram: NgramModel, node: Node) -> NgramState:
        """Return the n-gram state behind `node`; every special but a number or a word ends the clause."""
        state = self._states.get(node)
        if state is None:
            token = node.token if ngram.is_counted(node.token) else SPECIALS.index(START)
            if node.parent is None or token == SPECIALS.index(START):
                before = EMPTY
            else:
                before = self._state(ngram, node.parent)
            behind = before, token
            state = self._behind.get(behind)
            if state is None:
                state = self._behind[behind] = ngram.state(before, token)
            self._states[node] = state
        return state

    @staticmethod
    def _share(ngram: NgramModel, state: NgramState) -> float:
        """Return the n-gram's share of the mix behind a history."""
        return float(ngram.weights[ngram.depth(state)])

    def end_log_prob(self, node: Node) -> float:
        """Return log P(the clause ends | history) by the n-gram, 0 without one; no decoder call is made."""
        if self._ngram is None:
            return 0.0
        state = self._state(self._ngram, node)
        log_prob = self._ends.get(state)
        if log_prob is None:
            log_prob = self._ends[state] = self._ngram.log_prob(state, SPECIALS.index(START))
        return log_prob

    def latin_log_prob(self, node: Node) -> float:
        """Return log P(a Latin word | history) by the n-gram, a constant without one.

        Behind text that ends without a mark it may begin a clause, as a reading may: in training text no
        word follows `Hello` directly, but Space commits it, and `ava_app` comes next. No decoder call is made
        but the root's.
        """
        if self._ngram is None:
            return _LATIN_SHARE
        log_prob = self._special_log_prob(self._ngram, node, LATIN)
        if self._trie.aside is None or node is not self._trie.root:
            return log_prob
        begun = self._special_log_prob(self._ngram, self._trie.aside, LATIN)
        return float(np.logaddexp(log_prob, begun + self._unseen_end()))

    def _special_log_prob(self, ngram: NgramModel, node: Node, name: str) -> float:
        return ngram.log_prob(self._state(ngram, node), SPECIALS.index(name))

    def syllable_log_probs(self, nodes: Sequence[Node], syllables: Sequence[int]) -> FloatArray:
        """Return the decoder's log P(syllable | history), shape (m, n), whatever the reading."""
        _, class_log_probs = self._trie.outputs(nodes)
        return class_log_probs[:, np.array(syllables) + self._vocabulary.n_special]

    @staticmethod
    def begins_clause(node: Node) -> bool:
        """Return whether a clause begins behind `node`: after a mark, or after nothing."""
        return not NgramModel.is_counted(node.token)

    def first_token(self, first_syllable: int, last_syllable: int) -> int:
        """Return the id of column 0 of `reading_log_probs`."""
        return self._slices_of(first_syllable, last_syllable).start

    def _slices_of(self, first_syllable: int, last_syllable: int) -> _Slices:
        key = first_syllable, last_syllable
        slices = self._slices.get(key)
        if slices is None:
            slices = self._slices[key] = _Slices.of(self._vocabulary, first_syllable, last_syllable)
        return slices


@dataclass(frozen=True)
class _Slices:
    """The ids [start, end), cut where the syllable changes.

    cuts, classes: per syllable that has readings, its first column and its class;
    slice_of_column: (end - start,), which of these syllables a column belongs to.
    """

    start: int
    end: int
    cuts: IndexArray
    classes: IndexArray
    slice_of_column: IndexArray

    @classmethod
    def of(cls, vocabulary: Vocabulary, first_syllable: int, last_syllable: int) -> _Slices:
        start, end = vocabulary.reading_range(first_syllable, last_syllable)
        classes, cuts, slice_of_column = np.unique(
            vocabulary.class_of_token[start:end], return_index=True, return_inverse=True
        )
        return cls(start, end, cuts, classes.astype(np.intp), slice_of_column)

    def normalised(self, logits: FloatArray, slice_log_probs: FloatArray) -> FloatArray:
        """Return log-softmax of each slice of `logits` plus that slice's log-probability, shape (m, n).

        slice_log_probs: (m, n_slice).
        """
        maxima = np.maximum.reduceat(logits, self.cuts, axis=1)
        exponentials = logits - maxima.take(self.slice_of_column, axis=1)
        np.exp(exponentials, out=exponentials)
        sums = np.add.reduceat(exponentials, self.cuts, axis=1)
        offsets = slice_log_probs - np.log(sums) - maxima
        log_probs: FloatArray = logits + offsets.take(self.slice_of_column, axis=1)
        return log_probs


@dataclass(frozen=True)
class _Block:
    """Scores computed before: (n_node, n) for the ids of `slices`; `rows` by node."""

    slices: _Slices
    rows: dict[Node, int]
    scores: ReadingScores

    def holds(self, nodes: Sequence[Node], slices: _Slices) -> bool:
        """Return whether the block has all of these nodes and slices."""
        is_wide = self.slices.start <= slices.start and slices.end <= self.slices.end
        return is_wide and all(node in self.rows for node in nodes)

    def part(self, nodes: Sequence[Node], slices: _Slices) -> ReadingScores:
        """Return the scores (m, n) of `nodes` and `slices`."""
        first = slices.start - self.slices.start
        columns = slice(first, first + slices.end - slices.start)
        rows = [self.rows[node] for node in nodes]
        return ReadingScores(*(scores[:, columns][rows] for scores in self.scores))
