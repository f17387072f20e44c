"""Score texts by their words: 再见 is a word, 在 and 见 are two; and by what words say of others further on.

A text is cut into words as is likeliest. How it is cut is kept by trie node, so another key asks for its last
syllable only. A word of the user's own counts as a common one.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, SYMBOL, UNKNOWN, Vocabulary
from engine.model.ngram import NgramModel
from engine.model.prefix_cache import Node
from engine.model.word_ngram import (
    HASH_BASE,
    HASH_MASK,
    LONGEST_WORD,
    NO_WORD,
    UNKNOWN_WORD,
    WordNgram,
    WordState,
    word_hash,
)

_MOST_CUTS: Final[int] = 4  # of a text, that are followed
_OWN_WORD: Final[float] = -7.0  # log P of a word of the user's own, or of the document's

_WORDS_OF_ONE: Final[frozenset[int]] = frozenset(SPECIALS.index(name) for name in (NUMBER, LATIN, SYMBOL))

_UNKNOWN: Final[int] = SPECIALS.index(UNKNOWN)

IsOwn = Callable[[tuple[int, ...]], bool]  # whether some readings are a word of the user's or the document's
_Words = tuple[int, ...]  # numbers, of the clause so far
_Cuts = tuple[tuple[float, WordState, _Words], ...]  # best first


class WordScorer:
    """log P of the words of a text, and their associations, by its last node."""

    def __init__(self, model: WordNgram, vocabulary: Vocabulary, is_own: IsOwn | None = None) -> None:
        self._model = model
        self._is_own_word = is_own
        self._codes = [ord(text) if len(text) == 1 else 0 for text in vocabulary.texts]
        self._vocabulary = vocabulary
        self._words_of_one: dict[int, int] = {}  # by token, of those that were asked about
        self._cuts: dict[Node, _Cuts] = {}

    def clear(self) -> None:
        """Forget what is known of nodes (the trie was reset, or the user's words changed)."""
        self._cuts.clear()

    def log_prob(self, node: Node) -> float:
        """Return log P of the likeliest words from the beginning of the trie's chain to `node`."""
        return self._best_cut(node)[0]

    def association(self, node: Node) -> float:
        """Return the sum of the associations of these words, in nats, of the clause that `node` stands in."""
        return self._model.pairs.of(self._best_cut(node)[2]) if self._model.pairs else 0.0

    def _best_cut(self, node: Node) -> tuple[float, WordState, _Words]:
        missing: list[Node] = []
        step: Node | None = node
        while step is not None and step not in self._cuts:
            missing.append(step)
            step = step.parent
        for each in reversed(missing):
            self._cuts[each] = self._extended(each)
        return self._cuts[node][0]

    def _word_of_one(self, token: int) -> int:
        word = self._words_of_one.get(token)
        if word is None:
            word = self._model.word(word_hash(self._vocabulary.texts[token]))
            self._words_of_one[token] = word
        return word

    def _extended(self, node: Node) -> _Cuts:
        """Return the best cuts of the text that ends with `node`."""
        if not NgramModel.is_counted(node.token):
            before = self._cuts[node.parent][0][0] if node.parent else 0.0
            cost = UNKNOWN_WORD if node.token == _UNKNOWN else 0.0  # a hanzi that the vocabulary lacks
            return ((before + cost, self._model.start, ()),)
        found: dict[WordState, tuple[float, WordState, _Words]] = {}
        for word, parent, is_own in self._words_at(node):
            for score, state, words in self._cuts[parent] if parent else ((0.0, self._model.start, ()),):
                log_prob, after = self._model.step(state, word)
                if is_own and log_prob < _OWN_WORD:
                    log_prob = _OWN_WORD
                if after not in found or score + log_prob > found[after][0]:
                    found[after] = score + log_prob, after, (*words, word)
        return tuple(sorted(found.values(), key=lambda cut: -cut[0])[:_MOST_CUTS])

    def _words_at(self, node: Node) -> list[tuple[int, Node | None, bool]]:
        """Return the words that end with `node`, the node before each, and whether it is the user's own."""
        found = [(self._word_of_one(node.token), node.parent, False)]
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
                found.append((word, first, is_own))
        return found

    def _is_own(self, node: Node, length: int) -> bool:
        is_own = self._is_own_word
        return is_own is not None and len(node.tokens) >= length and is_own(node.tokens[-length:])
