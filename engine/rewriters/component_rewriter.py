"""Find a hanzi that nobody can read by what it is made of: `umuzi` is 李, `uhuohuohuo` 焱.

No syllable begins with `u`, so the letters can mean nothing else, unless they are an English word.
"""

from __future__ import annotations

from typing import Final

from engine.hanzi.tables import HanziTables
from engine.protocol import Candidate, Source
from engine.rewriters.literals import CODE_POINT
from engine.rewriters.rewriter import Candidates, RewriterOptions, inserted

MAX_FOUND: Final[int] = 45  # hanzi offered for some components
_MAX_SHOWN: Final[int] = 2  # readings beside a hanzi


class ComponentRewriter:
    """Offer hanzi for the readings of their components behind `u`, each with its own reading beside it."""

    def __init__(self, tables: HanziTables) -> None:
        self._tables = tables

    def is_on(self, options: RewriterOptions) -> bool:
        return options.computed and options.full_pinyin

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """See `Rewriter`."""
        if not letters.startswith(CODE_POINT) or len(letters) < 3:
            return candidates
        found = self._tables.components.made_of(letters.removeprefix(CODE_POINT))[:MAX_FOUND]
        span = 0, len(letters)
        words = sum(1 for each in candidates if each.source is Source.ENGLISH and each.span == span)
        return inserted(candidates, [self._candidate(hanzi, span) for hanzi in found], words)

    def _candidate(self, hanzi: str, span: tuple[int, int]) -> Candidate:
        reading = " ".join(self._tables.tones.readings(hanzi)[:_MAX_SHOWN])
        return Candidate(hanzi, span, (), (), 0.0, Source.COMPUTED, reading)
