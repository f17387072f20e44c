"""Hold the text under composition: choices made so far, the letters after them, and the caret.

Every edit returns a new value; an edit that cannot be made returns the same value.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from typing import Final

from engine.protocol import Candidate, Preedit, Segment, Source, TakenBack, on_one_line
from engine.session.keymap import Action

MAX_LETTERS: Final[int] = 64
KEPT_LETTERS: Final[int] = 24  # that stay open when the beginning of a full composition is committed
MAX_TAKEN_BACK: Final[int] = 8  # choices undone that are remembered, the last ones
BOUNDARY: Final[str] = "'"


@dataclass(frozen=True)
class PartialChoice:
    """A choice made already.

    `rest` and `caret` are the unconverted letters and the caret directly after the choice; while they are
    unchanged, Backspace takes the choice back.
    """

    segment: Segment
    rest: str
    caret: int


@dataclass(frozen=True)
class Composition:
    """The state of a composition: `choices` in order, then the unconverted letters `keys`.

    `caret` is in [0, len(keys)]. `taken_back` holds the choices undone so far; it says how one got here, and
    two compositions that differ in it alone are the same.
    """

    choices: tuple[PartialChoice, ...] = ()
    keys: str = ""
    caret: int = 0
    taken_back: tuple[TakenBack, ...] = field(default=(), compare=False)

    @property
    def is_empty(self) -> bool:
        return not self.keys and not self.choices

    @property
    def segments(self) -> tuple[Segment, ...]:
        """What has been chosen."""
        return tuple(choice.segment for choice in self.choices)

    @property
    def n_letter(self) -> int:
        """Letters held, those under the segments included."""
        return len(self.keys) + sum(len(segment.keys) for segment in self.segments)

    @property
    def is_full(self) -> bool:
        return self.n_letter >= MAX_LETTERS

    @property
    def leading(self) -> str:
        """The letters that candidates are offered for: those before the caret.

        All of them where the caret stands before the first or behind the last.
        """
        return self.keys[: self.caret] or self.keys

    @property
    def chosen_text(self) -> str:
        """The hanzi of the segments."""
        return "".join(segment.text for segment in self.segments)

    @property
    def reading(self) -> tuple[str, ...]:
        """One syllable for each hanzi of the segments."""
        return tuple(syllable for segment in self.segments for syllable in segment.reading)

    @property
    def tokens(self) -> tuple[int, ...]:
        """The reading ids of the segments: the history of the letters that are left."""
        return tuple(token for segment in self.segments for token in segment.tokens)

    def insert(self, letter: str) -> Composition:
        """Return it with `letter` (a-z or `'`) at the caret; unchanged if `MAX_LETTERS` are held."""
        if self.is_full:
            return self
        keys = self.keys[: self.caret] + letter + self.keys[self.caret :]
        return replace(self, keys=keys, caret=self.caret + 1)

    def delete_before(self, boundaries: Iterable[int] | None = None) -> Composition:
        """Return it without the letter before the caret, or, given boundaries, back to the one before it.

        If there is no letter before the caret, and directly after a choice, the last choice is taken back
        instead.
        """
        if self.caret == 0 or self._is_just_chosen():
            return self.take_back()
        start = self.caret - 1 if boundaries is None else self._stop_before(boundaries)
        return replace(self, keys=self.keys[:start] + self.keys[self.caret :], caret=start)

    def delete_after(self, boundaries: Iterable[int] | None = None) -> Composition:
        """Return it without the letter after the caret, or, given boundaries, up to the next of them."""
        end = self.caret + 1 if boundaries is None else self._stop_after(boundaries)
        return replace(self, keys=self.keys[: self.caret] + self.keys[end:])

    def move_left(self) -> Composition:
        """Move the caret one letter to the left; into what was chosen by taking that choice back."""
        return replace(self, caret=self.caret - 1) if self.caret else self.take_back()

    def move_right(self) -> Composition:
        return replace(self, caret=min(len(self.keys), self.caret + 1))

    def move_left_by_syllable(self, boundaries: Iterable[int]) -> Composition:
        """Move the caret to the left by a syllable; into what was chosen as `move_left` does.

        `boundaries` are the ends of the syllables of `keys`.
        """
        return replace(self, caret=self._stop_before(boundaries)) if self.caret else self.take_back()

    def move_right_by_syllable(self, boundaries: Iterable[int]) -> Composition:
        return replace(self, caret=self._stop_after(boundaries))

    def home(self) -> Composition:
        """Move the caret to the first unconverted letter."""
        return replace(self, caret=0)

    def end(self) -> Composition:
        return replace(self, caret=len(self.keys))

    def choose(self, candidate: Candidate, rank: int = 0) -> Composition:
        """Return it with the candidate's letters fixed as a segment; `rank` is its place in the menu.

        Boundary marks that follow belong to it: 你 chosen of `ni'` leaves nothing to convert.
        """
        end = max(candidate.span[1], 1)
        end += len(self.keys[end:]) - len(self.keys[end:].lstrip(BOUNDARY))
        rest, caret = self.keys[end:], max(0, self.caret - end)
        keys = self.keys[:end]
        reading, tokens, source = candidate.reading, candidate.tokens, candidate.source
        segment = Segment(candidate.text, keys, reading, tokens, rank, source, candidate.written)
        return Composition((*self.choices, PartialChoice(segment, rest, caret)), rest, caret, self.taken_back)

    def take_back(self) -> Composition:
        """Return it without the last choice: its letters stand before the others again."""
        if not self.choices:
            return self
        kept, segment = self.choices[:-1], self.choices[-1].segment
        letters, place = segment.keys, sum(len(choice.segment.keys) for choice in kept)
        undone = (*self.taken_back, TakenBack(place, segment.text, letters, segment.rank))[-MAX_TAKEN_BACK:]
        return Composition(kept, letters + self.keys, len(letters) + self.caret, undone)

    def preedit(
        self,
        boundaries: Iterable[int],
        show: Callable[[Segment], str] = lambda segment: segment.text,
        spell: Callable[[str, int], str] = lambda keys, number: keys,
    ) -> Preedit:
        """Return the hanzi chosen so far, as `show` gives them, then the letters with spaces between
        syllables.

        A boundary mark is a gap already: `xi'an` is shown as it is. `spell` gives what is shown for the keys
        of a syllable, which is the one of that number; the one that the caret stands in stays as typed.
        """
        gaps = [end for end in boundaries if self._is_gap(end)]
        chosen = "".join(
            segment.text if segment.source is Source.CUSTOM else show(segment) for segment in self.segments
        )
        pieces, caret, number = [], len(chosen), 0
        for start, end in zip([0, *gaps], [*gaps, len(self.keys)], strict=True):
            keys = self.keys[start:end].split(BOUNDARY)
            is_inside = start < self.caret < end
            spelt = keys if is_inside else [spell(each, number + i) for i, each in enumerate(keys)]
            pieces.append(BOUNDARY.join(spelt))
            number += len(keys)
            if start < self.caret:
                caret += bool(start) + (self.caret - start if is_inside else len(pieces[-1]))
        shown = on_one_line(chosen) + " ".join(pieces)
        return Preedit(shown, caret, chosen + self.keys, len(chosen) + self.caret)

    def _is_gap(self, end: int) -> bool:
        inside = 0 < end < len(self.keys)
        return inside and BOUNDARY not in (self.keys[end - 1], self.keys[end])

    def _is_just_chosen(self) -> bool:
        if not self.choices:
            return False
        last = self.choices[-1]
        return (self.keys, self.caret) == (last.rest, last.caret)

    def _stop_before(self, boundaries: Iterable[int]) -> int:
        return max((end for end in boundaries if end < self.caret), default=0)

    def _stop_after(self, boundaries: Iterable[int]) -> int:
        return min((end for end in boundaries if end > self.caret), default=len(self.keys))


# Each edit gets the composition and the ends of its syllables.
EDITS: Final[dict[Action, Callable[[Composition, tuple[int, ...]], Composition]]] = {
    Action.DELETE_BEFORE: lambda composition, _: composition.delete_before(),
    Action.DELETE_AFTER: lambda composition, _: composition.delete_after(),
    Action.DELETE_SYLLABLE_BEFORE: Composition.delete_before,
    Action.DELETE_SYLLABLE_AFTER: Composition.delete_after,
    Action.MOVE_LEFT: lambda composition, _: composition.move_left(),
    Action.MOVE_RIGHT: lambda composition, _: composition.move_right(),
    Action.MOVE_SYLLABLE_LEFT: Composition.move_left_by_syllable,
    Action.MOVE_SYLLABLE_RIGHT: Composition.move_right_by_syllable,
    Action.MOVE_HOME: lambda composition, _: composition.home(),
    Action.MOVE_END: lambda composition, _: composition.end(),
}
