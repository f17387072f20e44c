"""Provide tables of rows, with actions on the chosen ones by button, right button and key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from functools import partial
from typing import Any, Final

from PySide6.QtCore import (
    QAbstractTableModel,
    QItemSelectionModel,
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    Qt,
)
from PySide6.QtGui import QAction, QFocusEvent, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QDialog,
    QDialogButtonBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QLineEdit,
    QListWidget,
    QMenu,
    QPushButton,
    QScrollArea,
    QTableView,
    QTabWidget,
    QWidget,
)

from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.widgets.buttons import Button
from ime_app.widgets.messages import WrappedLabel

SPACING = 10
# Of a button beside a text of any number of lines: without it the line is no higher than the button.
BESIDE_TEXT: Final = Qt.AlignmentFlag.AlignBottom
ModelIndex = QModelIndex | QPersistentModelIndex
NO_INDEX: Final = QModelIndex()
MOST_KEPT: Final[int] = 500  # rows that are chosen again


class RowModel(QAbstractTableModel):
    """A model of whole rows whose cells are texts; the heading of a column is the string `prefix.column`."""

    def __init__(self, strings: Strings, prefix: str, columns: Sequence[str]) -> None:
        super().__init__()
        self._strings = strings
        self._prefix = prefix
        self._columns = columns

    def speak(self) -> None:
        """Tell that headings and cells may read otherwise in the window's language."""
        self.headerDataChanged.emit(Qt.Orientation.Horizontal, 0, len(self._columns) - 1)
        if self.rowCount():
            last = self.index(self.rowCount() - 1, len(self._columns) - 1)
            self.dataChanged.emit(self.index(0, 0), last)

    def text_of(self, row: int, column: str) -> str:
        """Return the text of a cell; each model has its own."""
        return ""

    def tip_of(self, row: int, column: str) -> str | None:
        """Return what a cell says under the mouse: its text, of which it may show the beginning only."""
        return self.text_of(row, column)

    def row_at(self, number: int) -> Any:
        """Return what is shown there; each model has its own."""
        return None

    def numbers_of(self, rows: Sequence[Any]) -> list[int]:
        """Return where these are shown, those that are not left out."""
        return []

    def columnCount(self, parent: ModelIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._columns)

    def data(self, index: ModelIndex, role: int = Qt.ItemDataRole.DisplayRole) -> Any:
        if index.isValid() and role == Qt.ItemDataRole.DisplayRole:
            return self.text_of(index.row(), self._columns[index.column()])
        if index.isValid() and role == Qt.ItemDataRole.ToolTipRole:
            return self.tip_of(index.row(), self._columns[index.column()])
        return None

    def headerData(
        self, section: int, orientation: Qt.Orientation, role: int = Qt.ItemDataRole.DisplayRole
    ) -> Any:
        if orientation is Qt.Orientation.Vertical or role != Qt.ItemDataRole.DisplayRole:
            return None
        return self._strings(f"{self._prefix}.{self._columns[section]}")


class SoughtModel(RowModel):
    """A model of rows in memory, of which it shows those that are sought, in an order of its own."""

    def __init__(self, strings: Strings, prefix: str, columns: Sequence[str]) -> None:
        super().__init__(strings, prefix, columns)
        self.rows: Sequence[Any] = ()  # all of them, found or not
        self._shown: list[int] = []

    def row_at(self, number: int) -> Any:
        """Return what is shown there."""
        return self.rows[self._shown[number]]

    def numbers_of(self, rows: Sequence[Any]) -> list[int]:
        """Return where these rows are shown."""
        sought = set(rows)
        return [shown for shown, i in enumerate(self._shown) if self.rows[i] in sought] if sought else []

    def rowCount(self, parent: ModelIndex = NO_INDEX) -> int:
        return 0 if parent.isValid() else len(self._shown)

    def find_rows(self) -> list[int]:
        """Return the numbers of the rows to show; each model searches in its own way."""
        return list(range(len(self.rows)))

    @contextmanager
    def changing(self) -> Iterator[None]:
        """Search again after a change of the rows, of what is sought or of the order."""
        self.beginResetModel()
        yield
        self._shown = self.find_rows()
        self.endResetModel()


