"""Rank the texts that the search found again, by the pinyin encoder: the second pass.

This is "N-best rescoring": a model that could not search, as it needs the whole input, judges what another
one found. Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave them: how the keys are cut into syllables is
decided by the search. Only texts of the first one's syllables are judged, and only if they are near it: with
so small a weight (docs/experiments/second_pass.md) hardly another could come before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.beam import Beam, Hypothesis, ScoreArray, ranked
from engine.lexicon.vocabulary import Vocabulary, decoder_token
from engine.model.pinyin_encoder import PinyinEncoder, Text, places_that_differ
from engine.model.prefix_cache import Node
from engine.spelling.options import SpellingType

_MOST_TEXTS: Final[int] = 8  # texts that are judged at most, the best ones
_REACH: Final[float] = 1.5

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
        near = _near(beam, _MOST_TEXTS, _REACH)
        texts = [_judged_tokens(hypothesis, root) for hypothesis in near]
        syllables = self._syllables(texts[0])
        same = [i for i, text in enumerate(texts) if self._syllables(text) == syllables]
        texts = [texts[i] for i in same]
        places = places_that_differ(texts)
        if not places:
            return beam
        others = (_judged_tokens(h, root) for h in _near(beam, _MOST_AHEAD, _REACH_AHEAD)[len(near) :])
        also = (text for text in others if self._syllables(text) == syllables)
        judged = self._encoder.log_probs(_known_tokens(root), texts, places, also)
        scores = self._mixed(np.array([near[i].score for i in same]), judged)
        changed = {near[i]: score for i, score in zip(same, scores.tolist(), strict=True)}
        return ranked(replace(h, score=changed[h]) if h in changed else h for h in beam)

    def _syllables(self, text: Text) -> list[int]:
        return [self._classes[token] for token in text]

    def _mixed(self, scores: ScoreArray, judged: FloatArray) -> ScoreArray:
        mixed = scores + self._weight * judged
        kept: ScoreArray = mixed + np.logaddexp.reduce(scores) - np.logaddexp.reduce(mixed)
        return kept


def _near(beam: Beam, most: int, reach: float) -> Beam:
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
