"""Run `python -m training finetune-benchmark`: what retraining is worth, by mode, on logs cut from a
corpus.

The judged third is text that `prepare` held out of the file, so neither the decoder nor the n-gram has seen
it; the two thirds that are learnt from stand just before it in the file (and were in the training text). Of a
text that is not in the corpus (`--unseen`) the log is simply the beginning.
"""

from __future__ import annotations

import io
import resource
import tempfile
import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import Final

from engine.evaluation.accuracy import Score, evaluate_accuracy
from engine.evaluation.cases import Case, read_set
from engine.evaluation.figures import Figure, Origin, origin_of, record_figures
from engine.factory import create_converter
from engine.model.bundle import Bundle
from training.corpus.phrase_sets import phrases_of_lines
from training.corpus.prepare import split_blocks
from training.corpus.text_files import paragraphs
from training.errors import WorkshopError
from training.finetuning.candidate_probe import ProbedCandidates, answers_alone, answers_at_once
from training.finetuning.fine_tuner import FineTuning
from training.finetuning.progress import Progress
from training.finetuning.retrain import Request, retrain
from training.model.adaptation import Adaptation

HEAD: Final[str] = (
    "| log | mode | wrong first candidates | with at-once learning | general, first % | characters % "
    "| share kept | seconds | CPU seconds |\n|---|---|---|---|---|---|---|---|---|"
)


@dataclass(frozen=True)
class BenchmarkRow:
    """The figures of one bundle.

    `wrong` of the judged phrases, alone and learning at once; seconds of retraining.
    """

    log: str
    mode: str
    wrong: int
    wrong_at_once: int
    general: list[Score]
    share: float = 0.0
    seconds: float = 0.0
    cpu_seconds: float = 0.0

    def line(self, base: BenchmarkRow | None = None) -> str:
        """Return Markdown; the errors that are gone are compared with those of the row `base`."""
        first, characters = (sum(s.percent[i] for s in self.general) / len(self.general) for i in (0, 2))
        wrong = [
            _gone(self.wrong, base.wrong if base else None),
            _gone(self.wrong_at_once, base.wrong_at_once if base else None),
        ]
        cost = [f"{self.share:g}", f"{self.seconds:.0f}", f"{self.cpu_seconds:.0f}"] if base else ["", "", ""]
        cells = [self.log, self.mode, *wrong, f"{first:.2f}", f"{characters:.2f}", *cost]
        return f"| {' | '.join(cells)} |"

    def figures(self, base: BenchmarkRow, origin: Origin) -> list[Figure]:
        """Return what the page of figures shows of this row beside `base`, learning at once on both sides."""
        gone = 100 * (base.wrong_at_once - self.wrong_at_once) / max(base.wrong_at_once, 1)
        general = _mean_characters(self.general) - _mean_characters(base.general)
        name = f"retraining.{self.log.partition('.')[0]}" + ("" if self.mode == "full" else f".{self.mode}")
        return [
            Figure(f"{name}.gone", gone, "%", origin),
            Figure(f"{name}.general", general, "points", origin),
            Figure(f"{name}.seconds", self.seconds, "s", origin),
        ]


def _mean_characters(scores: Sequence[Score]) -> float:
    return sum(score.percent[2] for score in scores) / len(scores)


def cut_log(path: Path, n_phrase: int) -> list[Case]:
    """Return a log of which the last third was held out of the file by `prepare`. Raises WorkshopError."""
    name = path.name.partition(".txt")[0]
    blocks = [(split, list(phrases_of_lines(lines))) for split, lines in split_blocks(name, path)]
    n_judged = n_phrase // 3
    held_out: list[int] = []
    for place, (split, _) in enumerate(blocks):
        if split == "valid" and place and sum(len(blocks[i][1]) for i in held_out) < n_judged:
            held_out.append(place)
    judged = [case for place in held_out for case in blocks[place][1]][:n_judged]
    if len(judged) < n_judged:
        raise WorkshopError(f"{path} holds out only {len(judged)} phrases; {n_judged} are a third of the log")
    share = (n_phrase - n_judged) // len(held_out)
    learnt = [case for place in held_out for case in _before(blocks, place, share)]
    return learnt + judged


