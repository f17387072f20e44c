"""Annotate each candidate with its syllables, for users who want to see or learn them."""

from __future__ import annotations

from dataclasses import replace

from engine.rewriters.rewriter import Candidates, RewriterOptions
from engine.spelling.syllable import NO_READING


class ReadingRewriter:
    """A rewriter that annotates each candidate with its pinyin.

    It must run after the other rewriters: an annotation that is already set is more specific and is kept.
    """

    def is_on(self, options: RewriterOptions) -> bool:
        return options.show_reading

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Annotate the candidates that have no annotation yet."""
        readings = (_shown(candidate.reading) for candidate in candidates)
        return tuple(
            replace(candidate, annotation=reading) if reading and not candidate.annotation else candidate
            for candidate, reading in zip(candidates, readings, strict=True)
        )


def _shown(reading: tuple[str, ...]) -> str:
    return " ".join(syllable for syllable in reading if syllable != NO_READING)
