"""The command line: what a user does wrong is one sentence and the status 2."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
import torch

from engine.evaluation.cases import Case
from engine.lexicon.vocabulary import Vocabulary
from engine.model.bundle import Bundle
from engine.model.ngram import NgramModel
from training.checkpoint_files import save_whole
from training.commands.main import main
from training.evaluation.onnx_parity import ParityError, compare_decoders
from training.ngram.readings import make_ngram


def complaint(capsys: pytest.CaptureFixture[str], *arguments: object) -> str:
    """Return the one line on stderr of a command that fails."""
    assert main([str(argument) for argument in arguments]) == 2
    lines = capsys.readouterr().err.splitlines()
    assert len(lines) == 1
    return lines[0]


def test_mistakes_are_one_sentence(
    prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bad.pt").write_bytes(b"nothing")
    torch.save({"decoder": {}}, tmp_path / "checkpoint.pt")
    (tmp_path / "cases.jsonl").write_text("{")
    train = ("train", "--data", prepared, "--output", tmp_path / "run")
    assert "no .txt" in complaint(capsys, "prepare", "--input", tmp_path / "no", "--output", tmp_path / "out")
    assert "vocabulary.tsv" in complaint(capsys, *train[:2], tmp_path, *train[3:])
    assert "RecipeError" in complaint(capsys, *train, "--set", "training.schedule='cosin'")
    assert "SECTION.KEY" in complaint(capsys, *train, "--set", "seed=3")
    assert "ShardError" in complaint(capsys, *train, "--set", "model.block_size=9000000")
    assert "nothing to evaluate" in complaint(capsys, "evaluate", tmp_path / "bad.pt")
    data, sets = ("--data", prepared), ("--sets", tmp_path / "cases.jsonl")
    assert "is missing" in complaint(capsys, "evaluate", tmp_path / "nowhere", *data)
    assert "not a bundle" in complaint(capsys, "evaluate", tmp_path / "bundle", *data)
    assert "BundleError" in complaint(capsys, "evaluate", tmp_path / "bundle", *sets)
    assert "bad.pt is not a checkpoint" in complaint(capsys, "evaluate", tmp_path / "bad.pt", *data)
    assert "not the model.pt" in complaint(capsys, "evaluate", tmp_path / "checkpoint.pt", *data)


def test_the_default_recipe_takes_any_text(
    prepared: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    arguments = ["--data", str(prepared), "--output", str(tmp_path), "--no-compile", "--until-step", "0"]
    assert main(["train", *arguments, "--set", "model.n_layer=1", "--set", "model.n_embd=32"]) == 0
    assert capsys.readouterr().out.count("weights name sources that are not here") == 1


def test_help_imports_neither_torch_nor_pypinyin() -> None:
    check = (
        "import sys; from training.commands.main import _parser; _parser().format_help(); "
        "sys.exit(any(name in sys.modules for name in ('torch', 'pypinyin', 'zstandard')))"
    )
    assert subprocess.run([sys.executable, "-c", check], check=False).returncode == 0


def test_a_file_that_cannot_be_written_leaves_the_old_one(tmp_path: Path) -> None:
    with save_whole(tmp_path / "a") as file:
        file.write(b"whole")
    with pytest.raises(ValueError, match="closed"), save_whole(tmp_path / "a") as file:
        file.close()  # what writes fails half way
    assert (tmp_path / "a").read_bytes() == b"whole"


def test_export_fits_the_ngram_of_the_bundle_alone(prepared: Path, tmp_path: Path) -> None:
    recipe = ["--set", "model.n_layer=1", "--set", "model.n_embd=16", "--set", "model.block_size=32"]
    train = ["--data", str(prepared), "--output", str(tmp_path / "run"), "--no-compile", "--until-step", "0"]
    assert main(["train", *train, *recipe]) == 0
    ngram = tmp_path / "n.bin"
    make_ngram(prepared, ngram, {}, (2, 2, 2), (500, 500, 500))
    before = ngram.read_bytes()
    case = {"id": "1", "pinyin": ["ni", "hao"], "hanzi": "你好"}
    (tmp_path / "cases.jsonl").write_text(json.dumps(case, ensure_ascii=False), encoding="utf-8")
    command = ["export", str(tmp_path / "run" / "model.pt"), "--output", str(tmp_path / "bundle")]
    command += ["--name", "test", "--ngram", str(ngram), "--data", str(prepared)]
    assert main([*command, "--sets", str(tmp_path / "cases.jsonl")]) == 0
    assert ngram.read_bytes() == before
    shipped = Bundle.load(tmp_path / "bundle").ngram_path
    assert shipped is not None
    assert not np.allclose(NgramModel.load(shipped).weights, NgramModel.load(ngram).weights)
    assert "ONNX int8" in (tmp_path / "run" / "parity.md").read_text(encoding="utf-8")
    bundle, again = str(tmp_path / "bundle"), str(tmp_path / "again")  # a bundle's graph is not made anew
    shares = ["--name", "test", "--ngram", str(ngram), "--share", "0.25"]
    assert main(["export", bundle, "--output", again, *shares]) == 0
    shared = Bundle.load(Path(again)).ngram_path
    assert shared is not None
    assert NgramModel.load(shared).weights.tolist() == [0.25] * 4
    without_ngram = [word for word in command if word not in ("--ngram", str(ngram))]
    assert main([*without_ngram, "--share", "0.25"]) == 2


def test_parity_without_a_usable_case_is_refused(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    case = Case("1", "nihao", ("ni", "hao"), "", "他们")
    with pytest.raises(ParityError, match="none of the 1 cases"):
        compare_decoders({}, vocabulary, None, [case], 64)


@pytest.mark.parametrize("package", ["torch", "tqdm", "onnx.helper"])
def test_missing_packages_of_training_are_one_sentence(
    package: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    def missing(options: object) -> None:
        raise ModuleNotFoundError(f"No module named {package!r}", name=package)

    monkeypatch.setattr("training.commands.corpus._prepare", missing)
    said = complaint(capsys, "prepare", "--input", tmp_path, "--output", tmp_path / "out")
    assert "pip install 'moyin[train]'" in said


def test_a_missing_module_of_our_own_is_a_bug(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    def missing(options: object) -> None:
        raise ModuleNotFoundError("No module named 'training.nowhere'", name="training.nowhere")

    monkeypatch.setattr("training.commands.corpus._prepare", missing)
    with pytest.raises(ModuleNotFoundError):
        main(["prepare", "--input", str(tmp_path), "--output", str(tmp_path / "out")])
