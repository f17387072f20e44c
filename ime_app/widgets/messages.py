"""Show sentences, which are never wider than their window, and as a whole never too high for it.

What does not fit beside the rest of a window scrolls. `MessageArea` is a place for what is to be said now,
`Banners` keeps sentences above the text until they are dismissed.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import partial
from itertools import pairwise
from typing import Final

from PySide6.QtCore import QEvent, QObject, QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QResizeEvent, QShowEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSizePolicy,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from ime_app.i18n.strings import Strings
from ime_app.widgets.announcer import announce_in_sight
from ime_app.widgets.buttons import ToolButton

LEAST_WIDTH: Final[int] = 120  # pixels
USUAL_WIDTH: Final[int] = 480
LEAST_LINES: Final[int] = 2  # of what scrolls
SHARE: Final[float] = 0.4  # of a window's height
_UNBROKEN: Final[re.Pattern[str]] = re.compile(r"[!-\u2e7f]+")  # no space, no hanzi and their marks
BREAK: Final[str] = "\u200b"  # a place for a line's end without width


class WrappedLabel(QLabel):
    """A label of any number of lines; what it quotes is no markup, and words wider than it are broken."""

    def __init__(self, text: str = "") -> None:
        super().__init__()
        self._text = ""
        self.setWordWrap(True)
        self.setTextFormat(Qt.TextFormat.PlainText)
        self.setText(text)

    def text(self) -> str:
        return self._text

    def setText(self, text: str) -> None:
        """Show the text."""
        self._text = text
        self._break_words()

    def clear(self) -> None:
        self.setText("")

    def minimumSizeHint(self) -> QSize:
        """Return a size that asks for no more than a narrow column."""
        return super().minimumSizeHint().boundedTo(QSize(LEAST_WIDTH, self.fontMetrics().height()))

    def sizeHint(self) -> QSize:
        hint = super().sizeHint()
        return QSize(min(hint.width(), USUAL_WIDTH), hint.height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._break_words()

    def _break_words(self) -> None:
        """Put places to break into the words that have none and are too wide, as long names of files are."""
        room = max(LEAST_WIDTH, self.contentsRect().width()) if self.width() else USUAL_WIDTH
        shown = _UNBROKEN.sub(lambda found: self._broken(found[0], room), self._text)
        if shown != super().text():
            super().setText(shown)

    def _broken(self, word: str, room: int) -> str:
        return word if self.fontMetrics().horizontalAdvance(word) <= room else BREAK.join(word)


class MessageLabel(WrappedLabel):
    """A label whose sentences are said to a screen reader as they come."""

    def setText(self, text: str) -> None:
        """Show the text, and say it where it can be seen."""
        super().setText(text)
        if self.isVisible():
            announce_in_sight(self, text)

    def show_quietly(self, text: str) -> None:
        """Show a text that changes too often to be said."""
        super().setText(text)

    def showEvent(self, event: QShowEvent) -> None:
        """Say what has come into sight with the window, or with its tab."""
        super().showEvent(event)
        if not event.spontaneous():
            announce_in_sight(self, self.text())


class LowArea(QScrollArea):
    """An area as high as what is in it where the window has room for that, and scrolled where it has not."""

    def __init__(self, body: QWidget) -> None:
        super().__init__()
        self._body = body
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Maximum)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.setWidget(body)
        for widget in (body, self.viewport()):  # the background is the window's
            widget.setAutoFillBackground(False)
        self.verticalScrollBar().rangeChanged.connect(self._on_range)

    def sizeHint(self) -> QSize:
        """Return a size in which nothing scrolls, or a part of the window's."""
        return QSize(USUAL_WIDTH, min(self._height_of_all(), round(self.window().height() * SHARE)))

    def minimumSizeHint(self) -> QSize:
        """Return a size in which some lines can be read."""
        return QSize(0, min(self._height_of_all(), LEAST_LINES * self.fontMetrics().lineSpacing()))

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.window().installEventFilter(self)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        if event.oldSize().width() != event.size().width():
            self.updateGeometry()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Take another height when something in it has."""
        done = super().eventFilter(watched, event)
        if event.type() is (QEvent.Type.Resize if watched is self.window() else QEvent.Type.LayoutRequest):
            self.updateGeometry()
        return done

    def _height_of_all(self) -> int:
        body, width = self._body, self.viewport().width()
        return body.heightForWidth(width) if body.hasHeightForWidth() else body.sizeHint().height()

    def _on_range(self, least: int, most: int) -> None:
        """Let Tab stop here where there is something to scroll."""
        scrolls = most > least
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus if scrolls else Qt.FocusPolicy.NoFocus)


class MessageArea(LowArea):
    """A place for sentences of any length, which is none while there are none."""

    def __init__(self) -> None:
        self.label = MessageLabel()
        super().__init__(self.label)
        self.hide()

    def text(self) -> str:
        return self.label.text()

    def setText(self, text: str) -> None:
        """Show the text from its beginning, and say it."""
        self.label.setText(text)
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self.verticalScrollBar().setValue(0)
        self.updateGeometry()

    def clear(self) -> None:
        self.setText("")


Sentence = str | Callable[[], str]  # as it is, or as it is in the window's language


class Banner(QFrame):
    """A banner; `action` is the label of the button that calls `act` and closes it."""

    closed = Signal(bool)  # whether one of its buttons had the keyboard
    left = Signal()  # Esc: back to the text

    def __init__(
        self,
        text: Sentence,
        strings: Strings,
        parent: QWidget | None = None,
        action: Sentence = "",
        act: Callable[[], None] | None = None,
    ) -> None:
        super().__init__(parent)
        self.setObjectName("banner")
        self._say = text
        self.label = WrappedLabel()
        self.label.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        layout = QHBoxLayout(self)
        layout.setContentsMargins(16, 8, 12, 8)
        layout.addWidget(self.label, 1)
        self.buttons: list[QToolButton] = []
        self._labels: list[Sentence] = []
        if act is not None:
            self.action = self._button(action)
            self.action.clicked.connect(act)
        self.dismiss = self._button(partial(strings, "dismiss"))
        self.speak()
        for button in self.buttons:
            layout.addWidget(button, 0, Qt.AlignmentFlag.AlignTop)

    @property
    def text(self) -> str:
        return self.label.text()

    def speak(self) -> None:
        """Say it in the window's language."""
        said = _said(self._say) or self.text  # what was wrong may be mended by now
        self.label.setText(said)
        self.setAccessibleName(said)
        for button, label in zip(self.buttons, self._labels, strict=True):
            button.setText(_said(label))

    def take_away(self) -> None:
        """Close it, and tell whether it had the keyboard."""
        had_keyboard = any(button.hasFocus() for button in self.buttons)
        self.hide()
        self.closed.emit(had_keyboard)

    def _button(self, label: Sentence) -> QToolButton:
        button = ToolButton(self)
        self._labels.append(label)
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)  # a click leaves the focus in the text
        button.clicked.connect(self.take_away)
        self.buttons.append(button)
        return button

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Leave by Esc; a button has taken Space and Enter already."""
        if event.key() == Qt.Key.Key_Escape:
            self.left.emit()
        else:
            super().keyPressEvent(event)


def _said(sentence: Sentence) -> str:
    return sentence if isinstance(sentence, str) else sentence()


class Banners:
    """The banners of a window, at the top of its `column`, above its `text`."""

    def __init__(self, strings: Strings, column: QVBoxLayout, text: QWidget) -> None:
        self._strings = strings
        self._text = text
        self._body = QWidget()
        self._rows = QVBoxLayout(self._body)
        self._rows.setContentsMargins(0, 0, 0, 0)
        self._rows.setSpacing(0)
        self.area = LowArea(self._body)
        column.insertWidget(0, self.area)

    @property
    def shown(self) -> list[Banner]:
        """The banners that are not dismissed yet, oldest first."""
        return [banner for banner in self._body.findChildren(Banner) if not banner.isHidden()]

    def add(self, text: Sentence, action: Sentence = "", act: Callable[[], None] | None = None) -> None:
        """Show the text until it is dismissed; `act` is what a button labelled `action` does."""
        if _said(text) in [banner.text for banner in self.shown]:
            return
        banner = Banner(text, self._strings, self._body, action, act)
        self._rows.insertWidget(0, banner)
        for before, button in pairwise([self._text, *banner.buttons]):  # Tab goes on to those below
            QWidget.setTabOrder(before, button)
        banner.closed.connect(self._on_closed)
        banner.left.connect(self._text.setFocus)
        banner.show()
        self.area.verticalScrollBar().setValue(0)
        announce_in_sight(banner, banner.text)

    def speak(self) -> None:
        """Say all in the window's language."""
        for banner in self.shown:
            banner.speak()

    def dismiss(self, *texts: str) -> None:
        """Take away the banners that say one of these; the keyboard goes on as by hand."""
        for banner in self.shown:
            if banner.text in texts:
                banner.take_away()

    def take_keyboard(self) -> bool:
        """Give the keyboard to the newest banner; return whether there is one."""
        banners = self.shown
        if banners:
            banners[-1].buttons[0].setFocus(Qt.FocusReason.ShortcutFocusReason)
        return bool(banners)

    def _on_closed(self, had_keyboard: bool) -> None:
        """Go on to the next banner, or to the text."""
        if had_keyboard and not self.take_keyboard():
            self._text.setFocus()
