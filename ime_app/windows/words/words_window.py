"""Put the tabs of words, custom phrases and moving to another computer into one window."""

from __future__ import annotations

from pathlib import Path

from PySide6.QtCore import QEvent, Signal
from PySide6.QtWidgets import QDialog, QHBoxLayout, QTabWidget, QVBoxLayout, QWidget

from ime_app.i18n.spoken import in_each_language, speak_again
from ime_app.i18n.strings import Strings
from ime_app.widgets.messages import MessageArea
from ime_app.widgets.tables import BESIDE_TEXT, SPACING, add_spoken_tab, explained_button
from ime_app.windows.words.custom_tab import CustomTab
from ime_app.windows.words.moving_tab import MovingTab
from ime_app.windows.words.words_tab import WordsTab


class WordsWindow(QDialog):
    """The window of words and phrases; other processes notice its changes by the files' times."""

    field_shown = Signal(object, object)  # LineField or Editor, and its dialog
    changed = Signal()  # the words or phrases on the disk are others

    def __init__(
        self,
        data_directory: Path,
        bundle: Path,
        settings: Path,
        strings: Strings,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        in_each_language(self, lambda: self.setWindowTitle(strings("words")))
        self.setModal(False)
        self.words = WordsTab(data_directory, bundle, strings)
        self.custom = CustomTab(data_directory, strings)
        self.moving = MovingTab(data_directory, settings, strings)
        self.message = MessageArea()
        self.tabs = QTabWidget()
        for name in ("words", "custom", "moving"):
            tab = getattr(self, name)
            tab.told.connect(self.message.setText)
            tab.changed.connect(self.changed)
            add_spoken_tab(self.tabs, tab, strings, f"words.{name}")
        self.words.asked.connect(self.field_shown)
        self.custom.asked.connect(self.field_shown)
        self.custom.found_words.connect(self._import_words)
        self.words.changed.connect(self.custom.reload)
        self.moving.changed.connect(self.words.reload)
        self.moving.changed.connect(self.custom.reload)
        self.tabs.currentChanged.connect(lambda _: self.message.clear())
        close = explained_button(strings, "words.close", self.accept)
        line = QHBoxLayout()
        line.addWidget(self.message, 1)
        line.addWidget(close, 0, BESIDE_TEXT)
        column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addWidget(self.tabs, 1)
        column.addLayout(line)
        in_each_language(self, self.message.clear)
        self.words.search.setFocus()
        self.resize(900, 560)

    def speak(self) -> None:
        """Show everything in the window's language; a message that stands is removed."""
        speak_again(self)

    def changeEvent(self, event: QEvent) -> None:
        """Read anew when the window is back in front: something may have been typed meanwhile."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self.custom.reload()
            if not self.words.is_busy:
                self.words.reload()

    def _import_words(self, paths: list[Path], said: list[str]) -> None:
        self.tabs.setCurrentWidget(self.words)
        self.words.import_files(paths, said)

    def done(self, result: int) -> None:
        """Let what is being written end before the window goes, with the dialogs that it has open."""
        for dialog in self.findChildren(QDialog):
            dialog.reject()
        self.words.end()
        self.moving.wait()
        super().done(result)
