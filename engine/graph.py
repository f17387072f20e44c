"""The syllable graph: every way to read a keystroke string as syllables.

Knows spellings and positions in the keys; knows nothing of hanzi, of scores of text or of beams.

Vertices are the positions 0..len(keys); an edge reads the letters between two of them as a
syllable, or as one of a contiguous range of syllables where the letters leave that open. The
exact edges into a vertex depend only on the keys before it: that is what lets everything that
was searched for `niha` stay valid for `nihao`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import Enum
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final

from engine.syllable import MAX_SYLLABLE_LENGTH, is_prefix, syllable_of, syllables_with_prefix

SEPARATOR: Final[str] = "'"


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
        furthest = 0
        for start in range(len(keys)):
            if start and not exact[start]:
                continue
            for edge in _edges_from(keys, start, costs):
                if not _is_known(edge, known_syllables):
                    continue
                target = exact[edge.end] if edge.spelling is SpellingType.EXACT else unfinished
                target.append(edge)
                furthest = max(furthest, edge.end)
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


def _edges_from(keys: str, start: int, costs: SpellingCosts) -> Iterator[Edge]:
    """Every edge that begins at `start`, the shortest first."""
    first_letter = _skip_separators(keys, start)
    for letters, syllable in _spellings(keys[first_letter : first_letter + MAX_SYLLABLE_LENGTH]):
        end = first_letter + len(letters)
        next_start = _skip_separators(keys, end)
        if syllable is not None:
            yield Edge(start, next_start, syllable, syllable + 1)
        if next_start == len(keys):
            yield from _unfinished_edge(letters, (start, next_start), end < next_start, costs)


@lru_cache(maxsize=1 << 14)
def _spellings(window: str) -> tuple[tuple[str, int | None], ...]:
    """The beginnings of `window` that may be a syllable or become one, each with its syllable."""
    lengths = range(1, len(window) + 1)
    beginnings = takewhile(is_prefix, (window[:length] for length in lengths))  # a separator ends them
    return tuple((letters, syllable_of(letters)) for letters in beginnings)


def _unfinished_edge(
    letters: str, span: tuple[int, int], is_closed: bool, costs: SpellingCosts
) -> Iterator[Edge]:
    """The edge of the longer syllables that begin with `letters`, if there are any.

    `is_closed`: a separator follows. `xi'` says that the syllable is xi and nothing longer, but
    the h of `nih'` still stands for a syllable.
    """
    first, last = syllables_with_prefix(letters)
    is_syllable = syllable_of(letters) is not None
    if is_syllable:
        first = min(first + 1, last)  # sorted: the syllable itself comes before the longer ones
    if first < last and not (is_syllable and is_closed):
        cost = costs.extended if is_syllable else costs.unfinished
        yield Edge(*span, first, last, SpellingType.UNFINISHED, cost)


def _skip_separators(keys: str, position: int) -> int:
    while position < len(keys) and keys[position] == SEPARATOR:
        position += 1
    return position


def _is_known(edge: Edge, known: frozenset[int] | None) -> bool:
    return known is None or not known.isdisjoint(range(edge.first_syllable, edge.last_syllable))
