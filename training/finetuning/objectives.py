"""Define how the decoder is tuned on a user's phrases: windows, loss, distance from the original."""

from __future__ import annotations

import copy
from collections.abc import Sequence

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from training.corpus.shards import IGNORED, Batch
from training.finetuning.phrase_windows import Chain, pack_windows
from training.model.adaptation import Adaptation, prepare_adaptation
from training.model.decoder import DecoderModel, reading_loss
from training.model.losses import tensors_of


class TunedDecoder:
    """A copy of the decoder that learns from the chains how the user continues, beside its original.

    The decoder given is not changed. `seed` is for the low-rank products, which begin at random.
    """

    def __init__(
        self,
        decoder: DecoderModel,
        adaptation: Adaptation,
        chains: Sequence[Chain],
        device: torch.device | None = None,
        seed: int = 1,
    ) -> None:
        torch.manual_seed(seed)
        self.model = copy.deepcopy(decoder)
        self.device = device or torch.device("cpu")
        self._chains = chains
        self._original = copy.deepcopy(decoder).to(self.device).eval().requires_grad_(False)
        self._starts = decoder.syllable_starts.cpu().numpy()
        prepare_adaptation(self.model, adaptation)
        self.model.to(self.device)

    def epoch(self, rng: np.random.Generator) -> Batch:
        """Return windows (n, block_size) of everything that is learnt from, in an order drawn by `rng`."""
        return pack_windows(self._chains, self.model.config.block_size, rng)

    def loss(self, batch: Batch) -> Tensor:
        """Return summed -log P of the targets, in nats."""
        hidden, table, targets = self._forward(self.model, batch)
        classes = self.model.table.classes[targets]
        loss = F.cross_entropy(self.model.class_head(hidden).float(), classes, reduction="sum")
        hanzi = targets >= int(self._starts[0])
        table, bias = table.to(hidden.dtype), self.model.reading_bias
        return loss + reading_loss(hidden[hanzi], table, bias, targets[hanzi], self._starts).sum()

    def distance(self, batch: Batch) -> Tensor:
        """Return the mean KL divergence from the original's distributions, in nats a target."""
        found = self._distributions(self.model, batch)
        with torch.no_grad():
            wanted = self._distributions(self._original, batch)
        distances = [_divergence(*pair) for pair in zip(found, wanted, strict=True)]
        return (distances[0] + distances[1]) / len(found[0])

    def _distributions(self, decoder: DecoderModel, batch: Batch) -> tuple[Tensor, Tensor]:
        """Log P of all classes, and of the readings of each target's class."""
        hidden, table, targets = self._forward(decoder, batch)
        readings = _within_class(hidden, table, decoder.reading_bias, decoder.table.classes, targets)
        return decoder.class_head(hidden).float().log_softmax(-1), readings

    def _forward(self, decoder: DecoderModel, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        """Return hidden states (n, n_embd) of the n places that count, the output table, targets (n,)."""
        inputs, targets, segments = tensors_of(batch, self.device)
        kept = targets.flatten() != IGNORED
        hidden, table = decoder(inputs, segments)
        return hidden.flatten(0, 1)[kept], table, targets.flatten()[kept]


def _within_class(hidden: Tensor, table: Tensor, bias: Tensor, classes: Tensor, targets: Tensor) -> Tensor:
    """Return log P of all tokens of the class of each target, (n, n_token) (elsewhere -1e4)."""
    logits = (hidden @ table.to(hidden.dtype).T).float() + bias
    inside = classes[None] == classes[targets][:, None]
    return logits.masked_fill(~inside, -1e4).log_softmax(-1)


def _divergence(found: Tensor, wanted: Tensor) -> Tensor:
    return F.kl_div(found, wanted, reduction="sum", log_target=True)
