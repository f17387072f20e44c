"""Draw windows of token ids for training from memory-mapped shards.

A window of `block_size` tokens holds one or several *segments* that do not see each other. Each begins with
START, mostly at a clause, so that a decoder learns to begin cold (an empty editor) as well as to continue
what stands before.
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import BREAK, SPECIALS, START, Vocabulary
from training.errors import WorkshopError

START_ID: Final[int] = SPECIALS.index(START)
IGNORED: Final[int] = -1  # target of positions that are not trained on
_CLAUSE_ENDS: Final = np.array([SPECIALS.index(mark) for mark in (START, BREAK, *"，。！？；：…")])
_SEARCHED: Final[int] = 24  # tokens looked through for the start of a clause


class ShardError(WorkshopError):
    """Shards that are missing, too small, or made with another vocabulary."""


@dataclass(frozen=True)
class Batch:
    """A batch of windows: inputs, targets, segments, int64 (B, T); a target of IGNORED counts for nothing."""

    inputs: npt.NDArray[np.int64]
    targets: npt.NDArray[np.int64]
    segments: npt.NDArray[np.int64]

    def cut(self, n_part: int) -> list[Batch]:
        """Return the windows in `n_part` batches of equal size, in their order."""
        parts = (np.split(array, n_part) for array in (self.inputs, self.targets, self.segments))
        return [Batch(*arrays) for arrays in zip(*parts, strict=True)]


class Shards:
    """The token streams of one split, by source: those that hold a window of `block_size` tokens."""

    def __init__(self, folder: Path, split: str, vocabulary: Vocabulary, block_size: int = 0) -> None:
        meta_path = folder / "shards" / "meta.json"
        if not meta_path.exists():
            raise ShardError(f"{meta_path} is missing; run `python -m training prepare` first")
        meta = json.loads(meta_path.read_text(encoding="utf-8"))
        if meta["vocabulary_hash"] != vocabulary.hash:
            raise ShardError(f"the shards in {folder} were made with another vocabulary; prepare them again")
        least = block_size + _SEARCHED
        self.streams: dict[str, npt.NDArray[Any]] = {
            name: np.memmap(folder / "shards" / f"{name}.{split}.u16", dtype=np.uint16, mode="r")
            for name, sizes in sorted(meta["tokens"].items())
            if sizes.get(split, 0) > least
        }
        if not self.streams:
            raise ShardError(
                f"no source in {folder} has more than {least} tokens of {split} text; prepare more text "
                "or set a smaller model.block_size"
            )

    def counts(self, n_token: int) -> npt.NDArray[np.int64]:
        """Return the occurrences of each token, shape (n_token,)."""
        return sum(
            (np.bincount(stream, minlength=n_token) for stream in self.streams.values()),
            start=np.zeros(n_token, dtype=np.int64),
        )


class WindowSampler:
    """A source of batches that are a pure function of (seed, step): resuming needs no state, ranks no
    messages.

    `weights` multiplies a source's share of the text (1 if it is not named; unknown source names are
    ignored). `layouts` are the ways to split a window into segments, with their probabilities.
    """

    def __init__(
        self,
        shards: Shards,
        block_size: int,
        weights: dict[str, float],
        layouts: list[tuple[list[int], float]] | None = None,
        seed: int = 0,
        cold: float = 0.75,
    ) -> None:
        self._streams = list(shards.streams.values())
        sizes = np.array([len(stream) * weights.get(name, 1.0) for name, stream in shards.streams.items()])
        if not sizes.any():
            raise ShardError("every source has the weight 0; give one of them another")
        self._chances = np.cumsum(sizes / sizes.sum())
        self._block_size = block_size
        self._layouts = layouts or default_layouts(block_size)
        self._layout_chances = np.cumsum([chance for _, chance in self._layouts])
        self._seed = seed
        self._cold = cold

    def batch(self, step: int, first: int, last: int) -> Batch:
        """Return windows [first, last) of the global batch of `step`."""
        rows = [self._window(np.random.default_rng((self._seed, step, i))) for i in range(first, last)]
        inputs, targets, segments = (np.stack(parts) for parts in zip(*rows, strict=True))
        return Batch(inputs, targets, segments)

    def _window(self, rng: np.random.Generator) -> tuple[npt.NDArray[np.int64], ...]:
        lengths, _ = self._layouts[int(np.searchsorted(self._layout_chances, rng.random() * 0.999999))]
        inputs = np.empty(self._block_size, dtype=np.int64)
        targets = np.full(self._block_size, IGNORED, dtype=np.int64)
        order = rng.permutation(lengths)
        place = 0
        for length in order:
            tokens = self._segment(rng, int(length))
            inputs[place : place + length] = tokens[:-1]
            following = tokens[1:]
            targets[place : place + length] = np.where(following == START_ID, IGNORED, following)
            place += length
        return inputs, targets, np.repeat(np.arange(len(order)), order)

    def _segment(self, rng: np.random.Generator, length: int) -> npt.NDArray[np.int64]:
        """Return START and the `length` tokens that follow some place in the text."""
        stream = self._streams[int(np.searchsorted(self._chances, rng.random() * 0.999999))]
        place = int(rng.integers(len(stream) - length - _SEARCHED))
        text = np.asarray(stream[place : place + length + _SEARCHED], dtype=np.int64)
        if rng.random() < self._cold:
            ends = np.flatnonzero(np.isin(text[:_SEARCHED], _CLAUSE_ENDS))
            text = text[int(ends[0]) + 1 if len(ends) else 0 :]
        return np.concatenate(([START_ID], text[:length]))


def note_on_weights(shards: Shards, weights: dict[str, float]) -> str:
    """Return one sentence on the weights that name no source of the shards; nothing if all do."""
    absent = set(weights) - set(shards.streams)
    return (
        f"{len(absent)} of {len(weights)} weights name sources that are not here: left out" if absent else ""
    )


def default_layouts(block_size: int) -> list[tuple[list[int], float]]:
    """Return three quarters of the windows in three pieces (3/16, 5/16, 1/2), one quarter whole."""
    short, middle = block_size * 3 // 16, block_size * 5 // 16
    return [([short, middle, block_size - short - middle], 0.75), ([block_size], 0.25)]
