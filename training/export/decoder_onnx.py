"""Export the decoder as the graph that the engine runs: new rows against an arena of cached ones.

The names and shapes of inputs and outputs are `engine.model.decoder.Decoder`'s.
"""

from __future__ import annotations

import warnings
from pathlib import Path
from typing import Final

import onnx
import torch
from torch import Tensor, nn

from engine.model.bundle_writer import int8_rows
from training.model.decoder import DecoderModel, rms_norm

INPUTS: Final[tuple[str, ...]] = ("tokens", "positions", "kv_cache", "mask")
OUTPUTS: Final[tuple[str, ...]] = ("hidden", "class_log_probs", "kv")


class ArenaDecoder(nn.Module):
    """A decoder on rows of any histories, given their ancestors by a mask over an arena."""

    rows: Tensor

    def __init__(self, decoder: DecoderModel) -> None:
        super().__init__()
        self.decoder = decoder
        table, _ = decoder.table()
        # Rows are normed before anything else, so the scales of the int8 rows fall away.
        rows, _ = int8_rows(table.detach().float().numpy())
        self.register_buffer("rows", torch.from_numpy(rows))

    def forward(
        self, tokens: Tensor, positions: Tensor, kv_cache: Tensor, mask: Tensor
    ) -> tuple[Tensor, ...]:
        """Process rows; `engine.model.decoder.Decoder.forward` has the shapes."""
        cos, sin = self.decoder.rotary(positions)
        bias = torch.where(mask, 0.0, -1e9)  # (n, used + n)
        x = rms_norm(self.rows[tokens].float())
        new = []
        for layer, block in enumerate(self.decoder.blocks):
            q, k, v = block.attend(x, cos, sin)  # (n, n_head, head_size)
            new.append(self._row(torch.stack((k.flatten(1), v.flatten(1)), dim=1)))
            cached = kv_cache[:, layer, :, : self.decoder.config.n_attended]
            keys = torch.cat((cached[:, 0], k.flatten(1))).unflatten(1, k.shape[1:])
            values = torch.cat((cached[:, 1], v.flatten(1))).unflatten(1, v.shape[1:])
            scores = q.transpose(0, 1) @ keys.permute(1, 2, 0) * q.size(-1) ** -0.5 + bias
            attended = (scores.softmax(-1) @ values.transpose(0, 1)).transpose(0, 1).flatten(1)
            x = block.finish(x, attended)
        hidden = rms_norm(x)
        return hidden, self.decoder.class_head(hidden).log_softmax(-1), torch.stack(new, dim=1)

    def _row(self, kv: Tensor) -> Tensor:
        """Return rows as wide as the stream, (n, 2, n_embd); those of fewer heads end in zeros."""
        config = self.decoder.config
        missing = config.n_embd - config.n_attended
        return torch.nn.functional.pad(kv, (0, missing)) if missing else kv


def export_graph(decoder: DecoderModel, path: Path) -> None:
    """Write the fp32 graph (the input table is int8 by row) with dynamic numbers of rows."""
    config = decoder.config
    module = ArenaDecoder(decoder).eval()
    rows, used = 5, 7
    example = (
        torch.zeros(rows, dtype=torch.int64),
        torch.zeros(rows, dtype=torch.int64),
        torch.zeros(used, config.n_layer, 2, config.n_embd),
        torch.ones(rows, used + rows, dtype=torch.bool),
    )
    n, u = torch.export.Dim("n", min=1, max=4096), torch.export.Dim("used", min=0, max=1 << 16)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # the exporter's deprecations of its own parts
        program = torch.onnx.export(
            module,
            example,
            dynamo=True,
            input_names=list(INPUTS),
            output_names=list(OUTPUTS),
            dynamic_shapes=({0: n}, {0: n}, {0: u}, {0: n, 1: torch.export.Dim.AUTO}),
            opset_version=20,
            verbose=False,
        )
    onnx.save(program.model_proto, path)  # type: ignore[union-attr]
