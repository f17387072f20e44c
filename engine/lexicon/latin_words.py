"""Turn Latin words into token ids beyond the vocabulary, and back.

To decoder and n-gram every Latin word is one special token, LATIN; to a composition `Python` and `API`
differ. The id of a word spells its letters, so it is the same in every converter and no table has to be kept.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

_BASE: Final[int] = 1 << 48  # beyond the ids of any vocabulary, and those of rare_tokens


def latin_token(word: str) -> int:
    """Return the id of a word of ASCII letters."""
    return _BASE + int.from_bytes(word.encode("ascii"), "big")


def is_latin(token: int) -> bool:
    """Return whether an id is one of `latin_token`."""
    return token >= _BASE


def has_latin(tokens: Iterable[int]) -> bool:
    """Return whether a Latin word is among `tokens`."""
    return is_latin(max(tokens, default=0))


def latin_word(token: int) -> str:
    """Return the word of an id: the inverse of `latin_token`."""
    value = token - _BASE
    return value.to_bytes((value.bit_length() + 7) // 8, "big").decode("ascii")
