"""Where the candidates of a page lie in the bar: rows that wrap at the width there is.

Knows widths and rectangles; knows nothing of colours or of who clicks.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QSize

PADDING: Final[int] = 6  # inside the bar's edge
CELL_PADDING: Final[int] = 10  # inside a candidate, left and right
NUMBER_GAP: Final[int] = 6  # between number and text
MARK_WIDTH: Final[int] = 26  # one page arrow


@dataclass(frozen=True)
class Cell:
    """One candidate: `index` counts from 0 on its page."""

    index: int
    text: str  # elided where it would be wider than the bar
    rect: QRect


@dataclass(frozen=True)
class BarLayout:
    """All rectangles in the bar's own pixels."""

    cells: tuple[Cell, ...]
    page_text: QRect
    previous_mark: QRect
    next_mark: QRect
    size: QSize


@dataclass(frozen=True)
class Measures:
    """What the fonts say: heights and widths in pixels, and how a text is shortened."""

    row_height: int
    number_width: int
    page_width: int  # of `12/34`; 0 where there is one page only
    width_of: Callable[[str], int]
    elide: Callable[[str, int], str]


def lay_out(texts: Sequence[str], measures: Measures, max_width: int) -> BarLayout:
    """Rows of candidates from the left; the page marks have a column of their own at the right."""
    marks_width = measures.page_width + 2 * MARK_WIDTH if measures.page_width else 0
    room = max(max_width - 2 * PADDING - marks_width, 8 * CELL_PADDING)
    overhead = 2 * CELL_PADDING + measures.number_width + NUMBER_GAP
    height = measures.row_height
    cells: list[Cell] = []
    x = y = PADDING
    for index, text in enumerate(texts):
        shown = measures.elide(text, room - overhead)
        width = min(room, overhead + measures.width_of(shown))
        if x > PADDING and x + width > PADDING + room:
            x, y = PADDING, y + height
        cells.append(Cell(index, shown, QRect(x, y, width, height)))
        x += width
    right = max([PADDING, *(cell.rect.right() + 1 for cell in cells)])
    mark_width = MARK_WIDTH if marks_width else 0
    return BarLayout(
        tuple(cells),
        QRect(right, y, measures.page_width, height),
        QRect(right + measures.page_width, y, mark_width, height),
        QRect(right + measures.page_width + mark_width, y, mark_width, height),
        QSize(right + marks_width + PADDING, y + height + PADDING),
    )
