"""Rank the texts that the search found again, by the pinyin encoder: the second pass.

This is "N-best rescoring": a model that could not search, as it needs the whole input, judges what another
one found. Texts of the same syllables are compared with each other, in the logarithm

    log P(text), by the search, + weight * log P(text | syllables), by the encoder

and together they keep the probability that the search gave them: how the keys are cut into syllables is
decided by the search. Only texts of the first one's syllables are judged, and only if they are near it: with
so small a weight (docs/experiments/second_pass.md) hardly another could come before it.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.abbreviations import MAX_LENGTH
from engine.conversion.beam import Beam, Hypothesis, ranked
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

# Short texts alone: docs/experiments.md, "Utterances".
_CLAUSE_WEIGHT: Final[float] = 0.6
_RARE_CLAUSE: Final[float] = -16.0  # log P of a text that the list of clauses has not
_SINGLE_WEIGHT: Final[float] = 0.7

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

    Behind a mark, or with nothing before, one to four syllables are often a whole message, or a word that is
    typed alone: 在吗, 拜拜, 啊. Two to four hanzi are judged by how often they stood between two marks, a
    single one by how often it is a word, among those of the same syllable. What the user has made a word
    of his counts as the commonest of them.
    """

    def __init__(
        self,
        clauses: Lexicon,
        words: WordScorer | None,
        prior: FloatArray | None,
        is_own: Callable[[Text], bool] | None = None,
    ) -> None:
        """`prior`: (n_token,), log P of each reading, which says how often a hanzi is read so.

        `is_own`: whether some readings are a word of the user's.
        """
        self._clauses = clauses
        self._is_own = is_own
        self._words = words
        self._prior = prior

    def rescored(self, beam: Beam, root: Node) -> Beam:
        """Return `beam` with the scores of its short texts changed, best first."""
        length = len(beam[0].boundaries) if beam else 0
        if length == 1 and self._words is not None and self._prior is not None:
            return self._singles(beam, self._words, self._prior)
        judged = near(beam, _MOST_TEXTS_OF_WORDS, _REACH_OF_WORDS)
        if not MIN_WORD_LENGTH <= length <= MAX_LENGTH or len(judged) < 2:
            return beam
        texts = [h.node.tokens[len(root.tokens) :] for h in judged]
        log_probs = list(map(self._log_prob, texts))
        if self._is_own is not None:
            most = max(log_probs)
            log_probs = [most if self._is_own(text) else p for text, p in zip(texts, log_probs, strict=True)]
        return reweighted(beam, judged, _CLAUSE_WEIGHT * np.array(log_probs, dtype=np.float32))

    def _log_prob(self, tokens: Text) -> float:
        clause = self._clauses.find(tokens)
        return clause.log_prob if clause else _RARE_CLAUSE

    def _singles(self, beam: Beam, words: WordScorer, prior: FloatArray) -> Beam:
        """Rank the single hanzi of each reading of the keys."""
        by_syllable: dict[tuple[int, int], list[Hypothesis]] = {}
        for hypothesis in beam:
            edge = hypothesis.edge
            if edge is not None and not edge.word and hypothesis.node.token == hypothesis.node.tokens[-1]:
                by_syllable.setdefault((edge.first_syllable, edge.last_syllable), []).append(hypothesis)
        for same in by_syllable.values():
            if len(same) > 1:
                added = [_SINGLE_WEIGHT * words.alone(h.node.token, prior) for h in same]
                beam = reweighted(beam, same, np.array(added, dtype=np.float32))
        return beam


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
