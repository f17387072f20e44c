"""How letters stand for syllables: the options of the user's spelling, its prices, its table.

Knows spellings, prefixes and their prices; knows nothing of positions in the keys, of hanzi or of
beams. A table says of any letters which syllables they spell, which they begin and which they
abbreviate. Full pinyin with fuzzy sounds and double pinyin differ in the table alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import Enum
from functools import cached_property, lru_cache
from typing import Final

from engine.spelling.double_pinyin import SchemeError, load_scheme
from engine.spelling.english_words import English, EnglishWord
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS, FUZZY_PRICES, Way

SEPARATOR: Final[str] = "'"


class SpellingError(ValueError):
    """Options that name no known spelling; the message says what was expected."""


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    FUZZY = "fuzzy"  # the sound of another syllable, `si` for shi
    SLIP = "slip"  # mistyped, `xain` for xian
    ENGLISH = "english"  # a Latin word, no syllable at all
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`
    ABBREVIATION = "abbreviation"  # an initial for its syllable, the n of `nhao`


@dataclass(frozen=True)
class SpellingOptions:
    """What the user types: `fuzzy` names pairs of `FUZZY_PAIRS`, `correct` is for typing slips,
    `scheme` is "" for full pinyin, or a scheme of double pinyin: a name of `SCHEME_NAMES`, or the
    path of a file. Raises SpellingError."""

    fuzzy: frozenset[str] = frozenset()
    correct: bool = False
    scheme: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(self.fuzzy - FUZZY_PAIRS.keys())
        if unknown:
            raise SpellingError(f"expected fuzzy pairs of {', '.join(FUZZY_PAIRS)}, found {unknown[0]}")
        try:
            _ = self.letters
        except SchemeError as error:
            raise SpellingError(str(error)) from error

    @property
    def letters(self) -> str:
        """The characters besides a-z that can extend a composition."""
        return load_scheme(self.scheme).letters if self.scheme else ""


@dataclass(frozen=True)
class SpellingCosts:
    """What a reading of the keys costs, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are one but may
    become a longer one, `ni` on the way to `nian`; most users pick at `ni` because they mean it,
    so this is dear. `abbreviation`: an initial that stands for its syllable. `split`: what the
    s of `sh` costs beyond that, read as an initial of its own, where `sh` is one as well. `bare`: what
    the m of `hma` costs beyond that, as its a may belong to it: 好慢啊 beside 好吗.
    `fuzzy`: of each pair; what a user's picks teach goes here. `slip_rate`: the share of syllables
    that are mistyped, from which the price of each slip follows.

    Those of abbreviations were tried on 400 inputs each of `benchmark accuracy --typing initials`
    and `mixed` (interim bundle): from 0 to 4 and from 1 to 5 nothing moves but 0.1 points of
    characters, as the readings of one input hardly differ in the number of their initials.
    """

    unfinished: float = 2.0
    extended: float = 6.0
    abbreviation: float = 2.0
    split: float = 2.0
    bare: float = 2.0
    fuzzy: Mapping[str, float] = field(default_factory=lambda: FUZZY_PRICES)
    slip_rate: float = 0.02


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
