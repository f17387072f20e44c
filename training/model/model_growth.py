"""Make a larger decoder that begins as a smaller one: more blocks, or a wider feed-forward part in each.

What is new adds nothing to the stream yet, so the grown decoder computes the very function of the small one
and training continues from its loss (function-preserving growth: Chen, Goodfellow & Shlens 2016, "Net2Net";
blocks put between trained ones: Gong et al. 2019; with their output at zero: Wu et al. 2024, "LLaMA Pro").

    a new block      random `qkv` and `up`, zero `proj` and `down`, as at the start of any run: identity
    a new channel    a random row of `up`, a zero column of `down`
"""

from __future__ import annotations

from dataclasses import asdict, replace

import torch

from training.errors import WorkshopError
from training.model.decoder import Block, DecoderModel, ModelConfig
from training.model.trained import Trained


class GrowError(WorkshopError):
    """A shape that is no larger version of the decoder's; the message names the setting."""


def grow(trained: Trained, config: ModelConfig, seed: int) -> Trained:
    """Return the decoder in the shape of `config`, with the same output. Raises GrowError.

    The blocks of the old lie evenly spread in the new one, the first at the bottom: of 2 in 4, at 0 and 2.
    `seed` is for the random parts: every rank of a run has to draw the same.
    """
    _check(trained.decoder.config, config)
    with torch.random.fork_rng(devices=[]):
        torch.manual_seed(seed)
        grown = DecoderModel(config, trained.vocabulary)
    copy_outer(trained.decoder, grown)
    old = trained.decoder.blocks
    for i, block in enumerate(old):
        _fill(grown.blocks[i * config.n_layer // len(old)], block)
    recipe = trained.recipe | {"model": asdict(config)}
    return replace(trained, decoder=grown.eval(), recipe=recipe)


def how_it_grew(trained: Trained, config: ModelConfig) -> str:
    """Return in words how it grew, for the first line of a run; nothing if the shape is the same."""
    old = trained.decoder.config
    changes = (
        ("layers", old.n_layer, config.n_layer),
        ("inner channels", old.inner_width, config.inner_width),
    )
    grown = [f"{before:,} to {now:,} {name}" for name, before, now in changes if now != before]
    return f"grown from {' and '.join(grown)}" if grown else ""


def _check(old: ModelConfig, new: ModelConfig) -> None:
    """Raise GrowError unless the configurations differ only in depth, inner width, dropout and block_size."""
    for name, have, wanted in (
        ("n_embd", old.n_embd, new.n_embd),
        ("n_head", old.n_head, new.n_head),
        ("head_size", old.size_of_head, new.size_of_head),
        ("rope_base", old.rope_base, new.rope_base),
    ):
        if have != wanted:
            raise GrowError(
                f"a decoder grows in layers and inner channels only: the recipe's {name} is {wanted}, that "
                f"of the weights to begin with {have}; set model.{name} to it"
            )
    for name, have, wanted in (
        ("n_layer", old.n_layer, new.n_layer),
        ("n_inner", old.inner_width, new.inner_width),
    ):
        if wanted < have:
            raise GrowError(
                f"the weights to begin with have {name} {have}, the recipe {wanted}; set model.{name} to at "
                f"least {have}, or make the decoder smaller first with `shrink prune`"
            )


@torch.no_grad()
def _fill(target: Block, source: Block) -> None:
    """Put a trained block into one that is at least as wide inside; the rest of it adds nothing yet."""
    width = source.up.out_features
    target.qkv.weight.copy_(source.qkv.weight)
    target.proj.weight.copy_(source.proj.weight)
    target.up.weight[:width].copy_(source.up.weight)
    target.down.weight[:, :width].copy_(source.down.weight)  # the new columns are zero


@torch.no_grad()
def copy_outer(source: DecoderModel, target: DecoderModel) -> None:
    """Copy all weights that are in no block."""
    outer = {name: value for name, value in source.state_dict().items() if not name.startswith("blocks.")}
    target.load_state_dict(outer, strict=False)
