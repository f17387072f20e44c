"""Decide whether a fine-tuned bundle may take the place of the one in use.

What is compared is what would be typed with: the engine's search over the whole bundle, on the user's own
phrases with what is learnt at once, which retraining has to add to, and on general text without it.

Of a few hundred phrases some ten first candidates become right or wrong, so their number says little more
than a coin. How likely the engine holds the text that was wanted changes in each of them
(docs/experiments/retraining.md).
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from engine.arrays import DoubleArray
from engine.error_kinds import Kind
from engine.errors import Message, says
from engine.evaluation.accuracy import Score, score_of
from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import SPECIALS, Vocabulary
from engine.model.bundle import Bundle
from engine.spelling.syllable import SYLLABLES
from training.finetuning.candidate_probe import ProbedCandidates, answers_alone, answers_at_once
from training.finetuning.progress import Progress

LEAST_CHANCE: Final[float] = 0.02  # of a text that is not among the first five
N_BETTER, N_WORSE = 8, 4  # examples shown of what changed
_CLAUSE: Final = range(3, 13)  # hanzi of a generated case


@dataclass(frozen=True)
class LaterDays:
    """The last of a log: `typed` after `known`, in order; judged are those at the places `asked`."""

    known: Sequence[Case]
    typed: Sequence[Case]
    asked: Sequence[int]

    @property
    def judged(self) -> list[Case]:
        return [self.typed[place] for place in self.asked]


@dataclass(frozen=True)
class Standing:
    """The conversions of the phrases; `log_chances`, (n_phrase,), are of the texts wanted, in nats."""

    score: Score
    log_chances: DoubleArray

    @classmethod
    def of(cls, answers: Sequence[ProbedCandidates], cases: Sequence[Case]) -> Standing:
        chances = [answer.chance(case.hanzi) for answer, case in zip(answers, cases, strict=True)]
        return cls(score(answers, cases), np.log(np.maximum(chances, LEAST_CHANCE)))

    @property
    def certainty(self) -> float:
        """The geometric mean of the wanted texts' chances, in percent to a tenth, as it is shown.

        Geometric, so that being surer alone wins nothing: what is held too likely is paid for where it
        is wrong.
        """
        return round(100 * math.exp(self.log_chances.mean()), 1) if len(self.log_chances) else 100.0

    def is_surer_than(self, before: Standing) -> bool:
        """Return whether it is surer by 0.1% and by more than the standard error of the mean gain."""
        gained = self.log_chances - before.log_chances
        if len(gained) < 2 or self.certainty <= before.certainty:
            return False
        return bool(gained.mean() > gained.std(ddof=1) / math.sqrt(len(gained)))


@dataclass(frozen=True)
class Verdict:
    """Whether the bundle is accepted, and why in one sentence for the user."""

    accepted: bool
    reason: Message


@dataclass(frozen=True)
class AcceptanceResult:
    """The verdict with its `figures`, as JSON, and `examples`, cases whose first candidate changed."""

    verdict: Verdict
    figures: dict[str, Any]
    examples: list[dict[str, str]]


def score(answers: Sequence[ProbedCandidates], cases: Sequence[Case]) -> Score:
    """Return the sum of the cases' scores."""
    pairs = zip(answers, cases, strict=True)
    return sum((score_of(answer.texts, case.hanzi) for answer, case in pairs), Score())


def fallen(pair: tuple[Score, Score]) -> float:
    """Return the points of right hanzi that were lost."""
    return pair[0].percent[2] - pair[1].percent[2]


def verdict_of(
    held_out: tuple[Standing, Standing], general: tuple[Score, Score], allowed_loss: float
) -> Verdict:
    """Return the verdict; each pair is (before, after).

    The bundle must be better on the held-out phrases, that is surer of the texts wanted by more than chance,
    and no worse in general: the share of right hanzi fell by at most `allowed_loss` points. (Of 400 clauses
    some ten change for better or worse, which alone is most of a point; of their hanzi far fewer.)
    """
    before, after = held_out
    fell = fallen(general)
    figures = says(
        Kind.VERDICT_FIGURES,
        sure_before=f"{before.certainty:.1f}",
        sure_after=f"{after.certainty:.1f}",
        first_before=f"{before.score.percent[0]:.1f}",
        first_after=f"{after.score.percent[0]:.1f}",
        general_before=f"{general[0].percent[2]:.1f}",
        general_after=f"{general[1].percent[2]:.1f}",
    )
    if not after.is_surer_than(before):
        return Verdict(False, says(Kind.NOT_BETTER, figures=figures))
    if fell > allowed_loss:
        return Verdict(False, says(Kind.WORSE_IN_GENERAL, number=f"{allowed_loss:g}", figures=figures))
    return Verdict(True, says(Kind.BETTER, figures=figures))


