"""Put new weights into the graph of a bundle: a fine-tuned decoder, in a second.

The graph is the base's node by node, so what is compared is the weights alone, and torch's exporter is not
needed where a decoder is fine-tuned.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import nn

from engine.model.bundle import Bundle
from engine.model.bundle_writer import int8_rows, write_bundle
from training.checkpoint_files import CheckpointError
from training.export.bundle_export import head
from training.model.trained import Trained


def rewrite(
    base: Bundle,
    trained: Trained,
    output: Path,
    name: str,
    provenance: dict[str, Any],
) -> None:
    """Write the bundle `base` with the weights of `trained` into the folder `output`.

    All else is the base's. Raises CheckpointError where its graph is not one of `training export`.
    """
    manifest = base.manifest
    weight, bias = head(trained.decoder)
    write_bundle(
        output,
        name=name,
        vocabulary=base.vocabulary,
        decoder=rewritten_graph(base.decoder_path, trained),
        head_weight=weight,
        head_bias=bias,
        n_layer=manifest.n_layer,
        n_head=manifest.n_head,
        block_size=manifest.block_size,
        provenance=provenance,
        ngram=base.ngram_path.read_bytes() if base.ngram_path else None,
        words=base.words_path.read_bytes() if base.words_path else None,
    )


def rewritten_graph(path: Path, trained: Trained) -> bytes:
    """Return the decoder's int8 graph at `path` with other weights in it. Raises CheckpointError."""
    constants, n_token = _constants(trained), len(trained.vocabulary)
    model = onnx.load(path)
    written = set()
    for tensor in model.graph.initializer:
        key = "rows" if _is_table(tensor, n_token) else tensor.name
        if key in constants:
            if tuple(tensor.dims) != constants[key].shape:
                raise CheckpointError(f"{path} holds another shape of {key} than the model's")
            tensor.CopyFrom(numpy_helper.from_array(constants[key], tensor.name))
            written.add(key)
    if missing := sorted(set(constants) - written):
        raise CheckpointError(f"{path} is not an int8 graph of `training export`: it has no {missing[0]}")
    return bytes(model.SerializeToString())


def _is_table(tensor: Any, n_token: int) -> bool:
    return tensor.data_type == onnx.TensorProto.INT8 and len(tensor.dims) == 2 and tensor.dims[0] == n_token


@torch.no_grad()
def _constants(trained: Trained) -> dict[str, npt.NDArray[Any]]:
    """Name of each constant of the int8 graph to its value; `rows`: the input table."""
    table, _ = trained.decoder.table()
    rows, _ = int8_rows(table.float().numpy())
    constants: dict[str, npt.NDArray[Any]] = {"rows": rows}
    for name, parameter in trained.decoder.named_parameters():
        if not name.startswith(("table.", "reading_bias")):
            constants |= _constants_of(f"decoder.{name}", parameter)
    return constants


@torch.no_grad()
def _constants_of(name: str, parameter: nn.Parameter) -> dict[str, npt.NDArray[Any]]:
    """Return the parameter as it stands in an int8 graph (see quantization.py: int8 by column)."""
    values = parameter.detach().float().numpy()
    if values.ndim < 2:
        return {name: values}
    integers, scale = int8_rows(values)
    return {f"{name}.T.int8": np.ascontiguousarray(integers.T), f"{name}.T.scale": scale}
