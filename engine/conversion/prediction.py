"""Predict what may follow the text before the caret: the likeliest next words and short phrases.

Words of one hanzi and of four are compared by one question: how likely does the text continue with this word
and not with a longer one? So a text counts for its probability less that of its continuations that are words
themselves: 世 hardly counts where 界 follows.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import Final

import numpy as np

from engine.conversion.rescoring import TokenIds
from engine.conversion.scorer import Scorer
from engine.lexicon.vocabulary import Vocabulary
from engine.model.prefix_cache import Node, PrefixCache
from engine.protocol import Candidate, Source
from engine.spelling.syllable import SYLLABLES

MAX_LENGTH: Final[int] = 4  # hanzi of a predicted word
_WIDTHS: Final[tuple[int, ...]] = (16, 10, 5)  # texts of 1, 2 and 3 hanzi that are gone on with
_N_NEXT: Final[int] = 12  # continuations of each that are looked at
_FLOOR: Final[float] = math.log(2e-3)  # log-probability below which nothing is worth a row
PHRASE: Final[float] = math.log(0.2)  # log-probability of the last hanzi of a phrase that no word list has
N_SINGLE: Final[int] = 2  # single hanzi that are shown: each saves one syllable, and 的 is always likely


class Predictor:
    """A predictor of words; it costs a decoder call for each hanzi of the longest word.

    `is_word` says of two reading ids and more whether they are a word of the lexicon or the user's.
    """

    def __init__(
        self, vocabulary: Vocabulary, is_word: Callable[[TokenIds], bool], trie: PrefixCache, scorer: Scorer
    ) -> None:
        self._vocabulary = vocabulary
        self._is_word = is_word
        self._trie = trie
        self._scorer = scorer

    def predict(self, root: Node, limit: int) -> tuple[Candidate, ...]:
        """Return at most `limit` words behind `root`, the likeliest first, no text twice."""
        masses: dict[TokenIds, float] = {}
        texts: list[tuple[TokenIds, float]] = [((), 0.0)]
        for length in range(1, MAX_LENGTH + 1):
            longer = self._continued(root, texts)
            if not longer:
                break
            known = dict(texts)
            words = [
                (tokens, log_prob)
                for tokens, log_prob in longer
                if length == 1
                or self._is_word(tokens)
                or (self._ends_with_word(tokens) and log_prob - known[tokens[:-1]] > PHRASE)
            ]
            for tokens, log_prob in words:
                masses[tokens] = math.exp(log_prob)
                beginnings = (tokens[:end] for end in range(length - 1, 0, -1))
                beginning = next((text for text in beginnings if text in masses), None)
                if beginning is not None:
                    masses[beginning] -= masses[tokens]
            width = _WIDTHS[length - 1] if length < MAX_LENGTH else 0
            texts = sorted(longer, key=lambda text: -text[1])[:width]
        ranked = sorted(masses.items(), key=lambda word: (-word[1], word[0]))
        distinct = {self._vocabulary.text(tokens): (tokens, mass) for tokens, mass in reversed(ranked)}
        best = sorted(distinct.values(), key=lambda word: (-word[1], word[0]))
        likely = [word for word in best if word[1] > math.exp(_FLOOR)]
        singles = [word for word in likely if len(word[0]) == 1][N_SINGLE:]
        return tuple(self._candidate(*word) for word in likely if word not in singles)[:limit]

    def _ends_with_word(self, tokens: TokenIds) -> bool:
        """Return whether a phrase ends with a word of two hanzi: 你的建议, but not 智能在医."""
        return len(tokens) > 2 and self._is_word(tokens[-2:])

    def _continued(self, root: Node, texts: Sequence[tuple[TokenIds, float]]) -> list[tuple[TokenIds, float]]:
        """Return the likeliest texts of one reading more, with their log-probabilities."""
        nodes = [_descend(root, tokens) for tokens, _ in texts]
        self._trie.evaluate([root, *nodes])
        log_probs = self._scorer.reading_log_probs(nodes, 0, len(SYLLABLES)) if nodes else np.zeros((0, 0))
        first = self._scorer.first_token(0, len(SYLLABLES))
        n_next = min(_N_NEXT if len(nodes) > 1 else 2 * _N_NEXT, log_probs.shape[1])
        found: list[tuple[TokenIds, float]] = []
        for (tokens, log_prob), row in zip(texts, log_probs, strict=True):
            for column in np.argpartition(-row, n_next - 1)[:n_next].tolist():
                total = log_prob + float(row[column])
                if total > _FLOOR:
                    found.append(((*tokens, first + column), total))
        return found

    def _candidate(self, tokens: TokenIds, mass: float) -> Candidate:
        readings = self._vocabulary.readings
        start = self._vocabulary.n_special
        reading = tuple(SYLLABLES[readings[token - start][1]] for token in tokens)
        text = self._vocabulary.text(tokens)
        return Candidate(text, (0, 0), reading, tokens, math.log(mass), Source.PREDICTION)


def _descend(root: Node, tokens: TokenIds) -> Node:
    node = root
    for token in tokens:
        node = node.child(token)
    return node
