"""Report what a long command does while it works: one JSON object a line on stdout.

The lines are for the process that started the command; nothing is written to a file.

    {"stage": "train", "step": 12, "of": 96, "loss": 3.21, "held_out_loss": 3.4, "seconds_left": 71}

`step` and `of` count inside a stage; `loss` and `held_out_loss` (nats a token) stand only in lines of the
stage `train`, the latter once an epoch; `seconds_left` is for the whole command and left out before anything
can be said.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from typing import Any, Final, TextIO

_INTERVAL_S: Final[float] = 0.2  # least time between two lines of a stage, its last one aside


class Progress:
    """The lines about stages, in the order of `expected`: stage to the seconds it is thought to take."""

    def __init__(
        self,
        expected: dict[str, float],
        stream: TextIO | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self.expected = expected
        self._stream = stream or sys.stdout
        self._clock = clock
        self._stage = ""
        self._started = self._written = float("-inf")

    def step(self, stage: str, step: int, of: int, **more: float) -> None:
        """Say that `step` of `of` steps of `stage` are done; `more` are figures of the line."""
        now = self._clock()
        if stage != self._stage:
            self._stage, self._started = stage, now
        elif not more and step < of and now - self._written < _INTERVAL_S:
            return
        self._written = now
        figures = {name: round(value, 4) for name, value in more.items()}
        left = self._left_in_stage(now, step, of) + self._left_after()
        self.write({"stage": stage, "step": step, "of": of, **figures, "seconds_left": round(left)})

    def write(self, line: dict[str, Any]) -> None:
        """Write one line as it is."""
        self._stream.write(json.dumps(line, ensure_ascii=False) + "\n")
        self._stream.flush()

    def _left_in_stage(self, now: float, step: int, of: int) -> float:
        if step == 0:
            return self.expected.get(self._stage, 0.0)
        return (now - self._started) / step * (of - step)

    def _left_after(self) -> float:
        stages = list(self.expected)
        after = stages.index(self._stage) + 1 if self._stage in stages else len(stages)
        return sum(self.expected[stage] for stage in stages[after:])
