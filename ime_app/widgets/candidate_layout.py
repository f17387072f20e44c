"""Lay out the candidates of a page in the bar: in one line, whatever they are, or in a column.

The height of a line never depends on what stands in it, so the bar does not jump from key to key.
"""

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
SPARE: Final[int] = 2  # pixels that Qt wants besides those of a text that it cuts
LEAST_COMMON: Final[int] = 3  # characters that two sentences share before `…` stands for them


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
    def overhead(self) -> int:
        """What a candidate takes besides its text."""
        return 2 * CELL_PADDING + self.number_width + NUMBER_GAP

    @property
    def least_cell(self) -> int:
        """The width of a candidate that can still be told from another."""
        return self.overhead + self.width_of("字…")

    @property
    def ends_cell(self) -> int:
        """The width of a candidate of which both ends can be seen."""
        return self.overhead + self.width_of("字…字") + SPARE

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
    """Lay out the texts and annotations of a page. The highlighted row is always there."""
    column = max(space.width - 2 * PADDING, 8 * CELL_PADDING)
    if space.vertical:
        return _in_a_column(_cells(rows, measures, column), measures, space)
    room = max(column - measures.marks_width, 8 * CELL_PADDING)
    return _in_a_line(rows, room, measures, max(0, space.highlighted))


def _cells(rows: Sequence[tuple[str, str]], measures: Measures, room: int) -> list[Cell]:
    """Return cells of the right width, all at the origin, none wider than `room`."""
    return [_cell(index, text, note, room, measures) for index, (text, note) in enumerate(rows)]


def _cell(index: int, text: str, annotation: str, room: int, measures: Measures) -> Cell:
    shown = measures.elide(text, room - measures.overhead)
    text_width = measures.width_of(shown)
    width = min(room, measures.overhead + text_width)
    left = min(room - width - ANNOTATION_GAP, MAX_ANNOTATION)
    note = measures.elide_annotation(annotation, left) if annotation and left > 3 * CELL_PADDING else ""
    if note:
        width += ANNOTATION_GAP + measures.annotation_width_of(note)
    return Cell(index, shown, note, text_width, QRect(0, 0, width, measures.row_height))


def _in_a_line(rows: Sequence[tuple[str, str]], room: int, measures: Measures, highlighted: int) -> BarLayout:
    """Lay out a page in one line.

    Where there is no room for all, these give way in turn: annotations of other candidates than the
    highlighted one; what a sentence shares with the highlighted one; the middle of the longest texts.
    """
    cells, texts = _cells(rows, measures, room), [text for text, _ in rows]
    for shorten in (without_notes, without_common):
        if _width(cells) > room:
            rows = shorten(rows, highlighted)
            cells = _cells(rows, measures, room)
    if _width(cells) > room:
        shorter = [
            _bare_differences(text, texts[highlighted]) if shown != text else (text,)
            for text, (shown, _) in zip(texts, rows, strict=True)
        ]
        cells = _evened(rows, shorter, room, measures, highlighted)
    line, x = [], PADDING
    for cell in cells:
        line.append(_moved(cell, x, 0))
        x += cell.rect.width()
    return _finished([line], x, 0, x + measures.marks_width, measures)


def without_notes(rows: Sequence[tuple[str, str]], highlighted: int) -> list[tuple[str, str]]:
    """Return the rows without annotations, but for the highlighted one's."""
    return [(text, note if index == highlighted else "") for index, (text, note) in enumerate(rows)]


def without_common(rows: Sequence[tuple[str, str]], highlighted: int) -> list[tuple[str, str]]:
    """Return the rows with `…` for what a sentence shares with the highlighted one, but for a character.

    我们要去上课 and 我们要去上客 become 我们要去上课 and …上客; what follows the difference goes without a
    sign. A text that is much shorter is a part of the sentence, and stays.
    """
    whole = rows[highlighted][0]
    return [
        (text if index == highlighted else _difference(text, whole), note)
        for index, (text, note) in enumerate(rows)
    ]


def _difference(text: str, whole: str) -> str:
    start = _n_common(text, whole)
    end = min(_n_common(text[::-1], whole[::-1]), len(text) - start)
    if start == len(text) or 5 * len(text) < 4 * len(whole):
        return text
    left = start - 1 if start >= LEAST_COMMON else 0
    right = len(text) - end + 1 if end >= LEAST_COMMON else len(text)
    return f"…{text[left:right]}" if left else text[:right] + "…" * (right < len(text))


def _bare_differences(text: str, whole: str) -> tuple[str, ...]:
    """Return what of a text is shown where there is no room for `…`: what differs with a shared character at
    either side; without these.

    Of 航换航线时 航…时 is left, both ends; 后座有永 and 座有 of 前后座有永….
    """
    start = _n_common(text, whole)
    end = min(_n_common(text[::-1], whole[::-1]), len(text) - start)
    stop = len(text) - end if end >= LEAST_COMMON else len(text)
    return text[max(0, start - 1) : stop + 1], text[start:stop] or text


def _n_common(a: str, b: str) -> int:
    """Return how many characters both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _evened(
    rows: Sequence[tuple[str, str]],
    shorter: Sequence[tuple[str, ...]],
    room: int,
    measures: Measures,
    highlighted: int,
) -> list[Cell]:
    """Return cells of which the widest are cut; the highlighted one may take half of the room.

    It takes a little less where both ends of the others can be seen then, and more where they leave it. Of
    the others that have to be cut the first of `shorter` is shown for which there is room, or the last of
    them cut. In a window that is too narrow for all, those furthest from it are left out.
    """
    most = [cell.rect.width() for cell in _cells(rows, measures, room)]
    least, n_other = measures.least_cell, len(rows) - 1
    left = room - sum(most) + most[highlighted]
    fair = min(room // 2, max(4 * room // 9, room - measures.ends_cell * n_other))
    share = min(max(fair, left), max(least, room - least * n_other))
    most[highlighted] = min(most[highlighted], share)
    limit = next((n for n in range(room, least, -1) if _total(most, n, highlighted) <= room), least)
    widths = [width if i == highlighted else min(width, limit) for i, width in enumerate(most)]
    rows = [
        (_fitting(shorter[i], width, measures) if width < most[i] and i != highlighted else text, note)
        for i, ((text, note), width) in enumerate(zip(rows, widths, strict=True))
    ]
    cells = [_cell(i, *row, width, measures) for i, (row, width) in enumerate(zip(rows, widths, strict=True))]
    while len(cells) > 1 and _width(cells) > room:
        is_first_further = highlighted - cells[0].index > cells[-1].index - highlighted
        cells.pop(0 if is_first_further else -1)
    return cells


def _fitting(texts: Sequence[str], width: int, measures: Measures) -> str:
    """Return the first text for which a cell of that width has room; the last, to be cut, if none has."""
    room = width - measures.overhead - SPARE
    return next((text for text in texts if measures.width_of(text) <= room), texts[-1])


def _total(widths: list[int], limit: int, highlighted: int) -> int:
    """Return the sum of the widths, all but that of the highlighted one at most `limit`."""
    return sum(width if i == highlighted else min(width, limit) for i, width in enumerate(widths))


def _width(cells: list[Cell]) -> int:
    return sum(cell.rect.width() for cell in cells)


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
