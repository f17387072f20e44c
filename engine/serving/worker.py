"""Convert on one thread, a question at a time, and share it out fairly among the clients.

Whoever has had least of the engine's time is next, so a client that asks for much waits for itself. Long
letters are converted in steps, between which others have their turn. A request has a budget of the engine's
time; one whose client has gone costs nothing more than the step that it is in. Letters and texts are in no
message and no log.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Final

from engine.conversion.converter import Conversion
from engine.errors import MoyinError
from engine.serving.batching import Lanes, Question, order_by_context

REQUEST_SECONDS: Final[float] = 5.0  # of the engine, for one request
STEP: Final[int] = 24  # letters converted at a stretch; eight hanzi in full


class BusyError(MoyinError):
    """A question that found the queue full, or the server about to end."""


class BudgetError(MoyinError):
    """A request that took more of the engine's time than one may."""


Answers = Future[list[Conversion]]


@dataclass(eq=False)
class _Job:
    """A request: its questions still to be converted, `todo`, are (place, letters so far) in order."""

    questions: Sequence[Question]
    client: str
    todo: list[tuple[int, int]]
    answers: Answers = field(default_factory=Future)
    found: dict[int, Conversion] = field(default_factory=dict)
    seconds: float = 0.0


class Worker:
    """A thread that answers the questions of many requests.

    `limit`: questions that may wait. `observe`, called on that thread: the seconds that a question took.
    `budget_s`: seconds of the engine for one request.
    """

    def __init__(
        self,
        lanes: Lanes,
        limit: int,
        observe: Callable[[float], None] = lambda seconds: None,
        budget_s: float = REQUEST_SECONDS,
    ) -> None:
        self._lanes = lanes
        self._limit = limit
        self._observe = observe
        self._budget_s = budget_s
        self._jobs: list[_Job] = []
        self._spent: dict[str, float] = {}  # seconds, of the clients that have a job
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="moyin-serve", daemon=True)
        self._thread.start()

    @property
    def n_waiting(self) -> int:
        """Questions in the queue."""
        with self._changed:
            return sum(_n_unbegun(job) for job in self._jobs)

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def hits(self) -> int:
        """Questions that found a lane of their context."""
        return self._lanes.hits

    def submit(self, questions: Sequence[Question], client: str = "") -> Answers:
        """Put the questions of one request into the queue. Raises BusyError.

        The answers end with BudgetError, BusyError or what the engine raises; cancelling them drops the work.
        """
        order = order_by_context(questions)
        ends = {place: _ends(len(questions[place].letters)) for place in order}
        job = _Job(questions, client, [(place, end) for place in order for end in ends[place]])
        with self._changed:
            waiting = sum(_n_unbegun(other) for other in self._jobs)
            if self._closed or waiting + len(questions) > self._limit:
                raise BusyError
            # Who comes new begins where the others are: he neither waits for their past nor owes for his own.
            self._spent.setdefault(client, min(self._spent.values(), default=0.0))
            self._jobs.append(job)
            self._changed.notify()
        return job.answers

    def stop(self) -> None:
        """Refuse what waits and what comes, at once; what is being converted ends with its step.

        A signal's handler may call it: the thread that has the condition's lock may take it again.
        """
        with self._changed:
            self._closed = True
            for job in self._jobs:
                _end(job, BusyError())
            self._changed.notify()

    def close(self) -> None:
        """Answer what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while (job := self._next()) is not None:
            self._step(job)

    def _next(self) -> _Job | None:
        """Return the first job of the client that has had least; None when closed and all is answered."""
        with self._changed:
            while True:
                self._jobs = [job for job in self._jobs if not job.answers.done()]
                clients = {job.client for job in self._jobs}
                self._spent = {client: self._spent[client] for client in clients}
                if self._jobs:
                    return min(self._jobs, key=lambda job: self._spent[job.client])
                if self._closed:
                    return None
                self._changed.wait()

    def _step(self, job: _Job) -> None:
        """Convert some letters more; the job is answered as soon as its last question is."""
        with self._changed:
            place, end = job.todo.pop(0)
        question = job.questions[place]
        started = time.perf_counter()
        try:
            conversion = self._lanes.convert(replace(question, letters=question.letters[:end]))
        except Exception as error:
            # Whatever went wrong, the other requests and the thread go on.
            with self._changed:
                _end(job, error)
            return
        seconds = time.perf_counter() - started
        job.seconds += seconds
        self._spent[job.client] += seconds
        if end == len(question.letters):
            job.found[place] = conversion
            self._observe(seconds)
        with self._changed:
            if not job.todo:
                _end(job, [job.found[i] for i in range(len(job.questions))])
            elif job.seconds > self._budget_s:
                _end(job, BudgetError())


def _n_unbegun(job: _Job) -> int:
    """Count the questions that nothing was converted of."""
    return (
        0
        if job.answers.done()
        else sum(end == _ends(len(job.questions[i].letters))[0] for i, end in job.todo)
    )


def _ends(n_letter: int) -> list[int]:
    """Return after how many letters to stop on the way to all of them."""
    return [*range(STEP, n_letter, STEP), n_letter]


def _end(job: _Job, with_what: list[Conversion] | Exception) -> None:
    """Answer a job unless it is answered, or its client has gone. Only with the lock."""
    if job.answers.done() or not job.answers.set_running_or_notify_cancel():
        return
    if isinstance(with_what, Exception):
        job.answers.set_exception(with_what)
    else:
        job.answers.set_result(with_what)
