"""Define what is tuned on a user's phrases: the decoder, and the pinyin encoder of the second pass.

Each has the windows that it learns from, its loss, and its distance from the original.
"""

from __future__ import annotations

import copy
from abc import ABC, abstractmethod
from collections.abc import Sequence
from typing import Final, Generic

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor

from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import Vocabulary
from training.corpus.shards import IGNORED, Batch
from training.evaluation.onnx_parity import tokens_of
from training.finetuning.phrase_windows import Chain, ReadContext, pack_windows
from training.model.adaptation import Adaptation, Model, prepare_adaptation
from training.model.decoder import DecoderModel, reading_loss
from training.model.encoder import EncoderModel
from training.pretraining.mlm_sampler import MaskedText, pack_masked

_KNOWN: Final[float] = 0.7  # of the phrases are learnt behind the text before them, the others cold


class TunedModel(ABC, Generic[Model]):
    """A copy of a model that is tuned, beside its original. The model given is not changed.

    `seed` is for the low-rank products, which begin at random.
    """

    def __init__(self, model: Model, adaptation: Adaptation, device: torch.device | None, seed: int) -> None:
        torch.manual_seed(seed)
        self.model: Model = copy.deepcopy(model)
        self.device = device or torch.device("cpu")
        self._original: Model = copy.deepcopy(model).to(self.device).eval().requires_grad_(False)
        self._starts = model.syllable_starts.cpu().numpy()
        prepare_adaptation(self.model, adaptation)
        self.model.to(self.device)

    @abstractmethod
    def epoch(self, rng: np.random.Generator) -> Batch:
        """Return windows (n, block_size) of everything that is learnt from, in an order drawn by `rng`."""

    @abstractmethod
    def loss(self, batch: Batch) -> Tensor:
        """Return summed -log P of the targets, in nats."""

    @abstractmethod
    def distance(self, batch: Batch) -> Tensor:
        """Return the mean KL divergence from the original's distributions, in nats a target."""

    def _tensors(self, batch: Batch) -> tuple[Tensor, Tensor, Tensor]:
        parts = (batch.inputs, batch.targets, batch.segments)
        inputs, targets, segments = (torch.from_numpy(part).to(self.device) for part in parts)
        return inputs, targets, segments


class TunedDecoder(TunedModel[DecoderModel]):
    """The decoder, which learns from the chains how the user continues."""

    def __init__(
        self,
        decoder: DecoderModel,
        adaptation: Adaptation,
        chains: Sequence[Chain],
        device: torch.device | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__(decoder, adaptation, device, seed)
        self._chains = chains

    def epoch(self, rng: np.random.Generator) -> Batch:
        return pack_windows(self._chains, self.model.config.block_size, rng)

    def loss(self, batch: Batch) -> Tensor:
        hidden, table, targets = self._forward(self.model, batch)
        classes = self.model.table.classes[targets]
        loss = F.cross_entropy(self.model.class_head(hidden).float(), classes, reduction="sum")
        hanzi = targets >= int(self._starts[0])
        table, bias = table.to(hidden.dtype), self.model.reading_bias
        return loss + reading_loss(hidden[hanzi], table, bias, targets[hanzi], self._starts).sum()

    def distance(self, batch: Batch) -> Tensor:
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
        inputs, targets, segments = self._tensors(batch)
        kept = targets.flatten() != IGNORED
        hidden, table = decoder(inputs, segments)
        return hidden.flatten(0, 1)[kept], table, targets.flatten()[kept]


class TunedEncoder(TunedModel[EncoderModel]):
    """The pinyin encoder, which learns the phrases' hanzi given their syllables.

    `table` is the tuned decoder's output table (n_token, n_embd), which it has to work with from then on.
    """

    def __init__(
        self,
        encoder: EncoderModel,
        adaptation: Adaptation,
        texts: Sequence[MaskedText],
        table: Tensor,
        device: torch.device | None = None,
        seed: int = 1,
    ) -> None:
        super().__init__(encoder, adaptation, device, seed)
        self.model.output.copy_(table)
        self._texts = texts

    def epoch(self, rng: np.random.Generator) -> Batch:
        chosen = (self._texts[index] for index in rng.permutation(len(self._texts)))
        texts = [text if rng.random() < _KNOWN else text.cold for text in chosen]
        return pack_masked(texts, self.model.vocabulary, self.model.config.block_size)

    def loss(self, batch: Batch) -> Tensor:
        hidden, targets = self._forward(self.model, batch)
        table, bias = self.model.output.to(hidden.dtype), self.model.reading_bias
        return reading_loss(hidden, table, bias, targets, self._starts).sum()

    def distance(self, batch: Batch) -> Tensor:
        found = self._distributions(self.model, batch)
        with torch.no_grad():
            wanted = self._distributions(self._original, batch)
        return _divergence(found, wanted) / len(found)

    def _distributions(self, encoder: EncoderModel, batch: Batch) -> Tensor:
        hidden, targets = self._forward(encoder, batch)
        return _within_class(hidden, encoder.output, encoder.reading_bias, encoder.classes, targets)

    def _forward(self, encoder: EncoderModel, batch: Batch) -> tuple[Tensor, Tensor]:
        """Return hidden states (n, n_embd) of the n masked places, and their targets (n,)."""
        inputs, targets, segments = self._tensors(batch)
        kept = targets.flatten() != IGNORED
        return encoder(inputs, targets, segments).flatten(0, 1)[kept], targets.flatten()[kept]


def masked_texts(cases: Sequence[Case], vocabulary: Vocabulary, read: ReadContext) -> list[MaskedText]:
    """Return the cases behind what stood before them, without those with a reading outside the vocabulary."""
    found = []
    for case in cases:
        ids = tokens_of(case, vocabulary)
        if ids is not None:
            found.append(MaskedText.of(read(case.context)[1:] if case.context else (), ids))
    return found


def _within_class(hidden: Tensor, table: Tensor, bias: Tensor, classes: Tensor, targets: Tensor) -> Tensor:
    """Return log P of all tokens of the class of each target, (n, n_token) (elsewhere -1e4)."""
    logits = (hidden @ table.to(hidden.dtype).T).float() + bias
    inside = classes[None] == classes[targets][:, None]
    return logits.masked_fill(~inside, -1e4).log_softmax(-1)


def _divergence(found: Tensor, wanted: Tensor) -> Tensor:
    return F.kl_div(found, wanted, reduction="sum", log_target=True)
