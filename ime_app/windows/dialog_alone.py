"""Show one of the window's dialogs in a process of its own, for the menu of the desktop's indicator.

Whoever types meanwhile, the window or the IBus engine, sees by the files that something has changed.
"""

from __future__ import annotations

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QApplication, QMessageBox

from engine.storage.schema import StoreError
from engine.storage.user_store import erase
from ime_app.i18n.language import window_language
from ime_app.i18n.qt_texts import let_qt_speak
from ime_app.i18n.strings import Strings
from ime_app.settings.schema import Settings
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.widgets.theme import theme_of
from ime_app.windows.dialogs import Dialogs, Places


class DialogAlone(QObject):
    """A dialog without the main window; the process ends when the last of its windows is closed."""

    def __init__(self, keeper: SettingsKeeper, strings: Strings, places: Places) -> None:
        super().__init__()
        self._strings = strings
        self._places = places
        self._language = keeper.settings.appearance.language
        self._dialogs = Dialogs(keeper, strings, places)
        keeper.changed.connect(self.show_settings)
        self._dialogs.complained.connect(self._complain)
        self._dialogs.erased.connect(self._erase)
        self._messages: list[QMessageBox] = []

    def open(self, name: str) -> bool:
        """Show the dialog; return False where it cannot be had, which has been said then."""
        dialog = self._dialogs.open(name)
        if dialog is None:
            for message in self._messages:
                message.exec()
            return False
        dialog.raise_()
        dialog.activateWindow()
        return True

    def close(self) -> None:
        """Close what is open; settings that were not kept are dropped."""
        self._dialogs.close_all()
        for message in self._messages:
            message.close()

    def show_settings(self, settings: Settings) -> None:
        """Show what is open in other colours and in another language, at once as in the window."""
        application, look = QApplication.instance(), theme_of(settings.appearance.theme)
        assert isinstance(application, QApplication)
        application.setPalette(look.palette())
        application.setStyleSheet(look.style_sheet())
        if settings.appearance.language != self._language:
            self._language = settings.appearance.language
            self._strings.switch(window_language(self._language))
            let_qt_speak(window_language(self._language))
            self._dialogs.speak()

    def _complain(self, sentence: str) -> None:
        message = QMessageBox(QMessageBox.Icon.Warning, self._strings("title"), sentence)
        message.setTextFormat(Qt.TextFormat.PlainText)
        message.setModal(False)
        message.show()
        self._messages.append(message)

    def _erase(self) -> None:
        try:
            erase(self._places.data_directory)
        except StoreError as error:
            self._complain(self._strings("learning_notice", reason=error))
