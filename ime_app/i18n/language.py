"""Choose the window's language: the setting's, or the desktop's."""

from __future__ import annotations

from PySide6.QtCore import QLocale


def window_language(choice: str) -> str:
    """Return `zh` or `en` for a value of the setting `appearance.language`, where Qt is loaded."""
    return desktop_language() if choice == "system" else choice


def desktop_language() -> str:
    """Return English if the desktop speaks another language than Chinese; Chinese if it says nothing."""
    language = QLocale.system().language()
    chinese = language in (QLocale.Language.Chinese, QLocale.Language.C)
    return "zh" if chinese else "en"
