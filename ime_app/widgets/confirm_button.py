"""Provide a button for what cannot be undone: the first press asks, the second one soon after does it.

No dialog stands in the way of the keyboard.
"""

from __future__ import annotations

from typing import Final

from PySide6.QtCore import QTimer, Signal
from PySide6.QtWidgets import QPushButton, QWidget

ARMED_MS: Final[int] = 4000


class ConfirmButton(QPushButton):
    """`question` is what it says between the two presses; it may change with what is chosen."""

    confirmed = Signal()

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(text, parent)
        self.question = text
        self._text = text
        self._timer = QTimer(self, singleShot=True, interval=ARMED_MS)
        self._timer.timeout.connect(self.disarm)
        self.setAutoDefault(False)
        self.clicked.connect(self._on_clicked)

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
