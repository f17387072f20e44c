"""Lay out the candidates of a page in the bar: in one line, whatever they are, or in a column.

The height of a line never depends on what stands in it, so the bar does not jump from key to key.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Final

from PySide6.QtCore import QRect, QSize

PADDING: Final[int] = 6  # inside the bar's edge
CELL_PADDING: Final[int] = 10  # inside a candidate, left and right
TIGHT_PADDING: Final[int] = 6  # where sentences have to be cut: it is room for two hanzi more
NUMBER_GAP: Final[int] = 6  # between number and text
ANNOTATION_GAP: Final[int] = 8  # between text and annotation
MAX_ANNOTATION: Final[int] = 150  # pixels; the text is what is read
MARK_WIDTH: Final[int] = 26  # one page arrow
LEAST_COMMON: Final[int] = 3  # characters that two sentences share before `…` stands for them
CUT: Final[str] = "\ue000"  # painted as a small `…` for what is left out; of the private area: no text has it


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
    cell_padding: int = CELL_PADDING


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
    cell_padding: int = CELL_PADDING

    @property
    def overhead(self) -> int:
        """What a candidate takes besides its text."""
        return 2 * self.cell_padding + self.number_width + NUMBER_GAP

    @property
    def least_cell(self) -> int:
        """The width of a candidate that can still be told from another."""
        return self.overhead + self.width_of("字字")

    @property
    def ends_cell(self) -> int:
        """The width of a candidate of which both ends can be seen, and that it is a part."""
        return self.overhead + self.width_of(f"{CUT}字{CUT}字")

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
        measures = replace(measures, cell_padding=TIGHT_PADDING)
        shorter = [_shorter_differences(text, texts[highlighted]) for text in texts]
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

    我们要去上课 and 我们要去上客 become 我们要去上课 and …上客. A text that is much shorter is a part of the
    sentence, and stays.
    """
    whole = rows[highlighted][0]
    return [
        (text if index == highlighted else _difference(text, whole), note)
        for index, (text, note) in enumerate(rows)
    ]


def _difference(text: str, whole: str) -> str:
    start, stop = _different(text, whole)
    if _is_beginning(text, whole):
        return text
    left = _before(text, start, stop) if start >= LEAST_COMMON else 0
    return _part(text, left, _behind(text, start, stop) if len(text) - stop >= LEAST_COMMON else len(text))


def _shorter_differences(text: str, whole: str) -> list[str]:
    """Return what of a text is shown where there is less room, from the longest: what differs with a shared
    character at either side; with the one before; without these; without the sign of what follows.

    Of 前后座有永远 these are …后座有永…, …后座有…, …座有…, …后座有 and …座有. A hanzi that differs alone
    keeps the one before it as long as there is room.
    """
    start, stop = _different(text, whole)
    if _is_beginning(text, whole) or start == stop:
        return [text]
    near, end = _before(text, start, stop), stop if len(text) - stop >= LEAST_COMMON else len(text)
    spans = [(near, _behind(text, start, end)), (near, end)]
    spans += [(start, end)] * (end - start > 1)
    parts = [_part(text, *span) for span in spans]
    return [*parts, *(part.rstrip(CUT) for part in parts[1:]), _part(text, start, stop).rstrip(CUT)]


def _is_beginning(text: str, whole: str) -> bool:
    """Return whether a text is no other sentence, but a part of the letters of `whole`."""
    return whole.startswith(text) or 5 * len(text) < 4 * len(whole)


def _different(text: str, whole: str) -> tuple[int, int]:
    """Return from where to where a text differs from `whole`; a Latin word differs as one."""
    start = _n_common(text, whole)
    stop = len(text) - min(_n_common(text[::-1], whole[::-1]), len(text) - start)
    while start < stop and _is_inside_word(text, start):
        start -= 1
    while start < stop and _is_inside_word(text, stop):
        stop += 1
    return start, stop


def _before(text: str, start: int, stop: int) -> int:
    """Return where a part begins that shows the shared character before what differs: no letter of a word,
    or all of it where else nothing would be shown.
    """
    if start == 0 or not text[start - 1].isascii():
        return max(0, start - 1)
    while start == stop and start > 0 and text[start - 1].isascii():
        start, stop = start - 1, stop - 1
    return start


