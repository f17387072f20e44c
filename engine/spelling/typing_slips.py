"""Define typing slips: what fingers make of a spelling, how often, and what undoing it costs.

The rules serve twice: a benchmark types by them, one slip a sentence, and the correction reads by them. Slips
lie inside one syllable: the key next to the right one, two letters in the wrong order, a letter twice, a
letter left out.
"""

from __future__ import annotations

import math
import random
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Final

_ROWS: Final[tuple[str, ...]] = ("qwertyuiop", "asdfghjkl", "zxcvbnm")


class Slip(Enum):
    """A kind of slip; its value is its share of all slips (one in five is a letter left out)."""

    NEIGHBOUR = 0.4
    TRANSPOSED = 0.25
    MISSING = 0.2
    DOUBLED = 0.15


def _neighbours() -> dict[str, str]:
    """Return the keys next to each: beside it in its row, and two in the row below, shifted by half a key."""
    touching: dict[str, set[str]] = {letter: set() for row in _ROWS for letter in row}
    pairs = [(a, b) for row in _ROWS for a, b in zip(row, row[1:], strict=False)]
    for upper, lower in zip(_ROWS, _ROWS[1:], strict=False):
        pairs += [
            (a, lower[i])
            for column, a in enumerate(upper)
            for i in (column - 1, column)
            if 0 <= i < len(lower)
        ]
    for a, b in pairs:
        touching[a].add(b)
        touching[b].add(a)
    return {letter: "".join(sorted(keys)) for letter, keys in touching.items()}


NEIGHBOURS: Final[dict[str, str]] = _neighbours()


def slips_of(spelling: str) -> dict[Slip, list[str]]:
    """Return what each kind of slip can make of a spelling; kinds that make nothing of it are absent.

    >>> slips_of("an")[Slip.TRANSPOSED], slips_of("an")[Slip.DOUBLED]
    (['na'], ['aan', 'ann'])
    """
    places = range(len(spelling))
    found = {
        Slip.NEIGHBOUR: [
            spelling[:i] + key + spelling[i + 1 :] for i in places for key in NEIGHBOURS.get(spelling[i], "")
        ],
        Slip.TRANSPOSED: [
            spelling[:i] + spelling[i + 1] + spelling[i] + spelling[i + 2 :]
            for i in places[:-1]
            if spelling[i] != spelling[i + 1]
        ],
        Slip.MISSING: [spelling[:i] + spelling[i + 1 :] for i in places] if len(spelling) > 1 else [],
        Slip.DOUBLED: [spelling[: i + 1] + spelling[i:] for i in places],
    }
    return {slip: typed for slip, typed in found.items() if typed}


def slipped(spelling: str, draw: random.Random) -> str:
    """Return the spelling with one slip, drawn by the kinds' shares."""
    kinds = slips_of(spelling)
    (kind,) = draw.choices(list(kinds), [kind.value for kind in kinds])
    return draw.choice(kinds[kind])


def slip_prices(spellings: Iterable[str], rate: float) -> Mapping[str, list[tuple[str, float]]]:
    """Return for each string that slips can make (the spelling meant, nats), the cheapest first.

    `rate` is how often a spelling is typed with a slip. The price is minus the logarithm of the chance that
    these letters come of that spelling.
    """
    chances: dict[str, dict[str, float]] = {}
    for spelling in spellings:
        kinds = slips_of(spelling)
        for kind, typed in kinds.items():
            share = rate * kind.value / sum(other.value for other in kinds) / len(typed)
            for letters in typed:
                meant = chances.setdefault(letters, {})
                meant[spelling] = meant.get(spelling, 0.0) + share
    return {
        letters: sorted(((spelling, -math.log(chance)) for spelling, chance in meant.items()), key=_by_price)
        for letters, meant in chances.items()
    }


def _by_price(row: tuple[str, float]) -> tuple[float, str]:
    return row[1], row[0]
