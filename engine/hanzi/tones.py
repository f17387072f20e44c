"""Know the tones of hanzi, and their readings with tone marks."""

from __future__ import annotations

import unicodedata
from functools import cached_property
from pathlib import Path
from typing import Final

from engine.hanzi.table_file import table_rows

SECOND: Final[str] = "·"  # in a line of the table, before the hanzi that are read otherwise mostly
TONE_MARKS: Final[dict[str, str]] = {"1": "\u0304", "2": "\u0301", "3": "\u030c", "4": "\u0300", "5": ""}


class Tones:
    """The table at `path`: lines `yi4<TAB>意易…·衣…`, behind the point what has a commoner reading elsewhere.

    Without a path it is empty.

    Raises HanziTableError when first asked, for a missing or damaged file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def _hanzi_of(self) -> dict[str, str]:
        return {} if self._path is None else dict(table_rows(self._path, 2))

    def has(self, hanzi: str, syllable: str, tone: str) -> bool:
        """Return whether the hanzi is read so in some word; tone `5` is the neutral one."""
        return hanzi in self._hanzi_of.get(syllable + tone, "")

    def is_usual(self, hanzi: str, syllable: str, tone: str) -> bool:
        """Return whether the hanzi is mostly read so: 一 is yi1, and yi4 only before some words."""
        return hanzi in self._hanzi_of.get(syllable + tone, "").partition(SECOND)[0]

    def readings(self, hanzi: str) -> list[str]:
        """Return the readings with tone marks, those in which the hanzi is used most first.

        >>> marked("lv4"), marked("gui1"), marked("jiu3")
        ('lǜ', 'guī', 'jiǔ')
        """
        names = [name for name, of in self._hanzi_of.items() if hanzi in of]
        second = {name: hanzi in self._hanzi_of[name].partition(SECOND)[2] for name in names}
        return [marked(name) for name in sorted(names, key=lambda name: (second[name], name))]


def marked(spelling: str) -> str:
    """Return a syllable with its tone's number as it is written: `lv4` is lǜ."""
    syllable, mark = spelling[:-1].replace("v", "ü"), TONE_MARKS[spelling[-1]]
    vowels = [place for place, letter in enumerate(syllable) if letter in "aeiouü"]
    strongest = [place for place in vowels if syllable[place] in "ae" or syllable[place : place + 2] == "ou"]
    place = (strongest or vowels[-1:] or [0])[0]
    text = syllable[: place + 1] + mark + syllable[place + 1 :]
    return unicodedata.normalize("NFC", text)
