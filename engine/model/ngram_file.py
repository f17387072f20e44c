"""Pack an n-gram into arrays, and find an entry and its children in them.

Level n holds the (n+1)-grams sorted by context, then by last token. An n-gram's children (the n-grams of
the next level that begin with it) are one contiguous range. Most have none, so where a range lies is kept
for those alone that have some, the *contexts*. The arrays of `engine.arrays`, by level n:

    unigrams       float32 (n_token,): log P of each token behind nothing
    bounds, backoffs_0    uint32 (n_token + 1,), float32 (n_token,): children of the tokens, in level 1
    tokens_n       uint16: the last token, above the high bits of its code (two of readings, none of words)
    codes_n        uint8: the four low bits of the codes, two entries a byte, the first one in the low half
    log_probs_n    float32 (64,) or (16,): what a code means, a natural logarithm
    is_context_n   uint64: one bit an entry, the lowest first
    ranks_n        uint32: contexts before each 64 entries
    counts_n       uint8, a context's children less one in the low four bits, its backoff's code above
    bases_n        uint32: where the children of each 16th context begin
    many_n, many_counts_n    uint32: the contexts of 16 children and more, ascending, and how many they have
    backoffs_n     float32 (16,): what a backoff's code means

Codes are the nearest of so many values that lie where the values do (Lloyd 1982), as in KenLM's
quantised trie (Heafield 2011; Whittaker & Raj 2001).
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.arrays import Arrays, FloatArray, IntArray
from engine.error_kinds import Kind
from engine.errors import MoyinError, says

LEVELS: Final[int] = 4

_N_LOW: Final[int] = 16  # values of the four bits of a code that stand apart
_MOST_SHIFT: Final[int] = 3
_N_BACKOFF: Final[int] = 16
_MANY: Final[int] = 16  # children from which on their number stands elsewhere
_BLOCK: Final[int] = 16  # contexts of one base
_MOST_FOUND: Final[int] = 1 << 14  # contexts that are remembered

# Sums of the low halves of up to 15 bytes, as remainder: below 255.
_LOW_HALVES: Final[int] = int.from_bytes(b"\x0f" * _BLOCK, "little")
_ONES: Final[int] = int.from_bytes(b"\x01" * _BLOCK, "little")
_FULL: Final[int] = int.from_bytes(b"\x10" * _BLOCK, "little")
Context = tuple[int, int, float]  # its children [first, last) in the next level, and log of the backoff
NO_CONTEXT: Final[Context] = (0, 0, 0.0)


class NgramError(MoyinError):
    """An n-gram file whose arrays do not fit together, or do not fit the vocabulary."""


def unfitting(expected: Kind) -> NgramError:
    """Return the error of arrays that are not what was expected of them together."""
    return NgramError.of(says(expected), says(Kind.OTHERS), says(Kind.EXPORT_AGAIN))


@dataclass(frozen=True)
class Level:
    """The n-grams of one order, sorted by context, then by token; all arrays (n,).

    `log_prob`, `backoff`: natural logarithms; `n_children`: entries of the next level that begin with it.
    """

    tokens: npt.NDArray[Any]
    n_children: npt.NDArray[Any]
    log_prob: FloatArray
    backoff: FloatArray


class Entries:
    """The n-grams of one level above the first: last tokens and log-probabilities."""

    def __init__(self, arrays: Arrays, level: int) -> None:
        self._tokens: npt.NDArray[np.uint16] = arrays[f"tokens_{level}"]
        self._codes: npt.NDArray[np.uint8] = arrays[f"codes_{level}"]
        self._log_probs = np.array(arrays[f"log_probs_{level}"], dtype=np.float32)
        self._shift = _shift_of(len(self._log_probs))
        if self._codes.shape != (-(-len(self._tokens) // 2),) or self._tokens.ndim != 1:
            raise unfitting(Kind.FITTING_NGRAM)
        self._high = (1 << self._shift) - 1  # the bits of a code that stand below a token
        # Views: one number of them takes a third of the time that one of an array does.
        self._token_view, self._code_view = self._tokens.data, self._codes.data

    def __len__(self) -> int:
        return len(self._tokens)

    def find(self, token: int, context: Context) -> int:
        """Return the entry of `token` behind `context`, -1 where it was not seen."""
        first, last, _ = context
        place = bisect_left(self._token_view, token << self._shift, first, last)
        return place if place < last and self._token_view[place] >> self._shift == token else -1

    def log_prob(self, entry: int) -> float:
        """Return log P of one entry."""
        low = self._code_view[entry >> 1] >> ((entry & 1) << 2) & 15
        return float(self._log_probs[(self._token_view[entry] & self._high) << 4 | low])

    def overlay(
        self, values: FloatArray, known: Sequence[tuple[int, Context]], limits: tuple[int, int]
    ) -> None:
        """Back off to `values`, what the shorter contexts say, then write what these have seen.

        values: (m, n), of the tokens [limits); known: a row of it and the row's context, for some rows.
        """
        rows = [row for row, _ in known]
        values[rows] += np.array([[context[2]] for _, context in known], dtype=np.float32)
        low, high = self._ranges([context for _, context in known], limits)
        lengths = high - low
        ends = np.cumsum(lengths)
        seen = np.arange(ends[-1]) + np.repeat(low - ends + lengths, lengths)
        tokens = self._tokens[seen]
        codes = (tokens & self._high) << 4 | (
            self._codes[seen >> 1] >> ((seen & 1) << 2).astype(np.uint8)
        ) & 15
        columns = (tokens >> self._shift).astype(np.intp) - limits[0]
        values[np.repeat(rows, lengths), columns] = self._log_probs[codes]

    def _ranges(self, contexts: Sequence[Context], limits: tuple[int, int]) -> tuple[IntArray, IntArray]:
        """Return where the tokens [limits) begin and end among the children of each context."""
        start, end = (limit << self._shift for limit in limits)
        found: dict[Context, tuple[int, int]] = {}
        for context in dict.fromkeys(contexts):
            first, last, _ = context
            low = bisect_left(self._token_view, start, first, last)
            found[context] = low, bisect_left(self._token_view, end, low, last)
        low, high = np.array([found[context] for context in contexts]).T
        return low, high


def _shift_of(n_code: int) -> int:
    """Return how many bits of a code stand below a token: all but four."""
    shift = (n_code // _N_LOW).bit_length() - 1
    if n_code != _N_LOW << max(shift, 0) or shift > _MOST_SHIFT:
        raise NgramError.of(says(Kind.CODES), str(n_code))
    return shift


class Contexts:
    """The index of where the children of a level's entries lie."""

    def __init__(self, arrays: Arrays, level: int, n_entry: int, n_child: int) -> None:
        masks, ranks, counts, bases, many, many_counts = (
            arrays[f"{name}_{level}"]
            for name in ("is_context", "ranks", "counts", "bases", "many", "many_counts")
        )
        is_whole = (
            masks.shape == ranks.shape == (-(-n_entry // 64),)
            and bases.shape == (-(-len(counts) // _BLOCK),)
            and many.shape == many_counts.shape
            and (np.diff(ranks.astype(np.int64)) >= 0).all()
            and (np.diff(bases.astype(np.int64)) >= 0).all()
            and (not len(ranks) or int(ranks[-1]) + int(masks[-1]).bit_count() == len(counts))
            and (not len(bases) or bases[-1] <= n_child)
        )
        if not is_whole:
            raise unfitting(Kind.FITTING_NGRAM)
        self._n_child = n_child
        # Views: one number of them takes a third of the time that one of an array does.
        self._masks, self._ranks, self._counts = masks.data, ranks.data, counts.data
        self._bases, self._many, self._many_counts = bases.data, many.data, many_counts.data
        self._backoffs: list[float] = arrays[f"backoffs_{level}"].tolist()
        self._found: dict[int, Context] = {}

    def of(self, entry: int) -> Context:
        """Return the children of an entry of this level; NO_CONTEXT where it has none."""
        context = self._found.get(entry)
        if context is None:
            if len(self._found) == _MOST_FOUND:
                self._found.clear()
            context = self._found[entry] = self._find(entry)
        return context

    def _find(self, entry: int) -> Context:
        mask = self._masks[entry >> 6]
        bit = entry & 63
        if not (mask >> bit) & 1:
            return NO_CONTEXT
        context = self._ranks[entry >> 6] + (mask & ((1 << bit) - 1)).bit_count()
        start = context & -_BLOCK
        before = int.from_bytes(self._counts[start:context], "little") & _LOW_HALVES
        first: int = self._bases[context >> 4] + context - start + before % 255
        if (before + _ONES) & _FULL:
            first += self._more_before(start, context)
        code = self._counts[context]
        count = (code & 15) + 1
        if count == _MANY:
            count = self._many_counts[bisect_left(self._many, context)]
        return first, min(first + count, self._n_child), self._backoffs[code >> 4]

    def _more_before(self, start: int, context: int) -> int:
        """Return how many more children the contexts [start, context) have than `_counts` has room for."""
        low, high = (bisect_left(self._many, limit) for limit in (start, context))
        return int(sum(self._many_counts[low:high])) - _MANY * (high - low)


def pack_levels(levels: Sequence[Level], shift: int) -> Arrays:
    """Return the arrays of the file form. Level 0 is dense.

    shift: bits of a code below each token, so that values of log-probabilities are 16 << shift; tokens of
    the other levels are below 65,536 >> shift.
    """
    arrays: Arrays = {
        "unigrams": levels[0].log_prob.astype(np.float32),
        "bounds": np.concatenate(([0], np.cumsum(levels[0].n_children))).astype(np.uint32),
        "backoffs_0": levels[0].backoff.astype(np.float32),
    }
    for n, level in enumerate(levels[1:], start=1):
        arrays |= pack_entries(level.tokens, level.log_prob, n, shift)
        if n + 1 < len(levels):
            arrays |= {f"{name}_{n}": array for name, array in _contexts(level).items()}
    return arrays


def pack_entries(tokens: npt.NDArray[Any], log_prob: FloatArray, level: int, shift: int = 0) -> Arrays:
    """Return the arrays of the `Entries` of one level; tokens, log_prob: (n,)."""
    if len(tokens) and int(tokens.max()) >> 16 - shift:
        raise NgramError.of(says(Kind.TOKENS_OF_BITS, number=16 - shift), str(tokens.max()))
    values, codes = quantised(log_prob, _N_LOW << shift)
    return {
        f"log_probs_{level}": values,
        f"tokens_{level}": (tokens.astype(np.uint16) << shift) | (codes >> 4),
        f"codes_{level}": _halves(codes & 15),
    }


def _halves(codes: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return numbers below 16, packed two a byte."""
    padded = np.append(codes, np.zeros(len(codes) % 2, np.uint8))
    joined: npt.NDArray[np.uint8] = (padded[::2] | (padded[1::2] << 4)).astype(np.uint8)
    return joined


def _contexts(level: Level) -> Arrays:
    is_context = level.n_children > 0
    bits = np.packbits(np.append(is_context, np.zeros(-len(is_context) % 64, np.bool_)), bitorder="little")
    per_word = np.add.reduceat(is_context, np.arange(0, len(is_context), 64), dtype=np.int64)
    counts = level.n_children[is_context].astype(np.int64)
    firsts = np.cumsum(counts) - counts
    backoffs, codes = quantised(level.backoff[is_context], _N_BACKOFF)
    many = np.flatnonzero(counts >= _MANY)
    return {
        "is_context": bits.view("<u8"),
        "ranks": (np.cumsum(per_word) - per_word).astype(np.uint32),
        "counts": ((np.minimum(counts, _MANY) - 1) | (codes.astype(np.int64) << 4)).astype(np.uint8),
        "bases": firsts[::_BLOCK].astype(np.uint32),
        "many": many.astype(np.uint32),
        "many_counts": counts[many].astype(np.uint32),
        "backoffs": backoffs,
    }


def quantised(values: FloatArray, n_code: int) -> tuple[FloatArray, npt.NDArray[np.uint8]]:
    """Return the `n_code` values (ascending) that lie nearest to all of `values`, and each one's code."""
    distinct, counts = np.unique(np.round(values.astype(np.float64), 2), return_counts=True)
    if len(distinct) <= n_code:
        centres = np.append(distinct, np.full(n_code - len(distinct), distinct[-1] if len(distinct) else 0.0))
    else:
        centres = _lloyd(distinct, counts, n_code)
    limits = (centres[1:] + centres[:-1]) / 2
    return centres.astype(np.float32), np.searchsorted(limits, values).astype(np.uint8)


def _lloyd(values: npt.NDArray[Any], counts: npt.NDArray[Any], n_code: int) -> Any:
    """Return `n_code` centres of least squared distance; begun where the cube root of the density is even."""
    share = np.cumsum(np.cbrt(counts))
    centres = values[np.searchsorted(share, (np.arange(n_code) + 0.5) / n_code * share[-1])]
    for _ in range(60):
        nearest = np.searchsorted((centres[1:] + centres[:-1]) / 2, values)
        weight = np.bincount(nearest, counts, n_code)
        mean = np.bincount(nearest, counts * values, n_code) / np.maximum(weight, 1e-9)
        centres = np.sort(np.where(weight > 0, mean, centres))
    return centres