class RowTable(QTableView):
    """A table of whole rows, several of which may be chosen, called by the string `name`. `widths`: of its
    first columns, in pixels; the last one has at least its own and fills the line.
    """

    def __init__(self, model: RowModel, strings: Strings, name: str, widths: Sequence[int]) -> None:
        super().__init__()
        self._kept: list[Any] = []  # rows that are chosen again when they have been read anew
        self._place: int | None = None
        self._rows = model
        self.setModel(model)
        model.modelAboutToBeReset.connect(self._keep)
        model.modelReset.connect(self._choose_again)
        in_each_language(self, lambda: self.setAccessibleName(strings(name)))
        in_each_language(self, model.speak)
        self.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setTabKeyNavigation(False)  # Tab goes on to the buttons
        self.setShowGrid(False)
        self.setAlternatingRowColors(True)
        self.setWordWrap(False)
        self.verticalHeader().hide()
        self.verticalHeader().setDefaultSectionSize(self.fontMetrics().height() + SPACING)
        header = self.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setStretchLastSection(True)
        for number, width in enumerate(widths):
            self.setColumnWidth(number, width)

    def choose(self, row: int) -> None:
        """Select that row alone, whatever modifier keys are down (`selectRow` would add it to others)."""
        index = self._rows.index(row, 0)
        flags = QItemSelectionModel.SelectionFlag
        self.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _choose_where_none(self, event)

    def keep_place(self) -> None:
        """Choose what stands in the place of the chosen rows once they are gone: they are being deleted."""
        self._place = min(self.chosen(), default=None)

    def chosen(self) -> list[int]:
        """Return the numbers of the rows that are selected, from the top."""
        return sorted({index.row() for index in self.selectionModel().selectedRows()})

    def _keep(self) -> None:
        numbers = self.chosen()
        self._kept = [self._rows.row_at(number) for number in numbers] if len(numbers) <= MOST_KEPT else []

    def _choose_again(self) -> None:
        numbers = self._rows.numbers_of(self._kept)
        if numbers:
            flags = QItemSelectionModel.SelectionFlag
            self.selectionModel().setCurrentIndex(self._rows.index(numbers[0], 0), flags.NoUpdate)
            for number in numbers:
                self.selectionModel().select(self._rows.index(number, 0), flags.Select | flags.Rows)
            return
        place, self._place = self._place, None
        while place is not None and place >= self._rows.rowCount() and self._rows.canFetchMore(NO_INDEX):
            self._rows.fetchMore(NO_INDEX)
        if place is not None and self._rows.rowCount():
            self.choose(min(place, self._rows.rowCount() - 1))


class RowList(QListWidget):
    """A list of texts, several of which may be chosen, called by the string `name`."""

    def __init__(self, strings: Strings, name: str) -> None:
        super().__init__()
        in_each_language(self, lambda: self.setAccessibleName(strings(name)))
        self.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        self.setAlternatingRowColors(True)

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        _choose_where_none(self, event)


def _choose_where_none(view: QAbstractItemView, event: QFocusEvent) -> None:
    """Choose a row when Tab comes in and none is chosen: the first Down would go to the second one."""
    by_tab = event.reason() in (Qt.FocusReason.TabFocusReason, Qt.FocusReason.BacktabFocusReason)
    if by_tab and view.model().rowCount() and not view.selectionModel().hasSelection():
        index = view.currentIndex()
        flags = QItemSelectionModel.SelectionFlag
        index = index if index.isValid() else view.model().index(0, 0)
        view.selectionModel().setCurrentIndex(index, flags.ClearAndSelect | flags.Rows)


