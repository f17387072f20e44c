"""Type a user's text in order: what learning is worth, and what it costs other text.

The typist types each clause's letters, takes Space if the first candidate is right, else the candidate that
brings most hanzi for its keys: one for the pick and one for each page turned. What is picked is told to the
learner, as a session would.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import astuple, dataclass
from operator import add
from pathlib import Path
from tempfile import TemporaryDirectory

from engine.conversion.converter import Converter
from engine.converter_choice import ConverterChoice
from engine.evaluation.accuracy import Score, evaluate_accuracy
from engine.evaluation.cases import Case
from engine.factory import create_converter
from engine.learning.user_learner import UserLearner
from engine.model.bundle import Bundle
from engine.protocol import PAGE_SIZE, Candidate, Commit, Segment
from engine.user_model.model import UserModel
from resources import MODEL


@dataclass(frozen=True)
class Effort:
    """Sums over cases: hanzi, all keys, first candidates that were right at once."""

    cases: int = 0
    hanzi: int = 0
    keys: int = 0
    first: int = 0

    def __add__(self, other: Effort) -> Effort:
        return Effort(*map(add, astuple(self), astuple(other)))


@dataclass(frozen=True)
class Replay:
    """The result: `efforts`, one a window of cases; `harm`, scores of other sets after all was learnt."""

    efforts: list[Effort]
    harm: dict[str, Score]


Learn = Callable[[Commit], object]


def replay(
    choice: ConverterChoice, cases: Sequence[Case], window: int, others: dict[str, list[Case]], learning: bool
) -> Replay:
    """Type all cases in order, learning or not, then score the other sets with what was learnt.

    The fake decoder cannot learn. Raises BundleError or LexiconError.
    """
    if not learning or choice.fake:
        return _replay(choice.create(), lambda _: None, cases, window, others)
    bundle = Bundle.load(choice.bundle or MODEL)
    personal = UserModel(bundle.vocabulary)
    converter = create_converter(bundle, choice.search_options, choice.spelling, personal)
    with TemporaryDirectory() as folder:
        learner = UserLearner(personal, bundle.vocabulary, Path(folder))
        try:
            return _replay(converter, learner.learn, cases, window, others)
        finally:
            learner.close()


def _replay(
    converter: Converter,
    learn: Learn,
    cases: Sequence[Case],
    window: int,
    others: dict[str, list[Case]],
) -> Replay:
    efforts = [
        sum((effort_of(converter, learn, case) for case in cases[start : start + window]), Effort())
        for start in range(0, len(cases), window)
    ]
    return Replay(efforts, {name: evaluate_accuracy(converter, of_set) for name, of_set in others.items()})


def effort_of(converter: Converter, learn: Learn, case: Case) -> Effort:
    """Type one case and commit it; a case with a hanzi that is not to be had counts nothing."""
    converter.set_surrounding_text(case.context)
    segments: list[Segment] = []
    letters, wanted, keys = case.keys, case.hanzi, len(case.keys)
    first = False
    while letters:
        fixed = tuple(token for segment in segments for token in segment.tokens)
        picked = picked_of(converter.convert(letters, fixed).candidates, wanted)
        if picked is None:
            return Effort()
        rank, candidate = picked
        first |= rank == 0 and not segments and candidate.text == wanted
        keys += 1 + rank // PAGE_SIZE
        end = candidate.span[1]
        segments.append(_segment(candidate, letters[:end], rank))
        letters, wanted = letters[end:], wanted[len(candidate.text) :]
    if wanted:
        return Effort()
    reading = tuple(syllable for segment in segments for syllable in segment.reading)
    learn(Commit(case.hanzi, reading, tuple(segments), case.context))
    return Effort(1, len(case.hanzi), keys, int(first))


def picked_of(candidates: Iterable[Candidate], wanted: str) -> tuple[int, Candidate] | None:
    """Place and candidate that bring the most of the wanted hanzi for their keys."""
    fitting = [
        (rank, candidate)
        for rank, candidate in enumerate(candidates)
        if candidate.tokens and wanted.startswith(candidate.text)
    ]
    return max(fitting, key=_worth, default=None)


def _worth(place: tuple[int, Candidate]) -> tuple[float, int]:
    rank, candidate = place
    return len(candidate.text) / (1 + rank // PAGE_SIZE), -rank


def _segment(candidate: Candidate, keys: str, rank: int) -> Segment:
    return Segment(candidate.text, keys, candidate.reading, candidate.tokens, rank, candidate.source)


def learning_table(name: str, off: Replay, on: Replay) -> str:
    """Return Markdown: a row a window, learning off and on."""
    lines = [
        f"| {name}: cases | hanzi | keys a hanzi, off | on | first right %, off | on |",
        "|---|---|---|---|---|---|",
    ]
    start = 0
    for without, with_learning in zip(off.efforts, on.efforts, strict=True):
        end = start + without.cases
        lines.append(f"| {start + 1}–{end} | {_row(without, with_learning)} |")
        start = end
    lines.append(f"| all | {_row(sum(off.efforts, Effort()), sum(on.efforts, Effort()))} |")
    for other, score in on.harm.items():
        before, after = off.harm[other].percent[0], score.percent[0]
        lines.append(f"| other text: {other}, {score.cases} cases | | | | {before:.1f} | {after:.1f} |")
    return "\n".join(lines)


def _row(off: Effort, on: Effort) -> str:
    keys = " | ".join(f"{effort.keys / max(effort.hanzi, 1):.3f}" for effort in (off, on))
    first = " | ".join(f"{100 * effort.first / max(effort.cases, 1):.1f}" for effort in (off, on))
    return f"{off.hanzi} | {keys} | {first}"
