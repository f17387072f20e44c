"""Run `python -m training finetune`: arguments in, JSON lines out, a bundle in the store.

Texts of the user are in the last line on stdout, for the process that started the command, and nowhere else.
At whatever moment it is cancelled (SIGTERM, Ctrl+C) or killed, the bundle in use stays in use.
"""

from __future__ import annotations

import argparse
import os
import signal
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from platformdirs import user_data_path

import resources
from engine.error_kinds import Kind
from engine.errors import MoyinError, reason_of, says
from engine.evaluation.cases import Case
from engine.model.bundle import Bundle
from engine.model.bundle_store import BundleStore
from engine.protocol import RETRAINING_MODES
from training.errors import WorkshopError

if TYPE_CHECKING:  # torch is loaded when the command runs, not for `--help`
    from training.finetuning.acceptance import AcceptanceResult
    from training.finetuning.progress import Progress
    from training.finetuning.retrain import Request

CANCELLED: Final[int] = 130


def add_parser(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "finetune",
        help="a user's phrases to a bundle of their own",
        description="Retrain the bundle on what its user typed (the phrase log, or --log), judge it by the "
        "last phrases, which are kept apart, and by general text, and use it from the next start on if it is "
        "better. Progress is one JSON object a line on stdout.",
    )
    source = command.add_argument_group("what is learnt from")
    source.add_argument("--log", type=Path, help="text file, folder of text, or JSON lines of cases instead")
    source.add_argument("--since", type=_day, help="only what was typed from this day on (2026-11-24)")
    source.add_argument("--until", type=_day, help="only what was typed before this day")
    source.add_argument(
        "--held-out", type=_share, default=0.2, help="share of the phrases, the last, to judge by"
    )
    source.add_argument("--data", type=Path, help="prepared text to rehearse (default: the model's own)")
    model = command.add_argument_group("the model")
    model.add_argument("--bundle", type=Path, help="bundle to start from (default: the shipped one)")
    model.add_argument("--mode", choices=RETRAINING_MODES, default="full")
    model.add_argument("--blocks", type=int, default=0, help="partial: the last so many; frozen: the first")
    model.add_argument("--rank", type=int, default=16, help="low-rank: rank of what is added")
    model.add_argument("--epochs", type=int, help="at most so often over the phrases")
    model.add_argument("--rate", type=float, default=1.0, help="multiplies the learning rates")
    model.add_argument("--seed", type=int, default=1)
    model.add_argument("--threads", type=int, default=2, help="the same number, the same bundle")
    result = command.add_argument_group("the result")
    result.add_argument(
        "--sets", type=Path, nargs="*", default=[], help="cases for general accuracy (JSON lines)"
    )
    result.add_argument("--limit", type=int, help="the first so many of each set")
    result.add_argument("--allowed-loss", type=float, default=0.3, help="points of hanzi, in general (0.3)")
    result.add_argument("--output", type=Path, help="write the bundle into this folder, outside the store")
    result.add_argument("--no-activate", action="store_true", help="do not use it, even if it is better")
    result.add_argument("--data-directory", type=Path, help="where log and bundles are kept")
    command.set_defaults(run=_finetune)


def add_benchmark(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = commands.add_parser(
        "finetune-benchmark",
        help="what retraining is worth on logs cut from a corpus",
        description="Cut a log of phrases from each text file, retrain on its first two thirds in each mode, "
        "and count wrong first candidates in the last third, with and without at-once learning, and right "
        "ones in the sets.",
    )
    command.add_argument("corpus", type=Path, nargs="+", help="text files that the base was trained with")
    command.add_argument("--sets", type=Path, nargs="+", required=True, help="cases of general text")
    command.add_argument("--limit", type=int, default=200, help="the first so many of each set")
    command.add_argument("--modes", nargs="+", choices=RETRAINING_MODES, default=RETRAINING_MODES)
    command.add_argument("--phrases", type=int, default=2000, help="of each log")
    command.add_argument(
        "--unseen",
        action="store_true",
        help="the files are not of the base's corpus: logs are their beginnings",
    )
    command.add_argument("--bundle", type=Path, help="bundle to start from (default: the shipped one)")
    command.add_argument("--threads", type=int, default=2)
    command.add_argument("--tsv", type=Path, help="record the figures in this file (docs/benchmarks.tsv)")
    command.set_defaults(run=_benchmark)


def _benchmark(options: argparse.Namespace) -> None:
    import torch

    from training.finetuning.benchmark import benchmark_modes

    torch.set_num_threads(options.threads)
    base = options.bundle or resources.MODEL
    cut = options.phrases, options.sets, options.limit, options.unseen
    benchmark_modes(base, options.corpus, options.modes, *cut, options.tsv)


def _day(text: str) -> float:
    """Return the beginning of a day in seconds since 1970."""
    return datetime.fromisoformat(text).timestamp()


def _share(text: str) -> float:
    share = float(text)
    if not 0 < share < 1:
        raise argparse.ArgumentTypeError(f"expected a share between 0 and 1, found {text}")
    return share


def _finetune(options: argparse.Namespace) -> int:
    from training.finetuning.progress import Progress

    progress = Progress({"read": 5.0, "replay": 10.0, "train": 80.0, "measure": 40.0})
    with _cancellable(), _deterministic(options.threads):
        try:
            line = _run(options, progress)
        except KeyboardInterrupt:
            progress.write({"stage": "cancelled"})
            return CANCELLED
        except (MoyinError, OSError) as error:
            progress.write({"stage": "failed", "message": reason_of(error).as_json()})
            raise
    progress.write(line)
    return 0


@contextmanager
def _cancellable() -> Iterator[None]:
    """Turn SIGTERM into KeyboardInterrupt, so that what is half written is cleared away."""

    def interrupt(*_: object) -> None:
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGTERM, interrupt)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, before)


