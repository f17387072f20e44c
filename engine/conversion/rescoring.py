"""Rank the texts that the search found again, by the pinyin encoder: the second pass.

This is "N-best rescoring": a model that could not search, as it needs the whole input, judges what another
one found. Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave them: how the keys are cut into syllables is
decided by the search. Only texts of the first one's syllables are judged, and only if they are near it: with
so small a weight (docs/experiments/second_pass.md) hardly another could come before it.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.abbreviations import MAX_LENGTH
from engine.conversion.beam import Beam, Hypothesis, is_unfinished, ranked
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, decoder_token
from engine.lexicon.word_arrays import MIN_WORD_LENGTH
from engine.model.pinyin_encoder import PinyinEncoder, Text, places_that_differ
from engine.model.prefix_cache import Node
from engine.model.word_scorer import WordScorer
from engine.spelling.options import SpellingType

_MOST_TEXTS: Final[int] = 8  # texts that are judged at most, the best ones
_REACH: Final[float] = 1.5

# Words cost less to ask about and say more: docs/experiments/words.md.
_MOST_TEXTS_OF_WORDS: Final[int] = 16
_REACH_OF_WORDS: Final[float] = 4.0
_SHARE_BEHIND_TEXT: Final[float] = 0.5  # of their weight, where text is known before

# Texts that are sent or typed alone: docs/experiments.md, "What people send and type alone".
_UTTERANCE_WEIGHT: Final[float] = 0.85
_UTTERANCE_WEIGHT_BEHIND_MARK: Final[float] = 0.6
_UTTERANCE_WEIGHT_BEHIND_TEXT: Final[float] = 0.45  # that goes on
_UNLISTED: Final[float] = 2e-7  # share of a text that the list has not, and of each besides its own
_SHARE_OF_SEARCH: Final[float] = 0.1  # of a hanzi's log-probability by the search; the list's counts in full

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

    Added to a text's score is weight * log P(words), and a smaller weight where text stands before it, of
    which the words know the last two only. A syllable alone is no matter of words.
    """

    def __init__(self, scorer: WordScorer, weight: float) -> None:
        self._scorer = scorer
        self._weight = weight

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._scorer.clear()

    def rescored(self, beam: Beam, root: Node) -> Beam:
        """Return `beam` with the scores of the words of the texts near its first added, best first."""
        judged = near(beam, _MOST_TEXTS_OF_WORDS, _REACH_OF_WORDS)
        if len(judged) < 2 or len(beam[0].boundaries) < 2:
            return beam
        log_probs = np.array([self._scorer.log_prob(h.node) for h in judged], dtype=np.float32)
        weight = self._weight * (_SHARE_BEHIND_TEXT if root.parent is not None else 1.0)
        return reweighted(beam, judged, weight * log_probs)


class UtteranceRescorer:
    """Ranks short texts that may be all that is written, by how often they are.

    One to four syllables are often a whole message, or a word or clause that is typed alone: 在吗, 医院, 啊;
    and so is what somebody types piece by piece, 老师 and then 在吗. The search knows them as beginnings of
    what is written at length, the list as what is sent and typed. A single hanzi in an empty field is hardly
    a beginning, so there the list has most of the say. What the user has made a word of his, or the text
    before repeats, counts as the commonest of them.
    """

    def __init__(self, utterances: Lexicon, is_own: Callable[[Text], bool] | None = None) -> None:
        """`is_own`: whether some readings are a word of the user's, or stand in the text before."""
        self._utterances = utterances
        self._is_own = is_own

    def rescored(self, beam: Beam, root: Node, begins_clause: bool = True) -> Beam:
        """Return `beam` with the scores of its short texts changed, best first.

        `begins_clause`: a mark stands before, or nothing; otherwise a hanzi is the search's own.
        """
        length = len(beam[0].boundaries) if beam else 0
        if length == 1:
            return self._singles(beam, root) if begins_clause else beam
        judged = [hypothesis for hypothesis in beam if not is_unfinished(hypothesis)]
        if not MIN_WORD_LENGTH <= length <= MAX_LENGTH or len(judged) < 2:
            return beam
        behind = _UTTERANCE_WEIGHT_BEHIND_MARK if begins_clause else _UTTERANCE_WEIGHT_BEHIND_TEXT
        weight = behind if root.parent is not None else _UTTERANCE_WEIGHT
        return reweighted(beam, judged, weight * self._log_shares(judged, root))

    def _singles(self, beam: Beam, root: Node) -> Beam:
        """Rank the single hanzi of each reading of the keys."""
        by_syllable: dict[tuple[int, int], list[Hypothesis]] = {}
        for hypothesis in beam:
            edge = hypothesis.edge
            if edge is not None and not edge.word:
                by_syllable.setdefault((edge.first_syllable, edge.last_syllable), []).append(hypothesis)
        for same in by_syllable.values():
            if len(same) > 1:
                added = self._log_shares(same, root)
                if root.parent is None:
                    added -= (1 - _SHARE_OF_SEARCH) * np.array([h.score for h in same], np.float32)
                else:
                    added *= _UTTERANCE_WEIGHT_BEHIND_MARK
                beam = reweighted(beam, same, added)
        return beam

    def _log_shares(self, judged: Sequence[Hypothesis], root: Node) -> FloatArray:
        """Return, shape (n,), the logarithm of each text's share of what is sent and typed alone."""
        texts = [h.node.tokens[len(root.tokens) :] for h in judged]
        found = [self._utterances.find(text) for text in texts]
        shares = np.array([math.exp(f.log_prob) if f else 0.0 for f in found], np.float32)
        if self._is_own is not None:
            shares[[self._is_own(text) for text in texts]] = shares.max()
        log_shares: FloatArray = np.log(shares + np.float32(_UNLISTED))
        return log_shares


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
