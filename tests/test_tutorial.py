"""Every command of docs/tutorial.md runs, in its order, on a little text and with a few steps.

That takes most of a minute and is a long test; that every command is understood is looked at each time.

The files that the tutorial shows are written as they stand there; a block's first line says
```LANGUAGE FILE. Only how long is trained is cut short. What is indented is not run in its place: pip
before all, curl while the server stands.
"""

from __future__ import annotations

import re
import shlex
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest

from engine.__main__ import main as run_engine
from ime_app.app import window_options
from tests.commands import extras_exist, indented, only_understand, server_stands, window_stands
from tests.training.texts import LINES
from training.commands.main import main as run_training
from training.pretraining.recipe import load_recipe

ROOT = Path(__file__).parent.parent
TUTORIAL = (ROOT / "docs" / "tutorial.md").read_text(encoding="utf-8")
BLOCK = re.compile(r"^```(\w+)(?: (\S+))?\n(.*?)^```", re.MULTILINE | re.DOTALL)


def commands() -> list[str]:
    """Each command in a block of `sh`, on one line."""
    text = "\n".join(body for language, _, body in BLOCK.findall(TUTORIAL) if language == "sh")
    return text.replace("\\\n", " ").splitlines()


def write_files(folder: Path) -> None:
    """Write what the tutorial shows, and a text to train on."""
    for _, name, body in BLOCK.findall(TUTORIAL):
        if name:
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            (folder / name).write_text(body, encoding="utf-8")
    (folder / "text").mkdir()
    (folder / "text" / "talk.txt").write_text("\n".join(LINES * 1500), encoding="utf-8")


def shortened(arguments: list[str]) -> list[str]:
    """Return the same command with so few steps that a test can wait for them."""
    if arguments[:2] == ["training", "train"]:
        return [*arguments, "--set", "training.minutes=0", "--set", "training.max_steps=3"]
    if "--steps" in arguments:
        place = arguments.index("--steps") + 1
        return [*arguments[:place], "3", *arguments[place + 1 :]]
    if "table" in arguments:
        return [*arguments, "--limit", "2", "--forms", "int8 by row", "int4"]
    return [*arguments, "--limit", "2"] if "--sets" in arguments else arguments


def test_every_command_of_the_tutorial_is_understood(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Its options are those of the programs, its files of the names that they are written to."""
    only_understand(monkeypatch)
    monkeypatch.chdir(tmp_path)
    write_files(tmp_path)
    programs: dict[str, Callable[[list[str]], object]] = {"engine": run_engine, "training": run_training}
    programs["ime_app"] = window_options
    lines = [line for line in commands() if line.startswith("python -m ")]
    assert len(lines) >= 20
    for line in lines:
        package, *arguments = shlex.split(line)[2:]
        programs[package](arguments)  # SystemExit at an option that there is not
    recipes = sorted(tmp_path.glob("*.toml"))
    assert recipes
    for recipe in recipes:
        load_recipe(recipe)


@pytest.mark.long
def test_every_command_of_the_tutorial_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))  # for the commands that are processes of their own
    write_files(tmp_path)
    found = commands()
    assert len(found) >= 24
    for line in found:
        if not line.startswith("python -m "):
            subprocess.run(["bash", "-ec", line], check=True)
            continue
        package, *arguments = shlex.split(line)[2:]
        if package == "ime_app":
            window_stands(arguments)
        elif arguments[0] == "serve":
            server_stands(arguments[1:], [line for line in indented(TUTORIAL) if line.startswith("curl ")])
        else:
            run = run_training if package == "training" else run_engine
            given = shortened([package, *arguments])[1:]
            assert run(given) == 0, (given, capsys.readouterr().err)
    for made in ("data/vocabulary.tsv", "run/curves.png", "run/parity.md", "report.html", "table/shrink.svg"):
        assert (tmp_path / made).exists()


def test_no_command_of_the_tutorial_is_left_out() -> None:
    """A block is commands, what they print, or a file; what is indented is a formula, pip or curl."""
    for language, name, _ in BLOCK.findall(TUTORIAL):
        assert name or language in ("sh", "text"), (language, name)
    assert TUTORIAL.count("```") == 2 * len(BLOCK.findall(TUTORIAL))
    pip, curl = indented(TUTORIAL)
    extras_exist(pip)
    assert curl.startswith("curl ")
    others = set(re.findall(r"^    ([a-zA-Z]+) ", TUTORIAL, re.MULTILINE)) - {"pip", "curl"}
    assert not others


def test_what_the_tutorial_names_is_there() -> None:
    for name in re.findall(r"\]\((?!http)([^)#]+)\)", TUTORIAL):
        assert (ROOT / "docs" / name).exists(), name
    assert "TO" + "DO" not in TUTORIAL
