"""Run `python -m engine benchmark`: accuracy, latency, learning, start and memory, as Markdown."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

from engine.commands import benchmark_report
from engine.commands.arguments import add_converter_arguments, choice_of, milliseconds, positive
from engine.converter_choice import ConverterChoice
from engine.evaluation import accuracy, consistency, footprint, latency, own_words
from engine.evaluation.cases import Case, CaseError, Typing, read_set, typed_set
from engine.evaluation.figures import environment
from engine.evaluation.learning_replay import learning_table, replay
from engine.evaluation.report_run import Sets
from engine.model.bundle import Bundle
from engine.spelling.double_pinyin import load_scheme
from resources import MODEL

DESCRIPTION = """\
Measure accuracy, latency, start-up and memory; prints Markdown.

  python -m engine benchmark accuracy dev/*.jsonl --jobs 2
  python -m engine benchmark accuracy dev/*.jsonl --typing initials
  python -m engine benchmark accuracy dev/*.jsonl --typing slips
  python -m engine benchmark accuracy dev/*.jsonl --fuzzy --scheme xiaohe
  python -m engine benchmark latency dev/*.jsonl --interval-ms 100
  python -m engine benchmark replay user.jsonl --others dev/chat.jsonl
  python -m engine benchmark own-words unseen.jsonl --others dev/chat.jsonl
  python -m engine benchmark startup
  python -m engine benchmark all dev/*.jsonl
  python -m engine benchmark report --sets dev --output docs/benchmarks.md

A set is a file of JSON lines with id, pinyin (list of syllables), hanzi, optionally context.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of `python -m engine`."""
    command = commands.add_parser(
        "benchmark",
        help="accuracy, latency, start-up and memory",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parts = command.add_subparsers(required=True, metavar="WHAT")
    for name, run, text in (
        ("accuracy", _accuracy, "first candidate, first five, characters right, in percent"),
        ("latency", _latency, "milliseconds a key in long inputs, decoder calls a key"),
        ("consistency", _consistency, "how often typing with corrections gives another menu"),
        ("replay", _replay, "keys a hanzi and first candidates as one person's text is learnt"),
        ("own-words", _own_words, "what a user's own words and phrases are worth, and what they cost"),
        ("startup", _footprint, "seconds to the first candidates, memory, size of the bundle"),
        ("memory", _footprint, "the same"),
        ("all", _all, "everything"),
    ):
        part = parts.add_parser(name, help=text, description=text)
        if run is not _footprint:
            part.add_argument("sets", nargs="+", type=Path, help="files of cases (JSON lines)")
        _add_options(part)
        add_converter_arguments(part)
        part.set_defaults(run=lambda options, run=run: _measure(options, run))
    benchmark_report.add_parser(parts)


def _add_options(part: argparse.ArgumentParser) -> None:
    part.add_argument("--limit", type=positive, help="accuracy: the first so many cases of each set")
    part.add_argument(
        "--context", action="store_true", help="accuracy: with the cases' text before the caret"
    )
    part.add_argument(
        "--typing",
        type=Typing,
        default=Typing.FULL,
        metavar="|".join(typing.value for typing in Typing),
        help="syllables in full; initials alone (accuracy: cases of 2-4 hanzi); mixed (cases of 5-12); or "
        "with a slip in each case, inside a syllable or across two (accuracy: beside the same cases without)",
    )
    part.add_argument("--jobs", type=positive, default=1, help="accuracy: processes")
    part.add_argument(
        "--interval-ms", type=milliseconds, default=100.0, help="latency: from key to key (100)"
    )
    part.add_argument("--inputs", type=positive, default=20, help="latency: inputs of each length (20)")
    part.add_argument(
        "--syllables", type=positive, nargs="+", default=[5, 10, 20], help="latency: lengths (5 10 20)"
    )
    part.add_argument("--window", type=positive, default=100, help="replay: cases a row (100)")
    part.add_argument(
        "--others", nargs="*", type=Path, default=[], help="replay: sets of other text that learning may harm"
    )
    part.add_argument("--others-limit", type=positive, default=100, help="replay: cases of each (100)")
    part.add_argument("--runs", type=positive, default=5, help="start-up: processes measured (5)")


def _measure(options: argparse.Namespace, run: Any) -> int:
    try:
        print(environment(), flush=True)
        run(options)
    except CaseError as error:
        print(error, file=sys.stderr)
        return 2
    return 0


def _own_words(options: argparse.Namespace) -> None:
    """Measure with a simulated user whose text is made of the sets by rule."""
    print("\n## A user's own words and phrases\n")
    cases = [case for path in options.sets for case in read_set(path)]
    things = own_words.things_of(cases)
    texts = own_words.texts_with(cases, things, options.limit or 200)
    plain = {path.stem: read_set(path, options.others_limit) for path in options.others}
    converters = own_words.converters_of(choice_of(options), things)
    print(own_words.worth_table(own_words.worth_of(converters, things, texts, plain)), flush=True)


def _all(options: argparse.Namespace) -> None:
    for path in options.sets:
        read_set(path)  # a file that is none is named before the minutes that need no set
    for run in (_footprint, _latency, _accuracy):
        run(options)


def _accuracy(options: argparse.Namespace) -> None:
    context = "with" if options.context else "without"
    print(f"\n## Accuracy{_mode(options)}, {context} the text before the caret\n")
    read = {path.stem: read_set(path) for path in options.sets}
    if options.typing in (Typing.SLIPS, Typing.CROSSED):
        print(accuracy.slip_table(list(_slip_scores(options, read))), flush=True)
        return
    sets = _typed_sets(options, read, options.typing)
    print(accuracy.accuracy_table(list(_scores(options, choice_of(options), sets))), flush=True)


def _mode(options: argparse.Namespace) -> str:
    """Return how the keys are typed and read, if that is not full pinyin as it stands."""
    typed = "" if options.typing is Typing.FULL else f", typed {options.typing.value}"
    scheme = f", {load_scheme(options.scheme).name}" if options.scheme else ""
    fuzzy = ", fuzzy sounds" if options.fuzzy else ""
    return typed + scheme + fuzzy + (", slips corrected" if options.correct else "")


def _typed_sets(options: argparse.Namespace, sets: Sets, typing: Typing) -> Sets:
    return {name: typed_set(cases, typing, options.scheme)[: options.limit] for name, cases in sets.items()}


def _scores(
    options: argparse.Namespace, choice: ConverterChoice, sets: Sets
) -> Iterator[tuple[str, accuracy.Score]]:
    for name, score in accuracy.evaluate_sets(choice, sets, options.context, options.jobs):
        print(f"{name}: {score.percent[0]:.1f}", file=sys.stderr, flush=True)
        yield name, score


def _slip_scores(options: argparse.Namespace, sets: Sets) -> Iterator[tuple[str, accuracy.SlipScore]]:
    """Yield scores of the same cases with and without a slip: correction has to be worth what it costs."""
    plain, corrected = (
        replace(choice, spelling=replace(choice.spelling, correct=correct))
        for choice in [choice_of(options)]
        for correct in (False, True)
    )
    slips = _typed_sets(options, sets, options.typing)
    slipped = {case.id for cases in slips.values() for case in cases}
    clean = {
        name: [case for case in typed_set(cases, Typing.FULL, options.scheme) if case.id in slipped]
        for name, cases in sets.items()
    }
    runs = [dict(_scores(options, *run)) for run in ((plain, clean), (corrected, clean), (corrected, slips))]
    yield from ((name, accuracy.SlipScore(*(run[name] for run in runs))) for name in sets)


def _latency(options: argparse.Namespace) -> None:
    print(f"\n## Latency{_mode(options)}, a key every {options.interval_ms:g} ms\n")
    cases: list[Case] = [case for path in options.sets for case in read_set(path)]
    converter = choice_of(options).create()
    rows = []
    for n_syllable in options.syllables:
        how = options.inputs, options.interval_ms, options.typing, options.scheme
        rows.append((n_syllable, latency.measure_long(converter, cases, n_syllable, *how)))
    print(latency.latency_table(rows), flush=True)


def _replay(options: argparse.Namespace) -> None:
    print("\n## One person's text in order, learning off and on\n")
    choice = choice_of(options)
    others = {path.stem: read_set(path, options.others_limit) for path in options.others}
    for path in options.sets:
        cases = read_set(path, options.limit)
        off, on = (replay(choice, cases, options.window, others, learning) for learning in (False, True))
        print(learning_table(path.stem, off, on) + "\n", flush=True)


def _consistency(options: argparse.Namespace) -> None:
    print("\n## Typing with corrections against the same letters at once\n")
    cases = [case for path in options.sets for case in read_set(path, options.limit)]
    choice = choice_of(options)
    print(
        consistency.consistency_table(
            consistency.measure_consistency(choice.create(), choice.create(), cases)
        ),
        flush=True,
    )


def _footprint(options: argparse.Namespace) -> None:
    print(f"\n## Start-up and memory, median of {options.runs} processes\n")
    bundle = None if options.fake else Bundle.load(options.bundle or MODEL)
    found = footprint.measure_footprint(options.bundle, options.fake, options.runs)
    rows = [
        ("start to engine ready", f"{found.engine_s:.2f} s"),
        ("start to first candidates", f"{found.first_s:.2f} s"),
        ("memory with the engine loaded", f"{found.loaded_mb:.0f} MB"),
        ("memory after a long input", f"{found.typed_mb:.0f} MB"),
        ("most memory at any time", f"{found.peak_mb:.0f} MB"),
    ]
    if bundle:
        rows.append((f"bundle {bundle.name}", f"{bundle.n_bytes / 1e6:.1f} MB"))
    print("\n".join(["| what | figure |", "|---|---|", *(f"| {what} | {figure} |" for what, figure in rows)]))
