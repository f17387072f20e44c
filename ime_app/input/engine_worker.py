"""Run the session in one thread: jobs in, answers out, in order.

An answer carries the number of its job, so that the receiver can tell a late one. Nothing typed is ever
written to a log: an error is reported by the name of its kind.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from queue import SimpleQueue
from typing import Final

from PySide6.QtCore import QObject, QThread, Signal

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, Said, reason_of, says
from engine.gc_control import gc_disabled
from engine.protocol import KeyEvent, Output
from engine.session.output_modes import Modes
from engine.session.session import Session
from ime_app.input.loaded_engine import UNUSABLE, Engine, given_back
from ime_app.settings.engine_options import EngineOptions

STOP_TIMEOUT_MS: Final[int] = 10_000


@dataclass(frozen=True)
class KeyJob:
    """A key for the session."""

    sequence: int
    event: KeyEvent


@dataclass(frozen=True)
class AskJob:
    """Something else that is asked of the session: to turn the page, pick a candidate, finish the text."""

    sequence: int
    ask: Callable[[Session], Output]


@dataclass(frozen=True)
class ConfigureJob:
    """A change of the user's settings; the composition, if any, is shown anew."""

    sequence: int
    options: EngineOptions


@dataclass(frozen=True)
class ReloadJob:
    """A request to load the engine anew, as another bundle is in use. The composition was finished before."""

    sequence: int


Job = KeyJob | AskJob | ConfigureJob | ReloadJob  # each is answered


@dataclass(frozen=True)
class SurroundingJob:
    """A change of the text around the caret; not answered."""

    text: str
    after: str = ""


@dataclass(frozen=True)
class EraseJob:
    """A request to erase everything that was kept and learnt; not answered."""


@dataclass(frozen=True)
class EngineAnswer:
    """The session's output to the job of that number.

    `error` names an exception's kind; `complaint` is a sentence about settings that cannot be used.
    `is_overtaken`: another answer follows at once, so this one has no menu.
    """

    sequence: int
    output: Output
    error: str = ""
    complaint: Said = ""
    is_overtaken: bool = False


