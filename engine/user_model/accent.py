"""Learn a user's accent: how often each fuzzy sound was meant where another was typed.

All of it follows from the phrase log (the letters of each phrase beside its reading), so it is kept,
exported, taken back and erased with that.

The rule (docs/learning.md states it for users): of the last WINDOW times that a sound was meant which another
may stand for, `used` were typed as the other and `exact` as they are written. Its price is the logarithm of
the odds against the other sound, times WEIGHT, where the first price counts as STRENGTH more occasions:

    price = WEIGHT·ln((exact + STRENGTH·(1 - p)) / (used + STRENGTH·p)),
    p = 1 / (1 + exp(first price / WEIGHT)),

rounded to STEP and kept within [LOWEST, HIGHEST], or the first price where that is more. Each direction of a
pair has a price of its own. Most of this module aligns letters with readings, which any rule needs; prices
slide with the evidence, where two thresholds on a fading count would make them jump.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from engine.spelling.double_pinyin import load_scheme
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS, FUZZY_PRICES, price_of, rarer, sounds_for
from engine.spelling.syllable import ALIASES, SYLLABLE_INDEX, initial_of

WINDOW: Final[int] = 100  # occasions of each way
PHRASES: Final[int] = 500  # that are looked back to
STRENGTH: Final[float] = 30.0  # occasions that a first price is worth
WEIGHT: Final[float] = 1.5  # of the odds of a sound beside the probability of a text
LOWEST: Final[float] = 1.5  # nats: above it, what is typed stays likelier than what it may stand for
HIGHEST: Final[float] = 6.0  # nats: below it, a sound turned on stays within reach
STEP: Final[float] = 0.25

_ALL: Final[frozenset[str]] = frozenset(FUZZY_PAIRS)
_ABBREVIATED: Final[float] = 2.5  # nats: the h of `hs` is no accent, but `shi` for shi is rather exact
_SEPARATOR: Final[str] = "'"

Reading = tuple[str, ...]
Ways = tuple[str, ...]


@dataclass(frozen=True)
class Occasion:
    """One time that a sound was meant that may be typed as another by `way`; `used` says whether it was."""

    way: str
    used: bool


@dataclass(frozen=True)
class Habit:
    """How often a way was used, of how many occasions, and its price in nats."""

    way: str
    used: int
    occasions: int
    price: float


class Accent:
    """The record of what was typed and what it was read as, oldest first."""

    def __init__(self) -> None:
        self._typed: list[tuple[str, Reading]] = []

    def learn(self, typed: Iterable[tuple[str, Reading]]) -> None:
        """Add letters and the syllables that they were committed as."""
        self._typed += typed

    def unlearn(self, count: int) -> None:
        """Remove the last `count` entries, as if they had never been typed."""
        del self._typed[len(self._typed) - count :]

    def clear(self) -> None:
        self._typed.clear()

    def habits(self, pairs: Iterable[str], first: Mapping[str, float], scheme: str = "") -> list[Habit]:
        """Return both directions of each pair, for full pinyin or a scheme of double pinyin.

        `first` holds the prices where nothing is known.
        """
        used: Counter[str] = Counter()
        seen: Counter[str] = Counter()
        for keys, reading in reversed(self._typed[-PHRASES:]):
            for occasion in reversed(occasions(keys, reading, scheme)):
                if seen[occasion.way] < WINDOW:
                    seen[occasion.way] += 1
                    used[occasion.way] += occasion.used
        ways = [way for name in sorted(pairs) for way in (name, rarer(name))]
        return [
            Habit(way, used[way], seen[way], learnt_price(price_of(way, first), used[way], seen[way]))
            for way in ways
        ]

    def prices(
        self, pairs: Iterable[str], first: Mapping[str, float], scheme: str = ""
    ) -> Mapping[str, float]:
        """Return `first` with the learnt prices of `pairs` in it."""
        return {**first, **{habit.way: habit.price for habit in self.habits(pairs, first, scheme)}}


def learnt_price(first: float, used: int, occasions: int) -> float:
    """Return the price in nats, from a first price and how often the sound stood for the other.

    >>> [learnt_price(3.0, used, 20) for used in (0, 1, 5, 20)]
    [3.75, 3.5, 2.25, 1.5]
    """
    if not occasions:
        return first
    share = 1 / (1 + math.exp(first / WEIGHT))
    odds = (occasions - used + STRENGTH * (1 - share)) / (used + STRENGTH * share)
    return min(max(HIGHEST, first), max(LOWEST, round(WEIGHT * math.log(odds) / STEP) * STEP))


@lru_cache(maxsize=1 << 12)
def occasions(keys: str, reading: Reading, scheme: str = "") -> tuple[Occasion, ...]:
    """Return what the letters typed for these syllables say of the user's accent.

    Nothing if they cannot be read so (a slip, another scheme), and nothing of an abbreviated syllable.
    """
    letters = keys.replace(_SEPARATOR, "")
    if letters == "".join(reading):
        ways: list[Ways | None] | None = [()] * len(reading)
    else:
        ways = _aligned(letters, reading, "")
        if ways is None and scheme:
            ways = _aligned(letters, reading, scheme)
    return tuple(
        Occasion(way, way in used)
        for syllable, used in zip(reading, ways or (), strict=False)
        if used is not None
        for way in _ways_of(syllable)
    )


@lru_cache(maxsize=1 << 10)
def _ways_of(syllable: str) -> Ways:
    """Return the ways by which another sound may be typed for the syllable."""
    return tuple(sorted({way for sound in sounds_for(syllable, _ALL) for way in sound.ways}))


def _aligned(letters: str, reading: Reading, scheme: str) -> list[Ways | None] | None:
    """Return for each syllable the ways by which its letters are typed, None where they abbreviate it.

    The cheapest alignment is taken; the result is None if there is none.
    """
    best: dict[int, tuple[float, list[Ways | None]]] = {0: (0.0, [])}  # by letters read so far
    for syllable in reading:
        reached: dict[int, tuple[float, list[Ways | None]]] = {}
        for start, (cost, ways) in best.items():
            for typed, price, used in _forms(syllable, scheme):
                end = start + len(typed)
                dearer = end in reached and reached[end][0] <= cost + price
                if not dearer and letters.startswith(typed, start):
                    reached[end] = cost + price, [*ways, used]
        best = reached
    return best[len(letters)][1] if len(letters) in best else None


@lru_cache(maxsize=1 << 10)
def _forms(syllable: str, scheme: str) -> tuple[tuple[str, float, Ways | None], ...]:
    """Return what may be typed for the syllable: letters, nats, and the ways used (None: abbreviated)."""
    if syllable not in SYLLABLE_INDEX:
        return ()
    forms: list[tuple[str, float, Ways | None]] = [(code, 0.0, ()) for code in _codes(syllable, scheme)]
    for sound in sounds_for(syllable, _ALL):
        price = sound.price(FUZZY_PRICES)
        forms += [(code, price, sound.ways) for code in _codes(sound.typed, scheme)]
    initial = initial_of(syllable)
    beginnings = {forms[0][0][:1]} if scheme else {initial[:1], initial}
    forms += [(letters, _ABBREVIATED, None) for letters in sorted(beginnings) if letters != syllable]
    return tuple(forms)


def _codes(syllable: str, scheme: str) -> Iterator[str]:
    """Yield how a syllable, or one that sounds like it, is typed."""
    if scheme:
        yield from load_scheme(scheme).codes.get(syllable, ())
        return
    yield syllable
    yield from (alias for alias, spelt in ALIASES.items() if spelt == syllable)
