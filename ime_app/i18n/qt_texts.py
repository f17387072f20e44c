"""Let Qt's own texts (context menus, file dialogs, buttons) speak the window's language."""

from __future__ import annotations

from functools import lru_cache
from typing import Final

from PySide6.QtCore import QCoreApplication, QLibraryInfo, QTranslator


def let_qt_speak(language: str) -> None:
    """Use `zh` or `en` from now on; menus and dialogs that are opened next have it.

    The Chinese translation comes with PySide6; English is what Qt says by itself.
    """
    translator = _chinese()
    QCoreApplication.removeTranslator(translator)
    if language == "zh":
        QCoreApplication.installTranslator(translator)


class _ChineseOfQt(QTranslator):
    """Qt's Chinese texts, those included that Qt has moved or given a mnemonic since they were translated."""

    def translate(
        self, context: str, source: str, disambiguation: str | None = None, n: int = -1
    ) -> str | None:
        """Return the translation; None, by which Qt goes on looking, where there is none."""
        found = super().translate(context, source, disambiguation, n)
        if not found and context in _FILE_DIALOG:
            found = super().translate(_FILE_DIALOG[0], source.replace("&", ""))
        return found or None


_FILE_DIALOG: Final = ("QFileDialog", "QAbstractFileIconProvider")  # "&Look in:", "Folder"


@lru_cache(maxsize=1)
def _chinese() -> QTranslator:
    translator = _ChineseOfQt()
    translator.load("qtbase_zh_CN", QLibraryInfo.path(QLibraryInfo.LibraryPath.TranslationsPath))
    return translator
