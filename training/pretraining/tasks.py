"""Define what a run trains: a decoder, with its windows and its loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from engine.lexicon.vocabulary import Vocabulary
from training.corpus.shards import Batch, Shards, WindowSampler, note_on_weights
from training.model.decoder import DecoderModel
from training.model.losses import Objective, validation_batches
from training.pretraining.recipe import Recipe


class Sampler(Protocol):
    """A source of batches."""

    def batch(self, step: int, first: int, last: int) -> Batch: ...


@dataclass(frozen=True)
class TrainingTask:
    """The task of a run.

    objective: summed losses (class, reading) of a batch; validation: held-out batches by name, one of them
    `all`; note: a sentence for whoever begins the run, or empty.
    """

    model: DecoderModel
    objective: nn.Module
    sampler: Sampler
    validation: dict[str, list[Batch]]
    note: str


def task_of(
    recipe: Recipe, vocabulary: Vocabulary, data: Path, compiled: bool, device: torch.device
) -> TrainingTask:
    """Return the task of the recipe. Raises ShardError."""
    settings, block_size = recipe.training, recipe.model.block_size
    shards, held_out = (Shards(data, split, vocabulary, block_size) for split in ("train", "valid"))
    decoder = DecoderModel(recipe.model, vocabulary).to(device)
    decoder.set_priors(torch.from_numpy(shards.counts(len(vocabulary))).to(device))
    return TrainingTask(
        decoder,
        Objective(decoder, compiled, settings.label_smoothing),
        WindowSampler(shards, block_size, recipe.weights, seed=settings.seed),
        validation_batches(held_out, block_size),
        note_on_weights(shards, recipe.weights),
    )
