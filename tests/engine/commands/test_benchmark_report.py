"""`benchmark report` measures in one go, keeps what others measured, and writes the page."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.evaluation.figures import Figure, Origin, read_figures, record_figures
from engine.lexicon.vocabulary import Vocabulary
from tests.engine.tiny_bundle import write_tiny_bundle

ROW = {"pinyin": ["ni", "hao", "shi", "jie"], "hanzi": "你好世界", "context": "早上，"}


@pytest.fixture
def sets(tmp_path: Path) -> Path:
    folder = tmp_path / "sets"
    folder.mkdir()
    for name in ("chat", "aishell3", "aishell3_fuzzy"):
        rows = [{"id": f"{name}{number}", **ROW} for number in range(12)]
        (folder / f"{name}.jsonl").write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")
    return folder


def test_one_command_measures_and_writes_the_page(tmp_path: Path, sets: Path, vocabulary: Vocabulary) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    output = tmp_path / "page.md"
    theirs = Figure("window.visible", 0.25, "s", Origin("by hand", "a", "b", "c", "d"))
    record_figures(output.with_suffix(".tsv"), [theirs])
    few = ["--limit", "2", "--inputs", "1", "--interval-ms", "0", "--runs", "1", "--bundle", str(bundle)]
    assert main(["benchmark", "report", "--sets", str(sets), "--output", str(output), *few]) == 0
    found = read_figures(output.with_suffix(".tsv"))
    assert found["window.visible"] == theirs
    for name in (
        "accuracy.full.mean.first",
        "accuracy.context.chat.first",
        "accuracy.initials.mean.first",
        "accuracy.fuzzy.aishell3_fuzzy.characters",
        "accuracy.fuzzy.aishell3.price",
        "accuracy.slips.share",
        "latency.initials.p99",
        "latency.any_letters.max",
        "engine.first",
        "bundle.size",
        "learning.chat.keys_on",
        "mending.keys",
        "robustness.corrections.menu",
        "robustness.first_page.twice",
        "robustness.names.alone",
    ):
        assert found[name].origin.bundle.startswith("tiny "), name
    page = output.read_text(encoding="utf-8")
    assert "| window painted, s | 0.25 [" in page
    differ = found["robustness.corrections.menu"].value
    assert f"| typed with corrections: menu differs anywhere | {differ:g} of 4 |" in page


def test_the_own_sets_are_a_part_with_their_folder_in_the_command(
    tmp_path: Path, vocabulary: Vocabulary
) -> None:
    bundle = write_tiny_bundle(tmp_path / "model", vocabulary)
    (tmp_path / "words.jsonl").write_text(json.dumps({"id": "1", **ROW}), encoding="utf-8")
    output = tmp_path / "page.md"
    own = ["--sets", str(tmp_path), "--parts", "own", "--bundle", str(bundle)]
    assert main(["benchmark", "report", *own, "--output", str(output)]) == 0
    found = read_figures(output.with_suffix(".tsv"))
    assert {name.rpartition(".")[0] for name in found} == {"accuracy.words"}
    command = f"python -m engine benchmark report --sets {tmp_path} --parts own"
    assert found["accuracy.words.first"].origin.command == command


def test_with_no_parts_only_the_page_is_written_again(tmp_path: Path) -> None:
    output = tmp_path / "page.md"
    assert main(["benchmark", "report", "--output", str(output), "--parts"]) == 0
    assert "not measured" in output.read_text(encoding="utf-8")
    assert not output.with_suffix(".tsv").exists()


def test_a_folder_without_sets_and_a_damaged_file_are_refused(
    tmp_path: Path, sets: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    output = tmp_path / "page.md"
    assert main(["benchmark", "report", "--output", str(output)]) == 2
    assert "expected --sets DIR" in capsys.readouterr().err
    assert main(["benchmark", "report", "--sets", str(tmp_path), "--output", str(output)]) == 2
    assert "expected files of cases (*.jsonl)" in capsys.readouterr().err
    output.with_suffix(".tsv").write_text("nonsense\n", encoding="utf-8")
    assert main(["benchmark", "report", "--sets", str(sets), "--output", str(output), "--parts"]) == 2
    assert "line 1: expected the columns" in capsys.readouterr().err
