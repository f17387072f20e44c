"""The arguments of the command line that choose a converter.

Knows argparse and the factory; knows nothing of what the converter is used for.
"""

from __future__ import annotations

import argparse
import math
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from engine.converter import Converter
from engine.factory import create_converter, create_fake_converter
from engine.search import SearchOptions


@dataclass(frozen=True)
class ConverterChoice:
    """Which converter to create; a value, so that other processes can be told."""

    bundle: Path | None = None  # None: the shipped one
    beam_width: int | None = None  # None: the default
    fake: bool = False

    @classmethod
    def of(cls, options: argparse.Namespace) -> ConverterChoice:
        return cls(options.bundle, options.beam_width, options.fake)

    def create(self) -> Converter:
        """A new converter. Raises BundleError or LexiconError."""
        width = self.beam_width
        options = SearchOptions() if width is None else SearchOptions(beam_width=width)
        return create_fake_converter(options=options) if self.fake else create_converter(self.bundle, options)


@lru_cache(maxsize=1)
def kept_converter(choice: ConverterChoice) -> Converter:
    """The converter of a choice, created once in each process."""
    return choice.create()


def add_converter_arguments(command: argparse.ArgumentParser) -> None:
    """Which bundle and how wide a beam; `ConverterChoice.of` reads them."""
    command.add_argument("--bundle", type=Path, help="directory of the model (default: the shipped one)")
    command.add_argument("--beam-width", type=positive, help="hypotheses kept at each position")
    command.add_argument("--fake", action="store_true", help="the fake decoder: no model, for trying out")


def positive(text: str) -> int:
    """An argument that must be 1 or more."""
    number = int(text)
    if number < 1:
        raise argparse.ArgumentTypeError(f"expected 1 or more, found {text}")
    return number


def milliseconds(text: str) -> float:
    """An argument that must be a time of 0 ms or more; `nan` would let every wait pass."""
    number = float(text)
    if not math.isfinite(number) or number < 0:
        raise argparse.ArgumentTypeError(f"expected milliseconds of 0 or more, found {text}")
    return number
