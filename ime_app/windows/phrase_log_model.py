"""Show the phrase log as a Qt table, read in pages from the newest phrase on."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from engine.spelling.syllable import NO_READING
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import StoreError
from ime_app.i18n.strings import Strings
from ime_app.widgets.tables import NO_INDEX, ModelIndex, RowModel

PAGE: Final[int] = 200
COLUMNS: Final[tuple[str, ...]] = ("time", "text", "reading", "keys", "rank")


class PhraseModel(RowModel):
    """A table of the phrases that hold a text; further pages are read when they are scrolled to."""

    def __init__(self, log: PhraseLog, strings: Strings) -> None:
        super().__init__(strings, "log", COLUMNS)
        self._log = log
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
        """Search for a text and read the first page. Raises StoreError."""
        self._sought = text
        phrases = self._log.search(text, PAGE)  # may fail, and the model then stays as it is
        self.beginResetModel()
        self._phrases = phrases
        self._is_complete = len(self._phrases) < PAGE
        self.endResetModel()

    def reload(self) -> None:
        """Search the same again. Raises StoreError."""
        self.search(self._sought)

    def row_at(self, number: int) -> Phrase:
        """Return what is shown there."""
        return self._phrases[number]

    def numbers_of(self, rows: Sequence[Phrase]) -> list[int]:
        """Return where these phrases are shown, and read as far as they stand."""
        ids = {phrase.id for phrase in rows}
        while ids and self._phrases and self._phrases[-1].id > min(ids) and self.canFetchMore(NO_INDEX):
            self.fetchMore(NO_INDEX)
        return [number for number, phrase in enumerate(self._phrases) if phrase.id in ids]

    def rowCount(self, parent: ModelIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._phrases)

    def canFetchMore(self, parent: ModelIndex) -> bool:
        return not parent.isValid() and not self._is_complete

    def fetchMore(self, parent: ModelIndex) -> None:
        try:
            page = self._log.search(self._sought, PAGE, self._phrases[-1].id)
        except StoreError:  # Qt calls this and could do nothing about it; the next search tells
            page = []
        self._is_complete = len(page) < PAGE
        if page:
            self.beginInsertRows(NO_INDEX, len(self._phrases), len(self._phrases) + len(page) - 1)
            self._phrases += page
            self.endInsertRows()

    def text_of(self, row: int, column: str) -> str:
        """Return what one cell shows."""
        phrase = self._phrases[row]
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
