"""Load and save a trained model with its configuration, as it lies in a run's folder."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import torch

from engine.lexicon.vocabulary import Vocabulary
from training.checkpoint_files import CheckpointError, read_checkpoint, save_whole
from training.model.decoder import DecoderModel, ModelConfig


@dataclass(frozen=True)
class Trained:
    """A decoder with averaged weights in fp32, as `train` saved it."""

    decoder: DecoderModel
    vocabulary: Vocabulary
    progress: dict[str, Any]
    recipe: dict[str, Any]


def save_model(
    path: Path,
    config: ModelConfig,
    weights: Mapping[str, torch.Tensor],
    vocabulary: Vocabulary,
    progress: Mapping[str, Any],
    recipe: Mapping[str, Any],
) -> None:
    """Write the file that `load_trained` reads, the weights in bfloat16, whole or not at all."""
    saved = {
        "config": asdict(config),
        "weights": {name: value.to(torch.bfloat16) for name, value in weights.items()},
        "vocabulary": vocabulary.dumps(),
        "progress": progress,
        "recipe": recipe,
    }
    with save_whole(path) as file:
        torch.save(saved, file)


def load_trained(path: Path) -> Trained:
    """Read RUN/model.pt. Raises FileNotFoundError or CheckpointError, naming the file."""
    saved = read_checkpoint(path)
    if not {"config", "weights", "vocabulary", "progress", "recipe"} <= set(saved):
        raise CheckpointError(f"{path} is not the model.pt of a run; checkpoint.pt is for going on with it")
    vocabulary = Vocabulary.loads(saved["vocabulary"])
    decoder = DecoderModel(ModelConfig(**saved["config"]), vocabulary)
    missing, unexpected = decoder.load_state_dict(
        {name: value.float() for name, value in saved["weights"].items()}, strict=False
    )
    buffers = {name for name, _ in decoder.named_buffers()}
    if unexpected or set(missing) - buffers:
        raise CheckpointError(f"{path} does not fit this version: {sorted(unexpected)} {sorted(missing)}")
    return Trained(decoder.eval(), vocabulary, saved["progress"], saved["recipe"])
