"""Whether a fine-tuned bundle may take the place of the one in use.

Knows converters, cases and scores; knows nothing of training or of where bundles lie. What is
compared is what would be typed with: the engine's search over the whole bundle, without what was
learnt at once.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np

from engine.accuracy import Score, score_of
from engine.converter import Converter
from engine.syllable import SYLLABLES
from engine.typist import Case, whole_candidates
from engine.vocabulary import SPECIALS, Vocabulary

Answers = list[tuple[str, ...]]  # a case's candidates for the whole input, best first

N_BETTER, N_WORSE = 8, 4  # examples shown of what changed
_CLAUSE: Final = range(3, 13)  # hanzi of a generated case


@dataclass(frozen=True)
class Verdict:
    """`accepted`, and why in one sentence for the user."""

    accepted: bool
    reason: str


def answers_of(converter: Converter, cases: Sequence[Case], tick: Callable[[], None]) -> Answers:
    """What the converter offers for each case behind its text; `tick` is called after each."""
    found: Answers = []
    for case in cases:
        converter.set_surrounding_text(case.context)
        found.append(whole_candidates(converter.convert(case.keys), case.keys)[:5])
        tick()
    return found


def score(answers: Answers, cases: Sequence[Case]) -> Score:
    """The sum of the cases' scores."""
    pairs = zip(answers, cases, strict=True)
    return sum((score_of(candidates, case.hanzi) for candidates, case in pairs), Score())


def judge(
    held_out: tuple[Score, Score],
    losses: tuple[float, float],
    general: tuple[Score, Score],
    allowed_loss: float,
) -> Verdict:
    """Each pair is (before, after); `losses`: nats a token on the held-out phrases.

    Better on the held-out phrases: more first candidates right, or as many and likelier texts. No
    worse in general: the share of right first candidates fell by at most `allowed_loss` points.
    """
    before, after = held_out
    fell = general[0].percent[0] - general[1].percent[0]
    figures = (
        f"first candidate right on your own later phrases {before.percent[0]:.1f}% before, "
        f"{after.percent[0]:.1f}% after; on general text {general[0].percent[0]:.1f}% before, "
        f"{general[1].percent[0]:.1f}% after"
    )
    if after.first < before.first or (after.first == before.first and losses[1] >= losses[0]):
        return Verdict(False, f"refused, because it is no better on your own phrases: {figures}")
    if fell > allowed_loss:
        return Verdict(
            False, f"refused, because general text lost more than {allowed_loss:g} points: {figures}"
        )
    return Verdict(True, f"better: {figures}")


def changed(cases: Sequence[Case], before: Answers, after: Answers) -> list[dict[str, str]]:
    """Cases whose first candidate became right, then such as became wrong."""
    better: list[dict[str, str]] = []
    worse: list[dict[str, str]] = []
    for case, old, new in zip(cases, before, after, strict=True):
        first = [texts[0] if texts else "" for texts in (old, new)]
        if (first[0] == case.hanzi) == (first[1] == case.hanzi):
            continue
        example = {"keys": case.keys, "wanted": case.hanzi, "before": first[0], "after": first[1]}
        (better if first[1] == case.hanzi else worse).append(example)
    return better[:N_BETTER] + worse[:N_WORSE]


def figures(score: Score) -> dict[str, Any]:
    """A score as it stands in a line of JSON: percentages of first candidates and of characters."""
    first, _, characters = score.percent
    return {"cases": score.cases, "first": round(first, 2), "characters": round(characters, 2)}


def cases_of_text(texts: np.ndarray, vocabulary: Vocabulary, limit: int) -> list[Case]:
    """The first `limit` different clauses of texts of token ids (n, length), typed in full.

    A text's last clause was cut off by its length and is left out.
    """
    found: dict[str, Case] = {}
    for text in texts.tolist():
        clause: list[int] = []
        for token in text:
            if token >= len(SPECIALS):
                clause.append(token)
                continue
            if len(clause) in _CLAUSE:
                hanzi = vocabulary.text(clause)
                pinyin = tuple(SYLLABLES[vocabulary.syllable_of_token(t)] for t in clause)
                found.setdefault(hanzi, Case(len(found), "".join(pinyin), pinyin, "", hanzi))
            clause = []
    return list(found.values())[:limit]