class Measurement:
    """A comparison of the new bundle: with the one in use on the user's phrases, with the base in general.

    Each night may lose a little in general; compared with the last night's, the losses would add up.
    `general_loss` comes first, as often as needed, then `result` for the last folder.
    """

    def __init__(
        self, base: Path, in_use: Path, later: LaterDays, general: list[Case], progress: Progress
    ) -> None:
        self._later, self._general, self._progress = later, general, progress
        self._done, self._total = 0, 2 * (len(later.asked) + len(general))
        self._before = self._general_score(base)
        self._old_answers = self._answers(in_use)
        self._folder: Path | None = None
        self._after: Score | None = None

    def general_loss(self, folder: Path) -> float:
        """Return the points of right hanzi that the bundle in `folder` loses on general text."""
        if self._after is not None:  # one more attempt than was expected
            self._total += len(self._general)
        self._folder, self._after = folder, self._general_score(folder)
        return fallen((self._before, self._after))

    def result(self, losses: tuple[float, float], allowed_loss: float) -> AcceptanceResult:
        """Return the verdict on the last bundle; `losses`: nats a held-out token, before and after."""
        assert self._after is not None
        assert self._folder is not None
        answers, judged = self._answers(self._folder), self._later.judged
        held_out = Standing.of(self._old_answers, judged), Standing.of(answers, judged)
        general = self._before, self._after
        sides = "before", "after"
        found: dict[str, Any] = {
            "held_out": {
                side: figures(standing.score) | {"certainty": standing.certainty}
                for side, standing in zip(sides, held_out, strict=True)
            },
            "general": {side: figures(counts) for side, counts in zip(sides, general, strict=True)},
        }
        verdict = verdict_of(held_out, general, allowed_loss)
        loss = {"validation_loss": {"before": round(losses[0], 4), "after": round(losses[1], 4)}}
        return AcceptanceResult(verdict, found | loss, changed(judged, self._old_answers, answers))

    def _answers(self, bundle: Path) -> list[ProbedCandidates]:
        """Return what is offered on the user's later days, learning along the way."""
        later = self._later
        asked = frozenset(later.asked)
        return self._counted(answers_at_once(Bundle.load(bundle), later.known, later.typed, asked))

    def _general_score(self, bundle: Path) -> Score:
        return score(self._counted(answers_alone(Bundle.load(bundle), self._general)), self._general)

    def _counted(self, answers: Iterable[ProbedCandidates]) -> list[ProbedCandidates]:
        found: list[ProbedCandidates] = []
        for answer in answers:
            found.append(answer)
            self._done += 1
            self._progress.step("measure", self._done, self._total)
        return found


def changed(
    cases: Sequence[Case], before: Sequence[ProbedCandidates], after: Sequence[ProbedCandidates]
) -> list[dict[str, str]]:
    """Return cases whose first candidate became right, then such as became wrong."""
    better: list[dict[str, str]] = []
    worse: list[dict[str, str]] = []
    for case, old, new in zip(cases, before, after, strict=True):
        first = [answer.texts[0] if answer.texts else "" for answer in (old, new)]
        if (first[0] == case.hanzi) == (first[1] == case.hanzi):
            continue
        example = {"keys": case.keys, "wanted": case.hanzi, "before": first[0], "after": first[1]}
        (better if first[1] == case.hanzi else worse).append(example)
    return better[:N_BETTER] + worse[:N_WORSE]


def figures(score: Score) -> dict[str, Any]:
    """Return a score as it stands in a line of JSON: percentages of first candidates and of characters."""
    first, _, characters = score.percent
    return {"cases": score.cases, "first": round(first, 2), "characters": round(characters, 2)}


def cases_of_text(texts: np.ndarray, vocabulary: Vocabulary, limit: int) -> list[Case]:
    """Return the first `limit` different clauses of texts of token ids (n, length), typed in full.

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
