"""Bring keys to the engine and outputs to the editor, in the order typed.

A key goes straight to the editor only if nothing is unanswered, nothing is composed and the session would not
take it; otherwise it waits its turn, and comes back to the editor if the session leaves it.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass, replace
from itertools import islice
from time import perf_counter
from typing import Final, Protocol

from PySide6.QtCore import QObject, Qt, QTimer, Signal
from PySide6.QtGui import QKeyEvent

from engine.errors import Said
from engine.protocol import Commit, Deed, Key, KeyEvent, Menu, Output, Preedit
from engine.session.keymap import KeyState, action_of
from engine.session.options import SessionOptions
from engine.session.output_modes import Modes
from engine.session.session import SURROUNDING_LENGTH, Session
from ime_app.input.engine_worker import (
    AskJob,
    ConfigureJob,
    EngineAnswer,
    Job,
    KeyJob,
    ReloadJob,
    SurroundingJob,
)
from ime_app.input.qt_keys import copy_of, to_key_event
from ime_app.input.type_ahead import TypeAhead, with_gaps_of
from ime_app.settings.engine_options import EngineOptions
from ime_app.settings.session_state import modes_of

ECHO_AFTER_MS: Final[int] = 12  # sooner, each key would be painted twice
ECHO_AFTER_S: Final[float] = ECHO_AFTER_MS / 1000


class EnginePort(Protocol):
    """The receiver of jobs: the worker."""

    def submit(self, job: Job | SurroundingJob) -> None: ...


class EditorPort(Protocol):
    """What the controller asks of the editor."""

    def show_composition(
        self, commit: str, preedit: Preedit, replaced: int = 0, behind: int = 0, erased: int = 0
    ) -> None: ...
    def replay(self, event: QKeyEvent) -> None: ...
    def has_selection(self) -> bool: ...
    def text_before_caret(self, length: int) -> str: ...
    def text_after_caret(self, length: int) -> str: ...


@dataclass(frozen=True)
class Unanswered:
    """A job under way: the key (None for other jobs), Qt's event to replay, and what follows."""

    sequence: int
    started: float  # perf_counter seconds
    event: KeyEvent | None = None
    qt_event: QKeyEvent | None = None
    then: Callable[[], None] | None = None


@dataclass(frozen=True)
class Rendered:
    """An output that the editor shows already, for bar and status line."""

    output: Output
    event: KeyEvent | None
    latency_ms: float
    error: str = ""
    complaint: Said = ""


