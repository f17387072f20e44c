"""A lexicon of a few words."""

from __future__ import annotations

from collections.abc import Mapping

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import build_arrays


def lexicon_of(words: Mapping[tuple[str, str], float], vocabulary: Vocabulary) -> Lexicon:
    """Return the lexicon of {(hanzi, syllables joined by spaces): count}: {("你好", "ni hao"): 5}."""
    rows = ((text, reading.split(), n) for (text, reading), n in words.items())
    return Lexicon(build_arrays(rows), vocabulary)
