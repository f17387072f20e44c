"""Build the menu: which texts are offered for the keys, and in which order.

The order is: the best sentence; words and other sentences for the whole input; words and phrases that cover
the first syllables, longest span first; every character of the first syllable, most probable first; the
letters as typed. The user's own words come before those of the lexicon, and what the user picked for these
very letters may come first (`engine.user_model.model`).

What is offered for a span [0, v) depends only on the root and on the graph's name of v, so it is kept between
keys, like the beams.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import compress, islice
from operator import not_
from typing import NamedTuple

from engine.conversion.beam import Beam, Hypothesis
from engine.conversion.beam_search import BeamSearch, SearchOptions
from engine.conversion.diversity import about_as_likely, complete_before, diverse, going_on, in_front, unseen
from engine.conversion.menu.beginnings import beginnings, endings
from engine.conversion.menu.completion import completion
from engine.conversion.menu.english_words import EnglishWords, meant, place_of, uncut
from engine.conversion.menu.first_parts import inner_vertices, is_cut_otherwise, syllable_ends
from engine.conversion.menu.vulgar_words import plain_first
from engine.conversion.scorer import Scorer
from engine.conversion.single_hanzi import HanziGroup, ScoredText, SingleHanzi
from engine.conversion.word_lookup import KnownWords, Offered, WordLookup, own_words_first
from engine.hanzi.rare_readings import RareReadings
from engine.lexicon.latin_words import has_latin, is_latin, latin_word
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.rare_tokens import is_outer
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import MAX_WORD_LENGTH
from engine.model.prefix_cache import Node
from engine.protocol import Candidate, Mark, Source
from engine.spelling.annotations import Annotation, note_of
from engine.spelling.options import SpellingType
from engine.spelling.spelling_table import SEPARATOR
from engine.spelling.syllable import NO_READING, SYLLABLES
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.user_model.model import UserModel


class _SpanGroup(NamedTuple):
    """The candidates of a span; `inside` says of each where its syllables end, nothing where it is a word."""

    candidates: HanziGroup
    inside: Sequence[tuple[int, ...]]


@dataclass(frozen=True)
class Root:
    """The start of a search: its node, and how many of the node's tokens belong to choices made before."""

    node: Node
    n_fixed: int


