"""Define fuzzy sounds: which spellings an accent lets stand for a syllable, and their prices.

The pairs are those of fcitx5 (libime), and hui/fei of the south-west. A syllable may change in its initial
and in its final at once: `sen` is 生 (sheng) for someone who has both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

from engine.spelling.syllable import SYLLABLES, initial_of


@dataclass(frozen=True)
class FuzzyPair:
    """Two sounds that some people do not tell apart.

    `swaps` lists (what is typed, what is meant) in the commoner direction, z for zh, in the part of the
    syllable that `part` names. The other direction, zh for z, comes from overcorrection and costs more.
    """

    label: str
    part: str  # "initial", "final" or "syllable"
    swaps: tuple[tuple[str, str], ...]


def _pair(part: str, *swaps: str) -> FuzzyPair:
    sounds = tuple((a, b) for a, _, b in (swap.partition("/") for swap in swaps))
    label = " ↔ ".join(sorted(sounds[0], key=lambda sound: (len(sound), sound)))
    return FuzzyPair(label, part, sounds)


FUZZY_PAIRS: Final[dict[str, FuzzyPair]] = {
    "z_zh": _pair("initial", "z/zh"),
    "c_ch": _pair("initial", "c/ch"),
    "s_sh": _pair("initial", "s/sh"),
    "l_n": _pair("initial", "l/n"),
    "l_r": _pair("initial", "l/r"),
    "f_h": _pair("initial", "f/h"),
    "an_ang": _pair("final", "ang/an"),
    "en_eng": _pair("final", "en/eng"),
    "in_ing": _pair("final", "in/ing"),
    "ian_iang": _pair("final", "ian/iang"),
    "uan_uang": _pair("final", "uang/uan"),
    "u_ou": _pair("final", "u/ou"),
    "hui_fei": _pair("syllable", "fei/hui", "fa/hua", "fan/huan", "fang/huang", "fen/hun", "fo/huo"),
    "v_u": _pair("final", "v/u", "van/uan", "vn/un"),
    "ve_ue": _pair("final", "ve/ue"),
}

# What most accents confuse, and libime's users turn on.
DEFAULT_PAIRS: Final[frozenset[str]] = frozenset(
    "z_zh c_ch s_sh l_n l_r f_h an_ang en_eng in_ing ian_iang uan_uang hui_fei".split()
)

# The price in nats of a sound typed for another, and what the rarer direction costs beyond it; if both
# initial and final change, both are paid. Prices learnt from a user (`engine.user_model.accent`) stand in
# such a mapping under the name of the pair, those of the rarer direction under `rarer`.
# Sounds of a few regions cost more: figures in docs/experiments/fuzzy_and_slips.md.
FUZZY_PRICES: Final[dict[str, float]] = dict.fromkeys(FUZZY_PAIRS, 3.0) | dict.fromkeys(
    ("f_h", "ian_iang", "hui_fei"), 6.0
)
RARER: Final[float] = 1.0

# Nats of every further use in one text: a speaker who says s for sh once says it again.
REPEATED: Final[float] = 0.5
_BACK: Final[str] = "_back"


def rarer(name: str) -> str:
    """Return the name of a pair's rarer direction: zh typed for z."""
    return name + _BACK


def way_in_words(way: str) -> str:
    """Return what is typed for what by a pair or its rarer direction.

    >>> way_in_words("s_sh"), way_in_words(rarer("s_sh"))
    ('s for sh', 'sh for s')
    """
    swap = FUZZY_PAIRS[way.removesuffix(_BACK)].swaps[0]
    typed, meant = swap[::-1] if way.endswith(_BACK) else swap
    return f"{typed} for {meant}"


@dataclass(frozen=True)
class Sound:
    """One spelling that may be typed for a sound; `ways` names the pairs and directions that it uses."""

    typed: str
    ways: tuple[str, ...] = ()

    def price(self, prices: Mapping[str, float]) -> float:
        return sum(price_of(way, prices) for way in self.ways)


def price_of(way: str, prices: Mapping[str, float]) -> float:
    """Return the price of a pair or direction in nats.

    A rarer direction without a price of its own costs RARER more than its pair.
    """
    if way in prices:
        return prices[way]
    return prices[way.removesuffix(_BACK)] + RARER


def _cheapest(syllable: str, pairs: Iterable[str], prices: Mapping[str, float]) -> Iterable[Sound]:
    """Return the cheapest way to each spelling that may stand for `syllable`."""
    sounds = sorted(sounds_for(syllable, frozenset(pairs)), key=lambda sound: -sound.price(prices))
    return {sound.typed: sound for sound in sounds}.values()


@lru_cache(maxsize=1 << 12)
def sounds_for(syllable: str, pairs: frozenset[str]) -> tuple[Sound, ...]:
    """Return every way in which these pairs spell `syllable`, without the syllable itself."""
    chosen = [(name, FUZZY_PAIRS[name]) for name in sorted(pairs)]
    initial = initial_of(syllable)
    initial = "" if initial == syllable else initial
    final = syllable.removeprefix(initial)
    initials = [Sound(initial), *_swapped(initial, "initial", chosen)]
    finals = [Sound(final), *_swapped(final, "final", chosen)]
    found = [Sound(first.typed + last.typed, first.ways + last.ways) for first in initials for last in finals]
    found += _swapped(syllable, "syllable", chosen)
    return tuple(sound for sound in found if sound.typed != syllable)


def _swapped(sound: str, part: str, pairs: list[tuple[str, FuzzyPair]]) -> Iterator[Sound]:
    for name, pair in pairs:
        for typed, meant in pair.swaps if pair.part == part else ():
            if sound == meant:
                yield Sound(typed, (name,))
            elif sound == typed:
                yield Sound(meant, (rarer(name),))


class Way(NamedTuple):
    """A pair or direction that a fuzzy sound uses; `saved`: the discount, in nats, of a further use."""

    name: str
    saved: float


class Meant(NamedTuple):
    """A syllable that another spelling stands for: the ways used and their price in nats."""

    syllable: str
    price: float
    ways: tuple[Way, ...] = ()


def typed_forms(pairs: Iterable[str], prices: Mapping[str, float]) -> dict[str, list[Meant]]:
    """Return for each spelling the syllables that `pairs` let it stand for, the cheapest first."""
    forms: dict[str, list[Meant]] = {}
    for syllable in SYLLABLES:
        for sound in _cheapest(syllable, pairs, prices):
            ways = tuple(Way(way, max(price_of(way, prices) - REPEATED, 0.0)) for way in sound.ways)
            forms.setdefault(sound.typed, []).append(Meant(syllable, sound.price(prices), ways))
    return {typed: sorted(meant, key=lambda row: (row.price, row.syllable)) for typed, meant in forms.items()}
