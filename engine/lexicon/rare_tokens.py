"""Represent readings outside the vocabulary as tokens: 龑/yan, or 蔚/yu beside the vocabulary's 蔚/wei.

The decoder has no id for such a reading, and needs none: its token spells the hanzi, the syllable and what
decoder and n-gram take it for (the hanzi's commonest reading, or UNKNOWN), so no table has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_BASE: Final[int] = 1 << 44  # beyond the ids of any vocabulary, below those of Latin words
_CODE_POINT_BITS: Final[int] = 18
_SYLLABLE_BITS: Final[int] = 9


def rare_token(hanzi: str, syllable: int, known_as: int) -> int:
    """Return the id of a reading outside the vocabulary, which the decoder takes for the token `known_as`."""
    return _BASE + (((known_as << _SYLLABLE_BITS) + syllable) << _CODE_POINT_BITS) + ord(hanzi)


def is_rare(token: int) -> bool:
    """Return True for the ids of `rare_token`."""
    return _BASE <= token < 2 * _BASE


def is_outer(tokens: Iterable[int]) -> bool:
    """Return whether a Latin word or a reading outside the vocabulary is among `tokens`."""
    return max(tokens, default=0) >= _BASE


def rare_hanzi(token: int) -> str:
    """Return the hanzi of a `rare_token`."""
    return chr((token - _BASE) & ((1 << _CODE_POINT_BITS) - 1))


def rare_syllable(token: int) -> int:
    """Return the syllable index of a `rare_token`."""
    return ((token - _BASE) >> _CODE_POINT_BITS) & ((1 << _SYLLABLE_BITS) - 1)


def known_as(token: int) -> int:
    """Return the vocabulary's id that decoder and n-gram take a `rare_token` for."""
    return (token - _BASE) >> (_CODE_POINT_BITS + _SYLLABLE_BITS)
