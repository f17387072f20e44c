"""A tiny corpus on disk, prepared once, for the tests of the workshop."""

from __future__ import annotations

import lzma
from pathlib import Path

import pytest

from tests.training.runs import SHAPE
from training.cli import main
from training.export import export, load_trained
from training.prepare import prepare

LINES = [
    "我现在要去上课，你好世界。",
    "今天天气很好，我们去公园吧！",
    "他慢慢地走了过来，长得很高。",
    "银行行长说：这个方案行不行？",
    "我喜欢吃苹果，也喜欢喝水。",
]
CHARACTERS = Path(__file__).parents[2] / "resources" / "characters.tsv"


@pytest.fixture(scope="session")
def corpus(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Two sources, one of them compressed, long enough for both splits."""
    folder = tmp_path_factory.mktemp("corpus")
    (folder / "talk.txt").write_text("\n".join(LINES * 2600), encoding="utf-8")
    with lzma.open(folder / "other.txt.xz", "wt", encoding="utf-8") as file:
        file.write("\n".join(reversed(LINES * 2600)))
    return folder


@pytest.fixture(scope="session")
def prepared(corpus: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The corpus as shards."""
    output = tmp_path_factory.mktemp("prepared")
    prepare(corpus, output, CHARACTERS, None, workers=1, minimum=2)
    return output


TINY = f"{SHAPE}max_steps = 120\n"


@pytest.fixture(scope="session")
def tiny_bundle(prepared: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A bundle that has learnt the tiny corpus by heart."""
    folder = tmp_path_factory.mktemp("tiny")
    (folder / "tiny.toml").write_text(TINY)
    arguments = ["--data", str(prepared), "--output", str(folder / "run"), "--no-compile"]
    assert main(["train", *arguments, "--recipe", str(folder / "tiny.toml")]) == 0
    export(load_trained(folder / "run" / "model.pt"), folder / "bundle", "tiny", None, [])
    return folder / "bundle"
