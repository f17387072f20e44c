"""Show sentences above the text until they are dismissed, each with at most one thing to do about it."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFrame, QHBoxLayout, QLabel, QToolButton, QVBoxLayout, QWidget

from ime_app.i18n.strings import Strings
from ime_app.widgets.announcer import announce_in_sight
from ime_app.widgets.buttons import ToolButton


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
        button = ToolButton(self)
        button.setText(text)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the text
        button.clicked.connect(self.hide)
        return button


class Banners:
    """The banners of a window, at the top of its `column`."""

    def __init__(self, strings: Strings, parent: QWidget, column: QVBoxLayout) -> None:
        self._strings = strings
        self._parent = parent
        self._column = column

    @property
    def shown(self) -> list[Banner]:
        """The banners that are not dismissed yet, oldest first."""
        return [banner for banner in self._parent.findChildren(Banner) if not banner.isHidden()]

    def add(self, text: str, action: str = "", act: Callable[[], None] | None = None) -> None:
        """Show the text until it is dismissed; `act` is what a button labelled `action` does."""
        if text in [banner.text for banner in self.shown]:
            return
        banner = Banner(text, self._strings, self._parent, action, act)
        self._column.insertWidget(0, banner)
        banner.show()
        announce_in_sight(banner, text)

    def dismiss(self, *texts: str) -> None:
        """Take away the banners that say one of these."""
        for banner in self.shown:
            if banner.text in texts:
                banner.hide()
