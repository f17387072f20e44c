"""Run `python -m training report`: one page on one model, two side by side, or several by their tokens."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from engine.evaluation.cases import Case
    from training.evaluation.report_page import Judged

DESCRIPTION = """\
Type the cases of the sets into the engine's search and write one HTML page: accuracy, rank, keystrokes,
rare readings, speed, memory and size; by set, length and frequency. With two models, the second against
the first: significance by paired bootstrap and the cases that changed. With more, which are of one run or
continue one another: accuracy against training tokens, and the gain of a doubling.

  python -m training report resources/model --sets dev/*.jsonl --output report.html
  python -m training report resources/model RUN/model.pt --ngram RUN/ngram.npz --sets dev/*.jsonl \\
       --output comparison.html

What a model made of a case is kept in the folder --cache, so that another report asks nothing twice.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of `python -m training`."""
    command = commands.add_parser(
        "report",
        help="one page on a model, two compared, or several by their training tokens",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("models", type=Path, nargs="+", help="folder of a bundle, or RUN/model.pt")
    command.add_argument("--sets", type=Path, nargs="+", required=True, help="files of cases (JSON lines)")
    command.add_argument("--output", type=Path, required=True, help="the HTML file to write")
    command.add_argument("--limit", type=int, help="the first so many cases of each set")
    command.add_argument("--context", action="store_true", help="with the cases' text before the caret")
    command.add_argument("--ngram", type=Path, help="mix this n-gram with a checkpoint")
    command.add_argument(
        "--cache", type=Path, help="folder of outcomes kept (default: outcomes, beside the output)"
    )
    command.set_defaults(run=run)


def run(options: argparse.Namespace) -> None:
    """Judge, compare, write. Raises CheckpointError, BundleError, CaseError or OSError."""
    from engine.evaluation.cases import read_set
    from training.checkpoint_files import save_whole

    for path in options.models:
        if not path.exists():
            raise FileNotFoundError(f"{path} is missing: expected RUN/model.pt or a bundle's folder")
    groups = {path.stem: read_set(path, options.limit) for path in options.sets}
    cache = options.cache or options.output.parent / "outcomes"
    judged = _told_apart([_judge(path, options, groups, cache) for path in options.models], options.models)
    with save_whole(options.output) as file:
        file.write(_page(judged, options).encode("utf-8"))
    print(_summary(judged))
    print(f"written to {options.output}")


def _judge(path: Path, options: argparse.Namespace, groups: dict[str, list[Case]], cache: Path) -> Judged:
    from training.evaluation.case_outcomes import Cache, JudgedModel, outcomes_of
    from training.evaluation.cost_metrics import costs_of
    from training.evaluation.metrics import rare_readings
    from training.evaluation.report_page import Judged

    model = JudgedModel(path, None if path.is_dir() else options.ngram)
    kept = Cache(cache, model, options.context)
    outcomes = outcomes_of(model, groups, kept, options.context)
    everything = [case for cases in groups.values() for case in cases]
    costs = costs_of(model, everything, kept.path.with_suffix(".costs.json"))
    return Judged(model.name, outcomes, costs, rare_readings(outcomes))


def _told_apart(judged: list[Judged], paths: Sequence[Path]) -> list[Judged]:
    """Return the models, with their folders' names added where two bundles have one name."""
    if len({model.name for model in judged}) == len(judged):
        return judged
    return [replace(model, name=f"{model.name} ({path})") for model, path in zip(judged, paths, strict=True)]


def _page(judged: Sequence[Judged], options: argparse.Namespace) -> str:
    from engine.evaluation.figures import environment
    from training.evaluation.bootstrap import changes, paired_bootstrap
    from training.evaluation.metrics import MEASURES
    from training.evaluation.report_page import report_page

    differences, changed = [], None
    if len(judged) == 2:
        first, second = (model.outcomes for model in judged)
        differences, changed = paired_bootstrap(first, second, MEASURES), changes(first, second)
    context = "with" if options.context else "without"
    note = f"Each {context} the text before the caret. {environment()}."
    pictures = _pictures(judged) if len(judged) <= 2 else [_curve(judged, options.models)]
    return report_page(judged, differences, changed, pictures, note)


def _curve(judged: Sequence[Judged], paths: Sequence[Path]) -> str:
    from training.evaluation.case_outcomes import JudgedModel
    from training.evaluation.metrics import first_k
    from training.evaluation.report_plots import curve

    ascending = sorted(
        (JudgedModel(path).million_tokens, each.outcomes) for path, each in zip(paths, judged, strict=True)
    )
    tokens = [seen for seen, _ in ascending]
    measures = first_k(1), first_k(5)
    lines = [[measure.of(outcomes) for _, outcomes in ascending] for measure in measures]
    return curve([measure.name for measure in measures], tokens, lines)


def _pictures(judged: Sequence[Judged]) -> list[str]:
    from training.evaluation import metrics as figures
    from training.evaluation.report_plots import bars, lines, times

    names = [model.name for model in judged]
    outcomes = [model.outcomes for model in judged]
    right = figures.first_k(1)
    ranks = hanzi_ranks()
    curves = [[figures.first_k(k).of(each) for k in figures.FIRST_K] for each in outcomes]
    by_set = [figures.by_group(each, right) for each in outcomes]
    characters = [figures.by_group(each, figures.CHARACTERS) for each in outcomes]
    lengths = [figures.by_length(each, right) for each in outcomes]
    frequencies = [figures.by_frequency(each, ranks) for each in outcomes]
    return [
        lines("Right among the first k", names, figures.FIRST_K, curves),
        bars("Sentences right, by set", names, by_set),
        bars("Sentences right, by length in hanzi", names, lengths),
        bars("Characters right, by rank of frequency", names, frequencies),
        bars("Characters right, by set", names, characters),
        times("Time of a whole input", names, [[o.ms for o in each] for each in outcomes]),
    ]


def hanzi_ranks() -> dict[str, int]:
    """Return hanzi to 1 (the commonest), 2, ... by the unigrams of the shipped n-gram."""
    from engine.lexicon.vocabulary import SPECIALS
    from engine.model.bundle import Bundle
    from engine.model.ngram import NgramModel
    from resources import MODEL

    bundle = Bundle.load(MODEL)
    if bundle.ngram_path is None:
        return {}
    values = NgramModel.load(bundle.ngram_path).unigrams
    best: dict[str, float] = {}
    for token in range(len(SPECIALS), len(bundle.vocabulary)):
        hanzi = bundle.vocabulary.texts[token]
        best[hanzi] = max(best.get(hanzi, -1e9), float(values[token]))
    return {hanzi: rank for rank, hanzi in enumerate(sorted(best, key=lambda h: -best[h]), start=1)}


def _summary(judged: Sequence[Judged]) -> str:
    """Return Markdown of the main figures."""
    from training.evaluation.metrics import MEASURES, macro_f1

    lines = ["| | " + " | ".join(model.name for model in judged) + " |", "|---" * (len(judged) + 1) + "|"]
    for measure in MEASURES:
        values = " | ".join(f"{measure.of(model.outcomes):.{1 if measure.unit else 3}f}" for model in judged)
        lines.append(f"| {measure.name} | {values} |")
    lines.append(
        "| F1 of rare readings | " + " | ".join(f"{macro_f1(m.readings):.1f}" for m in judged) + " |"
    )
    lines.append("| MB | " + " | ".join(f"{model.costs.megabytes:.1f}" for model in judged) + " |")
    lines.append("| ms a key, median | " + " | ".join(f"{m.costs.key_p50_ms:.2f}" for m in judged) + " |")
    return "\n".join(lines)
