"""Paint the candidates at the caret: numbers, highlight, annotations, page marks; handle the mouse.

The bar is a child of the window, painted over the editor, so it never takes the focus, never lies off the
window and needs no help from a window manager. A screen reader is told the highlighted candidate.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from typing import Final

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QFont,
    QFontMetrics,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
    QWheelEvent,
)
from PySide6.QtWidgets import QGraphicsDropShadowEffect, QWidget

from engine.protocol import Mark, Menu, Source
from ime_app.i18n.strings import Strings, annotation_of
from ime_app.widgets import theme as theme_module
from ime_app.widgets.announcer import HomophoneTeller, announce
from ime_app.widgets.candidate_layout import (
    ANNOTATION_GAP,
    CUT,
    NUMBER_GAP,
    PADDING,
    BarLayout,
    Cell,
    Measures,
    Space,
    lay_out,
)
from ime_app.widgets.theme import CANDIDATE_PIXELS, LIGHT, RADIUS, SMALL_PIXELS, Theme

GAP: Final[int] = 6  # between the caret's line and the bar
MAX_COLUMN: Final[int] = 720  # a wider column would have to be read like a line of text
SMALL_SHARE: Final[float] = 0.68  # numbers and annotations, of the candidates' size
SIGN: Final[str] = "…"
FLASH_MS: Final[int] = 250
WHEEL_STEP: Final[int] = 120  # Qt: eighths of a degree for one notch


class CandidateBar(QWidget):
    """The bar of one page of a menu; hidden while the menu is empty."""

    picked = Signal(int)  # number on the page, from 1
    paged = Signal(int)  # -1 or 1
    asked = Signal(int, QPoint)  # what can be done with the candidate of that number; where on the screen

    def __init__(self, strings: Strings, parent: QWidget) -> None:
        super().__init__(parent)
        self._strings = strings
        self._area = parent
        self._theme = LIGHT
        self._teller = HomophoneTeller()
        self._menu = Menu()
        self._anchor = QRect()
        self._picture: QPixmap | None = None
        self._placed: tuple[int, int, int, QSize] | None = None  # for which anchor and window; None: anew
        self._vertical = False
        self._font = theme_module.font(CANDIDATE_PIXELS)
        self._small = theme_module.font(SMALL_PIXELS)
        self._layout = self._lay_out(parent.size())
        self._hovered = -1
        self._wheel = 0
        self._flashing = False
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setMouseTracking(True)
        self.setCursor(Qt.CursorShape.ArrowCursor)
        self._shadow = QGraphicsDropShadowEffect(self)
        self._shadow.setBlurRadius(18)
        self._shadow.setOffset(0, 3)
        self.setGraphicsEffect(self._shadow)
        self.set_theme(LIGHT)
        self.hide()

    @property
    def menu(self) -> Menu:
        return self._menu

    def set_theme(self, theme: Theme) -> None:
        self._theme = theme
        shadow = QColor(theme.shadow)
        shadow.setAlpha(70)
        self._shadow.setColor(shadow)
        self._paint_anew()

    def set_style(self, *, vertical: bool, family: str, pixels: int) -> None:
        """Show a column or lines, in that font and size."""
        self._vertical = vertical
        self._font = theme_module.font(pixels, family)
        self._small = theme_module.font(max(11, round(pixels * SMALL_SHARE)), family)
        self._placed = None
        self.place(self._anchor)
        self._paint_anew()

    def show_menu(self, menu: Menu, anchor: QRect) -> None:
        """Show the page of the highlighted candidate at `anchor`: the composition, in the parent's pixels."""
        changed = menu != self._menu
        self._menu, self._hovered = menu, -1
        if not menu.candidates:
            self.hide()
            return
        self._placed = None
        self.place(anchor)
        self._paint_anew()
        self.show()
        self.raise_()
        if changed:
            self._tell_screen_reader()

    def place(self, anchor: QRect) -> None:
        """Place the bar below the composition or above it, inside the window, a column with fewer rows if
        need be.

        The side is that of a full page, so that a shorter one does not change it.
        """
        where = anchor.left(), anchor.top(), anchor.bottom(), self._area.size()
        if where == self._placed:
            return
        self._anchor, self._placed = anchor, where
        area = self._area.rect().adjusted(GAP, GAP, -GAP, -GAP)
        width = min(area.width(), MAX_COLUMN) if self._vertical else area.width()
        below = area.bottom() - anchor.bottom() - GAP
        above = anchor.top() - GAP - area.top()
        is_below = self.full_height <= below or below >= above
        self._layout = self._lay_out(QSize(width, below if is_below else above))
        size = self._layout.size
        y = anchor.bottom() + 1 + GAP if is_below else anchor.top() - GAP - size.height()
        y = max(area.top(), min(y, area.bottom() + 1 - size.height()))
        x = max(area.left(), min(anchor.left() - self._layout.cell_padding, area.right() + 1 - size.width()))
        self.setGeometry(QRect(QPoint(x, y), size))

    @property
    def full_height(self) -> int:
        """Return the height of a full page, in pixels."""
        n_row = self._menu.page_size + 1 if self._vertical else 1
        return n_row * self._row_height() + 2 * PADDING

    @property
    def room(self) -> int:
        """Return what a full page takes below the line that it belongs to, in pixels."""
        return self.full_height + 2 * GAP

    def place_of_highlighted(self) -> tuple[int, QPoint]:
        """Return the number of the highlighted candidate on the page, 0 if there is none, and where it is."""
        number = self._highlighted_on_page()
        for cell in self._layout.cells:
            if cell.index == number:
                return number + 1, self.mapToGlobal(cell.rect.bottomLeft())
        return 0, QPoint()

    def flash(self) -> None:
        """Show the sign that a key was refused."""
        self._flashing = True
        self._paint_anew()
        QTimer.singleShot(FLASH_MS, self, self._end_flash)

    def sizeHint(self) -> QSize:
        return self._layout.size

    def mousePressEvent(self, event: QMouseEvent) -> None:
        event.accept()
        if event.button() is Qt.MouseButton.RightButton:
            cell = self._cell_at(event.position().toPoint())
            if cell >= 0:
                self.asked.emit(cell + 1, event.globalPosition().toPoint())
        if event.button() is not Qt.MouseButton.LeftButton:
            return
        point = event.position().toPoint()
        cell = self._cell_at(point)
        if cell >= 0:
            self.picked.emit(cell + 1)
        elif self._layout.previous_mark.contains(point):
            self.paged.emit(-1)
        elif self._layout.next_mark.contains(point):
            self.paged.emit(1)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hovered = self._cell_at(event.position().toPoint())
        self.setToolTip(self._full_text(self._hovered))
        self._paint_anew()

    def leaveEvent(self, event: object) -> None:
        self._hovered = -1
        self._paint_anew()

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._wheel += event.angleDelta().y()
        while abs(self._wheel) >= WHEEL_STEP:
            step = 1 if self._wheel < 0 else -1
            self._wheel += step * WHEEL_STEP
            self.paged.emit(step)
        event.accept()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paint the picture: Qt asks for it whenever the line above is painted, which is at each key."""
        if self._picture is None or self._picture.deviceIndependentSize().toSize() != self.size():
            self._picture = QPixmap(self.size() * self.devicePixelRatio())
            self._picture.setDevicePixelRatio(self.devicePixelRatio())
            self._picture.fill(Qt.GlobalColor.transparent)
            self._paint(QPainter(self._picture))
        painter = QPainter(self)
        painter.drawPixmap(0, 0, self._picture)
        painter.end()

    def _paint_anew(self) -> None:
        self._picture = None
        self.update()

    def _paint(self, painter: QPainter) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        edge = self._theme.accent if self._flashing else self._theme.line
        painter.setPen(QPen(QColor(edge), 2 if self._flashing else 1))
        painter.setBrush(QColor(self._theme.surface))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), RADIUS, RADIUS)
        for cell in self._layout.cells:
            self._paint_cell(painter, cell, cell.index == self._highlighted_on_page())
        if not self._layout.page_text.isEmpty():
            self._paint_pages(painter)
        painter.end()

    def _paint_cell(self, painter: QPainter, cell: Cell, highlighted: bool) -> None:
        theme = self._theme
        if highlighted or cell.index == self._hovered:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(QColor(theme.accent if highlighted else theme.hover))
            painter.drawRoundedRect(QRectF(cell.rect).adjusted(1, 1, -1, -1), RADIUS - 4, RADIUS - 4)
        padding = self._layout.cell_padding
        inside = cell.rect.adjusted(padding, 0, -padding, 0)
        raw = self._menu.page_candidates[cell.index].source is Source.RAW
        faint = QColor(theme.on_accent if highlighted else theme.faint)
        ink = QColor(theme.on_accent if highlighted else theme.faint if raw else theme.ink)
        self._write(painter, inside, str(cell.index + 1), self._small, faint)
        inside.setLeft(inside.left() + self._number_width() + NUMBER_GAP)
        end = inside.left() + cell.text_width + ANNOTATION_GAP
        self._write_text(painter, inside, cell.text, ink, faint)
        inside.setLeft(end)
        self._write(painter, inside, cell.annotation, self._small, faint)

    def _write_text(self, painter: QPainter, where: QRect, text: str, ink: QColor, faint: QColor) -> None:
        """Write the text; what stands for the rest of it is small and faint, to be told from the text."""
        for piece in re.split(f"({CUT})", text):
            if piece == CUT:
                self._write(painter, where, SIGN, self._small, faint)
            else:
                self._write(painter, where, piece, self._font, ink)
            where.setLeft(where.left() + self._width_of(piece))

    def _write(self, painter: QPainter, where: QRect, text: str, font: QFont, colour: QColor) -> None:
        painter.setFont(font)
        painter.setPen(colour)
        painter.drawText(where, Qt.AlignmentFlag.AlignVCenter | Qt.TextFlag.TextDontClip, text)

    def _paint_pages(self, painter: QPainter) -> None:
        layout, menu = self._layout, self._menu
        painter.setFont(self._small)
        painter.setPen(QColor(self._theme.faint))
        middle = Qt.AlignmentFlag.AlignCenter
        painter.drawText(layout.page_text, middle, self._page_text())
        for rect, direction, possible in (
            (layout.previous_mark, -1, menu.page > 0),
            (layout.next_mark, 1, menu.page + 1 < menu.n_page),
        ):
            painter.setPen(QPen(QColor(self._theme.ink if possible else self._theme.line), 1.8))
            tip = rect.center() + QPoint(2 * direction, 0)
            arms = [tip + QPoint(-4 * direction, dy) for dy in (-4, 4)]
            painter.drawPolyline([arms[0], tip, arms[1]])

    def _lay_out(self, space: QSize) -> BarLayout:
        small = QFontMetrics(self._small)
        measures = Measures(
            row_height=self._row_height(),
            number_width=self._number_width(),
            page_width=small.horizontalAdvance(self._page_text()) + 8 if self._menu.n_page > 1 else 0,
            width_of=self._width_of,
            elide=self._without_middle,
            annotation_width_of=small.horizontalAdvance,
            elide_annotation=lambda text, width: small.elidedText(text, Qt.TextElideMode.ElideRight, width),
        )
        rows = [(row.label, annotation_of(row, self._strings)) for row in self._menu.page_candidates]
        place = Space(space.width(), space.height(), self._vertical, self._highlighted_on_page())
        return lay_out(rows, measures, place)

    def _width_of(self, text: str) -> int:
        """Return the width of a text in which small signs may stand for what is left out."""
        n_sign = text.count(CUT)
        width = QFontMetrics(self._font).horizontalAdvance(text.replace(CUT, "") if n_sign else text)
        return width + n_sign * QFontMetrics(self._small).horizontalAdvance(SIGN) if n_sign else width

    def _without_middle(self, text: str, width: int) -> str:
        """Return the text with a sign for so much of its middle as there is no room for."""
        if self._width_of(text) <= width:
            return text
        n = bisect_right(range(1, len(text)), width, key=lambda n: self._width_of(_both_ends(text, n)))
        return _both_ends(text, max(1, n))

    def _highlighted_on_page(self) -> int:
        """Return the highlighted place; -1 where no key would take it: predictions are picked by number."""
        rows = self._menu.page_candidates
        if rows and rows[0].source is Source.PREDICTION:
            return -1
        return self._menu.highlighted % self._menu.page_size

    def _tell_screen_reader(self) -> None:
        """Say `1 在 现在的在`: number, text, what tells it from others, full annotation; at each change."""
        number = max(0, self._highlighted_on_page())
        row = self._menu.page_candidates[number]
        mark = "" if row.mark is Mark.NONE else self._strings(f"mark.{row.mark.value}.name")
        named = self._teller.said_of(self._menu, number, self._strings)
        said = " ".join(filter(None, (row.label, named, mark, row.annotation)))
        self.setAccessibleName(f"{number + 1} {said}")
        self.setAccessibleDescription(self._page_text())
        announce(self._area, self.accessibleName())

    def _page_text(self) -> str:
        return f"{self._menu.page + 1}/{self._menu.n_page}"

    def _row_height(self) -> int:
        return QFontMetrics(self._font).height() + 10

    def _number_width(self) -> int:
        return QFontMetrics(self._small).horizontalAdvance("9")

    def _cell_at(self, point: QPoint) -> int:
        return next((cell.index for cell in self._layout.cells if cell.rect.contains(point)), -1)

    def _full_text(self, index: int) -> str:
        """Return the text of the candidate where the bar has cut it; empty where it stands there whole."""
        shown = next((cell.text for cell in self._layout.cells if cell.index == index), "")
        text = self._menu.page_candidates[index].text if index >= 0 else ""
        return text if text != shown else ""

    def _end_flash(self) -> None:
        self._flashing = False
        self._paint_anew()


def _both_ends(text: str, n: int) -> str:
    """Return n characters of a text, from both ends, and the sign between them."""
    return f"{text[: n - n // 2]}{CUT}{text[len(text) - n // 2 :]}"
