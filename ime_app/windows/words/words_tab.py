"""Show the user's words, to search, add, correct, delete, pin and forget them by mouse, menu and keyboard."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtWidgets import QComboBox, QLabel, QVBoxLayout, QWidget

from engine.errors import Said
from engine.storage.word_listing import WordOrigin, WordRow, WordSearch
from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.services.own_words import OwnWords, word_of_fields
from ime_app.services.user_data import import_words, load_readings
from ime_app.widgets.buttons import ComboBox, ConfirmButton, SecondPress
from ime_app.widgets.file_dialogs import open_files
from ime_app.widgets.line_field import LineField
from ime_app.widgets.tables import (
    SPACING,
    RowActions,
    RowTable,
    explain,
    explained_button,
    line_of,
    search_line,
)
from ime_app.windows.import_report import lines_of_report
from ime_app.windows.words.word_dialog import WordDialog
from ime_app.windows.words.words_model import WordsModel

if TYPE_CHECKING:
    from engine.interchange.importing import Imported
    from engine.lexicon.reading_guesser import KnownReadings

WIDTHS: Final[tuple[int, ...]] = (160, 210, 165, 60)
FILTER_LENGTH: Final[int] = 14  # characters
SEEK_AFTER_MS: Final[int] = 60


class WordsTab(QWidget):
    """The tab of words. It reads beside the window's thread, so that the window never stands still."""

    changed = Signal()  # the words on the disk are others
    told = Signal(str)  # a sentence for the user
    asked = Signal(object, object)  # LineField and its dialog, which can be typed in with Moyin itself

    def __init__(self, data_directory: Path, bundle: Path, strings: Strings) -> None:
        super().__init__()
        self._strings = strings
        self._data_directory = data_directory
        self._words = OwnWords(data_directory)
        self._bundle = bundle
        self._tasks: list[BackgroundTask] = []
        self._readings: KnownReadings | None = None
        self._is_read = False
        self._is_ended = False
        self._why_unchangeable: Said = ""  # the words, when they were read last
        self.model = WordsModel(strings)
        self.search = LineField()
        self.filter = ComboBox()
        self.count = QLabel(strings("words.reading_them"))
        self.table = self._create_table()
        acts: dict[str, tuple[Callable[[], None], str]] = {
            "add": (self.add, "Ctrl+N"),
            "change": (self.change, "F2"),
            "pin": (self.pin, "Ctrl+P"),
            "up": (partial(self.move_row, -1), "Alt+Up"),
            "down": (partial(self.move_row, 1), "Alt+Down"),
            "forget": (self.forget, "Ctrl+D"),
            "delete": (self.delete, "Del"),
        }
        self.actions_by_name = RowActions(self.table, strings, "words", acts)
        self.actions_by_name.reach("add", self)
        self.import_button = explained_button(strings, "words.import", self.import_lists)
        self.delete_list = ConfirmButton("")
        self.delete_list.confirmed.connect(self._delete_list)
        self._seek_timer = QTimer(self, singleShot=True, interval=SEEK_AFTER_MS)
        self._seek_timer.timeout.connect(self._seek)
        self._deleting = SecondPress(self.actions_by_name["delete"], strings("words.delete.again"))
        in_each_language(self, self._speak)
        self._deleting.told.connect(self.told)
        self._deleting.ended.connect(self._on_selected)
        self._fill_filter()
        self._arrange()
        self.search.textChanged.connect(self._seek_timer.start)
        self.filter.currentIndexChanged.connect(self._seek)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.model.modelReset.connect(self._on_selected)
        self._on_selected()
        self.reload()
        self._run(lambda: load_readings(bundle), self._take_readings)

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

    def end(self) -> None:
        """Let what is being written end and begin nothing more: Qt aborts if a thread outlives the window."""
        self._is_ended = True
        self.wait()

    def chosen(self) -> list[WordRow]:
        """Return the rows that are selected, from the top."""
        return [self.model.row_at(row) for row in self.table.chosen()]

    def _chosen_words(self) -> list[WordRow]:
        """Return those of them that are not forgotten already."""
        return [row for row in self.chosen() if row.origin is not WordOrigin.FORGOTTEN]

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
        rows = self._chosen_words()
        self._change(lambda: self._words.pin(rows))

    def move_row(self, step: int) -> None:
        """Put the chosen pin before the one above (-1) or behind the one below that is for its letters."""
        rows = self.chosen()
        if len(rows) == 1:
            self._change(lambda: self._words.move_pin(rows[0], step))

    def forget(self) -> None:
        rows = self._chosen_words()
        self._change(lambda: self._words.forget(rows))

    def delete(self) -> None:
        """Delete what is chosen when it is asked for twice; take pins and forgotten words back at once."""
        rows = self.chosen()
        is_learnt = any(row.origin is WordOrigin.LEARNT for row in rows)
        key = "words.delete.sure.learnt" if is_learnt else "words.delete.sure"
        if self._takes_back(rows) or self._deleting.is_sure(self._strings(key, count=len(rows))):
            self.table.keep_place()
            self._change(lambda: self._words.delete(rows))

    def import_lists(self) -> None:
        """Ask for word lists, and read them."""
        paths = open_files(self, self._strings("words.import"), "files.words", self._strings)
        if paths:
            self.import_files(paths)

    def import_files(self, paths: Sequence[Path], said: Sequence[str] = ()) -> None:
        """Read these files, and tell what came of it behind what was `said` before."""
        self.told.emit("\n".join([*said, self._strings("log.working")]))
        read = partial(import_words, paths, self._bundle, self._data_directory)
        self._run(read, partial(self._on_imported, said))

    def _on_imported(self, said: Sequence[str], reports: list[Imported]) -> None:
        lines = [line for report in reports for line in lines_of_report(report, self._strings)]
        self.told.emit("\n".join([*said, *lines]))
        self.changed.emit()
        self.reload()

    def _delete_list(self) -> None:
        origin, name = self.filter.currentData()
        if origin is WordOrigin.LIST and name is not None:
            self._change(lambda: self._words.delete_list(name))

    def _ask(self, row: WordRow | None = None) -> None:
        if self._readings is None:
            self.told.emit(self._strings("words.reading_them"))
            return
        text, reading = (row.text, " ".join(row.reading)) if row else ("", "")
        check = partial(word_of_fields, self._readings)
        dialog = WordDialog(self._strings, self._readings.read, check, text, reading, self)
        dialog.accepted.connect(lambda: self._on_asked(dialog, row))
        self.asked.emit(dialog.text, dialog)
        dialog.open()

    def _on_asked(self, dialog: WordDialog, row: WordRow | None) -> None:
        word = dialog.found
        if word is None:
            return
        if row is None:
            self._change(lambda: self._words.add(word.text, word.reading))
        elif word.reading != row.reading:
            self._change(lambda: self._words.change_reading(row, word.reading))

    # Reading and writing beside the window

    def _read(self) -> tuple[list[WordRow], WordSearch, Said]:
        (rows, why_unchangeable), readings = self._words.rows(), self._readings
        if readings is not None:  # what is forgotten is found by its pinyin as well
            rows = [
                row if row.reading else row._replace(reading=readings.read(row.text) or ()) for row in rows
            ]
        return rows, WordSearch(rows), why_unchangeable

    def _take(self, read: tuple[list[WordRow], WordSearch, Said]) -> None:
        self._is_read = True
        rows, search, why_unchangeable = read
        self.model.take(rows, search)
        if why_unchangeable and why_unchangeable != self._why_unchangeable:
            self.told.emit(self._strings("words.read_only", reason=why_unchangeable))
        self._why_unchangeable = why_unchangeable
        self._fill_filter()
        self._on_selected()

    def _take_readings(self, readings: KnownReadings) -> None:
        self._readings = readings
        if any(row.origin is WordOrigin.FORGOTTEN for row in self.model.rows):
            self.reload()

    def _change(self, act: Callable[[], object]) -> None:
        def then(_: object) -> None:
            self.changed.emit()
            self.reload()

        self._run(act, then)

    def _run(self, work: Callable[[], object], then: Callable[[Any], None]) -> None:
        if self._is_ended:
            return
        task = BackgroundTask(work, self)
        self._tasks.append(task)
        task.succeeded.connect(then)
        task.failed.connect(self._on_failed)
        task.finished.connect(lambda: self._tasks.remove(task))
        task.start()

    def _on_failed(self, reason: object) -> None:
        self.told.emit(self._strings("words.failed", reason=reason))
        if not self._is_read:
            self.count.clear()  # it says that they are being read

    # Display.

    def _speak(self) -> None:
        """Say what depends on the language and not on a key alone."""
        strings = self._strings
        # The question without the list's name, which would widen the window.
        self.delete_list.name(strings("words.delete_list"), strings("words.delete_list.sure"))
        explain(self.delete_list, strings("words.delete_list.tip"))
        self.filter.setAccessibleName(strings("words.filter"))
        explain(self.filter, strings("words.filter"))  # on Linux the name is the choice
        self._deleting.name(strings("words.delete.again"))
        self._fill_filter()
        self._on_selected()
        if not self._is_read:
            self.count.setText(strings("words.reading_them"))

    def _seek(self) -> None:
        self._seek_timer.stop()
        origin, name = self.filter.currentData() or (None, None)
        self.model.find(self.search.text(), origin, name)
        self.delete_list.setEnabled(origin is WordOrigin.LIST and name is not None)
        self.delete_list.disarm()

    def _fill_filter(self) -> None:
        """Offer all words, each kind, and each list by its name with how many words it has."""
        chosen = self.filter.currentData()
        counts: dict[tuple[WordOrigin, str], int] = {}
        for row in self.model.rows:
            key = row.origin, row.list_name
            counts[key] = counts.get(key, 0) + 1
        self.filter.blockSignals(True)
        self.filter.clear()
        self.filter.addItem(self._strings("words.all", count=len(self.model.rows)), (None, None))
        for origin in WordOrigin:
            if origin is not WordOrigin.LIST:
                label = self._strings(f"words.filter.{origin.value}", count=counts.get((origin, ""), 0))
                self.filter.addItem(label, (origin, None))
        for (origin, name), count in sorted(counts.items(), key=lambda item: item[0][1]):
            if origin is WordOrigin.LIST:
                label = self._strings("words.filter.list", name=self.model.list_label(name), count=count)
                self.filter.addItem(label, (origin, name))
        places = [self.filter.itemData(place) for place in range(self.filter.count())]
        self.filter.setCurrentIndex(places.index(chosen) if chosen in places else 0)
        self.filter.blockSignals(False)
        self._seek()

    def _on_selected(self) -> None:
        rows = self.chosen()
        kinds = {row.origin for row in rows}
        is_word = bool(self._chosen_words())
        actions = self.actions_by_name
        actions["change"].setEnabled(len(rows) == 1 and is_word and WordOrigin.PINNED not in kinds)
        actions["pin"].setEnabled(is_word)
        for name in ("up", "down"):
            actions[name].setEnabled(len(rows) == 1 and kinds == {WordOrigin.PINNED})
        actions["forget"].setEnabled(is_word)
        actions["delete"].setEnabled(bool(rows))
        self._deleting.forget()
        takes_back = self._takes_back(rows)
        actions["delete"].setText(self._strings("words.take_back" if takes_back else "words.delete"))
        if self._is_read:
            self.count.setText(self._strings("words.shown", count=self.model.rowCount()))

    def _takes_back(self, rows: Sequence[WordRow]) -> bool:
        """Return whether Delete only takes back what was done to these."""
        return bool(rows) and {row.origin for row in rows} <= {WordOrigin.FORGOTTEN, WordOrigin.PINNED}

    # Construction.

    def _create_table(self) -> RowTable:
        table = RowTable(self.model, self._strings, "words.words", WIDTHS)
        header = table.horizontalHeader()
        header.setSortIndicator(-1, Qt.SortOrder.AscendingOrder)
        header.setSortIndicatorClearable(True)
        table.setSortingEnabled(True)
        table.doubleClicked.connect(lambda _: self.change())
        return table

    def _arrange(self) -> None:
        self.filter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.filter.setMinimumContentsLength(FILTER_LENGTH)  # a list's name may be longer than the window
        column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addLayout(
            search_line(self._strings, "words.search", self.search, "words.search.hint", self.filter)
        )
        column.addWidget(self.table, 1)
        column.addLayout(self.actions_by_name.line())
        column.addLayout(line_of([self.count], [self.import_button, self.delete_list]))
