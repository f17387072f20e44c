"""Cut a user's phrases into windows of token ids.

Phrases typed one after the other are one *chain*: the text before a phrase ends with the phrase before it.
Each epoch cuts the chains into pieces of various lengths, each begun cold like the windows of the base
training, and packs the pieces into windows in which they do not see each other.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import Vocabulary
from training.corpus.shards import IGNORED, START_ID, Batch
from training.evaluation.onnx_parity import tokens_of

SURROUNDING: Final[int] = 32  # characters before a phrase that are read, as the engine does
_GAP: Final[int] = 4  # characters, marks mostly, between two phrases of one chain
_PIECES: Final = ((24, 0.3), (40, 0.3), (64, 0.4))  # tokens of a piece and how often
_PADDING: Final[int] = -1  # the segment of places that hold nothing

ReadContext = Callable[[str], Sequence[int]]  # text to tokens, START first


@dataclass(frozen=True)
class Chain:
    """Token ids of running text; `typed` is True where the token was typed by the user and counts."""

    tokens: npt.NDArray[np.int64]
    typed: npt.NDArray[np.bool_]


def chains_of(cases: Sequence[Case], vocabulary: Vocabulary, read: ReadContext) -> list[Chain]:
    """Return the cases, in order, as running text, without those with a reading outside the vocabulary."""
    chains: list[Chain] = []
    tokens: list[int] = []
    typed: list[bool] = []
    before = ""  # the last case's text
    for case in cases:
        ids = tokens_of(case, vocabulary)
        if ids is None:
            continue
        gap = gap_after(before, case.context)
        if gap is None:
            _close(chains, tokens, typed)
            context = read(case.context)[1:]
            tokens, typed = list(context), [False] * len(context)
        else:
            marks = read(gap)[1:]
            tokens.extend(marks)
            typed.extend([True] * len(marks))
        tokens.extend(ids)
        typed.extend([True] * len(ids))
        before = case.hanzi
    _close(chains, tokens, typed)
    return chains


def _close(chains: list[Chain], tokens: list[int], typed: list[bool]) -> None:
    if any(typed):
        chains.append(Chain(np.array(tokens, dtype=np.int64), np.array(typed, dtype=np.bool_)))


def gap_after(before: str, context: str) -> str | None:
    """Return what stands between the phrase `before` and the end of `context`; None if not typed there.

    >>> gap_after("你好", "他说你好，")
    '，'
    """
    place = context.rfind(before) if before else -1
    gap = context[place + len(before) :]
    return None if place < 0 or len(gap) > _GAP or "\n" in gap else gap


def pack_windows(chains: Sequence[Chain], block_size: int, rng: np.random.Generator) -> Batch:
    """Return windows (n, block_size) with every token of the chains once, in an order drawn by `rng`."""
    pieces = [piece for chain in chains for piece in _cut(chain, block_size, rng)]
    rows: list[list[Chain]] = []
    room: list[int] = []
    for index in rng.permutation(len(pieces)):
        piece = pieces[index]
        size = len(piece.tokens)
        row = next((i for i in range(max(0, len(rows) - 8), len(rows)) if room[i] >= size), len(rows))
        if row == len(rows):
            rows.append([])
            room.append(block_size)
        rows[row].append(piece)
        room[row] -= size
    return _windows(rows, block_size)


def single_phrase_window(
    cases: Sequence[Case], vocabulary: Vocabulary, read: ReadContext, block_size: int
) -> Batch:
    """Return a window a case: the text before it, then the case, of which alone the targets are."""
    rows: list[list[Chain]] = []
    for case in cases:
        ids = tokens_of(case, vocabulary)
        if ids is None or len(ids) > block_size - 1:
            continue
        context = list(read(case.context)[1:])[len(ids) + 1 - block_size :] if case.context else []
        counts = np.array([False] * len(context) + [True] * len(ids))
        rows.append([Chain(np.array([*context, *ids], dtype=np.int64), counts)])
    return _windows(rows, max((len(row[0].tokens) for row in rows), default=1))


def _cut(chain: Chain, block_size: int, rng: np.random.Generator) -> list[Chain]:
    lengths = np.array([length for length, _ in _PIECES])
    chances = np.array([chance for _, chance in _PIECES])
    pieces, start = [], 0
    while start < len(chain.tokens):
        end = start + min(int(rng.choice(lengths, p=chances)), block_size - 1)
        pieces.append(Chain(chain.tokens[start:end], chain.typed[start:end]))
        start = end
    return [piece for piece in pieces if piece.typed.any()]


def _windows(rows: Sequence[Sequence[Chain]], block_size: int) -> Batch:
    shape = len(rows), block_size
    inputs = np.full(shape, START_ID, dtype=np.int64)
    targets = np.full(shape, IGNORED, dtype=np.int64)
    segments = np.full(shape, _PADDING, dtype=np.int64)
    for row, pieces in enumerate(rows):
        place = 0
        for number, piece in enumerate(pieces):
            end = place + len(piece.tokens)
            inputs[row, place + 1 : end] = piece.tokens[:-1]
            counts = piece.typed & (piece.tokens != START_ID)
            targets[row, place:end] = np.where(counts, piece.tokens, IGNORED)
            segments[row, place:end] = number
            place = end
    return Batch(inputs, targets, segments)
