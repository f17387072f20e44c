"""Prune the layers, heads and inner channels that a decoder misses least.

What is left is a smaller dense decoder of the same kind, which everything else runs as before.

A layer's or head's worth is the loss without it (Michel, Levy & Neubig 2019), a channel's the mean size of
what it adds to the stream (Molchanov et al. 2017, in its simplest form).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict, replace
from typing import Any

import torch
from torch import Tensor, nn

from training.corpus.shards import IGNORED, Batch
from training.errors import WorkshopError
from training.model.decoder import Block, Blocks, DecoderModel
from training.model.losses import Objective
from training.model.model_growth import copy_outer
from training.model.trained import Trained


class PruneError(WorkshopError):
    """A shape that is not smaller than the decoder's."""


@torch.no_grad()
def loss_of(decoder: DecoderModel, batches: Sequence[Batch]) -> float:
    """Return nats a token on the batches."""
    objective = Objective(decoder.eval(), compiled=False)
    total = count = 0.0
    for batch in batches:
        arrays = (batch.inputs, batch.targets, batch.segments)
        total += sum(loss.item() for loss in objective(*map(torch.from_numpy, arrays)))
        count += int((batch.targets != IGNORED).sum())
    return total / count


def prune(trained: Trained, batches: Sequence[Batch], n_layer: int, n_head: int, n_inner: int) -> Trained:
    """Return a decoder of that many layers, heads a layer and inner channels. Raises PruneError.

    Layers go first, as what a head is worth depends on the layers around it.
    """
    _check(trained.decoder, n_layer, n_head, n_inner)
    decoder = _without_layers(trained, batches, n_layer)
    heads = [_best_heads(decoder, layer, batches, n_head) for layer in range(n_layer)]
    channels = _best_channels(decoder, batches, n_inner)
    config = replace(decoder.config, n_head=n_head, head_size=decoder.config.size_of_head, n_inner=n_inner)
    smaller = DecoderModel(config, trained.vocabulary)
    copy_outer(decoder, smaller)
    for layer, (block, target) in enumerate(zip(decoder.blocks, smaller.blocks, strict=True)):
        _copy_block(block, target, heads[layer], channels[layer], config.size_of_head)
    recipe = trained.recipe | {"model": asdict(config)}
    return Trained(smaller.eval(), trained.vocabulary, trained.progress, recipe)


def _check(decoder: DecoderModel, n_layer: int, n_head: int, n_inner: int) -> None:
    config = decoder.config
    for name, wanted, have in (
        ("layers", n_layer, config.n_layer),
        ("heads", n_head, config.n_head),
        ("inner channels", n_inner, config.inner_width),
    ):
        if not 1 <= wanted <= have:
            raise PruneError(f"expected from 1 to {have} {name}, found {wanted}")


def _without_layers(trained: Trained, batches: Sequence[Batch], n_layer: int) -> DecoderModel:
    """Return a copy without the layers that cost least, removed one after the other."""
    kept = list(trained.decoder.blocks)
    whole = trained.decoder.blocks
    try:
        while len(kept) > n_layer:
            losses = []
            for i in range(len(kept)):
                trained.decoder.blocks = Blocks(kept[:i] + kept[i + 1 :])
                losses.append(loss_of(trained.decoder, batches))
            kept.pop(losses.index(min(losses)))
    finally:
        trained.decoder.blocks = whole
    config = replace(trained.decoder.config, n_layer=n_layer)
    decoder = DecoderModel(config, trained.vocabulary)
    copy_outer(trained.decoder, decoder)
    for block, target in zip(kept, decoder.blocks, strict=True):
        target.load_state_dict(block.state_dict())
    return decoder.eval()


def _best_heads(decoder: DecoderModel, layer: int, batches: Sequence[Batch], n_head: int) -> list[int]:
    """Return the heads of a layer whose loss would cost most, in their old order."""
    block, size = decoder.blocks[layer], decoder.config.size_of_head
    if n_head == block.n_head:
        return list(range(n_head))
    whole = block.proj.weight.detach().clone()
    losses = []
    for head in range(block.n_head):
        with torch.no_grad():
            block.proj.weight[:, head * size : (head + 1) * size] = 0
        losses.append(loss_of(decoder, batches))
        with torch.no_grad():
            block.proj.weight.copy_(whole)
    return sorted(sorted(range(block.n_head), key=lambda head: -losses[head])[:n_head])


@torch.no_grad()
def _best_channels(decoder: DecoderModel, batches: Sequence[Batch], n_inner: int) -> list[Tensor]:
    """Return for each layer the channels that add most to the stream, in their old order."""
    sums = [torch.zeros(block.down.in_features) for block in decoder.blocks]

    def watch(layer: int) -> Any:
        def add(module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
            sums[layer] += inputs[0].abs().flatten(0, -2).sum(0)

        return add

    hooks = [block.down.register_forward_pre_hook(watch(i)) for i, block in enumerate(decoder.blocks)]
    loss_of(decoder, batches)
    for hook in hooks:
        hook.remove()
    worth = [s * block.down.weight.norm(dim=0) for s, block in zip(sums, decoder.blocks, strict=True)]
    return [torch.topk(each, n_inner).indices.sort().values for each in worth]


@torch.no_grad()
def _copy_block(source: Block, target: Block, heads: list[int], channels: Tensor, size: int) -> None:
    """Copy the rows and columns of the heads and channels that stay."""
    columns = torch.cat([torch.arange(head * size, (head + 1) * size) for head in heads])
    parts = [part[columns] for part in source.qkv.weight.chunk(3)]
    target.qkv.weight.copy_(torch.cat(parts))
    target.proj.weight.copy_(source.proj.weight[:, columns])
    target.up.weight.copy_(source.up.weight[channels])
    target.down.weight.copy_(source.down.weight[:, channels])
