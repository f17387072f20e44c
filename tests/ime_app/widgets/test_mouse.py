"""The mouse on the text while something is composed: the letters become text, then the click counts."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QMimeData, QPoint, Qt
from PySide6.QtGui import QClipboard, QContextMenuEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QMenu

from tests.ime_app.hands import PLAIN, SHIFT, Hands

Open = Callable[..., Hands]


def composing(open_window: Open) -> Hands:
    """`ni` after 甲乙丙."""
    hands = open_window()
    hands.editor.setPlainText("甲乙丙")
    hands.select(3, 3)
    hands.type("ni")
    return hands


def start_of_text(hands: Hands) -> QPoint:
    return QPoint(0, hands.editor.cursorRect().center().y())


def test_the_context_menu_opens_on_a_finished_composition(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    hands = composing(open_window)
    point = QPoint(50, 50)
    opened: list[QPoint] = []  # not shown: a display is missing that gives a menu the keyboard
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: opened.append(place))
    event = QContextMenuEvent(QContextMenuEvent.Reason.Mouse, point, hands.editor.mapToGlobal(point))
    QApplication.sendEvent(hands.editor.viewport(), event)
    hands.settle()
    assert hands.shown == "甲乙丙ni|"
    assert opened == [hands.editor.mapToGlobal(point)]


def test_a_selection_made_while_composing_is_not_replaced(open_window: Open) -> None:
    hands = composing(open_window)
    hands.select(1, 1)  # elsewhere first: the composition must come back to its place
    hands.editor.selectAll()
    hands.type("hao")
    assert hands.text == "甲乙丙"
    assert hands.shown == "甲乙丙[ni hao|]"
    hands.editor.selectAll()
    hands.type(" ")
    assert hands.shown == "甲乙丙你好|"


def test_shift_and_click_selects_up_to_the_composition(open_window: Open) -> None:
    hands = composing(open_window)
    QTest.mouseClick(hands.editor.viewport(), Qt.MouseButton.LeftButton, SHIFT, start_of_text(hands))
    hands.settle()
    assert hands.editor.textCursor().selectedText() == "甲乙丙ni"
    assert hands.editor.textCursor().position() == 0


def test_the_right_button_leaves_the_caret(open_window: Open) -> None:
    hands = composing(open_window)
    QTest.mouseClick(hands.editor.viewport(), Qt.MouseButton.RightButton, PLAIN, start_of_text(hands))
    hands.settle()
    assert hands.shown == "甲乙丙ni|"


class SelectionClipboard:
    """A clipboard as X11 has it."""

    def __init__(self) -> None:
        self._data = QMimeData()
        self._data.setText("贴")

    def clipboard(self) -> SelectionClipboard:
        return self

    def supportsSelection(self) -> bool:
        return True

    def mimeData(self, mode: QClipboard.Mode) -> QMimeData:
        assert mode is QClipboard.Mode.Selection
        return self._data


def test_the_middle_button_pastes_the_selection(open_window: Open, monkeypatch: pytest.MonkeyPatch) -> None:
    hands = composing(open_window)
    monkeypatch.setattr("ime_app.widgets.editor.QGuiApplication", SelectionClipboard())
    QTest.mouseClick(hands.editor.viewport(), Qt.MouseButton.MiddleButton, PLAIN, start_of_text(hands))
    hands.settle()
    assert hands.shown == "贴|甲乙丙ni"
