"""Ask for a custom phrase: its code, its text of any number of lines, its place."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QSize
from PySide6.QtWidgets import QDialog, QFormLayout, QFrame, QLineEdit, QWidget

from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_file import PhraseError, checked
from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.widgets.buttons import ComboBox
from ime_app.widgets.editor import Editor
from ime_app.widgets.messages import MessageLabel
from ime_app.widgets.tables import explanation, ok_and_cancel, spoken_label
from ime_app.windows.placement import fit_to_screen

SIZE: Final[QSize] = QSize(640, 380)
MARGIN: Final[int] = 6  # pixels around the text


class CustomDialog(QDialog):
    """A dialog for one custom phrase; `found` is the phrase once it was accepted."""

    def __init__(
        self, strings: Strings, phrase: CustomPhrase | None = None, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self.found: CustomPhrase | None = None
        title = "custom.edit" if phrase else "custom.add"
        in_each_language(self, lambda: self.setWindowTitle(strings(title)))
        self.code = QLineEdit(phrase.code if phrase else "")
        self.text = Editor()
        self.text.setPlainText(phrase.text if phrase else "")
        self.text.setTabChangesFocus(True)
        self.text.setFrameShape(QFrame.Shape.StyledPanel)
        self.text.set_margin(MARGIN)
        self.text.set_platform_input(True)
        self.place = ComboBox()
        for place in (1, 2):
            self.place.addItem("", place)
        in_each_language(self.place, self._name_places)
        self.place.setCurrentIndex((phrase.place if phrase else 1) - 1)
        self.wrong = MessageLabel()
        form = QFormLayout(self)
        form.addRow(spoken_label(strings, "custom.code"), self.code)
        form.addRow(spoken_label(strings, "custom.text"), self.text)
        form.addRow(spoken_label(strings, "custom.place"), self.place)
        form.addRow(explanation(strings, "custom.hint"))
        in_each_language(self, self.wrong.clear)
        form.addRow(self.wrong)
        form.addRow(ok_and_cancel(strings, self.finish, self))
        fit_to_screen(self, SIZE)

    def _name_places(self) -> None:
        for number in range(self.place.count()):
            self.place.setItemText(number, self._strings(f"custom.place.{self.place.itemData(number)}"))

    def finish(self) -> None:
        """Accept the phrase, or say what is wrong with it."""
        place = int(self.place.currentData())
        phrase = CustomPhrase(self.code.text().strip().lower(), self.text.toPlainText(), place)
        try:
            self.found = checked(phrase)
        except PhraseError as error:
            self.wrong.setText(self._strings("words.failed", reason=error))
            return
        self.accept()
