"""Know readings beyond the national standard list: 龑/yan, 粳/geng.

Some 16,000 readings are 405 lines of text: they are read in a millisecond, when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from engine.error_kinds import Kind
from engine.errors import says
from engine.hanzi.table_file import REMEDY, HanziTableError, table_rows
from engine.spelling.syllable import SYLLABLE_INDEX


class RareReadings:
    """The table at `path`: lines `syllable<TAB>hanzi…`, the most used hanzi first. Without a path, none.

    Raises HanziTableError when first asked, for a missing or damaged file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def by_syllable(self) -> dict[int, str]:
        """Syllable index to its hanzi in order."""
        return {} if self._path is None else load_rare_readings(self._path)

    def of(self, syllable: int) -> str:
        """Return the rare hanzi of a syllable, the most used first."""
        return self.by_syllable.get(syllable, "")

    def knows(self, hanzi: str, syllable: int) -> bool:
        return hanzi in self.of(syllable)

    def syllable_of(self, hanzi: str) -> int | None:
        """Return the syllable in which the hanzi stands furthest in front; None where it is not listed."""
        places = {syllable: of.find(hanzi) for syllable, of in self.by_syllable.items() if hanzi in of}
        return min(places, key=lambda syllable: (places[syllable], syllable), default=None)


def load_rare_readings(path: Path) -> dict[int, str]:
    """Return syllable index to hanzi. Raises HanziTableError."""
    rows = table_rows(path, 2)
    if not all(syllable in SYLLABLE_INDEX for syllable, _ in rows):
        raise HanziTableError.of(says(Kind.HANZI_ROWS, path=path), says(Kind.OTHER_TEXT), REMEDY)
    return {SYLLABLE_INDEX[syllable]: hanzi for syllable, hanzi in rows}
