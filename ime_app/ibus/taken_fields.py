"""Know a field that lost the keyboard without leaving it, and got it back by a key that was on its way.

Two programs speak to the daemon by connections of their own, so the focus of one may be told before the last
keys of the other. The daemon takes the keyboard from the first field, and gives it back when its key comes.
It has told the client to show nothing meanwhile, and the client, which knows of no change, has put the
letters under composition into no text.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

AT_ONCE_S: Final[float] = 0.05  # from the focus to the key that brought it; nobody types so soon
TAKING_S: Final[float] = 0.5  # from one field to the other, which the daemon says in one breath
KEPT_S: Final[float] = 2.0
_NOBODY: Final[str] = "fake"  # IBus' own field, which has the keyboard when a client has left its own


@dataclass(frozen=True)
class _Left:
    """A field that has lost the keyboard, and the letters that its client showed."""

    engine: str
    field_path: str
    letters: str
    since: float


class TakenFields:
    """The letters of fields from which the keyboard was taken, for a while; told when each call arrived."""

    def __init__(self) -> None:
        self._left: _Left | None = None  # until the next call
        self._entered = ("", 0.0)  # the field that got the keyboard, and when, until its first key
        self._taken: dict[str, _Left] = {}

    def leave(self, at: float, engine: str, field_path: str, letters: str) -> None:
        """Note that a field of an engine object has lost the keyboard, and what its client shows."""
        self._left = _Left(engine, field_path, letters, at) if letters else None

    def enter(self, at: float, engine: str, field_path: str, program: str) -> None:
        """Note that a field has got the keyboard; when a client has left its own, that is nobody's."""
        left, self._left = self._left, None
        self._taken = {path: kept for path, kept in self._taken.items() if at - kept.since <= KEPT_S}
        is_taking = left is not None and left.engine == engine and at - left.since <= TAKING_S
        if left is not None and is_taking and field_path != left.field_path and program != _NOBODY:
            self._taken[left.field_path] = left
        self._entered = field_path, at

    def forget(self) -> None:
        """Note that something else was called: the field left last was not taken for another."""
        self._left = None

    def letters(self, at: float) -> str:
        """Return what the client shows before this key, if it is the one that brought the keyboard."""
        (field_path, since), self._entered = self._entered, ("", 0.0)
        kept = self._taken.pop(field_path, None)
        return kept.letters if kept is not None and at - since <= AT_ONCE_S else ""
