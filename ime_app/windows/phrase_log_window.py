"""Show the phrase log: what is known of the user, and how to delete it or take it back.

The window has a connection of its own: the learner sees by itself what changed, before the next key is
answered.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, TypeVar

from PySide6.QtCore import QEvent, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import (
    QCheckBox,
    QDialog,
    QLabel,
    QMenu,
    QPushButton,
    QTabWidget,
    QVBoxLayout,
    QWidget,
)

from engine.errors import Said
from engine.interchange.reading_store import StoreCopy, store_to_read
from engine.storage.phrase import Phrase, converted_runs
from engine.storage.phrase_log import PhraseLog
from engine.storage.schema import StoreError
from engine.storage.user_store import FILE_NAME, FOLDER
from engine.storage.word_store import Pin, WordStore
from ime_app.i18n.spoken import in_each_language, speak_again
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.services.user_data import export_all, import_texts, import_words
from ime_app.widgets.buttons import ConfirmButton
from ime_app.widgets.file_dialogs import open_files, save_file
from ime_app.widgets.line_field import LineField
from ime_app.widgets.messages import MessageArea
from ime_app.widgets.tables import (
    SPACING,
    RowList,
    RowTable,
    add_button_menu,
    add_spoken_tab,
    explain,
    explained_button,
    explanation,
    line_of,
    search_line,
)
from ime_app.windows.import_report import lines_of_report, notes_of
from ime_app.windows.phrase_log_model import COLUMNS, PhraseModel

if TYPE_CHECKING:
    from engine.interchange.importing import Imported

T = TypeVar("T")
WIDTHS: Final[dict[str, int]] = {"time": 140, "text": 200, "reading": 215, "keys": 180, "rank": 60}


class LogWindow(QDialog):
    """The window of the phrase log; where nothing can be written, of a copy that can only be looked at.

    Raises StoreError if there is no database to show.
    """

    erased = Signal()  # asks whoever learns to forget everything
    imported = Signal()  # settings may have been among it
    changed = Signal()  # what was learnt, pinned or forgotten is another

    def __init__(
        self,
        data_directory: Path,
        bundle: Path,
        settings: Path,
        strings: Strings,
        *,
        private: bool,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self._data_directory = data_directory
        self._bundle = bundle  # whose vocabulary imports have to fit
        self._settings = settings
        self._task: BackgroundTask | None = None
        self._version = (0, 0)  # of the database when it was read last
        self._opened = ExitStack()
        self._store = self._opened.enter_context(store_to_read(data_directory, or_empty=True))
        self._is_copy = isinstance(self._store, StoreCopy)
        self._log = PhraseLog(self._store)
        self._words = WordStore(self._store)
        in_each_language(self, lambda: self.setWindowTitle(strings("log")))
        self.setModal(False)
        self.search = LineField()
        self.count = QLabel()
        self.model = PhraseModel(self._log, strings)
        self.phrases = RowTable(self.model, strings, "log.phrases", [WIDTHS[name] for name in COLUMNS])
        self.forgotten = self._create_list("log.forgotten")
        self.pinned = self._create_list("log.pinned")
        self.delete_button = self._sure_button("log.delete", self._delete)
        self.erase_button = self._sure_button("log.erase", self._erase)
        self.private = QCheckBox()
        self.message = MessageArea()
        self._arrange(private)
        self.phrases.selectionModel().selectionChanged.connect(self._on_selected)
        self.search.textChanged.connect(self._on_sought)
        self._busy(False)
        in_each_language(self, self._speak)
        self.search.setFocus()
        self.resize(860, 520)

    def speak(self) -> None:
        """Show everything in the window's language; a message that stands is removed."""
        self.message.clear()
        speak_again(self)

    def _speak(self) -> None:
        """Say what depends on the language and not on a key alone."""
        strings = self._strings
        self.private.setText(strings("private"))
        self.private.setToolTip(strings("private_off_tip") if self.private.isChecked() else "")
        self.search.setToolTip(strings("log.search.tip"))
        self.reload()
        if isinstance(self._store, StoreCopy):
            self.message.setText(strings("log.read_only", reason=self._store.reason))

    def reload(self) -> None:
        """Read everything anew."""
        self._guard(self._read)

    def changeEvent(self, event: QEvent) -> None:
        """Read again when the window is in front: what was typed meanwhile is there."""
        super().changeEvent(event)
        if event.type() is QEvent.Type.ActivationChange and self.isActiveWindow():
            self._guard(self._read_where_changed)

    def _read_where_changed(self) -> None:
        version = self._store.data_version()
        if version != self._version:
            self._version = version
            self._read()

    def done(self, result: int) -> None:
        if self._task is not None:
            self._task.wait()
        self._opened.close()
        super().done(result)

    def _read(self) -> None:
        self.model.reload()
        self._show_count()
        self.forgotten.clear()
        self.forgotten.addItems(self._words.forgotten())
        self.pinned.clear()
        self.pinned.addItems([f"{pin.keys}  →  {pin.text}" for pin in self._words.pins()])
        self._on_selected()

    def _guard(self, act: Callable[[], object]) -> None:
        """Act, and tell in the window what fails in the database, and what had to be mended."""
        try:
            self._store.mending(act)
        except StoreError as error:
            self.message.setText(self._strings("log.unusable", reason=error))
        if self._store.notices:
            self.message.setText("\n".join(notes_of(self._store.notices, self._strings)))
            self._store.notices.clear()

    def _chosen(self) -> list[Phrase]:
        return [self.model.phrases[row] for row in self.phrases.chosen()]

    def _chosen_runs(self) -> list[Phrase]:
        """Return the chosen phrases without their marks, which no candidate has."""
        return [run for phrase in self._chosen() for run in converted_runs(phrase)]

    def _on_selected(self) -> None:
        count = len(self._chosen())
        for button in (self.delete_button, self.pin_button, self.forget_button):
            button.setEnabled(count > 0 and not self._is_copy)
        self.restore_button.setEnabled(bool(self.forgotten.selectedItems()) and not self._is_copy)
        self.unpin_button.setEnabled(bool(self.pinned.selectedItems()) and not self._is_copy)
        self.delete_button.disarm()
        self.delete_button.question = self._strings("log.delete.sure", count=count)

    def _on_sought(self, text: str) -> None:
        self._guard(lambda: self.model.search(text.strip()))
        self._show_count()
        self._on_selected()

    def _show_count(self) -> None:
        """Say how many there are; where something is sought, how many of them were found."""
        found, all_there = len(self.model.phrases), len(self._log)
        key = "log.found" if self.search.text().strip() else "log.count"
        more = "" if self.model.is_complete else "+"
        self.count.setText(self._strings(key, count=all_there, found=f"{found}{more}"))

    def _change(self, act: Callable[[], object]) -> None:
        self._guard(act)
        self.changed.emit()
        self.reload()

    def _delete(self) -> None:
        rows = [(phrase.id, phrase.text) for phrase in self._chosen()]
        self.phrases.keep_place()
        self._change(lambda: self._log.remove(rows))
        self._guard(self._store.purge)

    def _pin(self) -> None:
        pins = [Pin(run.keys, run.text, run.reading) for run in self._chosen_runs()]
        self._change(lambda: _each(self._words.pin, pins))

    def _forget(self) -> None:
        texts = [run.text for run in self._chosen_runs()]
        self._change(lambda: self._words.forget(texts))

    def _restore(self) -> None:
        texts = [item.text() for item in self.forgotten.selectedItems()]
        self._change(lambda: self._words.restore(texts))

    def _unpin(self) -> None:
        chosen = [item.text().partition("  →  ") for item in self.pinned.selectedItems()]
        self._change(lambda: _each(lambda pin: self._words.unpin(pin[0], pin[2]), chosen))

    def _erase(self) -> None:
        """Have the learner erase everything: it holds the same file and knows more than it."""
        self.erased.emit()
        self.message.setText(self._strings("log.erased"))
        self.accept()

    def _import_words(self) -> None:
        self._import("log.import_words", "files.words", import_words)

    def _import_texts(self) -> None:
        read = partial(import_texts, settings=self._settings)
        self._import("log.import_texts", "files.texts", read)

    def _import(self, key: str, kind: str, read: Callable[[list[Path], Path, Path], list[Imported]]) -> None:
        paths = open_files(self, self._strings(key), kind, self._strings)
        if paths:
            self._start(lambda: read(paths, self._bundle, self._data_directory), self._on_imported)

    def _export(self) -> None:
        path = save_file(self, self._strings("log.export"), "moyin.jsonl")
        if path is not None:
            self._start(lambda: export_all(path, self._data_directory), partial(self._on_exported, path))

    def _start(self, work: Callable[[], object], then: Callable[[Any], None]) -> None:
        """Do work beside the window, one at a time."""
        self.message.setText(self._strings("log.working"))
        self._busy(True)
        task = self._task = BackgroundTask(work, self)
        task.succeeded.connect(then)
        task.failed.connect(lambda reason: self.message.setText(self._strings("log.failed", reason=reason)))
        task.finished.connect(self._on_finished)
        task.start()

    def _on_finished(self) -> None:
        self._task = None
        self._busy(False)
        self.reload()
        self.import_button.setFocus()  # a disabled button has lost it to 私密模式

    def _busy(self, busy: bool) -> None:
        self.export_button.setEnabled(not busy)
        for button in (self.import_button, self.erase_button):
            button.setEnabled(not busy and not self._is_copy)

    def _on_exported(self, path: Path, exported: tuple[int, tuple[Said, ...]]) -> None:
        n_line, notices = exported
        said = self._strings("log.exported", count=n_line, path=path)
        self.message.setText("\n".join([*notes_of(notices, self._strings), said]))

    def _on_imported(self, reports: list[Imported]) -> None:
        lines = [line for report in reports for line in lines_of_report(report, self._strings)]
        self.message.setText("\n".join(lines))
        self.imported.emit()
        self.changed.emit()

    # Construction.

    def _create_list(self, key: str) -> RowList:
        rows = RowList(self._strings, key)
        rows.itemSelectionChanged.connect(self._on_selected)
        return rows

    def _arrange(self, private: bool) -> None:
        self.pin_button = explained_button(self._strings, "log.pin", self._pin)
        self.forget_button = explained_button(self._strings, "log.forget", self._forget)
        tabs = QTabWidget()
        buttons = [self.delete_button, self.pin_button, self.forget_button]
        add_spoken_tab(tabs, self._tab(self.phrases, buttons), self._strings, "log.phrases")
        self.restore_button = explained_button(self._strings, "log.restore", self._restore)
        add_spoken_tab(tabs, self._tab(self.forgotten, [self.restore_button]), self._strings, "log.forgotten")
        self.unpin_button = explained_button(self._strings, "log.unpin", self._unpin)
        add_spoken_tab(tabs, self._tab(self.pinned, [self.unpin_button]), self._strings, "log.pinned")
        self.tabs = tabs
        self.private.setChecked(private)
        column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addLayout(search_line(self._strings, "log.search", self.search, "", self.count))
        column.addWidget(tabs, 1)
        column.addWidget(self.message)
        path = self._data_directory / FOLDER / FILE_NAME
        column.addWidget(explanation(self._strings, "log.place", path=path))
        self.export_button = explained_button(self._strings, "log.export", self._export)
        self.import_button = self._create_import_button()
        left = [self.import_button, self.export_button, self.erase_button, self.private]
        column.addLayout(line_of(left, [explained_button(self._strings, "log.close", self.accept)]))

    def _create_import_button(self) -> QPushButton:
        button = explained_button(self._strings, "log.import")
        menu = QMenu(button)
        for key, act in (("log.import_words", self._import_words), ("log.import_texts", self._import_texts)):
            action = menu.addAction("", act)
            in_each_language(action, partial(self._name_action, action, key))
        button.setMenu(menu)
        return button

    def _name_button(self, button: ConfirmButton, key: str) -> None:
        button.name(self._strings(key), self._strings(f"{key}.sure", count=0))
        explain(button, self._strings(f"{key}.tip"))

    def _name_action(self, action: QAction, key: str) -> None:
        action.setText(self._strings(key))

    def _tab(self, view: QWidget, buttons: list[QPushButton]) -> QWidget:
        tab = QWidget()
        layout = QVBoxLayout(tab)
        layout.addWidget(view, 1)
        layout.addLayout(line_of(buttons))
        add_button_menu(view, buttons)
        return tab

    def _sure_button(self, key: str, act: Callable[[], None]) -> ConfirmButton:
        button = ConfirmButton("")
        in_each_language(button, lambda: self._name_button(button, key))
        button.confirmed.connect(act)
        return button


def _each(act: Callable[[T], None], values: Iterable[T]) -> None:
    for value in values:
        act(value)
