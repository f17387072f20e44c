"""Run the trained decoder in PyTorch behind the engine's `Decoder` protocol.

It measures what export and quantisation cost: the very same search, another arithmetic.
"""

from __future__ import annotations

import torch

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.model.decoder import DecoderOutput
from training.export.decoder_onnx import ArenaDecoder
from training.model.decoder import DecoderModel


class TorchDecoder:
    """A decoder in PyTorch. `exact_table` takes the fp32 input table, not the int8 one."""

    def __init__(self, decoder: DecoderModel, exact_table: bool = True) -> None:
        self._module = ArenaDecoder(decoder)
        with torch.no_grad():
            table_in, table_out = decoder.table()
        if exact_table:
            self._module.rows = table_in.detach()
        self._weight, self._bias = table_out.numpy(), decoder.reading_bias.detach().numpy()
        self.n_layer, self.n_embd = decoder.config.n_layer, decoder.config.n_embd
        self.n_token, self.n_class = len(self._weight), decoder.n_class

    @torch.no_grad()
    def forward(
        self, tokens: IntArray, positions: IntArray, kv_cache: FloatArray, mask: BoolArray
    ) -> DecoderOutput:
        """Process rows as `engine.model.decoder.Decoder.forward` does."""
        arrays = (tokens, positions, kv_cache, mask)
        return DecoderOutput(*(out.numpy() for out in self._module(*map(torch.from_numpy, arrays))))

    def reading_logits(self, hidden: FloatArray, start: int, end: int) -> FloatArray:
        """Return logits as `engine.model.decoder.Decoder.reading_logits` does."""
        logits: FloatArray = hidden @ self._weight[start:end].T + self._bias[start:end]
        return logits