class RowActions(dict[str, QAction]):
    """The actions on the chosen rows by their names: in the table's menu, and by their keys in the table.

    `acts`: what is done and its key; the texts are those of `prefix`, a dot and the name.
    """

    def __init__(
        self,
        table: RowTable,
        strings: Strings,
        prefix: str,
        acts: Mapping[str, tuple[Callable[[], None], str]],
    ) -> None:
        super().__init__()
        self._table = table
        for name, (act, shortcut) in acts.items():
            action = self[name] = QAction(table)
            in_each_language(action, partial(_name_action, action, strings, f"{prefix}.{name}", shortcut))
            action.setShortcut(QKeySequence(shortcut))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda checked=False, act=act: act())
            table.addAction(action)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)

    def reach(self, name: str, tab: QWidget) -> None:
        """Let the key of that action work everywhere in the tab: it needs no row."""
        self[name].setShortcutContext(Qt.ShortcutContext.WidgetWithChildrenShortcut)
        tab.addAction(self[name])

    def line(self, *others: QWidget) -> QHBoxLayout:
        """Return a line with a button for each, and the others at its right end."""
        return line_of(list(map(button_of, self.values())), others)

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self._table)
        menu.addActions(list(self.values()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self._table.viewport().mapToGlobal(place))


def _name_action(action: QAction, strings: Strings, key: str, shortcut: str) -> None:
    action.setText(strings(key))
    action.setToolTip(strings(f"{key}.tip", shortcut=shortcut))


def button_of(action: QAction) -> QPushButton:
    """Return a button that is what the action is, and changes with it."""
    button = Button()
    button.clicked.connect(action.trigger)

    def show() -> None:
        button.setText(action.text())
        explain(button, action.toolTip())
        button.setEnabled(action.isEnabled())

    action.changed.connect(show)
    show()
    return button


def explained_button(
    strings: Strings, key: str, act: Callable[[], object] | None = None, **values: object
) -> QPushButton:
    """Return a button with the text `key` and the explanation `key.tip`, which has `values` in it."""
    button = Button()
    in_each_language(button, lambda: button.setText(strings(key)))
    in_each_language(button, lambda: explain(button, strings(f"{key}.tip", **values)))
    if act is not None:
        button.clicked.connect(lambda checked=False: act())
    return button


def ok_and_cancel(strings: Strings, accept: Callable[[], object], dialog: QDialog) -> QDialogButtonBox:
    """Return the two buttons of a dialog: to accept what was entered, or to close it."""
    box = QDialogButtonBox()
    roles = QDialogButtonBox.ButtonRole
    for key, role in (("words.ok", roles.AcceptRole), ("words.cancel", roles.RejectRole)):
        button = Button()
        in_each_language(button, partial(_say, button, strings, key))
        box.addButton(button, role)
    box.accepted.connect(accept)
    box.rejected.connect(dialog.reject)
    return box


def _say(button: QPushButton, strings: Strings, key: str) -> None:
    button.setText(strings(key))


def explain(widget: QWidget, tip: str) -> None:
    """Say what the widget is for to the mouse and to a screen reader."""
    widget.setToolTip(tip)
    widget.setAccessibleDescription(tip)


def spoken_label(strings: Strings, key: str) -> QLabel:
    """Return a label with the text `key`, in the language that is chosen."""
    label = QLabel()
    in_each_language(label, lambda: label.setText(strings(key)))
    return label


def explanation(strings: Strings, key: str, **values: object) -> QLabel:
    """Return a label in small faint print, of any number of lines."""
    label = WrappedLabel()
    in_each_language(label, lambda: label.setText(strings(key, **values)))
    label.setObjectName("explanation")
    return label


def search_line(strings: Strings, name: str, search: QLineEdit, hint: str, *others: QWidget) -> QHBoxLayout:
    """Return a line with a search box, its name and its hint (if it has one) by key; the others behind it."""
    label = spoken_label(strings, name)
    label.setBuddy(search)
    search.setClearButtonEnabled(True)
    in_each_language(search, lambda: search.setAccessibleName(strings(name)))
    in_each_language(search, lambda: search.setPlaceholderText(strings(hint) if hint else ""))
    return line_of([label, search, *others])


def scrolled(body: QWidget) -> QScrollArea:
    """Return an area in which a page scrolls where the window is too low for it, as on a small screen."""
    area = QScrollArea()
    area.setWidgetResizable(True)
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setFocusPolicy(Qt.FocusPolicy.NoFocus)  # the controls in it have the focus
    area.setWidget(body)
    return area


def line_of(left: Sequence[QWidget], right: Sequence[QWidget] = ()) -> QHBoxLayout:
    """Return widgets from the left and, behind a gap, at the right; an input field takes the gap."""
    layout = QHBoxLayout()
    for widget in left:
        layout.addWidget(widget, 1 if isinstance(widget, QLineEdit) else 0)
    if not any(isinstance(widget, QLineEdit) for widget in left):
        layout.addStretch(1)
    for widget in right:
        layout.addWidget(widget)
    return layout


def add_spoken_tab(tabs: QTabWidget, page: QWidget, strings: Strings, key: str) -> None:
    """Add a page whose tab has the text `key`."""
    tabs.addTab(page, "")
    in_each_language(page, lambda: tabs.setTabText(tabs.indexOf(page), strings(key)))


def _name_as(action: QAction, button: QPushButton) -> None:
    action.setText(button.text())
    action.setToolTip(button.toolTip())


def add_button_menu(view: QWidget, buttons: Sequence[QPushButton]) -> None:
    """Give the view a context menu with an action for each button; Delete presses the first one.

    A button that asks before it acts asks in its own place, so the second press is there or Delete again.
    """
    for number, button in enumerate(buttons):
        action = QAction(view)
        in_each_language(button, partial(_name_as, action, button))  # behind the naming of the button itself
        action.triggered.connect(lambda checked=False, button=button: button.click())
        if number == 0:
            action.setShortcut(QKeySequence(Qt.Key.Key_Delete))
            action.setAutoRepeat(False)  # a key that is held asks once
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
        view.addAction(action)
    view.setContextMenuPolicy(Qt.ContextMenuPolicy.ActionsContextMenu)
