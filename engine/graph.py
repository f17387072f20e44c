"""The syllable graph: every way to read a keystroke string as syllables.

Knows spellings and positions in the keys; knows nothing of hanzi, of scores of text or of beams.

Vertices are the positions 0..len(keys); an edge reads the letters between two of them as a
syllable, or as one of a contiguous range of syllables where the letters leave that open. The
exact edges into a vertex depend only on the keys before it: that is what lets everything that
was searched for `niha` stay valid for `nihao`.

An abbreviation (the n, h, s of `nhsj`) is read only where the keys say that there is one: once
some beginning of them cannot be read by whole syllables and an unfinished last one, `nh`, an
initial from there on may stand for its syllable where the letter behind it goes on with none of
its spellings. So full pinyin has no such edges (`xiangshi` is not xian g shi), and those into a
vertex depend on the keys before it and the one letter behind it.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final

from engine.syllable import INITIALS, MAX_SYLLABLE_LENGTH, is_prefix, syllable_of, syllables_with_prefix

SEPARATOR: Final[str] = "'"

# What an edge may cover: separators that open the input, letters, separators that close it.
_WINDOW: Final[re.Pattern[str]] = re.compile(
    rf"{SEPARATOR}*[^{SEPARATOR}]{{1,{MAX_SYLLABLE_LENGTH}}}{SEPARATOR}*"
)


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`
    ABBREVIATION = "abbreviation"  # an initial for its syllable, the n of `nhao`


@dataclass(frozen=True)
class SpellingCosts:
    """What a reading of the keys costs, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are one but may
    become a longer one, `ni` on the way to `nian`; most users pick at `ni` because they mean it,
    so this is dear. `abbreviation`: an initial that stands for its syllable. `split`: what the
    s of `sh` costs beyond that, read as an initial of its own, where `sh` is one as well.

    The last two were tried on 400 inputs each of `benchmark accuracy --typing initials` and `mixed`
    (interim bundle): from 0 to 4 and from 1 to 5 nothing moves but 0.1 points of characters, as
    the readings of one input hardly differ in the number of their initials.
    """

    unfinished: float = 2.0
    extended: float = 6.0
    abbreviation: float = 2.0
    split: float = 2.0


DEFAULT_COSTS: Final[SpellingCosts] = SpellingCosts()


@dataclass(frozen=True, slots=True)
class Edge:
    """The keys [start, end) read as one of the syllables [first_syllable, last_syllable).

    An edge swallows the separators behind its letters, and those that open the input.
    """

    start: int
    end: int
    first_syllable: int
    last_syllable: int
    spelling: SpellingType = SpellingType.EXACT
    cost: float = 0.0


@dataclass(frozen=True)
class SyllableGraph:
    """All edges of `keys` that can be reached from position 0.

    `exact_edges[v]`, `abbreviations[v]` (only for those v that have some) and `unfinished_edges`
    (all of which end at the last position) are ordered by their start. `interpreted_length` is
    the furthest vertex that some path reaches; the keys behind it are the tail, which no edge
    covers: the `v` of `nihaov`.
    """

    keys: str
    exact_edges: tuple[tuple[Edge, ...], ...]
    unfinished_edges: tuple[Edge, ...]
    interpreted_length: int
    abbreviations: Mapping[int, tuple[Edge, ...]] = field(default_factory=dict)
    readable_length: int | None = None  # without abbreviations; None: all keys
    costs: SpellingCosts = DEFAULT_COSTS
    known_syllables: frozenset[int] | None = None

    @classmethod
    def of(
        cls,
        keys: str,
        costs: SpellingCosts = DEFAULT_COSTS,
        known_syllables: frozenset[int] | None = None,
    ) -> SyllableGraph:
        """Graph of any string; letters that begin no syllable are harmless.

        `known_syllables`: the indices that may be used (those that have a reading), None for all.
        """
        graph = cls._built(keys, costs, known_syllables, None)
        if graph.interpreted_length == len(keys):
            return graph
        return cls._built(keys, costs, known_syllables, graph._readable_length())

    @classmethod
    def _built(
        cls, keys: str, costs: SpellingCosts, known: frozenset[int] | None, readable: int | None
    ) -> SyllableGraph:
        """Graph whose abbreviations end in [readable, len(keys)); it has none where that is None."""
        exact: list[list[Edge]] = [[] for _ in range(len(keys) + 1)]
        abbreviations: dict[int, tuple[Edge, ...]] = {}
        unfinished: list[Edge] = []
        for start in range(len(keys)):
            is_reached = exact[start] or start in abbreviations or not start
            window = _WINDOW.match(keys, start) if is_reached else None
            if window is None:
                continue
            for edge in _exact_edges(start, window.group()):
                if known is None or edge.first_syllable in known:
                    exact[edge.end].append(edge)
            if readable is not None:
                for edge in _abbreviations(start, window.group(), costs, known):
                    if readable <= edge.end < len(keys):
                        abbreviations[edge.end] = (*abbreviations.get(edge.end, ()), edge)
            if window.end() == len(keys):
                unfinished += _unfinished_edge(start, window.group(), costs, known)
        reached = [0, *abbreviations, *(vertex for vertex, edges in enumerate(exact) if edges)]
        furthest = len(keys) if unfinished else max(reached)
        edges = tuple(map(tuple, exact)), tuple(unfinished)
        return cls(keys, *edges, furthest, abbreviations, readable, costs, known)

    def _readable_length(self) -> int:
        """How many keys can be read by exact syllables and an unfinished last one: 3 of `hello`."""
        furthest = len(self.keys) - len(self.keys.lstrip(SEPARATOR))
        for start, edges in enumerate(self.exact_edges):
            window = _WINDOW.match(self.keys, start) if edges or not start else None
            if window is not None:
                furthest = max(furthest, start + _open_length(window.group(), self.known_syllables))
        return furthest

    @property
    def tail(self) -> str:
        """The keys that no path reaches."""
        return self.keys[self.interpreted_length :]

    def name(self, vertex: int) -> tuple[str, str]:
        """Under which what depends on the edges up to `vertex` alone may be kept.

        The keys before it; and the letter behind it where that forces abbreviations into it.
        """
        return self.keys[:vertex], self.keys[vertex] if vertex in self.abbreviations else ""

    def is_abbreviated(self, vertex: int) -> bool:
        """True where the keys before `vertex` cannot be read without abbreviations."""
        return self.readable_length is not None and self.readable_length < vertex

    def before(self, vertex: int) -> SyllableGraph:
        """The graph of the keys before `vertex`."""
        return SyllableGraph.of(self.keys[:vertex], self.costs, self.known_syllables)

    def edges_into(self, vertex: int) -> tuple[Edge, ...]:
        """All edges that end at `vertex`."""
        unfinished = self.unfinished_edges if vertex == len(self.keys) else ()
        return self.exact_edges[vertex] + self.abbreviations.get(vertex, ()) + unfinished

    @cached_property
    def path_vertices(self) -> tuple[int, ...]:
        """Ascending: the vertices, 0 and `interpreted_length` included, on some path between them."""
        found = {self.interpreted_length}
        for position in range(self.interpreted_length, 0, -1):
            if position in found:
                found.update(edge.start for edge in self.edges_into(position))
        return tuple(sorted(found))


@lru_cache(maxsize=1 << 14)
def _exact_edges(start: int, window: str) -> tuple[Edge, ...]:
    """The exact edges from `start`, the shortest first; `window`: the keys there, see _WINDOW."""
    letters = window.strip(SEPARATOR)
    n_before = len(window) - len(window.lstrip(SEPARATOR))
    edges = []
    for length in takewhile(lambda length: is_prefix(letters[:length]), range(1, len(letters) + 1)):
        syllable = syllable_of(letters[:length])
        end = start + (len(window) if length == len(letters) else n_before + length)
        if syllable is not None:
            edges.append(Edge(start, end, syllable, syllable + 1))
    return tuple(edges)


def _unfinished_edge(
    start: int, window: str, costs: SpellingCosts, known: frozenset[int] | None
) -> Iterator[Edge]:
    """The edge of the longer syllables that begin with the last letters, if there are any.

    A separator behind them says that a syllable ends there: `xi'` is xi and nothing longer. But
    the h of `nih'` still stands for a syllable.
    """
    letters = window.strip(SEPARATOR)
    first, last = syllables_with_prefix(letters)
    is_syllable = syllable_of(letters) is not None
    if is_syllable:
        first = min(first + 1, last)  # sorted: the syllable itself comes before the longer ones
    is_known = known is None or not known.isdisjoint(range(first, last))
    if first < last and is_known and not (is_syllable and window.endswith(SEPARATOR)):
        cost = costs.extended if is_syllable else costs.unfinished
        yield Edge(start, start + len(window), first, last, SpellingType.UNFINISHED, cost)


@lru_cache(maxsize=1 << 14)
def _abbreviations(
    start: int, window: str, costs: SpellingCosts, known: frozenset[int] | None
) -> tuple[Edge, ...]:
    """The initials at `start` which the letter behind them, or a separator, leaves no longer reading.

    `sh` of `shj` is one, and so is its s: the j says that neither begins a full syllable. Where
    the keys end at `sh`, that is still open, and the s is one: the h may be the next initial.
    """
    letters = window.strip(SEPARATOR)
    n_before = len(window) - len(window.lstrip(SEPARATOR))
    edges = []
    for length in (1, 2):
        initial = letters[:length]
        if len(initial) < length or initial not in INITIALS:
            continue
        is_split = length == 1 and letters[1:] and letters[:2] in INITIALS
        forcing = letters[: 3 if is_split else length + 1]
        first, last = syllables_with_prefix(initial)
        is_known = known is None or not known.isdisjoint(range(first, last))
        if is_known and (forcing in INITIALS or not is_prefix(forcing)):
            end = start + (len(window) if length == len(letters) else n_before + length)
            cost = costs.abbreviation + (costs.split if is_split else 0.0)
            edges.append(Edge(start, end, first, last, SpellingType.ABBREVIATION, cost))
    return tuple(edges)


@lru_cache(maxsize=1 << 14)
def _open_length(window: str, known: frozenset[int] | None) -> int:
    """How much of `window` can be read as a syllable or as the beginning of one."""
    letters = window.strip(SEPARATOR)
    n_before = len(window) - len(window.lstrip(SEPARATOR))
    for length in range(len(letters), 0, -1):
        spelling = letters[:length]
        candidates = {*range(*syllables_with_prefix(spelling)), syllable_of(spelling)} - {None}
        if candidates and (known is None or not known.isdisjoint(candidates)):
            return len(window) if length == len(letters) else n_before + length
    return 0
