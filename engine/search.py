"""The beam search: the best texts for every vertex of a syllable graph.

Knows the graph, the trie and how a reading is scored; knows nothing of menus, of the lexicon or
of the window.

Two kinds of beams: the *interior* beam of a vertex is built from edges of whole syllables, so it depends
on nothing but the root and the keys before the vertex and is kept under that name; the *final*
beam, of the last vertex, adds the unfinished last syllable. Both are pure functions of (root,
keys), so keeping them makes Backspace and a retyped prefix free and changes no result.

An abbreviation was the unfinished last syllable of the keys so far, one key earlier: the h of
`nhs` reads as the h of `nh` did. So an interior beam with abbreviations takes those readings
from the draft (the final beam before its end is scored) of the keys before it, and costs no
decoder call and no scoring of some 900 readings again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.graph import Edge, SyllableGraph
from engine.scorer import Scorer
from engine.spelling import SEPARATOR, SpellingCosts, SpellingType
from engine.trie import Node, Trie

_MAX_BEAMS: Final[int] = 4096  # beams kept before everything is forgotten once

# An initial stands for some 20 syllables: beams are so many times as wide where one was read.
# 400 inputs of `benchmark accuracy --typing mixed` on the interim bundle: 24.5 % right with 1,
# 26.8 with 2 and with 3; in initials alone 8.5, 9.5, 9.5. The time of a key grows by half from 2 to 3.
_ABBREVIATED_FACTOR: Final[int] = 2


@dataclass(frozen=True)
class SearchOptions:
    """How wide, how far back and how much to show.

    `block_size`: the longest history, in tokens, that the decoder was trained on.
    `arena_rows`: nodes whose decoder state is kept at once.
    """

    beam_width: int = 24
    end_weight: float = 1.0  # of the log-probability that the clause ends where the keys end
    surrounding_length: int = 32  # characters before the caret that are read
    costs: SpellingCosts = field(default_factory=SpellingCosts)
    block_size: int = 128
    arena_rows: int = 2048
    n_sentence: int = 5  # sentences for the whole input that stand in front
    short_input: int = 4  # up to so many syllables the rest of the beam stands at the end
    n_word: int = 24  # lexicon words per span
    n_phrase: int = 2  # phrases of two syllables that are no lexicon words; of longer ones one a span
    phrase_length: int = 4  # syllables of the longest such phrase
    n_unfinished: int = 90  # characters shown for a first syllable that is a mere prefix


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A text for the keys up to a vertex.

    `score`: log-probability below the root less the costs of the edges, in nats. `edge` is the
    last one, `source` the hypothesis it extends (None at the root).
    """

    node: Node
    score: float
    edge: Edge | None = None
    source: Hypothesis | None = None

    @property
    def boundaries(self) -> tuple[int, ...]:
        """End positions in the keys of the edges of its path, ascending."""
        ends: list[int] = []
        hypothesis: Hypothesis | None = self
        while hypothesis is not None and hypothesis.edge is not None:
            ends.append(hypothesis.edge.end)
            hypothesis = hypothesis.source
        return tuple(reversed(ends))


IndexArray = npt.NDArray[np.intp]
ScoreArray = npt.NDArray[np.float64]
Beam = tuple[Hypothesis, ...]  # best first
Extension = tuple[Edge, Beam]  # an edge and the hypotheses at its start


@dataclass(frozen=True)
class _KnownPart:
    """A beam of what is evaluated, and the extensions that have to be evaluated to join it."""

    beam: Beam
    waiting: list[Extension]


class _Pick(NamedTuple):
    """A place in a beam to be; tuples sort by falling score, then by token ids, then by edge."""

    negative_score: float
    tokens: tuple[int, ...]
    edge_start: int
    place: int  # in the pool: no two picks are equal up to here
    source: Hypothesis
    edge: Edge | None  # None: `source` itself is what was picked

    def hypothesis(self) -> Hypothesis:
        if self.edge is None:
            return self.source
        node = self.source.node.child(self.tokens[-1])
        return Hypothesis(node, -self.negative_score, self.edge, self.source)


