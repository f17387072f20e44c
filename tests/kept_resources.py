"""What was made of a file of resources/ is kept while its bytes are the same: none is read for each test.

So are the tables of spelling that converters have: nearly all of what it takes to make a small one.
"""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import wraps
from typing import Any, TypeVar

from engine import factory
from engine.conversion import converter
from engine.lexicon.lexicon import Lexicon
from engine.spelling.double_pinyin import SCHEME_NAMES
from engine.spelling.english_words import English
from engine.spelling.options import SpellingCosts, SpellingOptions
from engine.spelling.spelling_table import SpellingTable
from engine.spelling.table_builder import spelling_table

_MOST_KEPT = 12  # of a loader: word lists for a few vocabularies; tables for a few ways of typing
T = TypeVar("T")


def keep_what_is_the_same() -> None:
    """Have each loader of a word list or table answer from memory."""
    English.load = kept(English.load)  # type: ignore[method-assign]
    Lexicon.load = kept(Lexicon.load)  # type: ignore[method-assign]
    for name in ("load_table", "load_characters"):
        setattr(factory, name, kept(getattr(factory, name)))
    setattr(converter, "spelling_table", kept_tables())  # noqa: B010  (mypy knows no such assignment)


def kept(load: Callable[..., T]) -> Callable[..., T]:
    """Return the loader with a memory of what it made of equal arguments, of a path with the same bytes.

    What is made of them changes no more. Where a file cannot be read, the loader says so itself.
    """
    made: dict[object, T] = {}

    @wraps(load)
    def answer(source: Any, *more: Any) -> T:
        if isinstance(source, dict):
            key: object = json.dumps(source)
        elif source.is_file():
            key = source, source.read_bytes(), *(vocabulary.hash for vocabulary in more)
        else:
            return load(source, *more)
        if key not in made:
            if len(made) == _MOST_KEPT:
                made.clear()
            made[key] = load(source, *more)
        return made[key]

    return answer


def kept_tables() -> Callable[..., SpellingTable]:
    """Return `spelling_table` with a memory; a table changes no more, but for the words between syllables."""
    made: dict[object, SpellingTable] = {}

    def answer(
        options: SpellingOptions, costs: SpellingCosts, known: frozenset[int], english: English | None
    ) -> SpellingTable:
        if options.scheme and options.scheme not in SCHEME_NAMES:  # a file, which may change
            return spelling_table(options, costs, known, english)
        key = options, repr(costs), known
        if key not in made:
            if len(made) == _MOST_KEPT:
                made.clear()
            made[key] = spelling_table(options, costs, known)
        return replace(made[key], english=english)

    return answer
