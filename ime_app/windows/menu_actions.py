"""Define what the window can be told to do besides typing: names, shortcuts, and the menu of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QMenu, QWidget

from ime_app.i18n.strings import Strings

SHORTCUTS: Final[dict[str, str]] = {
    "copy_all": "Ctrl+Shift+C",
    "copy_and_clear": "F2",
    "settings": "Ctrl+,",
    "keys": "F1",
    "log": "Ctrl+Shift+L",
    "words": "Ctrl+Shift+W",
    "retrain": "Ctrl+Shift+T",
    "private": "Ctrl+Shift+P",
    "buttons": "F6",
    "menu": "F10",
    "close": "Ctrl+W",
}
OTHER_SHORTCUTS: Final[dict[str, str]] = {"close": "Ctrl+Q"}
_MENU: Final[tuple[str, ...]] = (
    "private",
    "log",
    "words",
    "retrain",
    "",
    "settings",
    "keys",
    "",
    "copy_all",
    "copy_and_clear",
    "",
    "about",
    "close",
)  # "" is a line between


def create_commands(
    window: QWidget, strings: Strings, acts: Mapping[str, Callable[[], object]]
) -> dict[str, QAction]:
    """Return an action of the window for each name of `acts`; its text and shortcut have that name too."""
    actions = {}
    for name, act in acts.items():
        action = QAction(window)
        keys = [table[name] for table in (SHORTCUTS, OTHER_SHORTCUTS) if name in table]
        action.setShortcuts([QKeySequence(key) for key in keys])
        action.triggered.connect(lambda checked=False, act=act: act())
        window.addAction(action)
        actions[name] = action
    name_commands(actions, strings)
    return actions


def name_commands(actions: Mapping[str, QAction], strings: Strings) -> None:
    """Set their texts in the window's language."""
    for name, action in actions.items():
        shown = action.shortcut().toString(QKeySequence.SequenceFormat.NativeText)
        action.setText(strings(name))
        action.setToolTip(strings(f"{name}_tip", shortcut=shown))


def create_menu(window: QWidget, actions: Mapping[str, QAction]) -> QMenu:
    """Return the menu of the commands that a user looks for in a menu."""
    menu = QMenu(window)
    menu.setToolTipsVisible(True)
    for name in _MENU:
        if name:
            menu.addAction(actions[name])
        else:
            menu.addSeparator()
    return menu
