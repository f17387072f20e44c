"""Readings beyond the national standard list, by syllable and how much each is used: 龑/yan, 蔚/yu.

Knows hanzi and syllable indices; knows nothing of tokens or menus. Some 20,000 readings are 430 lines of
text: they are read in a millisecond, when first asked for.
"""

from __future__ import annotations

from functools import cached_property
from pathlib import Path

from engine.errors import MoyinError
from engine.spelling.syllable import SYLLABLE_INDEX


class HanziTableError(MoyinError):
    """A table of hanzi that is missing or not one; the message says what to do."""


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
    """Syllable index to hanzi. Raises HanziTableError."""
    rows = table_rows(path, 2)
    if not all(syllable in SYLLABLE_INDEX and hanzi for syllable, hanzi in rows):
        raise HanziTableError(f"expected syllables and hanzi in {path}, found other text; {REMEDY}")
    return {SYLLABLE_INDEX[syllable]: hanzi for syllable, hanzi in rows}


REMEDY = "take the file from a fresh clone or build it with `python -m training hanzi`"


def table_rows(path: Path, n_field: int) -> list[list[str]]:
    """Return the lines of a table, each of `n_field` fields between tabs. Raises HanziTableError."""
    try:
        lines = path.read_text(encoding="utf-8").splitlines()
    except (OSError, UnicodeDecodeError) as error:
        raise HanziTableError(
            f"expected a table of hanzi at {path}, found none ({error}); {REMEDY}"
        ) from error
    rows = [line.split("\t") for line in lines if line]
    if not rows or any(len(row) != n_field for row in rows):
        raise HanziTableError(f"expected lines of {n_field} fields in {path}, found others; {REMEDY}")
    return rows
