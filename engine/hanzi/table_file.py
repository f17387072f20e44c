"""Read the tables of `resources/hanzi`: lines of fields between tabs."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, reason_of, says

REMEDY: Final[Message] = says(Kind.FETCH_OR_BUILD, command="hanzi")


class HanziTableError(MoyinError):
    """A table of hanzi that is missing or not one."""


def table_text(path: Path) -> str:
    """Return the text of a table. Raises HanziTableError for a missing file and one that is no text."""
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        found = says(Kind.NONE_WHY, reason=reason_of(error))
        raise HanziTableError.of(says(Kind.HANZI_TABLE, path=path), found, REMEDY) from error


def table_rows(path: Path, n_field: int) -> list[list[str]]:
    """Return the lines of a table, each of `n_field` fields. Raises HanziTableError."""
    rows = [line.split("\t") for line in table_text(path).splitlines() if line]
    if not rows or any(len(row) != n_field or not all(row) for row in rows):
        expected = says(Kind.HANZI_FIELDS, number=n_field, path=path)
        raise HanziTableError.of(expected, says(Kind.OTHERS), REMEDY)
    return rows
