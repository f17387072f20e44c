"""Define the protocol of what adds to the menu without a search: dates, numbers, symbols, addresses.

A rewriter is a pure function of the letters and the candidates (and of a clock, for dates), and looks at
short inputs or at a few rows only: it runs at every key.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Protocol

from engine.protocol import Candidate, Source

Candidates = tuple[Candidate, ...]


@dataclass(frozen=True)
class RewriterOptions:
    """Which rewriters are on.

    `full_pinyin` follows from how the keys are read, the others are the user's choice.
    """

    dates: bool = True  # rq, sj, xq
    computed: bool = True  # v123, v2*3, u4f60
    addresses: bool = True  # www., http:, name@
    symbols: bool = True  # emoji and symbols by meaning
    show_reading: bool = False  # the syllables beside each candidate
    full_pinyin: bool = True  # `v`, `u`, `rq` are no syllables and may mean something else


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
