"""Show the custom phrases as a table, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from PySide6.QtCore import QAbstractTableModel, QModelIndex, QPersistentModelIndex, Qt

from engine.protocol import CustomPhrase, on_one_line
from ime_app.i18n.strings import Strings

COLUMNS: Final[tuple[str, ...]] = ("code", "text", "place")
Index = QModelIndex | QPersistentModelIndex
_ROOT: Final = QModelIndex()


class CustomModel(QAbstractTableModel):
    """Shows the phrases whose code begins with a text, or that hold it."""

    def __init__(self, strings: Strings) -> None:
        super().__init__()
        self._strings = strings
        self._phrases: Sequence[CustomPhrase] = ()
        self._shown: list[int] = []
        self._sought = ""

    @property
    def phrases(self) -> Sequence[CustomPhrase]:
        """All phrases, found or not."""
        return self._phrases

    def take(self, phrases: Sequence[CustomPhrase]) -> None:
        """Show these phrases."""
        self.beginResetModel()
        self._phrases = phrases
        self._show()
        self.endResetModel()

    def find(self, sought: str) -> None:
        """Show what is found."""
        self.beginResetModel()
        self._sought = sought.strip()
        self._show()
        self.endResetModel()

    def phrase_at(self, row: int) -> CustomPhrase:
        return self._phrases[self._shown[row]]

    def row_of(self, phrase: CustomPhrase) -> int:
        """Return where the phrase is shown, -1 if it is not."""
        return next((row for row, i in enumerate(self._shown) if self._phrases[i] == phrase), -1)

    def rowCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def columnCount(self, parent: Index = _ROOT) -> int:
        return 0 if parent.isValid() else len(COLUMNS)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if not index.isValid():
            return None
        phrase = self.phrase_at(index.row())
        if role == Qt.ItemDataRole.ToolTipRole and index.column() == 1:
            return phrase.text
        if role != Qt.ItemDataRole.DisplayRole:
            return None
        place = self._strings(f"custom.place.{phrase.place}")
        return (phrase.code, on_one_line(phrase.text), place)[index.column()]

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._strings(f"custom.{COLUMNS[section]}")

    def _show(self) -> None:
        sought = self._sought
        self._shown = [
            number
            for number, phrase in enumerate(self._phrases)
            if phrase.code.startswith(sought.lower()) or sought in phrase.text
        ]
