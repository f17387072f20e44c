"""Spread one model over several ranks: a copy for each of them, or a part of it on each (FSDP).

With torch's `fully_shard` every parameter, its gradient and its optimiser's state are cut along the first
dimension, a piece a rank; a block's parameters are whole only while the block is computed. AdamW, Adam and
SGD work number by number, so on a piece as on the whole. Muon does not: it needs the whole matrix.
`SharedMuon` gives each rank some whole matrices instead of a piece of all.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import AbstractContextManager, nullcontext
from typing import Any

import torch
import torch.distributed as distributed
from torch import Tensor, nn
from torch.distributed.device_mesh import init_device_mesh
from torch.distributed.fsdp import FSDPModule, fully_shard
from torch.distributed.tensor import DTensor, distribute_tensor
from torch.nn.parallel import DistributedDataParallel

from training.pretraining.distributed import Ranks


def shared(objective: nn.Module, model: Any, ranks: Ranks, in_parts: bool) -> nn.Module:
    """Return the objective of `model` for several ranks: their gradients become those of the mean loss."""
    if ranks.world_size == 1:
        return objective
    if not in_parts:
        return DistributedDataParallel(objective)
    mesh = init_device_mesh(ranks.device.type, (ranks.world_size,))
    for block in model.blocks:
        fully_shard(block, mesh=mesh)
    fully_shard(objective, mesh=mesh)
    return objective


def summing(objective: nn.Module, is_last: bool) -> AbstractContextManager[None]:
    """Return a context for a part of a batch: until the last one, copies need not exchange gradients.

    A model in parts exchanges them each time: kept, they would be as large as the whole model.
    """
    if isinstance(objective, DistributedDataParallel) and not is_last:
        return objective.no_sync()
    return nullcontext()


def put_away(objective: nn.Module) -> None:
    """Let go of parameters that are still whole after a forward pass without a backward one."""
    if isinstance(objective, FSDPModule):
        objective.reshard()


def whole(value: Any, kept: bool = True) -> Any:
    """Return the same value, dictionaries and lists gone through, with tensors in parts put together.

    Every rank has to ask for the same values in the same order. What is put together is in the memory of the
    host, one tensor at a time on the device; None on a rank where it is not `kept`.
    """
    if isinstance(value, DTensor):
        full = value.full_tensor()
        return full.cpu() if kept else None
    if isinstance(value, dict):
        return {key: whole(inner, kept) for key, inner in value.items()}
    return [whole(inner, kept) for inner in value] if isinstance(value, list) else value


def laid_out_as(value: Tensor, like: Tensor) -> Tensor:
    """Return this rank's part of a tensor that every rank has whole, if `like` lies in parts."""
    value = value.to(like.device)
    if not isinstance(like, DTensor):
        return value
    return distribute_tensor(value, like.device_mesh, like.placements, src_data_rank=None)


@torch.no_grad()
def load_whole(module: nn.Module, values: dict[str, Tensor]) -> None:
    """Put whole tensors into the parameters of the same names, in parts or not, and into buffers."""
    parameters = dict(module.named_parameters())
    if set(parameters) - set(values):
        raise KeyError(f"no value for {', '.join(sorted(set(parameters) - set(values)))}")
    for name, parameter in parameters.items():
        parameter.copy_(laid_out_as(values[name], parameter))
    for name, buffer in module.named_buffers():
        if name in values:
            buffer.copy_(values[name])


def load_optimiser(optimiser: torch.optim.Optimizer | SharedMuon, saved: dict[str, Any]) -> None:
    """Go on with the whole state that an optimiser of any number of ranks had."""
    if isinstance(optimiser, SharedMuon):
        optimiser.load_state_dict(saved)
        return
    parameters = [parameter for group in optimiser.param_groups for parameter in group["params"]]
    state = {
        index: {key: _as(value, parameters[index]) for key, value in values.items()}
        for index, values in saved["state"].items()
    }
    optimiser.load_state_dict({**saved, "state": state})


def _as(value: Any, parameter: Tensor) -> Any:
    is_like = isinstance(value, Tensor) and value.shape == parameter.shape
    return laid_out_as(value, parameter) if is_like else value


class SharedMuon:
    """torch's Muon on matrices that lie in parts: each rank steps some of them whole.

    A gradient is put together once, its owner alone orthogonalises it, and the change of the matrix is sent
    to all; the momentum lies with the owner. Left to DTensor the five rounds of products take eleven messages
    a matrix.
    """

    def __init__(self, matrices: Iterable[nn.Parameter], **settings: Any) -> None:
        self._matrices = list(matrices)
        rank, world_size = distributed.get_rank(), distributed.get_world_size()
        self._owners = [index % world_size for index in range(len(self._matrices))]
        # torch's Muon steps matrices of zeros: what they are afterwards is the change.
        self._changes = {
            index: nn.Parameter(_room_for(matrix))
            for index, matrix in enumerate(self._matrices)
            if self._owners[index] == rank
        }
        self._decay = float(settings.pop("weight_decay"))
        self._muon = torch.optim.Muon(
            [{"params": list(self._changes.values())}], weight_decay=0.0, **settings
        )
        (group,) = self._muon.param_groups
        self.param_groups = [{"params": self._matrices, "lr": group["lr"], "weight_decay": self._decay}]

    @torch.no_grad()
    def step(self) -> None:
        """Change every matrix by its gradient."""
        (group,) = self.param_groups
        self._muon.param_groups[0]["lr"] = group["lr"]
        for index, matrix in enumerate(self._matrices):
            part: Any = matrix.grad
            gradient = part.full_tensor()
            if index in self._changes:
                self._changes[index].grad = gradient
                self._changes[index].zero_()
        self._muon.step()
        for index, matrix in enumerate(self._matrices):
            change = self._changes[index].detach() if index in self._changes else _room_for(matrix)
            distributed.broadcast(change, self._owners[index])
            matrix.mul_(1 - group["lr"] * group["weight_decay"]).add_(laid_out_as(change, matrix))

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients."""
        for parameter in (*self._matrices, *self._changes.values()):
            parameter.grad = None

    def state_dict(self, kept: bool = True) -> dict[str, Any]:
        """Return what torch's Muon on whole matrices would have, on the ranks where it is `kept`."""
        state = {}
        for index, matrix in enumerate(self._matrices):
            own = self._muon.state.get(self._changes[index], {}) if index in self._changes else {}
            momentum = own["momentum_buffer"] if own else _room_for(matrix)
            distributed.broadcast(momentum, self._owners[index])
            state[index] = {"momentum_buffer": momentum.cpu() if kept else None}
        (group,), (inner,) = self.param_groups, self._muon.param_groups
        settings = {**inner, **group, "params": list(range(len(self._matrices)))}
        return {"state": state, "param_groups": [settings]}

    def load_state_dict(self, saved: dict[str, Any]) -> None:
        """Go on with the state of a Muon on whole matrices."""
        (group,) = saved["param_groups"]
        self.param_groups = [{**group, "params": self._matrices}]
        for index, change in self._changes.items():
            if index in saved["state"]:
                momentum = saved["state"][index]["momentum_buffer"].to(change.device)
                self._muon.state[change] = {"momentum_buffer": momentum.clone()}


def _room_for(matrix: Tensor) -> Tensor:
    """Return zeros for the whole of a matrix that lies in parts."""
    return torch.zeros(matrix.shape, device=matrix.device)
