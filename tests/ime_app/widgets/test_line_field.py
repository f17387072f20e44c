"""The field of one line deletes characters as they are seen."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from ime_app.widgets.line_field import LineField

SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


@pytest.mark.parametrize("seen", ["🇨🇳", "❤️", "👍🏻", "👨‍👩‍👧", "1️⃣", "𫐐", "é", "字"])
@pytest.mark.parametrize("modifiers", [PLAIN, SHIFT])
def test_one_backspace_deletes_one_character_as_it_is_seen(
    app: QApplication, seen: str, modifiers: Qt.KeyboardModifier
) -> None:
    field = LineField()
    field.setText(f"甲{seen}乙")
    field.cursorBackward(False, 1)
    QTest.keyClick(field, Qt.Key.Key_Backspace, modifiers)
    assert field.text() == "甲乙"
    field.undo()
    assert field.text() == f"甲{seen}乙"


def test_backspace_still_deletes_what_is_selected_and_nothing_at_the_start(app: QApplication) -> None:
    field = LineField()
    field.setText("甲👍🏻乙丙")
    field.setSelection(len("甲👍🏻".encode("utf-16-le")) // 2, 2)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "甲👍🏻"
    field.home(False)
    QTest.keyClick(field, Qt.Key.Key_Backspace)
    assert field.text() == "甲👍🏻"
