"""Shrinking: what is pruned heals, what is taught learns, and the forms of a decoder agree."""

from __future__ import annotations

import copy
import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from engine.model.onnx_decoder import OnnxDecoder
from tests.training.texts import CHARACTERS
from training.commands.main import main
from training.corpus.prepare import prepare
from training.corpus.shards import Batch, Shards, WindowSampler
from training.evaluation.onnx_parity import reading_log_probs
from training.experiments.distillation import DistillationConfig, TeachError, teach
from training.experiments.onnx_variants import BLOCK, FORMS, forms_of, pack_int4
from training.experiments.pruning import PruneError, loss_of, prune
from training.experiments.shrink_command import save_decoder
from training.experiments.shrink_table import ShrinkRow, frontier, markdown
from training.export.bundle_export import export, head
from training.export.bundle_import import restore
from training.export.torch_decoder import TorchDecoder
from training.model.decoder import DecoderModel, ModelConfig
from training.model.losses import validation_batches
from training.model.trained import Trained, load_trained

# An experiment's tools. That its commands run is seen at every change, with those of the tutorial.
pytestmark = pytest.mark.long

HANZI = "我你他们是在有个来上大国"
BLOCK_SIZE = 32
TEACHER = ModelConfig(n_layer=2, n_head=4, n_embd=32, block_size=BLOCK_SIZE)
STUDENT = ModelConfig(n_layer=1, n_head=2, n_embd=16, block_size=BLOCK_SIZE)


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Make text of a dozen hanzi, each drawn by the last one or by the one before.

    There is something to attend to, and doubt that never goes.
    """
    rng = np.random.default_rng(0)
    chances = rng.dirichlet(np.full(len(HANZI), 0.3), len(HANZI))
    lines = []
    for _ in range(1500):
        places = [int(place) for place in rng.integers(len(HANZI), size=2)]
        while len(places) < 14:
            places.append(int(rng.choice(len(HANZI), p=chances[places[-rng.integers(1, 3)]])))
        lines.append("".join(HANZI[place] for place in places) + "。")
    folder = tmp_path_factory.mktemp("chain")
    (folder / "text").mkdir()
    (folder / "text" / "chain.txt").write_text("\n".join(lines), encoding="utf-8")
    prepare(folder / "text", folder / "data", CHARACTERS, None, workers=1, minimum=2)
    return folder / "data"


@pytest.fixture(scope="module")
def sampler(data: Path) -> WindowSampler:
    shards = Shards(data, "train", Vocabulary.load(data / "vocabulary.tsv"), BLOCK_SIZE)
    return WindowSampler(shards, BLOCK_SIZE, {}, seed=3)


@pytest.fixture(scope="module")
def held_out(data: Path) -> list[Batch]:
    shards = Shards(data, "valid", Vocabulary.load(data / "vocabulary.tsv"), BLOCK_SIZE)
    return validation_batches(shards, BLOCK_SIZE)["all"][:2]


def untrained(data: Path, config: ModelConfig, seed: int = 0) -> DecoderModel:
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    torch.manual_seed(seed)
    decoder = DecoderModel(config, vocabulary)
    counts = Shards(data, "train", vocabulary, BLOCK_SIZE).counts(len(vocabulary))
    decoder.set_priors(torch.from_numpy(counts))
    return decoder


@pytest.fixture(scope="module")
def trained(data: Path, sampler: WindowSampler) -> Trained:
    decoder = untrained(data, TEACHER)
    losses = teach(decoder, None, sampler, DistillationConfig(steps=200, batch_size=16))
    assert losses[-1] < losses[0] - 0.4
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    recipe = {"model": vars(TEACHER), "weights": {}}
    return Trained(decoder, vocabulary, {"steps": 200}, recipe)


# Learning from a teacher


@pytest.mark.parametrize("seed", [0, 1])
def test_a_distilled_student_beats_the_same_student_alone(
    data: Path, sampler: WindowSampler, held_out: list[Batch], trained: Trained, seed: int
) -> None:
    losses = {}
    for name, teacher in (("alone", None), ("distilled", trained.decoder)):
        student = untrained(data, STUDENT, seed)
        teach(student, teacher, sampler, DistillationConfig(steps=100, batch_size=2))
        losses[name] = loss_of(student, held_out)
    assert losses["distilled"] < losses["alone"] - 0.02
    assert loss_of(trained.decoder, held_out) < losses["distilled"]


def test_a_teacher_of_another_vocabulary_is_refused(
    data: Path, sampler: WindowSampler, trained: Trained
) -> None:
    vocabulary = replace(trained.vocabulary, readings=trained.vocabulary.readings[:-1])
    with pytest.raises(TeachError, match="another vocabulary"):
        teach(DecoderModel(STUDENT, vocabulary), trained.decoder, sampler, DistillationConfig(steps=1))


# Pruning


def test_nothing_pruned_changes_nothing(held_out: list[Batch], trained: Trained) -> None:
    same = prune(trained, held_out, 2, 4, 128)
    assert loss_of(same.decoder, held_out) == pytest.approx(loss_of(trained.decoder, held_out), abs=1e-5)


@pytest.mark.parametrize("shape", [(1, 4, 128), (2, 2, 128), (2, 4, 24), (1, 2, 64)])
def test_a_pruned_and_healed_decoder_beats_a_pruned_one(
    sampler: WindowSampler, held_out: list[Batch], trained: Trained, shape: tuple[int, int, int]
) -> None:
    whole = loss_of(trained.decoder, held_out)
    pruned = prune(trained, held_out, *shape)
    config = pruned.decoder.config
    assert (config.n_layer, config.n_head, config.inner_width, config.size_of_head) == (*shape, 8)
    before = loss_of(pruned.decoder, held_out)
    assert before > whole + 0.001
    assert loss_of(trained.decoder, held_out) == whole  # the whole one is as it was
    teach(pruned.decoder, trained.decoder, sampler, DistillationConfig(steps=25, batch_size=8))
    assert loss_of(pruned.decoder, held_out) < before - 0.2 * (before - whole)


def test_the_channels_that_stay_are_the_ones_that_count(held_out: list[Batch], trained: Trained) -> None:
    best = loss_of(prune(trained, held_out, 2, 4, 64).decoder, held_out)
    worst = copy.deepcopy(trained)
    for block in worst.decoder.blocks:  # worth is what is kept: turn it round by killing the best half
        order = (block.up.weight.norm(dim=1) * block.down.weight.norm(dim=0)).argsort(descending=True)
        with torch.no_grad():
            block.down.weight[:, order[:64]] = 0
    assert best < loss_of(worst.decoder, held_out)


def test_a_shape_that_is_not_there_is_refused(held_out: list[Batch], trained: Trained) -> None:
    for shape, told in (((3, 4, 128), "layers"), ((2, 0, 128), "heads"), ((2, 4, 129), "inner channels")):
        with pytest.raises(PruneError, match=told):
            prune(trained, held_out, *shape)


def test_a_pruned_decoder_ships_like_any_other(
    held_out: list[Batch], trained: Trained, tmp_path: Path
) -> None:
    pruned = prune(trained, held_out, 1, 2, 64)
    save_decoder(pruned, tmp_path / "model.pt")
    again = load_trained(tmp_path / "model.pt")
    export(again, tmp_path / "bundle", "pruned", None, [], quantise=False)
    back = restore(tmp_path / "bundle")
    assert back.decoder.config == pruned.decoder.config
    texts = np.random.default_rng(0).integers(100, 400, 20).tolist()
    ours, theirs = (
        reading_log_probs(TorchDecoder(each.decoder), each.vocabulary, texts) for each in (again, back)
    )
    assert np.abs(ours - theirs).max() < 0.05  # the head is int8 in a bundle


# Precisions


def test_every_form_says_nearly_the_same(trained: Trained) -> None:
    texts = [np.random.default_rng(seed).integers(100, 400, 20).tolist() for seed in range(4)]
    weight, bias = head(trained.decoder)
    graphs = forms_of(trained, texts, FORMS)
    values = {
        form: reading_log_probs(OnnxDecoder(graph, weight, bias), trained.vocabulary, texts[0])
        for form, graph in graphs.items()
    }
    for form, allowed in (("int8 by row", 0.3), ("int8 dynamic", 0.5), ("int8 static", 0.5), ("int4", 1.5)):
        difference = np.abs(values[form] - values["fp32"]).mean()
        assert 0 < difference < allowed, form
    sizes = {form: len(graph) for form, graph in graphs.items()}
    assert sizes["int4"] < sizes["fp32"]


def test_int4_keeps_a_matrix_to_a_sixteenth_of_each_blocks_largest() -> None:
    weight = np.random.default_rng(0).normal(size=(70, 5)).astype(np.float32)
    packed, scales = pack_int4(weight)
    assert packed.shape == (5, 3, BLOCK // 2)
    nibbles = np.stack([packed & 15, packed >> 4], axis=-1).reshape(5, 3, BLOCK).astype(np.float32)
    restored = ((nibbles - 8) * scales.reshape(5, 3, 1)).reshape(5, 96)[:, :70].T
    largest = np.abs(weight).max()
    assert np.abs(restored - weight).max() <= largest / 8  # the end opposite to the largest is cut off
    assert np.median(np.abs(restored - weight)) < largest / 16


# The table and the commands


def rows() -> list[ShrinkRow]:
    def row(form: str, megabytes: float, call_ms: float, log_prob: float) -> ShrinkRow:
        return ShrinkRow("m", form, megabytes, call_ms, log_prob, 50.0, 90.0)

    return [row("a", 9, 3, -2.0), row("b", 4, 1, -2.1), row("c", 5, 2, -2.2), row("d", 2, 4, -2.5)]


def test_the_edge_of_what_can_be_had() -> None:
    assert [row.form for row in frontier(rows(), "megabytes")] == ["d", "b", "a"]
    assert [row.form for row in frontier(rows(), "call_ms")] == ["b", "a"]
    starred = [
        line.split("|")[2].strip() for line in markdown(rows(), 9).splitlines() if line.endswith("* |")
    ]
    assert starred == ["a", "b", "d"]


def test_the_commands(
    data: Path, trained: Trained, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    save_decoder(trained, tmp_path / "whole" / "model.pt")
    whole, common = (
        str(tmp_path / "whole" / "model.pt"),
        ["--data", str(data), "--steps", "3", "--batch", "4"],
    )

    def run(*arguments: str) -> str:
        assert main(["shrink", *arguments]) == 0
        return capsys.readouterr().out

    pruned, student = (str(tmp_path / name / "model.pt") for name in ("pruned", "student"))
    assert "healed:" in run("prune", whole, *common, "--heads", "2", "--inner", "64", "--output", pruned)
    shape = [f"model.{name}={value}" for name, value in vars(STUDENT).items() if value]
    settings = [part for each in shape for part in ("--set", each)]
    assert "student:" in run("distil", whole, *common, *settings, "--alone", "--output", student)
    cases = [{"id": i, "pinyin": ["wo", "men"], "hanzi": "我们"} for i in range(3)]
    (tmp_path / "talk.jsonl").write_text("\n".join(map(json.dumps, cases)), encoding="utf-8")
    table = ["--sets", str(tmp_path / "talk.jsonl"), "--output", str(tmp_path / "table")]
    first = run("table", whole, pruned, *table, "--forms", "int8 by row", "int4")
    assert first.count("| int4 |") == 2
    assert (tmp_path / "table" / "shrink.svg").stat().st_size > 5000
    assert (
        run("table", whole, pruned, *table, "--forms", "int8 by row", "int4") == first
    )  # kept, to the digit
    assert main(["shrink", "table", whole, *table, "--forms", "int3"]) == 2
    assert "unknown form 'int3'" in capsys.readouterr().err
    assert main(["shrink", "prune", whole, *common, "--mix", "2", "--output", pruned]) == 2
    assert "--mix from 0 to 1" in capsys.readouterr().err
