"""What a session tells whoever learns from it, and asks of it.

Knows commits and candidates; knows nothing of how, where or whether anything is kept.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from engine.protocol import Candidate, Commit


class LearningMode(Enum):
    """What commits do."""

    LEARN = "learn"
    FREEZE = "freeze"  # what was learnt is used and stays as it is; nothing is written
    PRIVATE = "private"  # nothing is written, and nothing that was learnt shows


@dataclass(frozen=True)
class LearningOptions:
    """What the user may set. `keep_before`: the text before the caret is written with each phrase."""

    mode: LearningMode = LearningMode.LEARN
    keep_before: bool = True


class Learner(Protocol):
    """Told in the order of events, in the thread of the session.

    What is learnt or forgotten shows in the next conversion: the converter asks the same object.
    """

    def learn(self, commit: Commit) -> None:
        """The commit went into the text. `commit.segments` holds what was typed, read and ranked."""
        ...

    def revoke(self, commit: Commit) -> None:
        """The commit learnt last was deleted at once: it was not what the user wanted."""
        ...

    def forget(self, candidate: Candidate) -> bool:
        """Do not offer the candidate again, built in or learnt; False where it cannot be so."""
        ...

    def restore(self, candidate: Candidate) -> None:
        """Take `forget` back."""
        ...

    def pin(self, keys: str, candidate: Candidate) -> None:
        """For exactly these letters the candidate stands first from now on."""
        ...

    def unpin(self, keys: str) -> bool:
        """Take `pin` back; False where nothing is pinned for these letters."""
        ...

    def catch_up(self) -> bool:
        """Do what can wait, while nobody does, a piece of it: read the log, and what other windows have
        learnt. True where there is more to do."""
        ...
