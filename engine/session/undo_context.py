"""What one key leaves to the next one alone.

Knows values; knows nothing of what either key does.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.protocol import Candidate, Commit


@dataclass(frozen=True)
class UndoContext:
    """Gone with the next key, unless that hands it on."""

    commit: Commit | None = None  # of hanzi: Backspace at once takes it back
    forgotten: Candidate | None = None  # Ctrl+Z at once brings it back
    predictions: tuple[Candidate, ...] = ()
    dots: tuple[int, ...] = ()  # behind how many letters `.` was typed, and turned the page
