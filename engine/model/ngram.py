"""Score tokens by a pruned 4-gram over reading ids, kept as a trie of flat arrays.

Level n holds the n-grams sorted by context, then by last token; an n-gram's children (the (n+1)-grams that
begin with it) are one contiguous range of the next level, sorted by token. As ids are sorted by syllable, the
children with a given syllable are one contiguous range again: two binary searches find all that was ever seen
after a context and fits what was typed. Values are natural logarithms, quantised to a byte. In the file,
numbers of 16 bits are two planes of bytes, low and high, which deflates to a tenth less; files that have them
as they are, and a finer step, are read as well.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.errors import MoyinError
from engine.lexicon.vocabulary import BREAK, PUNCTUATION, SPECIALS, START, UNKNOWN

LEVELS: Final[int] = 4
_STEP: Final[float] = 1 / 6  # nats a step of a byte: 0 .. -42.5
_FINER_STEP: Final[float] = 1 / 12  # of files that do not say
_BACKOFF_STEP: Final[float] = 1 / 24  # -7.1 .. +3.5 around byte 170
_BACKOFF_ZERO: Final[int] = 170
_MANY: Final[int] = 64  # states from which on all are looked up at once

Floats = npt.NDArray[np.float32]
Places = npt.NDArray[np.int64]

_BACKOFFS: Final[Floats] = (np.arange(256, dtype=np.float32) - _BACKOFF_ZERO) * np.float32(_BACKOFF_STEP)

# Specials that begin and end a clause; START stands for all of them.
BOUNDARY_MARKS: Final[tuple[str, ...]] = (START, BREAK, UNKNOWN, *PUNCTUATION)
_BOUNDARIES: Final[frozenset[int]] = frozenset(SPECIALS.index(mark) for mark in BOUNDARY_MARKS)

# Contexts of a history, longest last: index of the unigram, bigram and trigram that end it; -1
# where it was not seen. An entry is what the next level's children hang on.
State = tuple[int, int, int]
EMPTY: Final[State] = (-1, -1, -1)


# What numpy raises on a cut or foreign file, and `NgramModel` on arrays of another kind.
_UNREADABLE: Final = (
    AttributeError,
    EOFError,
    LookupError,
    OSError,
    RuntimeError,  # zipfile: a changed bit says `encrypted`
    TypeError,
    ValueError,
    zipfile.BadZipFile,
    struct.error,
    zlib.error,
)


class NgramError(MoyinError):
    """An n-gram file whose arrays do not fit together, or do not fit the vocabulary."""


@dataclass(frozen=True)
class _Level:
    """The n-grams of one order; values stay bytes until they are used."""

    tokens: npt.NDArray[np.uint16]
    log_prob: npt.NDArray[np.uint8]
    backoff: npt.NDArray[np.uint8]
    children: npt.NDArray[np.int32]  # (n + 1,): bounds in the next level


class NgramModel:
    """A model that gives log P(token | history) for all tokens of a range at once.

    `weights`, shape (LEVELS,), is its share in the mix with the decoder it was fitted for, by `depth`.
    """

    def __init__(self, arrays: dict[str, Any]) -> None:
        if not {array.dtype.kind for array in arrays.values()} <= set("iuf"):
            raise NgramError("expected arrays of numbers in the n-gram file; export the bundle again")
        step = float(arrays.get("log_prob_step", _FINER_STEP))
        if not 0 < step < 1:
            raise NgramError(
                f"expected a log_prob_step between 0 and 1, found {step}; export the bundle again"
            )
        self._log_probs: Floats = np.arange(256, dtype=np.float32) * np.float32(-step)
        self._levels = [_unpack(arrays, level) for level in range(LEVELS)]
        # Views: one number of them takes a third of the time that one of an array does.
        self._tokens = [level.tokens.data for level in self._levels]
        self._children = [level.children.data for level in self._levels]
        for level, upper in zip(self._levels, self._levels[1:], strict=False):
            if level.children[-1] != len(upper.tokens):
                raise NgramError("the n-gram file's levels do not fit together; export the bundle again")
        self.unigrams: Floats = self._log_probs[self._levels[0].log_prob]  # (n_token,)
        self.n_token = len(self.unigrams)
        self.weights: Floats = arrays["weights"].astype(np.float32)
        if self.weights.shape != (LEVELS,):
            raise NgramError(f"expected {LEVELS} mixing weights, found an array of {self.weights.shape}")
        if not np.isfinite(self.weights).all():
            raise NgramError("expected finite mixing weights; export the bundle again")

    @classmethod
    def load(cls, path: Path) -> NgramModel:
        """Read what `pack_levels` made. Raises NgramError."""
        try:
            # The file is opened here: numpy leaves its own open where the archive is cut.
            with path.open("rb") as file, np.load(file, allow_pickle=False) as arrays:
                return cls(dict(arrays))
        except _UNREADABLE as error:
            raise NgramError(f"{path} is not an n-gram file of this version ({error})") from error

    @staticmethod
    def is_counted(token: int) -> bool:
        """Return whether a token was counted as itself, not as the boundary of a clause, START."""
        return token not in _BOUNDARIES

    def state(self, before: State, token: int) -> State:
        """Return the state after `token`, given the state before it."""
        bigram = self._child(0, before[0], token)
        trigram = self._child(1, before[1], token)
        return token, bigram, trigram

    def state_of(self, tokens: Sequence[int]) -> State:
        """Return the state after a whole history."""
        state = EMPTY
        for token in tokens[-LEVELS:]:
            state = self.state(state, token)
        return state

    def _child(self, level: int, context: int, token: int) -> int:
        if context < 0:
            return -1
        bounds, tokens = self._children[level], self._tokens[level + 1]
        end = bounds[context + 1]
        place = bisect_left(tokens, token, bounds[context], end)
        return place if place < end and tokens[place] == token else -1

    def depth(self, state: State) -> int:
        """Return how many of the state's contexts were followed by something that is kept, 0 .. 3.

        The more, the more reliable the n-gram is.
        """
        return sum(
            context >= 0 and bounds[context] < bounds[context + 1]
            for bounds, context in zip(self._children, state, strict=False)
        )

    def log_probs(self, states: Sequence[State], start: int, end: int) -> Floats:
        """Return log-probabilities (len(states), end - start) of the tokens [start, end)."""
        values = np.empty((len(states), end - start), dtype=np.float32)
        values[:] = self.unigrams[start:end]
        if len(states) >= _MANY:
            for level, contexts in enumerate(np.array(states, dtype=np.int64).T):
                self._overlay_all(values, level, contexts, (start, end))
            return values
        for row, state in zip(values, states, strict=True):
            for level, context in enumerate(state):
                if context >= 0:
                    self._overlay(row, level, context, (start, end))
        return values

    def log_prob(self, state: State, token: int) -> float:
        """Return `log_probs` of one state and token, without arrays."""
        value = self.unigrams[token]
        for level, context in enumerate(state):
            here, upper = self._levels[level], self._levels[level + 1]
            if context < 0 or self._children[level][context] == self._children[level][context + 1]:
                continue
            child = self._child(level, context, token)
            if child < 0:
                value += _BACKOFFS[here.backoff[context]]
            else:
                value = self._log_probs[upper.log_prob[child]]
        return float(value)

    def _overlay(self, row: Floats, level: int, context: int, limits: tuple[int, int]) -> None:
        """Back off to `row`, what the shorter context says, then write what this one has seen."""
        here, upper, bounds = self._levels[level], self._levels[level + 1], self._children[level]
        first, last = bounds[context], bounds[context + 1]
        if first == last:
            return
        row += _BACKOFFS[here.backoff[context]]
        low, high = (bisect_left(self._tokens[level + 1], limit, first, last) for limit in limits)
        if low < high:
            row[upper.tokens[low:high] - limits[0]] = self._log_probs[upper.log_prob[low:high]]

    def _overlay_all(self, values: Floats, level: int, contexts: Places, limits: tuple[int, int]) -> None:
        """Do `_overlay` for all rows at once: in wide beams that takes half the time.

        values: (m, n); contexts: (m,), -1 where none was seen.
        """
        here, upper = self._levels[level], self._levels[level + 1]
        known = contexts.clip(0)
        first, last = here.children[known].astype(np.int64), here.children[known + 1]
        rows = np.flatnonzero((contexts >= 0) & (first < last))
        if not len(rows):
            return
        backoffs = np.zeros(len(contexts), dtype=np.float32)
        backoffs[rows] = _BACKOFFS[here.backoff[contexts[rows]]]
        values += backoffs[:, None]
        first, last = first[rows], last[rows]
        low, high = _lower_bounds(upper.tokens, first, last, limits)
        lengths = high - low
        ends = np.cumsum(lengths)
        seen = np.arange(ends[-1]) + np.repeat(low - ends + lengths, lengths)
        columns = upper.tokens[seen].astype(np.int64) - limits[0]
        values[np.repeat(rows, lengths), columns] = self._log_probs[upper.log_prob[seen]]


def _lower_bounds(
    tokens: npt.NDArray[np.uint16], first: Places, last: Places, wanted: tuple[int, int]
) -> tuple[Places, Places]:
    """Return, for each half-open range of ascending `tokens`, where each of the two wanted would stand."""
    places = np.concatenate([first, first])
    lengths = np.tile(last - first, 2)
    values = np.repeat(np.array(wanted), len(first))
    for _ in range(int(lengths.max()).bit_length()):
        halves = lengths >> 1
        is_less = (tokens.take(places + halves, mode="clip") < values) & (lengths > 0)
        places += is_less * (halves + 1)
        lengths = np.where(is_less, lengths - halves - 1, halves)
    low, high = places.reshape(2, -1)
    return low, high


def pack_levels(
    levels: Sequence[tuple[npt.NDArray[Any], npt.NDArray[Any], Floats, Floats]],
    weights: npt.ArrayLike,
) -> dict[str, npt.NDArray[Any]]:
    """Return arrays of the file form, from (last token, context key, log_prob, backoff) of each level.

    Level 0 is dense; the others are sorted by (context key, token), and every context key is the packed key
    of an entry of the level below, in the same order. `weights`: see `NgramModel`.
    """
    arrays: dict[str, npt.NDArray[Any]] = {
        "weights": np.array(weights, dtype=np.float32),
        "log_prob_step": np.array(_STEP, dtype=np.float64),
    }
    for n, (tokens, _, log_prob, backoff) in enumerate(levels):
        arrays[f"log_prob_{n}"] = np.clip(np.rint(-log_prob / _STEP), 0, 255).astype(np.uint8)
        if n > 0:
            arrays[f"tokens_{n}"] = _planes(tokens)
        if n + 1 < len(levels):
            steps = np.rint(backoff / _BACKOFF_STEP) + _BACKOFF_ZERO
            arrays[f"backoff_{n}"] = np.clip(steps, 0, 255).astype(np.uint8)
            arrays[f"n_children_{n}"] = _planes(_children(levels, n))
    return arrays


def _planes(numbers: npt.NDArray[Any]) -> npt.NDArray[np.uint8]:
    """Return the low and high bytes, shape (2, n), of numbers below 65,536."""
    return np.ascontiguousarray(numbers.astype("<u2").view(np.uint8).reshape(-1, 2).T)


def _from_planes(array: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    """Return the numbers of `_planes`; an array of one dimension holds the numbers as they are."""
    if array.ndim == 1:
        return array.astype(np.uint16)
    low, high = array.astype(np.uint16)
    joined: npt.NDArray[np.uint16] = low | (high << np.uint16(8))
    return joined


def _children(levels: Sequence[tuple[npt.NDArray[Any], ...]], n: int) -> npt.NDArray[np.uint16]:
    tokens, contexts = levels[n][0], levels[n][1]
    keys = (contexts.astype(np.uint64) << np.uint64(14)) | tokens.astype(np.uint64) if n else tokens
    places = np.searchsorted(keys, levels[n + 1][1])
    return np.bincount(places, minlength=len(tokens)).astype(np.uint16)


def _unpack(arrays: dict[str, Any], n: int) -> _Level:
    log_prob = arrays[f"log_prob_{n}"]
    tokens = _from_planes(arrays[f"tokens_{n}"]) if n else np.arange(len(log_prob), dtype=np.uint16)
    if n + 1 == LEVELS:
        return _Level(tokens, log_prob, np.zeros(0, np.uint8), np.zeros(1, np.int32))
    children = np.concatenate(([0], np.cumsum(_from_planes(arrays[f"n_children_{n}"]), dtype=np.int32)))
    return _Level(tokens, log_prob, arrays[f"backoff_{n}"], children.astype(np.int32))
