"""The user's words: search, add, correct, delete, pin, forget, take back; by mouse, menu and keyboard."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QPoint, Qt, QTimer, Signal
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import (
    QAbstractItemView,
    QComboBox,
    QHBoxLayout,
    QLabel,
    QMenu,
    QPushButton,
    QTableView,
    QVBoxLayout,
    QWidget,
)

from engine.storage.word_listing import Origin, WordRow, WordSearch
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.services.own_words import OwnWords, reading_of
from ime_app.services.user_data import readings_of
from ime_app.widgets.confirm_button import ConfirmButton
from ime_app.widgets.line_field import LineField
from ime_app.windows.words.word_dialog import WordDialog
from ime_app.windows.words.words_model import WordsModel

SPACING: Final[int] = 10
WIDTHS: Final[tuple[int, ...]] = (180, 230, 180)
SEEK_AFTER_MS: Final[int] = 60
ACTIONS: Final[dict[str, str]] = {
    "add": "Ctrl+N",
    "change": "F2",
    "pin": "Ctrl+P",
    "forget": "Ctrl+D",
    "delete": "Del",
}


class WordsTab(QWidget):
    """Reads beside the window's thread, so that it never stands still."""

    changed = Signal()  # the words on the disk are others
    told = Signal(str)  # a sentence for the user
    asked = Signal(object, object)  # LineField and its dialog, which can be typed in with Moyin itself

    def __init__(self, data_directory: Path, bundle: Path, strings: Strings) -> None:
        super().__init__()
        self._strings = strings
        self._words = OwnWords(data_directory)
        self._bundle = bundle
        self._tasks: list[BackgroundTask] = []
        self._readings: Any = None
        self.model = WordsModel(strings)
        self.search = LineField()
        self.filter = QComboBox()
        self.count = QLabel(strings("words.reading_them"))
        self.table = self._create_table()
        self.actions_by_name = self._create_actions()
        self.delete_list = ConfirmButton(strings("words.delete_list"))
        self.delete_list.setToolTip(strings("words.delete_list.tip"))
        self.delete_list.setAccessibleDescription(strings("words.delete_list.tip"))
        self.delete_list.confirmed.connect(self._delete_list)
        self._seek_timer = QTimer(self, singleShot=True, interval=SEEK_AFTER_MS)
        self._seek_timer.timeout.connect(self._seek)
        self._fill_filter()
        self._arrange()
        self.search.textChanged.connect(self._seek_timer.start)
        self.filter.currentIndexChanged.connect(self._seek)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.model.modelReset.connect(self._on_selected)
        self._on_selected()
        self.reload()
        self._run(lambda: readings_of(bundle), self._take_readings)

    @property
    def is_busy(self) -> bool:
        """Whether something is still read or written beside the window."""
        return bool(self._tasks)

    def reload(self) -> None:
        """Read everything anew."""
        self._run(self._read, self._take)

    def wait(self) -> None:
        """Let what is being written end."""
        for task in list(self._tasks):
            task.wait()

    def chosen(self) -> list[WordRow]:
        """Return the rows that are selected, from the top."""
        rows = sorted({index.row() for index in self.table.selectionModel().selectedRows()})
        return [self.model.row_at(row) for row in rows]

    # What the actions do

    def add(self) -> None:
        """Ask for a word and add it."""
        self._ask()

    def change(self) -> None:
        """Ask for another reading of the word."""
        rows = self.chosen()
        if len(rows) == 1 and self.actions_by_name["change"].isEnabled():
            self._ask(rows[0])

    def pin(self) -> None:
        rows = self.chosen()
        self._change(lambda: self._words.pin(rows))

    def forget(self) -> None:
        rows = self.chosen()
        self._change(lambda: self._words.forget(rows))

    def delete(self) -> None:
        """Delete what is chosen; pins and forgotten words are taken back."""
        rows = self.chosen()
        self._change(lambda: self._words.delete(rows))

    def _delete_list(self) -> None:
        origin, name = self.filter.currentData()
        if origin is Origin.LIST and name is not None:
            self._change(lambda: self._words.delete_list(name))

    def _ask(self, row: WordRow | None = None) -> None:
        if self._readings is None:
            self.told.emit(self._strings("words.reading_them"))
            return
        text, reading = (row.text, " ".join(row.reading)) if row else ("", "")
        check = partial(reading_of, self._readings)
        dialog = WordDialog(self._strings, self._readings.read, check, text, reading, self)
        dialog.accepted.connect(lambda: self._on_asked(dialog, row))
        self.asked.emit(dialog.text, dialog)
        dialog.open()

    def _on_asked(self, dialog: WordDialog, row: WordRow | None) -> None:
        if dialog.found is None:
            return
        text, reading = dialog.found
        if row is None:
            self._change(lambda: self._words.add(text, reading))
        elif reading != row.reading:
            self._change(lambda: self._words.change_reading(row, reading))

    # Reading and writing beside the window

    def _read(self) -> tuple[list[WordRow], WordSearch]:
        rows = self._words.rows()
        return rows, WordSearch(rows)

    def _take(self, read: tuple[list[WordRow], WordSearch]) -> None:
        self.model.take(*read)
        self._fill_filter()
        self._on_selected()

    def _take_readings(self, readings: object) -> None:
        self._readings = readings

    def _change(self, act: Callable[[], object]) -> None:
        def then(_: object) -> None:
            self.changed.emit()
            self.reload()

        self._run(act, then)

    def _run(self, work: Callable[[], object], then: Callable[[Any], None]) -> None:
        task = BackgroundTask(work, self)
        self._tasks.append(task)
        task.succeeded.connect(then)
        task.failed.connect(lambda reason: self.told.emit(self._strings("words.failed", reason=reason)))
        task.finished.connect(lambda: self._tasks.remove(task))
        task.start()

    # What is shown

    def _seek(self) -> None:
        self._seek_timer.stop()
        origin, name = self.filter.currentData() or (None, None)
        self.model.find(self.search.text(), origin, name)
        self.delete_list.setEnabled(origin is Origin.LIST and name is not None)
        self.delete_list.question = self._strings("words.delete_list.sure", name=self.filter.currentText())
        self.delete_list.disarm()

    def _fill_filter(self) -> None:
        """Offer all words, each kind, and each list by its name with how many words it has."""
        chosen = self.filter.currentData()
        counts: dict[tuple[Origin, str], int] = {}
        for row in self.model.rows:
            key = row.origin, row.list_name
            counts[key] = counts.get(key, 0) + 1
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(self._strings("words.all", count=len(self.model.rows)), (None, None))
        for origin in Origin:
            if origin is not Origin.LIST:
                label = self._strings(f"words.filter.{origin.value}", count=counts.get((origin, ""), 0))
                self.filter.addItem(label, (origin, None))
        for (origin, name), count in sorted(counts.items(), key=lambda item: item[0][1]):
            if origin is Origin.LIST:
                label = self._strings("words.filter.list", name=self.model.list_label(name), count=count)
                self.filter.addItem(label, (origin, name))
        places = [self.filter.itemData(place) for place in range(self.filter.count())]
        self.filter.setCurrentIndex(places.index(chosen) if chosen in places else 0)
        self.filter.blockSignals(False)
        self._seek()

    def _on_selected(self) -> None:
        rows = self.chosen()
        kinds = {row.origin for row in rows}
        is_word = bool(rows) and Origin.FORGOTTEN not in kinds
        actions = self.actions_by_name
        actions["change"].setEnabled(len(rows) == 1 and is_word and Origin.PINNED not in kinds)
        actions["pin"].setEnabled(is_word)
        actions["forget"].setEnabled(is_word)
        actions["delete"].setEnabled(bool(rows))
        takes_back = bool(rows) and kinds <= {Origin.FORGOTTEN, Origin.PINNED}
        actions["delete"].setText(self._strings("words.take_back" if takes_back else "words.delete"))
        self.count.setText(self._strings("words.shown", count=self.model.rowCount()))

    # Putting together

    def _create_table(self) -> QTableView:
        table = QTableView()
        table.setModel(self.model)
        table.setAccessibleName(self._strings("words.words"))
        table.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
        table.setSelectionMode(QAbstractItemView.SelectionMode.ExtendedSelection)
        table.setTabKeyNavigation(False)  # Tab goes on to the buttons
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.setWordWrap(False)
        table.verticalHeader().hide()
        table.verticalHeader().setDefaultSectionSize(table.fontMetrics().height() + 10)
        header = table.horizontalHeader()
        header.setHighlightSections(False)
        header.setDefaultAlignment(Qt.AlignmentFlag.AlignLeft)
        header.setStretchLastSection(True)
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)
        for number, width in enumerate(WIDTHS):
            table.setColumnWidth(number, width)
        table.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        table.customContextMenuRequested.connect(self._show_menu)
        table.doubleClicked.connect(lambda _: self.change())
        return table

    def _create_actions(self) -> dict[str, QAction]:
        """Make an action for each thing to do; its key works in the table and in its menu."""
        acts: dict[str, Callable[[], None]] = {
            "add": self.add,
            "change": self.change,
            "pin": self.pin,
            "forget": self.forget,
            "delete": self.delete,
        }
        actions = {}
        for name, act in acts.items():
            action = QAction(self._strings(f"words.{name}"), self)
            action.setToolTip(self._strings(f"words.{name}.tip", shortcut=ACTIONS[name]))
            action.setShortcut(QKeySequence(ACTIONS[name]))
            action.setShortcutContext(Qt.ShortcutContext.WidgetShortcut)
            action.triggered.connect(lambda checked=False, act=act: act())
            self.table.addAction(action)
            actions[name] = action
        return actions

    def _show_menu(self, place: QPoint) -> None:
        menu = QMenu(self)
        menu.addActions(list(self.actions_by_name.values()))
        menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        menu.popup(self.table.viewport().mapToGlobal(place))

    def _arrange(self) -> None:
        label = QLabel(self._strings("words.search"))
        label.setBuddy(self.search)
        self.search.setClearButtonEnabled(True)
        self.search.setAccessibleName(self._strings("words.search"))
        self.search.setPlaceholderText(self._strings("words.search.hint"))
        self.filter.setAccessibleName(self._strings("words.filter"))
        top = QHBoxLayout()
        for widget in (label, self.search, self.filter, self.count):
            top.addWidget(widget, 1 if widget is self.search else 0)
        bottom = QHBoxLayout()
        for action in self.actions_by_name.values():
            bottom.addWidget(button_of(action))
        bottom.addStretch(1)
        bottom.addWidget(self.delete_list)
        column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addLayout(top)
        column.addWidget(self.table, 1)
        column.addLayout(bottom)


def button_of(action: QAction) -> QPushButton:
    """Return a button that is what the action is, and changes with it."""
    button = QPushButton()
    button.setAutoDefault(False)
    button.clicked.connect(action.trigger)

    def show() -> None:
        button.setText(action.text())
        button.setToolTip(action.toolTip())
        button.setAccessibleDescription(action.toolTip())
        button.setEnabled(action.isEnabled())

    action.changed.connect(show)
    show()
    return button
