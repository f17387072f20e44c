"""Fine-tune on a user's phrases without forgetting general text.

What is tuned, and by which loss, is in `training.finetuning.objectives`. Every step sees windows of the
user's text and windows of general text. On the general ones the model is held to the distributions of the
original (Li & Hoiem 2017, "Learning without Forgetting"): that forgets less than training on general text
again (docs/experiments/retraining.md). Training stops when the loss on phrases kept apart has not fallen for
`patience` epochs, and the weights of the best epoch are kept.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Final

import numpy as np
import torch
from torch import nn

from training.corpus.shards import IGNORED, Batch
from training.finetuning.objectives import TunedDecoder
from training.model.adaptation import Adaptation, merge, trained_parameters
from training.model.decoder import DecoderModel
from training.model.losses import is_half_fast
from training.pretraining.tasks import Sampler

# Learning rates of the matrices of the blocks and of everything else, by mode.
RATES: Final = {
    "full": (3e-4, 1e-3),
    "partial": (5e-4, 1e-3),
    "frozen": (3e-4, 2e-3),
    "low-rank": (2e-3, 2e-3),
}


@dataclass(frozen=True)
class FineTuning:
    """The settings of fine-tuning. `rate` multiplies the learning rates.

    `distil` is how strongly the model is held to the original, in nats a token of general text.
    """

    adaptation: Adaptation = field(default_factory=Adaptation)
    epochs: int = 6
    windows: int = 8  # of the user's text a step
    replay_windows: int = 8  # of general text a step
    rate: float = 1.0
    warmup_share: float = 0.1
    distil: float = 5.0
    patience: int = 2
    seed: int = 1


@dataclass(frozen=True)
class FineTuningStep:
    """A step of the run, counted from 1: mean losses in nats a token, None if not measured."""

    step: int
    steps: int
    loss: float
    held_out_loss: float | None = None


ReportStep = Callable[[FineTuningStep], None]


class FineTuner:
    """One run of tuning. The model that it begins with is not changed; `run` returns another."""

    def __init__(self, tuned: TunedDecoder, settings: FineTuning, held_out: Batch, replay: Sampler) -> None:
        self.settings, self._tuned, self._replay = settings, tuned, replay
        self._held_out = held_out
        self._parameters = trained_parameters(tuned.model)
        self._is_half = is_half_fast(tuned.device)
        self._optimiser = _optimiser(tuned.model, settings)
        self.epoch_steps = max(1, round(len(self._epoch(0).inputs) / settings.windows))

    def run(self, report: ReportStep = lambda _: None) -> DecoderModel:
        """Train; the model of the best epoch, low-rank products merged in."""
        steps = self.settings.epochs * self.epoch_steps
        best, worse = self.loss_on(self._held_out), 0
        report(FineTuningStep(0, steps, best, best))
        kept = [parameter.detach().clone() for parameter in self._parameters]
        for epoch in range(self.settings.epochs):
            loss = 0.0
            for number, batch in enumerate(self._batches(epoch)):
                step = epoch * self.epoch_steps + number
                loss = self._one_step(step, steps, batch)
                report(FineTuningStep(step + 1, steps, loss))
            held_out = self.loss_on(self._held_out)
            report(FineTuningStep((epoch + 1) * self.epoch_steps, steps, loss, held_out))
            worse = 0 if held_out < best else worse + 1
            if worse == 0:
                best, kept = held_out, [parameter.detach().clone() for parameter in self._parameters]
            elif worse >= self.settings.patience:
                break
        with torch.no_grad():
            for parameter, value in zip(self._parameters, kept, strict=True):
                parameter.copy_(value)
        merge(self._tuned.model)
        return self._tuned.model.eval()

    @torch.no_grad()
    def loss_on(self, windows: Batch) -> float:
        """Return nats a target of the model as it is now."""
        self._tuned.model.eval()
        total, count = 0.0, 0
        for start in range(0, len(windows.inputs), 32):
            batch = _rows(windows, start, start + 32)
            total += float(self._tuned.loss(batch))
            count += int((batch.targets != IGNORED).sum())
        return total / max(count, 1)

    def _epoch(self, epoch: int) -> Batch:
        return self._tuned.epoch(np.random.default_rng((self.settings.seed, epoch)))

    def _batches(self, epoch: int) -> Iterator[Batch]:
        """Yield `epoch_steps` batches that share out an epoch's windows evenly."""
        windows = self._epoch(epoch)
        for part in np.array_split(np.arange(len(windows.inputs)), self.epoch_steps):
            if len(part):
                yield _rows(windows, int(part[0]), int(part[-1]) + 1)

    def _one_step(self, step: int, steps: int, batch: Batch) -> float:
        settings, tuned = self.settings, self._tuned
        tuned.model.train()
        with torch.autocast(tuned.device.type, torch.bfloat16, enabled=self._is_half):
            mean = tuned.loss(batch) / int((batch.targets != IGNORED).sum())
            total = mean
            if settings.replay_windows:
                general = self._replay.batch(step, 0, settings.replay_windows)
                total = total + settings.distil * tuned.distance(general)
        total.backward()
        nn.utils.clip_grad_norm_(self._parameters, 1.0)
        for group in self._optimiser.param_groups:
            group["lr"] = group["base_rate"] * self._rate(step, steps)
        self._optimiser.step()
        self._optimiser.zero_grad(set_to_none=True)
        return float(mean.detach())

    def _rate(self, step: int, steps: int) -> float:
        """Warm-up, then a linear fall to a tenth."""
        warm = max(1, round(steps * self.settings.warmup_share))
        return min(1.0, (step + 1) / warm) * (1 - 0.9 * max(0, step - warm) / max(1, steps - warm))


def _rows(batch: Batch, first: int, last: int) -> Batch:
    return Batch(batch.inputs[first:last], batch.targets[first:last], batch.segments[first:last])


def _optimiser(model: DecoderModel, settings: FineTuning) -> torch.optim.Optimizer:
    inside = {id(parameter) for parameter in model.blocks.parameters()}
    trained = trained_parameters(model)
    matrices, others = RATES[settings.adaptation.mode]
    groups = [
        {"params": [p for p in trained if id(p) in inside], "base_rate": matrices * settings.rate},
        {"params": [p for p in trained if id(p) not in inside], "base_rate": others * settings.rate},
    ]
    chosen = [group for group in groups if group["params"]]
    return torch.optim.AdamW(chosen, lr=0.0, betas=(0.9, 0.98), weight_decay=0.0, fused=True)
