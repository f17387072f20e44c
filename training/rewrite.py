"""New weights into the graph of a bundle: a fine-tuned decoder as a bundle, in a second.

Knows the names that `training export` gives to constants; knows nothing of training. The graph is
the base's node by node, so what is compared is the weights alone, and torch's exporter is not
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

from engine.bundle import Bundle, write_bundle
from training.export import Trained, head
from training.files import CheckpointError
from training.graph import quantise_rows

Floats = npt.NDArray[np.float32]


def rewrite(base: Bundle, trained: Trained, output: Path, name: str, provenance: dict[str, Any]) -> None:
    """Write the bundle `base` with the weights of `trained` into the folder `output`.

    Vocabulary, n-gram and encoder are the base's. Raises CheckpointError where the graph is not one of
    `training export`.
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
        encoder=base.encoder_files,
    )


def rewritten_graph(path: Path, trained: Trained) -> bytes:
    """The int8 graph at `path` with other weights in it. Raises CheckpointError."""
    model = onnx.load(path)
    constants = _constants(trained)
    written = set()
    for tensor in model.graph.initializer:
        key = "rows" if _is_table(tensor, len(trained.vocabulary)) else tensor.name
        if key in constants:
            if tuple(tensor.dims) != constants[key].shape:
                raise CheckpointError(f"{path} holds another shape of {key} than the decoder's")
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
    rows, _ = quantise_rows(table.float().numpy())
    constants: dict[str, npt.NDArray[Any]] = {"rows": rows}
    for name, parameter in trained.decoder.named_parameters():
        if name.startswith(("table.", "reading_bias")):
            continue
        values = parameter.detach().float().numpy()
        if values.ndim == 1:
            constants[f"decoder.{name}"] = values
        else:  # see training.quantise: int8 by column, the columns being the outputs
            integers, scale = quantise_rows(values)
            constants[f"decoder.{name}.T.int8"] = np.ascontiguousarray(integers.T)
            constants[f"decoder.{name}.T.scale"] = scale
    return constants
