"""Look up whole texts that an abbreviated input may stand for: words, and frequent clauses.

The search finds texts reading by reading, and behind `kj` nothing yet speaks for the 恐 of 恐惧: that an
abbreviated input is one word, or one short clause like 没问题, can only be judged of the whole.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain, islice
from typing import Final

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.word_arrays import MAX_WORD_LENGTH, Word
from engine.spelling.syllable_graph import Edge, SyllableGraph

MAX_LENGTH: Final[int] = 4  # hanzi of a clause that is guessed
_MAX_PATHS: Final[int] = 16  # readings looked up of few syllables, and as many of more
_LIMIT: Final[int] = 48  # guesses of each list and path
# Nats on a clause's and a word's share of its list; figures: docs/experiments/abbreviations.md.
_CLAUSE_GAIN: Final[float] = -0.5
_WORD_GAIN: Final[float] = -2.0

EdgePath = tuple[Edge, ...]


@dataclass(frozen=True, slots=True)
class Guess:
    """A text for all keys; `log_prob` is that it is meant, less the costs of the edges, in nats."""

    tokens: tuple[int, ...]
    edges: EdgePath
    log_prob: float


class AbbreviationLookup:
    """A source of guesses: the lexicon, and a list of clauses with how often each was met."""

    def __init__(self, lexicon: Lexicon, clauses: Lexicon) -> None:
        self._lexicon = lexicon
        self._clauses = clauses

    def guesses(self, graph: SyllableGraph, begins_clause: bool) -> tuple[Guess, ...]:
        """Return the best guess for each text, likeliest first; nothing if the keys are not abbreviated.

        `begins_clause` says that nothing stands before the input which it would continue; only there can it
        be a whole clause.
        """
        if not graph.abbreviations:
            return ()
        best: dict[tuple[int, ...], Guess] = {}
        for path in _paths(graph):
            for guess in self._of_path(path, begins_clause and len(path) <= MAX_LENGTH):
                held = best.get(guess.tokens)
                if held is None or held.log_prob < guess.log_prob:
                    best[guess.tokens] = guess
        return tuple(sorted(best.values(), key=lambda guess: (-guess.log_prob, guess.tokens)))

    def _of_path(self, path: EdgePath, begins_clause: bool) -> Iterator[Guess]:
        ranges = [(edge.first_syllable, edge.last_syllable) for edge in path]
        cost = sum(edge.cost for edge in path)
        for word in self._lexicon.lookup_ranges(ranges, _LIMIT):
            yield _guess(word, path, _WORD_GAIN - cost)
        if begins_clause:
            for clause in self._clauses.lookup_ranges(ranges, _LIMIT):
                yield _guess(clause, path, _CLAUSE_GAIN - cost)


def _guess(word: Word, path: EdgePath, gain: float) -> Guess:
    return Guess(word.tokens, path, word.log_prob + gain)


def _paths(graph: SyllableGraph) -> Sequence[EdgePath]:
    """Return the readings of all keys as two to seven syllables, as long as the longest word: `zhrmghg`."""
    end, fewest = graph.interpreted_length, _fewest_syllables(graph)
    short = (path for path in _paths_to(graph, end, MAX_LENGTH, fewest) if len(path) > 1)
    long = (path for path in _paths_to(graph, end, MAX_WORD_LENGTH, fewest) if len(path) > MAX_LENGTH)
    return [*islice(short, _MAX_PATHS), *islice(long, _MAX_PATHS)]


def _fewest_syllables(graph: SyllableGraph) -> dict[int, int]:
    """Return the syllables of the shortest path to each vertex that some path reaches."""
    fewest = {0: 0}
    for vertex in sorted({*graph.path_vertices, *(edge.end for edge in graph.opening_split)}):
        counts = [fewest[edge.start] + 1 for edge in _syllables_into(graph, vertex) if edge.start in fewest]
        if counts:
            fewest[vertex] = min(counts)
    return fewest


def _paths_to(graph: SyllableGraph, vertex: int, most: int, fewest: dict[int, int]) -> Iterator[EdgePath]:
    if vertex == 0:
        yield ()
    elif fewest.get(vertex, most + 1) <= most:  # no search where it cannot end
        for edge in _syllables_into(graph, vertex):
            yield from ((*path, edge) for path in _paths_to(graph, edge.start, most - 1, fewest))


def _syllables_into(graph: SyllableGraph, vertex: int) -> Iterator[Edge]:
    edges = (edge for edge in graph.edges_into(vertex) if not edge.word)
    return chain(edges, (edge for edge in graph.opening_split if edge.end == vertex))
