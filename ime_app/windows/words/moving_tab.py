"""Let the user write all data into one file, read it back, and choose a folder that computers share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QCheckBox, QGroupBox, QVBoxLayout, QWidget

from ime_app.i18n.spoken import in_each_language
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.services.moving import Mover, MovingReport
from ime_app.widgets.file_dialogs import choose_folder, open_files, save_file
from ime_app.widgets.messages import WrappedLabel
from ime_app.widgets.tables import explained_button, line_of, scrolled, spoken_label
from ime_app.windows.import_report import MAX_BAD_LINES, notes_of, said

FILE_NAME: Final[str] = "moyin.jsonl"


class MovingTab(QWidget):
    """The tab of moving to another computer; it does one thing at a time, beside the window's thread."""

    changed = Signal()  # the words on the disk are others
    told = Signal(str)

    def __init__(self, data_directory: Path, settings: Path, strings: Strings) -> None:
        super().__init__()
        self._strings = strings
        self._mover = Mover(data_directory, settings)
        self._task: BackgroundTask | None = None
        self.with_log = QCheckBox()
        in_each_language(self, lambda: self.with_log.setText(strings("moving.with_log")))
        self.write_button = explained_button(strings, "moving.write", self.write)
        self.read_button = explained_button(strings, "moving.read", self.read)
        self.folder = WrappedLabel()
        self.choose_button = explained_button(strings, "moving.choose", self.choose)
        self.now_button = explained_button(strings, "moving.now", self.exchange)
        self.leave_button = explained_button(strings, "moving.leave", self.leave)
        body = QWidget()
        column = QVBoxLayout(body)
        file_box = [self.write_button, self.with_log, self.read_button]
        column.addWidget(self._box("moving.one_file", [], file_box))
        buttons = [self.choose_button, self.now_button, self.leave_button]
        column.addWidget(self._box("moving.folder", [self.folder], buttons))
        column.addStretch(1)
        self._scroll(body)
        in_each_language(self, self._show_folder)

    def wait(self) -> None:
        """Let what is being done end."""
        if self._task is not None:
            self._task.wait()

    def write(self) -> None:
        """Ask for a file and write everything into it."""
        path = save_file(self, self._strings("moving.write"), FILE_NAME)
        if path is not None:
            with_log = self.with_log.isChecked()
            self._start(lambda: self._mover.write(path, with_log=with_log), self._on_written)

    def read(self) -> None:
        """Ask for files and bring them together with what is here."""
        paths = open_files(self, self._strings("moving.read"), "files.archive", self._strings)
        if paths:
            self._start(lambda: self._mover.read(paths), self._on_read)

    def choose(self) -> None:
        """Ask for a folder, and exchange by it at once."""
        folder = choose_folder(self, self._strings("moving.choose"))
        if folder is not None:

            def work() -> MovingReport | None:
                self._mover.choose(folder)
                return self._mover.exchange()

            self._start(work, self._on_exchanged)

    def exchange(self) -> None:
        """Exchange by the folder now."""
        self._start(self._mover.exchange, self._on_exchanged)

    def leave(self) -> None:
        """Exchange no longer."""
        self._start(lambda: self._mover.choose(None), lambda _: self._show_folder())

    # Internals.

    def _start(self, work: Callable[[], object], then: Callable[[Any], None]) -> None:
        if self._task is not None:
            return
        self.told.emit(self._strings("log.working"))
        task = self._task = BackgroundTask(work, self)
        task.succeeded.connect(then)
        task.failed.connect(lambda reason: self.told.emit(self._strings("words.failed", reason=reason)))
        task.finished.connect(self._on_finished)
        self._show_folder()
        task.start()

    def _on_finished(self) -> None:
        self._task = None
        self._show_folder()

    def _on_written(self, report: MovingReport) -> None:
        written = self._strings("moving.written", count=report.count, path=report.path)
        self.told.emit("\n".join([*notes_of(report.notices, self._strings), written]))

    def _on_read(self, reports: list[MovingReport]) -> None:
        self.told.emit("\n".join(line for report in reports for line in self._lines_of(report)))
        self.changed.emit()

    def _on_exchanged(self, report: MovingReport | None) -> None:
        if report is None:
            return
        changes = said(self._strings, report.changed or {})
        lines = [self._strings("moving.exchanged", count=report.count, changes=changes)]
        lines += [self._strings("moving.waiting", file=name) for name in report.waiting]
        self.told.emit("\n".join([*notes_of(report.notices, self._strings), *lines]))
        self.changed.emit()

    def _lines_of(self, report: MovingReport) -> list[str]:
        changes = said(self._strings, report.changed or {})
        lines = [
            *notes_of(report.notices, self._strings),
            self._strings("moving.took", file=report.path.name, changes=changes),
        ]
        if not report.is_complete:
            lines.append(self._strings("moving.incomplete"))
        for number, reason in report.bad_lines[:MAX_BAD_LINES]:
            lines.append(self._strings("custom.bad_line", number=number, reason=reason))
        return lines

    def _show_folder(self) -> None:
        folder = self._mover.folder()
        self.folder.setText(str(folder) if folder else self._strings("moving.none"))
        is_idle = self._task is None
        for button in (self.write_button, self.read_button, self.choose_button):
            button.setEnabled(is_idle)
        for button in (self.now_button, self.leave_button):
            button.setEnabled(is_idle and folder is not None)

    def _scroll(self, body: QWidget) -> None:
        """Let the tab scroll: its texts are long for a small screen at scale 2."""
        area = scrolled(body)
        for widget in (body, area.viewport()):  # the tab's own background
            widget.setAutoFillBackground(False)
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(area)

    def _box(self, key: str, above: Sequence[QWidget], buttons: Sequence[QWidget]) -> QGroupBox:
        box = QGroupBox()
        in_each_language(box, lambda: box.setTitle(self._strings(key)))
        text = spoken_label(self._strings, f"{key}.text")
        text.setWordWrap(True)
        column = QVBoxLayout(box)
        column.addWidget(text)
        for widget in above:
            column.addWidget(widget)
        column.addLayout(line_of(buttons))
        return box
