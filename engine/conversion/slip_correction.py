"""Search texts with a typing slip in them.

These beams are a second layer over those of the search: a hypothesis enters it from the first layer by one
edge that reads its letters as a slip (`xain` for xian), and continues by whole syllables. So input without
slips is searched as ever, and a corrected text only has to be believable: it must come near the best text of
the same keys without a correction. Where the letters make bad syllables, or none, that is soon the case;
where they read well it never is.

A slip is looked for only where the decoder expects the syllable that was meant (its class log-probability is
known), so the dozens of slip edges into a vertex cost one look-up.

A slip across two syllables (`nhiao`, `Crossing`) is read by two edges, and its first syllable has a beam of
its own: it is searched while the letters of the second are typed, so that a key still costs one decoder call.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Final, NamedTuple

import numpy as np

from engine.conversion.beam import Beam, Extension, Hypothesis, ranked, select
from engine.conversion.scorer import Scorer
from engine.conversion.word_lookup import KnownWords
from engine.model.prefix_cache import Node, PrefixCache
from engine.spelling.options import SpellingType
from engine.spelling.spelling_table import SEPARATOR, SpellingTable, Spelt, SpeltMap
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.spelling.typing_slips import Slip

Interior = Mapping[tuple[Node, tuple[str, str]], Beam]

_WIDTH: Final[int] = 8  # corrected hypotheses kept at a vertex
_WIDE: Final[int] = 24  # where the letters cannot be read as they stand: 视 of `sihpin` is far from first
_SOURCES: Final[int] = 4  # hypotheses that a slip may follow
_EDGES: Final[int] = 6  # slip edges into a vertex that are scored
_WORD_SOURCES: Final[int] = 6  # further ones that begin a word which the slip completes
_CROSSED: Final[int] = 8  # texts of a crossing's first syllable

# Nats by which a corrected text may be less likely than the best uncorrected text of the same keys: inside
# the input, where the next syllables may still favour it, and in the menu.
_MARGIN: Final[float] = 6.0
_MENU_MARGIN: Final[float] = 3.0

# Nats that a correction costs beyond its slips where the keys can be read as they stand.
_DOUBT: Final[float] = 2.0

_LONGEST_INITIAL: Final[int] = 2  # letters: zh, ch, sh


class _Span(NamedTuple):
    """The letters that an edge into a vertex may cover, and where it begins."""

    start: int
    letters: str


@dataclass(frozen=True)
class _SlipEdge:
    """An edge and the hypotheses that are worth extending by it; `promise` is the best score to expect."""

    edge: Edge
    beam: Beam
    promise: float


class Correction:
    """The corrected beams for the keys of one trie, kept between keys.

    `interior` holds the beams of the search under their names; they are only read here. Without `words`
    nothing typed as it stands is known to be a word, and no word is looked for.
    """

    def __init__(
        self, trie: PrefixCache, scorer: Scorer, interior: Interior, words: KnownWords | None = None
    ) -> None:
        self._trie = trie
        self._scorer = scorer
        self._interior = interior
        self._words = words
        self._beams: dict[tuple[Node, str], Beam] = {}
        self._firsts: dict[tuple[Node, str, int, int], Beam] = {}  # keys, start and middle of a crossing

    def clear(self) -> None:
        """Forget all beams."""
        self._beams.clear()
        self._firsts.clear()

    def beam(self, root: Node, keys: str) -> Beam:
        """Return the corrected texts for these keys by whole syllables; nothing if none was built."""
        return self._beams.get((root, keys), ())

    def needs(self, root: Node, keys: str, table: SpellingTable) -> list[Node]:
        """Return what has to be evaluated before the beam of `keys` can be built."""
        if not table.slips or (root, keys) in self._beams:
            return []
        nodes: list[Node] = []
        for start, letters in _spans(keys, table):
            if letters in table.slips:
                nodes += (h.node for h in self._slip_sources(root, keys[:start], table.slips[letters]))
            if table.is_prefix(letters):
                nodes += (h.node for h in self.beam(root, keys[:start]))
        for crossing in crossings(keys, table):
            first = self._first(root, keys, crossing)
            beam = self._sources(root, keys[: crossing.start]) if first is None else first
            nodes += (h.node for h in beam)
        return nodes

    def ahead(self, root: Node, keys: str, table: SpellingTable) -> list[Beam]:
        """Return what the slips and whole syllables that one more letter completes could extend."""
        if not table.slips:
            return []
        first = max(0, len(keys) - table.max_length)
        starts = [keys[:vertex] for vertex in range(first, len(keys) + 1)]
        beams = [beam for start in starts for beam in (self._sources(root, start), self.beam(root, start))]
        return [*beams, *(self._first(root, keys, crossing) or () for crossing in crossings(keys, table))]

    def build(self, root: Node, keys: str, table: SpellingTable) -> None:
        """Build and keep the beam of `keys`; those of all shorter keys have been built."""
        if not table.slips or (root, keys) in self._beams:
            return
        self._trie.evaluate(self.needs(root, keys, table))
        plain = self._interior.get((root, (keys, "")), ())
        floor = plain[0].score - _MARGIN if plain else -np.inf
        extensions = list(self._extensions(root, keys, table, table.whole))
        extensions += [(slip.edge, slip.beam) for slip in self._slip_edges(root, keys, table, floor)]
        extensions += self._crossed(root, keys, table)
        texts = {hypothesis.node for hypothesis in plain}
        width = _WIDTH if plain else _WIDE
        found = select(self._scorer, extensions, (), width) if extensions else ()
        self._beams[root, keys] = tuple([h for h in found if h.score >= floor and h.node not in texts])

    def final_beam(self, root: Node, graph: SyllableGraph, plain: Beam) -> Beam:
        """Return the corrected texts for all keys that come near the best of `plain`.

        An unfinished last syllable is included; `plain` is what is read without correction. Where the
        keys can be read as they stand, a correction is offered only if it is likelier than every such
        reading, or a word: 工作 of `gongzou`, beside 共走. None where they spell a word themselves, or
        one syllable, or where all are initials: `bj` is 北京, and no slip for `bu`.
        """
        keys, table = graph.keys, graph.table
        is_readable = graph.readable_length is None
        is_abbreviated = len(keys) > 1 and bool(plain) and all(map(_is_initial, plain[0].edges))
        if is_abbreviated or (is_readable and self._is_word(root, graph, plain)):
            return ()
        extensions = list(self._extensions(root, keys, table, table.unfinished))
        extensions += self._crossed_so_far(root, keys, table)
        beam = self.beam(root, keys)
        if extensions:
            self._trie.evaluate([h.node for _, sources in extensions for h in sources])
            beam = select(self._scorer, extensions, beam, _WIDTH)
        doubt = _DOUBT if is_readable else 0.0
        best = plain[0].score + doubt if plain else -np.inf
        texts = {hypothesis.node for hypothesis in plain}
        kept = [h for h in beam if h.score >= best - _MENU_MARGIN and h.node not in texts]
        if is_readable and not any(h.score > best for h in kept):
            kept = [h for h in kept if self._words and self._words.is_word(h.node.tokens[len(root.tokens) :])]
        return tuple([replace(h, score=h.score - doubt) for h in kept])

    def _is_word(self, root: Node, graph: SyllableGraph, plain: Beam) -> bool:
        """Return whether all keys are one syllable as it is written, or the best reading is a word."""
        whole = graph.whole_edges[len(graph.keys)]
        if any(edge.start == 0 and edge.spelling is SpellingType.EXACT for edge in whole):
            return True
        n_fixed = len(root.tokens)
        return bool(plain) and self._words is not None and self._words.is_word(plain[0].node.tokens[n_fixed:])

    def _sources(self, root: Node, keys: str) -> Beam:
        """Return the best texts for `keys`, corrected or not, that a slip may follow."""
        if not keys:
            return (Hypothesis(root, 0.0),)
        plain = self._interior.get((root, (keys, "")), ())[:_SOURCES]
        return ranked((*plain, *self.beam(root, keys)))[:_SOURCES]

    def _slip_sources(self, root: Node, keys: str, meant: tuple[Spelt, ...]) -> Beam:
        """Return the texts for `keys` that a slip for one of the syllables `meant` may follow.

        Besides the best ones those that end with the first hanzi of a word which it completes: 知 is
        the sixth of `zhi`, and `zhidoa` is 知道.
        """
        best = self._sources(root, keys)
        plain = self._interior.get((root, (keys, "")), ())[_SOURCES:]
        if self._words is None or not plain:
            return best
        found: list[Hypothesis] = []
        second = tuple([spelt.first_syllable for spelt in meant])
        for hypothesis in plain:
            edge = hypothesis.edge
            if (
                edge is not None
                and edge.last_syllable == edge.first_syllable + 1
                and hypothesis.node.token in self._words.beginnings(edge.first_syllable, second)
            ):
                found.append(hypothesis)
                if len(found) == _WORD_SOURCES:
                    break
        return (*best, *(hypothesis for hypothesis in found if hypothesis not in best))

    def _extensions(
        self, root: Node, keys: str, table: SpellingTable, spellings: SpeltMap
    ) -> Iterator[Extension]:
        """Yield corrected texts, each to be extended by syllables of `spellings` to the end of the keys."""
        for start, letters in _spans(keys, table):
            beam = self.beam(root, keys[:start])
            closed = spellings is table.unfinished and keys.endswith(SEPARATOR) and table.is_exact(letters)
            for spelt in spellings.get(letters, ()) if beam and not closed else ():
                yield Edge.of(start, len(keys), spelt), beam

    def _first(self, root: Node, keys: str, crossing: Crossing) -> Beam | None:
        """Return the beam of a crossing's first syllable; None if it was not built yet."""
        name = root, keys[: crossing.middle + 1], crossing.start, crossing.middle
        return self._firsts.get(name)

    def _crossed(self, root: Node, keys: str, table: SpellingTable) -> Iterator[Extension]:
        """Yield texts whose last syllable swapped letters with the next one, to be extended by that.

        The beams of first syllables that are missing are built.
        """
        for crossing in crossings(keys, table):
            beam, second = self._first(root, keys, crossing), second_of(crossing, table)
            if beam is None:
                sources, first = self._sources(root, keys[: crossing.start]), crossing.first
                spelt = replace(first, spelling=SpellingType.SLIP, cost=crossing_cost(table))
                edge = Edge.of(crossing.start, crossing.middle, spelt)
                found = select(self._scorer, [(edge, sources)], (), _CROSSED) if sources else ()
                name = root, keys[: crossing.middle + 1], crossing.start, crossing.middle
                self._firsts[name] = found
            elif beam and second is not None:
                spelt = replace(second, spelling=SpellingType.SLIP)
                yield Edge.of(crossing.middle, len(keys), spelt), beam

    def _crossed_so_far(self, root: Node, keys: str, table: SpellingTable) -> Iterator[Extension]:
        """Yield the same where the second syllable is unfinished, from its second letter on.

        By then the first one's texts have been through the decoder.
        """
        for crossing in crossings(keys, table):
            beam = self._first(root, keys, crossing) if len(crossing.rest) > 1 else None
            for spelt in table.unfinished.get(crossing.rest, ()) if beam else ():
                yield Edge.of(crossing.middle, len(keys), spelt), beam or ()

    def _slip_edges(self, root: Node, keys: str, table: SpellingTable, floor: float) -> list[_SlipEdge]:
        """Return the most promising slip edges into the end of the keys."""
        found: list[_SlipEdge] = []
        for start, letters in _spans(keys, table):
            meant = table.slips.get(letters, ())
            if meant:
                sources = self._slip_sources(root, keys[:start], meant)
                found += self._promising(start, len(keys), meant, sources, floor)
        return sorted(found, key=lambda slip: (-slip.promise, slip.edge.start, slip.edge.first_syllable))[
            :_EDGES
        ]

    def _promising(
        self, start: int, end: int, meant: tuple[Spelt, ...], beam: Beam, floor: float
    ) -> Iterator[_SlipEdge]:
        """Yield the edges of the keys [start, end) read as each syllable `meant`.

        An edge is left out if no hypothesis of `beam` lets it reach a score of `floor`.
        """
        if not beam:
            return
        expected = self._scorer.syllable_log_probs([h.node for h in beam], [s.first_syllable for s in meant])
        promises = expected + np.array([[h.score] for h in beam]) - np.array([s.cost for s in meant])
        for column, spelt in enumerate(meant):
            kept = [h for h, promise in zip(beam, promises[:, column], strict=True) if promise >= floor]
            if kept:
                best = float(promises[:, column].max())
                yield _SlipEdge(Edge.of(start, end, spelt), tuple(kept), best)


