"""Offer custom phrases: any text for a code of letters, at the place that the user has chosen."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final, Protocol

from engine.protocol import Candidate, CustomPhrase, Mark, Source
from engine.rewriters.date_rewriter import now
from engine.rewriters.phrase_variables import filled_in
from engine.rewriters.rewriter import Candidates, RewriterOptions

_FIRST: Final[int] = 1


class CustomPhrases(Protocol):
    """The user's phrases as they are at the moment."""

    @property
    def formats(self) -> Mapping[str, str]:
        """How dates, times and days of the week are written."""
        ...

    def of(self, code: str) -> Sequence[CustomPhrase]:
        """Return the phrases of a code, in the user's order."""
        ...


class CustomPhraseRewriter:
    """A rewriter that offers the phrases for exactly the letters typed; one offered already moves there."""

    def __init__(self, phrases: CustomPhrases, clock: Callable[[], datetime] = now) -> None:
        self._phrases = phrases
        self._clock = clock

    def is_on(self, options: RewriterOptions) -> bool:
        return True

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """See `Rewriter`."""
        phrases = self._phrases.of(letters)
        if not phrases:
            return candidates
        first = [phrase for phrase in phrases if phrase.place == _FIRST]
        behind = [phrase for phrase in phrases if phrase.place != _FIRST]
        offered = self._offered(first, letters, candidates)
        menu = [*offered, *_without(candidates, offered)]
        offered = self._offered(behind, letters, tuple(menu))
        others = _without(menu, offered)
        is_alone = len(others) == 1 and others[0].source is Source.RAW  # the letters stand last
        place = 0 if is_alone else max(1, len(first))
        return (*others[:place], *offered, *others[place:])

    def _offered(
        self, phrases: Sequence[CustomPhrase], letters: str, candidates: Candidates
    ) -> list[Candidate]:
        """Return a candidate for each phrase: the menu's own, which has a reading, or a new one."""
        span = 0, len(letters)
        known = {candidate.text: candidate for candidate in candidates if candidate.span == span}
        offered = {}
        for phrase in phrases:
            text = filled_in(phrase.text, self._clock(), self._phrases.formats)
            new = Candidate(text, span, (), (), 0.0, Source.CUSTOM)
            found = known.get(text, new)
            found = new if found.source is Source.RAW else found
            offered[text] = replace(found, mark=Mark.CUSTOM)
        return list(offered.values())


def _without(candidates: Sequence[Candidate], offered: Sequence[Candidate]) -> list[Candidate]:
    texts = {(candidate.text, candidate.span) for candidate in offered}
    return [candidate for candidate in candidates if (candidate.text, candidate.span) not in texts]
