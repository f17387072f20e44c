"""Offer web and mail addresses in the composition as typed, in first place."""

from __future__ import annotations

from engine.protocol import Source
from engine.rewriters.literals import is_address
from engine.rewriters.rewriter import Candidates, RewriterOptions


class AddressRewriter:
    """A rewriter for `www.`, `http:` and `name@`, which can hardly be pinyin: Space takes the letters."""

    def is_on(self, options: RewriterOptions) -> bool:
        return options.addresses

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Put the letters first if they are an address."""
        return letters_first(letters, candidates) if is_address(letters) else candidates


def letters_first(letters: str, candidates: Candidates) -> Candidates:
    """Return the candidates with the letters as typed before all others."""
    typed = [candidate for candidate in candidates if candidate.source is Source.RAW]
    others = [candidate for candidate in candidates if candidate.text != letters]
    return (*typed, *others)
