"""int8 rows that keep what a matrix does to its usual inputs.

Knows matrices and the second moments of their inputs; knows nothing of graphs. Fine-tuned weights have
moved by less than a step of int8, so rounding each to the nearest loses a part of what was learnt. Here
the columns are rounded one after the other, and the error that each makes in the output is made good by
the columns that are still to come (Frantar et al. 2022, "GPTQ").
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import numpy as np
import numpy.typing as npt
import torch
from torch import Tensor, nn

from training.data import Batch
from training.model import Decoder

Moments = dict[str, Tensor]  # a parameter's name to the (columns, columns) sum of x x' over its inputs x

_DAMPING: Final[float] = 0.01  # of the mean square input, so that rare inputs count a little
_LARGEST: Final[int] = 127


@torch.no_grad()
def moments_of(decoder: Decoder, batches: Iterable[Batch]) -> Moments:
    """Of the matrices of the blocks, over the places of the batches that hold something."""
    found: Moments = {}
    is_held = torch.empty(0, dtype=torch.bool)

    def hook(name: str) -> object:
        def add(_: nn.Module, inputs: tuple[Tensor, ...], __: Tensor) -> None:
            x = inputs[0].flatten(0, -2)[is_held]
            found[name] = found.get(name, torch.zeros(())) + (x.T @ x).double()

        return add

    linears = [(name, part) for name, part in decoder.blocks.named_modules() if isinstance(part, nn.Linear)]
    handles = [part.register_forward_hook(hook(f"blocks.{name}.weight")) for name, part in linears]
    try:
        for batch in batches:
            segments = torch.from_numpy(batch.segments)
            is_held = (segments >= 0).flatten()
            decoder(torch.from_numpy(batch.inputs), segments)
    finally:
        for handle in handles:
            handle.remove()
    return found


@torch.no_grad()
def round_rows(
    weight: npt.NDArray[np.float32], moment: Tensor
) -> tuple[npt.NDArray[np.int8], npt.NDArray[np.float32]]:
    """int8 rows with a scale each, as `training.graph.quantise_rows`, that do to the inputs what `weight`
    does. weight: (rows, columns); moment: (columns, columns)."""
    rest = torch.from_numpy(weight).double()
    scale = rest.abs().amax(dim=1).clamp(min=1e-12) / _LARGEST
    damped = moment + _DAMPING * moment.diagonal().mean().clamp(min=1e-12) * torch.eye(len(moment))
    inverse = torch.cholesky_inverse(torch.linalg.cholesky(damped))
    factor = torch.linalg.cholesky(inverse, upper=True)
    integers = torch.empty_like(rest)
    for column in range(len(moment)):
        integers[:, column] = (rest[:, column] / scale).round().clamp(-_LARGEST, _LARGEST)
        error = (rest[:, column] - integers[:, column] * scale) / factor[column, column]
        rest[:, column + 1 :] -= error[:, None] * factor[column, column + 1 :]
    return integers.to(torch.int8).numpy(), scale.float().numpy()