class CandidateList:
    """A builder of the menu of a graph whose final beam has been searched."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        lexicon: Lexicon,
        scorer: Scorer,
        search: BeamSearch,
        options: SearchOptions,
        words: KnownWords,
        personal: UserModel | None = None,
        rare: RareReadings | None = None,
    ) -> None:
        self._vocabulary = vocabulary
        self._texts = vocabulary.texts
        self._syllables = [""] * vocabulary.n_special + [SYLLABLES[s] for _, s in vocabulary.readings]
        self._lexicon = lexicon
        self._scorer = scorer
        self._search = search
        self._options = options
        self._personal = personal
        self._words = words
        self._english = EnglishWords(search, scorer)
        self._spelt = WordLookup(lexicon, personal, options.n_word)
        self._span_groups: dict[tuple[Node, tuple[str, str]], _SpanGroup] = {}
        self._singles = SingleHanzi(
            vocabulary, scorer, rare or RareReadings(), personal, self._candidate, options.n_unfinished
        )

    def clear(self) -> None:
        """Forget what was kept (the trie was reset)."""
        self._spelt.clear()
        self._span_groups.clear()
        self._singles.clear()

    def build(self, root: Root, graph: SyllableGraph) -> HanziGroup:
        """Return all candidates in menu order, no text twice.

        A text that stands for all of the letters is not offered for some of them as well: 我们 of `wome`,
        picked, would leave the n of `women` behind.
        """
        if not graph.keys:
            return ()
        beam = self._search.final_beam(root.node, graph)
        open_ended = going_on(beam, root.n_fixed)
        menu = list(self._sentences(root, graph, beam, open_ended))
        begun = self._beginnings(root, graph, beam)
        menu += (self._whole(root, graph, h, Source.PHRASE) for h in begun)
        ends = syllable_ends(about_as_likely(beam))
        slips, otherwise = _slips_read(beam, graph), list[Candidate]()
        is_plain = bool(beam) and not graph.abbreviations
        is_word = is_plain and self._words.is_word(beam[0].node.tokens[root.n_fixed :])
        for vertex in inner_vertices(graph, beam, ends):
            parts = [
                candidate
                for candidate, inside in zip(*self._span_group(root, graph, vertex), strict=True)
                if (not inside or ends.issuperset(inside))
                and (
                    candidate.mark is not Mark.CORRECTED
                    or any(read.startswith(candidate.annotation) for read in slips)
                )
            ]
            for part in meant(parts, graph, beam, root.n_fixed):
                (otherwise if is_word and is_cut_otherwise(part, ends) else menu).append(part)
        edges = _first_edges(graph, beam)
        singles = [self._singles.group(root.node, graph, edge) for edge in edges]
        menu += (candidate for group in singles for candidate in group)
        menu += otherwise  # where the letters are a word: 娶你 of `qunian`, 地安 of `diannao`
        raw = Candidate(graph.keys, (0, len(graph.keys)), (), (), float("-inf"), Source.RAW)
        found = _distinct_texts(menu)
        limits, behind_choice = (self._options.n_sentence, self._options.short_input), root.n_fixed > 0
        distinct = diverse(found, self._words.is_word, *limits, open_ended, behind_choice)
        distinct[1:1] = self._completion(graph, distinct, beam)
        if begun:
            self._add_ends(root, graph, distinct, endings(beam, begun[0]))
        rare = [self._singles.rare_group(graph, edge) for edge in edges]
        of_all = [not g and edge.end == len(graph.keys) for edge, g in zip(edges, singles, strict=True)]
        alone = [c for group in compress(rare, of_all) for c in group]  # 挼 of `rua`, which no other hanzi is
        rest = [c for group in rare for c in group]
        distinct = [*_distinct_texts([*alone, *distinct, *rest])] if rest else distinct
        distinct = [*plain_first(uncut(distinct, graph), self._personal.is_word if self._personal else None)]
        if self._personal is not None:
            arranged = own_words_first(self._personal.arrange(distinct, graph.keys), self._words)
            return (*(self._marked(candidate) for candidate in arranged), raw)
        return (*distinct, raw)

    def _marked(self, candidate: Candidate) -> Candidate:
        """Return the candidate, with a mark if it is a word of the user's that no lexicon has."""
        if candidate.source is not Source.USER or candidate.mark is not Mark.NONE:
            return candidate
        is_listed = self._lexicon.contains(candidate.tokens)
        return candidate if is_listed else replace(candidate, mark=Mark.YOURS)

    def _sentences(
        self, root: Root, graph: SyllableGraph, beam: Beam, open_ended: Collection[tuple[int, ...]]
    ) -> HanziGroup:
        """Return what covers the whole input: the best sentence, lexicon words, other sentences."""
        if not beam:
            return ()
        end = end_of(beam, graph)
        best = self._text(root, graph, beam[0])
        offered = self._spelt.words_of(graph, end)
        is_own = (Source.USER, best[0]) in ((each.source, each.word.tokens) for each in offered)
        first = self._candidate(best, end, Source.USER if is_own else Source.SENTENCE)
        longest, is_word = root.n_fixed + MAX_WORD_LENGTH, self._words.is_word
        texts = [h.node.tokens for h in beam[1:]]
        of_words = [len(text) <= longest and is_word(text[root.n_fixed :]) for text in texts]
        known = [self._text(root, graph, h) for h in compress(beam[1:], of_words)]
        words, _ = self._ranked(known, offered, end, 0)
        rest = compress(beam[1:], map(not_, of_words))
        inventions = (self._candidate(self._text(root, graph, h), end, Source.SENTENCE) for h in rest)
        others = [*words, *self._worth_listing(first, words, inventions, graph)]
        others = sorted(others, key=_by_score) if graph.abbreviations else others
        sentences = [first, *complete_before(others, open_ended)]
        for tokens, score, note in self._english.texts(root.node, graph, first.score):
            english = self._candidate((tokens[root.n_fixed :], score, note), len(graph.keys), Source.SENTENCE)
            sentences.insert(place_of(english, sentences, graph), english)
        return _distinct(sentences)

    def _beginnings(self, root: Root, graph: SyllableGraph, beam: Beam) -> list[Hypothesis]:
        """Return beginnings of the best sentence, where it is long and nothing in it is abbreviated."""
        if graph.abbreviations or not beam or len(beam[0].boundaries) <= self._options.phrase_length:
            return []
        return beginnings(beam, root.n_fixed, self._options.n_beginning)

    def _add_ends(self, root: Root, graph: SyllableGraph, menu: list[Candidate], found: Beam) -> None:
        """Put a few of the texts that the menu lacks behind its sentences."""
        others = (self._whole(root, graph, h, Source.SENTENCE) for h in found)
        further = unseen(others, {candidate.text for candidate in menu})
        place = next((i for i, each in enumerate(menu) if each.span != menu[0].span), len(menu))
        menu[place:place] = islice(further, self._options.n_ending)

    def _completion(self, graph: SyllableGraph, menu: Sequence[Candidate], beam: Beam) -> list[Candidate]:
        """Return the word that all letters begin, where it is near certain."""
        if not beam or not menu or graph.readable_length is not None:
            return []
        best, found = menu[0], None
        is_plain = best.mark is Mark.NONE and not best.annotation and best.span[1] == len(graph.keys)
        if is_plain and len(best.tokens) < MAX_WORD_LENGTH and not has_latin(best.tokens):
            end = self._scorer.end_log_prob(beam[0].node)
            found = completion(self._spelt.longer_words(graph, best.tokens), best.tokens, end)
        if found is None:
            return []
        text = found.word.tokens, -math.inf, found.note
        return [self._candidate(text, len(graph.keys), found.source)]

    def _worth_listing(
        self,
        first: Candidate,
        words: Sequence[Candidate],
        inventions: Iterable[Candidate],
        graph: SyllableGraph,
    ) -> Iterable[Candidate]:
        """Return, of a long input, only what `diverse` would keep; the others are not spelt out."""
        is_english = bool(graph.english) and (graph.readable_length is not None or has_latin(first.tokens))
        is_mixed = is_english or (bool(graph.abbreviations) and bool(words))
        if is_mixed or len(first.tokens) <= self._options.short_input:
            return inventions
        seen = {first.text, *(word.text for word in words)}
        return in_front(first, unseen(inventions, seen), self._options.n_sentence)

    def _span_group(self, root: Root, graph: SyllableGraph, vertex: int) -> _SpanGroup:
        """Return words and phrases of two syllables or more over [0, vertex)."""
        key = root.node, graph.name(vertex)
        group = self._span_groups.get(key)
        if group is None:
            beam = self._search.interior_beam(root.node, graph, vertex)
            found = [self._text(root, graph, hypothesis) for hypothesis in beam]
            inside = {
                text[0]: hypothesis.boundaries
                for text, hypothesis in zip(found, beam, strict=True)
                if len(text[0]) <= self._options.phrase_length
            }
            found = [
                text
                for text in found
                if (len(text[0]) > 1 or is_latin(text[0][0]))
                and (len(text[0]) <= self._options.phrase_length or self._words.is_word(text[0]))
            ]
            words = self._spelt.words_of(graph, vertex)
            n_phrase = self._options.n_phrase if found and len(found[0][0]) == 2 else 1
            ranked = self._ranked(found, words, vertex, n_phrase, Source.PHRASE)
            candidates, is_word = _distinct([*ranked[0], *ranked[1]]), self._words.is_word
            ends = [() if is_word(c.tokens) else inside.get(c.tokens, ()) for c in candidates]
            group = self._span_groups[key] = _SpanGroup(candidates, ends)
        return group

    def _ranked(
        self,
        found: list[ScoredText],
        words: Sequence[Offered],
        vertex: int,
        n_invention: int,
        source: Source = Source.SENTENCE,
    ) -> tuple[list[Candidate], list[Candidate]]:
        """Return (words, inventions) over [0, vertex).

        Words: those of `found` in its order, then those of `words` that it lacks. Inventions: the first
        `n_invention` of the rest of `found`.
        """
        own = {each.word.tokens for each in words if each.source is Source.USER}
        held: dict[tuple[int, ...], Candidate] = {}
        inventions: list[Candidate] = []
        for text in found:
            if self._words.is_word(text[0]):
                origin = Source.USER if text[0] in own else source
                held[text[0]] = self._candidate(text, vertex, origin)
            elif len(inventions) < n_invention:
                inventions.append(self._candidate(text, vertex, source))
        others = [
            self._candidate(
                (
                    each.word.tokens,
                    each.word.log_prob if each.source is Source.LEXICON else -math.inf,
                    each.note,
                ),
                vertex,
                each.source,
            )
            for each in words
            if each.word.tokens not in held
        ]
        return [*held.values(), *others][: self._options.n_word], inventions

    def _text(self, root: Root, graph: SyllableGraph, hypothesis: Hypothesis) -> ScoredText:
        note = note_of(graph.keys, hypothesis.edges) if hypothesis.is_respelt else Annotation()
        return hypothesis.node.tokens[root.n_fixed :], hypothesis.score, note

    def _whole(self, root: Root, graph: SyllableGraph, hypothesis: Hypothesis, source: Source) -> Candidate:
        return self._candidate(self._text(root, graph, hypothesis), end_of((hypothesis,), graph), source)

    def _candidate(self, text: ScoredText, end: int, source: Source) -> Candidate:
        tokens, score, note = text
        if is_outer(tokens):
            return self._with_outer(text, end, source)
        parts, reading = [self._texts[i] for i in tokens], tuple([self._syllables[i] for i in tokens])
        return Candidate("".join(parts), (0, end), reading, tokens, score, source, *note)

    def _with_outer(self, text: ScoredText, end: int, source: Source) -> Candidate:
        """Return the candidate of a text with Latin words or readings outside the vocabulary in it."""
        tokens, score, note = text
        texts, reading = [], list[str]()
        for token in tokens:
            texts.append(latin_word(token) if is_latin(token) else self._vocabulary.text([token]))
            if is_latin(token):
                reading += [NO_READING] * len(texts[-1])
            else:
                reading.append(SYLLABLES[self._vocabulary.syllable_of_token(token)])
        source = Source.ENGLISH if all(map(is_latin, tokens)) else source
        return Candidate("".join(texts), (0, end), tuple(reading), tokens, score, source, *note)


