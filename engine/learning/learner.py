"""Define what a session tells the part that learns from it, and what it asks of it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Protocol

from engine.protocol import Candidate, Commit


class LearningMode(Enum):
    """How commits are treated."""

    LEARN = "learn"
    FREEZE = "freeze"  # what was learnt is used and stays as it is; nothing is written
    PRIVATE = "private"  # nothing is written, and nothing that was learnt shows


@dataclass(frozen=True)
class LearningOptions:
    """The options of learning. `keep_before` writes the text before the caret with each phrase."""

    mode: LearningMode = LearningMode.LEARN
    keep_before: bool = True


class Learner(Protocol):
    """A receiver of what the user does, in the order of events, in the thread of the session.

    What is learnt or forgotten shows in the next conversion: the converter asks the same object.
    """

    def learn(self, commit: Commit) -> str | None:
        """Learn a commit that went into the text; `commit.segments` holds what was typed, read and ranked.

        Return the forgotten word that is offered again because of it, if there is one.
        """
        ...

    def revoke(self, commit: Commit) -> None:
        """Take back the commit learnt last, which was deleted at once: it was not what the user wanted.

        Then the one before it may be taken back as well.
        """
        ...

    def forget(self, candidate: Candidate) -> bool:
        """Stop offering the candidate, built in or learnt. Return False if that is impossible."""
        ...

    def restore(self, candidate: Candidate) -> None:
        """Take `forget` back."""
        ...

    def pin(self, keys: str, candidate: Candidate) -> None:
        """Put the candidate first for exactly these letters, before what was pinned for them earlier."""
        ...

    def unpin(self, keys: str, text: str) -> bool:
        """Take `pin` back. Return False where that text is not pinned for these letters."""
        ...

    def pinned(self, keys: str) -> tuple[str, ...]:
        """Return the texts that are pinned for exactly these letters, in their order."""
        ...

    def add_word(self, candidate: Candidate) -> bool:
        """Make the candidate a word of the user's own. Return False where it is none."""
        ...

    def catch_up(self) -> bool:
        """Do a piece of the work that can wait: read the log, and what other windows have learnt.

        Return whether there is more to do. To be called while the user is not waiting.
        """
        ...
