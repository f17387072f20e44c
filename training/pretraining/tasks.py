"""Define what a run trains: a decoder or an encoder, each with its windows and its loss."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

import torch
from torch import nn

from engine.lexicon.vocabulary import Vocabulary
from training.corpus.shards import Batch, Shards, WindowSampler, note_on_weights
from training.model.decoder import DecoderModel
from training.model.encoder import EncoderModel, EncoderObjective
from training.model.losses import Objective, validation_batches
from training.pretraining.mlm_sampler import MaskedSampler
from training.pretraining.recipe import Recipe, RecipeError

_VALIDATED = 8, 32  # batches and windows of held-out text that an encoder is judged by


class Sampler(Protocol):
    """A source of batches."""

    def batch(self, step: int, first: int, last: int) -> Batch: ...


@dataclass(frozen=True)
class TrainingTask:
    """The task of a run.

    objective: summed losses (class, reading) of a batch; validation: held-out batches by name, one of them
    `all`; note: a sentence for whoever begins the run, or empty.
    """

    model: DecoderModel | EncoderModel
    objective: nn.Module
    sampler: Sampler
    validation: dict[str, list[Batch]]
    note: str


def task_of(
    recipe: Recipe, vocabulary: Vocabulary, data: Path, compiled: bool, device: torch.device
) -> TrainingTask:
    """Return the task of the recipe's kind. Raises RecipeError, ShardError."""
    settings, block_size = recipe.training, recipe.model.block_size
    shards, held_out = (Shards(data, split, vocabulary, block_size) for split in ("train", "valid"))
    note = note_on_weights(shards, recipe.weights)
    if recipe.kind == "decoder":
        decoder = DecoderModel(recipe.model, vocabulary).to(device)
        decoder.set_priors(torch.from_numpy(shards.counts(len(vocabulary))).to(device))
        return TrainingTask(
            decoder,
            Objective(decoder, compiled, settings.label_smoothing),
            WindowSampler(shards, block_size, recipe.weights, seed=settings.seed),
            validation_batches(held_out, block_size),
            note,
        )
    if settings.sharded:
        raise RecipeError("an encoder is trained as a copy on each rank; set training.sharded to false")
    encoder = EncoderModel(recipe.model, vocabulary).to(device)
    batches, windows = _VALIDATED
    judged = MaskedSampler(held_out, vocabulary, block_size, {}, seed=8)
    return TrainingTask(
        encoder,
        EncoderObjective(encoder, compiled, settings.label_smoothing),
        MaskedSampler(shards, vocabulary, block_size, recipe.weights, seed=settings.seed),
        {"all": [judged.batch(i, 0, windows) for i in range(batches)]},
        note,
    )