class InputController(QObject):
    """The one place that decides which key goes where."""

    rendered = Signal(object)  # Rendered

    def __init__(self, engine: EnginePort, editor: EditorPort, options: SessionOptions, modes: Modes) -> None:
        super().__init__()
        self._engine = engine
        self._editor = editor
        self._options = options
        self._unanswered: deque[Unanswered] = deque()
        self._n_sent = 0
        self._output = Output(handled=False, **vars(modes))
        self._loading = True
        self._broken = False
        self._surrounding: tuple[str, str] | None = None
        self._committed = ""  # by the key before
        self._ahead: TypeAhead | None = None  # of the first `_n_ahead` that are unanswered; None: anew
        self._n_ahead = 0
        self._is_echoing = False  # letters are shown that the session has not answered
        self._echo_timer = QTimer(self, singleShot=True, interval=ECHO_AFTER_MS)
        self._echo_timer.setTimerType(Qt.TimerType.PreciseTimer)
        self._echo_timer.timeout.connect(self._echo)

    @property
    def output(self) -> Output:
        """The newest output shown."""
        return self._output

    @property
    def is_idle(self) -> bool:
        """Whether no job is unanswered."""
        return not self._unanswered

    @property
    def is_loading(self) -> bool:
        """Whether the engine is still loading."""
        return self._loading

    @property
    def is_broken(self) -> bool:
        """Whether the engine could not be loaded, so that there is no mode to be switched."""
        return self._broken

    @property
    def is_composing(self) -> bool:
        return bool(self._output.preedit.text)

    @property
    def is_predicting(self) -> bool:
        """Whether candidates are shown for what may follow, and nothing is composed."""
        return bool(self._output.menu.candidates) and not self.is_composing

    def take(self, qt_event: QKeyEvent) -> bool:
        """Return whether a key press is on its way to the session; if not, it is the editor's."""
        event = to_key_event(qt_event)
        if event is None or not self._concerns_session(event):
            self._committed = ""
            return False
        self._send_key(event, copy_of(qt_event))
        return True

    def press(self, event: KeyEvent) -> None:
        """Handle a key without a keyboard event: Shift alone, a click on a button."""
        if not self._broken:
            self._send_key(event, None)

    def turn_page(self, step: int) -> None:
        """Show the next page of the menu (1) or the one before (-1), after all keys under way."""
        self._ask(lambda session: session.turn_page(step))

    def pick(self, number: int) -> None:
        """Take the candidate of that number on the page shown, from 1: the mouse."""
        index = self._output.menu.page_start + number - 1
        self._ask(lambda session: session.pick(index))

    def act(self, number: int, deed: Deed) -> None:
        """Do something with the candidate of that number on the page shown, from 1."""
        index = self._output.menu.page_start + number - 1
        self._ask(lambda session: session.act(index, deed))

    def finish(self, then: Callable[[], None] | None = None) -> None:
        """Commit what is composed as typed, after all keys under way, and go on with `then`."""
        self._ask(Session.commit_typed, then)

    def use(self, editor: EditorPort) -> None:
        """Go on in another editor; nothing is composed or under way."""
        self._editor = editor
        self._surrounding, self._committed = None, ""

    def configure(self, options: EngineOptions) -> None:
        """Use other options after all keys under way; the composition stays."""
        self._options, self._ahead = options.session, None
        self._engine.submit(ConfigureJob(self._expect_answer(), options))

    def reload(self) -> None:
        """Load the engine anew, as another model is in use; the composition is finished as typed before."""
        self.finish()
        self._engine.submit(ReloadJob(self._expect_answer()))
        self._surrounding = None  # the new session has not been told of any text

    def give_up(self) -> str:
        """Forget all that is under way; returns the letters it held, for a window that closes."""
        text = self._waiting().text
        self._unanswered.clear()
        self._ahead = None
        self._output = replace(self._output, preedit=Preedit(), menu=Menu())
        return text

    def on_loaded(self) -> None:
        """Note that the engine is there; answers to the keys typed meanwhile follow."""
        self._loading = False

    def on_load_failed(self) -> None:
        """Give the keys typed meanwhile to the editor, as there is no engine; later ones stay there."""
        self._loading = False
        self._broken = True
        self._show(Rendered(Output(handled=False, chinese=False), None, 0.0))

    def on_answer(self, answer: EngineAnswer) -> None:
        """Show an answer, unless a newer one has been shown already."""
        if not self._unanswered or answer.sequence < self._unanswered[0].sequence:
            return
        while self._unanswered[0].sequence < answer.sequence:
            self._unanswered.popleft()
        waiting = self._unanswered.popleft()
        self._ahead = None
        output = answer.output
        if answer.is_overtaken and output.preedit.text:  # the menu shown stands until there is a newer one
            shown = with_gaps_of(self._output.preedit, output.preedit.typed, output.preedit.typed_caret)
            output = replace(output, menu=self._output.menu, preedit=shown)
        if not output.handled and waiting.qt_event is not None:
            if self._is_echoing:  # what it selects must not be taken for what a composition gives up
                self._editor.show_composition("", self._output.preedit)
            self._editor.replay(waiting.qt_event)
        latency_ms = (perf_counter() - waiting.started) * 1000
        rendered = Rendered(output, waiting.event, latency_ms, answer.error, answer.complaint)
        self._show(rendered, is_quiet=answer.is_overtaken and self._says_nothing(rendered))
        if self._is_echoing:
            self._echo()
        if waiting.then is not None:
            waiting.then()

    def on_offer(self, answer: EngineAnswer) -> None:
        """Show predictions, unless a key has been pressed since they were made."""
        if self.is_idle and answer.sequence == self._n_sent:
            self._show(Rendered(answer.output, None, 0.0))

    def tell_surrounding(self) -> None:
        """Tell the session the text around the caret, when it has no better knowledge itself."""
        if not self.is_idle or self.is_composing or self._broken:
            return
        text, after = self._editor.text_before_caret(SURROUNDING_LENGTH), self._editor.text_after_caret(1)
        if (text, after) != self._surrounding:
            self._surrounding = text, after
            self._engine.submit(SurroundingJob(text, after))

    def _concerns_session(self, event: KeyEvent) -> bool:
        if not self.is_idle or self.is_composing or self.is_predicting:
            return True  # predictions shown go with any key, so the session has to see it
        if event == KeyEvent(Key.BACKSPACE) and self._stands_before_caret(self._committed):
            return True  # the editor deletes, and the session takes back what it has learnt from the commit
        state = KeyState.of(self._output)
        return not self._broken and action_of(event, state, self._options) is not None

    def _stands_before_caret(self, text: str) -> bool:
        return bool(text) and self._editor.text_before_caret(len(text)) == text

    def _send_key(self, event: KeyEvent, qt_event: QKeyEvent | None) -> None:
        self.tell_surrounding()
        waiting = Unanswered(self._next(), perf_counter(), event, qt_event)
        self._unanswered.append(waiting)
        self._engine.submit(KeyJob(waiting.sequence, event))
        self._surrounding = None  # the session may commit: what it was told last is out of date
        if self._loading or self._is_echoing or waiting.started - self._unanswered[0].started > ECHO_AFTER_S:
            self._echo()
        else:
            self._echo_timer.start()

    def _waiting(self) -> TypeAhead:
        """Return the composition and what has been typed since."""
        if self._ahead is None:
            self._ahead = TypeAhead.after(self._output)
            self._n_ahead = 0
        for unanswered in islice(self._unanswered, self._n_ahead, None):
            if unanswered.event is not None:
                self._ahead = self._ahead.press(unanswered.event, self._options)
        self._n_ahead = len(self._unanswered)
        return self._ahead

    def _echo(self) -> None:
        """Show the keys without an answer as letters, so that none seems lost; none where all have one.

        Letters that are shown replace what is selected, which the keys before them may have to do.
        """
        if self._broken or self._editor.has_selection():
            self._is_echoing = False
            return
        self._is_echoing = any(unanswered.event is not None for unanswered in self._unanswered)
        shown = self._waiting().shown_after(self._output) if self._is_echoing else self._output.preedit
        self._editor.show_composition("", shown)

    def _says_nothing(self, rendered: Rendered) -> bool:
        """Return whether an output differs from the one shown in letters only."""
        output, error = rendered.output, rendered.error or rendered.complaint
        is_said = output.commit or output.refused or output.notice or self._output.notice or error
        return not is_said and modes_of(output) == modes_of(self._output)

    def _show(self, rendered: Rendered, *, is_quiet: bool = False) -> None:
        output = rendered.output
        commit = output.commit or Commit("")
        if output.handled or self._broken:
            replaced, behind, erased = commit.replaced, commit.behind, commit.erased
            self._editor.show_composition(commit.text, output.preedit, replaced, behind, erased)
        if rendered.event is not None or commit.text:  # predictions that are offered are no key
            self._committed = commit.text
        self._output, self._ahead = replace(output, commit=None), None
        if not is_quiet:
            self.rendered.emit(rendered)

    def _ask(self, ask: Callable[[Session], Output], then: Callable[[], None] | None = None) -> None:
        self._engine.submit(AskJob(self._expect_answer(then), ask))

    def _expect_answer(self, then: Callable[[], None] | None = None) -> int:
        """Return the number of a job without a key."""
        waiting = Unanswered(self._next(), perf_counter(), then=then)
        self._unanswered.append(waiting)
        return waiting.sequence

    def _next(self) -> int:
        self._n_sent += 1
        return self._n_sent
