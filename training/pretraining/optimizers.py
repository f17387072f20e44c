"""Make the optimisers that a recipe may name.

The matrices of the blocks take `learning_rate`, everything else (tables, heads, biases) `embedding_rate`.

    muon     the matrices by Muon (Jordan et al. 2024), the rest by AdamW: what the shipped decoder had;
             where the matrices lie in parts over several ranks, by SharedMuon
    adamw    all by AdamW (Loshchilov & Hutter 2019); rates of some 0.001
    adam     all by Adam (Kingma & Ba 2015): weight decay is a part of the gradient
    sgd      all by stochastic gradient descent with Nesterov's momentum; rates of some 0.1
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.distributed.tensor import DTensor

from training.model.decoder import DecoderModel
from training.pretraining.optimizer_sharding import SharedMuon
from training.pretraining.recipe import TrainingConfig

AnyOptimiser = torch.optim.Optimizer | SharedMuon
_BETAS = (0.9, 0.98)
_MOMENTUM = 0.95


def optimisers_of(model: DecoderModel, settings: TrainingConfig) -> list[AnyOptimiser]:
    """Return one or two optimisers; each group holds the rate of the recipe as `base_rate`."""
    matrices = model.matrices()
    chosen = {id(p) for p in matrices}
    others = [p for p in model.parameters() if id(p) not in chosen]
    found = _made(settings, matrices, others)
    for optimiser in found:
        for group in optimiser.param_groups:
            group["base_rate"] = group["lr"]
    return found


def _made(
    settings: TrainingConfig, matrices: list[nn.Parameter], others: list[nn.Parameter]
) -> list[AnyOptimiser]:
    decay = settings.weight_decay
    rest = {"params": others, "lr": settings.embedding_rate, "weight_decay": 0.0}
    if settings.optimiser == "muon":
        kind = SharedMuon if isinstance(matrices[0], DTensor) else torch.optim.Muon
        muon = kind(matrices, lr=settings.learning_rate, momentum=_MOMENTUM, weight_decay=decay)
        return [muon, torch.optim.AdamW([rest], betas=_BETAS, eps=1e-10, fused=True)]
    groups: list[Any] = [{"params": matrices, "lr": settings.learning_rate, "weight_decay": decay}, rest]
    if settings.optimiser == "adamw":
        return [torch.optim.AdamW(groups, betas=_BETAS, fused=True)]
    if settings.optimiser == "adam":
        return [torch.optim.Adam(groups, betas=_BETAS, fused=True)]
    return [torch.optim.SGD(groups, momentum=_MOMENTUM, nesterov=True)]
