"""Lay out the candidates of a page in the bar: rows that wrap at the available width, or a column."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QRect, QSize

PADDING: Final[int] = 6  # inside the bar's edge
CELL_PADDING: Final[int] = 10  # inside a candidate, left and right
NUMBER_GAP: Final[int] = 6  # between number and text
ANNOTATION_GAP: Final[int] = 8  # between text and annotation
MAX_ANNOTATION: Final[int] = 150  # pixels; the text is what is read
MARK_WIDTH: Final[int] = 26  # one page arrow


@dataclass(frozen=True)
class Cell:
    """One candidate: `index` counts from 0 on its page; texts are elided if there is no room."""

    index: int
    text: str
    annotation: str
    text_width: int
    rect: QRect


@dataclass(frozen=True)
class BarLayout:
    """All rectangles in the bar's own pixels; those of page marks are empty if there are none."""

    cells: tuple[Cell, ...]
    page_text: QRect
    previous_mark: QRect
    next_mark: QRect
    size: QSize


@dataclass(frozen=True)
class Measures:
    """The measures of the fonts: heights and widths in pixels, and how a text is shortened."""

    row_height: int
    number_width: int
    page_width: int  # of `12/34`; 0 where there is one page only
    width_of: Callable[[str], int]
    elide: Callable[[str, int], str]
    annotation_width_of: Callable[[str], int]
    elide_annotation: Callable[[str, int], str]

    @property
    def marks_width(self) -> int:
        return self.page_width + 2 * MARK_WIDTH if self.page_width else 0


@dataclass(frozen=True)
class Space:
    """The room that the bar may take, and the candidate that has to be seen in it."""

    width: int
    height: int
    vertical: bool = False
    highlighted: int = 0  # index on the page


def lay_out(rows: Sequence[tuple[str, str]], measures: Measures, space: Space) -> BarLayout:
    """Lay out the texts and annotations of a page. At least the highlighted row is always there."""
    column = max(space.width - 2 * PADDING, 8 * CELL_PADDING)
    if space.vertical:
        return _in_a_column(_cells(rows, measures, column), measures, space)
    room = max(column - measures.marks_width, 8 * CELL_PADDING)
    return _in_lines(_cells(rows, measures, room), room, measures, space)


def _cells(rows: Sequence[tuple[str, str]], measures: Measures, room: int) -> list[Cell]:
    """Return cells of the right width, all at the origin."""
    overhead = 2 * CELL_PADDING + measures.number_width + NUMBER_GAP
    cells = []
    for index, (text, annotation) in enumerate(rows):
        shown = measures.elide(text, room - overhead)
        text_width = measures.width_of(shown)
        width = min(room, overhead + text_width)
        left = min(room - width - ANNOTATION_GAP, MAX_ANNOTATION)
        note = measures.elide_annotation(annotation, left) if annotation and left > 3 * CELL_PADDING else ""
        if note:
            width += ANNOTATION_GAP + measures.annotation_width_of(note)
        cells.append(Cell(index, shown, note, text_width, QRect(0, 0, width, measures.row_height)))
    return cells


def _in_lines(cells: list[Cell], room: int, measures: Measures, space: Space) -> BarLayout:
    """Lay cells out from the left, wrapping; the page marks have a column of their own at the right."""
    lines: list[list[Cell]] = [[]]
    x = 0
    for cell in cells:
        if lines[-1] and x + cell.rect.width() > room:
            lines.append([])
            x = 0
        lines[-1].append(_moved(cell, PADDING + x, 0))
        x += cell.rect.width()
    shown = _visible(lines, space, measures.row_height)
    right = max([PADDING, *(cell.rect.right() + 1 for line in shown for cell in line)])
    return _finished(shown, right, len(shown) - 1, right + measures.marks_width, measures)


def _in_a_column(cells: list[Cell], measures: Measures, space: Space) -> BarLayout:
    """Lay cells out one below the other, as wide as the widest; the page marks have a line of their own."""
    width = max([measures.marks_width, *(cell.rect.width() for cell in cells)])
    lines = [[_moved(cell, PADDING, 0, width)] for cell in cells]
    n_mark_line = 1 if measures.marks_width and space.height >= 2 * measures.row_height + 2 * PADDING else 0
    below = Space(space.width, space.height - n_mark_line * measures.row_height, True, space.highlighted)
    shown = _visible(lines, below, measures.row_height)
    if not n_mark_line:
        return _finished(shown, PADDING, -1, PADDING + width, measures)
    return _finished(shown, PADDING + width - measures.marks_width, len(shown), PADDING + width, measures)


def _visible(lines: list[list[Cell]], space: Space, row_height: int) -> list[list[Cell]]:
    """Return the lines that fit, those around the highlighted candidate."""
    n_fit = max(1, (space.height - 2 * PADDING) // row_height)
    here = next((i for i, line in enumerate(lines) for cell in line if cell.index == space.highlighted), 0)
    first = max(0, min(here - n_fit // 2, len(lines) - n_fit))
    return lines[first : first + n_fit]


def _finished(
    lines: list[list[Cell]], marks_x: int, marks_line: int, right: int, measures: Measures
) -> BarLayout:
    """Set lines at their heights, the page marks at `marks_x` in the line of that number (-1: nowhere)."""
    height = measures.row_height
    cells = [
        _moved(cell, cell.rect.x(), PADDING + i * height) for i, line in enumerate(lines) for cell in line
    ]
    n_line = max(len(lines), marks_line + 1)
    size = QSize(right + PADDING, n_line * height + 2 * PADDING)
    if not measures.marks_width or marks_line < 0:
        return BarLayout(tuple(cells), QRect(), QRect(), QRect(), size)
    y = PADDING + marks_line * height
    arrows = marks_x + measures.page_width
    return BarLayout(
        tuple(cells),
        QRect(marks_x, y, measures.page_width, height),
        QRect(arrows, y, MARK_WIDTH, height),
        QRect(arrows + MARK_WIDTH, y, MARK_WIDTH, height),
        size,
    )


def _moved(cell: Cell, x: int, y: int, width: int = 0) -> Cell:
    rect = QRect(x, y, width or cell.rect.width(), cell.rect.height())
    return Cell(cell.index, cell.text, cell.annotation, cell.text_width, rect)
