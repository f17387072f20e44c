"""`python -m training train`: shards and a recipe to checkpoints of a decoder.

Knows schedules, checkpoints and ranks; the model and the data are passed in, optimisers are made
elsewhere. Runs alone, or under `torchrun` with one process a device (DistributedDataParallel, gloo
or nccl): the ranks share out the same global batch, so the run is the same whatever their number.

    RUN/checkpoint.pt   everything a run needs to go on; replaced atomically
    RUN/model.pt        averaged weights in bf16, their config and vocabulary, for export
    RUN/log.csv         step, tokens, losses, rate, tokens/s
    RUN/curves.png
"""

from __future__ import annotations

import json
import os
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path
from typing import Any

import numpy as np
import torch
import torch.distributed as distributed
import torch.nn.functional as F
from torch import Tensor, nn
from tqdm import tqdm

from engine.vocabulary import Vocabulary
from training.data import IGNORED, Batch, Shards, WindowSampler, note_on_weights
from training.errors import WorkshopError
from training.export import Trained, load_trained
from training.files import CheckpointError, read_checkpoint, save_whole
from training.log import RunLog
from training.model import Decoder, ModelConfig, reading_loss_dense, reading_loss_sliced
from training.optimisers import optimisers_of
from training.recipe import Recipe
from training.restore import restore


class RunError(WorkshopError):
    """A run that its ranks cannot share, or cannot go on with together."""


class Objective(nn.Module):
    """The decoder with its factored loss, as one module that DistributedDataParallel can wrap."""

    def __init__(self, decoder: Decoder, compiled: bool, label_smoothing: float = 0.0) -> None:
        super().__init__()
        self.decoder = decoder
        self._label_smoothing = label_smoothing
        self._body = torch.compile(decoder) if compiled else decoder
        self._starts = decoder.syllable_starts.cpu().numpy()
        self._n_special = int(self._starts[0])

    def forward(self, inputs: Tensor, targets: Tensor, segments: Tensor) -> tuple[Tensor, Tensor]:
        """Summed losses in nats (class, reading) over the targets that count; inputs: (B, T).

        Labels are smoothed while the decoder trains, and as they are when it is judged.
        """
        smoothing = self._label_smoothing if self.decoder.training else 0.0
        hidden, table = self._body(inputs, segments)
        kept = targets.flatten() != IGNORED
        hidden, targets = hidden.flatten(0, 1)[kept], targets.flatten()[kept]
        class_logits = self.decoder.class_head(hidden).float()
        classes = self.decoder.table.classes[targets]
        class_loss = F.cross_entropy(class_logits, classes, reduction="sum", label_smoothing=smoothing)
        hanzi = targets >= self._n_special
        reading_loss = reading_loss_dense if hidden.is_cuda else reading_loss_sliced
        table, bias = table.to(hidden.dtype), self.decoder.reading_bias
        losses = reading_loss(hidden[hanzi], table, bias, targets[hanzi], self._starts, smoothing)
        return class_loss, losses.sum()


