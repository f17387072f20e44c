"""Define the options of the rewriters."""

from __future__ import annotations

from dataclasses import dataclass


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
