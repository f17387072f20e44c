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

# Nats of every further use in one text: a speaker who says s for sh once says it again. And nats of every
# sound in it that is typed as it is meant though the way could have changed it, up to so many: of the sounds
# that a speaker's way of one sentence could change, four in five are changed.
REPEATED: Final[float] = 0.5
AVOIDED: Final[float] = 1.6
_MOST_AVOIDED: Final[int] = 3
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
    """A pair or direction that a fuzzy sound uses.

    `saved`: the discount, in nats, of a further use; `avoided`: the price, in nats, of each sound of the text
    that it could have changed and did not. `place`: its number, by which these sounds are counted
    (`Avoided`).
    """

    name: str
    saved: float
    avoided: float = 0.0
    place: int = 0

    def price_of(self, counts: int) -> float:
        """Return the price of its first use in a text, beyond the sound's own, by the text's counts."""
        return self.avoided * min(counts >> _BITS * self.place & _FULL, _MOST_AVOIDED)

    def price_behind(self, counts: int) -> float:
        """Return the price of one more sound that avoids it, in a text that has used it."""
        return self.avoided if counts >> _BITS * self.place & _FULL < _MOST_AVOIDED else 0.0


class Avoided(NamedTuple):
    """The ways that could have changed a sound which is typed as it is meant.

    `counts`: one for each, packed, eight bits a way, so that the counts of a text are their sum.
    """

    ways: tuple[Way, ...] = ()
    counts: int = 0


NONE_AVOIDED: Final = Avoided()
_BITS: Final[int] = 8  # no input has 256 syllables
_FULL: Final[int] = (1 << _BITS) - 1
_PLACES: Final[dict[str, int]] = {
    way: place for place, way in enumerate(way for name in FUZZY_PAIRS for way in (name, rarer(name)))
}


def way_of(name: str, prices: Mapping[str, float]) -> Way:
    """Return a way with what it costs. Who has it by habit may well do without it now and then.

    So the price of a sound that avoids it falls with a price that is learnt.
    """
    price = price_of(name, prices)
    avoided = AVOIDED * min(price / price_of(name, FUZZY_PRICES), 1.0)
    return Way(name, max(price - REPEATED, 0.0), avoided, _PLACES[name])


def avoided_by(pairs: Iterable[str], prices: Mapping[str, float]) -> dict[str, Avoided]:
    """Return, of each syllable that some ways of `pairs` change, these ways."""
    chosen = frozenset(pairs)
    if not chosen:
        return {}
    found = {
        syllable: {way for sound in sounds_for(syllable, chosen) for way in sound.ways}
        for syllable in SYLLABLES
    }
    ways = {name: way_of(name, prices) for names in found.values() for name in names}
    return {
        syllable: Avoided(
            tuple(ways[name] for name in sorted(names)), sum(1 << _BITS * ways[name].place for name in names)
        )
        for syllable, names in found.items()
        if names
    }


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
            ways = tuple(way_of(way, prices) for way in sound.ways)
            forms.setdefault(sound.typed, []).append(Meant(syllable, sound.price(prices), ways))
    return {typed: sorted(meant, key=lambda row: (row.price, row.syllable)) for typed, meant in forms.items()}
