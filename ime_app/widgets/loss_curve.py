"""Draw the curve of the losses while a model is retrained."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QColor, QPainter, QPaintEvent, QPalette, QPen
from PySide6.QtWidgets import QWidget

from ime_app.widgets import theme as theme_module
from ime_app.widgets.theme import SMALL_PIXELS

MARGIN: Final[int] = 10
LABEL_WIDTH: Final[int] = 40
NAMES_HEIGHT: Final[int] = 20
Points = list[tuple[float, float]]


class LossCurve(QWidget):
    """The curve: the loss of each step, faint; that of the held-out phrases, in the accent's colour."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._names = "", ""
        self._learnt: Points = []
        self._held_out: Points = []
        self._n_step = 1
        self.setMinimumHeight(130)
        self.setFont(theme_module.font(SMALL_PIXELS))

    def name(self, learnt: str, held_out: str) -> None:
        """Call the two curves so."""
        self._names = learnt, held_out
        self._describe()

    def clear(self) -> None:
        self._learnt, self._held_out = [], []
        self._describe()

    def add(self, step: int, of: int, loss: float | None, held_out_loss: float | None) -> None:
        """Add a figure or two of `step` of `of` steps."""
        self._n_step = max(1, of)
        if loss is not None:
            self._learnt.append((step, loss))
        if held_out_loss is not None:
            self._held_out.append((step, held_out_loss))
        self._describe()

    def sizeHint(self) -> QSize:
        return QSize(480, 150)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        palette = self.palette()
        painter.fillRect(self.rect(), palette.base())
        area = QRectF(self.rect()).adjusted(LABEL_WIDTH, MARGIN + NAMES_HEIGHT, -MARGIN, -MARGIN)
        values = [value for _, value in (*self._learnt, *self._held_out)]
        if values:
            low, high = min(values), max(*values, min(values) + 0.01)
            self._paint_axis(painter, area, low, high)
            faint, accent = palette.color(QPalette.ColorRole.PlaceholderText), palette.highlight().color()
            self._paint_line(painter, self._places(self._learnt, area, low, high), faint, 1.2)
            held_out = self._places(self._held_out, area, low, high)
            self._paint_line(painter, held_out, accent, 2.2)
            painter.setBrush(accent)
            for place in held_out:
                painter.drawEllipse(place, 3, 3)
            self._paint_names(painter, (faint, accent))
        painter.end()

    def _places(self, points: Points, area: QRectF, low: float, high: float) -> list[QPointF]:
        return [
            QPointF(
                area.left() + area.width() * step / self._n_step,
                area.bottom() - area.height() * (value - low) / (high - low),
            )
            for step, value in points
        ]

    def _paint_line(self, painter: QPainter, places: Sequence[QPointF], colour: QColor, width: float) -> None:
        painter.setPen(QPen(colour, width))
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.drawPolyline(list(places))

    def _paint_axis(self, painter: QPainter, area: QRectF, low: float, high: float) -> None:
        painter.setPen(QPen(self.palette().mid().color(), 1))
        painter.drawLine(area.bottomLeft(), area.bottomRight())
        painter.drawLine(area.topLeft(), area.bottomLeft())
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for value, y in ((high, area.top()), (low, area.bottom())):
            painter.drawText(QRectF(0, y - 10, LABEL_WIDTH - 6, 20), right, f"{value:.2f}")

    def _paint_names(self, painter: QPainter, colours: tuple[QColor, QColor]) -> None:
        """Paint the names above the lines, side by side, where no line passes."""
        line = QRectF(self.rect()).adjusted(0, MARGIN / 2, -MARGIN, 0)
        line.setHeight(NAMES_HEIGHT)
        right = Qt.AlignmentFlag.AlignRight | Qt.AlignmentFlag.AlignVCenter
        for name, colour in zip(reversed(self._names), reversed(colours), strict=True):
            painter.setPen(colour)
            text = f"— {name}"
            painter.drawText(line, right, text)
            line.setRight(line.right() - painter.fontMetrics().horizontalAdvance(text) - 2 * MARGIN)

    def _describe(self) -> None:
        """Describe the curve for a screen reader."""
        last = f"{self._held_out[-1][1]:.2f}" if self._held_out else "…"
        self.setAccessibleName(f"{self._names[1]}: {last}")
        self.update()