class _Pool:
    """Everything that competes for a place in one beam.

    scores: (n,), first those of `carried`, then an (m, n_reading) block for each extension.
    """

    def __init__(self, carried: Beam, extensions: Sequence[Extension], scorer: Scorer) -> None:
        self._carried = carried
        self._extensions = extensions
        self._first_tokens: list[int] = []
        self._widths: list[int] = []
        blocks = [np.array([hypothesis.score for hypothesis in carried])]
        for edge, beam in extensions:
            syllables = edge.first_syllable, edge.last_syllable
            log_probs = scorer.reading_log_probs([hypothesis.node for hypothesis in beam], *syllables)
            blocks.append((log_probs + np.array([[h.score - edge.cost] for h in beam])).ravel())
            self._first_tokens.append(scorer.first_token(*syllables))
            self._widths.append(log_probs.shape[1])
        self._ends = np.cumsum([len(block) for block in blocks])
        self.scores: ScoreArray = np.concatenate(blocks)

    def best(self, limit: int) -> list[_Pick]:
        """The `limit` highest scores and whatever ties with the last of them, in no order."""
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
        row, column = divmod(index - int(self._ends[block - 1]), self._widths[block - 1])
        tokens = (*beam[row].node.tokens, self._first_tokens[block - 1] + column)
        return _Pick(-score, tokens, edge.start, index, beam[row], edge)


