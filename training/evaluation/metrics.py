"""Compute the figures of a report: averages over outcomes, shares in percent."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from engine.arrays import DoubleArray
from training.evaluation.case_outcomes import CaseOutcome

_OPEN: Final[int] = 1 << 20  # no upper end
FIRST_K: Final[tuple[int, ...]] = (1, 2, 3, 5, 9, 20)
LENGTHS: Final[tuple[tuple[int, int], ...]] = ((1, 4), (5, 8), (9, 12), (13, 20), (21, _OPEN))
FREQUENCIES: Final[tuple[tuple[int, int], ...]] = (
    (1, 100), (101, 500), (501, 1500), (1501, 3500), (3501, _OPEN),
)  # fmt: skip

# Readings that a model gets wrong because another character, or another reading, is far commoner.
RARE_READINGS: Final[str] = (
    "地/de 得/de 得/dei 长/zhang 行/hang 都/du 的/di 了/liao 重/chong 还/huan 觉/jiao 乐/yue 率/lv 系/ji "
    "传/zhuan 调/tiao 着/zhao 着/zhuo 参/shen 差/chai 会/kuai 便/pian 朝/zhao 降/xiang 角/jue 强/jiang "
    "省/xing 藏/zang 弹/tan 单/shan 和/huo 没/mo 说/shui 车/ju 大/dai 给/ji 当/dang 她/ta 它/ta 做/zuo "
    "作/zuo 在/zai 再/zai"
)


@dataclass(frozen=True)
class Measure:
    """A figure that is a ratio of sums over outcomes, so that a bootstrap can draw it anew."""

    name: str
    unit: str
    top: Callable[[CaseOutcome], float]
    bottom: Callable[[CaseOutcome], float]
    larger_is_better: bool = True

    def parts(self, outcomes: Sequence[CaseOutcome]) -> tuple[DoubleArray, DoubleArray]:
        """Return numerators and denominators, (n,) each."""
        return (
            np.array([self.top(outcome) for outcome in outcomes], dtype=np.float64),
            np.array([self.bottom(outcome) for outcome in outcomes], dtype=np.float64),
        )

    def of(self, outcomes: Sequence[CaseOutcome]) -> float:
        """Return its value; nan if there is nothing to divide by."""
        top, bottom = self.parts(outcomes)
        return float(top.sum() / bottom.sum()) if bottom.sum() else float("nan")


def first_k(k: int) -> Measure:
    """Return the share of cases whose text is among the first k candidates for all letters."""
    name = "sentences right" if k == 1 else f"among the first {k}"
    return Measure(name, "%", lambda o: 100.0 * (0 < o.rank <= k), lambda o: 1.0)


CHARACTERS: Final = Measure(
    "characters right", "%", lambda o: 100.0 * o.right_characters, lambda o: float(len(o.hanzi))
)
RECIPROCAL: Final = Measure(
    "mean reciprocal rank", "", lambda o: 1 / o.rank if o.rank else 0.0, lambda o: 1.0
)
PRESSES: Final = Measure(
    "keystrokes a character",
    "",
    lambda o: float(o.presses),
    lambda o: float(len(o.hanzi)) if o.presses else 0.0,
    larger_is_better=False,
)
UNREACHED: Final = Measure(
    "not in any menu", "%", lambda o: 100.0 * (not o.presses), lambda o: 1.0, larger_is_better=False
)
MEASURES: Final[tuple[Measure, ...]] = (
    first_k(1), first_k(3), first_k(5), CHARACTERS, RECIPROCAL, PRESSES, UNREACHED,
)  # fmt: skip


@dataclass(frozen=True)
class Slice:
    """One bar of a picture: its label, how much is behind it, its value in percent."""

    label: str
    count: int
    value: float


def by_group(outcomes: Sequence[CaseOutcome], measure: Measure) -> list[Slice]:
    """Return a slice for each set, in the order in which the sets come."""
    groups = dict.fromkeys(outcome.group for outcome in outcomes)
    return [_slice(group, [o for o in outcomes if o.group == group], measure) for group in groups]


def by_length(outcomes: Sequence[CaseOutcome], measure: Measure) -> list[Slice]:
    """Return a slice for each range of lengths in hanzi that occurs."""
    found = [
        _slice(_label(low, high), [o for o in outcomes if low <= len(o.hanzi) <= high], measure)
        for low, high in LENGTHS
    ]
    return [part for part in found if part.count]


def _slice(label: str, outcomes: Sequence[CaseOutcome], measure: Measure) -> Slice:
    return Slice(label, len(outcomes), measure.of(outcomes))


def _label(low: int, high: int) -> str:
    return f"{low}–{high}" if high < _OPEN else f"{low}+"


def by_frequency(outcomes: Sequence[CaseOutcome], ranks: dict[str, int]) -> list[Slice]:
    """Return the share of characters right, by how common the character is; ranks: hanzi to 1, 2, ..."""
    right, seen = [0] * len(FREQUENCIES), [0] * len(FREQUENCIES)
    for outcome in outcomes:
        matches = len(outcome.best) == len(outcome.hanzi)
        for place, hanzi in enumerate(outcome.hanzi):
            which = _bin_of(ranks.get(hanzi, FREQUENCIES[-1][1]))
            seen[which] += 1
            right[which] += matches and outcome.best[place] == hanzi
    return [
        Slice(_label(low, high), n, 100 * r / n)
        for (low, high), n, r in zip(FREQUENCIES, seen, right, strict=True)
        if n
    ]


def _bin_of(rank: int) -> int:
    return next(i for i, (low, high) in enumerate(FREQUENCIES) if low <= rank <= high)


@dataclass(frozen=True)
class ReadingScore:
    """The score of one reading: it was wanted `support` times, given `given` times."""

    reading: str
    support: int
    given: int
    right: int

    @property
    def precision(self) -> float:
        return 100 * self.right / self.given if self.given else float("nan")

    @property
    def recall(self) -> float:
        return 100 * self.right / self.support if self.support else float("nan")

    @property
    def f1(self) -> float:
        """2 right / (wanted + given)."""
        return 200 * self.right / (self.support + self.given) if self.support + self.given else float("nan")


def rare_readings(outcomes: Sequence[CaseOutcome], least: int = 3) -> list[ReadingScore]:
    """Return the scores of RARE_READINGS wanted at least so often, the most wanted first.

    Counted at the places of texts of the right length, since elsewhere places do not correspond.
    """
    counts = {reading: [0, 0, 0] for reading in RARE_READINGS.split()}
    for outcome in outcomes:
        aligned = len(outcome.best) == len(outcome.hanzi) == len(outcome.pinyin) == len(outcome.reading)
        for place, (hanzi, syllable) in enumerate(zip(outcome.hanzi, outcome.pinyin, strict=False)):
            wanted = f"{hanzi}/{syllable}"
            ours = f"{outcome.best[place]}/{outcome.reading[place]}" if aligned else ""
            if wanted in counts:
                counts[wanted][0] += 1
                counts[wanted][2] += ours == wanted
            if ours in counts:
                counts[ours][1] += 1
    scores = [ReadingScore(reading, *count) for reading, count in counts.items() if count[0] >= least]
    return sorted(scores, key=lambda score: -score.support)


def macro_f1(scores: Sequence[ReadingScore]) -> float:
    """Return the mean of the readings' F1."""
    return float(np.mean([score.f1 for score in scores])) if scores else float("nan")
