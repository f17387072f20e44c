"""Runs: they learn, they go on after a kill, and their recipes are checked."""

from __future__ import annotations

import csv
import json
import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from tests.training.runs import ROOT, TINY, arguments, distance, run, set_all, weights
from training.checkpoint_files import CheckpointError
from training.commands.main import main
from training.corpus.shards import IGNORED, START_ID, Batch, Shards
from training.model.losses import Objective, mean_loss
from training.model.trained import load_trained
from training.pretraining import checkpoint
from training.pretraining.recipe import RecipeError, TrainingConfig, load_recipe
from training.pretraining.run_log import RunLog
from training.pretraining.trainer import Trainer

RECIPES = ROOT / "training" / "recipes"


@pytest.fixture
def recipe(tmp_path: Path) -> Path:
    path = tmp_path / "tiny.toml"
    path.write_text(TINY)
    return path


def test_a_memorisable_text_is_memorised(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    more = ("--set", "training.max_steps=200")
    assert main(["train", *arguments(prepared, tmp_path / "run", recipe), *more]) == 0  # with the picture
    with (tmp_path / "run" / "validation.csv").open() as file:
        losses = {row["source"]: float(row["loss"]) for row in csv.DictReader(file)}
    assert losses["all"] < 0.7
    # Which of the five sentences comes is left to guess; how it goes on is not.
    assert loss_inside_sentences(prepared, tmp_path / "run") < 0.1
    assert set(losses) == {"all", "talk", "other"}
    assert (tmp_path / "run" / "curves.png").stat().st_size > 5000
    with (tmp_path / "run" / "log.csv").open() as file:
        rows = list(csv.DictReader(file))
    assert len(rows) == 20
    assert float(rows[-1]["class_loss"]) < float(rows[0]["class_loss"]) / 4


def loss_inside_sentences(data: Path, folder: Path) -> float:
    """Nats a token of held-out text behind the first two hanzi of each sentence."""
    trained = load_trained(folder / "model.pt")
    stream = Shards(data, "valid", trained.vocabulary, 32).streams["talk"]
    windows = np.asarray(stream[: 12 * 32], dtype=np.int64).reshape(12, 32)
    inputs = np.concatenate([np.full((12, 1), START_ID), windows[:, :-1]], axis=1)
    starts = windows == START_ID
    targets = windows.copy()
    targets[:, :3] = IGNORED
    for behind in range(3):
        targets[:, behind:][starts[:, : 32 - behind]] = IGNORED
    batch = Batch(inputs, targets, np.zeros_like(inputs))
    return mean_loss(Objective(trained.decoder, False), [batch], torch.device("cpu"), in_bfloat16=False)


def test_a_run_cut_off_goes_on_as_if_it_had_not_been(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    run(prepared, tmp_path / "whole", recipe, "--until-step", "12")
    run(prepared, tmp_path / "parts", recipe, "--until-step", "7")
    (tmp_path / "parts" / "checkpoint.part").write_bytes(b"what a kill leaves behind")
    run(prepared, tmp_path / "parts", recipe, "--until-step", "12")
    whole, parts = weights(tmp_path / "whole"), weights(tmp_path / "parts")
    for name, value in whole.items():
        torch.testing.assert_close(parts[name], value, atol=1e-3, rtol=1e-2)
    assert load_trained(tmp_path / "parts" / "model.pt").progress["steps"] == 12


def test_a_run_killed_at_any_moment_of_its_saves_goes_on_as_if_it_had_not_been(
    prepared: Path, recipe: Path, tmp_path: Path
) -> None:
    run(prepared, tmp_path / "whole", recipe, "--until-step", "12")
    arguments = map(str, (prepared, tmp_path / "killed", recipe))
    command = [sys.executable, "-m", "tests.training.killed_train", *arguments]
    environment = os.environ | {"OMP_NUM_THREADS": "1"}
    done = subprocess.run(
        command, cwd=ROOT, env=environment, capture_output=True, text=True, timeout=240, check=False
    )
    assert done.returncode == 0, done.stderr[-3000:]
    # Only the first save of all has nothing to go on from, until its checkpoint is in place.
    assert json.loads(done.stdout.splitlines()[-1]) == {"killed": 12, "before the first": 5}
    whole, killed = weights(tmp_path / "whole"), weights(tmp_path / "killed")
    for name, value in whole.items():
        torch.testing.assert_close(killed[name], value, atol=1e-3, rtol=1e-2)
    steps = [int(row.split(",")[0]) for row in (tmp_path / "killed" / "log.csv").read_text().splitlines()[1:]]
    assert steps == [10]


def resumed(data: Path, folder: Path, recipe: Path, *changes: str) -> Trainer:
    """Return the run in the folder after it has continued."""
    vocabulary, settings = Vocabulary.load(data / "vocabulary.tsv"), load_recipe(recipe, changes)
    trainer = Trainer(settings, vocabulary, data, folder, compiled=False)
    assert checkpoint.resume(trainer.state, settings, vocabulary, folder, trainer.ranks)
    return trainer


def test_a_checkpoint_of_another_shape_is_refused(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    run(prepared, tmp_path / "run", recipe, "--until-step", "1")
    with pytest.raises(CheckpointError, match="another shape"):
        resumed(prepared, tmp_path / "run", recipe, "model.n_embd=64")
    (tmp_path / "run" / "checkpoint.pt").write_bytes(b"cut off")
    with pytest.raises(CheckpointError, match=r"checkpoint\.pt is not a checkpoint"):
        resumed(prepared, tmp_path / "run", recipe)


def test_a_checkpoint_of_an_earlier_version_is_gone_on_with(
    prepared: Path, recipe: Path, tmp_path: Path
) -> None:
    """What was added since (patience, begun_from, accumulate, sharded) has a value without the file."""
    run(prepared, tmp_path / "run", recipe, "--until-step", "2")
    path = tmp_path / "run" / "checkpoint.pt"
    saved = torch.load(path, weights_only=True)
    for added in ("best", "begun_from"):
        del saved[added]
    for added in ("accumulate", "sharded", "optimiser"):
        del saved["recipe"]["training"][added]
    torch.save(saved, path)
    state = resumed(prepared, tmp_path / "run", recipe).state
    assert (state.step, state.best, state.worse, state.begun_from) == (2, float("inf"), 0, {})


def test_a_batch_in_parts_gives_the_same(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    for name, parts in (("whole", 1), ("parts", 4), ("again", 1)):
        seed = 2 if name == "again" else 1
        changes = set_all(f"training.accumulate={parts}", f"training.seed={seed}")
        run(prepared, tmp_path / name, recipe, "--until-step", "10", *changes)
    one, four, other = (tmp_path / name for name in ("whole", "parts", "again"))
    assert distance(one, four) < 0.02 * distance(one, other)
    rows = [list(csv.DictReader((folder / "log.csv").read_text().splitlines())) for folder in (one, four)]
    for key in ("tokens", "class_loss", "reading_loss"):
        alone, together = (float(found[0][key]) for found in rows)
        assert together == pytest.approx(alone, abs=2e-3)


def test_a_syllable_that_counts_for_nothing_is_not_learnt(
    prepared: Path, recipe: Path, tmp_path: Path
) -> None:
    learnt = {}
    for weight in (0, 1):
        changes = set_all(f"training.syllable_weight={weight}", "training.ema=0")
        run(prepared, tmp_path / str(weight), recipe, "--until-step", "2", *changes)
        decoder = load_trained(tmp_path / str(weight) / "model.pt").decoder
        learnt[weight] = bool(decoder.class_head.weight.any())
    assert learnt == {0: False, 1: True}


def test_a_changed_rate_holds_on_resume(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    run(prepared, tmp_path / "run", recipe, "--until-step", "1")
    changes = ("training.learning_rate=0.125", "training.weight_decay=0.5")
    trainer = resumed(prepared, tmp_path / "run", recipe, *changes)
    (muon,) = trainer.state.optimisers[0].param_groups
    assert (muon["base_rate"], muon["weight_decay"]) == (0.125, 0.5)


@pytest.mark.parametrize(
    ("precision", "is_fast", "made_in"),
    [
        ("bfloat16", True, torch.bfloat16),
        ("bfloat16", False, torch.float32),  # where it would have to be emulated
        ("float32", True, torch.float32),
    ],
)
def test_products_have_the_precision_of_the_recipe_where_the_hardware_has_it(
    prepared: Path,
    recipe: Path,
    monkeypatch: pytest.MonkeyPatch,
    precision: str,
    is_fast: bool,
    made_in: torch.dtype,
) -> None:
    monkeypatch.setattr("training.pretraining.trainer.is_half_fast", lambda device: is_fast)
    settings = load_recipe(recipe, (f"training.precision='{precision}'",))
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    trainer = Trainer(settings, vocabulary, prepared, recipe.parent / "run", compiled=False)
    seen = set()
    for block in trainer.state.model.blocks:
        block.qkv.register_forward_hook(lambda _module, _inputs, output: seen.add(output.dtype))
    trainer.train(save_minutes=60, until_step=1)  # and a report
    assert seen == {made_in}
    assert {parameter.dtype for parameter in trainer.state.model.parameters()} == {torch.float32}


def test_until_step_0_trains_nothing(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    run(prepared, tmp_path / "run", recipe, "--until-step", "0")
    assert load_trained(tmp_path / "run" / "model.pt").progress["steps"] == 0


def test_a_log_goes_on_at_the_checkpoint(tmp_path: Path) -> None:
    log = RunLog(tmp_path / "log.csv", 0)
    for step in (10, 20, 30):
        log.add(step, step * 8, (1.0, 2.0), 1.0, 5.0)
        log.add_validation(step, step * 8, {"all": 3.0})
    RunLog(tmp_path / "log.csv", 20).add(30, 240, (0.5, 0.5), 1.0, 5.0)
    rows = list(csv.DictReader((tmp_path / "log.csv").read_text().splitlines()))
    assert [(row["step"], row["class_loss"]) for row in rows] == [
        ("10", "1.0000"), ("20", "1.0000"), ("30", "0.5000"),
    ]  # fmt: skip
    held_out = list(csv.DictReader((tmp_path / "validation.csv").read_text().splitlines()))
    assert [row["step"] for row in held_out] == ["10", "20"]


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("[model]\nn_layers = 3", "did you mean 'n_layer'"),
        ("[trainig]\nseed = 1", "did you mean 'training'"),
        ("[training]\nseed = 'x'", "seed must be of type int"),
        ("[training", "tiny.toml"),
        ("training = 3", "training must be a section"),
        ("[training]\nschedule = 'cosin'", "schedule must be one of trapezoid"),
        ("[training]\noptimiser = 'adamm'", "optimiser must be one of muon"),
        ("[training]\nprecision = 'float16'", "precision must be one of bfloat16, float32"),
        ("[training]\nlabel_smoothing = 1", "label_smoothing must be below 1"),
        ("[training]\ndecay = 0", "decay must be above 0"),
        ("[training]\nbatch_size = 0", "batch_size must be at least 1"),
        ("[training]\naccumulate = 0", "accumulate must be at least 1"),
        ("[training]\nacumulate = 2", "did you mean 'accumulate'"),
        ("[training]\nsharded = 1", "sharded must be of type bool"),
        ("[training]\nseed = true", "seed must be of type int"),
        ("[training]\nema = 1", "ema must be below 1"),
        ("[model]\nn_head = 3", "n_head times an even number"),
        ("[model]\nn_head = 4\nn_embd = 20", "n_head times an even number"),
        ("[model]\nblock_size = 8", "block_size must be at least 16"),
        ("[weights]\ntalk = 'x'", "the weight of talk"),
        ("[weights]\ntalk = -1", "the weight of talk"),
    ],
)
def test_recipes_are_checked(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "tiny.toml"
    path.write_text(text)
    with pytest.raises(RecipeError, match=message):
        load_recipe(path)


def test_overrides_win(recipe: Path) -> None:
    assert load_recipe(recipe, ("training.seed=9",)).training.seed == 9
    assert load_recipe(ROOT / "training" / "recipes" / "base.toml").model.n_embd == 256


@pytest.mark.parametrize("name", sorted(path.name for path in RECIPES.glob("*.toml")))
def test_every_recipe_runs(prepared: Path, tmp_path: Path, name: str) -> None:
    settings = {
        "model": {"n_layer": 2, "n_head": 2, "n_embd": 32, "block_size": 32},
        "training": {"batch_size": 4, "max_steps": 2, "minutes": 0},
    }
    changes = [
        f"{section}.{key}={value}" for section, keys in settings.items() for key, value in keys.items()
    ]
    run(prepared, tmp_path / "run", RECIPES / name, *set_all(*changes))
    assert load_trained(tmp_path / "run" / "model.pt").progress["steps"] == 2


def test_a_recipe_is_like_another(tmp_path: Path) -> None:
    (tmp_path / "a.toml").write_text("[model]\nn_layer = 3\n[training]\nseed = 7\n[weights]\ntalk = 2.0")
    (tmp_path / "b.toml").write_text('like = "a.toml"\n[training]\nema = 0.5')
    found = load_recipe(tmp_path / "b.toml", ("training.patience=4",))
    assert (found.model.n_layer, found.training.seed, found.training.ema) == (3, 7, 0.5)
    assert (found.training.patience, found.weights) == (4, {"talk": 2.0})
    (tmp_path / "b.toml").write_text('like = "b.toml"')
    with pytest.raises(RecipeError, match="another recipe"):
        load_recipe(tmp_path / "b.toml")


@pytest.mark.parametrize(
    ("optimiser", "rate"), [("muon", 0.02), ("adamw", 0.005), ("adam", 0.005), ("sgd", 0.2)]
)
def test_every_optimiser_learns(
    prepared: Path, recipe: Path, tmp_path: Path, optimiser: str, rate: float
) -> None:
    embedding = rate if optimiser == "sgd" else 0.004
    changes = set_all(
        f"training.optimiser='{optimiser}'",
        f"training.learning_rate={rate}",
        f"training.embedding_rate={embedding}",
        "training.label_smoothing=0.05",
        "training.max_steps=40",
    )
    run(prepared, tmp_path / "run", recipe, *changes)
    with (tmp_path / "run" / "log.csv").open() as file:
        losses = [float(row["class_loss"]) + float(row["reading_loss"]) for row in csv.DictReader(file)]
    assert losses[-1] < 0.7 * losses[0]


def test_a_run_goes_on_with_its_own_optimiser_only(prepared: Path, recipe: Path, tmp_path: Path) -> None:
    run(prepared, tmp_path / "run", recipe, "--until-step", "1")
    with pytest.raises(CheckpointError, match="was trained by muon"):
        resumed(prepared, tmp_path / "run", recipe, "training.optimiser='sgd'")


def test_a_run_that_gets_no_better_ends_and_keeps_its_best_weights(
    prepared: Path, recipe: Path, tmp_path: Path
) -> None:
    """A rate so high that every step undoes the last one."""
    changes = ("training.patience=2", "training.schedule='constant'", "training.learning_rate=5.0")
    more = set_all(*changes, "training.embedding_rate=5.0")
    run(prepared, tmp_path / "run", recipe, "--save-minutes", "0", *more)
    with (tmp_path / "run" / "validation.csv").open() as file:
        losses = [float(row["loss"]) for row in csv.DictReader(file) if row["source"] == "all"]
    assert len(losses) < 60
    assert min(losses) < min(losses[-2:])
    assert load_trained(tmp_path / "run" / "model.pt").progress["steps"] == losses.index(min(losses)) + 1


@pytest.mark.parametrize("schedule", ["trapezoid", "linear", "cosine", "constant"])
def test_schedules(schedule: str) -> None:
    config = TrainingConfig(max_steps=100, warmup_steps=10, schedule=schedule, decay=0.2)  # type: ignore[arg-type]
    assert config.rate(0) == pytest.approx(0.1)
    assert config.rate(30) >= 0.7
    assert config.rate(100) < 0.03 or schedule == "constant"
    timed = TrainingConfig(max_steps=100, warmup_steps=1, schedule=schedule, minutes=10)  # type: ignore[arg-type]
    assert timed.rate(5, elapsed_minutes=10) < 0.03 or schedule == "constant"


def test_help_is_there_for_every_command(capsys: pytest.CaptureFixture[str]) -> None:
    for command in ("prepare", "train", "ngram", "evaluate", "export", "lexicon"):
        with pytest.raises(SystemExit):
            main([command, "--help"])
        assert len(capsys.readouterr().out) > 400
