"""A bundle gives its decoder back, and a run may begin with it."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.lexicon.vocabulary import from_counts
from engine.model.bundle import Bundle
from engine.model.onnx_decoder import OnnxDecoder
from training.checkpoint_files import CheckpointError
from training.commands.main import main
from training.evaluation.onnx_parity import reading_log_probs
from training.export.bundle_import import class_vectors, restore
from training.export.torch_decoder import TorchDecoder
from training.model.decoder import ModelConfig
from training.model.model_growth import GrowError
from training.pretraining.trainer import train

CONFIG = ModelConfig(n_layer=2, n_head=2, n_embd=32, block_size=32)


@pytest.fixture
def bundle(tiny_bundle: Path) -> Path:
    return tiny_bundle


def test_a_restored_decoder_says_what_the_shipped_one_says(bundle: Path) -> None:
    shipped = Bundle.load(bundle)
    graph = OnnxDecoder(shipped.decoder_path, shipped.head_weight, shipped.head_bias)
    restored = TorchDecoder(restore(bundle).decoder)
    tokens = np.random.default_rng(0).integers(shipped.vocabulary.n_special, len(shipped.vocabulary), 24)
    ours, theirs = (
        reading_log_probs(decoder, shipped.vocabulary, tokens.tolist()) for decoder in (restored, graph)
    )
    # What is left is the rounding of activations, which the graph does and PyTorch does not.
    assert np.abs(ours - theirs).mean() < 0.05
    assert np.corrcoef(ours, theirs)[0, 1] > 0.999


def test_class_vectors_are_found_again() -> None:
    random = np.random.default_rng(1)
    classes = np.repeat(np.arange(6), [1, 2, 3, 5, 8, 13]).astype(np.int32)
    output = random.normal(size=(len(classes), 16)).astype(np.float32)
    vectors = random.normal(size=(7, 16)).astype(np.float32)
    rows = output + vectors[classes]
    lengths = random.uniform(0.1, 10, size=(len(rows), 1)).astype(np.float32)
    found = class_vectors(rows * lengths, output, classes, 7)
    np.testing.assert_allclose(found[1:6], vectors[1:6], atol=1e-4)
    alone = output[0] + found[0]  # one row fixes the direction, not the length
    assert alone @ rows[0] / np.linalg.norm(alone) / np.linalg.norm(rows[0]) == pytest.approx(1)
    assert not found[6].any()  # no token has this class


def test_a_run_begins_with_a_bundle(bundle: Path, prepared: Path, tmp_path: Path) -> None:
    recipe = tmp_path / "recipe.toml"
    recipe.write_text(
        "[model]\nn_layer = 2\nn_head = 2\nn_embd = 32\nblock_size = 32\n"
        "[training]\nbatch_size = 4\nmax_steps = 1\nweight_decay = 0.0\n"
        "learning_rate = 1e-9\nembedding_rate = 1e-9\n"
    )
    arguments = ["--data", prepared, "--output", tmp_path / "run", "--recipe", recipe, "--begin", bundle]
    assert main(["train", *map(str, arguments), "--no-compile"]) == 0
    saved = torch.load(tmp_path / "run" / "checkpoint.pt")["decoder"]
    expected = restore(bundle).decoder.state_dict()
    for name, value in expected.items():
        torch.testing.assert_close(saved[name], value, atol=1e-4, rtol=1e-4)
    progress = torch.load(tmp_path / "run" / "model.pt")["progress"]
    assert progress["steps"] == 1
    assert progress["begun_from"] == restore(bundle).progress


def test_weights_that_do_not_fit_are_refused(
    bundle: Path, prepared: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.pretraining.recipe import Recipe

    with pytest.raises(GrowError, match="n_embd is 256, that of the weights to begin with 32"):
        train(Recipe(), prepared, tmp_path / "run", 1, 0, False, bundle)
    others = replace(restore(bundle), vocabulary=from_counts([("你", "ni", 1), ("好", "hao", 1)]))
    monkeypatch.setattr("training.pretraining.trainer.load_weights", lambda folder: others)
    with pytest.raises(CheckpointError, match="another vocabulary"):
        train(Recipe(model=CONFIG), prepared, tmp_path / "run", 1, 0, False, bundle)


def test_a_bundle_that_does_not_tell_its_shape_is_refused(bundle: Path, tmp_path: Path) -> None:
    for file in bundle.iterdir():
        (tmp_path / file.name).write_bytes(file.read_bytes())
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    manifest["provenance"] = {}
    (tmp_path / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(CheckpointError, match="how its decoder was made"):
        restore(tmp_path)
