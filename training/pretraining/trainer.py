"""Run `python -m training train`: shards and a recipe to checkpoints of a decoder.

The loop is here: batches, steps, reports. It runs alone, or under `torchrun` with one process a device: the
ranks share out the same global batch, so the run is the same whatever their number (docs/cluster.md).

    RUN/checkpoint.pt   everything a run needs to continue; replaced atomically
    RUN/model.pt        averaged weights in bf16, their config and vocabulary, for export
    RUN/log.csv         step, tokens, losses, rate, tokens/s
    RUN/curves.png
"""

from __future__ import annotations

import json
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import asdict
from pathlib import Path

import torch
from torch import nn
from tqdm import tqdm

from engine.lexicon.vocabulary import Vocabulary
from training.checkpoint_files import save_whole
from training.corpus.shards import IGNORED, Batch
from training.export.bundle_import import load_weights
from training.model.losses import is_half_fast, mean_loss, tensors_of
from training.model.model_growth import grow, how_it_grew
from training.pretraining import checkpoint
from training.pretraining.distributed import Ranks, joined, single_process
from training.pretraining.optimizer_sharding import shared, summing
from training.pretraining.optimizers import optimisers_of
from training.pretraining.recipe import Recipe
from training.pretraining.run_log import RunLog
from training.pretraining.tasks import task_of
from training.pretraining.train_state import RunState


