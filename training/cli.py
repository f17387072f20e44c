"""The one entry point of the workshop: arguments in, one call of the module that does the work.

Imports a command's module only when that command runs, so `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

CHARACTERS = Path(__file__).parent.parent / "resources" / "characters.tsv"
RECIPES = Path(__file__).parent / "recipes"


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    return int(options.run(options) or 0)


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Make a decoder for Moyin.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    _add_prepare(commands)
    _add_train(commands)
    return parser


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
    from training.prepare import prepare

    prepare(
        options.input, options.output, options.characters, options.vocabulary, options.workers, options.minimum
    )


def _add_train(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "train",
        help="shards to a decoder",
        description="Train by a TOML recipe. The same command goes on with a run that was cut off, and runs "
        "under torchrun (torchrun --nproc-per-node N -m training train ...) on several devices or machines.",
    )
    command.add_argument("--data", type=Path, required=True, help="folder that `prepare` wrote")
    command.add_argument("--run", type=Path, required=True, dest="run_folder", help="folder of this run")
    command.add_argument("--recipe", type=Path, default=RECIPES / "base.toml")
    command.add_argument("--set", action="append", default=[], metavar="SECTION.KEY=VALUE", dest="overrides")
    command.add_argument("--save-minutes", type=float, default=5.0, help="time between checkpoints")
    command.add_argument("--until-step", type=int, help="stop here; the schedule stays the recipe's")
    command.add_argument("--no-compile", action="store_true", help="skip torch.compile (short runs)")
    command.add_argument("--threads", type=int, help="torch threads")
    command.set_defaults(run=_train)


def _train(options: argparse.Namespace) -> None:
    import torch

    from training.recipe import load_recipe
    from training.train import train

    if options.threads:
        torch.set_num_threads(options.threads)
    recipe = load_recipe(options.recipe, tuple(options.overrides))
    train(
        recipe, options.data, options.run_folder, options.save_minutes, options.until_step, not options.no_compile
    )
