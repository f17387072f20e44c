"""Count as Qt does, in UTF-16: 𫐐 is two."""

from __future__ import annotations

from PySide6.QtCore import QTextBoundaryFinder
from PySide6.QtGui import QInputMethodEvent, QTextCharFormat

from engine.protocol import Preedit


def utf16_length(text: str) -> int:
    """Return the length in UTF-16 units."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def utf16_cut(text: str, start: int, end: int | None = None) -> str:
    """Return the part between two positions that are counted in UTF-16 units."""
    units = text.encode("utf-16-le", "surrogatepass")
    return units[2 * start : None if end is None else 2 * end].decode("utf-16-le", "surrogatepass")


def grapheme_before(text: str, position: int) -> int:
    """Return where the grapheme that ends at `position` begins, in UTF-16 units; 0 at the start.

    🇨🇳 is two code points and one grapheme. The rules are those of UAX #29, which Qt implements.
    """
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    finder.setPosition(position)
    return max(0, finder.toPreviousBoundary())


def composition_event(
    commit: str, preedit: Preedit, replaced: int, erased: str, underlined: QTextCharFormat
) -> QInputMethodEvent:
    """Return the event by which a field of Qt's commits a text and shows a composition behind it.

    `commit` takes the place of `erased`, the text before the caret, and of `replaced` units behind it.
    """
    kind, text = QInputMethodEvent.AttributeType, preedit.text
    caret = utf16_length(text[: preedit.caret])
    attributes = [
        QInputMethodEvent.Attribute(kind.TextFormat, 0, utf16_length(text), underlined),
        QInputMethodEvent.Attribute(kind.Cursor, caret, 1, None),
    ]
    event = QInputMethodEvent(text, attributes if text else [])
    n_erased = utf16_length(erased)
    event.setCommitString(commit, -n_erased, n_erased + replaced)
    return event
