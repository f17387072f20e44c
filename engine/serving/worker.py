"""Convert on one thread, with a queue before it.

While a batch is converted the next one collects: nobody waits for a batch to fill. Letters and texts are in
no message and no log.
"""

from __future__ import annotations

import threading
import time
from collections import deque
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field
from typing import Final

from engine.conversion.converter import Conversion
from engine.errors import MoyinError
from engine.serving.batching import Lanes, Question, grouped

MAX_BATCH: Final[int] = 64  # questions


class BusyError(MoyinError):
    """A question that found the queue full."""


Answers = Future[list[Conversion]]


@dataclass(eq=False)
class _Job:
    questions: Sequence[Question]
    answers: Answers = field(default_factory=Future)
    found: dict[int, Conversion] = field(default_factory=dict)


class Worker:
    """A thread that answers questions in batches.

    `limit`: questions that may wait. `observe`, called on that thread: the questions of a batch and the
    seconds each took.
    """

    def __init__(
        self, lanes: Lanes, limit: int, observe: Callable[[list[float]], None] = lambda seconds: None
    ) -> None:
        self._lanes = lanes
        self._limit = limit
        self._observe = observe
        self._waiting: deque[_Job] = deque()
        self._n_waiting = 0
        self._changed = threading.Condition()
        self._closed = False
        self._thread = threading.Thread(target=self._work, name="moyin-serve", daemon=True)
        self._thread.start()

    @property
    def n_waiting(self) -> int:
        """Questions in the queue."""
        return self._n_waiting

    @property
    def is_alive(self) -> bool:
        return self._thread.is_alive()

    @property
    def hits(self) -> int:
        """Questions that found a lane of their context."""
        return self._lanes.hits

    def submit(self, questions: Sequence[Question]) -> Answers:
        """Put the questions of one request into the queue. Raises BusyError."""
        job = _Job(questions)
        with self._changed:
            if self._closed or self._n_waiting + len(questions) > self._limit:
                raise BusyError
            self._waiting.append(job)
            self._n_waiting += len(questions)
            self._changed.notify()
        return job.answers

    def close(self) -> None:
        """Answer what waits, then end the thread."""
        with self._changed:
            self._closed = True
            self._changed.notify()
        self._thread.join()

    def _work(self) -> None:
        while batch := self._next_batch():
            self._answer([job for job in batch if job.answers.set_running_or_notify_cancel()])

    def _next_batch(self) -> list[_Job]:
        """Return what waits, up to MAX_BATCH questions; nothing when closed and all is answered."""
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._closed)
            batch: list[_Job] = []
            size = 0
            while self._waiting and (not batch or size + len(self._waiting[0].questions) <= MAX_BATCH):
                batch.append(self._waiting.popleft())
                size += len(batch[-1].questions)
            self._n_waiting -= size
            return batch

    def _answer(self, batch: list[_Job]) -> None:
        """Convert context by context; a job is answered as soon as its last question is."""
        places = [(job, i) for job in batch for i in range(len(job.questions))]
        seconds: list[float] = []
        for place in grouped(job.questions[i] for job, i in places):
            job, i = places[place]
            if job.answers.done():  # another question of it failed
                continue
            started = time.perf_counter()
            try:
                job.found[i] = self._lanes.convert(job.questions[i])
            except Exception as error:
                # Whatever went wrong, the other requests and the thread go on.
                job.answers.set_exception(error)
                continue
            seconds.append(time.perf_counter() - started)
            if len(job.found) == len(job.questions):
                job.answers.set_result([job.found[i] for i in range(len(job.questions))])
        self._observe(seconds)
