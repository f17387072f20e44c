"""Define hypotheses and beams, and pick the best of all their extensions."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice
from operator import attrgetter
from typing import Final

import numpy as np

from engine.arrays import DoubleArray, FloatArray, IndexArray
from engine.conversion.scorer import Scorer
from engine.model.prefix_cache import Node
from engine.spelling.options import RESPELT, SpellingType
from engine.spelling.syllable_graph import Edge


@dataclass(slots=True, eq=False)
class Hypothesis:
    """A text for the keys up to a vertex; never changed, and not frozen as a key makes hundreds of them.

    `score`: log-probability below the root less the costs of the edges, in nats. `edge` is the last one,
    `source` the hypothesis it extends (None at the root). `ways`: those of the fuzzy sounds on its path.
    `consensus`: how far the models agree on its readings, in nats, never above 0 (`ReadingScores`), summed.
    `is_respelt`: whether an edge of its path is a slip or a fuzzy sound. `avoided`: how many of its sounds
    each way of fuzzy sounds could have changed and did not (`Avoided`).
    """

    node: Node
    score: float
    edge: Edge | None = None
    source: Hypothesis | None = None
    ways: frozenset[str] = frozenset()
    consensus: float = 0.0
    is_respelt: bool = False
    avoided: int = 0

    def extended(self, node: Node, score: float, edge: Edge, consensus: float = 0.0) -> Hypothesis:
        """Return the text that goes on with `edge` to `node`, by its score; `consensus` is of that step."""
        return Hypothesis(
            node,
            score,
            edge,
            self,
            self.ways.union([way.name for way in edge.ways]) if edge.ways else self.ways,
            self.consensus + consensus,
            self.is_respelt or edge.spelling in RESPELT,
            self.avoided + edge.avoided.counts,
        )

    def cost_of(self, edge: Edge) -> float:
        """Return the price of `edge` behind this hypothesis, in nats.

        A fuzzy sound is cheaper if the text has used one of its ways before, and dearer for each sound before
        it that avoided the way; behind it these are dearer.
        """
        used = self.ways
        if edge.ways:
            more = [-way.saved if way.name in used else way.price_of(self.avoided) for way in edge.ways]
            return edge.cost + sum(more)
        if not used or not edge.avoided.ways:
            return edge.cost
        behind = [way.price_behind(self.avoided) for way in edge.avoided.ways if way.name in used]
        return edge.cost + sum(behind)

    def with_score(self, score: float) -> Hypothesis:
        """Return the same text with another score."""
        return self.read_as(self.edge, score)

    def read_as(self, edge: Edge | None, score: float) -> Hypothesis:
        """Return the same text with its last syllable, no slip, read by another edge, and another score."""
        # `replace` takes six times as long.
        return Hypothesis(
            self.node, score, edge, self.source, self.ways, self.consensus, self.is_respelt, self.avoided
        )

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


def edge_costs(edge: Edge, beam: Beam) -> list[float]:
    """Return the price of `edge` behind each hypothesis, in nats; most have the same ways behind them."""
    if not edge.ways and not edge.avoided.ways:
        return [edge.cost] * len(beam)
    known: dict[tuple[int, frozenset[str]], float] = {}
    costs: list[float] = []
    for hypothesis in beam:
        name = hypothesis.avoided, hypothesis.ways
        cost = known.get(name)
        if cost is None:
            cost = known[name] = hypothesis.cost_of(edge)
        costs.append(cost)
    return costs


class _Pool:
    """The entries that compete for a place in one beam.

    scores, consensus: (n,), first those of `carried`, then an (m, n_reading) block for each extension;
    consensus is that of the reading which is added.
    """

    def __init__(self, carried: Beam, extensions: Sequence[Extension], scorer: Scorer) -> None:
        self._sources: list[Beam] = [carried]  # of each block
        self._edges: list[Edge | None] = [None]
        first_tokens, widths = [0], [1]
        blocks = [np.array([hypothesis.score for hypothesis in carried])]
        agreed = [np.zeros(len(carried), np.float32)]
        for edge, beam in extensions:
            syllables = edge.first_syllable, edge.last_syllable
            log_probs, consensus = scorer.reading_scores([hypothesis.node for hypothesis in beam], *syllables)
            before = [[h.score - cost] for h, cost in zip(beam, edge_costs(edge, beam), strict=True)]
            blocks.append((log_probs + np.array(before)).ravel())
            agreed.append(consensus.ravel())
            self._sources.append(beam)
            self._edges.append(edge)
            first_tokens.append(scorer.first_token(*syllables))
            widths.append(max(consensus.shape[1], 1))
        self._ends = np.cumsum([len(block) for block in blocks])
        self._starts = np.concatenate([[0], self._ends[:-1]])
        self._first_tokens, self._widths = np.array(first_tokens), np.array(widths)
        self.scores: DoubleArray = np.concatenate(blocks)
        self._consensus: FloatArray = np.concatenate(agreed)

    def best(self, limit: int) -> Iterator[Hypothesis]:
        """Yield the hypotheses of the `limit` highest scores and of what ties with the last, best first.

        Ties go to the smaller token ids.
        """
        indices = _best_indices(self.scores, limit)
        indices = indices[np.argsort(-self.scores[indices], kind="stable")]
        scores = self.scores[indices]
        blocks = np.searchsorted(self._ends, indices, side="right")
        rows, columns = np.divmod(indices - self._starts[blocks], self._widths[blocks])
        tokens = self._first_tokens[blocks] + columns
        columns_of_picks = blocks, rows, tokens, scores, self._consensus[indices]
        found = map(self._hypothesis, *(each.tolist() for each in columns_of_picks))
        return iter(sorted(found, key=_order)) if (scores[1:] == scores[:-1]).any() else found

    def _hypothesis(self, block: int, row: int, token: int, score: float, consensus: float) -> Hypothesis:
        source, edge = self._sources[block][row], self._edges[block]
        if edge is None:
            return source
        return source.extended(source.node.child(token), score, edge, consensus)


def select(scorer: Scorer, extensions: Sequence[Extension], carried: Beam, width: int) -> Beam:
    """Return the best `width` of `carried` and of all extensions by one reading.

    All hypotheses of `extensions` must be evaluated. Where one token sequence is reached in several ways the
    best stays; ties go to the smaller token ids.
    """
    pool = _Pool(carried, extensions, scorer)
    limit = width
    while True:
        distinct: dict[Node, Hypothesis] = {}
        for hypothesis in pool.best(limit):
            distinct.setdefault(hypothesis.node, hypothesis)
        if len(distinct) >= width or limit >= len(pool.scores):
            return tuple(islice(distinct.values(), width))
        limit *= 2


def _order(hypothesis: Hypothesis) -> tuple[float, tuple[int, ...], int]:
    """Return the sort key of hypotheses, best first, where scores are equal."""
    start = hypothesis.edge.start if hypothesis.edge else 0
    return -hypothesis.score, hypothesis.node.tokens, start


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
