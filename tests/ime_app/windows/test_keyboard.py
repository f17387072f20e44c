"""All windows without a mouse: what has the keyboard can be seen, and is pressed by Enter."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QImage, QKeyEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QComboBox, QPushButton, QTabWidget, QWidget

from ime_app.i18n.strings import Strings
from ime_app.widgets import theme
from ime_app.widgets.editor import Editor
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.settings.settings_window import SettingsWindow
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import PLAIN, Hands
from tests.ime_app.windows.test_accessibility import is_reached

Open = Callable[..., Hands]
VISIBLE = 40  # of 255, in one of the colours
LEAST = 30  # pixels that look different: the caret of a text
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


def test_the_keyboard_reaches_all_banners_and_the_status_line_below(open_window: Open) -> None:
    hands = open_window()
    hands.activate(hands.window)
    taken: list[str] = []
    hands.window._banners.add("上次另一个窗口里还有文字", "接到正文后面", lambda: taken.append("text"))
    hands.window._banners.add("磁盘已满")
    older, newer = hands.window.banners
    status = hands.window.status
    hands.press(Qt.Key.Key_F6)
    for place in (newer.dismiss, older.action, older.dismiss, status.mode):
        assert QApplication.focusWidget() is place
        QTest.keyClick(place, Qt.Key.Key_Tab)
    for start, then in (
        (hands.editor, newer.dismiss),
        (newer.dismiss, status.mode),
        (status.mode, hands.editor),
    ):
        start.setFocus()
        QTest.keyClick(start, Qt.Key.Key_F6)
        assert QApplication.focusWidget() is then
    newer.dismiss.setFocus()
    QTest.keyClick(newer.dismiss, Qt.Key.Key_Escape)
    assert hands.editor.hasFocus()
    newer.dismiss.setFocus()
    QTest.keyClick(newer.dismiss, Qt.Key.Key_Space)
    assert older.action.hasFocus()
    QTest.keyClick(older.action, Qt.Key.Key_Return)
    assert taken == ["text"]
    assert hands.editor.hasFocus()


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
    (delete,) = [each for each in dialog.phrases.actions() if each.shortcut().toString() == "Del"]
    assert not delete.autoRepeat()
    assert not asked
    erase.disarm()


@pytest.mark.parametrize("colours", ["light", "dark", "more contrast"])
@pytest.mark.parametrize("name", ["", *DIALOGS])
def test_what_has_the_keyboard_can_be_seen(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, name: str, colours: str
) -> None:
    if colours == "more contrast":
        monkeypatch.setattr(theme, "wants_contrast", lambda: True)
    hands = open_window(overrides={"appearance.theme": "light" if colours == "light" else "dark"})
    hands.window._banners.add("请注意", "接到正文后面", lambda: None)
    window = hands.window.dialogs.open(name) if name else hands.window
    assert window is not None
    hands.activate(window)
    tabs = window.findChild(QTabWidget)
    for page in range(tabs.count() if tabs else 1):
        if tabs:
            tabs.setCurrentIndex(page)
        hands.pause(0.1)
        places = list(filter(is_reached, window.findChildren(QWidget)))
        places = [place for place in places if place.isVisible() and place.isEnabled()]
        for place, other in zip(places, [*places[1:], places[0]], strict=True):
            with_keyboard, without = (look(hands, place, focused) for focused in (place, other))
            changed = np.abs(with_keyboard - without).max(axis=2) > VISIBLE
            assert changed.sum() > LEAST, f"{type(place).__name__} {place.objectName()}"


def test_the_text_of_a_phrase_shows_that_it_has_the_keyboard(open_window: Open) -> None:
    hands = open_window()
    words = hands.window.dialogs.open("words")
    assert isinstance(words, WordsWindow)
    words.custom.add()
    (dialog,) = words.custom.findChildren(CustomDialog)
    hands.activate(dialog)
    with_keyboard, without = (look(hands, dialog.text, place) for place in (dialog.text, dialog.code))
    changed = np.abs(with_keyboard - without).max(axis=2) > VISIBLE
    assert changed.sum() > 2 * dialog.text.width(), "more than the caret"
    dialog.reject()


@pytest.mark.parametrize("name", ["settings", "words", "retrain"])
def test_a_box_to_choose_in_shows_that_it_has_the_keyboard_without_a_tab(
    open_window: Open, name: str
) -> None:
    """Qt's own shows it behind a Tab alone, and no more once the mouse was used."""
    hands = open_window()
    window = hands.window.dialogs.open(name)
    assert window is not None
    if isinstance(window, SettingsWindow):
        window.list.setCurrentRow(1)
    hands.activate(window)
    boxes = [box for box in window.findChildren(QComboBox) if box.isVisible()]
    assert boxes
    for box in boxes:
        box.setFocus(Qt.FocusReason.MouseFocusReason)
        with_keyboard = box.grab().toImage()
        box.clearFocus()
        assert with_keyboard != box.grab().toImage()


def look(hands: Hands, place: QWidget, focused: QWidget) -> np.ndarray:
    """Return how the place looks while `focused` has the keyboard."""
    focused.setFocus(Qt.FocusReason.TabFocusReason)
    if not isinstance(focused, Editor):  # there Tab is text
        QTest.keyClick(focused, Qt.Key.Key_Tab)
        QTest.keyClick(QApplication.focusWidget() or focused, Qt.Key.Key_Backtab)
    hands.pause(0.01)
    picture = place.grab().toImage().convertToFormat(QImage.Format.Format_RGB32)
    pixels = np.frombuffer(picture.constBits(), np.uint8).reshape(picture.height(), picture.width(), 4)
    return pixels[..., :3].astype(int)


def test_enter_in_a_field_presses_ok(app: QApplication) -> None:
    dialog = CustomDialog(Strings("zh"))
    dialog.show()
    QTest.keyClick(dialog.code, Qt.Key.Key_Return)
    assert dialog.wrong.text()
    dialog.close()
