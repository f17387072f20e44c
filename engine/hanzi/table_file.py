"""Read the tables of `resources/hanzi`: lines of fields between tabs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.errors import MoyinError

REMEDY: Final[str] = "take the file from a fresh clone or build it with `python -m training hanzi`"


class HanziTableError(MoyinError):
    """A table of hanzi that is missing or not one; the message says what to do."""


def table_text(path: Path) -> str:
    """Return the text of a table. Raises HanziTableError for a missing file and one that is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        message = f"expected a table of hanzi at {path}, found none ({error}); {REMEDY}"
        raise HanziTableError(message) from error


def table_rows(path: Path, n_field: int) -> list[list[str]]:
    """Return the lines of a table, each of `n_field` fields. Raises HanziTableError."""
    rows = [line.split("\t") for line in table_text(path).splitlines() if line]
    if not rows or any(len(row) != n_field or not all(row) for row in rows):
        raise HanziTableError(f"expected lines of {n_field} fields in {path}, found others; {REMEDY}")
    return rows
