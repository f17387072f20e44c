"""What was made of a file of resources/ is kept while its bytes are the same: none is read for each test."""

from __future__ import annotations

import json
from collections.abc import Callable
from functools import wraps
from typing import Any, TypeVar

from engine import factory
from engine.lexicon.lexicon import Lexicon
from engine.spelling.english_words import English

_MOST_KEPT = 12  # of a loader: word lists for a few vocabularies
T = TypeVar("T")


def keep_what_is_the_same() -> None:
    """Have each loader of a word list or table answer from memory."""
    English.load = kept(English.load)  # type: ignore[method-assign]
    Lexicon.load = kept(Lexicon.load)  # type: ignore[method-assign]
    for name in ("load_table", "load_characters"):
        setattr(factory, name, kept(getattr(factory, name)))


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
