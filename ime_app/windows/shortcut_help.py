"""Show what every key does, on one page."""

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
class ShortcutRow:
    """Keys and the text that says what they do; shown only if the setting `needs` is on."""

    keys: str
    text: str
    needs: str = ""


# Two columns of groups, each a heading and its rows.
COLUMNS: Final[tuple[tuple[tuple[str, tuple[ShortcutRow, ...]], ...], ...]] = (
    (
        (
            "keys.picking",
            (
                ShortcutRow("Space", "key.space"),
                ShortcutRow("1 … 9", "key.number"),
                ShortcutRow(";  '", "key.second_third", "input.pick_with_semicolon_quote"),
                ShortcutRow("[  ]", "key.take", "input.take_with_brackets"),
                ShortcutRow("`4  `mu  `yiyuan", "key.narrow", "input.narrow_with_backquote"),
                ShortcutRow("↑ ↓  Tab  Shift+Tab", "key.highlight"),
                ShortcutRow("-  =", "key.page", "input.page_with_minus_equal"),
                ShortcutRow(",  .", "key.page", "input.page_with_comma_period"),
                ShortcutRow("PgUp  PgDn", "key.page", "input.page_with_page_keys"),
                ShortcutRow("Enter", "key.enter"),
                ShortcutRow("Esc", "key.escape"),
                ShortcutRow("Ctrl+1 … Ctrl+9  Shift+Delete", "key.forget"),
                ShortcutRow("Ctrl+Z", "key.restore"),
                ShortcutRow("Ctrl+↑  Ctrl+↓", "key.pin"),
            ),
        ),
        (
            "keys.modes",
            (
                ShortcutRow("Shift", "key.chinese"),
                ShortcutRow("Ctrl+.", "key.punctuation"),
                ShortcutRow("Shift+Space", "key.width", "input.width_with_shift_space"),
                ShortcutRow("Ctrl+Shift+F", "key.script"),
                ShortcutRow("Ctrl+Shift+P", "key.private"),
            ),
        ),
    ),
    (
        (
            "keys.editing",
            (
                ShortcutRow("'", "key.boundary"),
                ShortcutRow("A … Z", "key.capital"),
                ShortcutRow("← →", "key.letter"),
                ShortcutRow("Ctrl+← Ctrl+→", "key.syllable"),
                ShortcutRow("Home  End", "key.ends"),
                ShortcutRow("Backspace  Delete", "key.delete"),
                ShortcutRow("Ctrl+Backspace  Ctrl+Delete", "key.delete_syllable"),
            ),
        ),
        (
            "keys.special",
            (
                ShortcutRow("rq  sj  xq", "key.dates", "input.dates"),
                ShortcutRow("v123  v2*3", "key.computed", "input.computed"),
                ShortcutRow("u4f60", "key.unicode", "input.computed"),
                ShortcutRow("umuzi", "key.components", "input.computed"),
                ShortcutRow("a.com  www.  name@", "key.addresses", "input.addresses"),
                ShortcutRow("Ctrl+1 … Ctrl+9", "key.predictions", "input.predict"),
            ),
        ),
        (
            "keys.window",
            (
                ShortcutRow("Ctrl+Shift+C", "key.copy_all"),
                ShortcutRow("Ctrl+,", "key.settings"),
                ShortcutRow("Ctrl+Shift+L", "key.log"),
                ShortcutRow("Ctrl+Shift+T", "key.retrain"),
                ShortcutRow("F1", "key.keys"),
                ShortcutRow("F6", "key.buttons"),
            ),
        ),
    ),
)


class CheatSheet(QDialog):
    """The page of keys. Not modal; F1 and Esc close it again."""

    def __init__(self, settings: Settings, strings: Strings, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._strings = strings
        self._settings = settings
        self._outer = QHBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._fill()
        QShortcut(QKeySequence(Qt.Key.Key_F1), self).activated.connect(self.close)

    def speak(self) -> None:
        """Show everything in the window's language."""
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

    def rows(self) -> list[ShortcutRow]:
        """Return the rows shown, from the first column on."""
        return [row for groups in COLUMNS for _, rows in groups for row in self._wanted(rows)]

    def _wanted(self, rows: tuple[ShortcutRow, ...]) -> list[ShortcutRow]:
        return [row for row in rows if not row.needs or self._settings.value(setting(row.needs))]

    def _add_group(self, grid: QGridLayout, heading: str, rows: list[ShortcutRow]) -> None:
        title = QLabel(self._strings(heading))
        title.setObjectName("heading")
        title.setContentsMargins(0, SPACING, 0, 0)
        grid.addWidget(title, grid.rowCount(), 0, 1, 2)
        for row in rows:
            number = grid.rowCount()
            grid.addLayout(_key_caps(row.keys), number, 0)
            grid.addWidget(QLabel(self._strings(row.text)), number, 1)


def _key_caps(keys: str) -> QHBoxLayout:
    """Return each key as it is printed on a keyboard."""
    caps = QHBoxLayout()
    caps.setSpacing(SPACING // 2)
    for key in keys.split():
        cap = QLabel(key)
        cap.setObjectName("key")
        cap.setTextFormat(Qt.TextFormat.PlainText)
        caps.addWidget(cap)
    caps.addStretch(1)
    return caps
