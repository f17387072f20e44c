"""A decoder grows in layers and inner width, says at first what it said before, and then learns on."""

from __future__ import annotations

import csv
from dataclasses import asdict, replace
from pathlib import Path

import pytest
import torch

from engine.lexicon.vocabulary import Vocabulary
from tests.training.runs import SHAPE, run, run_by_two, set_all
from training.model.decoder import DecoderModel, ModelConfig
from training.model.model_growth import GrowError, grow, how_it_grew
from training.model.trained import Trained, load_trained

SMALL = ModelConfig(n_layer=2, n_head=2, n_embd=32, block_size=32)


@pytest.fixture(scope="module")
def small(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the folder of a run of a small decoder, long enough to have learnt something."""
    folder = tmp_path_factory.mktemp("small")
    (folder / "recipe.toml").write_text(f"{SHAPE}max_steps = 60\nwarmup_steps = 5\nema = 0.9\n")
    run(prepared, folder, folder / "recipe.toml")
    return folder


def said(decoder: DecoderModel) -> tuple[torch.Tensor, torch.Tensor]:
    """Logits of the classes and of all readings, for some windows of any tokens."""
    torch.manual_seed(3)
    n_token = len(decoder.reading_bias)
    tokens = torch.randint(n_token, (3, 20))
    with torch.no_grad():
        hidden, table = decoder(tokens, torch.zeros_like(tokens))
        return decoder.class_head(hidden), hidden @ table.T + decoder.reading_bias


@pytest.mark.parametrize(
    "change",
    [
        {"n_layer": 3},
        {"n_layer": 5},
        {"n_inner": 200},
        {"n_layer": 4, "n_inner": 256, "dropout": 0.1, "block_size": 64},
    ],
)
def test_a_grown_decoder_says_what_it_said(small: Path, change: dict[str, int]) -> None:
    trained, config = load_trained(small / "model.pt"), replace(SMALL, **change)
    grown = grow(trained, config, seed=1)
    assert grown.decoder.config == config
    assert ModelConfig(**grown.recipe["model"]) == config
    for before, now in zip(said(trained.decoder), said(grown.decoder), strict=True):
        assert before.std() > 0.5  # the equality is not one of nothing
        torch.testing.assert_close(now, before, atol=1e-4, rtol=1e-4)


def test_old_blocks_lie_evenly_spread_and_new_ones_differ(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    decoder = DecoderModel(replace(SMALL, n_layer=3), vocabulary)
    for i, block in enumerate(decoder.blocks):
        torch.nn.init.constant_(block.proj.weight, float(i + 1))
    trained = Trained(decoder, vocabulary, {}, {"model": asdict(decoder.config)})
    grown = grow(trained, replace(SMALL, n_layer=7), seed=1).decoder
    assert [block.proj.weight.mean().item() for block in grown.blocks] == [1, 0, 2, 0, 3, 0, 0]
    assert not torch.equal(grown.blocks[1].qkv.weight, grown.blocks[3].qkv.weight)
    again, other = (grow(trained, replace(SMALL, n_layer=7), seed=seed).decoder for seed in (1, 2))
    assert torch.equal(grown.blocks[1].qkv.weight, again.blocks[1].qkv.weight)
    assert not torch.equal(grown.blocks[1].qkv.weight, other.blocks[1].qkv.weight)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"n_embd": 64}, "n_embd is 64, that of the weights to begin with 32; set model.n_embd"),
        ({"n_head": 4, "head_size": 8}, "n_head is 4, that of the weights to begin with 2"),
        ({"head_size": 8}, "head_size is 8, that of the weights to begin with 16"),
        ({"rope_base": 100.0}, "rope_base is 100.0, that of the weights to begin with 2000.0"),
        ({"n_layer": 1}, "n_layer 2, the recipe 1; set model.n_layer to at least 2, or .* `shrink prune`"),
        ({"n_inner": 100}, "n_inner 128, the recipe 100; set model.n_inner to at least 128"),
    ],
)
def test_what_is_no_larger_version_is_refused(small: Path, change: dict[str, int], message: str) -> None:
    with pytest.raises(GrowError, match=message):
        grow(load_trained(small / "model.pt"), replace(SMALL, **change), seed=1)


def held_out(folder: Path) -> list[float]:
    with (folder / "validation.csv").open() as file:
        return [float(row["loss"]) for row in csv.DictReader(file) if row["source"] == "all"]


def test_a_run_grows_a_decoder_and_trains_all_of_it(
    prepared: Path, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (before,) = held_out(small)
    changes = set_all("model.n_layer=4", "model.n_inner=192", "training.max_steps=40")
    begin = ("--begin", str(small / "model.pt"))
    run(prepared, tmp_path / "still", small / "recipe.toml", *begin, *changes, "--until-step", "0")
    assert held_out(tmp_path / "still") == [pytest.approx(before, abs=0.01)]
    run(prepared, tmp_path / "grown", small / "recipe.toml", *begin, *changes)
    printed = capsys.readouterr().out
    assert f"begins with {begin[1]}, grown from 2 to 4 layers and 128 to 192 inner channels" in printed
    assert held_out(tmp_path / "grown")[-1] < before - 0.2
    grown = load_trained(tmp_path / "grown" / "model.pt")
    assert grown.progress["begun_from"]["steps"] == 60
    for block in grown.decoder.blocks:  # nothing new has stayed at zero
        assert block.proj.weight.abs().mean() > 1e-3
        assert block.down.weight[:, 128:].abs().mean() > 1e-3


def test_a_run_cut_off_after_it_grew_does_not_grow_again(
    prepared: Path, small: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    more = ("--begin", str(small / "model.pt"), *set_all("model.n_layer=3"))
    run(prepared, tmp_path, small / "recipe.toml", *more, "--until-step", "2")
    run(prepared, tmp_path, small / "recipe.toml", *more, "--until-step", "3")
    assert "resumed at step 2\n" in capsys.readouterr().out


@pytest.mark.long  # what each of the two does is tried at every change: here alone, in test_distributed
def test_ranks_with_half_a_model_each_grow_the_same(prepared: Path, small: Path, tmp_path: Path) -> None:
    changes = set_all("model.n_layer=3", "training.sharded=true")
    more = ("--begin", str(small / "model.pt"), *changes, "--until-step", "0")
    assert "grown from 2 to 3 layers" in run_by_two(prepared, tmp_path, small / "recipe.toml", *more)
    whole = load_trained(small / "model.pt")
    expected = grow(whole, replace(SMALL, n_layer=3), seed=1).decoder.state_dict()
    found = load_trained(tmp_path / "model.pt").decoder.state_dict()
    for name, value in expected.items():
        torch.testing.assert_close(found[name], value, atol=1e-2, rtol=1e-2)  # saved in bf16


def test_the_same_shape_does_not_grow(small: Path) -> None:
    assert how_it_grew(load_trained(small / "model.pt"), SMALL) == ""
