"""Say how letters stand for syllables: what they spell, begin and abbreviate, and at what price.

Full pinyin, fuzzy sounds and double pinyin differ in this table alone.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property, lru_cache
from typing import Final

from engine.spelling.english_words import English, EnglishWord
from engine.spelling.fuzzy_sounds import NONE_AVOIDED, Avoided, Way
from engine.spelling.options import SpellingCosts, SpellingType

SEPARATOR: Final[str] = "'"
_BEHIND_DIGIT: Final = re.compile(r"[0-9][A-Z]*([a-z]{2,})$")  # the ma of B2Bma
_FIRST_PART: Final = re.compile(r"([a-z]{2,})([A-Z]|(?=[^A-Za-z]))")  # the nihao of nihaoA50, nihaovue.js
_PINYIN_IN_NAME: Final[float] = 4.0  # nats
_HANZI_BEFORE_NAME: Final[float] = 8.0  # nats
_SPELT_BY_PINYIN: Final[float] = 1.5  # nats: who means such a word inside a sentence mostly types a capital


@dataclass(frozen=True, slots=True)
class Spelt:
    """One syllable of [first_syllable, last_syllable), spelt so at this price in nats.

    `ways` are those of a fuzzy sound, which are cheaper in a text that has used them before; `avoided` are
    those that could have changed an exact one.
    """

    first_syllable: int
    last_syllable: int
    spelling: SpellingType
    cost: float = 0.0
    ways: tuple[Way, ...] = ()
    avoided: Avoided = NONE_AVOIDED


SpeltMap = Mapping[str, tuple[Spelt, ...]]


@dataclass(frozen=True, eq=False)
class SpellingTable:
    """What letters stand for.

    `whole`: complete syllables, exact ones first; `unfinished`: what letters may become when more follow;
    `initials`: what stands for a syllable in an abbreviation; `slips`: what typing slips make of whole
    syllables, empty where typing is not corrected; `english`: words that may stand between syllables;
    `is_full_pinyin`: whether letters spell syllables as they are written, not by a scheme of double pinyin.
    """

    whole: SpeltMap
    unfinished: SpeltMap
    initials: SpeltMap
    slips: SpeltMap = field(default_factory=dict)
    english: English | None = None
    is_full_pinyin: bool = True
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
        """Return whether some spelling begins with these letters."""
        return letters in self._beginnings

    @cached_property
    def _beginnings(self) -> frozenset[str]:
        return frozenset(
            spelling[:length] for spelling in self.whole for length in range(1, len(spelling) + 1)
        )

    @cached_property
    def is_fuzzy(self) -> bool:
        """Whether letters stand for the syllables of other sounds, too."""
        return any(spelt.spelling is SpellingType.FUZZY for row in self.whole.values() for spelt in row)

    def is_exact(self, letters: str) -> bool:
        """Return whether the letters are a syllable in its standard spelling."""
        return any(spelt.spelling is SpellingType.EXACT for spelt in self.whole.get(letters, ()))

    def words_at(self, letters: str, before: str) -> list[EnglishWord]:
        """Return the English words that begin `letters`, given the letter `before` them.

        Words that are typed like pinyin are left out unless they are clear: `women` is 我们.
        """
        words = () if self.english is None else self.english.words_at(letters, before)
        return [
            self._priced(word, letters)
            for word in words
            if self.is_clear(letters[: word.length]) or not is_pinyin(letters[: word.length], self)
        ]

    def is_clear(self, letters: str) -> bool:
        """Return whether the small letters are an English word that may stand anywhere."""
        return self.is_full_pinyin and self.english is not None and self.english.is_clear(letters)

    def clear_words_at(self, letters: str) -> Iterator[EnglishWord]:
        """Yield the clear words that begin `letters`."""
        words = self.english.clear_words_at(letters) if self.is_full_pinyin and self.english else ()
        return (self._priced(word, letters) for word in words)

    def _priced(self, word: EnglishWord, letters: str) -> EnglishWord:
        """Return the word, dearer if pinyin spells it, begins it (nihaoA50, not macOS14), or is behind its
        digits: A4da, not iPhone15mini.
        """
        if self._begins_with_pinyin(word.text):
            return word._replace(cost=word.cost + _HANZI_BEFORE_NAME)
        if self.is_clear(letters[: word.length]) and is_pinyin(letters[: word.length], self):
            return word._replace(cost=word.cost + _SPELT_BY_PINYIN)
        tail = _BEHIND_DIGIT.search(word.text)
        if tail is None or not is_pinyin(tail.group(1), self):
            return word
        listed = None if self.english is None else self.english.find(tail.group(1))
        is_word = listed is not None and listed.is_common
        return word if is_word else word._replace(cost=word.cost + _PINYIN_IN_NAME)

    def _begins_with_pinyin(self, name: str) -> bool:
        """Return whether hanzi stand before what begins with a capital, or is a word of a name with marks."""
        first = _FIRST_PART.match(name)
        if first is None or not self.is_full_pinyin or self.english is None:
            return False
        letters, capital = first.groups()
        listed = self.english.find(letters)
        if capital:
            return is_pinyin(letters, self) and not (listed is not None and listed.is_common)
        parted = ((letters[:i], letters[i:]) for i in range(2, len(letters) - 2))
        return listed is None and any(
            is_pinyin(before, self) and self.english.find(word) is not None for before, word in parted
        )


@lru_cache(maxsize=1 << 12)
def is_pinyin(letters: str, table: SpellingTable) -> bool:
    """Return whether whole syllables spell these letters."""
    return not letters or any(
        table.is_exact(letters[:length]) and is_pinyin(letters[length:], table)
        for length in range(1, len(letters) + 1)
    )
