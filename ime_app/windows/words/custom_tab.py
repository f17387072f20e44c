"""Show and edit the custom phrases as a table of the file; each change holds from the next key on."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Final

from PySide6.QtCore import QFileSystemWatcher, Qt, Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QVBoxLayout, QWidget

from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook, added
from engine.storage.custom_phrases.phrase_file import PhraseError
from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.widgets.buttons import SecondPress
from ime_app.widgets.file_dialogs import open_files, save_file
from ime_app.widgets.line_field import LineField
from ime_app.widgets.messages import MessageLabel
from ime_app.widgets.tables import (
    SPACING,
    RowActions,
    RowTable,
    explained_button,
    explanation,
    search_line,
)
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.custom_model import CustomModel

WIDTHS: Final[tuple[int, ...]] = (100, 420)
MAX_SHOWN: Final[int] = 5  # wrong lines
NAMES: Final[dict[str, str]] = {  # by the form of the file, what it is called by its program
    "fcitx5": "customphrase",
    "rime": "custom_phrase.txt",
    "sogou": "phrases.ini",
    "microsoft": "UserDefinedPhrase.dat",
}


class CustomTab(QWidget):
    """The tab of custom phrases; the book that makes the edits keeps comments and wrong lines of the file."""

    told = Signal(str)  # a sentence for the user
    changed = Signal()  # the file is another
    asked = Signal(object, object)  # Editor and its dialog, which can be typed in with Moyin itself
    found_words = Signal(object, object)  # files that hold words, and what was said of the others

    def __init__(self, data_directory: Path, strings: Strings) -> None:
        super().__init__()
        self._strings = strings
        self._book = CustomPhraseBook(data_directory)
        self.model = CustomModel(strings)
        self.search = LineField()
        self.wrong = MessageLabel()
        self.table = RowTable(self.model, strings, "words.custom", WIDTHS)
        self.table.doubleClicked.connect(lambda _: self.edit())
        acts: dict[str, tuple[Callable[[], None], str]] = {
            "add": (self.add, "Ctrl+N"),
            "edit": (self.edit, "F2"),
            "up": (partial(self.move_row, -1), "Alt+Up"),
            "down": (partial(self.move_row, 1), "Alt+Down"),
            "delete": (self.delete, "Del"),
        }
        self.actions_by_name = RowActions(self.table, strings, "custom", acts)
        self.actions_by_name.reach("add", self)
        self._deleting = SecondPress(self.actions_by_name["delete"], strings("words.delete.again"))
        self._deleting.told.connect(self.told)
        self._deleting.ended.connect(self._on_selected)
        self._arrange()
        self.search.textChanged.connect(self.model.find)
        self.table.selectionModel().selectionChanged.connect(self._on_selected)
        self.model.modelReset.connect(self._on_selected)
        self._watcher = QFileSystemWatcher(self)
        self._watcher.directoryChanged.connect(lambda _: self.reload())
        in_each_language(self, self._speak)  # an empty file resets no model

    def reload(self) -> None:
        """Read the file anew: it may have been edited by hand."""
        folder = str(self._book.path.parent)
        if folder not in self._watcher.directories() and self._book.path.parent.is_dir():
            self._watcher.addPath(folder)
        try:
            file = self._book.read()
        except PhraseError as error:
            self._show_wrong(self._strings("words.failed", reason=error))
            return
        if list(file.phrases) != list(self.model.rows):
            self.model.take(file.phrases)
        lines = [
            self._strings("custom.bad_line", number=wrong.line, reason=wrong.reason) for wrong in file.wrong
        ]
        self._show_wrong("\n".join(lines[:MAX_SHOWN]))

    def chosen(self) -> list[CustomPhrase]:
        """Return the phrases that are selected, from the top."""
        return [self.model.row_at(row) for row in self.table.chosen()]

    # What the actions do

    def add(self) -> None:
        """Ask for a phrase and put it behind the others."""
        self._ask(None)

    def edit(self) -> None:
        """Ask for other words in the place of the chosen phrase."""
        phrases = self.chosen()
        if len(phrases) == 1:
            self._ask(phrases[0])

    def move_row(self, step: int) -> None:
        """Exchange the chosen phrase with the one before or behind it that has the same code."""
        phrases = self.chosen()
        if len(phrases) != 1:
            return
        (moved,) = phrases

        def change(file: list[CustomPhrase]) -> list[CustomPhrase]:
            places = [number for number, phrase in enumerate(file) if phrase.code == moved.code]
            here = next((i for i, number in enumerate(places) if file[number] == moved), None)
            if here is not None and 0 <= here + step < len(places):
                a, b = places[here], places[here + step]
                file[a], file[b] = file[b], file[a]
            return file

        self._edit(change)
        self._select(moved)

    def delete(self) -> None:
        """Take the chosen phrases out of the file when it is asked for twice."""
        gone = set(self.chosen())
        if self._deleting.is_sure(self._strings("custom.delete.sure", count=len(gone))):
            self.table.keep_place()
            self._edit(lambda phrases: [phrase for phrase in phrases if phrase not in gone])

    def import_files(self) -> None:
        """Read files of other input methods; those that hold words are taken as words."""
        said, lists = [], []
        for path in open_files(self, self._strings("custom.import"), "files.phrases", self._strings):
            try:
                is_list, lines = self._imported(path)
            except (OSError, PhraseError) as error:
                is_list, lines = False, [self._strings("words.failed", reason=error)]
            said += lines
            lists += [path] if is_list else []
        self.changed.emit()
        self.reload()
        if said:
            self.told.emit("\n".join(said))
        if lists:
            self.found_words.emit(lists, said)

    def export(self, form: str) -> None:
        """Write the phrases for another input method."""
        from engine.interchange.phrase_files import write_phrases
        from engine.rewriters.phrase_variables import DEFAULT_FORMATS

        chosen = save_file(self, self._strings(f"custom.export.{form}"), NAMES[form])
        if chosen is None:
            return
        try:
            file = self._book.read()
            written = write_phrases(file.phrases, chosen, form, {**DEFAULT_FORMATS, **file.formats})
        except (OSError, PhraseError) as error:
            self.told.emit(self._strings("words.failed", reason=error))
            return
        said = [self._strings("custom.exported", count=written.count, path=chosen)]
        if written.left_out:
            said.append(self._strings("custom.left_out", codes=" ".join(dict.fromkeys(written.left_out))))
        self.told.emit("\n".join(said))

    # Internals.

    def _speak(self) -> None:
        self._deleting.name(self._strings("words.delete.again"))
        self.reload()
        self._on_selected()

    def _imported(self, path: Path) -> tuple[bool, list[str]]:
        """Take the phrases of a file; return whether it holds words instead, and what is to be said."""
        from engine.interchange.importing import import_phrases
        from engine.interchange.phrase_files import holds_phrases

        if holds_phrases(path) is False:
            return True, [self._strings("custom.are_words", file=path.name)]
        found = import_phrases(path, self._book)
        values = {"file": path.name, "count": found.custom, "new": found.new}
        bad = [
            self._strings("custom.bad_line", number=row.number, reason=row.reason) for row in found.bad.first
        ]
        return False, [self._strings("custom.imported", **values), *bad[:MAX_SHOWN]]

    def _ask(self, phrase: CustomPhrase | None) -> None:
        dialog = CustomDialog(self._strings, phrase, self)
        dialog.accepted.connect(lambda: self._put(phrase, dialog.found))
        self.asked.emit(dialog.text, dialog)
        dialog.open()

    def _put(self, old: CustomPhrase | None, new: CustomPhrase | None) -> None:
        if new is None:
            return
        if old is None:
            self._edit(lambda phrases: added(phrases, [new]))
        else:
            self._edit(lambda phrases: [new if phrase == old else phrase for phrase in phrases])
        self._select(new)

    def _edit(self, change: Callable[[list[CustomPhrase]], list[CustomPhrase]]) -> None:
        try:
            self._book.edit(change)
        except PhraseError as error:
            self.told.emit(self._strings("words.failed", reason=error))
        self.changed.emit()
        self.reload()

    def _show_wrong(self, said: str) -> None:
        if said != self.wrong.text():  # it is said once
            self.wrong.setText(said)
        self.wrong.setVisible(bool(said))

    def _select(self, phrase: CustomPhrase) -> None:
        for row in self.model.numbers_of([phrase])[:1]:
            self.table.choose(row)

    def _on_selected(self) -> None:
        count = len(self.chosen())
        for name in ("edit", "up", "down"):
            self.actions_by_name[name].setEnabled(count == 1)
        self._deleting.forget()
        self.actions_by_name["delete"].setText(self._strings("custom.delete"))
        self.actions_by_name["delete"].setEnabled(count > 0)

    def _arrange(self) -> None:
        place = explanation(self._strings, "custom.file", path=self._book.path)
        place.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        import_button = explained_button(self._strings, "custom.import", self.import_files)
        column = QVBoxLayout(self)
        column.setSpacing(SPACING)
        column.addLayout(search_line(self._strings, "words.search", self.search, "custom.search.hint"))
        column.addWidget(self.table, 1)
        column.addWidget(self.wrong)
        column.addLayout(self.actions_by_name.line(import_button, self._create_export_button()))
        column.addWidget(place)

    def _create_export_button(self) -> QPushButton:
        button = explained_button(self._strings, "custom.export")
        menu = QMenu(button)
        for form in NAMES:
            action = menu.addAction("", partial(self.export, form))
            in_each_language(action, partial(self._name_export, action, form))
        button.setMenu(menu)
        return button

    def _name_export(self, action: QAction, form: str) -> None:
        action.setText(self._strings(f"custom.export.{form}"))
