"""Choose the one word that is offered whole before its last syllables are typed, where it is near certain."""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

from engine.conversion.word_lookup import Offered
from engine.lexicon.word_arrays import Word
from engine.protocol import Source

_NEARLY_ALL: Final[float] = 0.9  # of what the words that begin so are used, that one of them has to have
_LIKELY_END: Final[float] = -2.5  # 我知道 has -1.7, 黄河入海 -3.3, 哈佛大 -5.2


def completion(words: Sequence[Offered], best: tuple[int, ...], end: float) -> Offered | None:
    """Return the word to offer; None where none is near certain.

    `words` are those that begin with the letters typed, `best` is the best text for these, and `end`
    the log-probability that a clause ends with it. A word of the user's own is near certain if it is the only
    one of them. One of the lexicon has to go on the best text (白日依 of 白日依山尽), which is hardly an end
    itself (我知道 of 我知道你 is), and to be the only one in use that does.
    """
    own = {each.word.tokens: each for each in words if each.source is Source.USER}
    if own:
        return next(iter(own.values())) if len(own) == 1 else None
    listed = [each for each in words if _goes_on(each.word, best)]
    if not listed or end > _LIKELY_END:
        return None
    first = max(listed, key=lambda each: each.word.log_prob)
    share = math.exp(first.word.log_prob) / sum(math.exp(each.word.log_prob) for each in listed)
    return first if share >= _NEARLY_ALL else None


def _goes_on(word: Word, best: tuple[int, ...]) -> bool:
    return len(word.tokens) > len(best) and word.tokens[: len(best)] == best
