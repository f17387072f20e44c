"""Score texts by their words: 再见 is a word, 在 and 见 are two; and by what words say of others further on.

A text is cut into words as is likeliest. How it is cut is kept by trie node, so another key asks for its last
syllable only. A word of the user's own counts as a common one.

What the user wrote about is no better guide to other matters, so it is mixed in by whole texts, as topics are
(Iyer & Ostendorf 1999): a text, with what stands before it, is about the user's matters or about others.
"""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Final, Protocol

import numpy as np

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, SYMBOL, UNKNOWN, Vocabulary
from engine.lexicon.word_arrays import HASH_BASE, HASH_MASK, hash_of_text
from engine.model.ngram import NgramModel
from engine.model.prefix_cache import Node
from engine.model.word_ngram import LONGEST_WORD, NO_WORD, UNKNOWN_WORD, WordNgram, WordState

_MOST_CUTS: Final[int] = 4  # of a text, that are followed
_OWN_WORD: Final[float] = -7.0  # log P of a word of the user's own, or of the document's

_WORDS_OF_ONE: Final[frozenset[int]] = frozenset(SPECIALS.index(name) for name in (NUMBER, LATIN, SYMBOL))

_SHARE_OF_USER: Final[float] = 0.05  # of texts that are about the user's matters
_LOG_SHARES: Final = math.log(1 - _SHARE_OF_USER), math.log(_SHARE_OF_USER)

_UNKNOWN: Final[int] = SPECIALS.index(UNKNOWN)

IsOwn = Callable[[tuple[int, ...]], bool]  # whether some readings are a word of the user's or the document's
_Words = tuple[int, ...]  # numbers, of the clause so far
_Cut = tuple[float, WordState, _Words, int]  # at the end the hash of its last word, 0 where a clause begins
_Cuts = tuple[_Cut, ...]  # best first


class WordMixture(Protocol):
    """The words that the user wrote, over an n-gram of words."""

    def mixed(self, log_prob: float, before: int, word: int) -> float:
        """Return log P of a word behind `before`, of which the n-gram says `log_prob`; both by hash."""


class WordScorer:
    """log P of the words of a text, and their associations, by its last node.

    `user_words`: those of a user, None while nothing is known of him.
    """

    def __init__(
        self,
        model: WordNgram,
        vocabulary: Vocabulary,
        is_own: IsOwn | None = None,
        user_words: Callable[[], WordMixture | None] = lambda: None,
    ) -> None:
        self._model = model
        self._is_own_word = is_own
        self._user_words = user_words
        self._codes = [ord(text) if len(text) == 1 else 0 for text in vocabulary.texts]
        self._vocabulary = vocabulary
        self._words_of_one: dict[int, tuple[int, int]] = {}  # number, hash; by token, of those asked about
        self._nothing: _Cuts = ((0.0, model.start, (), 0),)
        self._cuts: dict[Node, _Cuts] = {}

    @property
    def knows_user(self) -> bool:
        """Whether there are words of a user to ask."""
        return self._user_words() is not None

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._cuts.clear()

    def log_prob(self, node: Node) -> float:
        """Return log P of the likeliest words from the beginning of the trie's chain to `node`."""
        return self._best_cut(node)[0]

    def association(self, node: Node) -> float:
        """Return the sum of the associations of these words, in nats, of the clause that `node` stands in."""
        return self._model.pairs.of(self._best_cut(node)[2]) if self._model.pairs else 0.0

    def _best_cut(self, node: Node) -> _Cut:
        missing: list[Node] = []
        step: Node | None = node
        while step is not None and step not in self._cuts:
            missing.append(step)
            step = step.parent
        for each in reversed(missing):
            self._cuts[each] = self._extended(each)
        return self._cuts[node][0]

    def _word_of_one(self, token: int) -> tuple[int, int]:
        """Return the number and the hash of a token as a word."""
        found = self._words_of_one.get(token)
        if found is None:
            value = hash_of_text(self._vocabulary.texts[token])
            found = self._words_of_one[token] = self._model.word(value), value
        return found

    def _extended(self, node: Node) -> _Cuts:
        """Return the best cuts of the text that ends with `node`."""
        if not NgramModel.is_counted(node.token):
            before = self._cuts[node.parent][0][0] if node.parent else 0.0
            cost = UNKNOWN_WORD if node.token == _UNKNOWN else 0.0  # a hanzi that the vocabulary lacks
            return ((before + cost, self._model.start, (), 0),)
        user = self._user_words()
        found: dict[tuple[WordState, int], _Cut] = {}
        for word, value, parent, is_own in self._words_at(node):
            for score, state, words, last in self._cuts[parent] if parent else self._nothing:
                log_prob, after = self._model.step(state, word)
                if is_own and log_prob < _OWN_WORD:
                    log_prob = _OWN_WORD
                if user is not None:
                    log_prob = user.mixed(log_prob, last, value)
                name = after, 0 if user is None else value
                if name not in found or score + log_prob > found[name][0]:
                    found[name] = score + log_prob, after, (*words, word), value
        return tuple(sorted(found.values(), key=lambda cut: -cut[0])[:_MOST_CUTS])

    def _words_at(self, node: Node) -> list[tuple[int, int, Node | None, bool]]:
        """Return the words that end with `node`, by number and hash, the node before each, and whether it is
        the user's own.
        """
        found = [(*self._word_of_one(node.token), node.parent, False)]
        if node.token in _WORDS_OF_ONE:
            return found
        value, power, first = self._codes[node.token], HASH_BASE, node.parent
        for length in range(2, LONGEST_WORD + 1):
            code = 0 if first is None or first.token in _WORDS_OF_ONE else self._codes[first.token]
            if first is None or not code or not NgramModel.is_counted(first.token):
                break
            value = (code * power + value) & HASH_MASK
            power = power * HASH_BASE & HASH_MASK
            first, word = first.parent, self._model.word(value)
            is_own = self._is_own(node, length)
            if word != NO_WORD or is_own:
                found.append((word, value, first, is_own))
        return found

    def _is_own(self, node: Node, length: int) -> bool:
        is_own = self._is_own_word
        return is_own is not None and len(node.tokens) >= length and is_own(node.tokens[-length:])


class TopicScorer:
    """The same of texts that are about the user's matters or about others."""

    def __init__(self, general: WordScorer, own: WordScorer) -> None:
        """`own` asks the words of the user."""
        self._general = general
        self._own = own

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._general.clear()
        self._own.clear()

    def log_prob(self, node: Node) -> float:
        """Return log P of the words from the beginning of the trie's chain to `node`."""
        general = self._general.log_prob(node)
        if not self._own.knows_user:
            return general
        return float(np.logaddexp(_LOG_SHARES[0] + general, _LOG_SHARES[1] + self._own.log_prob(node)))

    def association(self, node: Node) -> float:
        """Return the sum of the associations of these words, as `WordScorer` does."""
        return self._general.association(node)
