"""Hold the state of a run: weights and their running average, optimisers, place in the schedule.

Tensors are whole or in parts over the ranks.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import torch
from torch import Tensor, nn

from training.model.decoder import DecoderModel
from training.model.trained import Trained
from training.pretraining.optimizer_sharding import (
    SharedMuon,
    laid_out_as,
    load_optimiser,
    load_whole,
    put_away,
    whole,
)


class RunState:
    """All that changes during a run."""

    def __init__(self, model: DecoderModel, objective: nn.Module, optimisers: list[Any]) -> None:
        self.model, self.objective, self.optimisers = model, objective, optimisers
        self.average = self._weights()
        self.step, self.tokens, self.elapsed = 0, 0, 0.0  # elapsed: minutes
        self.begun_from: dict[str, Any] = {}  # the progress of the run that this one begins with
        self.best, self.worse = float("inf"), 0  # held-out loss, and reports since

    def _weights(self) -> dict[str, Tensor]:
        return {name: value.detach().clone() for name, value in self.model.named_parameters()}

    @torch.no_grad()
    def update_average(self, ema: float) -> None:
        """Take the weights of now into the average; its memory is short at first, so that early
        weights do not linger."""
        decay = min(ema, (1 + self.step) / (10 + self.step))
        parameters = dict(self.model.named_parameters())
        torch._foreach_lerp_(
            list(self.average.values()), [parameters[name].detach() for name in self.average], 1 - decay
        )

    @contextmanager
    def averaged(self) -> Iterator[None]:
        """Put the averaged weights into the model while the block runs."""
        self._exchange()
        try:
            yield
        finally:
            put_away(self.objective)
            self._exchange()

    @torch.no_grad()
    def _exchange(self) -> None:
        for name, parameter in self.model.named_parameters():
            held = parameter.detach().clone()
            parameter.copy_(self.average[name])
            self.average[name].copy_(held)

    def judge(self, loss: float) -> None:
        """Count a report's held-out loss."""
        self.worse = 0 if loss < self.best else self.worse + 1
        self.best = min(self.best, loss)

    def progress(self) -> dict[str, Any]:
        """Return for the manifest: steps, tokens and minutes of this run, and of the one it began with."""
        done = {"steps": self.step, "tokens": self.tokens, "minutes": round(self.elapsed, 1)}
        return done | ({"begun_from": self.begun_from} if self.begun_from else {})

    def begin_from(self, trained: Trained) -> None:
        """Start with the weights of another run instead of at random."""
        load_whole(self.model, dict(trained.decoder.named_parameters()))
        self.average = self._weights()
        self.begun_from = trained.progress

    def dump(self, kept: bool = True) -> dict[str, Any]:
        """Return everything as plain values and whole tensors, whatever the number of ranks.

        All ranks have to ask; tensors that lie in parts are None where they are not `kept`.
        """
        return {
            "decoder": whole(self.model.state_dict(), kept),
            "average": whole(self.average, kept),
            "optimisers": [_state_of(optimiser, kept) for optimiser in self.optimisers],
            "progress": (self.step, self.tokens, self.elapsed),
            "begun_from": self.begun_from,
            "best": (self.best, self.worse),
        }

    def load(self, saved: dict[str, Any]) -> None:
        """Go on from what `dump` gave; rates and weight decay stay those of the recipe."""
        load_whole(self.model, saved["decoder"])
        self.average = {
            name: laid_out_as(saved["average"][name], like) for name, like in self.average.items()
        }
        for optimiser, state in zip(self.optimisers, saved["optimisers"], strict=True):
            settings = [(group["base_rate"], group["weight_decay"]) for group in optimiser.param_groups]
            load_optimiser(optimiser, state)
            for group, (base_rate, weight_decay) in zip(optimiser.param_groups, settings, strict=True):
                group["base_rate"], group["weight_decay"] = base_rate, weight_decay
        self.step, self.tokens, self.elapsed = saved["progress"]
        self.begun_from = saved.get("begun_from", {})
        self.best, self.worse = saved.get("best", (float("inf"), 0))


def _state_of(optimiser: Any, kept: bool) -> dict[str, Any]:
    if isinstance(optimiser, SharedMuon):
        return optimiser.state_dict(kept)
    return whole(optimiser.state_dict(), kept)
