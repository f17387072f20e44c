"""Find readings by letters: full pinyin, initials, and both mixed."""

from __future__ import annotations

from collections.abc import Sequence


def is_spelt(letters: str, reading: Sequence[str]) -> bool:
    """Return whether the letters spell syllables that follow each other, each as far as it likes.

    `nihao`, `nh`, `nihaom` and `hao` are found in ni hao ma; `nm` is not.
    """
    return any(_is_spelt_from(letters, reading[start:]) for start in range(len(reading)))


def _is_spelt_from(letters: str, reading: Sequence[str]) -> bool:
    """Return whether the first syllable takes a beginning of the letters, and the next ones the rest."""
    left = {letters}  # what may be left to be spelt
    for syllable in reading:
        left = {
            rest[n:]
            for rest in left
            for n in range(1, len(syllable) + 1)
            if rest[:n] == syllable[:n] and rest
        }
        if "" in left or not left:
            return bool(left)
    return False
