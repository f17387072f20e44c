"""How letters stand for syllables: the options of the user's spelling, its prices, its table.

Knows spellings, prefixes and their prices; knows nothing of positions in the keys, of hanzi or of
beams. A table says of any letters which syllables they spell, which they begin and which they
abbreviate. Full pinyin with fuzzy sounds and double pinyin differ in the table alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from engine.spelling.english_words import English, EnglishWord
from engine.spelling.fuzzy_sounds import Way
from engine.spelling.options import SpellingCosts, SpellingType

SEPARATOR: Final[str] = "'"


@dataclass(frozen=True, slots=True)
class Spelt:
    """One of the syllables [first_syllable, last_syllable), spelt so at this price in nats.

    `ways`: those of a fuzzy sound, which are cheaper in a text that has gone them before.
    """

    first_syllable: int
    last_syllable: int
    spelling: SpellingType
    cost: float = 0.0
    ways: tuple[Way, ...] = ()


SpeltMap = Mapping[str, tuple[Spelt, ...]]


@dataclass(frozen=True, eq=False)
class SpellingTable:
    """What letters stand for.

    `whole`: complete syllables, exact ones first; `unfinished`: what letters may become when more
    of them come; `initials`: what stands for a syllable in an abbreviation; `slips`: what slips
    make of whole syllables, empty where typing is not corrected; `english`: words in between.
    """

    whole: SpeltMap
    unfinished: SpeltMap
    initials: SpeltMap
    slips: SpeltMap = field(default_factory=dict)
    english: English | None = None
    costs: SpellingCosts = field(default_factory=SpellingCosts)

    @cached_property
    def max_length(self) -> int:
        """Letters of the longest spelling."""
        return max(map(len, self.whole), default=1)

    @cached_property
    def window(self) -> re.Pattern[str]:
        """What an edge may cover: separators that open the input, letters, separators behind them."""
        return re.compile(rf"{SEPARATOR}*[^{SEPARATOR}]{{1,{self.max_length}}}{SEPARATOR}*")

    def is_prefix(self, letters: str) -> bool:
        """True where some spelling begins with these letters."""
        return letters in self._beginnings

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(
            spelling[:length] for spelling in self.whole for length in range(1, len(spelling) + 1)
        )

    @cached_property
    def is_fuzzy(self) -> bool:
        """True where letters stand for the syllables of other sounds, too."""
        return any(spelt.spelling is SpellingType.FUZZY for row in self.whole.values() for spelt in row)

    def is_exact(self, letters: str) -> bool:
        """True where the letters are a syllable as it is written."""
        return any(spelt.spelling is SpellingType.EXACT for spelt in self.whole.get(letters, ()))

    def words_at(self, letters: str, before: str) -> list[EnglishWord]:
        """The English words that begin `letters`, `before` being the letter before them; none that
        is typed like pinyin: `women` is 我们."""
        words = () if self.english is None else self.english.words_at(letters, before)
        return [word for word in words if not _is_pinyin(letters[: word.length], self)]


@lru_cache(maxsize=1 << 12)
def _is_pinyin(letters: str, table: SpellingTable) -> bool:
    """True where whole syllables spell these letters."""
    return not letters or any(
        table.is_exact(letters[:length]) and _is_pinyin(letters[length:], table)
        for length in range(1, len(letters) + 1)
    )
