"""Show the menu on a candidate: pin it, forget it, add it as a word, show its reading."""

from __future__ import annotations

from functools import partial
from typing import Final

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QMenu

from engine.session.candidate_actions import deeds_of
from ime_app.i18n.strings import Strings
from ime_app.input.controller import InputController
from ime_app.widgets.candidate_bar import CandidateBar

_KEYS: Final = (Qt.Key.Key_Return, Qt.Key.Key_Enter)


class CandidateMenu(QObject):
    """A menu that opens by the right button on a candidate, and by Ctrl+Enter on the highlighted one."""

    def __init__(
        self, editor: QObject, bar: CandidateBar, controller: InputController, strings: Strings
    ) -> None:
        super().__init__(bar)
        editor.installEventFilter(self)
        self._bar = bar
        self._controller = controller
        self._strings = strings
        self.menu: QMenu | None = None
        bar.asked.connect(self.open)

    def take(self, event: QKeyEvent) -> bool:
        """Open the menu by its key, where candidates are shown; else let the controller take the key."""
        if self._is_asked_by(event):
            self.open(*self._bar.place_of_highlighted())
            if self.menu is not None:
                self.menu.setActiveAction(self.menu.actions()[0])  # Enter takes it, arrows the others
            return True
        return self._controller.take(event)

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        """Keep the key from the command of the window that has it while nothing is composed."""
        overrides = event.type() is QEvent.Type.ShortcutOverride
        if overrides and isinstance(event, QKeyEvent) and self._is_asked_by(event):
            event.accept()
            return True
        return super().eventFilter(watched, event)

    def _is_asked_by(self, event: QKeyEvent) -> bool:
        is_key = event.key() in _KEYS and event.modifiers() == Qt.KeyboardModifier.ControlModifier
        is_shown = self._bar.isVisible() and self._controller.is_composing and self._controller.is_idle
        return is_key and is_shown and self._bar.place_of_highlighted()[0] > 0

    def open(self, number: int, place: QPoint) -> None:
        """Show what can be done with the candidate of that number on the page, at a place of the screen.

        No row is active: where the first one lies under the mouse, the release of the button that opened the
        menu would take it.
        """
        if not (self._controller.is_idle and self._controller.is_composing):
            return
        candidate = self._bar.menu.page_candidates[number - 1]
        if self.menu is not None:
            self.menu.deleteLater()
        menu = self.menu = QMenu(self._bar.window())
        for deed in deeds_of(candidate):
            text = self._strings(f"deed.{deed.value}", text=candidate.label)
            menu.addAction(text, partial(self._controller.act, number, deed))
        if menu.isEmpty():
            menu.addAction(self._strings("deed.none")).setEnabled(False)
        menu.aboutToHide.connect(self._bar.window().activateWindow)
        menu.popup(place)
