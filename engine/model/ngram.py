"""Score tokens by a pruned 4-gram over reading ids.

Works on token ids; the decoder, pinyin and how the counts were made are not its subject. As ids are sorted by
syllable, the children of a context with a given syllable are one contiguous range of its level: two
binary searches find all that was ever seen after a context and fits what was typed. The file is mapped,
not unpacked (`engine.model.ngram_file` says how it is laid out); the form of earlier bundles (npz) is packed
when it is loaded.
"""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.arrays import (
    ArrayFileError,
    Arrays,
    FloatArray,
    is_array_file,
    largest_packed,
    open_arrays,
)
from engine.error_kinds import Kind
from engine.errors import reason_of, says
from engine.lexicon.vocabulary import BREAK, PUNCTUATION, SPECIALS, START, UNKNOWN
from engine.model.ngram_file import (
    LEVELS,
    NO_CONTEXT,
    Context,
    Contexts,
    Entries,
    Level,
    NgramError,
    pack_levels,
    unfitting,
)

# Specials that begin and end a clause; START stands for all of them.
BOUNDARY_MARKS: Final[tuple[str, ...]] = (START, BREAK, UNKNOWN, *PUNCTUATION)
_BOUNDARIES: Final[frozenset[int]] = frozenset(SPECIALS.index(mark) for mark in BOUNDARY_MARKS)

# Contexts of a history: the unigram, bigram and trigram that end it; NO_CONTEXT where nothing is kept
# behind one. Histories of the same state are the same to the model.
NgramState = tuple[Context, Context, Context]
EMPTY: Final[NgramState] = (NO_CONTEXT, NO_CONTEXT, NO_CONTEXT)

_SHIFT: Final[int] = 2  # a token id has 14 bits

