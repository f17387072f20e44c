"""Which language the window speaks: the setting's, or the desktop's.

Knows the setting's words and Qt's locale; knows nothing of texts.
"""

from __future__ import annotations

from PySide6.QtCore import QLocale


def language_of(choice: str) -> str:
    """`zh` or `en`, for a value of the setting `appearance.language`."""
    return desktop_language() if choice == "system" else choice


def desktop_language() -> str:
    """English where the desktop speaks another language than Chinese; Chinese if it says nothing."""
    language = QLocale.system().language()
    chinese = language in (QLocale.Language.Chinese, QLocale.Language.C)
    return "zh" if chinese else "en"
