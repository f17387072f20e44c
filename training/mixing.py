"""How much of the n-gram goes into the mix with a decoder: fitted on held-out text.

Knows both models' probabilities of held-out readings; the development sets have no part in it.
"""

from __future__ import annotations

import io
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
import torch

from engine.ngram import EMPTY, LEVELS, NgramModel
from engine.vocabulary import SPECIALS, START
from training.data import Batch, Shards, WindowSampler
from training.export import Trained

_START: Final[int] = SPECIALS.index(START)
Rows = npt.NDArray[np.float64]


def fit_weights(trained: Trained, ngram: NgramModel, data: Path, sources: dict[str, float]) -> list[float]:
    """The mixing weights, by depth, that make held-out readings likeliest (EM, 30 rounds).

    `sources`: weights of the sources in the held-out windows, as in training.
    """
    block_size = trained.decoder.config.block_size
    shards = Shards(data, "valid", trained.vocabulary, block_size)
    sampler = WindowSampler(shards, block_size, sources, seed=11)
    rows = np.concatenate([held_out_rows(trained, ngram, sampler.batch(i, 0, 32)) for i in range(6)])
    depth, decoder, counted = rows[:, 0].astype(int), np.exp(rows[:, 1]), np.exp(rows[:, 2])
    weights = np.full(LEVELS, 0.5)
    for _ in range(30):
        share = weights[depth] * counted
        share /= share + (1 - weights[depth]) * decoder
        sums, numbers = (np.bincount(depth, values, LEVELS) for values in (share, np.ones_like(share)))
        # As if 20 more readings had been seen at half and half: depth 0 is rare.
        weights = (sums + 10) / (numbers + 20)
    return [float(weight) for weight in weights]


@torch.no_grad()
def held_out_rows(trained: Trained, ngram: NgramModel, batch: Batch) -> Rows:
    """(n, 3): depth, log P by the decoder, log P by the n-gram of every reading of the batch."""
    arrays = torch.from_numpy(batch.inputs), torch.from_numpy(batch.segments)
    hidden, table = trained.decoder(*arrays)
    classes = trained.decoder.class_head(hidden).log_softmax(-1).numpy()
    rows = []
    for row, targets in enumerate(batch.targets):
        state = EMPTY
        for column, target in enumerate(targets.tolist()):
            token = int(batch.inputs[row, column])
            state = ngram.state(state, token) if ngram.is_counted(token) else ngram.state(EMPTY, _START)
            if target < trained.vocabulary.n_special:
                continue
            log_prob = _reading_log_prob(trained, hidden[row, column], table, target)
            log_prob += float(classes[row, column, trained.vocabulary.class_of_token[target]])
            counted = float(ngram.log_probs([state], target, target + 1)[0, 0])
            rows.append((ngram.depth(state), log_prob, counted))
    return np.array(rows)


def _reading_log_prob(trained: Trained, hidden: torch.Tensor, table: torch.Tensor, target: int) -> float:
    syllable = trained.vocabulary.syllable_of_token(target)
    start, end = trained.vocabulary.reading_range(syllable, syllable + 1)
    logits = table[start:end] @ hidden + trained.decoder.reading_bias[start:end]
    return float(logits.log_softmax(0)[target - start])


def with_weights(path: Path, weights: list[float]) -> bytes:
    """The n-gram file with these mixing weights in it; the file itself stays as it is."""
    with np.load(path, allow_pickle=False) as arrays:
        held = dict(arrays)
    held["weights"] = np.array(weights, dtype=np.float32)
    packed = io.BytesIO()
    np.savez_compressed(packed, **held)
    return packed.getvalue()
