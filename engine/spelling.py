"""How letters stand for syllables: the options of the user's spelling, and the table they make.

Knows spellings, prefixes and their prices; knows nothing of positions in the keys, of hanzi or of
beams. A table says of any letters which syllables they spell, which they begin and which they
abbreviate. Full pinyin with fuzzy sounds and double pinyin differ in the table alone.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from enum import Enum
from functools import cached_property
from typing import Final

from engine.fuzzy import FUZZY_PAIRS, FUZZY_PRICES, typed_forms
from engine.slips import slip_prices
from engine.syllable import INITIALS, SPELLINGS, SYLLABLE_INDEX, SYLLABLES, syllables_with_prefix

SEPARATOR: Final[str] = "'"

FuzzyForm = tuple[str, int, float]  # what is typed, the syllable meant, nats


class SpellingError(ValueError):
    """Options that name no known spelling; the message says what was expected."""


class SpellingType(Enum):
    """How the letters of an edge stand for its syllables."""

    EXACT = "exact"
    FUZZY = "fuzzy"  # the sound of another syllable, `si` for shi
    SLIP = "slip"  # mistyped, `xain` for xian
    UNFINISHED = "unfinished"  # the last letters so far, `sh` of `nihaosh`
    ABBREVIATION = "abbreviation"  # an initial for its syllable, the n of `nhao`


@dataclass(frozen=True)
class SpellingOptions:
    """What the user types: `fuzzy` names pairs of `FUZZY_PAIRS`, `correct` is for typing slips,
    `scheme` is "" for full pinyin or names a scheme of double pinyin. Raises SpellingError."""

    fuzzy: frozenset[str] = frozenset()
    correct: bool = False
    scheme: str = ""

    def __post_init__(self) -> None:
        unknown = sorted(self.fuzzy - FUZZY_PAIRS.keys())
        if unknown:
            raise SpellingError(f"expected fuzzy pairs of {', '.join(FUZZY_PAIRS)}, found {unknown[0]}")

    @property
    def letters(self) -> str:
        """The characters besides a-z that can extend a composition."""
        return ""


@dataclass(frozen=True)
class SpellingCosts:
    """What a reading of the keys costs, in nats; an exact syllable costs nothing.

    `unfinished`: letters that are no syllable yet, `sh`. `extended`: letters that are one but may
    become a longer one, `ni` on the way to `nian`; most users pick at `ni` because they mean it,
    so this is dear. `abbreviation`: an initial that stands for its syllable. `split`: what the
    s of `sh` costs beyond that, read as an initial of its own, where `sh` is one as well.
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
    fuzzy: Mapping[str, float] = field(default_factory=lambda: FUZZY_PRICES)
    slip_rate: float = 0.02

    def of_beginning(self, letters: str) -> float:
        """What it costs that a spelling goes on behind these letters."""
        return self.extended if letters in SPELLINGS else self.unfinished


@dataclass(frozen=True, slots=True)
class Spelt:
    """One of the syllables [first_syllable, last_syllable), spelt so at this price in nats."""

    first_syllable: int
    last_syllable: int
    spelling: SpellingType
    cost: float = 0.0


SpeltMap = Mapping[str, tuple[Spelt, ...]]


@dataclass(frozen=True, eq=False)
class SpellingTable:
    """What letters stand for.

    `whole`: complete syllables, exact ones first; `unfinished`: what letters may become when more
    of them come; `initials`: what stands for a syllable in an abbreviation; `slips`: what slips
    make of whole syllables, empty where typing is not corrected.
    """

    whole: SpeltMap
    unfinished: SpeltMap
    initials: SpeltMap
    slips: SpeltMap = field(default_factory=dict)
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

    def is_exact(self, letters: str) -> bool:
        """True where the letters are a syllable as it is written."""
        return any(spelt.spelling is SpellingType.EXACT for spelt in self.whole.get(letters, ()))


def spelling_table(
    options: SpellingOptions | None = None,
    costs: SpellingCosts | None = None,
    known: frozenset[int] | None = None,
) -> SpellingTable:
    """The table of these options; `known`: the syllables that may be used (those that have a
    reading), None for all."""
    options, costs = options or SpellingOptions(), costs or SpellingCosts()
    known = frozenset(range(len(SYLLABLES))) if known is None else known
    table = _full_pinyin(options, costs, known)
    return replace(table, slips=_slips(table.whole, costs.slip_rate)) if options.correct else table