# What numpy raises on a cut or foreign file, and `NgramModel` on arrays of another kind.
_UNREADABLE: Final = (
    ArrayFileError,
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


class NgramModel:
    """log P(token | history) for all tokens of a range at once.

    `weights`: (LEVELS,) its share in the mix with the decoder it was fitted for, by `depth`.
    """

    def __init__(self, arrays: Arrays) -> None:
        self.unigrams: FloatArray = np.array(arrays["unigrams"], dtype=np.float32)  # (n_token,)
        self.n_token = len(self.unigrams)
        self.weights: FloatArray = np.array(arrays["weights"], dtype=np.float32)
        if self.weights.shape != (LEVELS,):
            raise NgramError.of(
                says(Kind.MIXING_WEIGHTS, number=LEVELS), says(Kind.ARRAY_OF, shape=self.weights.shape)
            )
        if not np.isfinite(self.weights).all():
            raise NgramError.of(
                says(Kind.FINITE_NUMBERS, name="weights"), says(Kind.NAN), says(Kind.EXPORT_AGAIN)
            )
        self._levels = [Entries(arrays, level) for level in range(1, LEVELS)]
        sizes = [len(entries) for entries in self._levels]
        self._of_token = _token_contexts(arrays, self.n_token, sizes[0])
        self._contexts = [Contexts(arrays, n, sizes[n - 1], sizes[n]) for n in range(1, LEVELS - 1)]

    @classmethod
    def load(cls, path: Path) -> NgramModel:
        """Map the n-gram file at `path`. Raises NgramError."""
        try:
            return cls(read_arrays(path))
        except _UNREADABLE as error:
            found = says(Kind.SOMETHING_ELSE_WHY, reason=reason_of(error))
            raise NgramError.of(says(Kind.NGRAM_FILE, path=path), found) from error

    @staticmethod
    def is_counted(token: int) -> bool:
        """Return whether a token was counted as itself, not as the boundary of a clause, START."""
        return token not in _BOUNDARIES

    def state(self, before: NgramState, token: int) -> NgramState:
        """Return the state after `token`, given the state before it."""
        unigram, bigram, _ = before
        return self._of_token[token], self._behind(0, unigram, token), self._behind(1, bigram, token)

    def _behind(self, level: int, context: Context, token: int) -> Context:
        """Return the context that `token` makes of one of `level`."""
        if context is NO_CONTEXT:
            return NO_CONTEXT
        entry = self._levels[level].find(token, context)
        return NO_CONTEXT if entry < 0 else self._contexts[level].of(entry)

    @staticmethod
    def depth(state: NgramState) -> int:
        """Return how many of the state's contexts were followed by something that is kept, 0 .. 3.

        The more, the better is what the n-gram says.
        """
        return sum(context is not NO_CONTEXT for context in state)

    def log_probs(self, states: Sequence[NgramState], start: int, end: int) -> FloatArray:
        """Return log-probabilities (len(states), end - start) of the tokens [start, end)."""
        values = np.empty((len(states), end - start), dtype=np.float32)
        values[:] = self.unigrams[start:end]
        for level, entries in enumerate(self._levels):
            contexts = [(row, state[level]) for row, state in enumerate(states)]
            known = [(row, context) for row, context in contexts if context is not NO_CONTEXT]
            if known:
                entries.overlay(values, known, (start, end))
        return values

    def log_prob(self, state: NgramState, token: int) -> float:
        """Return `log_probs` of one state and token, without arrays."""
        value = float(self.unigrams[token])
        for entries, context in zip(self._levels, state, strict=True):
            if context is not NO_CONTEXT:
                entry = entries.find(token, context)
                value = value + context[2] if entry < 0 else entries.log_prob(entry)
        return value


def _token_contexts(arrays: Arrays, n_token: int, n_child: int) -> list[Context]:
    """Return the context of each token alone."""
    bounds, backoffs = arrays["bounds"].astype(np.int64), arrays["backoffs_0"]
    if bounds.shape != (n_token + 1,) or backoffs.shape != (n_token,) or bounds[-1] != n_child:
        raise unfitting(Kind.FITTING_NGRAM)
    rows = zip(bounds[:-1].tolist(), bounds[1:].tolist(), backoffs.tolist(), strict=True)
    return [row if row[0] < row[1] else NO_CONTEXT for row in rows]


_BACKOFF_STEP: Final[float] = 1 / 24  # of npz files: -7.1 .. +3.5 around byte 170
_BACKOFF_ZERO: Final[int] = 170
_FINER_STEP: Final[float] = 1 / 12  # of those that do not say
_MOST_ENTRIES: Final[int] = 1 << 26  # of a level that is unpacked


def pack_readings(levels: Sequence[Level], weights: npt.ArrayLike) -> Arrays:
    """Return the arrays of a file of this model. `weights`: see `NgramModel`."""
    return pack_levels(levels, _SHIFT) | {"weights": np.array(weights, dtype=np.float32)}


def read_arrays(path: Path) -> Arrays:
    """Map the arrays of an n-gram file; those of an earlier one (npz) are packed in memory.

    Raises what a damaged file raises: see `NgramModel.load`.
    """
    if is_array_file(path):
        return open_arrays(path)
    levels, weights = _read_levels(path)
    return pack_readings(levels, weights)


def _read_levels(path: Path) -> tuple[list[Level], FloatArray]:
    _check_sizes(path)
    # The file is opened here: numpy leaves its own open where the archive is cut.
    with path.open("rb") as file, np.load(file, allow_pickle=False) as archive:
        arrays = dict(archive)
    if not {array.dtype.kind for array in arrays.values()} <= set("iuf"):
        raise NgramError.of(says(Kind.ONLY_NUMBERS, path=path), says(Kind.OTHERS), says(Kind.EXPORT_AGAIN))
    step = float(arrays.get("log_prob_step", _FINER_STEP))
    if not 0 < step < 1:
        expected = says(Kind.NUMBER_BETWEEN, name="log_prob_step", low=0, high=1)
        raise NgramError.of(expected, str(step), says(Kind.EXPORT_AGAIN))
    levels = [_unpacked(arrays, level, step) for level in range(LEVELS)]
    for level, upper in zip(levels, levels[1:], strict=False):
        if level.n_children.sum(dtype=np.int64) != len(upper.tokens):
            raise unfitting(Kind.FITTING_NGRAM)
    return levels, arrays["weights"].astype(np.float32)


def _check_sizes(path: Path) -> None:
    """Raise NgramError where an array would unpack to more than any n-gram holds."""
    largest = largest_packed(path, 2 * _MOST_ENTRIES)
    if largest > 2 * _MOST_ENTRIES:
        expected = says(Kind.ARRAYS_OF_BYTES, number=2 * _MOST_ENTRIES, path=path)
        raise NgramError.of(expected, says(Kind.BYTES, number=largest))


def _unpacked(arrays: dict[str, Any], n: int, step: float) -> Level:
    log_prob = arrays[f"log_prob_{n}"].astype(np.float32) * np.float32(-step)
    tokens = _from_planes(arrays[f"tokens_{n}"]) if n else np.arange(len(log_prob), dtype=np.uint16)
    none = np.zeros(len(tokens), np.uint16)
    if n + 1 == LEVELS:
        return Level(tokens, none, log_prob, none.astype(np.float32))
    backoff = (arrays[f"backoff_{n}"].astype(np.float32) - _BACKOFF_ZERO) * np.float32(_BACKOFF_STEP)
    return Level(tokens, _from_planes(arrays[f"n_children_{n}"]), log_prob, backoff)


def _from_planes(array: npt.NDArray[Any]) -> npt.NDArray[np.uint16]:
    """Return the numbers of two planes of bytes, low and high; those of one dimension as they are."""
    if array.ndim == 1:
        return array.astype(np.uint16)
    low, high = array.astype(np.uint16)
    joined: npt.NDArray[np.uint16] = low | (high << np.uint16(8))
    return joined
