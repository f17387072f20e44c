"""All windows without a mouse: what has the keyboard is pressed by Enter."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QPushButton

from ime_app.i18n.strings import Strings
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.words.custom_dialog import CustomDialog
from tests.ime_app.hands import PLAIN, Hands

Open = Callable[..., Hands]
DIALOGS = ("settings", "words", "log", "retrain", "about")


@pytest.mark.parametrize("key", [Qt.Key.Key_Return, Qt.Key.Key_Enter])
@pytest.mark.parametrize("name", DIALOGS)
def test_enter_presses_the_button_that_has_the_keyboard(open_window: Open, name: str, key: Qt.Key) -> None:
    hands = open_window()
    dialog = hands.window.dialogs.open(name)
    assert dialog is not None
    hands.activate(dialog)
    pressed: list[QPushButton] = []
    buttons = [each for each in dialog.findChildren(QPushButton) if each.isVisible() and not each.menu()]
    assert buttons
    for button in buttons:
        button.setEnabled(True)
        button.clicked.disconnect()
        button.clicked.connect(lambda checked=False, button=button: pressed.append(button))
    for button in buttons:
        button.setFocus()
        QTest.keyClick(button, key)
        assert pressed == [button], button.text()
        pressed.clear()


def test_enter_opens_the_menu_of_a_button(open_window: Open) -> None:
    hands = open_window()
    dialog = hands.window.dialogs.open("log")
    assert dialog is not None
    hands.activate(dialog)
    button = next(each for each in dialog.findChildren(QPushButton) if each.menu())
    button.menu().aboutToShow.connect(lambda: opened.append(button))
    button.menu().aboutToShow.connect(button.menu().close, Qt.ConnectionType.QueuedConnection)
    opened: list[QPushButton] = []
    button.setFocus()
    QTest.keyClick(button, Qt.Key.Key_Return)
    assert opened == [button]


def test_enter_in_the_main_window_presses_what_has_the_keyboard(open_window: Open) -> None:
    hands = open_window()
    hands.activate(hands.window)
    hands.press(Qt.Key.Key_F6)
    assert hands.window.status.mode.hasFocus()
    QTest.keyClick(hands.window.status.mode, Qt.Key.Key_Return)
    hands.settle()
    assert hands.window.status.mode.text() == "英"
    hands.window._banners.add("请注意")
    (banner,) = hands.window.banners
    banner.dismiss.setFocus()
    QTest.keyClick(banner.dismiss, Qt.Key.Key_Return)
    assert hands.window.banners == []


def test_enter_that_is_held_asks_and_does_nothing_more(open_window: Open) -> None:
    hands = open_window()
    dialog = hands.window.dialogs.open("log")
    assert isinstance(dialog, LogWindow)
    erase = dialog.erase_button
    erase.setFocus()
    asked: list[None] = []
    erase.confirmed.connect(lambda: asked.append(None))
    for is_repeated in (False, True, True):
        key = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Return, PLAIN, "\r", is_repeated)
        QApplication.sendEvent(erase, key)
    assert erase.text() == erase.question
    assert not asked
    erase.disarm()


def test_enter_in_a_field_presses_ok(app: QApplication) -> None:
    dialog = CustomDialog(Strings("zh"))
    dialog.show()
    QTest.keyClick(dialog.code, Qt.Key.Key_Return)
    assert dialog.wrong.text()
    dialog.close()
