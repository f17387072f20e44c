"""Choose which weights a fine-tuning run may change: the four modes.

full       everything
partial    the last `blocks` blocks (default 1) and what follows them: the class head
frozen     everything but the first `blocks` blocks (default all of them)
low-rank   a product of two thin matrices added to every matrix of the blocks, and the biases
           (LoRA: Hu et al. 2021, "LoRA: Low-Rank Adaptation of Large Language Models")
"""

from __future__ import annotations

import copy
import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import torch
from torch import Tensor, nn
from torch.nn.utils import parametrize

from engine.protocol import RetrainingMode
from training.errors import WorkshopError
from training.model.decoder import DecoderModel

_MATRICES: Final = ("qkv", "proj", "up", "down")


class ModeError(WorkshopError):
    """A mode that the decoder has not the blocks for."""


@dataclass(frozen=True)
class Adaptation:
    """A mode of training. `blocks`: see the modes above, 0 takes the default; `rank`: of low-rank."""

    mode: RetrainingMode = "full"
    blocks: int = 0
    rank: int = 16


class LowRank(nn.Module):
    """A matrix W that becomes W + up @ down; `up` starts at zero, so training starts at W itself."""

    def __init__(self, weight: Tensor, rank: int) -> None:
        super().__init__()
        rows, columns = weight.shape
        self.down = nn.Parameter(torch.randn(rank, columns, device=weight.device) / math.sqrt(columns))
        self.up = nn.Parameter(torch.zeros(rows, rank, device=weight.device))

    def forward(self, weight: Tensor) -> Tensor:
        return weight + self.up @ self.down


def prepare_adaptation(model: DecoderModel, adaptation: Adaptation) -> None:
    """Leave gradients on only what the mode trains. Raises ModeError."""
    n_block = len(model.blocks)
    if not 0 <= adaptation.blocks <= n_block:
        raise ModeError(f"blocks must be at most {n_block}, the decoder's, not {adaptation.blocks}")
    model.requires_grad_(adaptation.mode in ("full", "frozen"))
    if adaptation.mode == "partial":
        for block in model.blocks[n_block - (adaptation.blocks or 1) :]:
            block.requires_grad_(True)
        model.class_head.requires_grad_(True)
    elif adaptation.mode == "frozen":
        for block in model.blocks[: adaptation.blocks or n_block]:
            block.requires_grad_(False)
    elif adaptation.mode == "low-rank":
        for linear in _linears(model):
            parametrize.register_parametrization(linear, "weight", LowRank(linear.weight, adaptation.rank))
        for name, parameter in model.class_head.named_parameters():
            parameter.requires_grad_(name == "bias")
        model.reading_bias.requires_grad_(True)


def merge(model: DecoderModel) -> None:
    """Write low-rank products into the matrices that they were added to, and thaw everything."""
    for linear in _linears(model):
        if parametrize.is_parametrized(linear, "weight"):
            parametrize.remove_parametrizations(linear, "weight", leave_parametrized=True)
    model.requires_grad_(True)


@torch.no_grad()
def blend(original: DecoderModel, tuned: DecoderModel, share: float) -> DecoderModel:
    """Return a decoder at `share` of the way from the original's weights to the tuned ones'.

    Halfway there most of what was learnt is kept and much less of the rest is lost (Wortsman et al. 2022,
    "Robust fine-tuning of zero-shot models").
    """
    blended = copy.deepcopy(original)
    theirs = dict(tuned.named_parameters())
    for name, parameter in blended.named_parameters():
        parameter.lerp_(theirs[name].to(parameter.device), share)
    return blended


def trained_parameters(model: nn.Module) -> list[nn.Parameter]:
    """Return the parameters that have gradients, in a fixed order."""
    return [parameter for parameter in model.parameters() if parameter.requires_grad]


def _linears(model: DecoderModel) -> Iterator[nn.Linear]:
    for block in model.blocks:
        for name in _MATRICES:
            yield getattr(block, name)
