"""Every command of README.md runs, in both languages, on a little text and with a few steps.

`make` is asked what it would do. Capital words in a command (TEXT, DATA, RUN, BUNDLE, LIST, FILE)
are files and folders of the reader's, and are made here.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from pathlib import Path

import pytest

from engine.__main__ import main as run_engine
from tests.commands import server_stands, window_stands
from tests.training.texts import LINES
from training.commands.main import main as run_training

ROOT = Path(__file__).parent.parent
README = (ROOT / "README.md").read_text(encoding="utf-8")
CASE = '{"id": %d, "pinyin": ["ni", "hao", "shi", "jie"], "hanzi": "你好世界"}\n'
SHORT = {
    "train": "--no-compile --set model.n_layer=1 --set model.n_embd=32 --set model.block_size=32 "
    "--set training.batch_size=4 --set training.max_steps=2",
    "prepare": "--workers 1",
    "benchmark": "--fake --limit 2 --inputs 1 --syllables 2 --interval-ms 0 --runs 1",
}


def commands() -> list[str]:
    """Each indented line that begins with a program's name, without what is said about it; once each."""
    lines = re.findall(r"^    ((?:make|python) .*?)(?:\s+# .*)?$", README, re.MULTILINE)
    return list(dict.fromkeys(re.sub(r" \.\.\.|[\[\]]", "", line).strip() for line in lines))


def make_files() -> None:
    for folder in ("TEXT", "sets"):
        Path(folder).mkdir()
    Path("TEXT/talk.txt").write_text("\n".join(LINES * 1500), encoding="utf-8")
    Path("LIST").write_text("墨音 mo yin\n", encoding="utf-8")
    for name in ("cases.jsonl", "sets/a.jsonl"):
        Path(name).write_text("".join(CASE % number for number in range(30)), encoding="utf-8")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Make an empty working folder and home."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the commands that are processes of their own
    for kind in ("DATA", "CONFIG", "STATE"):
        monkeypatch.setenv(f"XDG_{kind}_HOME", str(tmp_path / "home"))
    make_files()
    return tmp_path


def test_every_command_of_the_readme_runs(here: Path, capsys: pytest.CaptureFixture[str]) -> None:
    found = commands()
    assert len(found) >= 15
    for line in found:
        program, *arguments = shlex.split(line)
        if program == "make":
            subprocess.run(["make", "-n", "-C", ROOT, *arguments], check=True, capture_output=True)
            continue
        assert arguments[0] == "-m", line
        package, *arguments = arguments[1:]
        arguments = [str(path) for word in arguments for path in (sorted(here.glob(word)) or [Path(word)])]
        if package == "ime_app":
            window_stands(arguments)
        elif arguments[0] == "serve":
            server_stands(arguments[1:])
        elif arguments == ["--help"]:
            with pytest.raises(SystemExit, match="0"):
                run_training(arguments)
        else:
            run = run_training if package == "training" else run_engine
            given = [*arguments, *SHORT.get(arguments[0], "").split()]
            assert run(given) == 0, (given, capsys.readouterr().err)
    assert "你好世界" in capsys.readouterr().out
    for made in ("out.jsonl", "FILE", "DATA/vocabulary.tsv", "RUN/model.pt", "BUNDLE/manifest.json"):
        assert (here / made).exists(), made


def test_no_command_of_the_readme_is_left_out() -> None:
    """What else is indented is the map of the files."""
    assert "```" not in README
    first = {line.split()[0] for line in re.findall(r"^    (\S.*)$", README, re.MULTILINE)}
    folders = {word for word in first - {"make", "python"} if (ROOT / word).is_dir()}
    assert first == {"make", "python"} | folders


def test_what_the_readme_names_is_there() -> None:
    for name in re.findall(r"\]\((?!http|#)([^)#]+)\)", README):
        assert (ROOT / name).exists(), name