@contextmanager
def _deterministic(threads: int) -> Iterator[None]:
    """Compute the same sums in the same order, whatever the machine is doing."""
    try:
        import torch
    except ImportError as error:
        raise WorkshopError(says(Kind.NEEDS_TRAINING)) from error
    before = torch.get_num_threads(), torch.are_deterministic_algorithms_enabled()
    os.environ.setdefault("CUBLAS_WORKSPACE_CONFIG", ":4096:8")  # or CUDA's products would differ
    torch.set_num_threads(threads)
    torch.use_deterministic_algorithms(True, warn_only=torch.cuda.is_available())
    try:
        yield
    finally:
        torch.set_num_threads(before[0])
        torch.use_deterministic_algorithms(before[1])


def _run(options: argparse.Namespace, progress: Progress) -> dict[str, Any]:
    """Run the command; return the last line of the output."""
    from training.finetuning.retrain import retrain

    started = time.monotonic()
    directory = options.data_directory or user_data_path("moyin", appauthor=False)
    cases = _cases(options, directory)
    base = options.bundle or resources.MODEL
    if options.output:
        result = retrain(_request(options, base, base), cases, options.output, options.output.name, progress)
        outcome = {"bundle": options.output.name, "activated": False}
    else:
        store = BundleStore(directory, resources.MODEL)
        request = _request(options, base, store.load().bundle.path)
        result, outcome = _into_store(store, request, cases, progress, not options.no_activate)
    return {
        "stage": "result",
        "accepted": result.verdict.accepted,
        **outcome,
        "reason": str(result.verdict.reason),
        "message": result.verdict.reason.as_json(),
        "seconds": round(time.monotonic() - started, 1),
        **result.figures,
        "changed": result.examples,
    }


def _into_store(
    store: BundleStore, request: Request, cases: Sequence[Case], progress: Progress, activate: bool
) -> tuple[AcceptanceResult, dict[str, Any]]:
    """Return the result, and the bundle's name and whether it is in use now. A refused bundle is deleted."""
    from training.finetuning.retrain import retrain

    store.check(Bundle.load(request.base))
    name = f"{datetime.now():%Y%m%d-%H%M%S}-{request.settings.adaptation.mode}"
    with store.draft() as folder:
        result = retrain(request, cases, folder, name, progress)
        if not result.verdict.accepted:
            return result, {"bundle": "", "activated": False}
        store.keep(folder, name, result.figures)
    if activate:
        store.activate(name)
    return result, {"bundle": name, "activated": activate}


def _cases(options: argparse.Namespace, directory: Path) -> list[Case]:
    from training.corpus.phrase_sets import read_log, read_phrase_cases

    if options.log:
        return read_phrase_cases(options.log)
    return read_log(directory, options.since, options.until)


def _request(options: argparse.Namespace, base: Path, in_use: Path) -> Request:
    from training.finetuning.fine_tuner import FineTuning
    from training.finetuning.retrain import Request
    from training.model.adaptation import Adaptation

    settings = FineTuning(
        Adaptation(options.mode, options.blocks, options.rank), rate=options.rate, seed=options.seed
    )
    if options.epochs:
        settings = replace(settings, epochs=options.epochs)
    return Request(
        base,
        in_use,
        settings,
        held_out=options.held_out,
        allowed_loss=options.allowed_loss,
        sets=tuple(options.sets),
        limit=options.limit,
        data=options.data,
    )