def _behind(text: str, start: int, stop: int) -> int:
    """Return where a part ends that shows the shared character behind what differs: no letter of a word."""
    is_letter = start < stop < len(text) and text[stop].isascii()
    return stop if is_letter else min(stop + 1, len(text))


def _is_inside_word(text: str, place: int) -> bool:
    """Return whether a Latin word goes on at `place`."""
    pair = text[place - 1 : place + 1] if place > 0 else ""
    return len(pair) == 2 and pair.isascii() and pair.isalnum()


def _part(text: str, start: int, stop: int) -> str:
    """Return that part of a text, with a sign at each end at which more stands."""
    return CUT * (start > 0) + text[start:stop] + CUT * (stop < len(text))


def _n_common(a: str, b: str) -> int:
    """Return how many characters both begin with."""
    return next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))


def _evened(
    rows: Sequence[tuple[str, str]],
    shorter: Sequence[Sequence[str]],
    room: int,
    measures: Measures,
    highlighted: int,
) -> list[Cell]:
    """Return cells of which the widest are cut; the highlighted one may take half of the room.

    It takes a little less where both ends of the others can be seen then, and more where they leave it. Of
    the others that have to be cut the first of `shorter` is shown for which there is room, or both ends of
    the last. In a window that is too narrow for all, those furthest from it are left out.
    """
    most = [cell.rect.width() for cell in _cells(rows, measures, room)]
    shown = _shown(most, room, measures.least_cell, highlighted)
    others = [most[i] for i in shown if i != highlighted]
    fair = min(room // 2, max(2 * room // 5, room - measures.ends_cell * len(others)))
    share = min(max(fair, room - sum(others)), room - _total(others, measures.least_cell))
    left = room - min(most[highlighted], share)
    limits = range(room, measures.least_cell, -1)
    limit = next((n for n in limits if _total(others, n) <= left), measures.least_cell)
    cells = []
    for i in shown:
        (text, note), width = rows[i], min(most[i], share if i == highlighted else limit)
        if width < most[i] and i != highlighted:
            text = _fitting(shorter[i], width, measures)
        cells.append(_cell(i, text, note, width, measures))
    return cells


def _shown(widths: Sequence[int], room: int, least: int, highlighted: int) -> range:
    """Return which candidates are shown where all are cut: as many as leave the highlighted one, which Space
    picks, two fifths of the room, or all that it needs.
    """
    first, stop = 0, len(widths)
    left = room - min(widths[highlighted], max(least, 2 * room // 5))
    while _total([*widths[first:highlighted], *widths[highlighted + 1 : stop]], least) > left:
        if highlighted - first > stop - 1 - highlighted:
            first += 1
        else:
            stop -= 1
    return range(first, stop)


def _fitting(texts: Sequence[str], width: int, measures: Measures) -> str:
    """Return the first text for which a cell of that width has room; both ends of the last, if none has.

    Where there is no room for these and the sign before them, the sign goes: `航…时` says that it is cut,
    `检…路` as well, where 检辅路 would look like a word.
    """
    room = width - measures.overhead
    for text in texts:
        if measures.width_of(text) <= room:
            return text
    bare = texts[-1].removeprefix(CUT)
    if bare == texts[-1] or len(bare) == 1:
        return texts[-1]
    behind = room - measures.width_of(CUT)
    if behind >= measures.width_of(f"字{CUT}字"):
        return CUT + measures.elide(bare, behind)
    return measures.elide(bare, min(room, measures.width_of(bare) - 1)) if len(bare) > 2 else bare


def _total(widths: Sequence[int], limit: int) -> int:
    """Return the sum of the widths, each at most `limit`."""
    return sum(min(width, limit) for width in widths)


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
        return BarLayout(tuple(cells), QRect(), QRect(), QRect(), size, measures.cell_padding)
    y = PADDING + marks_line * height
    arrows = marks_x + measures.page_width
    return BarLayout(
        tuple(cells),
        QRect(marks_x, y, measures.page_width, height),
        QRect(arrows, y, MARK_WIDTH, height),
        QRect(arrows + MARK_WIDTH, y, MARK_WIDTH, height),
        size,
        measures.cell_padding,
    )


def _moved(cell: Cell, x: int, y: int, width: int = 0) -> Cell:
    rect = QRect(x, y, width or cell.rect.width(), cell.rect.height())
    return Cell(cell.index, cell.text, cell.annotation, cell.text_width, rect)
