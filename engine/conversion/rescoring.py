"""Rank the texts that the search found again: the second pass.

This is "N-best rescoring": models that the search could not ask at every step judge what it found, an n-gram
of words, and, of short texts, a list of what is sent and typed alone. To a text's logarithm of probability by
the search they add their own, with a weight; together the texts judged keep the probability that the search
gave them. The search mixes decoder and n-gram linearly; here a text also loses by how far they disagree on
it, which makes half of the mixture a log-linear one (Klakow 1998).
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from typing import Final

import numpy as np

from engine.arrays import DoubleArray, FloatArray
from engine.conversion.abbreviations import MAX_LENGTH
from engine.conversion.beam import Beam, Hypothesis, is_unfinished, ranked
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.word_arrays import MIN_WORD_LENGTH
from engine.model.prefix_cache import Node
from engine.model.word_scorer import TopicScorer, WordScorer

TokenIds = tuple[int, ...]  # token ids

# Only texts near the first are judged: hardly another could come among the first five. docs/experiments.md,
# "A beam for what goes on, another for what is shown".
_MOST_TEXTS: Final[int] = 28
_REACH: Final[float] = 6.0  # nats behind the first
_SHARE_BEHIND_TEXT: Final[float] = 0.5  # of the weight of words, where text is known before
_SHARE_ABBREVIATED: Final[float] = 0.5  # of the weight of words, where syllables are abbreviated
_FEWEST_ABBREVIATED: Final[int] = 5  # syllables of such a text that is judged by its words

# Texts that are sent or typed alone: docs/experiments.md, "What people send and type alone".
_UTTERANCE_WEIGHT: Final[float] = 0.85
_UTTERANCE_WEIGHT_BEHIND_MARK: Final[float] = 0.6
_UTTERANCE_WEIGHT_BEHIND_TEXT: Final[float] = 0.45  # that goes on
_UNLISTED: Final[float] = 2e-7  # share of a text that the list has not, and of each besides its own
# Beside the list, of a text of two hanzi or more: of how often it is a word wherever it stands, of its
# probability by the search, which knows names; and what each has besides.
_SHARE_OF_WORDS: Final[float] = 0.5
_SHARE_OF_READINGS: Final[float] = 0.01
_NO_WORD: Final[float] = 3e-9
_SHARE_OF_SEARCH: Final[float] = 0.1  # of a hanzi's log-probability by the search; the list's counts in full


class NbestRescorer:
    """A second ranking of a final beam by words and by the models' consensus; a pure function of the beam and
    of what is known of the user.

    Added to a text's score is weight * log P(words), with a smaller weight where text stands before it, of
    which the words know the last two only. Where a clause begins, pair weight * association of the words
    that stand apart and consensus weight * how far decoder and n-gram agree on it are added, too. A syllable
    alone is no matter of words, nor is a short text that is abbreviated; nor is a short text one of
    consensus, as of its two or three hanzi one that is rare outweighs all else (岫岩).
    """

    def __init__(
        self,
        scorer: WordScorer | TopicScorer,
        weight: float,
        pair_weight: float = 0.0,
        consensus_weight: float = 0.0,
    ) -> None:
        self._scorer = scorer
        self._weight = weight
        self._pair_weight = pair_weight
        self._consensus_weight = consensus_weight

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._scorer.clear()

    def rescored(
        self, beam: Beam, root: Node, begins_clause: bool = True, is_abbreviated: bool = False
    ) -> Beam:
        """Return `beam` with the scores of the words of the texts near its first added, best first.

        `begins_clause`: a mark stands before, or nothing.
        """
        judged = near(beam, _MOST_TEXTS, _REACH)
        fewest = _FEWEST_ABBREVIATED if is_abbreviated else 2
        if len(judged) < 2 or len(beam[0].boundaries) < fewest:
            return beam
        weight = self._weight * (_SHARE_ABBREVIATED if is_abbreviated else 1.0)
        weight *= _SHARE_BEHIND_TEXT if root.parent is not None else 1.0
        added = weight * np.array([self._scorer.log_prob(h.node) for h in judged], dtype=np.float32)
        if begins_clause and self._pair_weight:
            associations = [self._scorer.association(h.node) for h in judged]
            added += self._pair_weight * np.array(associations, dtype=np.float32)
        if begins_clause and len(beam[0].boundaries) > MAX_LENGTH:
            added += self._consensus_weight * np.array([h.consensus for h in judged], dtype=np.float32)
        return reweighted(beam, judged, added)


class UtteranceRescorer:
    """A ranking of short texts that may be all that is written, by how often they are.

    One to four syllables are often a whole message, or a word or clause that is typed alone: 在吗, 医院, 啊;
    and so is what somebody types piece by piece, 老师 and then 在吗. The search knows them as beginnings of
    what is written at length, the list as what is sent and typed. A single hanzi in an empty field is hardly
    a beginning, so there the list has most of the say. Words that the list lacks, or has by a handful of
    uses, count by how often they are met in running text: 党校 before 当小, which is none. What the user has
    made a word of his, or the text before repeats, counts as the commonest of them.
    """

    def __init__(
        self,
        utterances: Lexicon,
        is_own: Callable[[TokenIds], bool] | None = None,
        word_shares: Callable[[Sequence[TokenIds]], DoubleArray] | None = None,
    ) -> None:
        """`is_own`: whether some readings are a word of the user's, or stand in the text before;
        `word_shares`: (n,), how often each of n texts is one word, as a share of all words.
        """
        self._utterances = utterances
        self._is_own = is_own
        self._word_shares = word_shares

    def rescored(self, beam: Beam, root: Node, begins_clause: bool = True) -> Beam:
        """Return `beam` with the scores of its short texts changed, best first.

        `begins_clause`: a mark stands before, or nothing; otherwise a hanzi is the search's own.
        """
        length = len(beam[0].boundaries) if beam else 0
        if length == 1:
            return self._singles(beam, root) if begins_clause else beam
        if not MIN_WORD_LENGTH <= length <= MAX_LENGTH:
            return beam
        judged = [hypothesis for hypothesis in beam if not is_unfinished(hypothesis)]
        if len(judged) < 2:
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
        changed: dict[Hypothesis, float] = {}
        for same in by_syllable.values():
            if len(same) > 1:
                added = self._log_shares(same, root)
                if root.parent is None:
                    added -= (1 - _SHARE_OF_SEARCH) * np.array([h.score for h in same], np.float32)
                else:
                    added *= _UTTERANCE_WEIGHT_BEHIND_MARK
                changed |= _new_scores(same, added)
        return _with_scores(beam, changed) if changed else beam

    def _log_shares(self, judged: Sequence[Hypothesis], root: Node) -> FloatArray:
        """Return, shape (n,), the logarithm of each text's share of what is sent and typed alone."""
        texts = [h.node.tokens[len(root.tokens) :] for h in judged]
        found = [self._utterances.find(text) for text in texts]
        shares = np.array([math.exp(f.log_prob) if f else 0.0 for f in found], np.float32)
        unlisted = _UNLISTED
        if self._word_shares is not None and len(judged[0].boundaries) >= MIN_WORD_LENGTH:
            shares += _SHARE_OF_WORDS * self._word_shares(texts).astype(np.float32)
            shares += _SHARE_OF_READINGS * np.exp([h.score for h in judged]).astype(np.float32)
            unlisted = _NO_WORD
        if self._is_own is not None:
            shares[[self._is_own(text) for text in texts]] = shares.max()
        log_shares: FloatArray = np.log(shares + np.float32(unlisted))
        return log_shares


def reweighted(beam: Beam, judged: Sequence[Hypothesis], added: FloatArray) -> Beam:
    """Return `beam` with `added` nats for each of the `judged` of its texts, best first.

    Together these keep the probability that they had, so that they stand to the others as they did.
    """
    return _with_scores(beam, _new_scores(judged, added))


def _new_scores(judged: Sequence[Hypothesis], added: FloatArray) -> dict[Hypothesis, float]:
    """Return the scores of the `judged` with `added` nats each, of the same sum of probabilities."""
    scores = np.array([hypothesis.score for hypothesis in judged])
    mixed = scores + added
    mixed += np.logaddexp.reduce(scores) - np.logaddexp.reduce(mixed)
    return dict(zip(judged, mixed.tolist(), strict=True))


def _with_scores(beam: Beam, changed: Mapping[Hypothesis, float]) -> Beam:
    """Return `beam` with the scores of some of its texts `changed`, best first."""
    return ranked(h.with_score(changed[h]) if h in changed else h for h in beam)


def near(beam: Beam, most: int, reach: float) -> Beam:
    """Return the best `most` texts of `beam` that are no more than `reach` nats behind its first."""
    return tuple([h for h in beam[:most] if h.score >= beam[0].score - reach])
