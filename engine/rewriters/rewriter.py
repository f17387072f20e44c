"""Define the protocol of what adds to the menu without a search: dates, numbers, symbols, addresses.

A rewriter is a pure function of the letters and the candidates (and of a clock, for dates), and looks at
short inputs or at a few rows only: it runs at every key.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from engine.protocol import Candidate, Source
from engine.rewriters.options import RewriterOptions

Candidates = tuple[Candidate, ...]


class Rewriter(Protocol):
    """A source of further candidates. The first candidate stays unless it cannot be meant."""

    def is_on(self, options: RewriterOptions) -> bool:
        """Return whether the user wants it."""
        ...

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Return the menu of `letters` with this rewriter's candidates added."""
        ...


def computed(letters: str, texts: Iterable[str], annotation: str = "") -> list[Candidate]:
    """Return candidates made by rule, each for all of the letters."""
    span = 0, len(letters)
    return [Candidate(text, span, (), (), 0.0, Source.COMPUTED, annotation) for text in texts]


def inserted(candidates: Candidates, new: Iterable[Candidate], place: int) -> Candidates:
    """Return the candidates with `new` from `place` on, but before the letters as typed, which come last.

    A text that is there already for the same letters is not repeated.
    """
    known = {(candidate.text, candidate.span) for candidate in candidates}
    fresh = [candidate for candidate in new if (candidate.text, candidate.span) not in known]
    if candidates and candidates[-1].source is Source.RAW:
        place = min(place, len(candidates) - 1)
    return (*candidates[:place], *fresh, *candidates[place:])
