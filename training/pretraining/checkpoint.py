"""Write and read the files of a run, each whole or not at all, and check that they fit a recipe.

The files are RUN/checkpoint.pt and RUN/model.pt. A checkpoint does not depend on the number of ranks that
wrote it.
"""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path

import torch

from engine.lexicon.vocabulary import Vocabulary
from training.checkpoint_files import CheckpointError, read_checkpoint, save_whole
from training.model.decoder import ModelConfig
from training.model.trained import Trained, save_model
from training.pretraining.distributed import Ranks
from training.pretraining.recipe import Recipe
from training.pretraining.train_state import RunState


def save(state: RunState, recipe: Recipe, vocabulary: Vocabulary, run: Path, ranks: Ranks) -> None:
    """Write the averaged model and the checkpoint. Every rank has to call it; the first one writes.

    The model is first: a run killed between the two computes it once more. The other way round, with
    `patience`, a checkpoint would count weights as the best that no file holds.
    """
    dumped = state.dump(kept=ranks.is_first)
    if not ranks.is_first:
        return
    if not (recipe.training.patience and state.worse):  # model.pt keeps the best weights
        model = recipe.model, dumped["average"], vocabulary, state.progress(), asdict(recipe)
        save_model(run / "model.pt", *model)
    with save_whole(run / "checkpoint.pt") as file:
        torch.save(dumped | {"recipe": asdict(recipe), "vocabulary_hash": vocabulary.hash}, file)


def resume(state: RunState, recipe: Recipe, vocabulary: Vocabulary, run: Path, ranks: Ranks) -> bool:
    """Go on from RUN/checkpoint.pt if there is one; rates and weight decay are the recipe's.

    Raises CheckpointError for another vocabulary, shape or optimiser, RunError where the ranks differ.
    """
    path = run / "checkpoint.pt"
    found = path.exists()
    if found:
        saved = read_checkpoint(path)  # into the memory of the host; a device may hold a part only
        if saved["vocabulary_hash"] != vocabulary.hash:
            raise CheckpointError(
                f"{path} was trained with another vocabulary; choose another --output folder"
            )
        if ModelConfig(**saved["recipe"]["model"]) != recipe.model:
            raise CheckpointError(f"{path} holds a model of another shape; choose another --output folder")
        optimiser = saved["recipe"]["training"].get("optimiser", "muon")
        if optimiser != recipe.training.optimiser:
            raise CheckpointError(f"{path} was trained by {optimiser}; set training.optimiser to it")
        state.load(saved)
    ranks.check_step(state.step, run)
    return found


def check_begin(trained: Trained, vocabulary: Vocabulary) -> None:
    """Raise CheckpointError unless a run over shards of this vocabulary can begin with these weights."""
    if trained.vocabulary.hash != vocabulary.hash:
        raise CheckpointError("the weights to begin with are for another vocabulary than the shards")
