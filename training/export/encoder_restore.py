"""An encoder to go on with: that of a run, or back from the bundle it ships in.

Knows the bundle's files and the encoder's parameters; knows nothing of training. As with a decoder
(`training.export.bundle_import`) the weights are those of the int8 graph.
"""

from __future__ import annotations

from pathlib import Path

import onnx
import torch
from onnx import numpy_helper

from engine.model.bundle import Bundle
from training.checkpoint_files import CheckpointError, read_checkpoint
from training.export.bundle_import import constant
from training.model.decoder import ModelConfig
from training.model.encoder import PinyinEncoder
from training.model.encoder_files import TrainedEncoder, load_encoder


def encoder_at(path: Path) -> TrainedEncoder | None:
    """The encoder of a bundle's folder or of RUN/model.pt; None where there is but a decoder."""
    if path.is_dir():
        return restore_encoder(path)
    saved = read_checkpoint(path)
    return load_encoder(path) if saved.get("recipe", {}).get("kind") == "encoder" else None


def restore_encoder(path: Path) -> TrainedEncoder | None:
    """The encoder of the bundle in folder `path` from its int8 graph, None where it has none.

    Raises BundleError, CheckpointError.
    """
    bundle = Bundle.load(path)
    tables, made = bundle.encoder_tables, bundle.manifest.provenance.get("encoder", {})
    if bundle.encoder_path is None or tables is None:
        return None
    if "model" not in made.get("recipe", {}):
        raise CheckpointError(f"the bundle in {path} does not say how its encoder was made; export it again")
    encoder = PinyinEncoder(ModelConfig(**made["recipe"]["model"]), bundle.vocabulary)
    graph = onnx.load(bundle.encoder_path).graph
    arrays = {tensor.name: numpy_helper.to_array(tensor) for tensor in graph.initializer}
    packed = {"by_class": tables.by_class, "masked": tables.masked, "reading_bias": tables.bias}
    with torch.no_grad():
        encoder.output.copy_(torch.from_numpy(bundle.head_weight))
        for name, parameter in encoder.named_parameters():
            found = torch.from_numpy(packed[name]) if name in packed else constant(f"encoder.{name}", arrays)
            parameter.copy_(found)
    return TrainedEncoder(encoder.eval(), path, made.get("training", {}), made["recipe"])
