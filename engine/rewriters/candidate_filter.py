"""Narrow a menu down by what the user says of the wanted hanzi: a tone, a component, a word that holds it.

What is typed behind the menu's letters is a list of conditions between backquotes. A digit 1 to 5 is a tone:
the first one of the first hanzi, the next one of the next. Letters are the reading of components (`mu` or
`muzi` of 李), or a word that the hanzi is in (`yiyuan` of 医); one of several hanzi has to fit.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

from engine.hanzi.tables import HanziTables
from engine.hanzi.tones import TONE_MARKS
from engine.protocol import Candidate
from engine.rewriters.rewriter import Candidates

FILTER_KEY: Final[str] = "`"
TONE_KEYS: Final[frozenset[str]] = frozenset(TONE_MARKS)
MAX_WORDS: Final[int] = 12  # words of a reading that are looked at


class CandidateFilter:
    """Keep the candidates that fit; `words_of` gives the texts that may be typed by some letters."""

    def __init__(self, tables: HanziTables, words_of: Callable[[str], list[str]]) -> None:
        self._tables = tables
        self._words_of = words_of

    def narrowed(self, candidates: Candidates, conditions: str) -> Candidates:
        """Return the candidates that meet all conditions; all of them if there is none.

        What stands in a word that was named comes first, in the order of the words: 医 of `yiyuan`; of a tone
        what is mostly read so. Otherwise the order stays.
        """
        asked = [condition for condition in conditions.split(FILTER_KEY) if condition]
        tones = [condition for condition in asked if condition in TONE_KEYS]
        ranks = [self._hanzi_fitting(condition) for condition in asked if condition not in TONE_KEYS]
        if not asked:
            return candidates
        kept = [c for c in candidates if self._has_tones(c, tones) and _holds(c, ranks)]
        return tuple(sorted(kept, key=lambda candidate: self._rank(candidate, tones, ranks)))

    def _has_tones(self, candidate: Candidate, tones: list[str]) -> bool:
        if len(candidate.reading) != len(candidate.text) or len(candidate.text) < len(tones):
            return False
        places = zip(candidate.text, candidate.reading, tones, strict=False)
        return all(self._tables.tones.has(*place) for place in places)

    def _rank(self, candidate: Candidate, tones: list[str], ranks: list[dict[str, int]]) -> int:
        """Return how far behind the candidate stands: by its word, and by tones that it has but seldom."""
        in_words = sum(min(fitting.get(hanzi, MAX_WORDS) for hanzi in candidate.text) for fitting in ranks)
        places = zip(candidate.text, candidate.reading, tones, strict=False)
        return in_words + sum(not self._tables.tones.is_usual(*place) for place in places)

    def _hanzi_fitting(self, letters: str) -> dict[str, int]:
        """Return the hanzi with such components, and those of words read so, each with its place."""
        words = [word for word in self._words_of(letters) if len(word) > 1][:MAX_WORDS]
        ranks = dict.fromkeys(self._tables.components.with_one(letters), MAX_WORDS)
        for place, word in reversed(list(enumerate(words))):
            ranks |= dict.fromkeys(word, place)
        return ranks


def _holds(candidate: Candidate, ranks: list[dict[str, int]]) -> bool:
    return all(any(hanzi in fitting for hanzi in candidate.text) for fitting in ranks)


def with_key(conditions: str, key: str) -> str:
    """Return the conditions with another letter or tone; letters behind a tone begin a condition."""
    is_new = key.isalpha() and conditions[-1:] in TONE_KEYS
    return conditions + (FILTER_KEY if is_new and conditions else "") + key


def without_last(conditions: str) -> str | None:
    """Return the conditions without the last key; None if there was none."""
    return conditions[:-1] if conditions else None
