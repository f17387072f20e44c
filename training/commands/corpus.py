"""Define the commands that turn text into shards and cases: `prepare`, `cases`, `held-out-cases`.

The module that does the work is imported when its command runs, so that `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from resources import CHARACTERS


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the commands of this group."""
    _add_prepare(commands)
    _add_cases(commands)
    _add_held_out(commands)
    _add_number_cases(commands)


def _add_prepare(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "prepare",
        help="text to shards of reading ids",
        description="Annotate a folder of .txt, .txt.xz or .txt.zst files (UTF-8, one paragraph a line) with "
        "pinyin, build the vocabulary and write memory-mapped shards. Sources already annotated are kept.",
    )
    command.add_argument("--input", type=Path, required=True, help="folder of text files; a file is a source")
    command.add_argument("--output", type=Path, required=True, help="folder for codes, vocabulary and shards")
    command.add_argument("--characters", type=Path, default=CHARACTERS, help="readings to have in any case")
    command.add_argument("--vocabulary", type=Path, help="use this vocabulary.tsv instead of building one")
    command.add_argument("--minimum", type=int, default=30, help="keep other readings seen this often")
    command.add_argument("--workers", type=int, default=2, help="processes that annotate")
    command.set_defaults(run=_prepare)


def _prepare(options: argparse.Namespace) -> None:
    from training.corpus.prepare import prepare

    prepare(
        options.input,
        options.output,
        options.characters,
        options.vocabulary,
        options.workers,
        options.minimum,
    )


def _add_cases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "cases",
        help="running text to cases for the engine's benchmarks",
        description="Write the clauses of a text in order, with their pinyin and the text before them, as "
        "JSON lines: what `python -m engine benchmark replay` types.",
    )
    command.add_argument("text", type=Path, help=".txt, .txt.xz or .txt.zst, one paragraph a line")
    command.add_argument("--output", type=Path, required=True, help="the .jsonl to write")
    command.add_argument("--limit", type=int, help="write so many cases")
    command.add_argument("--skip", type=int, default=0, help="leave out so many at the beginning")
    command.set_defaults(run=_cases)


def _add_held_out(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "held-out-cases",
        help="held-out text of a prepared corpus to cases",
        description="Write clauses of the text that nothing is trained on, the sources in turn, as JSON "
        "lines: what `python -m engine benchmark report --sentences` takes.",
    )
    command.add_argument("data", type=Path, help="folder that `prepare` wrote")
    command.add_argument("--output", type=Path, required=True, help="the .jsonl to write")
    command.add_argument("--hanzi", type=int, nargs=2, default=(13, 18), help="least and most of a clause")
    command.add_argument("--limit", type=int, help="write so many cases")
    command.set_defaults(run=_held_out)


def _add_number_cases(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "number-cases",
        help="cases with numbers spelt out in hanzi, made by rule",
        description="Write cases with numbers of twelve kinds, alone and inside a sentence, as JSON lines.",
    )
    command.add_argument("--output", type=Path, required=True, help="the .jsonl to write")
    command.add_argument("--each", type=int, default=20, help="cases of a kind alone, and as many inside")
    command.add_argument("--seed", type=int, default=1, help="other numbers for another one")
    command.set_defaults(run=_number_cases)


def _held_out(options: argparse.Namespace) -> None:
    from training.corpus.held_out_cases import write_held_out

    shortest, longest = options.hanzi
    print(f"{write_held_out(options.data, options.output, shortest, longest, options.limit)} cases")


def _number_cases(options: argparse.Namespace) -> None:
    from training.corpus.number_cases import write_number_cases

    print(f"{write_number_cases(options.output, options.each, options.seed)} cases")


def _cases(options: argparse.Namespace) -> None:
    from training.corpus.held_out_cases import write_cases

    print(f"{write_cases(options.text, options.output, options.limit, options.skip)} cases")
