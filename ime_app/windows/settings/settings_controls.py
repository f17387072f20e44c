"""Make one control for each setting: a box to tick, a number, a list to choose from.

Every control has a name and a description for screen readers.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import partial
from typing import Final

from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import QCheckBox, QComboBox, QGridLayout, QSpinBox, QWidget

from ime_app.i18n.strings import Strings
from ime_app.settings.schema import Family, Names, Range, SchemeSetting, Setting, Toggle, WordSetting
from ime_app.widgets.buttons import ComboBox
from ime_app.widgets.file_dialogs import open_file

MIN_HEIGHT: Final[int] = 28  # pixels; what a finger or a shaky hand still hits
FILE: Final[str] = "…"  # stands for a file that is still to be chosen
N_COLUMN: Final[int] = 3
MAX_FAMILY_WIDTH: Final[int] = 260  # pixels; a font's name may be a sentence


@dataclass(frozen=True)
class Control:
    """A control: `widget` shows the setting, `show` sets it without reporting, `value` reads it."""

    setting: Setting
    widget: QWidget
    value: Callable[[], object]
    show: Callable[[object], None]

    @property
    def has_own_label(self) -> bool:
        """Whether the control carries its label itself, as boxes to tick do."""
        return isinstance(self.setting.limits, Toggle | Names)


def create_control(setting: Setting, strings: Strings, changed: Callable[[], None]) -> Control:
    """Return the control of a setting; `changed` is called when its user changes it."""
    match setting.limits:
        case Toggle():
            control = _tick_box(setting, strings, changed)
        case Range(least, most):
            control = _number(setting, least, most, changed)
        case WordSetting(words):
            rows = [(strings(f"{setting.key}={word}"), word) for word in words]
            control = _list(setting, rows, changed)
        case SchemeSetting(words):
            control = _scheme(setting, words, strings, changed)
        case Names(labels):
            control = _tick_boxes(setting, labels, changed)
        case Family():
            control = _list(setting, _families(setting, strings), changed)
            control.widget.setMaximumWidth(MAX_FAMILY_WIDTH)
    tip = strings(f"{setting.key}.tip")
    control.widget.setMinimumHeight(max(MIN_HEIGHT, control.widget.minimumSizeHint().height()))
    control.widget.setObjectName(setting.key)
    control.widget.setToolTip(tip)
    control.widget.setAccessibleName(strings(setting.key))
    control.widget.setAccessibleDescription(tip)
    return control


def _tick_box(setting: Setting, strings: Strings, changed: Callable[[], None]) -> Control:
    box = QCheckBox(strings(setting.key))
    box.toggled.connect(changed)
    return Control(
        setting, box, box.isChecked, lambda value: _silently(box, lambda: box.setChecked(bool(value)))
    )


def _tick_boxes(
    setting: Setting, labels: tuple[tuple[str, str], ...], changed: Callable[[], None]
) -> Control:
    """Return a box for each name, in columns."""
    widget = QWidget()
    grid = QGridLayout(widget)
    grid.setContentsMargins(0, 0, 0, 0)
    boxes = {}
    for number, (name, label) in enumerate(labels):
        boxes[name] = box = QCheckBox(label)
        box.setMinimumHeight(MIN_HEIGHT)
        box.toggled.connect(changed)
        grid.addWidget(box, number // N_COLUMN, number % N_COLUMN)

    def show(value: object) -> None:
        assert isinstance(value, tuple)
        for name, box in boxes.items():
            _silently(box, partial(box.setChecked, name in value))

    def value() -> tuple[str, ...]:
        return tuple(name for name, box in boxes.items() if box.isChecked())

    return Control(setting, widget, value, show)


def _number(setting: Setting, least: int, most: int, changed: Callable[[], None]) -> Control:
    spin = QSpinBox()
    spin.setRange(least, most)
    spin.valueChanged.connect(changed)

    def show(value: object) -> None:
        assert isinstance(value, int)
        _silently(spin, lambda: spin.setValue(value))

    return Control(setting, spin, spin.value, show)


def _list(setting: Setting, rows: list[tuple[str, str]], changed: Callable[[], None]) -> Control:
    """Return a list of (what is shown, what it stands for); a value that is no row gets one of its own."""
    box = ComboBox()
    for shown, word in rows:
        box.addItem(shown, word)
    box.currentIndexChanged.connect(changed)

    def select(value: object) -> None:
        if box.findData(value) < 0:
            box.addItem(str(value), value)
        box.setCurrentIndex(box.findData(value))

    return Control(setting, box, box.currentData, lambda value: _silently(box, lambda: select(value)))


def _scheme(
    setting: Setting, words: tuple[str, ...], strings: Strings, changed: Callable[[], None]
) -> Control:
    """Return a list whose last row asks for a file; the file then has a row of its own."""
    rows = [(strings(f"{setting.key}={word}"), word) for word in words]
    control = _list(setting, [*rows, (strings(f"{setting.key}.file"), FILE)], lambda: None)
    box, last = control.widget, [words[0]]
    assert isinstance(box, QComboBox)

    def show(value: object) -> None:
        last[0] = str(value)
        control.show(value)

    def choose() -> None:
        if box.currentData() == FILE:
            path = open_file(box, strings(setting.key), "files.scheme", strings)
            control.show(str(path) if path else last[0])
        if box.currentData() != last[0]:
            last[0] = str(box.currentData())
            changed()

    box.currentIndexChanged.connect(choose)
    return Control(setting, box, box.currentData, show)


def _families(setting: Setting, strings: Strings) -> list[tuple[str, str]]:
    """Return the fonts of this computer that have hanzi."""
    families = QFontDatabase.families(QFontDatabase.WritingSystem.SimplifiedChinese)
    return [(strings(f"{setting.key}="), ""), *((family, family) for family in families)]


def _silently(widget: QWidget, act: Callable[[], None]) -> None:
    """Change what is shown without telling anybody: what its user wants has not changed."""
    blocked = widget.blockSignals(True)
    act()
    widget.blockSignals(blocked)
