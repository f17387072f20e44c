"""Know a field that lost the keyboard without leaving it, and got it back by a key that was on its way.

Two programs speak to the daemon by connections of their own, so the focus of one may be told before the last
keys of the other. The daemon takes the keyboard from the first field, and gives it back when its key comes.
The client has not heard of it: it still shows the letters under composition, and has put them into no text.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Final

AT_ONCE_S: Final[float] = 0.05  # from the focus to the key that brought it; nobody types so soon
KEPT_S: Final[float] = 2.0
_NOBODY: Final[str] = "fake"  # IBus' own field, which has the keyboard when a client has left its own


class TakenFields:
    """The letters of fields from which the keyboard was taken, for a while."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._left = ("", "")  # the field left last, and its letters
        self._entered = ("", 0.0)  # the field that got the keyboard, and when, until its first key
        self._taken: dict[str, tuple[str, float]] = {}

    def leave(self, field_path: str, letters: str) -> None:
        """Note that a field has lost the keyboard while its client showed these letters."""
        self._left = field_path, letters

    def enter(self, field_path: str, program: str) -> None:
        """Note that a field has got the keyboard; when a client has left its own, that is nobody's."""
        now = self._clock()
        self._taken = {path: kept for path, kept in self._taken.items() if now - kept[1] <= KEPT_S}
        (left, letters), self._left = self._left, ("", "")
        if letters and program != _NOBODY:
            self._taken[left] = letters, now
        self._entered = field_path, now

    def letters(self) -> str:
        """Return what the client shows before this key, if it is the one that brought the keyboard."""
        (field_path, since), self._entered = self._entered, ("", 0.0)
        letters, _ = self._taken.pop(field_path, ("", 0.0))
        return letters if self._clock() - since <= AT_ONCE_S else ""
