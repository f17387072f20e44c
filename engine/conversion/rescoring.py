"""Rank the texts that the search found again, by the pinyin encoder: the second pass.

This is "N-best rescoring": a model that could not search, as it needs the whole input, judges what another
one found. Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave them: how the keys are cut into syllables is
decided by the search. Only texts of the first one's syllables are judged, and only if they are near it: with
so small a weight (docs/experiments/second_pass.md) hardly another could come before it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.beam import Beam, Hypothesis, ranked
from engine.lexicon.vocabulary import Vocabulary, decoder_token
from engine.model.pinyin_encoder import PinyinEncoder, Text, places_that_differ
from engine.model.prefix_cache import Node
from engine.model.word_scorer import WordScorer
from engine.spelling.options import SpellingType

_MOST_TEXTS: Final[int] = 8  # texts that are judged at most, the best ones
_REACH: Final[float] = 1.5

# Words cost less to ask about and say more: docs/experiments/words.md.
_MOST_TEXTS_OF_WORDS: Final[int] = 16
_REACH_OF_WORDS: Final[float] = 4.0

# Limits for texts that the next key may ask about: they cost little where the encoder has to run anyway.
_MOST_AHEAD: Final[int] = 16
_REACH_AHEAD: Final[float] = 2.5


class Rescorer:
    """A ranker of final beams; a pure function of the root and the beam."""

    def __init__(self, encoder: PinyinEncoder, vocabulary: Vocabulary, weight: float) -> None:
        self._encoder = encoder
        self._classes: list[int] = vocabulary.class_of_token.tolist()
        self._weight = weight

    def rescored(self, beam: Beam, root: Node) -> Beam:
        """Return `beam` with the encoder's scores of the texts near its first added, best first."""
        if len(beam) < 2:
            return beam
        found = near(beam, _MOST_TEXTS, _REACH)
        texts = [_judged_tokens(hypothesis, root) for hypothesis in found]
        syllables = self._syllables(texts[0])
        same = [i for i, text in enumerate(texts) if self._syllables(text) == syllables]
        texts = [texts[i] for i in same]
        places = places_that_differ(texts)
        if not places:
            return beam
        others = (_judged_tokens(h, root) for h in near(beam, _MOST_AHEAD, _REACH_AHEAD)[len(found) :])
        also = (text for text in others if self._syllables(text) == syllables)
        judged = self._encoder.log_probs(_known_tokens(root), texts, places, also)
        return reweighted(beam, [found[i] for i in same], self._weight * judged)

    def _syllables(self, text: Text) -> list[int]:
        return [self._classes[token] for token in text]


class WordRescorer:
    """Ranks a final beam again by words: a pure function of the beam and of what is known of the user.

    Added to a text's score is weight * log P(words). A syllable alone is no matter of words.
    """

    def __init__(self, scorer: WordScorer, weight: float) -> None:
        self._scorer = scorer
        self._weight = weight

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._scorer.clear()

    def rescored(self, beam: Beam) -> Beam:
        """Return `beam` with the scores of the words of the texts near its first added, best first."""
        judged = near(beam, _MOST_TEXTS_OF_WORDS, _REACH_OF_WORDS)
        if len(judged) < 2 or len(beam[0].boundaries) < 2:
            return beam
        log_probs = np.array([self._scorer.log_prob(h.node) for h in judged], dtype=np.float32)
        return reweighted(beam, judged, self._weight * log_probs)


def reweighted(beam: Beam, judged: Sequence[Hypothesis], added: FloatArray) -> Beam:
    """Return `beam` with `added` nats for each of the `judged` of its texts, best first.

    Together these keep the probability that they had, so that they stand to the others as they did.
    """
    scores = np.array([hypothesis.score for hypothesis in judged])
    mixed = scores + added
    mixed += np.logaddexp.reduce(scores) - np.logaddexp.reduce(mixed)
    changed = dict(zip(judged, mixed.tolist(), strict=True))
    return ranked(replace(h, score=changed[h]) if h in changed else h for h in beam)


def near(beam: Beam, most: int, reach: float) -> Beam:
    """Return the best `most` texts of `beam` that are no more than `reach` nats behind its first."""
    return tuple([h for h in beam[:most] if h.score >= beam[0].score - reach])


def _judged_tokens(hypothesis: Hypothesis, root: Node) -> Text:
    """Return the tokens behind the root, without an unfinished last syllable, which the search judges
    better.
    """
    tokens = hypothesis.node.tokens[len(root.tokens) :]
    if hypothesis.edge is not None and hypothesis.edge.spelling is SpellingType.UNFINISHED:
        tokens = tokens[:-1]
    return tuple(map(decoder_token, tokens))


def _known_tokens(root: Node) -> tuple[int, ...]:
    """Return the tokens of the root chain without its first, START, and those fixed behind it."""
    tokens: list[int] = []
    node: Node | None = root
    while node is not None and node.parent is not None:
        tokens.append(node.token)
        node = node.parent
    return tuple(reversed(tokens))
