"""Provide the editor, in which a composition can stand inline at the caret.

The composition is Qt's own preedit area and commits arrive as input-method events, so undo, selection,
clipboard and wrapping are those of any Qt editor. Below the line that is written there is always room
for the candidate bar: the text scrolls past its end.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from PySide6.QtCore import QMimeData, QPoint, QRect, Qt, Signal
from PySide6.QtGui import (
    QClipboard,
    QColor,
    QContextMenuEvent,
    QDropEvent,
    QFocusEvent,
    QGuiApplication,
    QInputMethodEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QTextCharFormat,
    QTextCursor,
    QWheelEvent,
)
from PySide6.QtWidgets import QPlainTextEdit, QWidget

from engine.protocol import Preedit
from ime_app.input.qt_keys import completes_tap, is_text_with_shortcut
from ime_app.input.shift_tap import ShiftTap
from ime_app.widgets.utf16 import composition_event, grapheme_before, utf16_cut

MARGIN: Final[int] = 28  # pixels around the text
_SHIFT: Final = Qt.KeyboardModifier.ShiftModifier


class Editor(QPlainTextEdit):
    """An editor that asks `take_key` before it handles a key press itself."""

    shift_tapped = Signal()
    composed = Signal()  # the composition has changed
    entered = Signal()  # it has the keyboard
    caret_moved = Signal()  # the caret's place on the screen may have changed

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.take_key: Callable[[QKeyEvent], bool] = lambda event: False
        self.defer_click: Callable[[Callable[[], None]], bool] = lambda click: False
        self._preedit = Preedit()
        self._place = self.textCursor()  # where the composition stands; follows changes of the text
        self._hint = self._hint_shown = ""
        self._shift_tap = ShiftTap()
        self._click_deferred = False
        self._room_below = 0
        self._is_showing = False  # a composition: the caret moves once, not at each step
        self._underlined = QTextCharFormat()
        self._underlined.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)
        self.set_margin(MARGIN)
        self.setCenterOnScroll(True)  # so that the last line can be scrolled up
        self.setFrameShape(QPlainTextEdit.Shape.NoFrame)
        self.setCursorWidth(2)
        self.cursorPositionChanged.connect(self.caret_moved)
        self.updateRequest.connect(self._on_update)
        self.set_platform_input(False)

    @property
    def preedit(self) -> Preedit:
        """The composition shown."""
        return self._preedit

    def set_underline(self, colour: QColor) -> None:
        """Set the colour under the composition."""
        self._underlined.setUnderlineColor(colour)

    def set_hint(self, hint: str) -> None:
        """Set what is shown in an editor with neither text nor composition."""
        self._hint = hint
        self._show_hint("" if self._preedit.text else hint)

    def set_margin(self, pixels: int) -> None:
        """Set how much stays empty around the text."""
        self.document().setDocumentMargin(pixels)

    def set_room_below(self, pixels: int) -> None:
        """Set how much is kept free below the line that is written, half the height at most."""
        self._room_below = pixels

    def set_platform_input(self, allowed: bool) -> None:
        """Set whether the desktop's input method and dead keys may write here (in 英 they may)."""
        attribute = Qt.WidgetAttribute.WA_InputMethodEnabled
        if self.testAttribute(attribute) != allowed:
            self.setAttribute(attribute, allowed)

    def show_composition(
        self, commit: str, preedit: Preedit, replaced: int = 0, behind: int = 0, erased: int = 0
    ) -> None:
        """Insert `commit` at the caret, in place of the selection, and show `preedit` after it.

        `commit` takes the place of the `erased` characters before the caret and the `replaced` ones behind
        it, and the caret goes
        before its last `behind`. A composition shown already has replaced its selection: one made
        since then is not its.
        """
        if not commit and not erased and preedit == self._preedit:
            return
        if self._preedit.text and self.textCursor().hasSelection():
            self.setTextCursor(self._place)
        self._preedit, self._is_showing = preedit, True
        before = self.text_before_caret(2 * erased)[-erased:] if erased else ""
        self._send_preedit(commit, preedit, replaced, before)
        for _ in range(behind):
            self.moveCursor(QTextCursor.MoveOperation.Left)
        self._place = self.textCursor()
        if commit or erased or preedit.text:
            self._show_caret()
        self._is_showing = False
        self.caret_moved.emit()
        self.composed.emit()

    def replay(self, event: QKeyEvent) -> None:
        """Handle a key press that the session has left to the editor."""
        self._beside_composition(lambda: self._handle_key(event))

    def append_text(self, text: str) -> None:
        """Put the text behind the end, in lines of its own, and the caret behind it; it can be undone."""
        cursor = self.textCursor()
        cursor.movePosition(cursor.MoveOperation.End)
        cursor.insertText(text if cursor.atBlockStart() else f"\n{text}")
        self.setTextCursor(cursor)

    def whole_text(self) -> str:
        """Return the text with what is composed in it, as typed: what a crash must not lose."""
        text, place = self.toPlainText(), self.textCursor().position()
        if not self._preedit.typed:
            return text
        return utf16_cut(text, 0, place) + self._preedit.typed + utf16_cut(text, place)

    def scroll_up(self) -> None:
        """Scroll until the caret's line is the first in sight: below it there is room for something else."""
        bar = self.verticalScrollBar()
        while self.cursorRect().top() > self.cursorRect().height() and bar.value() < bar.maximum():
            bar.setValue(bar.value() + 1)
        self.caret_moved.emit()

    def has_selection(self) -> bool:
        """Return whether some of the text is selected."""
        return self.textCursor().hasSelection()

    def clear_text(self) -> None:
        """Delete the whole text; it can be undone."""
        cursor = self.textCursor()
        cursor.select(cursor.SelectionType.Document)
        cursor.removeSelectedText()

    def text_before_caret(self, length: int) -> str:
        """Return at most `length` characters before the caret or the selection."""
        cursor = self.textCursor()
        end = cursor.selectionStart()
        cursor.setPosition(max(0, end - length))
        cursor.setPosition(end, cursor.MoveMode.KeepAnchor)
        return cursor.selectedText().replace("\u2029", "\n").replace("\u2028", "\n")

    def text_after_caret(self, length: int) -> str:
        """Return at most `length` characters behind the caret or the selection, in its paragraph."""
        cursor = self.textCursor()
        cursor.setPosition(cursor.selectionEnd())
        return utf16_cut(cursor.block().text(), cursor.positionInBlock())[:length]

    def composition_rect(self) -> QRect:
        """Return the area from where the composition begins down to the caret's line, in own pixels.

        Its width means nothing; its height is several lines where a long composition wraps.
        """
        caret = self.cursorRect()
        block = self.textCursor().block()
        position = self.textCursor().positionInBlock()
        line = block.layout().lineForTextPosition(position)
        if line.isValid():
            origin = self.blockBoundingGeometry(block).translated(self.contentOffset()).topLeft()
            x = round(origin.x() + _first(line.cursorToX(position)))
            caret.setLeft(x)
            caret.setTop(min(caret.top(), round(origin.y() + line.y())))
        return caret.translated(self.viewport().pos())

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completes_tap(self._shift_tap, event)
        if self.take_key(event):
            event.accept()
        else:
            self._handle_key(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Keep the line that is written in sight of a smaller window."""
        super().resizeEvent(event)
        if self._preedit.text:
            self._show_caret()

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if completes_tap(self._shift_tap, event):
            self.shift_tapped.emit()
        super().keyReleaseEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shift_tap.disarm()
        super().focusOutEvent(event)

    def wheelEvent(self, event: QWheelEvent) -> None:
        self._shift_tap.disarm()
        super().wheelEvent(event)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """End the composition before a click elsewhere: its letters stay where they were typed."""
        self._shift_tap.disarm()
        self._click_deferred = self.defer_click(self._meaning_of(event))
        if not self._click_deferred:
            super().mousePressEvent(event)

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if not self._click_deferred:
            super().mouseMoveEvent(event)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        deferred, self._click_deferred = self._click_deferred, False
        if not deferred:
            super().mouseReleaseEvent(event)

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        """End the composition before the menu opens, whose commands are about text."""
        place = event.globalPos()
        if not self.defer_click(lambda: self._open_menu(place)):
            self._open_menu(place)

    def dropEvent(self, event: QDropEvent) -> None:
        self._beside_composition(lambda: QPlainTextEdit.dropEvent(self, event))

    def insertFromMimeData(self, source: QMimeData) -> None:
        self._beside_composition(lambda: QPlainTextEdit.insertFromMimeData(self, source))

    def _show_hint(self, hint: str) -> None:
        self._hint_shown = hint
        self.setPlaceholderText(hint)

    def _on_update(self) -> None:
        if not self._is_showing:
            self.caret_moved.emit()

    def _handle_key(self, event: QKeyEvent) -> None:
        """Handle one of the editor's own keys. Alt+a is a command that nobody has, and no letter."""
        before = self.textCursor().position()
        if is_text_with_shortcut(event):
            event.ignore()
        elif event.key() == Qt.Key.Key_Backspace and not event.modifiers() & ~_SHIFT:
            self._delete_before_caret()
            event.accept()
        else:
            QPlainTextEdit.keyPressEvent(self, event)
        if self.textCursor().position() != before:
            self._show_caret()

    def _delete_before_caret(self) -> None:
        """Delete one character as it is seen: 🇨🇳 and 👍🏻 are several to Qt's own Backspace."""
        cursor = self.textCursor()
        if cursor.hasSelection() or cursor.atBlockStart():
            cursor.deletePreviousChar()
        else:
            place = cursor.positionInBlock()
            start = grapheme_before(cursor.block().text(), place)
            cursor.setPosition(cursor.position() - (place - start), cursor.MoveMode.KeepAnchor)
            cursor.removeSelectedText()
        self.setTextCursor(cursor)

    def _show_caret(self) -> None:
        """Scroll until the caret, that of a composition over several lines too, has its room below."""
        self.ensureCursorVisible()  # Qt looks at the place in the text, not at the composition
        height = self.viewport().height()
        room = min(self._room_below, height // 2)
        bar = self.verticalScrollBar()
        while self.cursorRect().bottom() + room > height and bar.value() < bar.maximum():
            bar.setValue(bar.value() + 1)
        while self.cursorRect().top() < 0 and bar.value() > bar.minimum():
            bar.setValue(bar.value() - 1)

    def _meaning_of(self, event: QMouseEvent) -> Callable[[], None]:
        """Return what a click does after the composition is finished, when Qt's event is gone."""
        point = event.position().toPoint()
        if event.button() is Qt.MouseButton.MiddleButton:
            return lambda: self._paste_selection(point)
        if event.button() is not Qt.MouseButton.LeftButton:
            return lambda: None  # the right one opens the menu by an event of its own
        extends = bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
        return lambda: self._place_caret(point, extends)

    def _place_caret(self, point: QPoint, extends: bool = False) -> None:
        cursor = self.textCursor()
        mode = cursor.MoveMode.KeepAnchor if extends else cursor.MoveMode.MoveAnchor
        cursor.setPosition(self.cursorForPosition(point).position(), mode)
        self.setTextCursor(cursor)

    def _paste_selection(self, point: QPoint) -> None:
        """Paste on X11, by the middle button, what was selected last in any window."""
        clipboard = QGuiApplication.clipboard()
        if clipboard.supportsSelection():
            data = clipboard.mimeData(QClipboard.Mode.Selection)
            self._place_caret(point)
            self.insertFromMimeData(data)

    def _open_menu(self, place: QPoint) -> None:
        menu = self.createStandardContextMenu()
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(place)

    def _beside_composition(self, act: Callable[[], None]) -> None:
        """Do something to the text with the composition out of the way, then show it again.

        A selection made meanwhile (Ctrl+A) is given up and the caret goes back: showing a preedit
        replaces what is selected.
        """
        preedit = self._preedit
        if not preedit.text:
            act()
            return
        self._preedit = Preedit()
        self._send_preedit("", self._preedit)
        before = self.textCursor()
        act()
        if self.textCursor().hasSelection():
            self.setTextCursor(before)
        self.show_composition("", preedit)

    def _send_preedit(self, commit: str, preedit: Preedit, replaced: int = 0, erased: str = "") -> None:
        # Qt looks only at the document's text and would paint the hint under the composition.
        hint = "" if preedit.text else self._hint
        if hint != self._hint_shown:
            self._show_hint(hint)
        if "\n" in commit:  # Qt clears the composition in the caret's paragraph, which will be another one
            super().inputMethodEvent(QInputMethodEvent())
        super().inputMethodEvent(composition_event(commit, preedit, replaced, erased, self._underlined))


def _first(value: object) -> float:
    """Return a float that PySide gives with its position, although its type hints say a float alone."""
    return float(value[0] if isinstance(value, tuple) else value)  # type: ignore[arg-type]
