"""Rank the texts for all keys by what speaks for each as a whole.

That is: a clause may end with it, its words are likely, it is a word or a frequent clause. The search adds
up reading by reading; what is added here counts at the last vertex only and does not carry over to the next
key.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final, NamedTuple

from engine.conversion.abbreviations import AbbreviationLookup, Guess
from engine.conversion.beam import Beam, Hypothesis, ranked
from engine.conversion.rescoring import NbestRescorer, UtteranceRescorer
from engine.conversion.scorer import Scorer
from engine.conversion.word_lookup import KnownWords
from engine.lexicon.number_grammar import NumberGrammar
from engine.lexicon.word_arrays import MAX_WORD_LENGTH, MIN_WORD_LENGTH
from engine.model.prefix_cache import Node
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import SyllableGraph

# Letters that an initial counts for where the length of the input matters: docs/experiments/abbreviations.md.
_LETTERS_ABBREVIATED: Final[float] = 4.5

# Nats beyond its price for a fuzzy sound that is the only syllable: nothing else supports it, and 能 would
# stand before 冷 for `leng`. docs/experiments/latency.md.
_FUZZY_ALONE: Final[float] = 1.0

# Nats for each initial where English words make the letters readable without: 这个slide, not 这个实力的.
_INITIAL_IN_WORD: Final[float] = 1.5

# Nats of a word that the user brought in, whatever word it is, and of each of its syllables: chosen by
# `benchmark own-words`. docs/experiments/learning.md.
_OWN_WORD: Final[float] = -6.0
_OWN_SYLLABLE: Final[float] = -3.0

_MOST_WITH_NUMBERS: Final[int] = 8  # of the best texts, in which numbers are looked for


class SentenceRanker:
    """A ranker of the texts for all keys; a pure function of (root, keys), as the search is."""

    def __init__(
        self,
        scorer: Scorer,
        end_weight: float = 1.0,
        guesser: AbbreviationLookup | None = None,
        words: NbestRescorer | None = None,
        utterances: UtteranceRescorer | None = None,
        own_words: KnownWords | None = None,
        numbers: NumberGrammar | None = None,
    ) -> None:
        self._scorer = scorer
        self._end_weight = end_weight
        self._guesser = guesser
        self._words = words
        self._utterances = utterances
        self._own_words = own_words
        self._numbers = numbers

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        if self._words is not None:
            self._words.clear()

    def ranked(self, beam: Beam, root: Node, graph: SyllableGraph, width: int | None) -> Beam:
        """Return the best `width` (None: all) of `beam`, each judged as a whole.

        A guess is for the keys up to the interpreted end, so there is none beside corrected texts that read
        on from there (`nhiaoshijie`, of which only n and h can be read as they stand).
        """
        found = self._with_end(beam, _full_length(graph, beam))
        if graph.table.is_fuzzy:
            found = ranked(_with_price_alone(hypothesis) for hypothesis in found)
        if graph.is_read_by_words:
            found = ranked(map(_with_price_of_initials, found))
        found = self._rescored(found, root, bool(graph.abbreviations))
        if self._numbers is not None and found and not graph.abbreviations:
            found = _with_numbers(found, beam, self._numbers)
        reads_on = bool(beam) and beam[0].boundaries[-1:] != (graph.interpreted_length,)
        if self._guesser is not None and not reads_on:
            found = self._with_guesses(found, self._guesser, root, graph)
        if self._own_words is not None and self._own_words.has_brought_in and found:
            found = _with_own_words(found, beam, self._own_words)
        return found[:width]

    def _rescored(self, beam: Beam, root: Node, is_abbreviated: bool) -> Beam:
        """Return `beam` as the second pass ranks it: by words, as an utterance."""
        begins_clause = self._scorer.begins_clause(root)
        if self._words is not None:
            beam = self._words.rescored(beam, root, begins_clause, is_abbreviated)
        if self._utterances is not None and not is_abbreviated:
            beam = self._utterances.rescored(beam, root, begins_clause)
        return beam

    def _with_end(self, beam: Beam, length: float) -> Beam:
        """Return `beam` with the probability that the clause ends there added: 我是 hardly does.

        A long composition is mostly a clause, a short one a word somewhere inside it (`shi` is 是, not 时,
        which ends clauses): the end counts for nothing up to two syllables, six letters, and in full from six
        syllables on. Only the n-gram is asked, as the last nodes are not evaluated yet.
        """
        weight = self._end_weight * min(max((length - 6) / 12, 0.0), 1.0)
        if not weight:
            return beam
        ends = [self._scorer.end_log_prob(hypothesis.node) for hypothesis in beam]
        ended = [h.with_score(h.score + weight * end) for h, end in zip(beam, ends, strict=True)]
        return ranked(ended)

    def _with_guesses(
        self, beam: Beam, guesser: AbbreviationLookup, root: Node, graph: SyllableGraph
    ) -> Beam:
        """Return `beam` with the texts that abbreviated keys may stand for as a whole.

        A text found both ways is meant for either reason: the probabilities add up.
        """
        guesses = guesser.guesses(graph, self._scorer.begins_clause(root))
        if not guesses:
            return beam
        held = {hypothesis.node.tokens: hypothesis for hypothesis in reversed(beam)}  # the best of equals
        for guess in guesses:
            tokens = (*root.tokens, *guess.tokens)
            found = held.get(tokens)
            held[tokens] = _guessed(root, guess) if found is None else _confirmed(found, guess)
        return ranked(held.values())


def _with_own_words(found: Beam, beam: Beam, words: KnownWords) -> Beam:
    """Return `found`, before it its best text with words that the user brought in, where these are likelier.

    The search knows such a word (郗廖巍) by its hanzi alone, as something that hardly ever happens. Here it
    counts as one event: that the user writes a word of his own, which takes the place of what the search
    made of its syllables, where that is an invention that is less likely than this.
    """
    raw = {hypothesis.node: hypothesis for hypothesis in beam}  # whose score has nothing but readings in it
    best = raw.get(found[0].node)
    if best is None:
        return found
    path = _path_of(best)
    hypothesis = _rewritten(found[0], path, _gains(path, words))
    if hypothesis is None:
        return found
    return (hypothesis, *(other for other in found if other.node is not hypothesis.node))


def _with_numbers(found: Beam, beam: Beam, grammar: NumberGrammar) -> Beam:
    """Return `found`, best first, with the numbers of its best texts read as numbers if its first lacks one.

    A well-formed number counts as one event, too: 百分之十八点二 in place of 百分之十八点儿. Other texts may
    fit it better than the first.
    """
    raw = {hypothesis.node: hypothesis for hypothesis in beam}
    held = {hypothesis.node: hypothesis for hypothesis in found}
    for text in found[:_MOST_WITH_NUMBERS]:
        path = _path_of(raw[text.node]) if text.node in raw else []
        changed = _rewritten(text, path, _gains_by_numbers(path, grammar))
        if text is found[0] and (changed is None or changed.node is text.node):
            return found
        if changed is not None and (changed.node not in held or held[changed.node].score < changed.score):
            held[changed.node] = changed
    return ranked(held.values())


def _gains_by_numbers(path: Sequence[Hypothesis], grammar: NumberGrammar) -> Iterator[_Gain]:
    """Yield where a number that is spelt out would stand; one token a step."""
    for number in grammar.numbers_in([_syllable_of(step) for step in path[1:]]):
        nats = number.log_prob - (path[number.end].score - path[number.start].score)
        if nats > 0:
            yield _Gain(nats, number.start, number.end, number.tokens)


def _rewritten(text: Hypothesis, path: Sequence[Hypothesis], gains: Iterable[_Gain]) -> Hypothesis | None:
    """Return the text with what gains most in its place, of parts that do not overlap; None without gains.

    path: its hypotheses from the root, one token a step, by their scores in the search.
    """
    taken: list[_Gain] = []
    for gain in sorted(gains, key=lambda gain: (-gain.nats, gain.start)):
        if all(gain.end <= other.start or other.end <= gain.start for other in taken):
            taken.append(gain)
    tokens = list(path[-1].node.tokens) if taken else []
    first = len(path[0].node.tokens) if taken else 0
    if len(tokens) - first != len(path) - 1 or not taken:
        return None
    for gain in taken:
        tokens[first + gain.start : first + gain.end] = gain.tokens
    hypothesis, score = path[0], text.score + sum(gain.nats for gain in taken)
    for token, step in zip(tokens[first:], path[1:], strict=True):
        hypothesis = replace(step, node=hypothesis.node.child(token), score=score, source=hypothesis)
    return hypothesis


class _Gain(NamedTuple):
    """What some tokens are likelier than the text of the steps [start, end) of a path, in nats."""

    nats: float
    start: int
    end: int
    tokens: tuple[int, ...]


def _gains(path: Sequence[Hypothesis], words: KnownWords) -> Iterator[_Gain]:
    """Yield where a word that the user brought in would stand; one token a step."""
    syllables = [_syllable_of(step) for step in path[1:]]
    for start in range(len(syllables)):
        for end in range(start + MIN_WORD_LENGTH, min(start + MAX_WORD_LENGTH, len(syllables)) + 1):
            if -1 in syllables[start:end]:
                break
            for word in words.brought_in(tuple(syllables[start:end])):
                search = path[end].score - path[start].score
                nats = _OWN_WORD + _OWN_SYLLABLE * (end - start) - search
                if nats > 0 and path[end].node.tokens[-(end - start) :] != word.tokens:
                    yield _Gain(nats, start, end, word.tokens)
                break


def _path_of(hypothesis: Hypothesis) -> list[Hypothesis]:
    """Return the hypotheses from the root to this one."""
    path = [hypothesis]
    while path[-1].source is not None:
        path.append(path[-1].source)
    return path[::-1]


def _syllable_of(step: Hypothesis) -> int:
    """Return the syllable that a step reads; -1 where it is not typed in full, or is no single one."""
    edge = step.edge
    if edge is None or edge.spelling is not SpellingType.EXACT or step.source is None:
        return -1
    is_one = len(step.node.tokens) == len(step.source.node.tokens) + 1
    return edge.first_syllable if is_one and edge.last_syllable == edge.first_syllable + 1 else -1


def _with_price_alone(hypothesis: Hypothesis) -> Hypothesis:
    """Return a lone fuzzy syllable with the surcharge that it pays beyond its price."""
    h = hypothesis
    if h.edge is None or h.edge.start or h.edge.spelling is not SpellingType.FUZZY:
        return h
    return h.with_score(h.score - _FUZZY_ALONE)


def _with_price_of_initials(hypothesis: Hypothesis) -> Hypothesis:
    """Return a text that abbreviates what an English word spells as well, at its price: 必然的 of `brand`."""
    n_initial = sum(edge.spelling is SpellingType.ABBREVIATION for edge in hypothesis.edges)
    return hypothesis.with_score(hypothesis.score - _INITIAL_IN_WORD * n_initial) if n_initial else hypothesis


def _full_length(graph: SyllableGraph, beam: Beam) -> float:
    """Return the letters read, an abbreviated input counted as if it were spelt out.

    It counts for more than three letters a syllable: `kyzhw` is a clause of its own more often than
    `keyizhao` is, and only as one can it be guessed at all.
    """
    if graph.abbreviations and beam:
        return _LETTERS_ABBREVIATED * len(beam[0].boundaries)
    return graph.interpreted_length


def _guessed(root: Node, guess: Guess) -> Hypothesis:
    """Return the hypothesis of a guess that the beam lacks; its nodes need no evaluation."""
    hypothesis = Hypothesis(root, 0.0)
    for token, edge in zip(guess.tokens, guess.edges, strict=True):
        hypothesis = hypothesis.extended(hypothesis.node.child(token), guess.log_prob, edge)
    return hypothesis


def _confirmed(hypothesis: Hypothesis, guess: Guess) -> Hypothesis:
    """Return the hypothesis with the guess's probability added to its own."""
    high, low = sorted((hypothesis.score, guess.log_prob), reverse=True)
    score = high + math.log1p(math.exp(low - high))
    return hypothesis.with_score(score)
