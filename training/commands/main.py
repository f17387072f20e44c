"""Provide the one entry point of the package: arguments in, one call of the module that does the work.

A command's module is imported only when that command runs, so `--help` needs no torch and no pypinyin. An
error of the user's or of a file is one sentence on stderr and the status 2.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from typing import Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from training.commands import corpus, evaluation, export, finetune, pretraining, resources
from training.commands.recipes import RECIPES
from training.errors import WorkshopError
from training.evaluation import report
from training.experiments import ranker_command, shrink_command

EXTRA: Final[frozenset[str]] = frozenset(  # what the extra `train` brings, as it is imported
    ("torch", "pypinyin", "onnx", "onnxscript", "tqdm", "zstandard", "matplotlib")
)


def main(arguments: Sequence[str] | None = None) -> int:
    """Run one command; returns the exit status."""
    options = _parser().parse_args(arguments)
    try:
        return int(options.run(options) or 0)
    except (MoyinError, OSError, UnicodeDecodeError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
    except ModuleNotFoundError as error:
        if (error.name or "").split(".")[0] not in EXTRA:
            raise
        print(f"{WorkshopError.__name__}: {says(Kind.NEEDS_TRAINING)}", file=sys.stderr)
    return 2


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="python -m training", description="Make a decoder for Moyin.")
    commands = parser.add_subparsers(required=True, metavar="COMMAND")
    for group in (corpus, pretraining, evaluation, export, resources):
        group.add_parsers(commands)
    report.add_parser(commands)
    shrink_command.add_parser(commands, RECIPES / "base.toml")
    finetune.add_parser(commands)
    finetune.add_benchmark(commands)
    ranker_command.add_parser(commands)
    return parser
