"""Several processes train like one, with a copy of the model each or a part of it, and take over
from each other in any number."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from tests.training.runs import TINY, all_run_by_two, arguments, distance, run, run_by_two, set_all
from training.pretraining.distributed import Ranks, RunError, check_steps, single_process
from training.pretraining.optimizers import optimisers_of
from training.pretraining.recipe import load_recipe
from training.pretraining.trainer import Trainer

MIDDLE = ("--until-step", "6", "--save-minutes", "0")


@pytest.fixture(scope="module")
def recipe(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("recipe") / "tiny.toml"
    path.write_text(TINY)
    return path


@pytest.fixture(scope="module")
def by_one(prepared: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Eight steps of one process."""
    folder = tmp_path_factory.mktemp("one")
    run(prepared, folder, recipe, "--until-step", "8")
    return folder


@pytest.fixture(scope="module")
def at_chance(prepared: Path, recipe: Path, by_one: Path, tmp_path_factory: pytest.TempPathFactory) -> float:
    """How far two runs are apart that differ in their seed."""
    folder = tmp_path_factory.mktemp("other")
    run(prepared, folder, recipe, "--until-step", "8", "--set", "training.seed=2")
    return distance(by_one, folder)


@dataclass(frozen=True)
class Shared:
    """What two processes printed of two runs, and the runs' folders."""

    printed: str
    copies: Path  # five steps from the start, each with a copy of the model
    parts: Path  # behind three steps of one process, each with half of the model, saved whole at each step


@pytest.fixture(scope="module")
def by_two(prepared: Path, recipe: Path, tmp_path_factory: pytest.TempPathFactory) -> Shared:
    copies, parts = tmp_path_factory.mktemp("copies"), tmp_path_factory.mktemp("parts")
    run(prepared, parts, recipe, "--until-step", "3", *halved("muon"))
    further = set_all("training.accumulate=2")
    copied = [*arguments(prepared, copies, recipe), "--until-step", "5", *further]
    printed = all_run_by_two(
        copied, [*arguments(prepared, parts, recipe), *MIDDLE, *halved("muon"), *further]
    )
    return Shared(printed, copies, parts)


def halved(optimiser: str) -> list[str]:
    """Return the settings of a run whose processes share the model (FSDP)."""
    return set_all(f"training.optimiser='{optimiser}'", "training.sharded=true")


def test_two_processes_train_like_one_and_one_goes_on(
    prepared: Path, recipe: Path, by_two: Shared, by_one: Path, at_chance: float
) -> None:
    assert "on 2 x cpu; from the start" in by_two.printed
    run(prepared, by_two.copies, recipe, "--until-step", "8")
    assert distance(by_one, by_two.copies) < 0.02 * at_chance


def test_two_processes_with_half_a_model_each_train_like_one_and_one_goes_on(
    prepared: Path, recipe: Path, by_two: Shared, by_one: Path, at_chance: float
) -> None:
    assert "2 x cpu, in parts; resumed at step 3" in by_two.printed
    run(prepared, by_two.parts, recipe, "--until-step", "8", *halved("muon"))
    assert distance(by_one, by_two.parts) < 0.02 * at_chance


@pytest.mark.long
def test_half_a_model_each_by_another_optimiser(
    prepared: Path, recipe: Path, tmp_path: Path, at_chance: float
) -> None:
    whole, parts, changes = tmp_path / "whole", tmp_path / "parts", halved("adamw")
    run(prepared, whole, recipe, "--until-step", "8", *changes)
    run(prepared, parts, recipe, "--until-step", "3", *changes)
    more = (*MIDDLE, *changes, "--set", "training.accumulate=2")
    assert "2 x cpu, in parts; resumed at step 3" in run_by_two(prepared, parts, recipe, *more)
    run(prepared, parts, recipe, "--until-step", "8", *changes)
    assert distance(whole, parts) < 0.02 * at_chance


def test_a_batch_that_cannot_be_shared_out_is_refused(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    assert Ranks(1, 4, torch.device("cpu")).share(16, 2) == range(4, 8)
    with pytest.raises(RunError, match="batch_size 16 cannot be shared out evenly to 3 processes;"):
        Ranks(0, 3, torch.device("cpu")).share(16, 1)
    cut = load_recipe(recipe, ("training.accumulate=5",))
    with pytest.raises(RunError, match="1 processes in 5 parts each; set training.batch_size"):
        Trainer(cut, Vocabulary(()), prepared, tmp_path, compiled=False)


def test_ranks_that_see_other_checkpoints_are_refused(tmp_path: Path) -> None:
    check_steps([5, 5], tmp_path)
    single_process().check_step(3, tmp_path)
    with pytest.raises(RunError, match="the same folder"):
        check_steps([5, 0], tmp_path)


def test_ranks_go_by_the_clock_of_the_first(monkeypatch: pytest.MonkeyPatch) -> None:
    ranks = Ranks(1, 2, torch.device("cpu"))
    monkeypatch.setattr("torch.distributed.broadcast", lambda told, source: told.fill_(3.5))
    assert ranks.of_first(1.0, False) == [3.5, 3.5]
    assert single_process().of_first(1.0, True) == [1.0, True]


def test_time_and_patience_end_a_run(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    timed = load_recipe(recipe, ("training.minutes=4", "training.patience=2"))
    trainer = Trainer(timed, vocabulary, prepared, tmp_path, compiled=False)
    assert not trainer._is_over()
    trainer.state.elapsed = 4.5
    assert trainer._is_over()
    trainer.state.elapsed, trainer.state.worse = 1.0, 2
    assert trainer._is_over()
    assert len(optimisers_of(trainer.state.model, timed.training)) == 2
