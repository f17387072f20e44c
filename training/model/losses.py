"""Define what is minimised: the decoder's factored loss, in training and on held-out text."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from training.corpus.shards import IGNORED, Batch, Shards, WindowSampler
from training.model.decoder import DecoderModel, reading_loss


class Objective(nn.Module):
    """The decoder with its factored loss, as one module whose gradients ranks can share."""

    def __init__(self, decoder: DecoderModel, compiled: bool, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.decoder = decoder
        self._label_smoothing = label_smoothing
        self._body = torch.compile(decoder) if compiled else decoder
        self._starts = decoder.syllable_starts.cpu().numpy()
        self._n_special = int(self._starts[0])

    def forward(self, inputs: Tensor, targets: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Return summed losses in nats (class, reading) over the targets that count; inputs: (B, T).

        Labels are smoothed while the decoder trains, and as they are when it is judged.
        """
        smoothing = self._label_smoothing if self.decoder.training else 0.0
        hidden, table = self._body(inputs, segments)
        kept = targets.flatten() != IGNORED
        hidden, targets = hidden.flatten(0, 1)[kept], targets.flatten()[kept]
        class_logits = self.decoder.class_head(hidden).float()
        classes = self.decoder.table.classes[targets]
        class_loss = F.cross_entropy(class_logits, classes, reduction="sum", label_smoothing=smoothing)
        hanzi = targets >= self._n_special
        table, bias = table.to(hidden.dtype), self.decoder.reading_bias
        losses = reading_loss(hidden[hanzi], table, bias, targets[hanzi], self._starts, smoothing)
        return class_loss, losses.sum()


def validation_batches(shards: Shards, block_size: int, windows: int = 8) -> dict[str, list[Batch]]:
    """Return fixed windows of held-out text: `windows` of each source, and `all` for a mix by size."""
    batches = {}
    for name, stream in shards.streams.items():
        sampler = WindowSampler(_Only(name, stream), block_size, {}, seed=7)
        batches[name] = [sampler.batch(0, 0, windows)]
    everything = WindowSampler(shards, block_size, {}, seed=8)
    return {"all": [everything.batch(i, 0, 32) for i in range(8)], **batches}


class _Only(Shards):
    def __init__(self, name: str, stream: Any) -> None:
        self.streams = {name: stream}


def is_half_fast(device: torch.device) -> bool:
    """Return whether the hardware multiplies in bfloat16.

    A processor that has to emulate it takes some fifty times as long as in float32.
    """
    return device.type == "cuda" or bool(torch.cpu._is_avx512_bf16_supported())


@torch.no_grad()
def mean_loss(
    objective: nn.Module, batches: list[Batch], device: torch.device, in_bfloat16: bool = True
) -> float:
    """Return nats a token of the batches' targets."""
    total = count = 0.0
    for batch in batches:
        with torch.autocast(device.type, torch.bfloat16, enabled=in_bfloat16):
            total += float(sum(loss.item() for loss in objective(*tensors_of(batch, device))))
        count += int((batch.targets != IGNORED).sum())
    return total / count


def tensors_of(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    """Return inputs, targets and segments of a batch on the device."""
    parts = (batch.inputs, batch.targets, batch.segments)
    return tuple(torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in parts)  # type: ignore[return-value]
