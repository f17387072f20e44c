"""Restore a decoder from its bundle: what a user has is enough to continue training.

The weights are those of the int8 graph and head, so a restored decoder differs from the trained one by the
rounding (0.2 points of accuracy, docs/parity.md) and from the shipped one not at all, but for a second
rounding when it is exported again.

The graph keeps the rows of the input table without their lengths, since a norm follows. With O the output
rows (head.npz) and C the vector of their syllable, the input rows are O + C, so C is the least-squares
solution of O + C = s R with one free length s a row.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
import onnx
import torch
from onnx import numpy_helper
from torch import Tensor

from engine.arrays import FloatArray
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from training.checkpoint_files import CheckpointError
from training.model.decoder import DecoderModel, ModelConfig, ReadingTable
from training.model.trained import Trained, load_trained


def load_weights(path: Path) -> Trained:
    """Return the decoder of a bundle's folder or of RUN/model.pt. Raises BundleError or CheckpointError."""
    return restore(path) if path.is_dir() else load_trained(path)


def restore(path: Path) -> Trained:
    """Return the decoder of the bundle in folder `path`, in fp32. Raises BundleError, CheckpointError."""
    bundle = Bundle.load(path)
    recipe = bundle.manifest.provenance.get("recipe", {})
    if "model" not in recipe:
        raise CheckpointError(f"the bundle in {path} does not say how its decoder was made; export it again")
    decoder = DecoderModel(ModelConfig(**recipe["model"]), bundle.vocabulary)
    arrays = {t.name: numpy_helper.to_array(t) for t in onnx.load(bundle.decoder_path).graph.initializer}
    try:
        _restore_products(decoder, arrays)
        rows = _input_rows(arrays, len(bundle.vocabulary))
    except (KeyError, StopIteration) as error:
        raise CheckpointError(
            f"{bundle.decoder_path} is not a graph of `training export` ({error})"
        ) from error
    _restore_table(decoder.table, bundle.vocabulary, rows, bundle.head_weight)
    with torch.no_grad():
        decoder.reading_bias.copy_(torch.from_numpy(bundle.head_bias))
    return Trained(decoder.eval(), bundle.vocabulary, bundle.manifest.provenance.get("training", {}), recipe)


@torch.no_grad()
def _restore_products(decoder: DecoderModel, arrays: dict[str, Any]) -> None:
    """Restore the matrices of the blocks and the class head; those of the tables are restored elsewhere."""
    for name, parameter in decoder.named_parameters():
        if name.startswith(("table.", "reading_bias")):
            continue
        parameter.copy_(constant(f"decoder.{name}", arrays))


def constant(name: str, arrays: dict[str, Any]) -> Tensor:
    """Return a bias as it is; a matrix from int8 columns (k, j) and their scales (j,), or from fp32."""
    if name in arrays:
        return torch.from_numpy(arrays[name].copy())
    if f"{name}.T.int8" in arrays:
        return torch.from_numpy((arrays[f"{name}.T.int8"] * arrays[f"{name}.T.scale"]).T.copy())
    return torch.from_numpy(arrays[f"{name}.T"].T.copy())


def _input_rows(arrays: dict[str, Any], n_token: int) -> FloatArray:
    """Return the one int8 table of that height, (n_token, n_embd); its rows have lost their lengths."""
    found = next(a for a in arrays.values() if a.dtype == np.int8 and a.ndim == 2 and len(a) == n_token)
    return found.astype(np.float32)


@torch.no_grad()
def _restore_table(table: ReadingTable, vocabulary: Vocabulary, rows: FloatArray, output: FloatArray) -> None:
    """Restore the parts of an output row; any split into its own and its hanzi's gives the same decoder."""
    by_class = class_vectors(rows, output, vocabulary.class_of_token, vocabulary.n_class)
    table.by_class.copy_(torch.from_numpy(by_class))
    whole = torch.from_numpy(output)
    n_reading = torch.bincount(table.hanzi, minlength=len(table.by_hanzi))[:, None]
    table.by_hanzi.zero_().index_add_(0, table.hanzi, whole).div_(n_reading)
    table.own.copy_(whole - table.by_hanzi[table.hanzi])


def class_vectors(
    rows: FloatArray, output: FloatArray, class_of_token: npt.NDArray[np.int32], n_class: int
) -> FloatArray:
    """Return C, (n_class, n_embd), such that output + C[class] has the directions of `rows`.

    With u the unit rows of one class and P = I - u u', (sum P) C = -sum P output.
    """
    n_embd = rows.shape[1]
    found = np.zeros((n_class, n_embd), dtype=np.float32)
    units = (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float64)
    for which in np.unique(class_of_token):
        u, o = units[class_of_token == which], output[class_of_token == which].astype(np.float64)
        if len(u) == 1:  # any length will do
            found[which] = u[0] * np.linalg.norm(o) - o[0]
            continue
        along = (u * o).sum(axis=1, keepdims=True)
        found[which] = np.linalg.solve(len(u) * np.eye(n_embd) - u.T @ u, (u * along - o).sum(axis=0))
    return found
