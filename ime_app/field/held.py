"""Hold what waits for the engine while it loads: keys, and everything that comes behind a waiting key."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

Act = Callable[[], object]


@dataclass(frozen=True)
class Held:
    """A call to be done once the engine is there, and what to do if it does not come."""

    since: float
    run: Act
    give_back: Act


class HeldCalls:
    """A queue of calls, done in order, each as of the moment when it came, which `now` then returns."""

    def __init__(self, clock: Callable[[], float]) -> None:
        self._clock = clock
        self._waiting: deque[Held] = deque()
        self._then: float | None = None

    def __bool__(self) -> bool:
        return bool(self._waiting)

    def now(self) -> float:
        """Return the time, or when that came which is done now."""
        return self._clock() if self._then is None else self._then

    def seconds(self) -> float:
        """Return how long the first has waited; 0 where none does."""
        return self._clock() - self._waiting[0].since if self._waiting else 0.0

    def hold(self, run: Act, give_back: Act) -> None:
        """Let it wait behind the others."""
        self._waiting.append(Held(self._clock(), run, give_back))

    def in_order(self, act: Act) -> None:
        """Do it now, or behind what waits; whether the engine comes or not."""
        if self._waiting:
            self.hold(act, act)
        else:
            act()

    def run(self) -> None:
        """Do what waits, since the engine is there."""
        self._do_all(lambda held: held.run)

    def give_back(self) -> None:
        """Answer what waits without the engine, which does not come in time."""
        self._do_all(lambda held: held.give_back)

    def _do_all(self, choose: Callable[[Held], Act]) -> None:
        while self._waiting:
            held = self._waiting.popleft()
            self._then = held.since
            choose(held)()
        self._then = None
