"""Web and mail addresses in the composition: first as they are.

Knows what an address looks like while it is typed; knows nothing of the search.
"""

from __future__ import annotations

from engine.protocol import Source
from engine.rewriters.literals import is_address
from engine.rewriters.options import RewriterOptions
from engine.rewriters.rewriter import Candidates


class AddressRewriter:
    """`www.`, `http:` and `name@` can hardly be pinyin: Space then takes the letters as typed."""

    def is_on(self, options: RewriterOptions) -> bool:
        return options.addresses

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """See `Rewriter`."""
        if not is_address(letters):
            return candidates
        typed = [candidate for candidate in candidates if candidate.source is Source.RAW]
        others = [candidate for candidate in candidates if candidate.source is not Source.RAW]
        return (*typed, *others)
