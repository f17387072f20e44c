"""Show the custom phrases as a table, in the order of the file."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from engine.protocol import CustomPhrase, on_one_line
from ime_app.i18n.strings import Strings
from ime_app.widgets.tables import SoughtModel

COLUMNS: Final[tuple[str, ...]] = ("code", "text", "place")


class CustomModel(SoughtModel):
    """A table model of the phrases whose code begins with a text, or that hold it."""

    def __init__(self, strings: Strings) -> None:
        super().__init__(strings, "custom", COLUMNS)
        self._sought = ""

    def take(self, phrases: Sequence[CustomPhrase]) -> None:
        """Show these phrases."""
        with self.changing():
            self.rows = phrases

    def find(self, sought: str) -> None:
        """Show what is found."""
        with self.changing():
            self._sought = sought.strip()

    def find_rows(self) -> list[int]:
        """Return the phrases whose code begins with what is sought, or that hold it."""
        sought = self._sought
        return [
            number
            for number, phrase in enumerate(self.rows)
            if phrase.code.startswith(sought.lower()) or sought in phrase.text
        ]

    def text_of(self, row: int, column: str) -> str:
        """Return what stands in one cell."""
        phrase: CustomPhrase = self.row_at(row)
        place = self._strings(f"custom.place.{phrase.place}")
        return {"code": phrase.code, "text": on_one_line(phrase.text), "place": place}[column]

    def tip_of(self, row: int, column: str) -> str | None:
        """Return all lines of the text; nothing for the other columns."""
        phrase: CustomPhrase = self.row_at(row)
        return phrase.text if column == "text" else None
