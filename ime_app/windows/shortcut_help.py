"""The cheat sheet: what every key does, on one page.

Knows the key table as its user reads it, and which rows the settings leave out; knows nothing of
how keys are handled.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QKeySequence, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QWidget

from ime_app.i18n.strings import Strings
from ime_app.settings.schema import Settings, setting

SPACING: Final[int] = 8


@dataclass(frozen=True)
class Row:
    """Keys and the text that says what they do; shown only where the setting `needs` is on."""

    keys: str
    text: str
    needs: str = ""


# Two columns of groups, each a heading and its rows.
COLUMNS: Final[tuple[tuple[tuple[str, tuple[Row, ...]], ...], ...]] = (
    (
        (
            "keys.picking",
            (
                Row("Space", "key.space"),
                Row("1 … 9", "key.number"),
                Row(";  '", "key.second_third", "input.pick_with_semicolon_quote"),
                Row("[  ]", "key.take", "input.take_with_brackets"),
                Row("↑ ↓  Tab  Shift+Tab", "key.highlight"),
                Row("-  =", "key.page", "input.page_with_minus_equal"),
                Row(",  .", "key.page", "input.page_with_comma_period"),
                Row("PgUp  PgDn", "key.page", "input.page_with_page_keys"),
                Row("Enter", "key.enter"),
                Row("Esc", "key.escape"),
                Row("Ctrl+1 … Ctrl+9  Shift+Delete", "key.forget"),
                Row("Ctrl+Z", "key.restore"),
                Row("Ctrl+↑  Ctrl+↓", "key.pin"),
            ),
        ),
        (
            "keys.modes",
            (
                Row("Shift", "key.chinese"),
                Row("Ctrl+.", "key.punctuation"),
                Row("Shift+Space", "key.width", "input.width_with_shift_space"),
                Row("Ctrl+Shift+F", "key.script"),
                Row("Ctrl+Shift+P", "key.private"),
            ),
        ),
    ),
    (
        (
            "keys.editing",
            (
                Row("'", "key.boundary"),
                Row("A … Z", "key.capital"),
                Row("← →", "key.letter"),
                Row("Ctrl+← Ctrl+→", "key.syllable"),
                Row("Home  End", "key.ends"),
                Row("Backspace  Delete", "key.delete"),
                Row("Ctrl+Backspace  Ctrl+Delete", "key.delete_syllable"),
            ),
        ),
        (
            "keys.special",
            (
                Row("rq  sj  xq", "key.dates", "input.dates"),
                Row("v123  v2*3", "key.computed", "input.computed"),
                Row("u4f60", "key.unicode", "input.computed"),
                Row("a.com  www.  name@", "key.addresses", "input.addresses"),
                Row("Ctrl+1 … Ctrl+9", "key.predictions", "input.predict"),
            ),
        ),
        (
            "keys.window",
            (
                Row("Ctrl+Shift+C", "key.copy_all"),
                Row("Ctrl+,", "key.settings"),
                Row("Ctrl+Shift+L", "key.log"),
                Row("Ctrl+Shift+T", "key.retrain"),
                Row("F1", "key.keys"),
                Row("F6", "key.buttons"),
            ),
        ),
    ),
)


class CheatSheet(QDialog):
    """Not modal; F1 and Esc close it again."""

    def __init__(self, settings: Settings, strings: Strings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strings = strings
        self._settings = settings
        self._outer = QHBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._fill()
        QShortcut(QKeySequence(Qt.Key.Key_F1), self).activated.connect(self.close)

    def speak(self) -> None:
        """Everything in the window's language."""
        self._body.hide()
        self._body.deleteLater()
        self._fill()

    def _fill(self) -> None:
        strings = self._strings
        self.setWindowTitle(strings("keys"))
        self.setAccessibleDescription("; ".join(f"{row.keys}: {strings(row.text)}" for row in self.rows()))
        self._body = QWidget(self)
        self._outer.addWidget(self._body)
        layout = QHBoxLayout(self._body)
        layout.setContentsMargins(3 * SPACING, 2 * SPACING, 3 * SPACING, 3 * SPACING)
        layout.setSpacing(5 * SPACING)
        for groups in COLUMNS:
            grid = QGridLayout()
            grid.setHorizontalSpacing(2 * SPACING)
            grid.setVerticalSpacing(SPACING)
            for heading, rows in groups:
                self._add_group(grid, heading, self._wanted(rows))
            grid.setRowStretch(grid.rowCount(), 1)
            layout.addLayout(grid)

    def rows(self) -> list[Row]:
        """The rows shown, from the first column on."""
        return [row for groups in COLUMNS for _, rows in groups for row in self._wanted(rows)]

    def _wanted(self, rows: tuple[Row, ...]) -> list[Row]:
        return [row for row in rows if not row.needs or self._settings.value(setting(row.needs))]

    def _add_group(self, grid: QGridLayout, heading: str, rows: list[Row]) -> None:
        title = QLabel(self._strings(heading))
        title.setObjectName("heading")
        title.setContentsMargins(0, SPACING, 0, 0)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for row in rows:
            number = grid.rowCount()
            grid.addLayout(_key_caps(row.keys), number, 0)
            grid.addWidget(QLabel(self._strings(row.text)), number, 1)


def _key_caps(keys: str) -> QHBoxLayout:
    """Each key as it is printed on a keyboard."""
    caps = QHBoxLayout()
    caps.setSpacing(SPACING // 2)
    for key in keys.split():
        cap = QLabel(key)
        cap.setObjectName("key")
        cap.setTextFormat(Qt.TextFormat.PlainText)
        caps.addWidget(cap)
    caps.addStretch(1)
    return caps
