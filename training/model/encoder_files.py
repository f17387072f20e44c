"""A trained pinyin encoder: read from its run, packed for a bundle.

Knows RUN/model.pt of an encoder and what a bundle wants; knows nothing of how it was trained.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import Vocabulary
from training.checkpoint_files import CheckpointError, read_checkpoint
from training.export.encoder_onnx import encoder_graph, encoder_tables
from training.model.decoder import ModelConfig
from training.model.encoder import PinyinEncoder

_FARTHEST: Final[float] = 0.02  # mean distance of two output tables, in standard deviations: rounding only


@dataclass(frozen=True)
class TrainedEncoder:
    """An encoder with averaged weights in fp32, as `train` saved it."""

    encoder: PinyinEncoder
    path: Path
    progress: dict[str, Any]
    recipe: dict[str, Any]

    @property
    def provenance(self) -> dict[str, Any]:
        """What the manifest says of it."""
        return {"encoder": {"training": self.progress, "recipe": self.recipe}}

    def packed(self, output: npt.NDArray[np.float32]) -> tuple[bytes, bytes]:
        """Graph and tables for a bundle whose decoder has the output table `output`, (n_token, n_embd).

        Raises CheckpointError where the encoder was trained for another one.
        """
        ours = self.encoder.output.numpy()
        if ours.shape != output.shape or np.abs(ours - output).mean() > _FARTHEST * output.std():
            raise CheckpointError(
                f"the encoder in {self.path} was trained for another decoder; train one with --begin on this"
            )
        return encoder_graph(self.encoder), encoder_tables(self.encoder)


def load_encoder(path: Path) -> TrainedEncoder:
    """Read RUN/model.pt. Raises FileNotFoundError or CheckpointError, naming the file."""
    saved = read_checkpoint(path)
    if "weights" not in saved or saved.get("recipe", {}).get("kind") != "encoder":
        raise CheckpointError(f"{path} is not the model.pt of an encoder's run")
    encoder = PinyinEncoder(ModelConfig(**saved["config"]), Vocabulary.loads(saved["vocabulary"]))
    missing, unexpected = encoder.load_state_dict(
        {name: value.float() for name, value in saved["weights"].items()}, strict=False
    )
    buffers = {name for name, _ in encoder.named_buffers()} - {"output"}
    if unexpected or set(missing) - buffers:
        raise CheckpointError(f"{path} does not fit this version: {sorted(unexpected)} {sorted(missing)}")
    return TrainedEncoder(encoder.eval(), path, saved["progress"], saved["recipe"])
