"""The menu: which texts are offered for the keys, and in which order.

Knows beams, the lexicon and the vocabulary; knows nothing of pages, of the highlight or of what
the user has chosen. Order: the best sentence; words and other sentences for the whole input;
words and phrases that cover the first syllables, longest span first; every character of the
first syllable, most probable first; the letters as typed.

What is offered for a span [0, v) depends only on the root and the keys before v, so it is kept
between keys, like the beams.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

from engine.graph import Edge, SpellingType, SyllableGraph
from engine.lexicon import MAX_WORD_LENGTH, Lexicon, Word
from engine.scorer import Scorer
from engine.search import Beam, Search, SearchOptions
from engine.syllable import SYLLABLES
from engine.trie import Node
from engine.values import Candidate, Source
from engine.vocabulary import Vocabulary

Group = tuple[Candidate, ...]
Path = tuple[int, ...]  # syllable indices

_MAX_PATHS: Final[int] = 32  # segmentations of one span that are looked up
_MAX_WORD_KEYS: Final[int] = 64  # keys that the longest word is spelt with, separators and all


@dataclass(frozen=True)
class Root:
    """Where the search began: its node, and how many tokens of the node's path are not part of
    the candidates (choices made before)."""

    node: Node
    n_fixed: int


class CandidateList:
    """Builds the menu of a graph whose final beam has been searched."""

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, scorer: Scorer, search: Search, options: SearchOptions
    ) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._scorer = scorer
        self._search = search
        self._options = options
        self._paths: dict[str, tuple[Path, ...]] = {}
        self._span_groups: dict[tuple[Node, str], Group] = {}
        self._characters: dict[tuple[Node, Edge], Group] = {}

    def clear(self) -> None:
        """Forget what was kept (the trie was reset)."""
        self._paths.clear()
        self._span_groups.clear()
        self._characters.clear()

    def build(self, root: Root, graph: SyllableGraph) -> Group:
        """All candidates in menu order, no text twice with the same span."""
        if not graph.keys:
            return ()
        menu: dict[tuple[str, tuple[int, int]], Candidate] = {}
        for group in self._groups(root, graph):
            for candidate in group:
                menu.setdefault((candidate.text, candidate.span), candidate)
        return tuple(menu.values())

    def _groups(self, root: Root, graph: SyllableGraph) -> Iterator[Group]:
        end = graph.interpreted_length
        vertices = graph.vertices_before(end)
        yield self._sentences(root, graph)
        for vertex in reversed(vertices[1:]):
            yield self._span_group(root, graph, vertex)
        first_edges = [edge for edge in _first_edges(graph) if edge.end in vertices or edge.end == end]
        for edge in sorted(
            first_edges, key=lambda edge: (edge.spelling is not SpellingType.EXACT, -edge.end)
        ):
            yield self._character_group(root, edge)
        yield (Candidate(graph.keys, (0, len(graph.keys)), (), (), float("-inf"), Source.RAW),)

    def _sentences(self, root: Root, graph: SyllableGraph) -> Group:
        """The whole input: the best sentence, lexicon words, other sentences."""
        end = graph.interpreted_length
        beam = self._search.final_beam(root.node, graph)
        if not beam:
            return ()
        best, *others = self._of_beam(root, beam, end, Source.SENTENCE)
        words, inventions = self._ranked(others, self._words(graph, end), end)
        is_short = len(best.tokens) <= self._options.short_input
        n_other = len(inventions) if is_short else max(0, self._options.n_sentence - 1)
        return (best, *words, *inventions[:n_other])

    def _span_group(self, root: Root, graph: SyllableGraph, vertex: int) -> Group:
        """Words and phrases of two syllables or more over [0, vertex)."""
        key = root.node, graph.keys[:vertex]
        group = self._span_groups.get(key)
        if group is None:
            beam = self._search.interior_beam(root.node, graph, vertex)
            found = [c for c in self._of_beam(root, beam, vertex, Source.PHRASE) if len(c.tokens) > 1]
            words, inventions = self._ranked(found, self._words(graph, vertex), vertex)
            short = [c for c in inventions if len(c.tokens) <= self._options.phrase_length]
            group = self._span_groups[key] = (*words, *short[: self._options.n_phrase])
        return group

    def _ranked(
        self, found: list[Candidate], words: Iterable[Word], end: int
    ) -> tuple[list[Candidate], list[Candidate]]:
        """(words, inventions): the beam's words in its order, then those it does not hold."""
        known = [c for c in found if len(c.tokens) > 1 and self._lexicon.contains(c.tokens)]
        inventions = [c for c in found if c not in known]
        held = {c.tokens for c in known}
        others = [self._of_word(word, end) for word in words if word.tokens not in held]
        return (known + others)[: self._options.n_word], inventions

    def _words(self, graph: SyllableGraph, vertex: int) -> list[Word]:
        """The lexicon's words that are spelt exactly by the keys before `vertex`."""
        words = [word for path in self._paths_into(graph, vertex) for word in self._lexicon.lookup(path)]
        return sorted(words, key=lambda word: (-word.log_prob, word.tokens))

    def _paths_into(self, graph: SyllableGraph, vertex: int) -> tuple[Path, ...]:
        """Segmentations of the keys before `vertex` into syllables, as far as a word can be long."""
        if vertex == 0:
            return ((),)
        if vertex > _MAX_WORD_KEYS:
            return ()
        prefix = graph.keys[:vertex]
        paths = self._paths.get(prefix)
        if paths is None:
            found = [
                (*path, edge.first_syllable)
                for edge in graph.exact_edges[vertex]
                for path in self._paths_into(graph, edge.start)
                if len(path) < MAX_WORD_LENGTH
            ]
            paths = self._paths[prefix] = tuple(found[:_MAX_PATHS])
        return paths

    def _character_group(self, root: Root, edge: Edge) -> Group:
        """The characters of one first edge, most probable first."""
        key = root.node, edge
        group = self._characters.get(key)
        if group is None:
            syllables = edge.first_syllable, edge.last_syllable
            scores = self._scorer.reading_log_probs([root.node], *syllables)[0]
            order = (-scores).argsort(kind="stable")
            if edge.spelling is not SpellingType.EXACT:
                order = order[: self._options.n_unfinished]
            first = self._scorer.first_token(*syllables)
            group = self._characters[key] = tuple(
                self._candidate((first + i,), edge.end, float(scores[i]) - edge.cost, Source.CHARACTER)
                for i in order.tolist()
            )
        return group

    def _of_beam(self, root: Root, beam: Beam, end: int, source: Source) -> list[Candidate]:
        return [self._candidate(h.node.tokens[root.n_fixed :], end, h.score, source) for h in beam]

    def _of_word(self, word: Word, end: int) -> Candidate:
        return self._candidate(word.tokens, end, word.log_prob, Source.LEXICON)

    def _candidate(self, tokens: tuple[int, ...], end: int, score: float, source: Source) -> Candidate:
        vocabulary = self._vocabulary
        reading = tuple(SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens)
        return Candidate(vocabulary.text(tokens), (0, end), reading, tokens, score, source)


def _first_edges(graph: SyllableGraph) -> Iterator[Edge]:
    for edges in (*graph.exact_edges, graph.unfinished_edges):
        for edge in edges:
            if edge.start == 0:
                yield edge
