"""Search the best texts for every vertex of a syllable graph.

Two kinds of beams: the *interior* beam of a vertex is built from edges of whole syllables, so it depends on
nothing but the root and the keys before the vertex and is kept under that name; the *final* beam, of the last
vertex, adds the unfinished last syllable. Both are pure functions of (root, keys), so keeping them makes
Backspace and a retyped prefix free and changes no result.

An abbreviation was the unfinished last syllable of the keys so far, one key earlier: the h of `nhs` reads as
the h of `nh` did. So an interior beam with abbreviations takes those readings from the draft (the final beam
before its end is scored) of the keys before it, and costs no decoder call and no scoring of some 900 readings
again.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from engine.conversion.beam import Beam, Extension, Hypothesis, edge_costs, ranked, select
from engine.conversion.diversity import complete_first, one_syllable_first
from engine.conversion.scorer import Scorer
from engine.conversion.sentence_ranking import SentenceRanker
from engine.conversion.slip_correction import Correction
from engine.conversion.word_lookup import KnownWords
from engine.lexicon.latin_words import has_latin, latin_token
from engine.model.prefix_cache import Node, PrefixCache
from engine.spelling.options import SpellingCosts, SpellingType
from engine.spelling.spelling_table import SEPARATOR
from engine.spelling.syllable_graph import Edge, SyllableGraph

_MAX_BEAMS: Final[int] = 4096  # beams kept before everything is forgotten once

_ENGLISH_SOURCES: Final[int] = 4  # hypotheses that an English word may follow

# Nats, paid once in a text, for an English word in small letters beside abbreviations: a user who spells
# words out hardly abbreviates the rest, and `drfq` is not 大RFQ. docs/experiments/fuzzy_and_slips.md.
_BESIDE_ABBREVIATIONS: Final[float] = 4.0

# So many initials, or `a`s, mean hardly any text, and the decoder's work for a letter grows with all texts
# that go on: with `m` held down it took a tenth of a second for each from the fortieth on.
_MANY_IN_A_ROW: Final[int] = 18
_FACTOR_OF_MANY: Final[float] = 1 / 6


@dataclass(frozen=True)
class SearchOptions:
    """Settings of the search: how wide it is, how far back it looks, how much is shown.

    `beam_width`: texts that go on at a vertex; `final_width`: texts for all keys that are judged as a whole.
    What is far behind where a syllable ends may be right further on; of all keys few are enough.
    `block_size`: the longest history, in tokens, that the decoder was trained on. `arena_rows`: nodes whose
    decoder state is kept at once.
    """

    beam_width: int = 144
    final_width: int = 48
    end_weight: float = 1.0  # weight of the log-probability that the clause ends where the keys end
    word_weight: float = 0.37  # weight of the log-probability of a text's words; 0: there is no second pass
    pair_weight: float = 0.32  # weight of the associations of its words that stand apart
    consensus_weight: float = 0.5  # weight of how far decoder and n-gram agree on it
    surrounding_length: int = 32  # characters before the caret that the models read
    document_length: int = 256  # characters before the caret whose words may come again
    costs: SpellingCosts = field(default_factory=SpellingCosts)
    block_size: int = 128
    arena_rows: int = 4096
    n_sentence: int = 5  # sentences for the whole input that stand in front
    short_input: int = 4  # syllables up to which the rest of the beam goes to the end of the menu
    n_word: int = 24  # lexicon words per span
    n_phrase: int = 2  # phrases of two syllables that are no lexicon words; of longer ones one a span
    phrase_length: int = 4  # syllables of the longest such phrase
    n_beginning: int = 3  # beginnings of a long best sentence that are offered
    n_ending: int = 1  # further texts of a long input that have the longest of these beginnings
    n_unfinished: int = 90  # characters shown for a first syllable that is a mere prefix


@dataclass(frozen=True)
class _KnownPart:
    """A beam of what is evaluated, and the extensions that have to be evaluated to join it."""

    beam: Beam
    waiting: list[Extension]


class BeamSearch:
    """The beams for the graphs of one trie, kept between keys."""

    def __init__(
        self,
        trie: PrefixCache,
        scorer: Scorer,
        options: SearchOptions,
        ranker: SentenceRanker | None = None,
        words: KnownWords | None = None,
    ) -> None:
        self._trie = trie
        self._scorer = scorer
        self._beam_width = options.beam_width
        self._final_width = min(options.final_width, options.beam_width)
        self._of_many = max(1, round(options.beam_width * _FACTOR_OF_MANY))
        self._whole_texts = ranker or SentenceRanker(scorer)
        self._interior: dict[tuple[Node, tuple[str, str]], Beam] = {}  # by SyllableGraph.name
        self._drafts: dict[tuple[Node, str, int], Beam] = {}  # by keys and width
        self._final: dict[tuple[Node, str], Beam] = {}
        self._words = words
        self._correction = Correction(trie, scorer, self._interior, words)

    def clear(self) -> None:
        """Forget all beams (the trie was reset)."""
        self._interior.clear()
        self._drafts.clear()
        self._final.clear()
        self._whole_texts.clear()
        self._correction.clear()

    @property
    def is_full(self) -> bool:
        """Whether so many beams are kept that all must be forgotten, which happens once in a long while."""
        return len(self._interior) > _MAX_BEAMS

    @property
    def is_well_filled(self) -> bool:
        """Whether the next input should begin with nothing kept: forgotten in its middle, all of it would be
        searched again at one key.
        """
        return len(self._interior) > _MAX_BEAMS // 4

    def final_beam(self, root: Node, graph: SyllableGraph) -> Beam:
        """Return the best texts for the keys up to `graph.interpreted_length`; nothing if that is 0.

        If typing is corrected, texts with a slip are among them, for all keys. At most one decoder call is
        made if the keys without the last letter have been searched.
        """
        key = root, graph.keys
        if key not in self._final:
            beam = self._draft(root, graph, self._draft_width(graph))
            if graph.table.slips:
                is_whole = graph.interpreted_length == len(graph.keys)
                plain = beam if is_whole else ()
                corrected = self._correction.final_beam(root, graph, plain)
                beam = ranked((*plain, *corrected)) if corrected else beam
            shown = self._final_width if graph.is_abbreviated(graph.interpreted_length) else None
            found = self._whole_texts.ranked(beam, root, graph, shown)
            self._final[key] = one_syllable_first(complete_first(found, graph), root, graph, self._words)
        return self._final[key]

    def _draft(self, root: Node, graph: SyllableGraph, width: int) -> Beam:
        """Return the best `width` texts, before they are judged as a whole."""
        key = root, graph.keys, width
        if key not in self._drafts:
            self._drafts[key] = self._search_to(root, graph, width)
        return self._drafts[key]

    def interior_beam(self, root: Node, graph: SyllableGraph, vertex: int) -> Beam:
        """Return the best texts for the keys up to `vertex`, by whole syllables and abbreviations.

        `vertex` lies on a path to the end of a graph whose final beam was asked for. If typing is corrected,
        texts with a slip are among them.
        """
        beam = self._interior.get((root, graph.name(vertex)), ())[: self._final_width]
        corrected = self._correction.beam(root, graph.keys[:vertex])
        return ranked((*beam, *corrected)) if corrected else beam

    def beam_before(self, root: Node, graph: SyllableGraph, vertex: int) -> Beam:
        """Return the same for any vertex that is reached, on a path to the end or not: 5 of `zhegeidea`."""
        before = graph.before(vertex)
        self._draft(root, before, self._draft_width(before))
        self._build_end(root, before)
        return self.interior_beam(root, graph, vertex)

    def evaluate_ahead(self, root: Node, graph: SyllableGraph) -> None:
        """Evaluate whatever one more letter could extend, in at most one decoder call.

        In an input that is abbreviated already it may turn the last letters into an initial, too.
        """
        end = len(graph.keys)
        self._build_end(root, graph)
        first = max(0, end - graph.table.max_length)
        growing = [v for v in range(first, end) if graph.table.is_prefix(graph.keys[v:])]
        beams = [self._interior.get((root, graph.name(vertex)), ()) for vertex in (*growing, end)]
        if graph.abbreviations:
            draft = self._draft(root, graph, self._draft_width(graph))
            beams.append(tuple([h for h in draft if h.edge and _is_initial(graph, h.edge)]))
        beams += self._correction.ahead(root, graph.keys, graph.table)
        nodes = [root, *(hypothesis.node for beam in beams for hypothesis in beam)]
        self._trie.evaluate(nodes)
        self._scorer.prepare(nodes)

    def _search_to(self, root: Node, graph: SyllableGraph, width: int) -> Beam:
        """Search the interior beams on all paths to the interpreted end; return its draft of `width`
        texts.

        If typing is corrected, the beams of all vertices are searched: a slip may continue from any.
        """
        end, keys = graph.interpreted_length, graph.keys
        self._interior.setdefault((root, ("", "")), (Hypothesis(root, 0.0),))
        draft: Beam = ()
        for vertex in graph.vertices if graph.table.slips else graph.path_vertices:
            if vertex == end and end:
                is_last = end == len(keys)
                draft = (
                    self._last_vertex(root, graph, width) if is_last else self._build_vertex(root, graph, end)
                )
            elif graph.is_reached(vertex) and (root, graph.name(vertex)) not in self._interior:
                self._build_vertex(root, graph, vertex)
            if graph.table.slips and vertex in graph.held_back:  # a slip needs the beam of the keys alone
                self.beam_before(root, graph, vertex)
            self._correction.build(root, keys[:vertex], graph.table)
        return draft

    def _last_vertex(self, root: Node, graph: SyllableGraph, width: int) -> Beam:
        """Return the best `width` texts for all keys.

        If that is fewer than go on and no decoder call is needed, the interior beam is left to `_build_end`,
        which needs none either: mostly it is built after the key.
        """
        end = graph.interpreted_length
        whole = self._extensions(root, graph, graph.whole_edges[end])
        loose = self._extensions(root, graph, graph.unfinished_edges)
        sources = [root, *(h.node for _, beam in (*whole, *loose) for h in beam)]
        is_narrow = width < self._width(graph, end) and not graph.table.slips
        if not is_narrow or not all(map(self._trie.is_evaluated, sources)):
            return self._expand_vertex(root, graph, end, graph.unfinished_edges, width)
        words = self._english(root, graph, end, forced=False)
        return select(self._scorer, [*whole, *((edge, beam[:width]) for edge, beam in loose)], words, width)

    def _build_end(self, root: Node, graph: SyllableGraph) -> None:
        """Build the interior beam of the last vertex, where `_last_vertex` left it out."""
        end = len(graph.keys)
        is_read = bool(end) and graph.interpreted_length == end
        if is_read and (root, (graph.keys, "")) not in self._interior:
            self._expand_vertex(root, graph, end, (), self._width(graph, end))

    def _build_vertex(self, root: Node, graph: SyllableGraph, vertex: int) -> Beam:
        """Build and keep the interior beam of `vertex`, abbreviations included."""
        abbreviations = {
            (edge.start, edge.first_syllable): edge for edge in graph.abbreviations.get(vertex, ())
        }
        if not graph.is_forced(vertex):
            return self._expand_vertex(root, graph, vertex, (), self._width(graph, vertex))
        wide = self._width(graph, vertex)
        draft = self._draft(root, graph.before(vertex), wide)
        # Nothing where the keys alone cannot be read to here: the digits of `u4f60fanganvvv's`.
        exact = self._interior.get((root, (graph.keys[:vertex], "")), ())
        read = [
            _respelt(hypothesis, abbreviations[hypothesis.edge.start, hypothesis.edge.first_syllable], graph)
            for hypothesis in draft
            if hypothesis.edge
            and hypothesis.edge.spelling is SpellingType.UNFINISHED
            and (hypothesis.edge.start, hypothesis.edge.first_syllable) in abbreviations
        ]
        words = self._english(root, graph, vertex, forced=True)
        beam = select(self._scorer, [], (*exact, *read, *words), wide)
        self._interior[root, graph.name(vertex)] = beam
        return beam

    def _expand_vertex(
        self, root: Node, graph: SyllableGraph, vertex: int, unfinished: Sequence[Edge], width: int
    ) -> Beam:
        """Build and keep the interior beam of `vertex` by whole syllables; return it with `unfinished`
        edges added, cut to `width`."""
        loose = self._extensions(root, graph, unfinished)
        known = self._known_interior(root, graph, vertex)
        known_final = self._known_part([(edge, beam[:width]) for edge, beam in loose], known.beam, width)
        waiting = [*known.waiting, *known_final.waiting]
        more = self._correction.needs(root, graph.keys[:vertex], graph.table)
        more += self._for_initials(graph, loose, known.beam)
        if waiting or more or not self._trie.is_evaluated(root):
            self._trie.evaluate([root, *more, *(h.node for _, beam in waiting for h in beam)])
        wide = self._width(graph, vertex)
        interior = select(self._scorer, known.waiting, known.beam, wide) if known.waiting else known.beam
        self._interior[root, graph.name(vertex)] = interior
        if not waiting:
            return known_final.beam
        return select(self._scorer, known_final.waiting, known_final.beam + interior, width)

    def _for_initials(self, graph: SyllableGraph, loose: list[Extension], known: Beam) -> list[Node]:
        """Return what a wide beam would lack if the next letter makes an initial of the last letters.

        It is evaluated with the rest of this key, as the next one has a call of its own to make.
        """
        initials = [(edge, beam) for edge, beam in loose if _is_initial(graph, edge)]
        if all(self._trie.is_evaluated(h.node) for _, beam in initials for h in beam):
            return []
        wide = self._width(graph, len(graph.keys))
        return [h.node for _, beam in self._known_part(initials, known, wide).waiting for h in beam]

    def _known_interior(self, root: Node, graph: SyllableGraph, vertex: int) -> _KnownPart:
        beam = self._interior.get((root, graph.name(vertex)))
        if beam is not None:
            return _KnownPart(beam, [])
        extensions = self._extensions(root, graph, graph.whole_edges[vertex])
        words = self._english(root, graph, vertex, forced=False)
        return self._known_part(extensions, words, self._width(graph, vertex))

    def _english(self, root: Node, graph: SyllableGraph, vertex: int, forced: bool) -> Beam:
        """Return the best texts that end with an English word at `vertex`, without a decoder call."""
        found = [
            source.extended(
                source.node.child(latin_token(edge.word)),
                source.score
                + self._scorer.latin_log_prob(source.node)
                - (edge.cost + _cost_beside(source, edge, graph)),
                edge,
            )
            for edge in graph.english_into(vertex, forced)
            for source in self._interior[root, graph.name(edge.start)][:_ENGLISH_SOURCES]
        ]
        return ranked(found)[: self._width(graph, vertex)]

    def _width(self, graph: SyllableGraph, vertex: int) -> int:
        """Return how many texts go on at a vertex."""
        is_many = graph.run_before(vertex) > _MANY_IN_A_ROW
        return self._of_many if is_many else self._beam_width

    def _draft_width(self, graph: SyllableGraph) -> int:
        """Return the width of a draft: behind abbreviations the next key may make a beam of it, and what may
        be a syllable is likelier to be two of them (地啊, 嗲)."""
        end = graph.interpreted_length
        is_wide = graph.is_abbreviated(end) or graph.table.is_prefix(graph.keys)
        return self._width(graph, end) if is_wide else self._final_width

    def _extensions(self, root: Node, graph: SyllableGraph, edges: Iterable[Edge]) -> list[Extension]:
        found = [(edge, self._interior[root, graph.name(edge.start)]) for edge in edges]
        return [(edge, beam) for edge, beam in found if beam]

    def _known_part(self, extensions: list[Extension], carried: Beam, width: int) -> _KnownPart:
        """Return what can be scored without the decoder, and what is worth evaluating.

        A log-probability is never above 0, so a hypothesis that scores less than the last one of a full beam
        before it is extended can be left out without changing the result. `nihao` is also ni'ha'o: most of
        你哈 is not worth a decoder row once 你好 is there.
        """
        is_evaluated = self._trie.is_evaluated
        carried = carried[:width]
        hopeful = _hopeful(extensions, carried, width)
        ready = [(edge, tuple([h for h in beam if is_evaluated(h.node)])) for edge, beam in hopeful]
        scored = [(edge, beam) for edge, beam in ready if beam]
        best = select(self._scorer, scored, carried, width) if scored else carried
        unknown = [
            (edge, tuple([h for h in beam if not is_evaluated(h.node)]))
            for (edge, beam), (_, known) in zip(hopeful, ready, strict=True)
            if len(known) < len(beam)
        ]
        return _KnownPart(best, _hopeful(unknown, best, width))


def _hopeful(extensions: Iterable[Extension], rivals: Beam, width: int) -> list[Extension]:
    """Return those of `extensions` that may still enter a beam of `width` places beside `rivals`."""
    floor = rivals[-1].score if len(rivals) == width else -np.inf
    kept = [
        (
            edge,
            tuple(
                [h for h, cost in zip(beam, edge_costs(edge, beam), strict=True) if h.score - cost >= floor]
            ),
        )
        for edge, beam in extensions
    ]
    return [(edge, beam) for edge, beam in kept if beam]


def _is_initial(graph: SyllableGraph, edge: Edge) -> bool:
    """Return whether another letter may turn this unfinished edge into an abbreviation."""
    letters = graph.keys[edge.start : edge.end].strip(SEPARATOR)
    return edge.spelling is SpellingType.UNFINISHED and letters in graph.table.initials


def _respelt(hypothesis: Hypothesis, edge: Edge, graph: SyllableGraph) -> Hypothesis:
    """Return the same text with its last, unfinished edge read as an abbreviation."""
    cost = edge.cost - (hypothesis.edge.cost if hypothesis.edge else 0.0)
    if hypothesis.source:
        cost += _cost_beside(hypothesis.source, edge, graph)
    return hypothesis.read_as(edge, hypothesis.score - cost)


def _cost_beside(source: Hypothesis, edge: Edge, graph: SyllableGraph) -> float:
    """Return the price of `edge` if with it English in small letters first meets an abbreviation."""
    if not graph.english or not (edge.word or has_latin(source.node.tokens)):
        return 0.0
    before = {kind for kind in (_kind_of(each, graph) for each in source.edges) if kind}
    after = before | {_kind_of(edge, graph)} - {None}
    return _BESIDE_ABBREVIATIONS if len(after) == 2 > len(before) else 0.0


def _kind_of(edge: Edge, graph: SyllableGraph) -> SpellingType | None:
    """Return ABBREVIATION, or ENGLISH in small letters; None for any other edge."""
    if edge.spelling is SpellingType.ABBREVIATION:
        return edge.spelling
    is_small = bool(edge.word) and graph.keys[edge.start : edge.end].islower()
    return edge.spelling if is_small else None
