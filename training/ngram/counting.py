"""Count n-grams in bounded memory: by ranges of a token, one range after the other.

What is held at once are the n-grams of one range, never those of a whole text, which may be mapped from disk.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any, Final

import numpy as np
import numpy.typing as npt

UNIT: Final[int] = 32  # the weight 1; a source's weight is 0.03 .. 7.97
MOST_PLACES: Final[int] = 60_000_000  # of the text, in a range: 8 bytes each, three times over
_WEIGHT_BITS: Final[int] = 8  # of a key, below the tokens, while n-grams are counted
_PIECE: Final[int] = 1 << 22  # tokens that are looked at together

Keys = npt.NDArray[np.uint64]
Span = tuple[int, int]  # a half-open range of tokens


@dataclass(frozen=True)
class Alphabet:
    """The tokens of a text: how many there are, bits of one in a key, and those that are no words.

    A boundary begins and ends a clause; nothing is counted across a hole.
    """

    n_token: int
    bits: int
    boundary: int
    hole: int

    def last(self, keys: Keys, n: int) -> Keys:
        """Return the last `n` tokens of each n-gram."""
        return keys & np.uint64((1 << (self.bits * n)) - 1)

    def contexts(self, keys: Keys) -> Keys:
        """Return what stands before the last token of each n-gram."""
        return keys >> np.uint64(self.bits)

    def firsts(self, keys: Keys, order: int) -> Keys:
        """Return the first token of n-grams of an order."""
        return keys >> np.uint64(self.bits * (order - 1))


@dataclass(frozen=True)
class Stream:
    """A part of the text, counted by one weight in steps of 1/UNIT. `table` maps tokens as they are read."""

    tokens: npt.NDArray[Any]
    weight: int = UNIT
    table: npt.NDArray[Any] | None = None

    def piece(self, begin: int, end: int) -> npt.NDArray[Any]:
        """Return the tokens [begin, end), as far as there are."""
        tokens = np.asarray(self.tokens[begin:end])
        return tokens if self.table is None else self.table[tokens]


@dataclass(frozen=True)
class Counts:
    """Distinct n-grams (packed keys, ascending), how often each occurs, and the same by weight."""

    keys: Keys
    times: npt.NDArray[np.int64]
    weighted: npt.NDArray[np.float64]

    def where(self, kept: npt.NDArray[np.bool_]) -> Counts:
        """Return the counts of some of the n-grams."""
        return Counts(self.keys[kept], self.times[kept], self.weighted[kept])

    def __add__(self, other: Counts) -> Counts:
        keys = np.concatenate([self.keys, other.keys])
        place = np.argsort(keys, kind="stable")
        times = np.concatenate([self.times, other.times])[place]
        return Counts(keys[place], times, np.concatenate([self.weighted, other.weighted])[place])


def spans_of(streams: Sequence[Stream], alphabet: Alphabet, most: int = MOST_PLACES) -> list[Span]:
    """Return ranges of all tokens, none with more than `most` places of the text unless it is one token."""
    counts = np.zeros(alphabet.n_token, dtype=np.int64)
    for stream in streams:
        for begin in range(0, len(stream.tokens), _PIECE):
            found = np.bincount(stream.piece(begin, begin + _PIECE), minlength=alphabet.n_token)
            counts += found[: alphabet.n_token]  # a hole may stand above the tokens
    cuts, held = [0], 0
    for token, count in enumerate(counts.tolist()):
        if held and held + count > most:
            cuts.append(token)
            held = 0
        held += count
    return list(pairwise([*cuts, alphabet.n_token]))


def count_ngrams(
    streams: Iterable[Stream], alphabet: Alphabet, order: int, span: Span, lead: int = 0
) -> Counts:
    """Return the n-grams of one order whose token number `lead` lies in `span`.

    With a lead of 1 the first token stands last in a key, behind those that follow it. A boundary may only
    be the first token (the clause begins) or the last (it ends).
    """
    keys = np.concatenate([*_keys(streams, alphabet, order, span, lead), np.zeros(0, np.uint64)])
    keys.sort()
    ngrams = keys >> np.uint64(_WEIGHT_BITS)
    starts = firsts_of_groups(ngrams)
    weights = (keys & np.uint64((1 << _WEIGHT_BITS) - 1)).astype(np.int64)
    weighted = sums_of_groups(weights, starts) / UNIT
    return Counts(ngrams[starts], np.diff(np.append(starts, len(keys))), weighted)


def continuations(streams: Sequence[Stream], alphabet: Alphabet, order: int, span: Span) -> Counts:
    """Return by how many different tokens each n-gram is preceded whose first token lies in `span`."""
    upper = count_ngrams(streams, alphabet, order + 1, span, lead=1)
    lower = alphabet.contexts(upper.keys)
    starts = firsts_of_groups(lower)
    times = np.diff(np.append(starts, len(lower)))
    return Counts(lower[starts], times, sums_of_groups(upper.weighted / upper.times, starts))


def firsts_of_groups(keys: Keys) -> npt.NDArray[np.int64]:
    """Return where each group of equal keys begins, in sorted keys."""
    return np.flatnonzero(np.append(np.ones(min(len(keys), 1), bool), keys[1:] != keys[:-1]))


def sums_of_groups(values: npt.NDArray[Any], starts: npt.NDArray[np.int64]) -> npt.NDArray[Any]:
    """Return the sum of each group of values; `starts` are those of `firsts_of_groups`."""
    return np.add.reduceat(values, starts) if len(starts) else values[:0]


def find(keys: Keys, wanted: Keys) -> npt.NDArray[np.int64]:
    """Return the index of each wanted key in sorted `keys`, -1 where it is not there."""
    if not len(keys):
        return np.full(len(wanted), -1)
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def _keys(streams: Iterable[Stream], alphabet: Alphabet, order: int, span: Span, lead: int) -> Iterator[Keys]:
    """Yield the keys of n-grams piece by piece, each with its weight in the lowest bits."""
    places = [*range(lead, order), *range(lead)]
    for stream in streams:
        for begin in range(0, len(stream.tokens), _PIECE):
            tokens = stream.piece(begin, begin + _PIECE + order - 1)
            leads = tokens[lead : max(len(tokens) - order + 1, 0) + lead]
            starts = np.flatnonzero((leads >= span[0]) & (leads < span[1]))
            keys = np.zeros(len(starts), dtype=np.uint64)
            for place in places:
                keys = (keys << np.uint64(alphabet.bits)) | tokens[starts + place].astype(np.uint64)
            valid = _is_in_clause(tokens, starts, alphabet, order)
            yield (keys[valid] << np.uint64(_WEIGHT_BITS)) | np.uint64(stream.weight)


def _is_in_clause(
    tokens: npt.NDArray[Any], starts: npt.NDArray[np.int64], alphabet: Alphabet, order: int
) -> npt.NDArray[np.bool_]:
    """Return where an n-gram holds no hole, no boundary in its middle and not two of them alone."""
    valid = np.ones(len(starts), dtype=bool)
    for place in range(order):
        found = tokens[starts + place]
        valid &= found != alphabet.hole
        if 0 < place < order - 1:
            valid &= found != alphabet.boundary
    if order == 2:
        valid &= (tokens[starts] != alphabet.boundary) | (tokens[starts + 1] != alphabet.boundary)
    return valid
