"""Run `python -m engine benchmark report`: measure, keep the raw figures, write the page."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.commands.arguments import add_converter_arguments, choice_of, milliseconds, positive
from engine.error_kinds import Kind
from engine.errors import says
from engine.evaluation.cases import CaseError
from engine.evaluation.figures import Figure, FigureError, Origin, origin_of, read_figures, record_figures
from engine.evaluation.report_page import figures_page
from engine.evaluation.report_run import PARTS, Measured, Plan, read_sets

TEXT = "measure everything that the engine can of itself, and write docs/benchmarks.md and its raw figures"


def add_parser(parts: Any) -> None:
    """Add `report` to the subparsers of `python -m engine benchmark`."""
    part = parts.add_parser("report", help=TEXT, description=TEXT)
    part.add_argument(
        "--sets", type=Path, help="folder of sets of cases (*.jsonl); needed to measure; docs/sets for `own`"
    )
    part.add_argument(
        "--sentences",
        type=Path,
        help="held-out text (`python -m training held-out-cases`): mending last words takes what the sets "
        "have too few of from it",
    )
    part.add_argument("--output", type=Path, required=True, help="the page; raw figures go beside it as .tsv")
    part.add_argument(
        "--parts",
        nargs="*",
        choices=PARTS,
        default=list(PARTS),
        help="what to measure (all); with no name behind it the page is only written again",
    )
    part.add_argument("--limit", type=positive, help="the first so many cases of each set, for trying out")
    part.add_argument("--jobs", type=positive, default=1, help="accuracy, accents, slips: processes")
    part.add_argument("--inputs", type=positive, default=20, help="latency: inputs (20)")
    part.add_argument(
        "--interval-ms", type=milliseconds, default=100.0, help="latency: from key to key (100)"
    )
    part.add_argument("--runs", type=positive, default=5, help="start: processes measured (5)")
    add_converter_arguments(part)
    part.set_defaults(run=run)


def run(options: argparse.Namespace) -> int:
    """Measure and record piece by piece, so that an interrupted run keeps what it has found."""
    raw = options.output.with_suffix(".tsv")
    try:
        if options.parts:
            _record(_plan_of(options), options, raw)
        options.output.write_text(figures_page(read_figures(raw), raw.name), encoding="utf-8")
    except (CaseError, FigureError) as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _record(plan: Plan, options: argparse.Namespace, raw: Path) -> None:
    for name in options.parts:
        origin = origin_of(_command(name, options), options.bundle)
        for measure in PARTS[name]:
            record_figures(raw, _shown(measure(plan), origin))


def _plan_of(options: argparse.Namespace) -> Plan:
    if options.sets is None:
        raise CaseError.of(says(Kind.SETS_FOLDER), says(Kind.NONE))
    sets = read_sets(options.sets)
    choice = choice_of(options)
    plan = Plan(sets, choice, options.limit, options.jobs, options.inputs, options.interval_ms)
    return replace(plan, runs=options.runs, sentences=options.sentences)


def _command(part: str, options: argparse.Namespace) -> str:
    limit = f" --limit {options.limit}" if options.limit else ""
    further = f" --sentences {options.sentences}" if part == "mending" and options.sentences else ""
    folder = options.sets if part == "own" else "DIR"
    return f"python -m engine benchmark report --sets {folder} --parts {part}{further}{limit}"


def _shown(measured: Iterable[Measured], origin: Origin) -> Iterator[Figure]:
    """Yield the figures, each said on stderr as soon as it is known."""
    for name, value, unit in measured:
        print(f"{name}: {value:.5g} {unit}", file=sys.stderr, flush=True)
        yield Figure(name, value, unit, origin)
