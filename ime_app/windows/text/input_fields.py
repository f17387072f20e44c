"""Let one engine serve several fields: the text, and the search boxes of other windows.

One of them has the session at a time, the one that was entered last. A composition that is left is
finished as typed, where it was.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from PySide6.QtCore import QObject, QRect, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QWidget

from engine.protocol import Preedit
from ime_app.input.controller import InputController
from ime_app.widgets.candidate_bar import CandidateBar
from ime_app.widgets.editor import Editor
from ime_app.widgets.line_field import LineField


@dataclass(frozen=True)
class InputField:
    """A field in which one types, with the bar of its candidates."""

    editor: Editor | LineField
    bar: CandidateBar
    area: QWidget  # in which the bar lies
    take: Callable[[QKeyEvent], bool] | None = None  # asked in place of the controller

    def anchor(self) -> QRect:
        """Return where the composition is, in pixels of the area."""
        rect = self.editor.composition_rect()
        return QRect(self.editor.mapTo(self.area, rect.topLeft()), rect.size())

    def place_bar(self) -> None:
        """Move the bar, if it is shown, to where the composition is now."""
        if self.bar.isVisible():
            self.bar.place(self.anchor())

    def previewed(self) -> QRect:
        """Return where settings are seen to take effect, in global pixels: the caret's line and the bar."""
        anchor = self.anchor()
        place = self.area.mapToGlobal(anchor.topLeft())
        left = self.area.mapToGlobal(self.area.rect().topLeft()).x()
        return QRect(left, place.y(), self.area.width(), anchor.height() + self.bar.room)


class Nowhere:
    """A substitute for a field whose window has closed; what was composed in it is dropped."""

    def show_composition(
        self, commit: str, preedit: Preedit, replaced: int = 0, behind: int = 0, erased: int = 0
    ) -> None:
        """Show nothing."""

    def replay(self, event: QKeyEvent) -> None:
        """Handle no key."""

    def has_selection(self) -> bool:
        """Return that nothing is selected."""
        return False

    def text_before_caret(self, length: int) -> str:
        """Return that there is no text."""
        return ""

    def text_after_caret(self, length: int) -> str:
        """Return that there is no text."""
        return ""


class InputFields(QObject):
    """The fields of one window; `home` is the one that is there from the start."""

    changed = Signal()  # another field has the session

    def __init__(self, controller: InputController, home: InputField) -> None:
        super().__init__(controller)
        self._controller = controller
        self._home = self._entering = self._active = home
        self._others: list[InputField] = []
        self._serve(home)

    @property
    def active(self) -> InputField:
        """The field that has the session."""
        return self._active

    @property
    def is_beside(self) -> bool:
        """Whether one types elsewhere than in the text, where nothing is learnt."""
        return self._active is not self._home

    @property
    def all(self) -> list[InputField]:
        return [self._home, *self._others]

    def add(self, field: InputField) -> None:
        """Serve another field until it is destroyed."""
        self._others.append(field)
        self._serve(field)
        if field.editor.hasFocus():
            self.enter(field)

    def remove(self, field: InputField) -> None:
        """Serve it no longer: its window closes."""
        if field in self._others:
            self._others.remove(field)
        if field is self._active:
            self._active = self._home
            self._controller.use(Nowhere())
        if field is self._entering:
            self.enter(self._home)

    def enter(self, field: InputField) -> None:
        """Give the session to that field when what is under way is done.

        A window that closes may get the keyboard once more before it is destroyed: its fields stay removed.
        """
        if field is not self._entering and field in self.all:
            self._entering = field
            self._controller.finish(lambda: self._give(field))

    def _serve(self, field: InputField) -> None:
        field.editor.entered.connect(lambda: self.enter(field))
        field.editor.take_key = lambda event: self._take(field, event)

    def _take(self, field: InputField, event: QKeyEvent) -> bool:
        self.enter(field)
        return field in self.all and (field.take or self._controller.take)(event)

    def _give(self, field: InputField) -> None:
        if field is self._entering:
            self._active.bar.hide()
            self._active = field
            self._controller.use(field.editor)
            self.changed.emit()
