"""Slips across a syllable's end: its last letter and the next one's first in the wrong order, `nhiao`.

Knows letters and spellings; knows nothing of beams or of hanzi. Only letters that begin no
syllable are looked at (`nh`), so input that can be read as it stands has none of these.
"""

from __future__ import annotations

import math
from functools import lru_cache
from typing import Final, NamedTuple

from engine.spelling.options import SpellingType
from engine.spelling.spelling_table import SEPARATOR, SpellingTable, Spelt
from engine.spelling.typing_slips import Slip

_MIN_LENGTH: Final[int] = 2  # letters of each syllable


class Crossing(NamedTuple):
    """The letters [start, middle) are `first`, were they not crossed with the next ones; those
    from `middle` on are then `rest`, a syllable or the beginning of one."""

    start: int
    middle: int
    first: Spelt
    rest: str


@lru_cache(maxsize=1 << 12)
def crossings(keys: str, table: SpellingTable) -> tuple[Crossing, ...]:
    """Every crossing whose second syllable the end of the keys is in, or ends.

    >>> from engine.spelling.table_builder import spelling_table
    >>> [(c.start, c.middle, c.rest) for c in crossings("nhiao", spelling_table())]
    [(0, 2, 'hao')]
    """
    found = []
    end = len(keys)
    for middle in range(max(1, end - table.max_length), end):
        rest = keys[middle - 1] + keys[middle + 1 :]
        if keys[middle - 1] == keys[middle] or not table.is_prefix(rest):
            continue
        for start in range(max(0, middle - table.max_length), middle - _MIN_LENGTH + 1):
            first = _exact(keys[start : middle - 1] + keys[middle], table)
            if first is not None and _is_odd(keys[start:middle], table) and SEPARATOR not in keys[start:]:
                found.append(Crossing(start, middle, first, rest))
    return tuple(found)


def crossing_cost(table: SpellingTable) -> float:
    """Nats: half of the transpositions of one syllable happen at its end."""
    return -math.log(table.costs.slip_rate * Slip.TRANSPOSED.value / 2)


def second_of(crossing: Crossing, table: SpellingTable) -> Spelt | None:
    """The second syllable, where all its letters are there."""
    return _exact(crossing.rest, table) if len(crossing.rest) >= _MIN_LENGTH else None


def _exact(letters: str, table: SpellingTable) -> Spelt | None:
    row = table.whole.get(letters, ())
    return row[0] if row and row[0].spelling is SpellingType.EXACT else None


def _is_odd(letters: str, table: SpellingTable) -> bool:
    """True where they are no syllable, nor the beginning of one."""
    return not table.is_prefix(letters)
