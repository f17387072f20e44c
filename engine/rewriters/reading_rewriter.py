"""The syllables beside each candidate, for who wants to see or learn them.

Knows candidates; knows nothing of how they were found.
"""

from __future__ import annotations

from dataclasses import replace

from engine.rewriters.options import RewriterOptions
from engine.rewriters.rewriter import Candidates
from engine.spelling.syllable import NO_READING


class ReadingRewriter:
    """To be asked last. Where it is said already what was read, that stays: it says more."""

    def is_on(self, options: RewriterOptions) -> bool:
        return options.show_reading

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """See `Rewriter`."""
        readings = (_shown(candidate.reading) for candidate in candidates)
        return tuple(
            replace(candidate, annotation=reading) if reading and not candidate.annotation else candidate
            for candidate, reading in zip(candidates, readings, strict=True)
        )


def _shown(reading: tuple[str, ...]) -> str:
    return " ".join(syllable for syllable in reading if syllable != NO_READING)
