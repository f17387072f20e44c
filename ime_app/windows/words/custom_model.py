"""Show the custom phrases as a table, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.protocol import CustomPhrase, on_one_line
from ime_app.i18n.strings import Strings
from ime_app.widgets.tables import NO_INDEX, ModelIndex, RowModel

COLUMNS: Final[tuple[str, ...]] = ("code", "text", "place")


class CustomModel(RowModel):
    """A table model of the phrases whose code begins with a text, or that hold it."""

    def __init__(self, strings: Strings) -> None:
        super().__init__(strings, "custom", COLUMNS)
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

    def rowCount(self, parent: ModelIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def text_of(self, row: int, column: str) -> str:
        """Return what stands in one cell."""
        phrase = self.phrase_at(row)
        place = self._strings(f"custom.place.{phrase.place}")
        return {"code": phrase.code, "text": on_one_line(phrase.text), "place": place}[column]

    def tip_of(self, row: int, column: str) -> str | None:
        """Return all lines of the text; nothing for the other columns."""
        return self.phrase_at(row).text if column == "text" else None

    def _show(self) -> None:
        sought = self._sought
        self._shown = [
            number
            for number, phrase in enumerate(self._phrases)
            if phrase.code.startswith(sought.lower()) or sought in phrase.text
        ]
