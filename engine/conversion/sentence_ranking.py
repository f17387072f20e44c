"""Rank the texts for all keys by what speaks for each as a whole.

That is: a clause may end with it, the encoder prefers it, it is a word or a frequent clause. The search adds
up reading by reading; what is added here counts at the last vertex only and does not carry over to the next
key.
"""

from __future__ import annotations

import math
from typing import Final

from engine.conversion.abbreviations import AbbreviationLookup, Guess
from engine.conversion.beam import Beam, Hypothesis, ranked
from engine.conversion.rescoring import Rescorer, WordRescorer
from engine.conversion.scorer import Scorer
from engine.model.prefix_cache import Node
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import SyllableGraph

# Letters that an initial counts for where the length of the input matters: docs/experiments/abbreviations.md.
_LETTERS_ABBREVIATED: Final[float] = 4.5

# Nats beyond its price for a fuzzy sound that is the only syllable: nothing else supports it, and 能 would
# stand before 冷 for `leng`. docs/experiments/latency.md.
_FUZZY_ALONE: Final[float] = 1.0


class SentenceRanker:
    """A ranker of the texts for all keys; a pure function of (root, keys), as the search is."""

    def __init__(
        self,
        scorer: Scorer,
        end_weight: float = 1.0,
        guesser: AbbreviationLookup | None = None,
        rescorer: Rescorer | None = None,
        words: WordRescorer | None = None,
    ) -> None:
        self._scorer = scorer
        self._end_weight = end_weight
        self._guesser = guesser
        self._rescorer = rescorer
        self._words = words

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
        if self._rescorer is not None and not graph.abbreviations:
            found = self._rescorer.rescored(found, root)
        if self._words is not None:
            found = self._words.rescored(found)
        reads_on = bool(beam) and beam[0].boundaries[-1:] != (graph.interpreted_length,)
        if self._guesser is not None and not reads_on:
            found = self._with_guesses(found, self._guesser, root, graph)
        return found[:width]

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
        ended = [
            Hypothesis(h.node, h.score + weight * end, h.edge, h.source)
            for h, end in zip(beam, ends, strict=True)
        ]
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


def _with_price_alone(hypothesis: Hypothesis) -> Hypothesis:
    """Return a lone fuzzy syllable with the surcharge that it pays beyond its price."""
    h = hypothesis
    if h.edge is None or h.edge.start or h.edge.spelling is not SpellingType.FUZZY:
        return h
    return Hypothesis(h.node, h.score - _FUZZY_ALONE, h.edge, h.source, h.ways)


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
        hypothesis = Hypothesis(hypothesis.node.child(token), guess.log_prob, edge, hypothesis)
    return hypothesis


def _confirmed(hypothesis: Hypothesis, guess: Guess) -> Hypothesis:
    """Return the hypothesis with the guess's probability added to its own."""
    high, low = sorted((hypothesis.score, guess.log_prob), reverse=True)
    score = high + math.log1p(math.exp(low - high))
    return Hypothesis(hypothesis.node, score, hypothesis.edge, hypothesis.source)
