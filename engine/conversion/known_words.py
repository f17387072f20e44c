"""The words of the lexicon and of the user, as the search and the menu ask about them.

Must be cleared where what is known of the user has changed.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.lexicon.latin_words import has_latin
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.word_arrays import MAX_WORD_LENGTH
from engine.user_model.model import UserModel

_N_BEGINNING: Final[int] = 8  # words of two syllables whose first hanzi are remembered


class KnownWords:
    """Answers from memory: a text stays in the beams of several keys."""

    def __init__(self, lexicon: Lexicon, user_model: UserModel | None = None) -> None:
        self._lexicon = lexicon
        self._user_model = user_model
        self._known: dict[tuple[int, ...], bool] = {}
        self._beginnings: dict[tuple[int, int], frozenset[int]] = {}

    def clear(self) -> None:
        """Forget all answers that the user's words have a part in."""
        self._known.clear()
        self._beginnings.clear()

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings are a word.

        A single hanzi is one: of `er`, 二 must not stand behind 恶人 because that is listed.
        """
        if len(tokens) == 1:
            return True
        if len(tokens) > MAX_WORD_LENGTH or has_latin(tokens):
            return False
        known = self._known.get(tokens)
        if known is None:
            own = self._user_model is not None and self._user_model.is_word(tokens)
            known = self._known[tokens] = own or self._lexicon.contains(tokens)
        return known

    def beginnings(self, first_syllable: int, second_syllable: int) -> frozenset[int]:
        """Return the first readings of the commonest words of these two syllables."""
        name = first_syllable, second_syllable
        found = self._beginnings.get(name)
        if found is None:
            found = self._beginnings[name] = frozenset(tokens[0] for tokens in self._of_syllables(name))
        return found

    def _of_syllables(self, syllables: Sequence[int]) -> list[tuple[int, ...]]:
        own = (
            () if self._user_model is None else self._user_model.words_of([(s, s + 1) for s in syllables], 8)
        )
        return [word.tokens for word in (*own, *self._lexicon.lookup(syllables)[:_N_BEGINNING])]
