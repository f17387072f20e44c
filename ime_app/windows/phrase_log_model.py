"""Show the phrase log as a Qt table, read in pages from the newest phrase on."""

from __future__ import annotations

from datetime import datetime
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.spelling.syllable import NO_READING
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import StoreError
from ime_app.i18n.strings import Strings

PAGE: Final[int] = 200
COLUMNS: Final[tuple[str, ...]] = ("time", "text", "reading", "keys", "rank")
Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class PhraseModel(QAbstractTableModel):
    """A table of the phrases that hold a text; further pages are read when they are scrolled to."""

    def __init__(self, log: PhraseLog, strings: Strings) -> None:
        super().__init__()
        self._log = log
        self._strings = strings
        self._sought = ""
        self._phrases: list[Phrase] = []
        self._is_complete = False

    @property
    def phrases(self) -> list[Phrase]:
        """The rows read so far, newest first."""
        return self._phrases

    @property
    def is_complete(self) -> bool:
        """Whether all the rows have been read."""
        return self._is_complete

    def search(self, text: str) -> None:
        """Read anew. Raises StoreError."""
        self._sought = text
        phrases = self._log.search(text, PAGE)  # may fail, and the model then stays as it is
        self.beginResetModel()
        self._phrases = phrases
        self._is_complete = len(self._phrases) < PAGE
        self.endResetModel()

    def reload(self) -> None:
        """Search the same again. Raises StoreError."""
        self.search(self._sought)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._phrases)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def canFetchMore(self, parent: Index) -> bool:
        return not parent.isValid() and not self._is_complete

    def fetchMore(self, parent: Index) -> None:
        try:
            page = self._log.search(self._sought, PAGE, self._phrases[-1].id)
        except StoreError:  # Qt calls this and could do nothing about it; the next search tells
            page = []
        self._is_complete = len(page) < PAGE
        if page:
            self.beginInsertRows(_ROOT, len(self._phrases), len(self._phrases) + len(page) - 1)
            self._phrases += page
            self.endInsertRows()

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid() or role not in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.ToolTipRole):
            return None
        return cell_text(self._phrases[index.row()], COLUMNS[index.column()])

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._strings(f"log.{COLUMNS[section]}")


def cell_text(phrase: Phrase, column: str) -> str:
    """Return what one cell shows."""
    match column:
        case "time":
            return f"{datetime.fromtimestamp(phrase.time):%Y-%m-%d %H:%M}"
        case "text":
            return phrase.text
        case "reading":
            return " ".join(syllable for syllable in phrase.reading if syllable != NO_READING)
        case "keys":
            return phrase.keys
    return str(phrase.rank + 1)
