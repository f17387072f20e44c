"""Run `python -m training clauses`: short clauses of the text and how often each was met.

What people write between two marks is not like what stands inside a sentence: 没问题, 是不是, 说来话长.
Abbreviated inputs are looked up in this list (`engine/conversion/abbreviations.py`).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.conversion.abbreviations import MAX_LENGTH
from engine.lexicon.vocabulary import SPECIALS, Vocabulary
from engine.lexicon.word_arrays import MIN_WORD_LENGTH, build_arrays, save_arrays
from engine.model.ngram import BOUNDARY_MARKS
from engine.spelling.syllable import SYLLABLES
from training.corpus.shards import Shards, note_on_weights

_BITS: Final[int] = 14  # a token id in a packed key
Keys = npt.NDArray[np.uint64]
Weights = npt.NDArray[np.float64]


def make_clauses(data: Path, output: Path, weights: dict[str, float], minimum: int) -> None:
    """Count the clauses of two to four hanzi and write those met at least `minimum` times.

    A source of weight w counts w times; `minimum` is of plain counts.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    shards = Shards(data, "train", vocabulary)
    if note := note_on_weights(shards, weights):
        print(note)
    rows: list[tuple[str, list[str], float]] = []
    for length in range(MIN_WORD_LENGTH, MAX_LENGTH + 1):
        keys, counts, weighted = count_clauses(shards, weights, length, vocabulary.n_special)
        kept = counts >= minimum
        rows += (
            (vocabulary.text(tokens), _syllables(vocabulary, tokens), weight)
            for tokens, weight in zip(_unpack(keys[kept], length), weighted[kept].tolist(), strict=True)
        )
    output.parent.mkdir(parents=True, exist_ok=True)
    save_arrays(build_arrays(rows), output)
    print(f"{len(rows):,} clauses in {output}, {output.stat().st_size / 1e6:.1f} MB")


def count_clauses(
    shards: Shards, weights: dict[str, float], length: int, n_special: int
) -> tuple[Keys, npt.NDArray[np.int64], Weights]:
    """Return packed clauses of `length` hanzi, ascending; how often each occurs; the same by weight."""
    parts = [_clauses_of(np.asarray(stream), length, n_special) for stream in shards.streams.values()]
    keys = np.concatenate(parts)
    shares = np.repeat([weights.get(name, 1.0) for name in shards.streams], [len(part) for part in parts])
    distinct, places, counts = np.unique(keys, return_inverse=True, return_counts=True)
    return distinct, counts, np.bincount(places, shares, len(distinct))


def _clauses_of(stream: npt.NDArray[np.uint16], length: int, n_special: int) -> Keys:
    is_boundary = np.isin(stream, [SPECIALS.index(mark) for mark in BOUNDARY_MARKS])
    ends = np.flatnonzero(is_boundary)
    starts = ends[:-1][np.diff(ends) == length + 1] + 1
    keys = np.zeros(len(starts), dtype=np.uint64)
    is_hanzi = np.ones(len(starts), dtype=bool)
    for i in range(length):
        tokens = stream[starts + i]
        is_hanzi &= tokens >= n_special
        keys = (keys << np.uint64(_BITS)) | tokens
    return keys[is_hanzi]


def _unpack(keys: Keys, length: int) -> list[list[int]]:
    shifts = np.arange(_BITS * (length - 1), -1, -_BITS, dtype=np.uint64)
    tokens: list[list[int]] = ((keys[:, None] >> shifts) & np.uint64((1 << _BITS) - 1)).tolist()
    return tokens


def _syllables(vocabulary: Vocabulary, tokens: list[int]) -> list[str]:
    return [SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens]
