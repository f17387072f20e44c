"""Define hypotheses and beams, and pick the best of all their extensions."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Final, NamedTuple

import numpy as np

from engine.arrays import DoubleArray, FloatArray, IndexArray
from engine.conversion.scorer import Scorer
from engine.model.prefix_cache import Node
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import Edge


@dataclass(slots=True, eq=False)
class Hypothesis:
    """A text for the keys up to a vertex; never changed, and not frozen as a key makes hundreds of them.

    `score`: log-probability below the root less the costs of the edges, in nats. `edge` is the last one,
    `source` the hypothesis it extends (None at the root). `ways`: those of the fuzzy sounds on its path.
    `consensus`: how far the models agree on its readings, in nats, never above 0 (`ReadingScores`), summed.
    """

    node: Node
    score: float
    edge: Edge | None = None
    source: Hypothesis | None = None
    ways: frozenset[str] = frozenset()
    consensus: float = 0.0

    def cost_of(self, edge: Edge) -> float:
        """Return the price of `edge` behind this hypothesis, in nats.

        A fuzzy sound is cheaper if the text has used one of its ways before.
        """
        if not edge.ways or not self.ways:
            return edge.cost
        return edge.cost - sum(way.saved for way in edge.ways if way.name in self.ways)

    def with_score(self, score: float) -> Hypothesis:
        """Return the same text with another score."""
        return Hypothesis(self.node, score, self.edge, self.source, self.ways, self.consensus)

    @property
    def edges(self) -> tuple[Edge, ...]:
        """The edges of its path, in the order of the keys."""
        edges: list[Edge] = []
        hypothesis: Hypothesis | None = self
        while hypothesis is not None and hypothesis.edge is not None:
            edges.append(hypothesis.edge)
            hypothesis = hypothesis.source
        return tuple(reversed(edges))

    @property
    def boundaries(self) -> tuple[int, ...]:
        """The end positions in the keys of the edges of its path, ascending."""
        return tuple(edge.end for edge in self.edges)


_GROUPS: Final[int] = 8  # groups of scores for each score that is wanted

Beam = tuple[Hypothesis, ...]  # best first
Extension = tuple[Edge, Beam]  # an edge and the hypotheses at its start


class _Pick(NamedTuple):
    """A place in a new beam; tuples sort by falling score, then by token ids, then by edge."""

    negative_score: float
    tokens: tuple[int, ...]
    edge_start: int
    place: int  # place in the pool, in which no two picks are equal
    source: Hypothesis
    edge: Edge | None  # None: `source` itself is what was picked
    consensus: float = 0.0  # of the reading that is added

    def hypothesis(self) -> Hypothesis:
        if self.edge is None:
            return self.source
        node, ways = self.source.node.child(self.tokens[-1]), self.source.ways
        if self.edge.ways:
            ways = ways.union(way.name for way in self.edge.ways)
        consensus = self.source.consensus + self.consensus
        return Hypothesis(node, -self.negative_score, self.edge, self.source, ways, consensus)


class _Pool:
    """The entries that compete for a place in one beam.

    scores: (n,), first those of `carried`, then an (m, n_reading) block for each extension.
    """

    def __init__(self, carried: Beam, extensions: Sequence[Extension], scorer: Scorer) -> None:
        self._carried = carried
        self._extensions = extensions
        self._first_tokens: list[int] = []
        self._consensus: list[FloatArray] = []
        blocks = [np.array([hypothesis.score for hypothesis in carried])]
        for edge, beam in extensions:
            syllables = edge.first_syllable, edge.last_syllable
            log_probs, consensus = scorer.reading_scores([hypothesis.node for hypothesis in beam], *syllables)
            blocks.append((log_probs + np.array([[h.score - h.cost_of(edge)] for h in beam])).ravel())
            self._first_tokens.append(scorer.first_token(*syllables))
            self._consensus.append(consensus)
        self._ends = np.cumsum([len(block) for block in blocks])
        self.scores: DoubleArray = np.concatenate(blocks)

    def best(self, limit: int) -> list[_Pick]:
        """Return the `limit` highest scores and whatever ties with the last of them, in no order."""
        indices = _best_indices(self.scores, limit)
        blocks = np.searchsorted(self._ends, indices, side="right")
        scores = self.scores[indices]
        return [
            self._pick(index, block, score)
            for index, block, score in zip(indices.tolist(), blocks.tolist(), scores.tolist(), strict=True)
        ]

    def _pick(self, index: int, block: int, score: float) -> _Pick:
        if block == 0:
            kept = self._carried[index]
            return _Pick(-score, kept.node.tokens, kept.edge.start if kept.edge else 0, index, kept, None)
        edge, beam = self._extensions[block - 1]
        consensus = self._consensus[block - 1]
        row, column = divmod(index - int(self._ends[block - 1]), consensus.shape[1])
        tokens = (*beam[row].node.tokens, self._first_tokens[block - 1] + column)
        return _Pick(-score, tokens, edge.start, index, beam[row], edge, float(consensus[row, column]))


def select(scorer: Scorer, extensions: Sequence[Extension], carried: Beam, width: int) -> Beam:
    """Return the best `width` of `carried` and of all extensions by one reading.

    All hypotheses of `extensions` must be evaluated. Where one token sequence is reached in several ways the
    best stays; ties go to the smaller token ids.
    """
    pool = _Pool(carried, extensions, scorer)
    limit = width
    while True:
        distinct: dict[tuple[int, ...], _Pick] = {}
        for pick in sorted(pool.best(limit)):
            distinct.setdefault(pick.tokens, pick)
        if len(distinct) >= width or limit >= len(pool.scores):
            return tuple(pick.hypothesis() for pick in islice(distinct.values(), width))
        limit *= 2


def ranked(beam: Iterable[Hypothesis]) -> Beam:
    """Return a beam sorted best first; ties go to the smaller token ids."""
    by_score = sorted(beam, key=_score, reverse=True)
    if len(set(map(_score, by_score))) == len(by_score):  # hardly ever are two alike
        return tuple(by_score)
    return tuple(sorted(by_score, key=lambda h: (-h.score, h.node.tokens)))


_score = attrgetter("score")


def is_unfinished(hypothesis: Hypothesis) -> bool:
    """Return whether the last syllable is a longer one than the letters spell."""
    return hypothesis.edge is not None and hypothesis.edge.spelling is SpellingType.UNFINISHED


def _best_indices(scores: DoubleArray, limit: int) -> IndexArray:
    """Return the indices of the `limit` highest scores and of all that tie with the last of them.

    The `limit`-th highest of some groups' maxima cannot be above the `limit`-th highest score; looking only
    at what reaches it takes a tenth of the time where an initial stands for a thousand readings.
    """
    if len(scores) <= limit:
        return np.arange(len(scores))
    n_group = _GROUPS * limit
    if len(scores) < 2 * n_group:
        return np.flatnonzero(scores >= _nth_highest(scores, limit))
    maxima = scores[: len(scores) // n_group * n_group].reshape(-1, n_group).max(axis=0)
    near = np.flatnonzero(scores >= _nth_highest(maxima, limit))
    found = scores[near]
    return near[found >= _nth_highest(found, limit)]


def _nth_highest(scores: DoubleArray, n: int) -> float:
    return float(np.partition(scores, len(scores) - n)[len(scores) - n])
