"""Choose the converter of a command or benchmark, as a value that other processes can take."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from functools import lru_cache
from pathlib import Path

from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Converter
from engine.factory import create_converter, create_fake_converter
from engine.spelling.options import SpellingOptions


@dataclass(frozen=True)
class ConverterChoice:
    """A choice of converter; a value, so that it can be passed to other processes."""

    bundle: Path | None = None  # None: the shipped one
    beam_width: int | None = None  # None: the default
    fake: bool = False
    spelling: SpellingOptions = field(default_factory=SpellingOptions)

    n_beginning: int | None = None  # None: the default; 0: no beginnings of sentences are offered

    def create(self) -> Converter:
        """Create a new converter. Raises BundleError or LexiconError."""
        if self.fake:
            return create_fake_converter(options=self.search_options, spelling=self.spelling)
        return create_converter(self.bundle, self.search_options, self.spelling)

    @property
    def search_options(self) -> SearchOptions:
        default = SearchOptions()
        return replace(
            default,
            beam_width=self.beam_width or default.beam_width,
            n_beginning=default.n_beginning if self.n_beginning is None else self.n_beginning,
        )


@lru_cache(maxsize=1)
def kept_converter(choice: ConverterChoice) -> Converter:
    """Return the converter of a choice, created once in each process."""
    return choice.create()