def _slips(whole: SpeltMap, rate: float) -> SpeltMap:
    """What slips make of exact spellings, as far as that is neither spelt so nor an abbreviation."""
    exact = {
        spelling: row[0].first_syllable
        for spelling, row in whole.items()
        if row[0].spelling is SpellingType.EXACT
    }
    return {
        letters: tuple(
            Spelt(exact[spelling], exact[spelling] + 1, SpellingType.SLIP, price) for spelling, price in meant
        )
        for letters, meant in slip_prices(exact, rate).items()
        if letters not in INITIALS
    }


def _full_pinyin(options: SpellingOptions, costs: SpellingCosts, known: frozenset[int]) -> SpellingTable:
    fuzzy = [
        (typed, SYLLABLE_INDEX[meant], price)
        for typed, row in typed_forms(options.fuzzy, costs.fuzzy).items()
        for meant, price in row
        if SYLLABLE_INDEX[meant] in known and SPELLINGS.get(typed) != SYLLABLE_INDEX[meant]
    ]
    return SpellingTable(
        _whole(fuzzy, known), _unfinished(fuzzy, costs, known), _initials(costs, known), costs=costs
    )


def _whole(fuzzy: list[FuzzyForm], known: frozenset[int]) -> SpeltMap:
    rows = {
        spelling: (Spelt(syllable, syllable + 1, SpellingType.EXACT),)
        for spelling, syllable in SPELLINGS.items()
        if syllable in known
    }
    for typed, syllable, price in fuzzy:
        spelt = Spelt(syllable, syllable + 1, SpellingType.FUZZY, price)
        rows[typed] = (*rows.get(typed, ()), spelt)
    return rows


def _unfinished(fuzzy: list[FuzzyForm], costs: SpellingCosts, known: frozenset[int]) -> SpeltMap:
    """What each beginning of a spelling may become; an initial alone is fuzzy in no pair, as that
    would double the work for a letter that says little."""
    rows: dict[str, tuple[Spelt, ...]] = {}
    for prefix in {spelling[:length] for spelling in SPELLINGS for length in range(1, len(spelling) + 1)}:
        first, last = syllables_with_prefix(prefix)
        if prefix in SPELLINGS:
            first = min(first + 1, last)  # sorted: the syllable itself comes before the longer ones
        if not known.isdisjoint(range(first, last)):
            rows[prefix] = (Spelt(first, last, SpellingType.UNFINISHED, costs.of_beginning(prefix)),)
    for prefix, meant in _fuzzy_beginnings(fuzzy).items():
        cost = costs.of_beginning(prefix)
        spelt = [Spelt(a, b, SpellingType.UNFINISHED, cost + price) for a, b, price in _ranges(meant)]
        rows[prefix] = (*rows.get(prefix, ()), *spelt)
    return rows


def _fuzzy_beginnings(fuzzy: list[FuzzyForm]) -> dict[str, dict[int, float]]:
    """Per beginning of fuzzy forms: the syllables that it is no beginning of, and their prices."""
    found: dict[str, dict[int, float]] = {}
    for typed, syllable, price in fuzzy:
        for length in range(1, len(typed)):
            prefix = typed[:length]
            if prefix not in INITIALS and not SYLLABLES[syllable].startswith(prefix):
                prices = found.setdefault(prefix, {})
                prices[syllable] = min(price, prices.get(syllable, price))
    return found


def _ranges(prices: Mapping[int, float]) -> list[tuple[int, int, float]]:
    """Half-open ranges of neighbours of one price."""
    ranges: list[tuple[int, int, float]] = []
    for syllable, price in sorted(prices.items()):
        if ranges and ranges[-1][1:] == (syllable, price):
            ranges[-1] = (ranges[-1][0], syllable + 1, price)
        else:
            ranges.append((syllable, syllable + 1, price))
    return ranges


def _initials(costs: SpellingCosts, known: frozenset[int]) -> SpeltMap:
    ranges = {initial: syllables_with_prefix(initial) for initial in INITIALS}
    return {
        initial: (Spelt(first, last, SpellingType.ABBREVIATION, costs.abbreviation),)
        for initial, (first, last) in ranges.items()
        if not known.isdisjoint(range(first, last))
    }
