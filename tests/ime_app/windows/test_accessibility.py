"""What a screen reader says of every place that the keyboard reaches, in both languages."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QAbstractSpinBox, QComboBox, QLabel, QWidget

from tests.ime_app.hands import Hands

Open = Callable[..., Hands]
HANZI = re.compile(r"[\u4e00-\u9fff]")
SIGNS = ("中/英", "中", "简", "半")  # what the keys and the modes show in any language


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_place_has_a_name(open_window: Open, language: str) -> None:
    hands = open_window(language=language, overrides={"appearance.language": language})
    for name in ("", "settings", "words", "log", "retrain", "keys", "about"):
        window = hands.window.dialogs.open(name) if name else hands.window
        assert window is not None
        for place in filter(is_reached, window.findChildren(QWidget)):
            said = name_of(place)
            assert said, f"{name}: {type(place).__name__} {place.objectName()}"
            for sign in SIGNS if language == "en" else ():
                said = said.replace(sign, "")
            assert language == "zh" or not HANZI.search(said), said
            assert not isinstance(place, QComboBox) or description_of(place) or has_label(place)
        if name:
            window.close()


def is_reached(place: QWidget) -> bool:
    """Whether Tab stops there; what stands inside a field of numbers or dates is that field."""
    inside = isinstance(place.parentWidget(), QAbstractSpinBox | QComboBox)
    stops = bool(place.focusPolicy() & Qt.FocusPolicy.TabFocus) and place.focusProxy() is None
    return stops and not inside and bool(place.window().windowTitle())


def has_label(place: QWidget) -> bool:
    """Whether a label belongs to it: on Linux the name of a list to choose from is what is chosen."""
    return any(label.buddy() is place for label in place.window().findChildren(QLabel))


def description_of(place: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(place).text(QAccessible.Text.Description)


def name_of(place: QWidget) -> str:
    return QAccessible.queryAccessibleInterface(place).text(QAccessible.Text.Name)
