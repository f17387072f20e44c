"""Export the pinyin encoder as the graph and the tables that the engine runs.

The names and shapes of inputs are `engine.model.pinyin_encoder.PinyinEncoder`'s.
"""

from __future__ import annotations

import io
import tempfile
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
import onnx
import torch
from torch import Tensor, nn

from training.export.quantization import products_by_column, quantise_products
from training.model.decoder import rms_norm, rotary
from training.model.encoder import EncoderModel

TABLES: Final = ("by_class", "masked", "reading_bias")  # parameters that are no constants of the graph
INPUTS: Final[tuple[str, ...]] = ("rows", "positions", "places", "last", "last_but_one")


class QuestionedEncoder(nn.Module):
    """An encoder on one text, asked about some of its places."""

    def __init__(self, encoder: EncoderModel) -> None:
        super().__init__()
        self.encoder = encoder

    def forward(
        self, rows: Tensor, positions: Tensor, places: Tensor, last: Tensor, last_but_one: Tensor
    ) -> Tensor:
        """Return hidden states (m, n_embd), ready for the output table.

        rows: (n, n_embd); places: (m,), of the questions; last, last_but_one: (m, n_embd), rows of the tokens
        before them.
        """
        cos, sin = rotary(self.encoder.config, positions)
        x = rms_norm(rows)
        for block in self.encoder.blocks:
            q, k, v = (part.transpose(0, 1) for part in block.attend(x, cos, sin))
            scores = q @ k.transpose(1, 2) * q.size(-1) ** -0.5
            x = block.finish(x, (scores.softmax(-1) @ v).transpose(0, 1).flatten(1))
        return self.encoder.step(x[places], [rms_norm(last), rms_norm(last_but_one)]) * self.encoder.gain


def encoder_graph(encoder: EncoderModel) -> bytes:
    """Return the graph in int8 by row."""
    width = encoder.config.n_embd
    n, m = torch.export.Dim("n", min=1, max=4096), torch.export.Dim("m", min=1, max=1 << 16)
    example = (
        torch.zeros(5, width),
        torch.arange(5),
        torch.tensor([1, 2, 3]),
        torch.zeros(3, width),
        torch.zeros(3, width),
    )
    with warnings.catch_warnings(), tempfile.TemporaryDirectory() as folder:
        warnings.simplefilter("ignore")  # the exporter's deprecations of its own parts
        program = torch.onnx.export(
            QuestionedEncoder(encoder).eval(),
            example,
            dynamo=True,
            input_names=list(INPUTS),
            output_names=["hidden"],
            dynamic_shapes=({0: n}, {0: n}, {0: m}, {0: m}, {0: m}),
            opset_version=20,
            verbose=False,
        )
        path = Path(folder) / "encoder.onnx"
        onnx.save(program.model_proto, path)  # type: ignore[union-attr]
        model = products_by_column(onnx.load(path))
    return bytes(quantise_products(model).SerializeToString())


def encoder_tables(encoder: EncoderModel) -> bytes:
    """Return encoder.npz: what the encoder has beside its graph and the decoder's output table."""
    packed = io.BytesIO()
    tables = {"by_class": encoder.by_class, "masked": encoder.masked, "bias": encoder.reading_bias}
    arrays: dict[str, Any] = {
        name: value.detach().float().numpy().astype(np.float16) for name, value in tables.items()
    }
    np.savez_compressed(packed, **arrays)
    return packed.getvalue()
