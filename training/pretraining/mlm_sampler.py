"""Draw windows for the pinyin encoder: what somebody types, behind what they wrote before.

A window holds several segments that do not see each other:

    START, tokens that are known (in some), syllables of a text that is being typed

A text begins at a clause, mostly. It ends where the clause does, continues behind a mark as if there were
none (many a sentence is typed without its commas), or breaks off: it is still being typed.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import Vocabulary
from engine.model.pinyin_encoder import MOST_KNOWN
from training.corpus.shards import IGNORED, START_ID, Batch, ShardError, Shards

Ids = npt.NDArray[np.int64]

_SEARCHED: Final[int] = 90  # tokens looked through for the end of a clause, before the text begins
_LONGEST: Final[int] = 30  # syllables of a text
_READ: Final[int] = 160  # tokens read at once
_SHORTEST: Final[int] = 8  # places at the end of a window that are not worth a piece of a segment


@dataclass(frozen=True)
class Habits:
    """How often texts come about one way or another; chances in [0, 1]."""

    joined: float = 0.3  # the next clause follows without its mark
    unfinished: float = 0.25  # the text breaks off
    inside: float = 0.1  # it begins inside a clause
    known: float = 0.3  # the tokens before it are given
    first: float = 0.7  # of the ends of clauses nearby, the first is taken


@dataclass(frozen=True)
class MaskedText:
    """The readings of a text, (n,), of which a model sees the syllables, and the tokens before it."""

    known: Ids
    text: Ids

    @classmethod
    def of(cls, known: Sequence[int], text: Sequence[int]) -> MaskedText:
        return cls(np.array(known, dtype=np.int64)[-MOST_KNOWN:], np.array(text, dtype=np.int64))

    @property
    def cold(self) -> MaskedText:
        """Without the tokens before it."""
        return MaskedText(self.known[:0], self.text)

    def __len__(self) -> int:
        return 1 + len(self.known) + len(self.text)

    def written(self, vocabulary: Vocabulary) -> tuple[Ids, Ids]:
        """Return inputs and targets of its places, START first."""
        masked = len(vocabulary) + vocabulary.class_of_token[self.text]
        ignored = np.full(1 + len(self.known), IGNORED)
        return np.concatenate(([START_ID], self.known, masked)), np.concatenate((ignored, self.text))


def pack_masked(texts: Iterable[MaskedText], vocabulary: Vocabulary, block_size: int) -> Batch:
    """Return windows (n, block_size) of the texts one after the other; what is too long is left out."""
    rows: list[list[MaskedText]] = [[]]
    for text in texts:
        if len(text) > block_size:
            continue
        if sum(map(len, rows[-1])) + len(text) > block_size:
            rows.append([])
        rows[-1].append(text)
    shape = len(rows), block_size
    batch = Batch(np.full(shape, START_ID), np.full(shape, IGNORED), np.full(shape, -1))
    for row, members in enumerate(rows):
        end = 0
        for number, text in enumerate(members):
            begin, end = end, end + len(text)
            batch.inputs[row, begin:end], batch.targets[row, begin:end] = text.written(vocabulary)
            batch.segments[row, begin:end] = number
    return batch


class MaskedSampler:
    """A source of batches that are a pure function of (seed, step), like `WindowSampler`."""

    def __init__(
        self,
        shards: Shards,
        vocabulary: Vocabulary,
        block_size: int,
        weights: dict[str, float],
        seed: int = 0,
        habits: Habits | None = None,
    ) -> None:
        streams = {name: stream for name, stream in shards.streams.items() if len(stream) > _READ}
        sizes = np.array([len(stream) * weights.get(name, 1.0) for name, stream in streams.items()])
        if not sizes.any():
            raise ShardError(f"no source of a weight above 0 has more than {_READ} tokens")
        self._streams = list(streams.values())
        self._chances = np.cumsum(sizes / sizes.sum())
        self._vocabulary, self._n_special = vocabulary, vocabulary.n_special
        self._block_size, self._seed = block_size, seed
        self._habits = habits or Habits()

    def batch(self, step: int, first: int, last: int) -> Batch:
        """Return windows [first, last) of the global batch of `step`.

        Masked places hold n_token + class in `inputs` and their reading in `targets`.
        """
        rows = [self._window(np.random.default_rng((self._seed, step, i))) for i in range(first, last)]
        inputs, targets, segments = (np.stack(parts) for parts in zip(*rows, strict=True))
        return Batch(inputs, targets, segments)

    def _window(self, rng: np.random.Generator) -> tuple[Ids, Ids, Ids]:
        size = self._block_size
        inputs, segments = np.full(size, START_ID), np.zeros(size, np.int64)
        targets = np.full(size, IGNORED)
        place = number = 0
        while place < size:
            ids, wanted = self._segment(rng).written(self._vocabulary)
            end = min(place + len(ids), size)
            segments[place:] = number
            if end - place < len(ids) and 0 < place > size - _SHORTEST:
                break
            inputs[place:end], targets[place:end] = ids[: end - place], wanted[: end - place]
            place, number = end, number + 1
        return inputs, targets, segments

    def _segment(self, rng: np.random.Generator) -> MaskedText:
        """Return a text of at least one reading, cold mostly."""
        habits = self._habits
        while True:
            before, after = self._place(rng)
            text = self._text(rng, after)
            if len(text):
                break
        if rng.random() < habits.unfinished:
            text = text[: rng.integers(1, len(text) + 1)]
        if rng.random() < habits.inside:
            begin = int(rng.integers(len(text)))
            before, text = np.concatenate((before, text[:begin])), text[begin:]
        n_known = int(rng.integers(1, MOST_KNOWN + 1)) if rng.random() < habits.known else 0
        return MaskedText(before[len(before) - min(n_known, len(before)) :], text)

    def _place(self, rng: np.random.Generator) -> tuple[Ids, Ids]:
        """Return the tokens before and behind some end of a clause."""
        while True:
            stream = self._streams[int(np.searchsorted(self._chances, rng.random() * 0.999999))]
            begin = int(rng.integers(len(stream) - _READ))
            tokens = np.asarray(stream[begin : begin + _READ], dtype=np.int64)
            ends = np.flatnonzero(tokens[:_SEARCHED] < self._n_special)
            if len(ends):
                break
        is_first = rng.random() < self._habits.first
        end = int(ends[0] if is_first else rng.choice(ends)) + 1
        before = tokens[max(0, end - MOST_KNOWN) : end]
        starts = np.flatnonzero(before == START_ID)
        return before[int(starts[-1]) + 1 if len(starts) else 0 :], tokens[end:]

    def _text(self, rng: np.random.Generator, tokens: Ids) -> Ids:
        """Return the readings up to a mark, or further; nothing if a mark is first."""
        marks = np.flatnonzero(tokens < self._n_special)
        pieces, begin = [], 0
        for mark in (*marks.tolist(), len(tokens)):
            pieces.append(tokens[begin:mark])
            begin = mark + 1
            if len(pieces[-1]) == 0 or begin > _LONGEST or rng.random() >= self._habits.joined:
                break
            if tokens[mark : mark + 1] == START_ID:  # the end of a paragraph
                break
        return np.concatenate(pieces)[:_LONGEST]
