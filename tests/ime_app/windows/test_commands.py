"""Commands of the window, what it says to screen readers, and whose language Qt speaks."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest

from ime_app.widgets import messages, status_line
from tests.ime_app.hands import CONTROL, Hands

Open = Callable[..., Hands]


def test_one_key_copies_the_text_and_clears_it(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao shijie ma")
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, Qt.Key.Key_F2)
    hands.settle()
    assert QGuiApplication.clipboard().text() == "你好世界ma"
    assert hands.shown == "|"
    assert "5" in hands.window.status.message.text() or "6" in hands.window.status.message.text()
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    assert hands.text == "你好世界ma"


def test_an_empty_text_leaves_the_clipboard(open_window: Open) -> None:
    hands = open_window()
    QGuiApplication.clipboard().setText("旧")
    hands.window.text_commands.copy_and_clear()
    assert QGuiApplication.clipboard().text() == "旧"
    assert hands.window.status.message.text() == "还没有文字"


@pytest.mark.parametrize("key", [Qt.Key.Key_W, Qt.Key.Key_Q])
def test_ctrl_w_and_ctrl_q_close_the_window(open_window: Open, key: Qt.Key) -> None:
    hands = open_window()
    hands.type("ni")
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, key, CONTROL)
    hands.wait(lambda: not hands.window.isVisible())
    assert hands.text == "ni"


def test_ctrl_w_closes_only_the_dialog_in_front(open_window: Open) -> None:
    hands = open_window()
    dialog = hands.window.dialogs.open("keys")
    assert dialog is not None
    hands.activate(dialog)
    QTest.keyClick(dialog, Qt.Key.Key_W, CONTROL)
    hands.wait(lambda: not hands.window.dialogs.is_open("keys"))
    assert hands.window.isVisible()


@pytest.mark.parametrize(("language", "undo"), [("zh", "撤"), ("en", "Undo")])
def test_qt_speaks_the_language_of_the_window(open_window: Open, language: str, undo: str) -> None:
    hands = open_window(language=language, overrides={"appearance.language": language})
    menu = hands.editor.createStandardContextMenu()
    assert undo in menu.actions()[0].text()
    menu.deleteLater()
    hands.window._apply_language("zh")
    menu = hands.editor.createStandardContextMenu()
    assert "撤" in menu.actions()[0].text()
    menu.deleteLater()


def test_modes_messages_and_banners_are_announced(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    said: list[str] = []
    for module, name in (status_line, "announce"), (messages, "announce_in_sight"):
        monkeypatch.setattr(module, name, lambda widget, text: said.append(text))
    hands = open_window()
    hands.tap_shift()
    hands.settle()
    hands.tap_shift()
    hands.settle()
    assert said == ["英文", "中文"]
    hands.window.text_commands.copy_all()
    hands.window._banners.add("磁盘满了")
    assert said[2:] == ["还没有文字", "磁盘满了"]
    del said[:]
    control_shift = Qt.KeyboardModifier.ControlModifier | Qt.KeyboardModifier.ShiftModifier
    for _ in range(2):
        hands.press(Qt.Key.Key_Period, "", Qt.KeyboardModifier.ControlModifier)
        hands.press(Qt.Key.Key_Space, " ", Qt.KeyboardModifier.ShiftModifier)
        hands.press(Qt.Key.Key_F, "", control_shift)
        hands.settle()
        hands.window._private.trigger()
    assert said[:4] == ["英文标点", "全角", "繁体", "私密模式：什么也不记录"]
    assert said[4:] == ["中文标点", "半角", "简体", "私密模式结束了"]


def test_the_banner_of_private_mode_goes_with_it(open_window: Open) -> None:
    hands = open_window()
    hands.window._private.trigger()
    hands.close()
    again = open_window()
    assert [banner.text[:4] for banner in again.window.banners] == ["私密模式"]
    again.window._private.trigger()
    assert again.window.banners == []


def test_retraining_is_in_the_menu(open_window: Open) -> None:
    rows = [action.text() for action in open_window().window.status.menu.menu().actions()]
    assert {"再训练", "输入记录", "设置", "复制并清空", "关闭窗口"} <= set(rows)


def test_shift_that_does_not_switch_leaves_the_button(open_window: Open) -> None:
    hands = open_window(overrides={"input.shift": "nothing"})
    hands.tap_shift()
    hands.settle()
    assert hands.window.status.mode.text() == "中"
    hands.window.status.mode.click()
    hands.settle()
    assert hands.window.status.mode.text() == "英"
    hands.press(Qt.Key.Key_Space, "", CONTROL)
    hands.settle()
    assert hands.window.status.mode.text() == "中"
