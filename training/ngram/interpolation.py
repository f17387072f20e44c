"""Fit how much of the n-gram goes into the mix with a decoder, on held-out text.

The development sets have no part in it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import torch

from engine.arrays import DoubleArray, dump_arrays
from engine.lexicon.vocabulary import SPECIALS, START
from engine.model.ngram import EMPTY, NgramModel, read_arrays
from engine.model.ngram_file import LEVELS
from training.corpus.shards import Batch, Shards, WindowSampler
from training.model.trained import Trained

_START: Final[int] = SPECIALS.index(START)


def fit_weights(trained: Trained, ngram: NgramModel, data: Path, sources: dict[str, float]) -> list[float]:
    """Return the mixing weights that make held-out readings likeliest (EM, 30 rounds): one for all depths.

    A weight for each depth of context fits held-out text better by 0.017 nats and other text worse by 0.010
    (docs/experiments/ngram.md): it learns how far the n-gram can be trusted on its own kind of text.
    `sources` are the weights of the sources in the held-out windows, as in training.
    """
    block_size = trained.decoder.config.block_size
    shards = Shards(data, "valid", trained.vocabulary, block_size)
    sampler = WindowSampler(shards, block_size, sources, seed=11)
    rows = np.concatenate([held_out_rows(trained, ngram, sampler.batch(i, 0, 32)) for i in range(6)])
    decoder, counted = np.exp(rows.T)
    weight = 0.5
    for _ in range(30):
        share = weight * counted
        weight = float(np.mean(share / (share + (1 - weight) * decoder)))
    return [weight] * LEVELS


@torch.no_grad()
def held_out_rows(trained: Trained, ngram: NgramModel, batch: Batch) -> DoubleArray:
    """Return log P by the decoder and by the n-gram of every reading of the batch, (n, 2)."""
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
            rows.append((log_prob, counted))
    return np.array(rows)


def _reading_log_prob(trained: Trained, hidden: torch.Tensor, table: torch.Tensor, target: int) -> float:
    syllable = trained.vocabulary.syllable_of_token(target)
    start, end = trained.vocabulary.reading_range(syllable, syllable + 1)
    logits = table[start:end] @ hidden + trained.decoder.reading_bias[start:end]
    return float(logits.log_softmax(0)[target - start])


def with_weights(path: Path, weights: list[float] | None = None) -> bytes:
    """Return an n-gram file for a bundle: the one at `path`, of whatever form, with these mixing weights
    where some are given. The file itself stays as it is."""
    arrays = read_arrays(path)
    if weights is not None:
        arrays["weights"] = np.array(weights, dtype=np.float32)
    return dump_arrays(arrays)
