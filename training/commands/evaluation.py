"""Define the command that judges a model by the engine's own search: `evaluate`.

The module that does the work is imported when its command runs, so that `--help` needs no torch.
"""

from __future__ import annotations

import argparse
from pathlib import Path

from training.errors import WorkshopError


def add_parsers(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command of this group."""
    command = commands.add_parser(
        "evaluate",
        help="accuracy and held-out loss of a checkpoint or a bundle",
        description="Type the cases of the sets as joined letters into the engine's search and count what "
        "comes first (--sets); give the loss of a checkpoint on held-out text by source (--data).",
    )
    command.add_argument("model", type=Path, help="RUN/model.pt, or the folder of a bundle")
    command.add_argument("--sets", type=Path, nargs="*", default=[], help="files of cases (JSON lines)")
    command.add_argument("--limit", type=int, help="the first so many cases of each set")
    command.add_argument("--ngram", type=Path, help="mix this n-gram with a checkpoint")
    command.add_argument("--data", type=Path, help="folder that `prepare` wrote; only for a checkpoint")
    command.set_defaults(run=_evaluate)


def _evaluate(options: argparse.Namespace) -> None:
    from training.evaluation.evaluate import evaluation_table, held_out_loss
    from training.model.trained import load_trained

    if not options.sets and not options.data:
        raise WorkshopError("nothing to evaluate: name case files with --sets, prepared text with --data")
    if not options.model.exists():
        raise FileNotFoundError(f"{options.model} is missing: expected RUN/model.pt or a bundle's folder")
    if options.data and options.model.is_dir():
        raise WorkshopError("--data needs the weights of a checkpoint: give RUN/model.pt, not a bundle")
    if options.sets:
        print(evaluation_table(options.model, options.sets, options.limit, options.ngram))
    if options.data:
        for source, loss in held_out_loss(load_trained(options.model), options.data).items():
            print(f"{loss:8.4f} nats a token  {source}")
