"""Open the windows beside the main one: made when first asked for, brought to the front after that.

Each module is imported only when its window is opened: the main window's start does not wait for them.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QRect, Qt, Signal
from PySide6.QtGui import QAction, QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QWidget

from engine.storage.schema import StoreError
from ime_app.i18n.strings import Strings
from ime_app.settings.settings_file import SettingsError
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.windows.placement import PlaceMemory, fit_to_screen, has_room_beside, lower_beside, place_beside

if TYPE_CHECKING:
    from ime_app.widgets.editor import Editor
    from ime_app.widgets.line_field import LineField


@dataclass(frozen=True)
class Places:
    """Where the user's data lie, and the bundle in whose vocabulary they are read."""

    data_directory: Path
    bundle: Path


class Dialogs(QObject):
    """All further windows of one main window."""

    complained = Signal(str)  # a sentence that has to be seen
    remarked = Signal(str)  # one that may be missed
    switched = Signal()  # another bundle is in use
    words_changed = Signal()  # the user's words or phrases, which are offered from the next menu on
    field_opened = Signal(object)  # InputField of a dialog, to be typed in with Moyin itself
    field_closed = Signal(object)
    erased = Signal()  # everything learnt is to be forgotten

    def __init__(
        self,
        keeper: SettingsKeeper,
        strings: Strings,
        places: Places,
        private: QAction | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._keeper = keeper
        self._strings = strings
        self._places = places
        self._private = private
        self._parent = parent
        self._open: dict[str, QDialog] = {}
        self.places: PlaceMemory | None = None  # where windows are remembered
        self.kept_free: Callable[[], QRect] | None = None  # what settings must not cover, in global pixels
        self.make_room: Callable[[], None] | None = None  # moves that up where there is no room beside it

    def open(self, name: str) -> QDialog | None:
        """Return the window of that name, in front and with the keyboard; None if it cannot be opened."""
        dialog = self._open.get(name)
        if dialog is not None:
            dialog.raise_()
            dialog.activateWindow()
            return dialog
        try:
            dialog = self._create(name)
        except StoreError as error:
            self.complained.emit(self._strings("log.unusable", reason=error))
            return None
        self._open[name] = dialog
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.finished.connect(lambda: self._on_finished(name))
        QShortcut(QKeySequence("Ctrl+W"), dialog).activated.connect(dialog.reject)
        self._place(dialog, name)
        dialog.show()
        return dialog

    def _place(self, dialog: QDialog, name: str) -> None:
        """Put the dialog where it was left; the settings, which are tried out, off what they change."""
        if name != "settings" and self.places is not None and self.places.restore(dialog, name):
            return
        fit_to_screen(dialog, dialog.size())
        if self.kept_free is None:
            return
        if name == "settings":
            if self.make_room is not None and not has_room_beside(dialog, self.kept_free()):
                self.make_room()
            lower_beside(dialog, self.kept_free())
        place_beside(dialog, self.kept_free())

    def _on_finished(self, name: str) -> None:
        dialog = self._open.pop(name, None)
        if dialog is not None and self.places is not None:
            self.places.keep(dialog, name)

    def _create(self, name: str) -> QDialog:
        create: dict[str, Callable[[], QDialog]] = {
            "settings": self._create_settings,
            "keys": self._create_cheat_sheet,
            "log": self._create_log,
            "retrain": self._create_retraining,
            "about": self._create_about,
            "words": self._create_words,
        }
        return create[name]()

    def is_open(self, name: str) -> bool:
        """Return whether the window of that name is open."""
        return name in self._open

    def speak(self) -> None:
        """Show texts in the window's language, at once where possible, else when a window is opened next."""
        for dialog in self._open.values():
            speak = getattr(dialog, "speak", None)
            if speak is not None:
                speak()

    def close_all(self) -> None:
        """Close all before the main window closes; unsaved settings are dropped."""
        for dialog in list(self._open.values()):
            dialog.close()

    def _create_settings(self) -> QDialog:
        from ime_app.windows.settings.settings_window import SettingsWindow

        keeper = self._keeper
        window = SettingsWindow(keeper.settings, self._strings, str(keeper.path), self._parent)
        window.previewed.connect(keeper.preview)
        window.cancelled.connect(keeper.take_back)
        window.kept.connect(self._keep_settings)
        return window

    def _create_cheat_sheet(self) -> QDialog:
        from ime_app.windows.shortcut_help import CheatSheet

        return CheatSheet(self._keeper.settings, self._strings, self._parent)

    def _create_log(self) -> QDialog:
        from ime_app.windows.phrase_log_window import LogWindow

        places, action = self._places, self._private
        private = action is not None and action.isChecked()
        window = LogWindow(
            places.data_directory,
            places.bundle,
            self._keeper.path,
            self._strings,
            private=private,
            parent=self._parent,
        )
        window.private.setVisible(action is not None)
        if action is not None:
            window.private.clicked.connect(action.trigger)
            action.toggled.connect(window.private.setChecked)
        window.erased.connect(self.erased)
        window.imported.connect(self._keeper.reread)
        window.changed.connect(self.words_changed)
        self._serve(window.search, window)
        return window

    def _serve(self, place: LineField | Editor, window: QDialog) -> None:
        """Let Moyin itself type into a field, until its window is closed."""
        from ime_app.widgets.candidate_bar import CandidateBar
        from ime_app.windows.text.input_fields import InputField

        field = InputField(place, CandidateBar(self._strings, window), window)
        self.field_opened.emit(field)
        window.finished.connect(lambda: self.field_closed.emit(field))

    def _create_words(self) -> QDialog:
        from ime_app.windows.words.words_window import WordsWindow

        places = self._places
        window = WordsWindow(
            places.data_directory, places.bundle, self._keeper.path, self._strings, self._parent
        )
        window.field_shown.connect(self._serve)
        window.moving.changed.connect(self._keeper.reread)
        window.changed.connect(self.words_changed)
        for field in (window.words.search, window.custom.search):
            self._serve(field, window)
        return window

    def _create_retraining(self) -> QDialog:
        from engine.model.bundle_store import BundleStore
        from ime_app.windows.retraining_window import RetrainingWindow

        folder = self._places.data_directory
        window = RetrainingWindow(folder, BundleStore(folder), self._strings, parent=self._parent)
        window.switched.connect(self.switched)
        return window

    def _create_about(self) -> QDialog:
        from ime_app.windows.about import About

        return About(self._strings, self._parent)

    def _keep_settings(self) -> None:
        try:
            aside = self._keeper.keep(self._strings)
        except SettingsError as error:
            self.complained.emit(self._strings("settings.not_saved", reason=error))
            return
        self.remarked.emit(self._strings("settings.saved"))
        if aside is not None:
            self.complained.emit(self._strings("settings.set_aside", path=aside))
