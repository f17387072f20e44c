"""Fuzzy sounds: which spellings an accent lets stand for a syllable, and at what price.

Knows pairs of sounds and how they change a spelling; knows nothing of keys, graphs or hanzi.

The pairs are those of fcitx5 (libime), and hui/fei of the south-west. A syllable may change in
its initial and in its final at once: `sen` is 生 (sheng) for someone who has both.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from engine.syllable import SYLLABLES, initial_of


@dataclass(frozen=True)
class FuzzyPair:
    """Two sounds that some people do not tell apart.

    `swaps`: in the part of the syllable that `part` names, what is typed for what, both ways.
    """

    label: str
    part: str  # "initial", "final" or "syllable"
    swaps: tuple[tuple[str, str], ...]


def _pair(part: str, *swaps: str) -> FuzzyPair:
    sounds = tuple((a, b) for a, _, b in (swap.partition("/") for swap in swaps))
    return FuzzyPair(swaps[0].replace("/", " ↔ "), part, sounds)


FUZZY_PAIRS: Final[dict[str, FuzzyPair]] = {
    "z_zh": _pair("initial", "z/zh"),
    "c_ch": _pair("initial", "c/ch"),
    "s_sh": _pair("initial", "s/sh"),
    "l_n": _pair("initial", "l/n"),
    "l_r": _pair("initial", "l/r"),
    "f_h": _pair("initial", "f/h"),
    "an_ang": _pair("final", "an/ang"),
    "en_eng": _pair("final", "en/eng"),
    "in_ing": _pair("final", "in/ing"),
    "ian_iang": _pair("final", "ian/iang"),
    "uan_uang": _pair("final", "uan/uang"),
    "u_ou": _pair("final", "u/ou"),
    "hui_fei": _pair("syllable", "hui/fei", "hua/fa", "huan/fan", "huang/fang", "hun/fen", "huo/fo"),
    "v_u": _pair("final", "v/u", "van/uan", "vn/un"),
    "ve_ue": _pair("final", "ve/ue"),
}

# What most accents confuse, and libime's users turn on.
DEFAULT_PAIRS: Final[frozenset[str]] = frozenset(
    "z_zh c_ch s_sh l_n l_r f_h an_ang en_eng in_ing ian_iang uan_uang hui_fei".split()
)

# Nats that a changed sound costs; where both initial and final change, both are paid.
FUZZY_PRICES: Final[dict[str, float]] = dict.fromkeys(FUZZY_PAIRS, 3.0)


def variants(syllable: str, pairs: Iterable[str], prices: Mapping[str, float]) -> dict[str, float]:
    """What may be typed for `syllable`, and its price; not the syllable itself.

    >>> variants("sheng", ["s_sh", "en_eng"], {"s_sh": 2.0, "en_eng": 1.0})
    {'shen': 1.0, 'seng': 2.0, 'sen': 3.0}
    """
    chosen = [(name, FUZZY_PAIRS[name]) for name in sorted(pairs)]
    initial = initial_of(syllable)
    initial = "" if initial == syllable else initial
    final = syllable.removeprefix(initial)
    initials, finals = dict(_swapped(initial, "initial", chosen)), dict(_swapped(final, "final", chosen))
    found = {
        first + last: (prices[one] if one else 0.0) + (prices[other] if other else 0.0)
        for first, one in [(initial, ""), *initials.items()]
        for last, other in [(final, ""), *finals.items()]
    }
    found |= {typed: prices[name] for typed, name in _swapped(syllable, "syllable", chosen)}
    found.pop(syllable)
    return found


def _swapped(sound: str, part: str, pairs: list[tuple[str, FuzzyPair]]) -> Iterator[tuple[str, str]]:
    """(what is typed for `sound`, the pair that allows it)."""
    for name, pair in pairs:
        for a, b in pair.swaps if pair.part == part else ():
            if sound in (a, b):
                yield (b if sound == a else a), name


def typed_forms(pairs: Iterable[str], prices: Mapping[str, float]) -> dict[str, list[tuple[str, float]]]:
    """Per spelling, the syllables that it may stand for by `pairs`, the cheapest first."""
    forms: dict[str, list[tuple[str, float]]] = {}
    for syllable in SYLLABLES:
        for typed, price in variants(syllable, pairs, prices).items():
            forms.setdefault(typed, []).append((syllable, price))
    return {typed: sorted(meant, key=lambda row: (row[1], row[0])) for typed, meant in forms.items()}