def end_of(beam: Beam, graph: SyllableGraph) -> int:
    """Return how far the texts of a final beam reach."""
    return beam[0].edge.end if beam and beam[0].edge else graph.interpreted_length


def _first_edges(graph: SyllableGraph, beam: Beam) -> list[Edge]:
    """Return the edges of the first syllable that begin a path to the end.

    Exact ones come first, then the longest; typing slips come last.
    """
    edges = [edge for vertex in graph.path_vertices for edge in graph.edges_into(vertex)]
    first = [edge for edge in edges if edge.start == 0 and not edge.word]
    begun = {hypothesis.edges[0] for hypothesis in beam} if _slips_read(beam, graph) else set()
    slips = [edge for edge in begun if edge.spelling is SpellingType.SLIP and _stands_alone(graph, edge)]
    return [
        *sorted(first, key=lambda edge: (edge.spelling is not SpellingType.EXACT, -edge.end)),
        *sorted(slips, key=lambda edge: (edge.cost, edge.first_syllable)),
    ]


def _stands_alone(graph: SyllableGraph, edge: Edge) -> bool:
    """Return whether an edge is no first half of a slip across two syllables.

    Of such a half the i of `nhiao` would be left over.
    """
    meant = graph.table.slips.get(graph.keys[edge.start : edge.end].strip(SEPARATOR), ())
    return any(spelt.first_syllable == edge.first_syllable for spelt in meant)


