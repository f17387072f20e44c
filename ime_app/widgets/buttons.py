"""Provide buttons that Enter presses as Space does, and one for what cannot be undone."""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QObject, QSize, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeyEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QComboBox, QPushButton, QSizePolicy, QToolButton, QWidget

ARMED_MS: Final[int] = 4000
RING: Final[int] = 2  # pixels
AROUND: Final[int] = 12  # and beside the text of a button, at least
WITH_MENU: Final[int] = 32


class Button(QPushButton):
    """A button that Enter presses while it has the keyboard, and only then.

    Qt's own do so only as `autoDefault`, and the first of those is pressed by Enter in a search field, too.
    """

    def __init__(self, text: str = "", parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.setAutoDefault(False)
        self.setSizePolicy(QSizePolicy.Policy.Maximum, QSizePolicy.Policy.Fixed)

    def minimumSizeHint(self) -> QSize:
        """Return a size in which the text can be read: on a small screen a line of buttons is narrower."""
        usual = super().minimumSizeHint()
        text = self.fontMetrics().horizontalAdvance(self.text().replace("&", ""))
        return QSize(min(usual.width(), text + (WITH_MENU if self.menu() else AROUND)), usual.height())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_pressed_by(self, event):
            super().keyPressEvent(event)

    def paintEvent(self, event: QPaintEvent) -> None:
        """Draw a ring in the button that has the keyboard: the default one has an edge anyway."""
        super().paintEvent(event)
        _draw_ring(self)


class ComboBox(QComboBox):
    """A box to choose in, with a ring while it has the keyboard: Qt's own shows that behind a Tab alone."""

    def paintEvent(self, event: QPaintEvent) -> None:
        super().paintEvent(event)
        _draw_ring(self)


class ToolButton(QToolButton):
    """A small button that Enter presses while it has the keyboard."""

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not _is_pressed_by(self, event):
            super().keyPressEvent(event)


class ConfirmButton(Button):
    """A button whose first press asks, and the second one soon after does it.

    No dialog stands in the way of the keyboard. `question` is what it says between the two presses; it may
    change with what is chosen.
    """

    confirmed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.question = text
        self._text = text
        self._timer = QTimer(self, singleShot=True, interval=ARMED_MS)
        self._timer.timeout.connect(self.disarm)
        self.clicked.connect(self._on_clicked)

    def name(self, text: str, question: str) -> None:
        """Say this, and that between the two presses."""
        self._text, self.question = text, question
        self.disarm()

    def disarm(self) -> None:
        """Forget the first press."""
        self._timer.stop()
        self.setText(self._text)

    def _on_clicked(self) -> None:
        if self._timer.isActive():
            self.disarm()
            self.confirmed.emit()
            return
        self._timer.start()
        self.setText(self.question)


class SecondPress(QObject):
    """A question before an action that cannot be undone: its first call asks, the second one soon after acts.

    The action says `again` meanwhile, and `told` has the question, or nothing once it is not asked any more.
    """

    told = Signal(str)
    ended = Signal()  # the action may say again what it does

    def __init__(self, action: QAction, again: str) -> None:
        super().__init__(action)
        self._action = action
        self._again = again
        self._timer = QTimer(self, singleShot=True, interval=ARMED_MS)
        self._timer.timeout.connect(self._on_time)
        action.setAutoRepeat(False)  # a key that is held asks once

    def name(self, again: str) -> None:
        """Let the action say this between the two calls."""
        self._again = again

    def is_sure(self, question: str) -> bool:
        """Return whether this was asked just now; else ask it."""
        if self._timer.isActive():
            self.forget()
            self.ended.emit()
            return True
        self._timer.start()
        self._action.setText(self._again)
        self.told.emit(question)
        return False

    def forget(self) -> None:
        """Forget the first call, where there was one."""
        if self._timer.isActive():
            self._timer.stop()
            self.told.emit("")

    def _on_time(self) -> None:
        self.told.emit("")
        self.ended.emit()


def _draw_ring(widget: QWidget) -> None:
    """Draw the ring of what has the keyboard, if that is the widget."""
    if widget.hasFocus():
        painter = QPainter(widget)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(widget.palette().highlight().color(), RING))
        painter.drawRoundedRect(widget.rect().adjusted(RING, RING, -RING, -RING), RING, RING)
        painter.end()


def _is_pressed_by(button: QAbstractButton, event: QKeyEvent) -> bool:
    """Press the button if the key is Enter, once however long it is held; return whether it was."""
    if event.key() not in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
        return False
    if not event.isAutoRepeat():
        button.click()
    return True
