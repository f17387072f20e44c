"""Run `python -m engine convert`: convert files of cases, or one input for a person."""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, TextIO

from engine.commands.arguments import add_converter_arguments, choice_of, milliseconds, positive
from engine.conversion.converter import Converter
from engine.error_kinds import Kind
from engine.errors import reason_of, says
from engine.evaluation.cases import Case, CaseError, case_of, case_of_line
from engine.evaluation.simulated_typist import TypedCase, type_case
from engine.protocol import Source
from engine.storage.atomic_files import whole_text_file

DESCRIPTION = """\
Convert pinyin to hanzi.

  python -m engine convert "nihao shijie"
        for a person: ranked candidates; a space is a syllable boundary
  python -m engine convert --input cases.jsonl --output out.jsonl
        for machines: a case a line, typed key by key

A case is a JSON object with
  id       a string or a number
  pinyin   a list of syllables (v for ü), typed joined (--scheme: in double pinyin); or
  keys     exactly these keys (letters, ' and ;), which win
  context  optionally, the text before the caret; used with --context

A line of output has id and
  candidates     at most --topn, best first, only those that cover the whole input
  us             microseconds of all keys (the sum of key_us)
  key_us         microseconds of each key
  decoder_calls  calls of the decoder from the first key on
  warm_us        microseconds spent working ahead between keys, which a typing person does
                 not wait for: not part of us and key_us (see --interval-ms)

The output file gets its name when all is written; a run that fails leaves the old one.
A line that is no case is named on stderr, the others are converted, and the exit status is 1.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of `python -m engine`."""
    command = commands.add_parser(
        "convert",
        help="letters to hanzi: files of cases, or one input",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("text", nargs="?", metavar="LETTERS", help='one input, like "nihao shijie"')
    command.add_argument("--input", type=Path, help="JSON lines of cases")
    command.add_argument("--output", type=Path, help="JSON lines of results (default: standard output)")
    command.add_argument("--topn", type=positive, default=5, help="candidates a case (default 5)")
    command.add_argument("--context", action="store_true", help="use the cases' text before the caret")
    command.add_argument(
        "--interval-ms",
        type=milliseconds,
        default=0.0,
        help="milliseconds from key to key, as a person types; a key that comes while the engine still works "
        "ahead waits, and the wait is counted (default 0: the next key comes when that work is done)",
    )
    add_converter_arguments(command)
    command.set_defaults(run=run, parser=command)


def run(options: argparse.Namespace) -> int:
    """Run the command; returns the exit status: 1 where a line was bad."""
    if (options.text is None) == (options.input is None):
        options.parser.error("give either letters or --input")
    if options.input and options.output and _is_same_file(options.input, options.output):
        options.parser.error("--input and --output are the same file, which would be lost")
    converter = choice_of(options).create()
    if options.text is not None:
        return _convert_for_a_person(converter, options.text, options.topn)
    try:
        return _convert_file(converter, options)
    except UnicodeDecodeError as error:
        raise CaseError(says(Kind.IN_FILE, path=options.input, reason=reason_of(error))) from error


def _convert_file(converter: Converter, options: argparse.Namespace) -> int:
    with options.input.open(encoding="utf-8-sig") as lines:  # Windows editors write a mark in front
        if options.output is None:
            return _convert_lines(converter, lines, sys.stdout, options)
        with _whole_or_nothing(options.output) as output:
            return _convert_lines(converter, lines, output, options)


def read_cases(lines: TextIO, scheme: str = "") -> Iterator[Case | CaseError]:
    """Yield the case of each line that is not blank, or the error of a line that is not a case.

    Its pinyin is typed in a `scheme` of double pinyin if one is named.
    """
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            yield case_of_line(line, scheme)
        except CaseError as error:
            yield CaseError(says(Kind.LINE, line=number, reason=reason_of(error)))


def _is_same_file(one: Path, other: Path) -> bool:
    """Return whether two paths are one file, also through a link; missing files are compared by name."""
    if one.exists() and other.exists():
        return one.samefile(other)
    return one.resolve() == other.resolve()


@contextmanager
def _whole_or_nothing(path: Path) -> Iterator[TextIO]:
    """Yield a file for writing that gets its name at the end; if that fails, the old one stays.

    What is no plain file (`/dev/stdout`, a pipe) is written as it is.
    """
    path = path.resolve()  # a link goes on pointing to what is written
    if path.exists() and not path.is_file():
        with path.open("w", encoding="utf-8") as output:
            yield output
        return
    with whole_text_file(path, private=False) as output:
        yield output


def result_line(case: Case, typed: TypedCase, topn: int) -> str:
    """Return the JSON line of one result."""
    key_us = [round(us) for us in typed.key_us]
    result = {
        "id": case.id,
        "candidates": list(typed.candidates[:topn]),
        "us": sum(key_us),
        "key_us": key_us,
        "decoder_calls": typed.decoder_calls,
        "warm_us": round(typed.warm_us),
    }
    return json.dumps(result, ensure_ascii=False)


def _convert_lines(converter: Converter, lines: TextIO, output: TextIO, options: argparse.Namespace) -> int:
    status = 0
    for case in read_cases(lines, options.scheme):
        if isinstance(case, CaseError):
            print(case, file=sys.stderr)
            status = 1
            continue
        case = case if options.context else case.alone
        typed = type_case(converter, case, options.interval_ms)
        print(result_line(case, typed, options.topn), file=output)
    return status


def _convert_for_a_person(converter: Converter, text: str, topn: int) -> int:
    """Convert one input and print it. A space is the boundary that `'` is: "xi an" is 西安."""
    try:
        keys = case_of({"id": 0, "keys": "'".join(text.split())}).keys
    except CaseError as error:
        print(error, file=sys.stderr)
        return 1
    candidates = [c for c in converter.convert(keys).candidates if c.source is not Source.RAW]
    whole = [c for c in candidates if c.span == (0, len(keys))] or candidates
    for rank, candidate in enumerate(whole[:topn], start=1):
        rest = keys[candidate.span[1] :]
        reading = " ".join(candidate.reading)
        columns = f"{rank}  {candidate.text}{rest}", reading, f"{candidate.score:.2f}", candidate.annotation
        print("  ".join(columns).rstrip())
    if not whole:
        print(f"nothing can be read in {keys}", file=sys.stderr)
    return 0 if whole else 1
