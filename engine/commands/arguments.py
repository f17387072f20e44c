"""Define the arguments of the command line that choose a converter."""

from __future__ import annotations

import argparse
import math
from pathlib import Path
from typing import Final

from engine.converter_choice import ConverterChoice
from engine.spelling.double_pinyin import SCHEME_NAMES
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS
from engine.spelling.options import SpellingError, SpellingOptions

MOST: Final[int] = 2**31 - 1  # of anything that is counted
_SHOWN: Final[int] = 40  # characters of an argument that is wrong


def add_converter_arguments(command: argparse.ArgumentParser) -> None:
    """Add the arguments for bundle, beam and spelling; `choice_of` reads them."""
    command.add_argument("--bundle", type=Path, help="directory of the model (default: the shipped one)")
    command.add_argument("--beam-width", type=positive, help="hypotheses kept at each position")
    command.add_argument("--fake", action="store_true", help="the fake decoder: no model, for trying out")

    command.add_argument("--fuzzy", action="store_true", help="fuzzy sounds: the default pairs")
    command.add_argument("--correct", action="store_true", help="correct typing slips")
    command.add_argument(
        "--scheme",
        default="",
        type=scheme_name,
        help=f"double pinyin: {', '.join(SCHEME_NAMES)}, or a .toml file of your own",
    )


def choice_of(options: argparse.Namespace) -> ConverterChoice:
    """Return the converter that the arguments of `add_converter_arguments` choose."""
    return ConverterChoice(options.bundle, options.beam_width, options.fake, spelling_of(options))


def spelling_of(options: argparse.Namespace) -> SpellingOptions:
    """Return how the user types, of `--fuzzy`, `--correct` and `--scheme`."""
    fuzzy = DEFAULT_PAIRS if options.fuzzy else frozenset()
    return SpellingOptions(fuzzy, options.correct, options.scheme)


def scheme_name(text: str) -> str:
    """Check an argument that must name a scheme of double pinyin."""
    try:
        SpellingOptions(scheme=text)
    except SpellingError as error:
        raise argparse.ArgumentTypeError(str(error)) from error
    return text


def positive(text: str) -> int:
    """Return an argument that must be 1 or more, and no more than anything can be."""
    number = whole_number(text)
    if not 1 <= number <= MOST:
        limit = "1 or more" if number < 1 else f"at most {MOST}"
        raise argparse.ArgumentTypeError(f"expected {limit}, found {text[:_SHOWN]}")
    return number


def whole_number(text: str) -> int:
    """Return an argument that must be a whole number."""
    try:
        return int(text)
    except ValueError:  # also more digits than Python reads
        raise argparse.ArgumentTypeError(f"expected a whole number, found {text[:_SHOWN]!r}") from None


def milliseconds(text: str) -> float:
    """Return an argument that must be a time of 0 ms or more; `nan` would let every wait pass."""
    number = float(text)
    if not math.isfinite(number) or number < 0:
        raise argparse.ArgumentTypeError(f"expected milliseconds of 0 or more, found {text}")
    return number
