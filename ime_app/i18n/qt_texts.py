"""Let Qt's own texts (context menus, file dialogs, buttons) speak the window's language."""

from __future__ import annotations

from functools import lru_cache

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator


def let_qt_speak(language: str) -> None:
    """Use `zh` or `en` from now on; menus and dialogs that are opened next have it.

    The Chinese translation comes with PySide6; English is what Qt says by itself.
    """
    translator = _chinese()
    QCoreApplication.removeTranslator(translator)
    if language == "zh":
        QCoreApplication.installTranslator(translator)


@lru_cache(maxsize=1)
def _chinese() -> QTranslator:
    translator = QTranslator()
    translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
