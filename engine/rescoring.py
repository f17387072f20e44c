"""The second pass: the texts that the search found, ranked again by the pinyin encoder.

Knows beams and how likely the encoder finds a text; knows nothing of graphs or menus. ("N-best rescoring":
a model that could not search, as it needs the whole input, judges what another one found.)

Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave to them: how the keys are cut into
syllables is for the search to say. Only texts of the first one's syllables are judged, and only if they are
near it: with a weight so small (docs/experiments.md, section 17) hardly another could come before it.
"""

from __future__ import annotations

from dataclasses import replace
from typing import Final

import numpy as np

from engine.beam import Beam, Hypothesis, ScoreArray, ranked
from engine.encoder import N_BEFORE, PinyinEncoder
from engine.inference import FloatArray
from engine.latin import is_latin
from engine.spelling import SpellingType
from engine.trie import Node
from engine.vocabulary import LATIN, SPECIALS, Vocabulary

_LATIN: Final[int] = SPECIALS.index(LATIN)
_MOST_TEXTS: Final[int] = 8  # that may be judged, the best
_REACH: Final[float] = 1.5  # nats behind the best of them


class Rescorer:
    """Ranks a final beam again. A pure function of the root and the beam."""

    def __init__(self, encoder: PinyinEncoder, vocabulary: Vocabulary, weight: float) -> None:
        self._encoder = encoder
        self._classes = vocabulary.class_of_token
        self._weight = weight

    def rescored(self, beam: Beam, root: Node) -> Beam:
        """`beam` with the encoder's view of the texts near its first, best first."""
        if len(beam) < 2:
            return beam
        near = [h for h in beam[:_MOST_TEXTS] if h.score >= beam[0].score - _REACH]
        texts = [_judged_tokens(hypothesis, root) for hypothesis in near]
        classes = [self._classes[list(text)].tolist() for text in texts]
        same = [i for i in range(len(near)) if classes[i] == classes[0]]
        places = _places_that_differ([texts[i] for i in same])
        if not places:
            return beam
        judged = self._encoder.log_probs(_known_tokens(root), [texts[i] for i in same], places)
        scores = self._mixed(np.array([near[i].score for i in same]), judged)
        changed = {near[i]: score for i, score in zip(same, scores.tolist(), strict=True)}
        return ranked(replace(h, score=changed[h]) if h in changed else h for h in beam)

    def _mixed(self, scores: ScoreArray, judged: FloatArray) -> ScoreArray:
        mixed = scores + self._weight * judged
        kept: ScoreArray = mixed + np.logaddexp.reduce(scores) - np.logaddexp.reduce(mixed)
        return kept


def _judged_tokens(hypothesis: Hypothesis, root: Node) -> tuple[int, ...]:
    """The tokens behind the root but for an unfinished last syllable, of which the search knows most."""
    tokens = hypothesis.node.tokens[len(root.tokens) :]
    if hypothesis.edge is not None and hypothesis.edge.spelling is SpellingType.UNFINISHED:
        tokens = tokens[:-1]
    return tuple([_LATIN if is_latin(token) else token for token in tokens])


def _known_tokens(root: Node) -> tuple[int, ...]:
    """The tokens of the root chain but for its first, START, and of what is fixed behind it."""
    tokens: list[int] = []
    node: Node | None = root
    while node is not None and node.parent is not None:
        tokens.append(node.token)
        node = node.parent
    return tuple(reversed(tokens))


def _places_that_differ(texts: list[tuple[int, ...]]) -> list[int]:
    """Where not all texts have the same token behind the same ones: elsewhere they are judged alike."""
    spans = [[text[max(0, i - N_BEFORE) : i + 1] for text in texts] for i in range(len(texts[0]))]
    return [i for i, found in enumerate(spans) if len(set(found)) > 1]
