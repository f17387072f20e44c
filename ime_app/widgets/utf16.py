"""Count as Qt does, in UTF-16: 𫐐 is two."""

from __future__ import annotations

from PySide6.QtCore import QTextBoundaryFinder


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
