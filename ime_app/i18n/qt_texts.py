"""Let Qt's own texts (context menus, file dialogs, buttons) speak the window's language."""

from __future__ import annotations

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator


class QtTexts:
    """Qt's translation into Chinese, which PySide6 brings along; English is what Qt says by itself."""

    def __init__(self) -> None:
        self._translator = QTranslator()
        folder = QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath)
        self._is_there = self._translator.load("qtbase_zh_CN", folder)
        self._is_on = False

    def speak(self, language: str) -> None:
        """Use `zh` or `en` from now on; menus and dialogs that are opened next have it."""
        wanted = language == "zh" and self._is_there
        if wanted is not self._is_on:
            self._is_on = wanted
            change = QCoreApplication.installTranslator if wanted else QCoreApplication.removeTranslator
            change(self._translator)
