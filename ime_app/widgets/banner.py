"""Show a sentence above the text until it is dismissed, with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QWidget

from ime_app.i18n.strings import Strings


class Banner(QFrame):
    """A banner; `action` is the label of the button that calls `act` and closes it."""

    def __init__(
        self,
        text: str,
        strings: Strings,
        parent: QWidget | None = None,
        action: str = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self.setAccessibleName(text)
        self.label = QLabel(text, self)
        self.label.setTextFormat(Qt.TextFormat.PlainText)
        self.label.setWordWrap(True)
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.addWidget(self.label, 1)
        if act is not None:
            self.action = self._button(action)
            self.action.clicked.connect(act)
            layout.addWidget(self.action, 0, Qt.AlignmentFlag.AlignTop)
        self.dismiss = self._button(strings("dismiss"))
        layout.addWidget(self.dismiss, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        return self.label.text()

    def _button(self, text: str) -> QToolButton:
        button = QToolButton(self)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the text
        button.clicked.connect(self.hide)
        return button
