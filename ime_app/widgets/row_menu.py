"""Let the right button and the Delete key do on the rows of a view what the buttons below it do."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton, QWidget


def add_button_menu(view: QWidget, buttons: Sequence[QPushButton]) -> None:
    """Give the view a context menu with an action for each button; Delete presses the first one.

    A button that asks before it acts asks in its own place, so the second press is there or Delete again.
    """
    for number, button in enumerate(buttons):
        action = QAction(button.text(), view)
        action.setToolTip(button.toolTip())
        action.triggered.connect(lambda checked=False, button=button: button.click())
        if number == 0:
            action.setShortcut(QKeySequence(Qt.Key.Key_Delete))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        view.addAction(action)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
