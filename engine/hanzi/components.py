"""Know what hanzi are made of, by how their components are read: 李 is `mu zi`.

The table is one text of lines `mu zi<TAB>李…`, those of common hanzi first, that a regular expression runs
over when something is asked: a few milliseconds, and nothing is built at the start.
"""

from __future__ import annotations

import re
from functools import cache, cached_property
from pathlib import Path

from engine.error_kinds import Kind
from engine.errors import says
from engine.hanzi.table_file import REMEDY, HanziTableError, table_text


class Components:
    """The table at `path`; without a path, empty.

    Raises HanziTableError when first asked, for a missing or damaged file.
    """

    def __init__(self, path: Path | None = None) -> None:
        self._path = path

    @cached_property
    def _text(self) -> str:
        text = "" if self._path is None else table_text(self._path)
        if text and not re.fullmatch(r"[a-z ]+\t[^\t\n]+\n", text[: text.find("\n") + 1]):
            raise HanziTableError.of(says(Kind.HANZI_ROWS, path=self._path), says(Kind.OTHER_TEXT), REMEDY)
        return text

    def made_of(self, letters: str) -> str:
        """Return the hanzi of exactly these components in turn, then those that have more behind them.

        `letters` are the readings joined: `muzi` is 李. Nothing for other characters than a-z.
        """
        if not re.fullmatch("[a-z]+", letters):
            return ""
        joined = " ?".join(letters)
        exact = re.findall(rf"^{joined}\t(.+)$", self._text, re.MULTILINE)
        longer = re.findall(rf"^{joined}[a-z ]+\t(.+)$", self._text, re.MULTILINE)
        return "".join(dict.fromkeys("".join([*exact, *longer])))

    @cache  # noqa: B019 (there is one table for the whole run)
    def with_one(self, letters: str) -> frozenset[str]:
        """Return the hanzi of which some components in turn have readings that begin with these letters."""
        if not re.fullmatch("[a-z]+", letters):
            return frozenset()
        joined = " ?".join(letters)
        found = re.findall(rf"^(?:[a-z]+ )*{joined}[a-z ]*\t(.+)$", self._text, re.MULTILINE)
        return frozenset("".join(found))
