"""Count how often the user typed readings outside the vocabulary, which the n-gram counts cannot hold.

A rare hanzi in use gets a share of its syllable, as `cache_lm` gives it to hanzi of the vocabulary: the
name of its user is not looked for at the end of `yan` every time.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable
from typing import Final

from engine.lexicon.rare_tokens import rare_syllable

_SHARE: Final[float] = 0.01  # of its syllable, for a hanzi typed often
_PRIOR: Final[float] = 5.0  # uses at which the share is half of that


class RareUses:
    """Changes only by its methods."""

    def __init__(self) -> None:
        self._uses: dict[int, Counter[int]] = {}  # by syllable

    def learn(self, tokens: Iterable[int]) -> None:
        for token in tokens:
            self._uses.setdefault(rare_syllable(token), Counter())[token] += 1

    def unlearn(self, tokens: Iterable[int]) -> None:
        """Take one `learn` back."""
        for token in tokens:
            uses = self._uses[rare_syllable(token)]
            uses[token] -= 1
            if not uses[token]:
                del uses[token]

    def clear(self) -> None:
        self._uses.clear()

    def log_shares(self, syllable: int) -> dict[int, float]:
        """Token to the logarithm of its share of the syllable, for those in use."""
        uses = self._uses.get(syllable, Counter[int]())
        return {token: math.log(_SHARE * n / (n + _PRIOR)) for token, n in uses.items()}
