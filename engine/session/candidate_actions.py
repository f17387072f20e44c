"""What the user says of a candidate in the menu: forget it, bring it back, pin it, unpin it.

Knows the learner and what is offered; knows nothing of keys or of how the front end says it.
"""

from __future__ import annotations

from engine.learning.learner import Learner
from engine.protocol import Candidate
from engine.session.composition_context import CompositionContext
from engine.spelling.spelling_table import SEPARATOR
from engine.spelling.syllable import NO_READING


class CandidateActions:
    """Tells the learner, and has the menu made anew. Without a learner nothing can be told."""

    def __init__(self, learner: Learner | None, composing: CompositionContext) -> None:
        self._learner = learner
        self._composing = composing

    def forget(self, index: int | None) -> Candidate | None:
        """The candidate of that index is not offered again; None where it has to be."""
        candidate = None if index is None else self._composing.candidate(index)
        if candidate is None or self._learner is None or not candidate.tokens:
            return None
        if not self._learner.forget(candidate):
            return None
        self._composing.read_again()
        return candidate

    def restore(self, candidate: Candidate) -> bool:
        """Take `forget` back."""
        if self._learner is None:
            return False
        self._learner.restore(candidate)
        self._composing.read_again()
        return True

    def pin(self) -> Candidate | None:
        """The highlighted candidate stands first for its letters from now on; None where it cannot.

        Of letters, symbols and English words nothing is kept that could be pinned. What covers the
        first letters only is pinned for those: it is first when they are typed alone.
        """
        candidate = self._composing.candidate(self._composing.highlighted)
        if self._learner is None or not candidate.tokens or NO_READING in candidate.reading:
            return None
        self._learner.pin(self._keys_of(candidate), candidate)
        self._read_from_the_first()
        return candidate

    def unpin(self) -> Candidate | None:
        """The candidate pinned for the highlighted one's letters is ranked as others are; the
        highlighted one, None where nothing is pinned for them."""
        candidate = self._composing.candidate(self._composing.highlighted)
        if self._learner is None or not self._learner.unpin(self._keys_of(candidate)):
            return None
        self._read_from_the_first()
        return candidate

    def _keys_of(self, candidate: Candidate) -> str:
        """All letters offered as they are; of a part, without the separator behind it."""
        letters = self._composing.composition.leading
        end = candidate.span[1]
        return letters if end == len(letters) else letters[:end].rstrip(SEPARATOR)

    def _read_from_the_first(self) -> None:
        """What the user has put there himself is what he looks at."""
        self._composing.read_again()
        self._composing.highlight(0)
