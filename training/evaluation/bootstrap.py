"""Compare two models on the same cases: is the difference more than luck, and which cases changed.

Significance is by paired bootstrap (Koehn 2004, "Statistical significance tests for machine translation
evaluation"): cases are drawn anew with replacement, the same ones for both models, each set keeping its size.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import DoubleArray
from training.errors import WorkshopError
from training.evaluation.case_outcomes import CaseOutcome
from training.evaluation.metrics import Measure

DRAWS: Final[int] = 10_000
_CHUNK: Final[int] = 250  # draws at once: (draws, cases) of counts are in memory


class CompareError(WorkshopError):
    """Models that were judged on different cases."""


@dataclass(frozen=True)
class Difference:
    """The difference of two models in a measure.

    `low`, `high`: the 95 % interval of second - first; `chance`: the share of draws in which the model that
    is better here is not better.
    """

    first: float
    second: float
    low: float
    high: float
    chance: float

    @property
    def is_significant(self) -> bool:
        """Whether the difference is significant at the level of 5 %, two-sided."""
        return self.chance < 0.025


def check_same_cases(first: Sequence[CaseOutcome], second: Sequence[CaseOutcome]) -> None:
    """Raise CompareError unless both hold the same cases in the same order."""
    if [outcome.name for outcome in first] != [outcome.name for outcome in second]:
        raise CompareError("the two models were judged on different cases; judge both on the same sets")


def paired_bootstrap(
    first: Sequence[CaseOutcome],
    second: Sequence[CaseOutcome],
    measures: Sequence[Measure],
    draws: int = DRAWS,
    seed: int = 0,
) -> list[Difference]:
    """Return the differences, with their intervals."""
    check_same_cases(first, second)
    parts = [(*measure.parts(first), *measure.parts(second)) for measure in measures]
    drawn = [np.empty(0) for _ in measures]
    rng = np.random.default_rng(seed)
    for start in range(0, draws, _CHUNK):
        counts = _draw(rng, [outcome.group for outcome in first], min(_CHUNK, draws - start))
        for i, part in enumerate(parts):
            drawn[i] = np.append(drawn[i], _difference(counts, *part))
    return [
        _judged(measure.of(first), measure.of(second), values)
        for measure, values in zip(measures, drawn, strict=True)
    ]


def _draw(rng: np.random.Generator, groups: Sequence[str], draws: int) -> DoubleArray:
    """Return how often each case was drawn, shape (draws, n), each group by itself."""
    counts = np.zeros((draws, len(groups)))
    names = np.array(groups)
    for group in dict.fromkeys(groups):
        places = np.flatnonzero(names == group)
        counts[:, places] = rng.multinomial(len(places), np.full(len(places), 1 / len(places)), size=draws)
    return counts


def _difference(
    counts: DoubleArray, top: DoubleArray, bottom: DoubleArray, top2: DoubleArray, bottom2: DoubleArray
) -> DoubleArray:
    """Return second - first of each draw, shape (draws,)."""
    with np.errstate(invalid="ignore", divide="ignore"):
        values: DoubleArray = (counts @ top2) / (counts @ bottom2) - (counts @ top) / (counts @ bottom)
    return values


def _judged(first: float, second: float, drawn: DoubleArray) -> Difference:
    low, high = np.percentile(drawn, (2.5, 97.5))
    chance = float((drawn <= 0).mean() if second > first else (drawn >= 0).mean())
    return Difference(first, second, float(low), float(high), chance)


@dataclass(frozen=True)
class Changes:
    """Pairs of outcomes (first, second) of cases that only one of the models got right."""

    gained: list[tuple[CaseOutcome, CaseOutcome]]
    lost: list[tuple[CaseOutcome, CaseOutcome]]


def changes(first: Sequence[CaseOutcome], second: Sequence[CaseOutcome]) -> Changes:
    """Return the cases that the second model gained and lost."""
    check_same_cases(first, second)
    pairs = list(zip(first, second, strict=True))
    return Changes(
        gained=[pair for pair in pairs if pair[1].rank == 1 != pair[0].rank],
        lost=[pair for pair in pairs if pair[0].rank == 1 != pair[1].rank],
    )