class Search:
    """Beams for the graphs of one trie, kept between keys."""

    def __init__(self, trie: Trie, scorer: Scorer, beam_width: int, end_weight: float = 1.0) -> None:
        self._trie = trie
        self._scorer = scorer
        self._beam_width = beam_width
        self._end_weight = end_weight
        self._interior: dict[tuple[Node, tuple[str, str]], Beam] = {}  # by SyllableGraph.name
        self._drafts: dict[tuple[Node, str], Beam] = {}
        self._final: dict[tuple[Node, str], Beam] = {}

    def clear(self) -> None:
        """Forget all beams (the trie was reset)."""
        self._interior.clear()
        self._drafts.clear()
        self._final.clear()

    @property
    def is_full(self) -> bool:
        """True where it is time to forget everything, which happens once in a long while."""
        return len(self._interior) > _MAX_BEAMS

    def final_beam(self, root: Node, graph: SyllableGraph) -> Beam:
        """The best texts for the keys up to `graph.interpreted_length`; empty where that is 0.

        At most one decoder call where the keys without the last letter have been searched.
        """
        key = root, graph.keys
        if key not in self._final:
            draft = self._draft(root, graph)
            self._final[key] = self._with_end(draft, _full_length(graph, draft))
        return self._final[key]

    def _draft(self, root: Node, graph: SyllableGraph) -> Beam:
        """The final beam without what is said of the clause's end."""
        key = root, graph.keys
        if key not in self._drafts:
            self._drafts[key] = self._search_to(root, graph) if graph.interpreted_length else ()
        return self._drafts[key]

    def _with_end(self, beam: Beam, length: int) -> Beam:
        """`beam` with what it says for each text that the clause ends there: 我是 hardly does.

        A long composition is mostly a clause, a short one a word somewhere inside it (`shi` is
        是, not 时, which ends clauses): the end counts for nothing up to two syllables, six
        letters, and in full from six syllables on. Only the n-gram is asked, as the last nodes
        are not evaluated yet.
        """
        weight = self._end_weight * min(max((length - 6) / 12, 0.0), 1.0)
        if not weight:
            return beam
        ends = [self._scorer.end_log_prob(hypothesis.node) for hypothesis in beam]
        ended = [
            Hypothesis(h.node, h.score + weight * end, h.edge, h.source)
            for h, end in zip(beam, ends, strict=True)
        ]
        return tuple(sorted(ended, key=lambda h: (-h.score, h.node.tokens)))

    def interior_beam(self, root: Node, graph: SyllableGraph, vertex: int) -> Beam:
        """The best texts for the keys up to `vertex`, by whole syllables and abbreviations.

        `vertex` lies on a path to the end of a graph whose final beam was asked for.
        """
        return self._interior[root, graph.name(vertex)]

    def evaluate_ahead(self, root: Node, graph: SyllableGraph) -> None:
        """Evaluate whatever one more letter could extend, in at most one decoder call.

        In an input that is abbreviated already it may turn the last letters into an initial, too.
        """
        end = len(graph.keys)
        first = max(0, end - graph.table.max_length)
        growing = [v for v in range(first, end) if graph.table.is_prefix(graph.keys[v:])]
        beams = [self._interior.get((root, graph.name(vertex)), ()) for vertex in (*growing, end)]
        if graph.abbreviations:
            draft = self._draft(root, graph)
            beams.append(tuple([h for h in draft if h.edge and _is_initial(graph, h.edge)]))
        self._trie.evaluate([root, *(hypothesis.node for beam in beams for hypothesis in beam)])

    def _search_to(self, root: Node, graph: SyllableGraph) -> Beam:
        """Interior beams of every vertex on a path to the interpreted end; its draft."""
        end = graph.interpreted_length
        self._interior.setdefault((root, ("", "")), (Hypothesis(root, 0.0),))
        for vertex in graph.path_vertices[:-1]:
            if (root, graph.name(vertex)) not in self._interior:
                self._build_vertex(root, graph, vertex)
        if end < len(graph.keys):
            return self._build_vertex(root, graph, end)
        return self._expand_vertex(root, graph, end, graph.unfinished_edges)

    def _build_vertex(self, root: Node, graph: SyllableGraph, vertex: int) -> Beam:
        """Build and keep the interior beam of `vertex`, abbreviations included."""
        abbreviations = {
            (edge.start, edge.first_syllable): edge for edge in graph.abbreviations.get(vertex, ())
        }
        if not abbreviations:
            return self._expand_vertex(root, graph, vertex, ())
        draft = self._draft(root, graph.before(vertex))
        exact = self._interior[root, (graph.keys[:vertex], "")]
        read = [
            _respelt(hypothesis, abbreviations[hypothesis.edge.start, hypothesis.edge.first_syllable])
            for hypothesis in draft
            if hypothesis.edge
            and hypothesis.edge.spelling is SpellingType.UNFINISHED
            and (hypothesis.edge.start, hypothesis.edge.first_syllable) in abbreviations
        ]
        beam = self._select([], (*exact, *read), self._width(graph, vertex))
        self._interior[root, graph.name(vertex)] = beam
        return beam

    def _expand_vertex(
        self, root: Node, graph: SyllableGraph, vertex: int, unfinished: Sequence[Edge]
    ) -> Beam:
        """Build and keep the interior beam of `vertex` by whole syllables; return it with `unfinished`
        edges added."""
        width = self._width(graph, vertex)
        loose = self._extensions(root, graph, unfinished)
        known = self._known_interior(root, graph, vertex)
        known_final = self._known_part(loose, known.beam, width)
        waiting = [*known.waiting, *known_final.waiting]
        if waiting or not self._trie.is_evaluated(root):
            self._trie.evaluate([root, *(h.node for _, beam in waiting for h in beam)])
        interior = self._select(known.waiting, known.beam, width) if known.waiting else known.beam
        self._interior[root, (graph.keys[:vertex], "")] = interior
        if not waiting:
            return known_final.beam
        return self._select(known_final.waiting, known_final.beam + interior, width)

    def _known_interior(self, root: Node, graph: SyllableGraph, vertex: int) -> _KnownPart:
        beam = self._interior.get((root, (graph.keys[:vertex], "")))
        if beam is not None:
            return _KnownPart(beam, [])
        extensions = self._extensions(root, graph, graph.whole_edges[vertex])
        return self._known_part(extensions, (), self._width(graph, vertex))

    def _width(self, graph: SyllableGraph, vertex: int) -> int:
        return self._beam_width * (_ABBREVIATED_FACTOR if graph.is_abbreviated(vertex) else 1)

    def _extensions(self, root: Node, graph: SyllableGraph, edges: Iterable[Edge]) -> list[Extension]:
        return [(edge, self._interior[root, graph.name(edge.start)]) for edge in edges]

    def _known_part(self, extensions: list[Extension], carried: Beam, width: int) -> _KnownPart:
        """What can be scored without the decoder, and what is worth evaluating.

        A log-probability is never above 0, so a hypothesis that scores less than the last one of
        a full beam before it is extended can be left out without changing the result. `nihao` is
        also ni'ha'o: most of 你哈 is not worth a decoder row once 你好 is there.
        """
        is_evaluated = self._trie.is_evaluated
        hopeful = _hopeful(extensions, carried, width)
        ready = [(edge, tuple([h for h in beam if is_evaluated(h.node)])) for edge, beam in hopeful]
        scored = [(edge, beam) for edge, beam in ready if beam]
        best = self._select(scored, carried, width) if scored else carried
        unknown = [
            (edge, tuple([h for h in beam if not is_evaluated(h.node)]))
            for (edge, beam), (_, known) in zip(hopeful, ready, strict=True)
            if len(known) < len(beam)
        ]
        return _KnownPart(best, _hopeful(unknown, best, width))

    def _select(self, extensions: Sequence[Extension], carried: Beam, width: int) -> Beam:
        """The best `width` of `carried` and of all extensions by one reading.

        All hypotheses of `extensions` must be evaluated. Where one token sequence is reached in
        several ways the best stays; ties go to the smaller token ids.
        """
        pool = _Pool(carried, extensions, self._scorer)
        limit = width
        while True:
            distinct = list({pick.tokens: pick for pick in sorted(pool.best(limit), reverse=True)}.values())
            if len(distinct) >= width or limit >= len(pool.scores):
                return tuple(pick.hypothesis() for pick in distinct[: -width - 1 : -1])
            limit *= 2


