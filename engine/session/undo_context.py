"""Hold what one key leaves to the next key only."""

from __future__ import annotations

from dataclasses import dataclass

from engine.protocol import Candidate, Commit


@dataclass(frozen=True)
class UndoContext:
    """What the last key left: the commit that Backspace may take back, predictions, what Ctrl+Z restores.

    It is gone with the next key, unless that passes it on.
    """

    commit: Commit | None = None  # a commit of hanzi, which Backspace as the next key takes back
    forgotten: Candidate | None = None  # Ctrl+Z at once brings it back
    predictions: tuple[Candidate, ...] = ()
    dots: tuple[int, ...] = ()  # behind how many letters `.` was typed, and turned the page
