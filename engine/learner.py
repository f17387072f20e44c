"""What a session tells whoever learns from it, and asks of it.

Knows commits and candidates; knows nothing of how, where or whether anything is kept.
"""

from __future__ import annotations

from typing import Protocol

from engine.values import Candidate, Commit


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

    def catch_up(self) -> None:
        """Do what can wait, while nobody does: read what other windows have learnt."""
        ...
