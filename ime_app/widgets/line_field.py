"""Provide a field of one line into which one can type with Moyin itself: a search box."""

from __future__ import annotations

from collections.abc import Callable

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QFocusEvent, QKeyEvent, QTextCharFormat
from PySide6.QtWidgets import QLineEdit

from engine.protocol import Preedit
from ime_app.input.qt_keys import completes_tap, is_text_with_shortcut
from ime_app.input.shift_tap import ShiftTap
from ime_app.widgets.utf16 import composition_event, grapheme_before, utf16_cut


class LineField(QLineEdit):
    """A line edit that asks `take_key`, if that is set, before it handles a key press."""

    entered = Signal()  # it has the keyboard
    shift_tapped = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.take_key: Callable[[QKeyEvent], bool] = lambda event: False
        self._preedit = Preedit()
        self._shift_tap = ShiftTap()
        self._underlined = QTextCharFormat()
        self._underlined.setUnderlineStyle(QTextCharFormat.UnderlineStyle.SingleUnderline)

    def show_composition(
        self, commit: str, preedit: Preedit, replaced: int = 0, behind: int = 0, erased: int = 0
    ) -> None:
        """Insert `commit` at the caret, in place of the selection, and show `preedit` after it.

        `commit` takes the place of the `erased` characters before the caret and the `replaced` ones behind
        it, and the caret goes before its last `behind`.
        """
        if not commit and not erased and preedit == self._preedit:
            return
        self._preedit = preedit
        before = self.text_before_caret(2 * erased)[-erased:] if erased else ""
        event = composition_event(commit, preedit, replaced, before, self._underlined)
        super().inputMethodEvent(event)
        if behind:
            self.cursorBackward(False, behind)

    def replay(self, event: QKeyEvent) -> None:
        """Handle a key press that the session has left to the field."""
        preedit = self._preedit
        self.show_composition("", Preedit())
        self._handle_key(event)
        self.show_composition("", preedit)

    def has_selection(self) -> bool:
        """Return whether some of the text is selected."""
        return self.hasSelectedText()

    def text_before_caret(self, length: int) -> str:
        """Return at most `length` characters before the caret or the selection."""
        end = self.selectionStart() if self.hasSelectedText() else self.cursorPosition()
        return utf16_cut(self.text(), 0, end)[-length:]

    def text_after_caret(self, length: int) -> str:
        """Return at most `length` characters behind the caret or the selection."""
        start = self.selectionEnd() if self.hasSelectedText() else self.cursorPosition()
        return utf16_cut(self.text(), start)[:length]

    def composition_rect(self) -> QRect:
        """Return where the caret is, in own pixels: the candidates stand below it."""
        caret = self.cursorRect()
        return QRect(caret.left(), 0, 1, self.height())

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.entered.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        completes_tap(self._shift_tap, event)
        if self.take_key(event):
            event.accept()
        else:
            self._handle_key(event)

    def keyReleaseEvent(self, event: QKeyEvent) -> None:
        if completes_tap(self._shift_tap, event):
            self.shift_tapped.emit()
        super().keyReleaseEvent(event)

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self._shift_tap.disarm()
        super().focusOutEvent(event)

    def _handle_key(self, event: QKeyEvent) -> None:
        if is_text_with_shortcut(event):
            event.ignore()
            return
        if event.key() == Qt.Key.Key_Backspace and not event.modifiers() & ~Qt.KeyboardModifier.ShiftModifier:
            self._select_before_caret()
        super().keyPressEvent(event)

    def _select_before_caret(self) -> None:
        """Select for Backspace one character as it is seen: 🇨🇳 and 👍🏻 are several to Qt's own."""
        place = self.cursorPosition()
        start = grapheme_before(self.text(), place)
        if not self.hasSelectedText() and place - start > 1 and not self.isReadOnly():
            self.setSelection(start, place - start)
