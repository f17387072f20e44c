"""Build the syllable graph: every way to read a string of keys as syllables.

Vertices are the positions 0..len(keys). An edge reads the letters between two of them as a syllable, or as
one of a contiguous range of syllables where the letters leave that open. The edges of whole syllables into a
vertex depend only on the keys before it, so everything that was searched for `niha` stays valid for `nihao`.

An abbreviation (the n, h, s of `nhsj`) is read only where the keys require one. Where some beginning of them
cannot be read by whole syllables and an unfinished last one, as in `nh`, an initial from there on may stand
for its syllable if the next letter continues none of its spellings, or is itself a syllable, the a of `hma`.
So full pinyin has no such edges (`xiangshi` is not xian g shi), and those into a vertex depend on the keys
before it and the one letter behind it.

English words are edges, too: those with a capital letter anywhere, those in small letters under the same
condition as abbreviations (`wifi`, but not `women`) or if they are clear. Clear words keep no abbreviations
out: `aijiudashshuo` is 爱就dash说 and 爱就大声说.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from itertools import takewhile
from typing import Final

from engine.spelling.english_words import MAX_LENGTH, EnglishWord
from engine.spelling.fuzzy_sounds import NONE_AVOIDED, Avoided, Way
from engine.spelling.options import SpellingType
from engine.spelling.spelling_table import SEPARATOR, SpellingTable, Spelt
from engine.spelling.table_builder import spelling_table

FULL_PINYIN: Final[SpellingTable] = spelling_table()
_NO_SMALL_LETTER: Final[re.Pattern[str]] = re.compile(r"[^a-z]")
_BARE: Final[frozenset[str]] = frozenset("aeo")  # vowels that are syllables by themselves


@dataclass(frozen=True, slots=True)
class Edge:
    """The keys [start, end) read as one of the syllables [first_syllable, last_syllable).

    An edge includes the separators behind its letters, and those that open the input. `ways` are those of a
    fuzzy sound, `avoided` those that could have changed an exact one.
    """

    start: int
    end: int
    first_syllable: int
    last_syllable: int
    spelling: SpellingType = SpellingType.EXACT
    cost: float = 0.0
    word: str = ""  # of an English edge, which has no syllables
    ways: tuple[Way, ...] = ()
    avoided: Avoided = NONE_AVOIDED

    @classmethod
    def of(cls, start: int, end: int, spelt: Spelt, more: float = 0.0) -> Edge:
        """Return an edge over the keys [start, end) that are spelt so; `more` is added to its cost."""
        syllables = spelt.first_syllable, spelt.last_syllable
        return cls(start, end, *syllables, spelt.spelling, spelt.cost + more, "", spelt.ways, spelt.avoided)


@dataclass(frozen=True)
class SyllableGraph:
    """All edges of `keys` that can be reached from position 0.

    `whole_edges[v]`, `abbreviations[v]` and `english[v]` (only for those v that have some) and
    `unfinished_edges` (all of which end at the last position) are ordered by their start.
    `interpreted_length` is the furthest vertex that some path reaches; the keys behind it are the
    tail, which no edge covers: the `v` of `nihaov`.
    """

    keys: str
    whole_edges: tuple[tuple[Edge, ...], ...]
    unfinished_edges: tuple[Edge, ...]
    interpreted_length: int
    abbreviations: Mapping[int, tuple[Edge, ...]] = field(default_factory=dict)
    english: Mapping[int, tuple[Edge, ...]] = field(default_factory=dict)
    readable_length: int | None = None  # without abbreviations; None: all keys
    table: SpellingTable = FULL_PINYIN
    is_read_by_words: bool = False  # English words that may stand anywhere make the keys readable without

    @classmethod
    def of(cls, keys: str, table: SpellingTable = FULL_PINYIN) -> SyllableGraph:
        """Return the graph of any string; letters that begin no syllable are harmless.

        The latest are kept, as the keys of before are asked about again where they are abbreviated.
        """
        return _graph_of(keys, table)

    @classmethod
    def _built(
        cls, keys: str, table: SpellingTable, readable: int | None, has_clear: bool = True
    ) -> SyllableGraph:
        """Return a graph whose abbreviations end in [readable, len(keys)); none if `readable` is None.

        `has_clear`: with the English words in small letters that may stand anywhere.
        """
        whole: list[list[Edge]] = [[] for _ in range(len(keys) + 1)]
        abbreviations: dict[int, tuple[Edge, ...]] = {}
        english: dict[int, tuple[Edge, ...]] = {}
        unfinished: list[Edge] = []
        may_be_english = readable is not None or not keys.islower()
        for start in range(len(keys)):
            is_reached = whole[start] or start in abbreviations or start in english or not start
            window = table.window.match(keys, start) if is_reached else None
            if window is None:
                continue
            for edge in _whole_edges(start, window.group(), table):
                whole[edge.end].append(edge)
            if readable is not None:
                for edge in _abbreviations(start, window.group(), table):
                    if readable <= edge.end < len(keys):
                        abbreviations[edge.end] = (*abbreviations.get(edge.end, ()), edge)
            for edge in _english_edges(start, keys, table, clear_only=not may_be_english):
                is_needed = readable is not None and readable <= edge.end
                letters = keys[start : edge.end]
                if (
                    is_needed
                    or not letters.islower()
                    or (has_clear and table.is_clear(letters.strip(SEPARATOR)))
                ):
                    english[edge.end] = (*english.get(edge.end, ()), edge)
            if window.end() == len(keys):
                unfinished += _unfinished_edges(start, window.group(), table)
        reached = [0, *abbreviations, *english, *(vertex for vertex, edges in enumerate(whole) if edges)]
        furthest = len(keys) if unfinished else max(reached)
        edges = tuple(map(tuple, whole)), tuple(unfinished)
        return cls(keys, *edges, furthest, abbreviations, english, readable, table)

    @classmethod
    def _read(cls, keys: str, table: SpellingTable) -> SyllableGraph:
        """Return a new graph: with abbreviations where the keys cannot be read without."""
        graph = cls._built(keys, table, None)
        plain = cls._built(keys, table, None, has_clear=False) if graph._has_clear_words() else graph
        if plain.interpreted_length == len(keys):
            return graph
        found = cls._built(keys, table, plain._readable_length())
        return replace(found, is_read_by_words=graph.interpreted_length == len(keys))

    def _has_clear_words(self) -> bool:
        edges = (edge for edges in self.english.values() for edge in edges)
        return any(self.keys[edge.start : edge.end].islower() for edge in edges)

    def _readable_length(self) -> int:
        """Return how many keys can be read by whole syllables and an unfinished last one: 3 of `hello`."""
        furthest = max(len(self.keys) - len(self.keys.lstrip(SEPARATOR)), *self.english, 0)
        for start in filter(self.is_reached, range(len(self.keys))):
            window = self.table.window.match(self.keys, start)
            if window is not None:
                furthest = max(furthest, start + _open_length(window.group(), self.table))
        return furthest

    def name(self, vertex: int) -> tuple[str, str]:
        """Return a key under which results that depend only on the edges up to `vertex` may be cached.

        It is the keys before the vertex, and the letter behind it where that forces abbreviations or English
        words into it, or keeps English words out.
        """
        depends = self.is_forced(vertex) or vertex in self.held_back
        return self.keys[:vertex], self.keys[vertex] if depends else ""

    @cached_property
    def held_back(self) -> frozenset[int]:
        """The vertices into which fewer words lead than at the end of the keys before them.

        No Ubuntu ends before the digits of `Ubuntu22`.
        """
        if not _NO_SMALL_LETTER.search(self.keys):
            return frozenset()
        return frozenset(
            vertex
            for vertex in range(1, len(self.keys))
            if self.english_into(vertex, forced=False)
            != self.before(vertex).english_into(vertex, forced=False)
        )

    def is_forced(self, vertex: int) -> bool:
        """Return whether some edges into `vertex` exist because of the letter behind it."""
        return vertex in self.abbreviations or (vertex == self.readable_length and vertex in self.english)

    def english_into(self, vertex: int, forced: bool) -> tuple[Edge, ...]:
        """Return the English words that end at `vertex`.

        Without `forced`, only those that the keys before the vertex allow by themselves.
        """
        edges = self.english.get(vertex, ())
        if forced or vertex != self.readable_length:
            return edges
        keys, table = self.keys, self.table
        return tuple([edge for edge in edges if _is_plainly_english(keys[edge.start : vertex], table)])

    def is_abbreviated(self, vertex: int) -> bool:
        """Return whether the keys before `vertex` cannot be read without abbreviations."""
        return self.readable_length is not None and self.readable_length < vertex

    def run_before(self, vertex: int) -> int:
        """Return how many abbreviations, or how many of one letter, stand in a row before `vertex`."""
        keys = self.keys[:vertex]
        n_same, found = vertex - len(keys.rstrip(keys[-1:])), 0
        while self.is_abbreviated(vertex) and vertex in self.abbreviations:
            found, vertex = found + 1, self.abbreviations[vertex][-1].start
        return max(found, n_same)

    @cached_property
    def opening_split(self) -> tuple[Edge, ...]:
        """The edges of an abbreviated input's opening `zh`, `ch` or `sh` as two initials: 中华 is z h.

        They are in no path of the graph: the search takes abbreviations only from where whole syllables
        fail, and nearly all that begins so is one syllable.
        """
        first = len(self.keys) - len(self.keys.lstrip(SEPARATOR))
        opening, initials = self.keys[first : first + 2], self.table.initials
        if self.readable_length != first + 2 or opening not in initials or opening[0] not in initials:
            return ()
        more = self.table.costs.split
        edges = [Edge.of(0, first + 1, spelt, more) for spelt in initials[opening[0]]]
        return (*edges, *(Edge.of(first + 1, first + 2, spelt) for spelt in initials.get(opening[1], ())))

    def before(self, vertex: int) -> SyllableGraph:
        """Return the graph of the keys before `vertex`."""
        return SyllableGraph.of(self.keys[:vertex], self.table)

    def edges_into(self, vertex: int) -> tuple[Edge, ...]:
        """Return all edges that end at `vertex`."""
        unfinished = self.unfinished_edges if vertex == len(self.keys) else ()
        edges = self.whole_edges[vertex] + self.abbreviations.get(vertex, ())
        return edges + self.english.get(vertex, ()) + unfinished

    def is_reached(self, vertex: int) -> bool:
        """Return whether some path leads to `vertex` by whole syllables, words and abbreviations."""
        if vertex in self.abbreviations or vertex in self.english:
            return True
        return vertex == 0 or bool(self.whole_edges[vertex])

    def is_clear(self, start: int, end: int) -> bool:
        """Return whether the keys [start, end) are an English word that may stand anywhere."""
        return self.table.is_clear(self.keys[start:end].strip(SEPARATOR))

    @property
    def vertices(self) -> list[int]:
        """Ascending: where a syllable may end, reached or not; separators lie inside edges."""
        return [v for v in range(len(self.keys) + 1) if self.keys[v : v + 1] != SEPARATOR]

    @cached_property
    def path_vertices(self) -> tuple[int, ...]:
        """Ascending: the vertices, 0 and `interpreted_length` included, on some path between them."""
        found = {self.interpreted_length}
        for position in range(self.interpreted_length, 0, -1):
            if position in found:
                found.update(edge.start for edge in self.edges_into(position))
        return tuple(sorted(found))


@lru_cache(maxsize=1 << 8)
def _graph_of(keys: str, table: SpellingTable) -> SyllableGraph:
    return SyllableGraph._read(keys, table)


@lru_cache(maxsize=1 << 14)
def _whole_edges(start: int, window: str, table: SpellingTable) -> tuple[Edge, ...]:
    """Return the edges of whole syllables from `start`, the shortest first; `window` is the keys there."""
    letters = window.strip(SEPARATOR)
    edges = []
    for length in takewhile(lambda length: table.is_prefix(letters[:length]), range(1, len(letters) + 1)):
        end = _end_of(start, window, length)
        edges += [Edge.of(start, end, spelt) for spelt in table.whole.get(letters[:length], ())]
    return tuple(edges)


def _unfinished_edges(start: int, window: str, table: SpellingTable) -> Iterator[Edge]:
    """Yield the edges of the longer syllables that begin with the last letters.

    A separator behind them ends a syllable: `xi'` is xi and nothing longer. But the h of `nih'` still stands
    for a syllable.
    """
    letters = window.strip(SEPARATOR)
    if not (window.endswith(SEPARATOR) and table.is_exact(letters)):
        for spelt in table.unfinished.get(letters, ()):
            yield Edge.of(start, start + len(window), spelt)


@lru_cache(maxsize=1 << 14)
def _abbreviations(start: int, window: str, table: SpellingTable) -> tuple[Edge, ...]:
    """Return the initials at `start` that the next letter, or a separator, leaves no longer reading.

    `sh` of `shj` is one, and so is its s: the j shows that neither begins a full syllable. Where the keys end
    at `sh`, that is still open, and the s is one, since the h may be the next initial. The m of `hma` is one
    at a price: a is a syllable, and so is ma.
    """
    letters = window.strip(SEPARATOR)
    edges = []
    for length in (1, 2):
        initial = letters[:length]
        if len(initial) < length or initial not in table.initials:
            continue
        is_split = length == 1 and letters[1:] != "" and letters[:2] in table.initials
        forcing = letters[: 3 if is_split else length + 1]
        is_forced = forcing in table.initials or not table.is_prefix(forcing)
        behind = letters[length : length + 1]
        if is_forced or (behind in _BARE and table.is_exact(behind)):
            more = (table.costs.split if is_split else 0.0) + (0.0 if is_forced else table.costs.bare)
            end = _end_of(start, window, length)
            edges += [Edge.of(start, end, spelt, more) for spelt in table.initials[initial]]
    return tuple(edges)


def _is_plainly_english(keys: str, table: SpellingTable) -> bool:
    """Return whether keys may be an English word anywhere: by a capital letter, or as a clear word."""
    return not keys.islower() or table.is_clear(keys.strip(SEPARATOR))


def _english_edges(start: int, keys: str, table: SpellingTable, clear_only: bool) -> Iterator[Edge]:
    """Yield the English words from `start`, with capitals or in small letters."""
    first = start if keys[:start].strip(SEPARATOR) else len(keys) - len(keys.lstrip(SEPARATOR))
    letters = keys[first : first + MAX_LENGTH]
    words = (
        table.clear_words_at(letters)
        if clear_only
        else _english_words(letters, keys[first - 1 : first], table)
    )
    for length, text, cost in words:
        end = first + length
        end += len(keys[end:]) - len(keys[end:].lstrip(SEPARATOR))
        yield Edge(start, end, 0, 0, SpellingType.ENGLISH, cost, text)


@lru_cache(maxsize=1 << 14)
def _english_words(letters: str, before: str, table: SpellingTable) -> tuple[EnglishWord, ...]:
    return tuple(table.words_at(letters, before))


@lru_cache(maxsize=1 << 14)
def _open_length(window: str, table: SpellingTable) -> int:
    """Return how much of `window` can be read as a syllable or as the beginning of one."""
    letters = window.strip(SEPARATOR)
    for length in range(len(letters), 0, -1):
        if table.is_prefix(letters[:length]):
            return _end_of(0, window, length)
    return 0


def _end_of(start: int, window: str, length: int) -> int:
    """Return where an edge of `length` letters ends, including the separators around them."""
    n_letter = len(window.strip(SEPARATOR))
    n_before = len(window) - len(window.lstrip(SEPARATOR))
    return start + (len(window) if length == n_letter else n_before + length)