def _before(blocks: Sequence[tuple[str, list[Case]]], place: int, n: int) -> list[Case]:
    """Return the last `n` phrases for training that stand before a block."""
    found: list[Case] = []
    while place > 0 and len(found) < n:
        place -= 1
        if blocks[place][0] == "train":
            found = blocks[place][1] + found
    return found[-n:]


def first_phrases(path: Path, n_phrase: int) -> list[Case]:
    """Return the first phrases of a file that neither decoder nor n-gram has seen. Raises WorkshopError."""
    cases = list(islice(phrases_of_lines(paragraphs(path)), n_phrase))
    if len(cases) < n_phrase:
        raise WorkshopError(f"{path} has only {len(cases)} phrases; {n_phrase} are wanted")
    return cases


def benchmark_modes(
    base: Path,
    corpus: Sequence[Path],
    modes: Sequence[str],
    n_phrase: int,
    paths: Sequence[Path],
    limit: int,
    unseen: bool = False,
    tsv: Path | None = None,
) -> None:
    """Print the table, a row as soon as it is known, and record its figures in the file `tsv`."""
    cut = first_phrases if unseen else cut_log
    sets = [[case.alone for case in read_set(path, limit)] for path in paths]
    print(HEAD, flush=True)
    general = _general(base, sets)
    for path in corpus:
        cases = cut(path, n_phrase)
        learnt, judged = cases[: -(n_phrase // 3)], cases[-(n_phrase // 3) :]
        before = BenchmarkRow(path.name, "before", *_wrong(base, learnt, judged), general)
        print(before.line(), flush=True)
        for mode in modes:
            row = _row(base, mode, path.name, cases, len(judged), sets)
            print(row.line(before), flush=True)
            if tsv:
                command = f"python -m training finetune-benchmark {path.name}{' --unseen' * unseen}"
                record_figures(tsv, row.figures(before, origin_of(command, base)))


def _row(
    base: Path, mode: str, log: str, cases: list[Case], n_judged: int, sets: Sequence[list[Case]]
) -> BenchmarkRow:
    settings = FineTuning(Adaptation(mode))  # type: ignore[arg-type]
    request = Request(base, base, settings, held_out=n_judged / len(cases))
    with tempfile.TemporaryDirectory() as folder:
        started, cpu = time.monotonic(), _cpu_seconds()
        retrain(request, cases, Path(folder), mode, Progress({}, io.StringIO()))
        seconds, cpu = time.monotonic() - started, _cpu_seconds() - cpu
        share = Bundle.load(Path(folder)).manifest.provenance["fine_tuning"]["share"]
        wrong = _wrong(Path(folder), cases[:-n_judged], cases[-n_judged:])
        return BenchmarkRow(log, mode, *wrong, _general(Path(folder), sets), share, seconds, cpu)


def _general(bundle: Path, sets: Sequence[list[Case]]) -> list[Score]:
    converter = create_converter(bundle)
    return [evaluate_accuracy(converter, cases) for cases in sets]


def _wrong(bundle: Path, learnt: Sequence[Case], judged: Sequence[Case]) -> tuple[int, int]:
    """Return how many judged phrases are wrong at first: by the bundle alone, and learning at once on top."""
    loaded = Bundle.load(bundle)
    alone, at_once = answers_alone(loaded, judged), answers_at_once(loaded, learnt, judged)
    return _n_wrong(alone, judged), _n_wrong(at_once, judged)


def _n_wrong(answers: Iterable[ProbedCandidates], cases: Sequence[Case]) -> int:
    return sum(answer.texts[:1] != (case.hanzi,) for answer, case in zip(answers, cases, strict=True))


def _gone(wrong: int, before: int | None) -> str:
    """Return how many are wrong, and how many percent fewer than before."""
    return str(wrong) if before is None else f"{wrong} ({100 * (wrong - before) / max(before, 1):+.0f}%)"


def _cpu_seconds() -> float:
    usage = resource.getrusage(resource.RUSAGE_SELF)
    return usage.ru_utime + usage.ru_stime
