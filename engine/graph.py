"""The syllable graph: every way to read a keystroke string as syllables.

Knows spellings and positions in the keys; knows nothing of hanzi, of scores of text or of beams.

Vertices are the positions 0..len(keys); an edge reads the letters between two of them as a
syllable, or as one of a contiguous range of syllables where the letters leave that open. The
exact edges into a vertex depend only on the keys before it: that is what lets everything that
was searched for `niha` stay valid for `nihao`.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final

from engine.syllable import MAX_SYLLABLE_LENGTH, is_prefix, syllable_of, syllables_with_prefix

SEPARATOR: Final[str] = "'"

# What an edge may cover: separators that open the input, letters, separators that close it.
_WINDOW: Final[re.Pattern[str]] = re.compile(
    rf"{SEPARATOR}*[^{SEPARATOR}]{{1,{MAX_SYLLABLE_LENGTH}}}{SEPARATOR}*"
)


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`


@dataclass(frozen=True)
class SpellingCosts:
    """What a reading of the keys costs, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are one but may
    become a longer one, `ni` on the way to `nian`; most users pick at `ni` because they mean it,
    so this is dear.
    """

    unfinished: float = 2.0
    extended: float = 6.0


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

    `exact_edges[v]` and `unfinished_edges` (all of which end at the last position) are ordered by
    their start. `interpreted_length` is the furthest vertex that some path reaches; the keys
    behind it are the tail, which no edge covers: the `v` of `nihaov`.
    """

    keys: str
    exact_edges: tuple[tuple[Edge, ...], ...]
    unfinished_edges: tuple[Edge, ...]
    interpreted_length: int

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
        exact: list[list[Edge]] = [[] for _ in range(len(keys) + 1)]
        unfinished: list[Edge] = []
        for start in range(len(keys)):
            window = _WINDOW.match(keys, start) if exact[start] or not start else None
            if window is None:
                continue
            for edge in _exact_edges(start, window.group()):
                if known_syllables is None or edge.first_syllable in known_syllables:
                    exact[edge.end].append(edge)
            if window.end() == len(keys):
                unfinished += _unfinished_edge(start, window.group(), costs, known_syllables)
        reached = [vertex for vertex, edges in enumerate(exact) if edges]
        furthest = len(keys) if unfinished else max(reached, default=0)
        return cls(keys, tuple(map(tuple, exact)), tuple(unfinished), furthest)

    @property
    def tail(self) -> str:
        """The keys that no path reaches."""
        return self.keys[self.interpreted_length :]

    def edges_into(self, vertex: int) -> tuple[Edge, ...]:
        """All edges that end at `vertex`."""
        unfinished = self.unfinished_edges if vertex == len(self.keys) else ()
        return self.exact_edges[vertex] + unfinished

    @cached_property
    def path_vertices(self) -> tuple[int, ...]:
        """Ascending: the vertices, 0 and `interpreted_length` included, on some path between them."""
        end = self.interpreted_length
        found = {edge.start for edge in self.edges_into(end)} | {end}
        for position in range(end - 1, 0, -1):
            if position in found:
                found.update(edge.start for edge in self.exact_edges[position])
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
