"""Show retraining: what to learn from and how, progress, what got better, and the choice."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Final

from PySide6.QtCore import QDate, Qt, QTimer, Signal
from PySide6.QtWidgets import (
    QDateEdit,
    QDialog,
    QHBoxLayout,
    QHeaderView,
    QLabel,
    QProgressBar,
    QPushButton,
    QTableWidget,
    QTableWidgetItem,
    QVBoxLayout,
    QWidget,
)

from engine.errors import Said
from engine.protocol import LEAST_PHRASES, RETRAINING_MODES
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from ime_app.i18n.spoken import in_each_language, speak_again
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.services.retraining_process import (
    INSTALLED_MB,
    Failure,
    Retraining,
    RetrainingOutcome,
    RetrainingPlan,
    RetrainingProgress,
    installing_command,
    missing_packages,
)
from ime_app.widgets.announcer import announce
from ime_app.widgets.buttons import ComboBox
from ime_app.widgets.loss_curve import LossCurve
from ime_app.widgets.messages import MessageLabel, WrappedLabel
from ime_app.widgets.tables import BESIDE_TEXT, explained_button, explanation, scrolled, spoken_label
from ime_app.windows.import_report import notes_of

if TYPE_CHECKING:
    from engine.model.bundle_store import BundleStore

SPACING: Final[int] = 10
LOOK_MS: Final[int] = 2000  # for packages that are being installed
EXAMPLE_COLUMNS: Final[tuple[str, ...]] = ("keys", "wanted", "before", "after")


class RetrainingWindow(QDialog):
    """The window of retraining. Not modal: one types on while it works. Raises StoreError without a log."""

    switched = Signal()  # another bundle is to be used now

    def __init__(
        self,
        data_directory: Path,
        store: BundleStore,
        strings: Strings,
        retraining: Retraining | None = None,
        parent: QWidget | None = None,
    ) -> None:
        super().__init__(parent)
        self._strings = strings
        self._store = store
        self._times, notices = _times_of(data_directory)
        self._said: dict[MessageLabel, Callable[[], str]] = {}  # what the labels show
        self._stage = ""  # that was said last
        self._choice = ""  # the bundle that can be used or deleted
        self._task: BackgroundTask | None = None
        self.retraining = retraining or Retraining(data_directory)
        self.retraining.setParent(self)
        in_each_language(self, lambda: self.setWindowTitle(strings("retrain")))
        self.setModal(False)
        self._create_widgets()
        self._arrange()
        self.retraining.stepped.connect(self._on_stepped)
        self.retraining.ended.connect(self._on_ended)
        in_each_language(self, self._speak)
        self._show_unused()
        self._show_missing()
        if notices:
            self._say(self.verdict, lambda: "\n".join(notes_of(notices, strings)))
        self.resize(720, 680)

    @property
    def plan(self) -> RetrainingPlan:
        """The plan that the controls describe."""
        return RetrainingPlan(_day(self.first), _day(self.last), str(self.mode.currentData()))

    def speak(self) -> None:
        """Show everything in the window's language, what was found out as well."""
        speak_again(self)

    def _speak(self) -> None:
        """Say what depends on the language and not on a key alone."""
        strings = self._strings
        for number in range(self.mode.count()):
            self.mode.setItemText(number, strings(f"retrain.mode={self.mode.itemData(number)}"))
        self.mode.setAccessibleName(strings("retrain.mode"))
        self.mode.setToolTip(strings("retrain.mode.tip"))
        self.bar.setAccessibleName(strings("retrain"))
        self.curve.name(strings("retrain.loss"), strings("retrain.held_out_loss"))
        self.examples.setHorizontalHeaderLabels([strings(f"retrain.{name}") for name in EXAMPLE_COLUMNS])
        self.examples.setAccessibleName(strings("retrain.examples"))
        self._show_range()
        self._show_in_use()
        for label, say in self._said.items():
            label.show_quietly(say())

    def _say(self, label: MessageLabel, say: Callable[[], str]) -> None:
        """Show a sentence, in another language as well once one is chosen."""
        self._said[label] = say
        label.setText(say())

    def start(self) -> None:
        """Begin retraining as planned."""
        self.curve.clear()
        self.examples.setRowCount(0)
        self._say(self.verdict, str)
        self._say(self.progress, str)
        self.bar.setValue(0)
        self._stage = ""
        self._show_choice("")
        self.retraining.start(self.plan)
        self._show_running()

    def _cancel(self) -> None:
        """Cancel the process, which may take seconds."""
        self.cancel_button.setEnabled(False)
        self._say(self.progress, partial(self._strings, "retrain.cancelling"))
        self.retraining.cancel()

    def done(self, result: int) -> None:
        """Cancel when the window closes: nobody would see the result."""
        self.retraining.stop()
        if self._task is not None:
            self._task.wait()
        super().done(result)

    # Events.

    def _on_stepped(self, step: RetrainingProgress) -> None:
        if not self.cancel_button.isEnabled():  # pressed already
            return
        self.bar.setMaximum(max(1, step.of))
        self.bar.setValue(step.step)
        self._said[self.progress] = partial(self._words_of, step)
        self.progress.show_quietly(self._words_of(step))
        if step.stage != self._stage:
            self._stage = step.stage
            announce(self.progress, self._strings(f"retrain.stage={step.stage}"))
        if step.stage == "train":
            self.curve.add(step.step, step.of, step.loss, step.held_out_loss)

    def _words_of(self, step: RetrainingProgress) -> str:
        stage = self._strings(f"retrain.stage={step.stage}")
        left = step.seconds_left
        return stage if left is None else f"{stage}　{self._time_left(left)}"

    def _time_left(self, seconds: float) -> str:
        if seconds < 90:
            return self._strings("retrain.left_seconds", count=max(1, round(seconds)))
        return self._strings("retrain.left_minutes", count=round(seconds / 60))

    def _on_ended(self, ended: RetrainingOutcome | Failure) -> None:
        self._say(self.progress, str)
        self._show_running()
        if isinstance(ended, Failure):
            self._say(self.verdict, partial(self._strings, f"retrain.{ended.kind}", reason=ended.reason))
            return
        self.bar.setValue(self.bar.maximum())
        self._show_outcome(ended)
        self._show_choice(ended.bundle if ended.accepted else "")

    def _show_outcome(self, outcome: RetrainingOutcome) -> None:
        key = "retrain.better" if outcome.accepted else "retrain.refused"
        verdict = partial(
            self._strings,
            key,
            certainty_before=outcome.certainty.before,
            certainty_after=outcome.certainty.after,
            before=outcome.held_out.before,
            after=outcome.held_out.after,
            general_before=outcome.general.before,
            general_after=outcome.general.after,
            seconds=outcome.seconds,
            reason=outcome.refusal,
        )
        self._say(self.verdict, verdict)
        self.examples.setRowCount(len(outcome.examples))
        for row, example in enumerate(outcome.examples):
            for column, name in enumerate(EXAMPLE_COLUMNS):
                text = str(getattr(example, name))
                is_right = name in ("before", "after") and text == example.wanted
                item = QTableWidgetItem(f"{text} ✓" if is_right else text)
                item.setToolTip(text)  # where the column is too narrow for it
                self.examples.setItem(row, column, item)

    def _activate(self) -> None:
        name = self._choice
        self._switch(lambda: self._store.activate(name), "retrain.activated")

    def _keep_old(self) -> None:
        name = self._choice
        self._switch(lambda: self._store.remove(name), "retrain.kept_old", reload=False)

    def _roll_back(self) -> None:
        self._switch(self._store.roll_back, "retrain.rolled_back")

    def _switch(self, act: Callable[[], object], then: str, *, reload: bool = True) -> None:
        """Change what is in use, beside the window: a bundle is read to be sure of it."""
        self._show_choice("")
        self.back_button.setEnabled(False)

        def finished(_: object) -> None:
            self._say(self.progress, partial(self._strings, then))
            if reload:
                self.switched.emit()

        task = self._task = BackgroundTask(act, self)
        task.succeeded.connect(finished)
        task.failed.connect(
            lambda reason: self._say(self.progress, partial(self._strings, "retrain.failed", reason=reason))
        )
        task.finished.connect(self._show_in_use)
        task.start()

    # Display.

    def _show_range(self) -> None:
        plan = self.plan
        count = sum(plan.first <= day <= plan.last for day in self._times)
        enough = count >= LEAST_PHRASES
        key = "retrain.count" if enough else "retrain.too_few"
        self.n_phrase.setText(self._strings(key, count=count, least=LEAST_PHRASES))
        self._enough = enough
        self._show_running()

    def _show_running(self) -> None:
        running = self.retraining.is_running
        for widget in (self.first, self.last, self.mode):
            widget.setEnabled(not running)
        self.start_button.setEnabled(self._enough and not running and not self._missing)
        self.cancel_button.setEnabled(running)

    def _show_choice(self, name: str) -> None:
        """Ask whether to use the bundle of that name; nothing if it is empty."""
        self._choice = name
        for button in (self.activate_button, self.keep_button):
            button.setVisible(bool(name))

    def _show_unused(self) -> None:
        """Offer a bundle of an earlier time, from a window closed before a choice, or taken back."""
        name = self._store.unused
        self._show_choice(name)
        if name:
            self._say(self.progress, partial(self._strings, "retrain.unused", name=name))

    def _show_in_use(self) -> None:
        name = self._store.active or self._strings("retrain.shipped")
        self.in_use.setText(self._strings("retrain.in_use", name=name))
        self.back_button.setEnabled(bool(self._store.active))

    def _show_missing(self) -> None:
        if self._missing:
            values = {"command": installing_command(), "size": INSTALLED_MB}
            packages = ", ".join(self._missing)
            self._say(self.verdict, partial(self._strings, "retrain.missing", packages=packages, **values))
            self._look_timer.start()

    def _look_again(self) -> None:
        """Go on by itself as soon as the packages are there."""
        self._missing = missing_packages()
        if not self._missing:
            self._look_timer.stop()
            key = "retrain.ready" if self._enough else "retrain.ready.too_few"
            self._say(self.verdict, partial(self._strings, key))
            self._show_running()

    # Construction.

    def _create_widgets(self) -> None:
        strings = self._strings
        self._missing = missing_packages()
        self._look_timer = QTimer(self, interval=LOOK_MS)
        self._look_timer.timeout.connect(self._look_again)
        self._enough = False
        self.first = self._date_edit(self._times[0] if self._times else date.today(), "retrain.first.tip")
        self.last = self._date_edit(self._times[-1] if self._times else date.today(), "retrain.last.tip")
        self.n_phrase: QLabel = QLabel()
        self.mode = ComboBox()
        for mode in RETRAINING_MODES:
            self.mode.addItem("", mode)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.progress = MessageLabel()
        self.curve = LossCurve()
        self.verdict = MessageLabel()
        self.verdict.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.examples = self._create_examples()
        self.in_use = WrappedLabel()
        self.start_button = explained_button(strings, "retrain.start", self.start)
        self.cancel_button = explained_button(strings, "retrain.cancel", self._cancel)
        self.activate_button = explained_button(strings, "retrain.activate", self._activate)
        self.keep_button = explained_button(strings, "retrain.keep_old", self._keep_old)
        self.back_button = explained_button(strings, "retrain.roll_back", self._roll_back)

    def _create_examples(self) -> QTableWidget:
        table = QTableWidget(0, len(EXAMPLE_COLUMNS))
        table.setEditTriggers(QTableWidget.EditTrigger.NoEditTriggers)
        table.setTabKeyNavigation(False)
        table.setShowGrid(False)
        table.setAlternatingRowColors(True)
        table.verticalHeader().hide()
        table.horizontalHeader().setSectionResizeMode(QHeaderView.ResizeMode.Stretch)
        return table

    def _arrange(self) -> None:
        body = QWidget()
        column = QVBoxLayout(body)
        column.setSpacing(SPACING)
        column.addWidget(explanation(self._strings, "retrain.about"))
        column.addLayout(self._line("retrain.range", self.first, QLabel("—"), self.last, self.n_phrase))
        column.addLayout(self._line("retrain.mode", self.mode))
        column.addLayout(_row(self.start_button, self.cancel_button, self.progress))
        column.addWidget(self.bar)
        column.addWidget(self.verdict)  # in sight on a small screen: it says why nothing can be begun
        column.addWidget(self.curve)
        column.addWidget(self.examples, 1)
        column.addLayout(_row(self.activate_button, self.keep_button, self.in_use, self.back_button))
        last = QHBoxLayout()
        last.addStretch(1)
        last.setContentsMargins(SPACING, 0, SPACING, SPACING)
        last.addWidget(explained_button(self._strings, "retrain.close", self.accept))
        whole = QVBoxLayout(self)
        whole.setContentsMargins(0, 0, 0, 0)
        whole.addWidget(scrolled(body), 1)
        whole.addLayout(last)

    def _line(self, key: str, *widgets: QWidget) -> QHBoxLayout:
        label = spoken_label(self._strings, key)
        label.setBuddy(widgets[0])
        label.setMinimumWidth(90)
        line = _row(label, *widgets)
        line.addStretch(1)
        return line

    def _date_edit(self, day: date, key: str) -> QDateEdit:
        edit = QDateEdit(QDate(day.year, day.month, day.day))
        edit.setCalendarPopup(True)
        edit.setDisplayFormat("yyyy-MM-dd")
        in_each_language(edit, lambda: edit.setToolTip(self._strings(key)))
        in_each_language(edit, lambda: edit.setAccessibleName(self._strings(key)))
        edit.dateChanged.connect(self._show_range)
        return edit


def _row(*widgets: QWidget) -> QHBoxLayout:
    """Return widgets side by side; labels take the room that is left."""
    layout = QHBoxLayout()
    for widget in widgets:
        if isinstance(widget, QPushButton):
            layout.addWidget(widget, 0, BESIDE_TEXT)
        else:
            layout.addWidget(widget, 1 if isinstance(widget, QLabel) and widget.wordWrap() else 0)
    return layout


def _day(edit: QDateEdit) -> date:
    day = edit.date()
    return date(day.year(), day.month(), day.day())


def _times_of(data_directory: Path) -> tuple[list[date], list[Said]]:
    """Return the days of the phrases, oldest first; and sentences about a log that was found damaged."""
    with closing(UserStore(data_directory)) as store:
        times = store.mending(PhraseLog(store).times)
        return [datetime.fromtimestamp(when).date() for when in times], store.notices
