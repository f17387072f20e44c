"""Name hanzi that sound the same by a word that holds them, as screen readers do: 存在的在."""

from __future__ import annotations

from typing import Final

import numpy as np

from engine.lexicon.word_arrays import WordArrays
from engine.spelling.syllable import SYLLABLES

_SAY_LITTLE: Final[frozenset[str]] = frozenset("的了在是一不着吗呢我")  # 座位的座 rather than 一座的座


class HanziNames:
    """The commonest telling word of two hanzi for each reading of a hanzi; takes some tenths of a second."""

    def __init__(self, words: WordArrays) -> None:
        self._word_of: dict[tuple[str, str], str] = {}
        others: dict[tuple[str, str], str] = {}
        pairs = np.flatnonzero(words.n_syllable == 2)
        for number in pairs[np.argsort(-words.log_probs[pairs], kind="stable")].tolist():
            text, syllables = words.word(number)
            if text[0] == text[1]:  # 爸爸 tells nothing of 爸
                continue
            for place in (0, 1):
                key = text[place], SYLLABLES[syllables[place]]
                found = others if text[1 - place] in _SAY_LITTLE else self._word_of
                found.setdefault(key, text)
        self._word_of = others | self._word_of

    def word_of(self, hanzi: str, syllable: str) -> str:
        """Return a word that holds the hanzi in that reading; empty where there is none."""
        return self._word_of.get((hanzi, syllable), "")