def _spans(keys: str, table: SpellingTable) -> Iterator[_Span]:
    """Yield what an edge into the end of the keys may cover, the shortest first.

    It includes separators behind its letters, and those that open the input, but none between.
    """
    end = len(keys.rstrip(SEPARATOR))
    for start in range(end - 1, max(-1, end - table.max_length - 2), -1):
        if keys[start] == SEPARATOR:
            return
        yield _Span(start if keys[:start].strip(SEPARATOR) else 0, keys[start:end])


_MIN_LENGTH: Final[int] = 2  # letters of each syllable


class Crossing(NamedTuple):
    """A swap of letters across two syllables.

    Uncrossed, the letters [start, middle) are `first`, and those from `middle` on are `rest`, a syllable or
    the beginning of one.
    """

    start: int
    middle: int
    first: Spelt
    rest: str


@lru_cache(maxsize=1 << 12)
def _is_initial(edge: Edge) -> bool:
    is_short = edge.end - edge.start <= _LONGEST_INITIAL
    return is_short and edge.spelling in (SpellingType.ABBREVIATION, SpellingType.UNFINISHED)


def crossings(keys: str, table: SpellingTable) -> tuple[Crossing, ...]:
    """Return every crossing whose second syllable contains or ends at the end of the keys.

    >>> from engine.spelling.table_builder import spelling_table
    >>> [(c.start, c.middle, c.rest) for c in crossings("nhiao", spelling_table())]
    [(0, 2, 'hao')]
    """
    found = []
    end = len(keys)
    for middle in range(max(1, end - table.max_length), end):
        rest = keys[middle - 1] + keys[middle + 1 :]
        if keys[middle - 1] == keys[middle] or not table.is_prefix(rest):
            continue
        for start in range(max(0, middle - table.max_length), middle - _MIN_LENGTH + 1):
            first = _exact(keys[start : middle - 1] + keys[middle], table)
            if first is not None and _is_odd(keys[start:middle], table) and SEPARATOR not in keys[start:]:
                found.append(Crossing(start, middle, first, rest))
    return tuple(found)


def crossing_cost(table: SpellingTable) -> float:
    """Return the price in nats: half of the transpositions of one syllable happen at its end."""
    return -math.log(table.costs.slip_rate * Slip.TRANSPOSED.value / 2)


def second_of(crossing: Crossing, table: SpellingTable) -> Spelt | None:
    """Return the second syllable, if all its letters are there."""
    return _exact(crossing.rest, table) if len(crossing.rest) >= _MIN_LENGTH else None


def _exact(letters: str, table: SpellingTable) -> Spelt | None:
    row = table.whole.get(letters, ())
    return row[0] if row and row[0].spelling is SpellingType.EXACT else None


def _is_odd(letters: str, table: SpellingTable) -> bool:
    """Return whether the letters are no syllable and begin none."""
    return not table.is_prefix(letters)
