"""Forget a candidate of the menu, bring it back, pin it or unpin it."""

from __future__ import annotations

from dataclasses import replace

from engine.learning.learner import Learner
from engine.protocol import Candidate, Deed, Mark, NoticeKind, Source
from engine.session.composition_context import CompositionContext
from engine.spelling.spelling_table import SEPARATOR
from engine.spelling.syllable import NO_READING


class CandidateActions:
    """The actions on candidates: each tells the learner, which it needs, and rebuilds the menu."""

    def __init__(self, learner: Learner | None, composing: CompositionContext) -> None:
        self._learner = learner
        self._composing = composing

    def forget(self, index: int | None) -> Candidate | None:
        """Stop offering the candidate of that index. Return it, None if it has to stay."""
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

    def act(self, index: int, deed: Deed) -> tuple[NoticeKind, Candidate | None]:
        """Do something with the candidate of that index. Return what to say of it, None if it cannot be."""
        if not 0 <= index < len(self._composing.candidates):
            return NoticeKind.READING, None
        match deed:
            case Deed.PIN:
                return NoticeKind.PINNED, self.pin(index)
            case Deed.UNPIN:
                return NoticeKind.UNPINNED, self.unpin(index)
            case Deed.FORGET:
                return NoticeKind.FORGOTTEN, self.forget(index)
            case Deed.ADD:
                return NoticeKind.ADDED, self.add(index)
        return NoticeKind.READING, self._read_out(index)

    def add(self, index: int) -> Candidate | None:
        """Make the candidate a word of the user's own; None where it is no word of several hanzi."""
        candidate = self._composing.candidate(index)
        is_word = len(candidate.tokens) > 1 and NO_READING not in candidate.reading
        if self._learner is None or not is_word or not self._learner.add_word(candidate):
            return None
        self._composing.read_again()
        return candidate

    def _read_out(self, index: int) -> Candidate | None:
        """Return the candidate with its syllables behind its text; None where it has none."""
        candidate = self._composing.candidate(index)
        syllables = [syllable for syllable in candidate.reading if syllable != NO_READING]
        return replace(candidate, text=f"{candidate.text} {' '.join(syllables)}") if syllables else None

    def pin(self, index: int | None = None) -> Candidate | None:
        """Put a candidate, by default the highlighted one, first for its letters from now on. Return it,
        None if it cannot be pinned.

        Of symbols and texts with a Latin word among hanzi nothing is kept that could be pinned; a Latin word
        alone can be. A candidate for the first letters only is pinned for those: it is first when they are
        typed alone.
        """
        candidate = self._composing.word(self._composing.highlighted if index is None else index)
        is_latin = candidate.text.isascii() and candidate.text.isalpha()
        is_hanzi = NO_READING not in candidate.reading
        if self._learner is None or not candidate.tokens or not (is_hanzi or is_latin):
            return None
        self._learner.pin(self._keys_of(candidate), candidate)
        self._read_from_the_first()
        return candidate

    def unpin(self, index: int | None = None) -> Candidate | None:
        """Take back the pin of a candidate, by default the highlighted one; if it has none, the only pin of
        its letters.

        Return the candidate, None if there is no such pin.
        """
        candidate = self._composing.candidate(self._composing.highlighted if index is None else index)
        if self._learner is None:
            return None
        keys = self._keys_of(candidate)
        pinned = self._learner.pinned(keys)
        text = candidate.text if candidate.text in pinned or len(pinned) != 1 else pinned[0]
        if not self._learner.unpin(keys, text):
            return None
        self._read_from_the_first()
        return candidate

    def _keys_of(self, candidate: Candidate) -> str:
        """Return the letters of a candidate: all of them as they are, of a part without the separator."""
        letters = self._composing.composition.leading
        end = candidate.span[1]
        return letters if end == len(letters) else letters[:end].rstrip(SEPARATOR)

    def _read_from_the_first(self) -> None:
        """Rebuild the menu and highlight its first candidate, the one just pinned or restored."""
        self._composing.read_again()
        self._composing.highlight(0)


def deeds_of(candidate: Candidate) -> list[Deed]:
    """Return what can be done with a candidate; the first is what is wanted most."""
    is_read = bool(candidate.tokens) and NO_READING not in candidate.reading
    if candidate.source in (Source.RAW, Source.PREDICTION) or not candidate.tokens:
        return []
    deeds = [Deed.UNPIN] if candidate.mark is Mark.PINNED else []
    if is_read and not deeds:
        deeds.append(Deed.PIN)
    if is_read and len(candidate.tokens) > 1 and candidate.source is not Source.USER:
        deeds.append(Deed.ADD)
    deeds.append(Deed.FORGET)
    return [*deeds, Deed.READ] if is_read else deeds
