"""Several processes train like one, with a copy of the model each or a part of it, and take over
from each other in any number."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from tests.training.runs import TINY, distance, run, run_by_two, set_all
from training.pretraining.distributed import Ranks, RunError, check_steps, single_process
from training.pretraining.optimizers import optimisers_of
from training.pretraining.recipe import load_recipe
from training.pretraining.trainer import Trainer


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


def test_two_processes_train_like_one_and_one_goes_on(
    prepared: Path, recipe: Path, tmp_path: Path, by_one: Path, at_chance: float
) -> None:
    """Each with a copy of the model, and batches in two parts."""
    more = ("--until-step", "5", "--set", "training.accumulate=2")
    assert "on 2 x cpu; from the start" in run_by_two(prepared, tmp_path, recipe, *more)
    run(prepared, tmp_path, recipe, "--until-step", "8")
    assert distance(by_one, tmp_path) < 0.02 * at_chance


@pytest.mark.parametrize("optimiser", ["muon", pytest.param("adamw", marks=pytest.mark.long)])
def test_two_processes_with_half_a_model_each_train_like_one_and_one_goes_on(
    prepared: Path, recipe: Path, tmp_path: Path, by_one: Path, at_chance: float, optimiser: str
) -> None:
    """One begins, two share the model (FSDP) and save it whole, in mid-run as well, and one ends."""
    changes = set_all(f"training.optimiser='{optimiser}'", "training.sharded=true")
    run(prepared, tmp_path / "parts", recipe, "--until-step", "3", *changes)
    parts = ("--until-step", "6", "--save-minutes", "0", *changes, "--set", "training.accumulate=2")
    assert "2 x cpu, in parts; resumed at step 3" in run_by_two(prepared, tmp_path / "parts", recipe, *parts)
    run(prepared, tmp_path / "parts", recipe, "--until-step", "8", *changes)
    if optimiser != "muon":
        by_one = tmp_path / "whole"
        run(prepared, by_one, recipe, "--until-step", "8", *changes)
    assert distance(by_one, tmp_path / "parts") < 0.02 * at_chance


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