class Trainer:
    """One run on this rank: its data, its loss and the state they change."""

    def __init__(
        self,
        recipe: Recipe,
        vocabulary: Vocabulary,
        data: Path,
        run: Path,
        compiled: bool,
        ranks: Ranks | None = None,
    ) -> None:
        self.recipe, self.vocabulary, self.run = recipe, vocabulary, run
        self.ranks = ranks or single_process()
        settings = recipe.training
        self._rows = self.ranks.share(settings.batch_size, settings.accumulate)
        torch.manual_seed(settings.seed)
        task = task_of(recipe, vocabulary, data, compiled, self.ranks.device)
        self.note, self.sampler, self.validation = task.note, task.sampler, task.validation
        self._plain = task.objective
        self.objective = shared(task.objective, task.model, self.ranks, settings.sharded)
        optimisers = optimisers_of(task.model, settings)
        self.state = RunState(task.model, self.objective, optimisers)
        self._is_half = settings.precision == "bfloat16" and is_half_fast(self.ranks.device)
        self._reported = -1  # the step of the last report

    def train(self, save_minutes: float, until_step: int | None = None) -> None:
        """Run to the end of the schedule (or `until_step`), saving and validating on the way."""
        settings, state = self.recipe.training, self.state
        last_step = settings.max_steps if until_step is None else min(settings.max_steps, until_step)
        log = RunLog(self.run / "log.csv", state.step) if self.ranks.is_first else None
        bar = tqdm(
            total=last_step, initial=state.step, unit="step", disable=not self.ranks.is_first, mininterval=5
        )
        started, saved, before = time.monotonic(), time.monotonic(), state.elapsed
        with ThreadPoolExecutor(2) as pool:
            ahead = [pool.submit(self._batch, state.step + i) for i in range(3)]
            while state.step < last_step and not self._is_over():
                tick = time.monotonic()
                batch = ahead.pop(0).result()
                ahead.append(pool.submit(self._batch, state.step + 3))
                losses = self._one_step(batch)
                now = time.monotonic()
                minutes, is_late = before + (now - started) / 60, now - saved > save_minutes * 60
                state.elapsed, is_due = self.ranks.of_first(minutes, is_late)  # one clock for all ranks
                bar.update()
                speed = batch.inputs.size * self.ranks.world_size / (time.monotonic() - tick)
                bar.set_postfix(loss=f"{sum(losses):.3f}", tokens_per_s=f"{speed:,.0f}")
                if log:
                    log.add(state.step, state.tokens, losses, self._rate(), speed)
                if is_due:
                    saved = time.monotonic()
                    self._report(log)
        if self._reported != state.step:
            self._report(log)
        bar.close()

    def _batch(self, step: int) -> Batch:
        return self.sampler.batch(step, self._rows.start, self._rows.stop)

    def _rate(self) -> float:
        return self.recipe.training.rate(self.state.step, self.state.elapsed)

    def _is_over(self) -> bool:
        """Return whether the run is out of time, or out of patience."""
        minutes, patience = self.recipe.training.minutes, self.recipe.training.patience
        return 0 < minutes <= self.state.elapsed or 0 < patience <= self.state.worse

    def _one_step(self, batch: Batch) -> tuple[float, float]:
        """Change the weights by one global batch; returns the losses (class, reading), nats a token."""
        state, settings, device = self.state, self.recipe.training, self.ranks.device
        state.model.train()
        count = self.ranks.sum(int((batch.targets != IGNORED).sum()))
        parts = batch.cut(settings.accumulate)
        losses = torch.zeros(2, device=device)
        for part in parts:
            with summing(self.objective, part is parts[-1]):
                with torch.autocast(device.type, torch.bfloat16, enabled=self._is_half):
                    class_loss, reading_loss = self.objective(*tensors_of(part, device))
                loss = settings.syllable_weight * class_loss + reading_loss
                # Gradients are averaged over the ranks; the sum over all is wanted.
                (loss * self.ranks.world_size / count).backward()
            losses += torch.stack((class_loss.detach(), reading_loss.detach()))
        nn.utils.clip_grad_norm_(state.model.parameters(), settings.gradient_clip)
        rate = self._rate()
        for optimiser in state.optimisers:
            for group in optimiser.param_groups:
                group["lr"] = group["base_rate"] * rate
            optimiser.step()
            optimiser.zero_grad(set_to_none=True)
        state.step += 1
        state.tokens += batch.inputs.size * self.ranks.world_size
        state.update_average(settings.ema)
        class_loss, reading_loss = (losses * self.ranks.world_size / count).tolist()
        return class_loss, reading_loss

    @torch.no_grad()
    def validate(self) -> dict[str, float]:
        """Return nats a token of the averaged weights on held-out text, by source and `all`."""
        with self.state.averaged():
            self.state.model.eval()
            return {
                name: mean_loss(self._plain, batches, self.ranks.device, self._is_half)
                for name, batches in self.validation.items()
            }

    def _report(self, log: RunLog | None) -> None:
        """Judge and save the run. If the model lies in parts, every rank has to take part."""
        state = self.state
        losses = self.validate() if log or self.recipe.training.sharded else {}
        if log:
            state.judge(losses["all"])
        state.best, worse = self.ranks.of_first(state.best, state.worse)
        state.worse = int(worse)
        self._reported = state.step
        checkpoint.save(state, self.recipe, self.vocabulary, self.run, self.ranks)
        if log:
            log.add_validation(state.step, state.tokens, losses)
            log.plot(self.run / "curves.png")


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

    `begin`: the model.pt of a run, or the folder of a bundle, whose weights a new run starts with; a
    decoder of fewer layers or inner channels than the recipe's is grown (training/model/model_growth.py).
    """
    with joined() as ranks:
        vocabulary = Vocabulary.load(data / "vocabulary.tsv")
        trainer = Trainer(recipe, vocabulary, data, run, compiled, ranks)
        resumed = checkpoint.resume(trainer.state, recipe, vocabulary, run, ranks)
        where = f"resumed at step {trainer.state.step:,}" if resumed else "from the start"
        if begin is not None and not resumed:
            where = _begin(trainer, begin)
        if ranks.is_first:
            _announce(trainer, where)
        trainer.train(save_minutes, until_step)


def _begin(trainer: Trainer, begin: Path) -> str:
    """Take over the weights of another run or bundle; returns what was done, in words."""
    recipe = trainer.recipe
    trained = load_weights(begin)
    checkpoint.check_begin(trained, trainer.vocabulary)
    trainer.state.begin_from(grow(trained, recipe.model, recipe.training.seed))
    return ", ".join(filter(None, (f"begins with {begin}", how_it_grew(trained, recipe.model))))


def _announce(trainer: Trainer, where: str) -> None:
    size = sum(p.numel() for p in trainer.state.model.parameters())
    sharing = ", in parts" if trainer.recipe.training.sharded and trainer.ranks.world_size > 1 else ""
    on = f"{trainer.ranks.world_size} x {trainer.ranks.device}{sharing}"
    print(f"{size / 1e6:.1f} M parameters on {on}; {where}")
    if trainer.recipe.training.precision == "bfloat16" and not is_half_fast(trainer.ranks.device):
        print("this processor has no products in bfloat16: float32 instead")
    if trainer.note:
        print(trainer.note)
    with save_whole(trainer.run / "recipe.json") as file:
        file.write(json.dumps(asdict(trainer.recipe), indent=1).encode())
