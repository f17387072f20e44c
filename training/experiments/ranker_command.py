"""Run `python -m training ranker`: whether a ranker learnt from picks beats the rule set by hand."""

from __future__ import annotations

import argparse
from pathlib import Path

from platformdirs import user_data_path

import resources
from training.errors import WorkshopError


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "ranker",
        help="a ranker learnt from picks against the rule set by hand",
        description="Type a log again in order, learn from its first part which candidates are picked, and "
        "compare on its later part. Prints a table; nothing is kept.",
    )
    command.add_argument(
        "--log", type=Path, nargs="*", help="text files or JSON lines of cases instead of the phrase log"
    )
    command.add_argument("--begin", type=int, default=0, help="leave out the first so many phrases of each")
    command.add_argument("--learn", type=int, default=600, help="phrases that are learnt from")
    command.add_argument("--judge", type=int, default=300, help="phrases behind them that are judged by")
    command.add_argument("--words", action="store_true", help="type word by word instead of by phrases")
    command.add_argument("--bundle", type=Path, default=resources.MODEL)
    command.add_argument("--data-directory", type=Path, help="where the phrase log is kept")
    command.add_argument("--weights", action="store_true", help="print what the ranker has learnt as well")
    command.set_defaults(run=_ranker)


def _ranker(options: argparse.Namespace) -> None:
    from training.corpus.phrase_sets import read_log, read_phrase_cases
    from training.experiments.ranker_replay import HEAD, by_words, compare_rankers

    directory = options.data_directory or user_data_path("moyin", appauthor=False)
    logs = {path.name.partition(".")[0]: path for path in options.log or ()}
    print(HEAD, flush=True)
    for name, path in (logs or {"phrase log": None}).items():
        cases = read_phrase_cases(path) if path else read_log(directory)
        cases = cases[options.begin :]
        if options.words:
            cases = list(by_words(cases, options.bundle))
        cases = cases[: options.learn + options.judge]
        if len(cases) <= options.judge:
            raise WorkshopError(
                f"the {name} has {len(cases)} phrases; {options.judge} are judged by (--judge), learnt from "
                "is the rest"
            )
        outcome = compare_rankers(options.bundle, name, cases, options.judge)
        print(*outcome.lines(), sep="\n", flush=True)
        if options.weights:
            print(*(f"    {feature}: {weight:+.2f}" for feature, weight in outcome.weights.items()), sep="\n")
