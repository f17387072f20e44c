"""Show what every key does, on one page."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtCore import QSize, Qt
from PySide6.QtGui import QKeySequence, QResizeEvent, QShortcut
from PySide6.QtWidgets import QDialog, QGridLayout, QHBoxLayout, QLabel, QScrollArea, QWidget

from ime_app.i18n.strings import Strings
from ime_app.settings.schema import Settings, setting

SPACING: Final[int] = 8


@dataclass(frozen=True)
class ShortcutRow:
    """Keys and the text that says what they do, shown where the setting `needs` has one of `values`."""

    keys: str
    text: str
    needs: str = ""
    values: tuple[object, ...] = (True,)


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
                ShortcutRow("Enter", "key.enter", "input.enter", ("letters",)),
                ShortcutRow("Enter", "key.enter_picks", "input.enter", ("candidate",)),
                ShortcutRow("Esc", "key.escape"),
                ShortcutRow("Ctrl+1 … Ctrl+9  Shift+Delete", "key.forget"),
                ShortcutRow("Ctrl+Z", "key.restore"),
                ShortcutRow("Ctrl+↑  Ctrl+↓", "key.pin"),
                ShortcutRow("Ctrl+Enter", "key.candidate_menu"),
            ),
        ),
        (
            "keys.modes",
            (
                ShortcutRow("Shift", "key.chinese", "input.shift", ("letters", "candidate")),
                ShortcutRow("Ctrl+Space", "key.chinese", "input.switch_with_control_space"),
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
                ShortcutRow("F2", "key.copy_and_clear"),
                ShortcutRow("Ctrl+W", "key.close"),
                ShortcutRow("Ctrl+,", "key.settings"),
                ShortcutRow("Ctrl+Shift+L", "key.log"),
                ShortcutRow("Ctrl+Shift+W", "key.words"),
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
        self._area = QScrollArea()
        self._area.setWidgetResizable(True)
        self._area.setFrameShape(QScrollArea.Shape.NoFrame)
        outer = QHBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._area)
        self._fill()
        self.resize(self._wide + QSize(self._area.verticalScrollBar().sizeHint().width(), 0))
        QShortcut(QKeySequence(Qt.Key.Key_F1), self).activated.connect(self.close)

    def speak(self) -> None:
        """Show everything in the window's language."""
        self._fill()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Put the columns below each other where they have no room side by side."""
        super().resizeEvent(event)
        self._arrange()

    def _fill(self) -> None:
        strings = self._strings
        self.setWindowTitle(strings("keys"))
        self._area.setAccessibleName(strings("keys"))
        self.setAccessibleDescription("; ".join(f"{row.keys}: {strings(row.text)}" for row in self.rows()))
        self._body = QWidget()
        layout = self._columns = QHBoxLayout(self._body)
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
        self._area.setWidget(self._body)
        for widget in self._body.findChildren(QWidget):
            widget.ensurePolished()  # the style sheet gives the keys their edges
            widget.updateGeometry()
        self._wide = self._body.sizeHint()
        self._arrange()

    def _arrange(self) -> None:
        is_wide = self.width() >= self._wide.width()
        direction = QHBoxLayout.Direction
        self._columns.setDirection(direction.LeftToRight if is_wide else direction.TopToBottom)

    def rows(self) -> list[ShortcutRow]:
        """Return the rows shown, from the first column on."""
        return [row for groups in COLUMNS for _, rows in groups for row in self._wanted(rows)]

    def _wanted(self, rows: tuple[ShortcutRow, ...]) -> list[ShortcutRow]:
        settings = self._settings
        return [row for row in rows if not row.needs or settings.value(setting(row.needs)) in row.values]

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
