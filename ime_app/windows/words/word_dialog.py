"""Ask for a word with its reading: the reading is guessed as the word is written, and can be corrected."""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QFormLayout, QLineEdit, QWidget

from engine.errors import MoyinError
from engine.storage.word_store import UserWord
from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.widgets.line_field import LineField
from ime_app.widgets.messages import MessageLabel
from ime_app.widgets.tables import ok_and_cancel, spoken_label
from ime_app.windows.placement import fit_to_screen

SIZE: Final[QSize] = QSize(640, 0)  # as wide as five candidates
GuessReading = Callable[[str], tuple[str, ...] | None]
Check = Callable[[str, str], UserWord]


class WordDialog(QDialog):
    """A dialog for one word. `guess` gives a likely reading, `check` the word, or raises a MoyinError."""

    def __init__(
        self,
        strings: Strings,
        guess: GuessReading,
        check: Check,
        text: str = "",
        reading: str = "",
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self._guess = guess
        self._check = check
        self._is_own_reading = bool(reading)
        title = "words.change" if text else "words.add"
        in_each_language(self, lambda: self.setWindowTitle(strings(title)))
        self.text = LineField()
        self.text.setText(text)
        self.text.setReadOnly(bool(text))
        self.reading = QLineEdit(reading)
        self.wrong = MessageLabel()
        form = QFormLayout(self)
        form.addRow(spoken_label(strings, "words.text"), self.text)
        form.addRow(spoken_label(strings, "words.reading"), self.reading)
        in_each_language(self, self.wrong.clear)
        form.addRow(self.wrong)
        form.addRow(ok_and_cancel(strings, self._finish, self))
        self.text.textChanged.connect(self._on_text)
        self.reading.textEdited.connect(self._on_reading)
        (self.reading if text else self.text).setFocus()
        fit_to_screen(self, SIZE)
        self.found: UserWord | None = None

    def _on_text(self, text: str) -> None:
        if not self._is_own_reading:
            guessed = self._guess(text.strip()) if text.strip() else None
            self.reading.setText(" ".join(guessed or ()))

    def _on_reading(self, reading: str) -> None:
        self._is_own_reading = bool(reading.strip())
        self.wrong.clear()

    def _finish(self) -> None:
        try:
            self.found = self._check(self.text.text().strip(), self.reading.text().strip())
        except MoyinError as error:
            self.wrong.setText(self._strings("words.failed", reason=error))
            return
        self.accept()
