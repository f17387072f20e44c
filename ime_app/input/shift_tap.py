"""Tell a tap of Shift from Shift held for another key or the mouse."""

from __future__ import annotations

import time
from collections.abc import Callable


class ShiftTap:
    """Shift pressed and released with nothing between, within `limit_s` seconds where that is given.

    A front end that hears of every click needs no limit.
    """

    def __init__(self, limit_s: float | None = None, clock: Callable[[], float] = time.monotonic) -> None:
        self._limit_s = limit_s
        self._clock = clock
        self._pressed_at: float | None = None

    def disarm(self) -> None:
        """Note that something else happens while Shift may be down."""
        self._pressed_at = None

    def press(self, *, alone: bool) -> None:
        """Note that Shift goes down; `alone`: with no other modifier, and not as a repetition."""
        self._pressed_at = self._clock() if alone else None

    def release(self) -> bool:
        """Return whether this release completes a tap."""
        pressed_at, self._pressed_at = self._pressed_at, None
        if pressed_at is None:
            return False
        return self._limit_s is None or self._clock() - pressed_at <= self._limit_s