def _hopeful(extensions: Iterable[Extension], rivals: Beam, width: int) -> list[Extension]:
    """What is left of `extensions` beside a beam of `width` places that may be full already."""
    floor = rivals[-1].score if len(rivals) == width else -np.inf
    kept = [(edge, tuple([h for h in beam if h.score - edge.cost >= floor])) for edge, beam in extensions]
    return [(edge, beam) for edge, beam in kept if beam]


def _full_length(graph: SyllableGraph, beam: Beam) -> int:
    """Letters read, where an abbreviated input counts as if it were spelt out: three a syllable."""
    if graph.abbreviations and beam:
        return 3 * len(beam[0].boundaries)
    return graph.interpreted_length


def _is_initial(graph: SyllableGraph, edge: Edge) -> bool:
    """True for an unfinished edge that another letter may turn into an abbreviation."""
    letters = graph.keys[edge.start : edge.end].strip(SEPARATOR)
    return edge.spelling is SpellingType.UNFINISHED and letters in graph.table.initials


def _respelt(hypothesis: Hypothesis, edge: Edge) -> Hypothesis:
    """The same text with another last edge over the same keys."""
    cost = hypothesis.edge.cost if hypothesis.edge else 0.0
    return Hypothesis(hypothesis.node, hypothesis.score + cost - edge.cost, edge, hypothesis.source)


def _best_indices(scores: ScoreArray, limit: int) -> IndexArray:
    """Indices of the `limit` highest scores and of all that tie with the last of them."""
    if len(scores) <= limit:
        return np.arange(len(scores))
    threshold = np.partition(scores, len(scores) - limit)[len(scores) - limit]
    return np.flatnonzero(scores >= threshold)
