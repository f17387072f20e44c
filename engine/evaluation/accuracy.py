"""Measure how often the converter finds the text that was meant.

Inputs are converted whole: `Converter.convert` is a pure function of the letters, so typing them one by one
gives the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import astuple, dataclass
from multiprocessing import get_context
from operator import add

from engine.conversion.converter import Converter
from engine.converter_choice import ConverterChoice, kept_converter
from engine.evaluation.cases import Case
from engine.evaluation.simulated_typist import whole_candidates


@dataclass(frozen=True)
class Score:
    """Counts over cases; sums of scores are scores.

    `characters` counts the hanzi of the wanted texts, `right_characters` those that the first
    candidate has at the same position (none where its length differs).
    """

    cases: int = 0
    first: int = 0
    first_five: int = 0
    characters: int = 0
    right_characters: int = 0

    def __add__(self, other: Score) -> Score:
        return Score(*map(add, astuple(self), astuple(other)))

    @property
    def percent(self) -> tuple[float, float, float]:
        """First candidates, first five and characters right, in percent."""
        cases, characters = max(self.cases, 1), max(self.characters, 1)
        return (
            100 * self.first / cases,
            100 * self.first_five / cases,
            100 * self.right_characters / characters,
        )


def score_of(candidates: Sequence[str], hanzi: str) -> Score:
    """Return the score of one case, given the candidates for its whole input, best first.

    Capitals do not count: people write GPU and gpu.
    """
    hanzi, candidates = hanzi.lower(), [candidate.lower() for candidate in candidates[:5]]
    best = candidates[0] if candidates else ""
    pairs = zip(best, hanzi, strict=True) if len(best) == len(hanzi) else ()
    return Score(
        cases=1,
        first=int(best == hanzi),
        first_five=int(hanzi in candidates),
        characters=len(hanzi),
        right_characters=sum(ours == wanted for ours, wanted in pairs),
    )


def evaluate_accuracy(converter: Converter, cases: Iterable[Case]) -> Score:
    """Return the sum of the cases' scores; a case's context is its text before the caret."""
    return sum((_evaluate_case(converter, case) for case in cases), Score())


def _evaluate_case(converter: Converter, case: Case) -> Score:
    converter.set_surrounding_text(case.context)
    return score_of(whole_candidates(converter.convert(case.keys), case.keys), case.hanzi)


def evaluate_sets(
    choice: ConverterChoice, sets: dict[str, list[Case]], use_context: bool, jobs: int = 1
) -> Iterator[tuple[str, Score]]:
    """Yield (name, score) of each set in turn; in `jobs` processes, each with its own converter."""
    if not use_context:
        sets = {name: [case.alone for case in cases] for name, cases in sets.items()}
    if jobs == 1:
        yield from ((name, evaluate_accuracy(kept_converter(choice), cases)) for name, cases in sets.items())
        return
    with ProcessPoolExecutor(jobs, mp_context=get_context("spawn")) as pool:
        for name, cases in sets.items():
            parts = [cases[i::jobs] for i in range(jobs)]
            yield name, sum(pool.map(_evaluate_part, [choice] * jobs, parts), Score())


def _evaluate_part(choice: ConverterChoice, cases: list[Case]) -> Score:
    return evaluate_accuracy(kept_converter(choice), cases)


def accuracy_table(rows: Sequence[tuple[str, Score]]) -> str:
    """Return Markdown: a row a set, and the mean of the sets' figures."""
    lines = ["| set | cases | first % | first five % | characters % |", "|---|---|---|---|---|"]
    for name, score in rows:
        lines.append("| {} | {} | {:.1f} | {:.1f} | {:.1f} |".format(name, score.cases, *score.percent))
    counted = [score for _, score in rows if score.cases]
    if len(counted) > 1:
        columns = zip(*(score.percent for score in counted), strict=True)
        means = [sum(column) / len(counted) for column in columns]
        cases = sum(score.cases for _, score in rows)
        lines.append("| mean | {} | {:.1f} | {:.1f} | {:.1f} |".format(cases, *means))
    return "\n".join(lines)


@dataclass(frozen=True)
class SlipScore:
    """Scores of the same cases that show what correcting slips gains and what it costs."""

    plain: Score  # as they are, not corrected
    clean: Score  # as they are, corrected
    slips: Score  # with a slip each, corrected

    @property
    def share(self) -> float:
        """First candidates right with a slip, in percent of those right without."""
        return 100 * self.slips.first / max(self.clean.first, 1)


def slip_table(rows: Sequence[tuple[str, SlipScore]]) -> str:
    """Return Markdown: scores with a slip in each input and without, always together."""
    lines = [
        "| set | cases | clean, not corrected: first % | clean, corrected: first, five, characters % "
        "| one slip each, corrected: first, five, characters % | slips of clean % |",
        "|---|---|---|---|---|---|",
    ]
    total = [SlipScore(*(sum((getattr(s, name) for _, s in rows), Score()) for name in _SCORES))]
    for name, found in [*rows, *(("all", found) for found in total if len(rows) > 1)]:
        clean, slips = (" / ".join(f"{x:.1f}" for x in score.percent) for score in (found.clean, found.slips))
        lines.append(
            f"| {name} | {found.clean.cases} | {found.plain.percent[0]:.1f} | {clean} | {slips} "
            f"| {found.share:.0f} |"
        )
    return "\n".join(lines)


_SCORES = ("plain", "clean", "slips")