class Trainer:
    """One run: its model, optimisers, average and place in the schedule."""

    def __init__(self, recipe: Recipe, vocabulary: Vocabulary, data: Path, run: Path, compiled: bool) -> None:
        self.recipe, self.vocabulary, self.run = recipe, vocabulary, run
        self.rank = int(os.environ.get("RANK", "0"))
        self.world_size = int(os.environ.get("WORLD_SIZE", "1"))
        if recipe.training.batch_size % self.world_size:
            raise RunError(
                f"batch_size {recipe.training.batch_size} cannot be shared out evenly to {self.world_size} "
                "processes; set training.batch_size to a multiple"
            )
        self.device = _device(self.rank)
        torch.manual_seed(recipe.training.seed)
        self.decoder = Decoder(recipe.model, vocabulary).to(self.device)
        block_size = recipe.model.block_size
        shards = Shards(data, "train", vocabulary, block_size)
        self.decoder.set_priors(torch.from_numpy(shards.counts(len(vocabulary))).to(self.device))
        self.note = note_on_weights(shards, recipe.weights)
        self.sampler = WindowSampler(shards, block_size, recipe.weights, seed=recipe.training.seed)
        self.validation = validation_batches(Shards(data, "valid", vocabulary, block_size), block_size)
        smoothing = recipe.training.label_smoothing
        self.objective: nn.Module = Objective(self.decoder, compiled, smoothing)
        if self.world_size > 1:
            self.objective = nn.parallel.DistributedDataParallel(self.objective)
        self.optimisers = optimisers_of(self.decoder, recipe.training)
        self.average = {name: value.detach().clone() for name, value in self.decoder.named_parameters()}
        self.step, self.tokens, self.elapsed = 0, 0, 0.0
        self.begun_from: dict[str, Any] = {}  # the progress of the run that this one begins with
        self.best, self.worse = float("inf"), 0  # held-out loss, and reports since
        self._reported = -1  # the step of the last report

    def train(self, save_minutes: float, until_step: int | None = None) -> None:
        """Run to the end of the schedule (or `until_step`), saving and validating on the way."""
        settings = self.recipe.training
        last_step = settings.max_steps if until_step is None else min(settings.max_steps, until_step)
        log = RunLog(self.run / "log.csv", self.step) if self.rank == 0 else None
        bar = tqdm(total=last_step, initial=self.step, unit="step", disable=self.rank > 0, mininterval=5)
        started, saved, before = time.monotonic(), time.monotonic(), self.elapsed
        with ThreadPoolExecutor(2) as pool:
            ahead = [pool.submit(self._batch, self.step + i) for i in range(3)]
            while self.step < last_step and not self._is_over():
                tick = time.monotonic()
                batch = ahead.pop(0).result()
                ahead.append(pool.submit(self._batch, self.step + 3))
                losses = self._one_step(batch)
                self.elapsed = before + (time.monotonic() - started) / 60
                bar.update()
                speed = batch.inputs.size * self.world_size / (time.monotonic() - tick)
                bar.set_postfix(loss=f"{sum(losses):.3f}", tokens_per_s=f"{speed:,.0f}")
                if log:
                    log.add(self.step, self.tokens, losses, self._rate(), speed)
                if time.monotonic() - saved > save_minutes * 60:
                    saved = time.monotonic()
                    self._report(log)
        if self._reported != self.step:
            self._report(log)
        bar.close()

    def _batch(self, step: int) -> Batch:
        share = self.recipe.training.batch_size // self.world_size
        return self.sampler.batch(step, self.rank * share, (self.rank + 1) * share)

    def _rate(self) -> float:
        return self.recipe.training.rate(self.step, self.elapsed)

    def _is_over(self) -> bool:
        """Out of time, or out of patience."""
        minutes, patience = self.recipe.training.minutes, self.recipe.training.patience
        if (minutes or patience) and self.world_size > 1:  # one clock: all stop at one step
            clock = torch.tensor([self.elapsed, self.worse], dtype=torch.float64, device=self.device)
            distributed.broadcast(clock, 0)
            self.elapsed, self.worse = float(clock[0]), int(clock[1])
        return 0 < minutes <= self.elapsed or 0 < patience <= self.worse

    def _one_step(self, batch: Batch) -> tuple[float, float]:
        self.decoder.train()
        inputs, targets, segments = _tensors(batch, self.device)
        count = (targets != IGNORED).sum().float()
        if self.world_size > 1:
            distributed.all_reduce(count)
        with torch.autocast(self.device.type, torch.bfloat16):
            class_loss, reading_loss = self.objective(inputs, targets, segments)
        # DistributedDataParallel averages gradients over ranks; the sum over all is wanted.
        ((class_loss + reading_loss) * self.world_size / count).backward()
        nn.utils.clip_grad_norm_(self.decoder.parameters(), self.recipe.training.gradient_clip)
        rate = self._rate()
        for optimiser in self.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_rate"] * rate
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        self.step += 1
        self.tokens += batch.inputs.size * self.world_size
        self._update_average()
        share = count.item() / self.world_size
        return class_loss.item() / share, reading_loss.item() / share

    @torch.no_grad()
    def _update_average(self) -> None:
        # A short memory at first, so that early weights do not linger.
        decay = min(self.recipe.training.ema, (1 + self.step) / (10 + self.step))
        parameters = dict(self.decoder.named_parameters())
        torch._foreach_lerp_(
            list(self.average.values()), [parameters[name].detach() for name in self.average], 1 - decay
        )

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Nats a token of the averaged weights on held-out text, by source and `all`."""
        with self.averaged():
            self.decoder.eval()
            module = self.objective.module if self.world_size > 1 else self.objective
            return {
                name: mean_loss(module, batches, self.device) for name, batches in self.validation.items()
            }

    def averaged(self) -> _Swapped:
        """Context in which the decoder holds the averaged weights."""
        return _Swapped(self.decoder, self.average)

    def _report(self, log: RunLog | None) -> None:
        if self.rank or log is None:
            return
        losses = self.validate()
        self.worse = 0 if losses["all"] < self.best else self.worse + 1
        self.best = min(self.best, losses["all"])
        self._reported = self.step
        self.save()
        log.add_validation(self.step, self.tokens, losses)
        log.plot(self.run / "curves.png")

    def save(self) -> None:
        """Write the checkpoint and the averaged model, each whole or not at all."""
        state = {
            "decoder": self.decoder.state_dict(),
            "average": self.average,
            "optimisers": [optimiser.state_dict() for optimiser in self.optimisers],
            "progress": (self.step, self.tokens, self.elapsed),
            "begun_from": self.begun_from,
            "recipe": asdict(self.recipe),
            "vocabulary_hash": self.vocabulary.hash,
            "best": (self.best, self.worse),
        }
        with save_whole(self.run / "checkpoint.pt") as file:
            torch.save(state, file)
        if self.recipe.training.patience and self.worse:
            return  # model.pt keeps the best weights
        model = {
            "config": asdict(self.recipe.model),
            "weights": {name: value.to(torch.bfloat16) for name, value in self.average.items()},
            "vocabulary": self.vocabulary.dumps(),
            "progress": self.progress(),
            "recipe": asdict(self.recipe),
        }
        with save_whole(self.run / "model.pt") as file:
            torch.save(model, file)

    @torch.no_grad()
    def begin_from(self, trained: Trained) -> None:
        """Start with the weights of another run instead of at random. Raises CheckpointError."""
        if trained.vocabulary.hash != self.vocabulary.hash:
            raise CheckpointError("the weights to begin with are for another vocabulary than the shards")
        if trained.decoder.config != self.recipe.model:
            raise CheckpointError(
                f"the weights to begin with have the shape {trained.decoder.config}; "
                "set the recipe's [model] to it"
            )
        self.decoder.load_state_dict(trained.decoder.state_dict())
        self.average = {name: value.detach().clone() for name, value in self.decoder.named_parameters()}
        self.begun_from = trained.progress

    def progress(self) -> dict[str, Any]:
        """For the manifest: steps, tokens and minutes of this run, and of the one it began with."""
        done = {"steps": self.step, "tokens": self.tokens, "minutes": round(self.elapsed, 1)}
        return done | ({"begun_from": self.begun_from} if self.begun_from else {})

    def resume(self) -> bool:
        """Go on from RUN/checkpoint.pt if there is one; rates and weight decay are the recipe's.

        Raises CheckpointError for another vocabulary or shape, RunError where the ranks differ.
        """
        path = self.run / "checkpoint.pt"
        found = path.exists()
        if found:
            self._restore(path)
        if self.world_size > 1:
            self._agree()
        return found

    def _restore(self, path: Path) -> None:
        state = read_checkpoint(path, self.device)
        if state["vocabulary_hash"] != self.vocabulary.hash:
            raise CheckpointError(
                f"{path} was trained with another vocabulary; choose another --output folder"
            )
        if ModelConfig(**state["recipe"]["model"]) != self.recipe.model:
            raise CheckpointError(f"{path} holds a model of another shape; choose another --output folder")
        optimiser = state["recipe"]["training"].get("optimiser", "muon")
        if optimiser != self.recipe.training.optimiser:
            raise CheckpointError(f"{path} was trained by {optimiser}; set training.optimiser to it")
        self.decoder.load_state_dict(state["decoder"])
        self.average = state["average"]
        for optimiser, saved in zip(self.optimisers, state["optimisers"], strict=True):
            settings = [(group["base_rate"], group["weight_decay"]) for group in optimiser.param_groups]
            optimiser.load_state_dict(saved)
            for group, (base_rate, weight_decay) in zip(optimiser.param_groups, settings, strict=True):
                group["base_rate"], group["weight_decay"] = base_rate, weight_decay
        self.step, self.tokens, self.elapsed = state["progress"]
        self.begun_from = state.get("begun_from", {})
        self.best, self.worse = state.get("best", (float("inf"), 0))

    def _agree(self) -> None:
        ours = torch.tensor([self.step], device=self.device)
        steps = [torch.zeros_like(ours) for _ in range(self.world_size)]
        distributed.all_gather(steps, ours)
        check_steps([int(step.item()) for step in steps], self.run)


class _Swapped:
    def __init__(self, module: nn.Module, values: dict[str, Tensor]) -> None:
        self._module, self._values = module, values

    def __enter__(self) -> None:
        self._exchange()

    def __exit__(self, *_: object) -> None:
        self._exchange()

    @torch.no_grad()
    def _exchange(self) -> None:
        for name, parameter in self._module.named_parameters():
            held = parameter.detach().clone()
            parameter.copy_(self._values[name])
            self._values[name].copy_(held)


def validation_batches(shards: Shards, block_size: int, windows: int = 8) -> dict[str, list[Batch]]:
    """Fixed windows of held-out text: `windows` of each source, and `all` for a mix by size."""
    batches = {}
    for name, stream in shards.streams.items():
        sampler = WindowSampler(_Only(name, stream), block_size, {}, seed=7)
        batches[name] = [sampler.batch(0, 0, windows)]
    everything = WindowSampler(shards, block_size, {}, seed=8)
    return {"all": [everything.batch(i, 0, 32) for i in range(8)], **batches}


@torch.no_grad()
def mean_loss(
    objective: nn.Module, batches: list[Batch], device: torch.device, in_bfloat16: bool = True
) -> float:
    """Nats a token of the batches' targets."""
    total = count = 0.0
    for batch in batches:
        with torch.autocast(device.type, torch.bfloat16, enabled=in_bfloat16):
            total += float(sum(loss.item() for loss in objective(*_tensors(batch, device))))
        count += int((batch.targets != IGNORED).sum())
    return total / count


