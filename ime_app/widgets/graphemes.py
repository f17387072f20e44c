"""Find characters as they are seen: 🇨🇳 is two code points and one grapheme.

Positions count UTF-16 units, as Qt's documents do. The rules are those of Unicode's UAX #29, which
Qt implements.
"""

from __future__ import annotations

from PySide6.QtCore import QTextBoundaryFinder


def grapheme_before(text: str, position: int) -> int:
    """Return where the grapheme that ends at `position` (UTF-16 units) begins; 0 at the start."""
    finder = QTextBoundaryFinder(QTextBoundaryFinder.BoundaryType.Grapheme, text)
    finder.setPosition(position)
    return max(0, finder.toPreviousBoundary())