class EngineWorker(QThread):
    """The thread that loads the engine, gives it the options, then answers jobs until stopped.

    `create_engine` runs in this thread; if it raises EngineError, `load_failed` is sent and every key is
    answered as not handled.
    """

    loaded = Signal(str)
    load_failed = Signal(object)  # Message: why
    complained = Signal(object)  # Message: the options given at the start cannot be used
    noticed = Signal(object)  # Message or str: a sentence of the learner (its database was damaged)
    answered = Signal(object)
    offered = Signal(object)  # an Answer that nobody asked for: predictions after that job

    def __init__(
        self,
        create_engine: Callable[[], Engine],
        options: EngineOptions,
        modes: Modes,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._options = options
        self._modes = modes  # the modes with which an engine begins
        self._create_engine = create_engine
        self._jobs: SimpleQueue[Job | SurroundingJob | EraseJob | None] = SimpleQueue()
        self._engine: Engine | None = None
        self._last_sequence = 0
        self._has_failed_ahead = False
        self._n_submitted = 0  # jobs with an answer; counted by those who submit
        self._n_taken = 0  # of them; counted by this thread
        self._typed = ""  # what the composition held after the last key
        self._is_stopping = False

    def submit(self, job: Job | SurroundingJob | EraseJob) -> None:
        """Queue a job; returns at once. Callable from any thread."""
        if not isinstance(job, SurroundingJob | EraseJob):
            self._n_submitted += 1
        self._jobs.put(job)

    def stop(self) -> bool:
        """End the thread after the job it is at; False where that takes too long and the process has to end.

        Jobs that are queued are dropped, as nobody waits for their answers; what is to be erased is erased. A
        thread that is terminated while it runs Python keeps the interpreter's lock, and the process hangs.
        """
        self._is_stopping = True
        self._jobs.put(None)
        return self.wait(STOP_TIMEOUT_MS)

    def run(self) -> None:
        """Run the thread's body; called by Qt."""
        self._load()
        while (job := self._jobs.get()) is not None:
            if isinstance(job, EraseJob):
                self._erase()
            elif self._is_stopping:
                continue
            elif isinstance(job, SurroundingJob):
                self._surround(job)
            else:
                self._last_sequence = job.sequence
                self._n_taken += 1
                with gc_disabled():
                    self.answered.emit(self._answer(job))
            if self._engine is not None:
                if self._jobs.empty():
                    self._work_ahead(self._engine.session)
                self._pass_notices(self._engine)
        if self._engine is not None:
            self._engine.close()

    def _load(self) -> None:
        engine = self._create()
        if isinstance(engine, Message):
            self.load_failed.emit(engine)
            return
        self._take(engine)

    def _reload(self, job: ReloadJob) -> EngineAnswer:
        """Put another engine in place of this one; if it cannot be loaded, this one stays."""
        old = self._engine
        if old is None:
            return EngineAnswer(job.sequence, Output(handled=False, chinese=False))
        engine = self._create()
        if isinstance(engine, Message):
            self.noticed.emit(engine)
            return EngineAnswer(job.sequence, old.session.reset())
        old.close()
        self._modes = old.session.modes
        self._take(engine)
        return EngineAnswer(job.sequence, engine.session.reset())

    def _create(self) -> Engine | Message:
        """Return an engine, or why there is none."""
        try:
            return self._create_engine()
        except MoyinError as error:
            return error.message
        except Exception as error:  # whatever it is, the window must stay an editor
            return says(Kind.SENTENCE, text=f"{type(error).__name__}: {error}")

    def _take(self, engine: Engine) -> None:
        """Use this engine from now on."""
        try:
            engine.configure(self._options)
            engine.session.switch(self._modes)
        except UNUSABLE as error:
            self.complained.emit(reason_of(error))
        self._engine = engine
        self.loaded.emit(engine.name)
        self._work_ahead(engine.session)
        self._pass_notices(engine)
        for notice in filter(None, engine.notices):
            self.noticed.emit(notice)

    def _answer(self, job: Job) -> EngineAnswer:
        engine = self._engine
        if engine is None:
            return EngineAnswer(job.sequence, Output(handled=False, chinese=False))
        if isinstance(job, ReloadJob):
            return self._reload(job)
        if isinstance(job, ConfigureJob):
            self._options = job.options
        try:
            is_overtaken = isinstance(job, KeyJob) and self._n_submitted > self._n_taken
            output = _output_of(engine, job, is_overtaken=is_overtaken)
        except UNUSABLE as error:  # what was in effect before stays
            return EngineAnswer(job.sequence, engine.session.turn_page(0), complaint=reason_of(error))
        except Exception as error:  # letters typed so far are the user's: give them back
            return self._give_back(engine.session, job, type(error).__name__)
        self._typed = output.preedit.typed
        return EngineAnswer(job.sequence, output, is_overtaken=is_overtaken)

    def _give_back(self, session: Session, job: Job, error: str) -> EngineAnswer:
        typed, self._typed = self._typed, ""
        event = job.event if isinstance(job, KeyJob) else None
        return EngineAnswer(job.sequence, given_back(session, typed, event), error)

    def _surround(self, job: SurroundingJob) -> None:
        if self._engine is not None:
            try:
                self._engine.session.set_surrounding_text(job.text, job.after)
            except Exception as error:  # the text then stays what the session knew
                self._note_failure(error)

    def _erase(self) -> None:
        learner = self._engine.learner if self._engine is not None else None
        if learner is not None:
            try:
                learner.erase()
            except Exception as error:  # the user has to know that it is still there
                self.noticed.emit(reason_of(error))

    def _pass_notices(self, engine: Engine) -> None:
        for notice in engine.take_notices():
            self.noticed.emit(notice)

    def _work_ahead(self, session: Session) -> None:
        """Do ahead what the next key will need. What fails is said once, and typing goes on."""
        try:
            while session.warm() and self._jobs.empty():
                pass
            predictions = session.predict()
        except Exception as error:
            self._note_failure(error)
            return
        if predictions is not None:  # the window knows whether a key has come meanwhile
            self.offered.emit(EngineAnswer(self._last_sequence, predictions))

    def _note_failure(self, error: Exception) -> None:
        """Say the first time that work before a key fails."""
        if not self._has_failed_ahead:
            self._has_failed_ahead = True
            self.noticed.emit(says(Kind.AHEAD_FAILED, name=type(error).__name__))


def _output_of(engine: Engine, job: KeyJob | AskJob | ConfigureJob, *, is_overtaken: bool) -> Output:
    match job:
        case KeyJob(event=event):
            return engine.session.process_key(event, is_overtaken=is_overtaken)
        case AskJob(ask=ask):
            return ask(engine.session)
        case ConfigureJob(options=options):
            while engine.session.warm():  # what was written elsewhere is in the menu that is shown anew
                pass
            return engine.configure(options)