class _Only(Shards):
    def __init__(self, name: str, stream: Any) -> None:
        self.streams = {name: stream}


def check_steps(steps: list[int], run: Path) -> None:
    """Raises RunError unless all ranks (`steps`: the step of each) begin at one step."""
    if len(set(steps)) > 1:
        raise RunError(
            f"the processes found checkpoints of different steps ({', '.join(map(str, steps))}) in {run}; "
            "all of them must see the same folder"
        )


def _tensors(batch: Batch, device: torch.device) -> tuple[Tensor, Tensor, Tensor]:
    parts = (batch.inputs, batch.targets, batch.segments)
    return tuple(torch.from_numpy(np.ascontiguousarray(part)).to(device) for part in parts)  # type: ignore[return-value]


def _device(rank: int) -> torch.device:
    if torch.cuda.is_available():
        device = torch.device("cuda", int(os.environ.get("LOCAL_RANK", rank)))
        torch.cuda.set_device(device)
        return device
    return torch.device("cpu")


def train(
    recipe: Recipe,
    data: Path,
    run: Path,
    save_minutes: float,
    until_step: int | None,
    compiled: bool,
    begin: Path | None = None,
) -> None:
    """Train, or go on with, the run in folder `run`.

    `begin`: the model.pt of a run, or the folder of a bundle, whose weights a new run starts with.
    """
    if "WORLD_SIZE" in os.environ and not distributed.is_initialized():
        distributed.init_process_group("nccl" if torch.cuda.is_available() else "gloo")
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    try:
        trainer = Trainer(recipe, vocabulary, data, run, compiled)
        resumed = trainer.resume()
        if begin is not None and not resumed:
            trainer.begin_from(restore(begin) if begin.is_dir() else load_trained(begin))
        if trainer.rank == 0:
            _announce(trainer, resumed)
        trainer.train(save_minutes, until_step)
    finally:
        if distributed.is_initialized():
            distributed.destroy_process_group()


def _announce(trainer: Trainer, resumed: bool) -> None:
    size = sum(p.numel() for p in trainer.decoder.parameters())
    where = f"resumed at step {trainer.step:,}" if resumed else "from the start"
    print(f"{size / 1e6:.1f} M parameters on {trainer.world_size} x {trainer.device}; {where}")
    if trainer.note:
        print(trainer.note)
    trainer.run.mkdir(parents=True, exist_ok=True)
    recipe = json.dumps(asdict(trainer.recipe), indent=1)
    (trainer.run / "recipe.json").write_text(recipe, encoding="utf-8")