def _by_score(candidate: Candidate) -> tuple[int, float]:
    """Return the sort key for abbreviated inputs, whose beam holds words and sentences on one scale.

    The user's words that it lacks come before it, the lexicon's behind it.
    """
    if candidate.source is Source.LEXICON:
        return 2, -candidate.score
    return (1, -candidate.score) if math.isfinite(candidate.score) else (0, 0.0)


def _slips_read(beam: Beam, graph: SyllableGraph) -> list[str]:
    """Return what the good texts read as slips; nothing where the best reads the letters as they stand.

    Parts are offered with these slips alone: 我没 of `wome` is no way to begin `women`.
    """
    if not beam or all(edge.spelling is not SpellingType.SLIP for edge in beam[0].edges):
        return []
    return [note_of(graph.keys, hypothesis.edges).text for hypothesis in about_as_likely(beam)]


def _distinct_texts(candidates: Iterable[Candidate]) -> HanziGroup:
    """Return the first candidate of each text, in its place the one that stands for most letters.

    好 of `hoashijie` stands for the letters of its slip, not for the h alone.
    """
    longest: dict[str, Candidate] = {}
    for candidate in candidates:
        held = longest.setdefault(candidate.text, candidate)
        if held.span[1] < candidate.span[1]:
            longest[candidate.text] = candidate
    return tuple(longest.values())


def _distinct(candidates: list[Candidate]) -> HanziGroup:
    """Return the candidates, no text twice with the same span: two readings may give one text."""
    first: dict[tuple[str, tuple[int, int]], Candidate] = {}
    for candidate in candidates:
        first.setdefault((candidate.text, candidate.span), candidate)
    return tuple(first.values())
