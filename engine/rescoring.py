"""The second pass: the texts that the search found, ranked again by the pinyin encoder.

Knows beams and how likely the encoder finds a text; knows nothing of graphs or menus. ("N-best rescoring":
a model that could not search, as it needs the whole input, judges what another one found.)

Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave to them: how the keys are cut into
syllables is for the search to say. Only the first few texts are judged, and only if they are near the first
one: with a weight so small (docs/experiments.md, section 17) no other could come before it.
"""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.beam import Beam, Hypothesis, ScoreArray, ranked
from engine.encoder import PinyinEncoder
from engine.inference import FloatArray
from engine.latin import is_latin
from engine.spelling import SpellingType
from engine.trie import Node
from engine.vocabulary import LATIN, SPECIALS, Vocabulary

_LATIN: Final[int] = SPECIALS.index(LATIN)
_MOST_READINGS: Final[int] = 2  # ways to cut the keys into syllables that are judged, the likeliest first
_MOST_TEXTS: Final[int] = 8  # of each, the best
_REACH: Final[float] = 2.0  # nats behind the best of them


class Rescorer:
    """Ranks a final beam again. A pure function of the root and the beam."""

    def __init__(self, encoder: PinyinEncoder, vocabulary: Vocabulary, weight: float) -> None:
        self._encoder = encoder
        self._classes = vocabulary.class_of_token
        self._weight = weight

    def rescored(self, beam: Beam, root: Node) -> Beam:
        """`beam` with the encoder's view of each text, best first."""
        groups: dict[tuple[int, ...], list[int]] = {}
        texts = [_judged_tokens(hypothesis, root) for hypothesis in beam]
        for i, text in enumerate(texts):
            groups.setdefault(tuple(self._classes[list(text)].tolist()), []).append(i)
        scores = np.array([hypothesis.score for hypothesis in beam])
        readings = sorted(groups.values(), key=lambda rows: -float(np.logaddexp.reduce(scores[rows])))
        known = _known_tokens(root)
        for rows in readings[:_MOST_READINGS]:
            near = [i for i in rows[:_MOST_TEXTS] if scores[i] >= scores[rows[0]] - _REACH]
            judged = [texts[i] for i in near]
            if len(set(judged)) > 1:
                scores[near] = self._mixed(scores[near], self._encoder.log_probs(known, judged))
        return ranked(
            Hypothesis(h.node, score, h.edge, h.source)
            for h, score in zip(beam, scores.tolist(), strict=True)
        )

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
