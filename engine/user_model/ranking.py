"""Rank a menu by what this user has picked for the same letters before."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.lexicon.latin_words import is_latin
from engine.lexicon.word_arrays import MAX_WORD_LENGTH
from engine.protocol import Candidate, Source

FADING: Final[float] = 0.8  # of the picks for some letters, by each further pick for them
FIRST_PLACE: Final[float] = 1.5
DOUBT: Final[float] = 1.7  # nats: 参加回忆 is 5.8 behind 参加会议 after two picks of 回忆 elsewhere


# Their scores are the search's, or -inf where it did not find them; a lexicon word's is its frequency.
_RANKED: Final[frozenset[Source]] = frozenset({Source.SENTENCE, Source.PHRASE, Source.USER})


@dataclass(frozen=True)
class Choice:
    """A text picked for exactly the letters `keys`; `against` says that another stood first in the menu."""

    keys: str
    text: str
    reading: tuple[str, ...]
    tokens: tuple[int, ...]
    against: bool = field(default=False, compare=False)


Picks = dict[Choice, tuple[float, bool]]  # how much it weighs, and whether the last pick was against another


def is_word(choice: Choice) -> bool:
    """Return whether a choice is offered by its syllables as well.

    English words have none, and long texts are not offered so.
    """
    return len(choice.tokens) <= MAX_WORD_LENGTH and not is_latin(choice.tokens[0])


def with_pick(picks: Picks, choice: Choice) -> Picks:
    """Return the picks for some letters after one more, which reduces the weight of the earlier ones."""
    faded = {known: (weight * FADING, against) for known, (weight, against) in picks.items()}
    weight = faded.get(choice, (0.0, False))[0]
    return faded | {choice: (weight + 1.0, choice.against)}


def with_proven_first(menu: list[Candidate], picks: Picks) -> list[Candidate]:
    """Return the menu with a proven text before one that leads by a single pick against another.

    Such a pick may be a slip. If it leads by more than a pick can account for, the text before speaks for it
    and it stays.
    """
    slips = {choice.text for choice, (weight, against) in picks.items() if against and weight < FIRST_PLACE}
    if menu[0].text not in slips:
        return menu
    proven = next((candidate for candidate in menu if candidate.text not in slips), menu[0])
    if proven.span != menu[0].span or is_doubted(proven, menu[0], 2 * FIRST_PLACE):
        return menu
    return with_first(menu, proven)


def is_doubted(candidate: Candidate, best: Candidate, weight: float) -> bool:
    """Return whether the scores, which know the text before the caret, speak strongly for `best`."""
    comparable = candidate.source in _RANKED and best.source in _RANKED and math.isfinite(candidate.score)
    return comparable and candidate.span == best.span and best.score - candidate.score > DOUBT * weight


def candidate_of(choice: Choice, menu: Sequence[Candidate]) -> Candidate:
    """Return the menu's own candidate of that text for all the letters, else one made of the choice."""
    span = (0, len(choice.keys))
    for candidate in menu:
        if candidate.text == choice.text and candidate.span == span:
            return candidate
    return Candidate(choice.text, span, choice.reading, choice.tokens, -math.inf, Source.USER)


def with_first(menu: Sequence[Candidate], candidate: Candidate) -> list[Candidate]:
    return [candidate, *(other for other in menu if other != candidate)]
