"""Show the user's words as a table: all rows in memory, only those asked for are made into texts."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import Qt

from engine.storage.word_listing import WordOrigin, WordRow, WordSearch, word_spelling
from engine.storage.word_store import UNKNOWN_LIST
from ime_app.i18n.strings import Strings
from ime_app.widgets.tables import SoughtModel

COLUMNS: Final[tuple[str, ...]] = ("text", "reading", "origin", "count")


class WordsModel(SoughtModel):
    """A table model of the rows that a search finds, in the order of a column."""

    def __init__(self, strings: Strings) -> None:
        super().__init__(strings, "words", COLUMNS)
        self._search = WordSearch(())
        self._sought: tuple[str, WordOrigin | None, str | None] = ("", None, None)
        self._order: tuple[int, bool] | None = None  # column, descending

    def take(self, rows: Sequence[WordRow], search: WordSearch) -> None:
        """Show these rows, searched and sorted as before."""
        with self.changing():
            self.rows, self._search = rows, search

    def find(self, text: str, origin: WordOrigin | None = None, list_name: str | None = None) -> None:
        """Show what is found."""
        with self.changing():
            self._sought = text, origin, list_name

    def sort(self, column: int, order: Qt.SortOrder = Qt.SortOrder.AscendingOrder) -> None:
        """Sort by a column; -1: as the rows came."""
        with self.changing():
            self._order = None if column < 0 else (column, order is Qt.SortOrder.DescendingOrder)

    def find_rows(self) -> list[int]:
        """Return what is found, in the order of the column that was chosen."""
        shown = self._search.find(*self._sought)
        if self._order is not None:
            column, descending = self._order
            keys = [_key(row, COLUMNS[column]) for row in self.rows]
            shown.sort(key=keys.__getitem__, reverse=descending)
        return shown

    def text_of(self, row: int, column: str) -> str:
        """Return what stands in one cell."""
        shown: WordRow = self.row_at(row)
        match column:
            case "text":
                return shown.text
            case "reading":
                return " ".join(word_spelling(shown.text, shown.reading))
            case "count":
                return f"{shown.times:.12g}" if shown.origin in (WordOrigin.LIST, WordOrigin.LEARNT) else ""
        if shown.origin is WordOrigin.LIST:
            return self.list_label(shown.list_name)
        return self._strings(f"words.origin.{shown.origin.value}", keys=shown.keys)

    def list_label(self, name: str) -> str:
        """Return how a list is called."""
        return self._strings("words.unknown_list") if name == UNKNOWN_LIST else name


def _key(row: WordRow, column: str) -> Any:
    match column:
        case "text":
            return row.text
        case "reading":
            return row.reading
        case "count":
            return row.times
    return row.origin.value, row.list_name
