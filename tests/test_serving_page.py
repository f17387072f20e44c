"""Every command of docs/serving.md runs; of the Containerfile, what can be run without an engine."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

from engine.__main__ import main
from engine.serving import load_test as serve_load
from tests.commands import answer_of, extras_exist, indented

ROOT = Path(__file__).parent.parent
PAGE = (ROOT / "docs" / "serving.md").read_text(encoding="utf-8")
RECIPE = (ROOT / "Containerfile").read_text(encoding="utf-8").replace("\\\n", "")
CASE = '{"id": "%d", "pinyin": ["ni", "hao"], "hanzi": "你好", "context": "我说"}\n'


def test_every_command_of_the_page_runs(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    Path("chat.jsonl").write_text("".join(CASE % number for number in range(16)), encoding="utf-8")
    run = {"pip": 0, "serve": 0, "curl": 0, "load": 0, "container": 0}
    with serve_load.served([]) as port:
        for line in indented(PAGE):
            words = shlex.split(line)
            if words[0] == "pip":
                extras_exist(line)
                run["pip"] += 1
            elif words[0] == "curl":
                (result,) = answer_of(line, port)["results"]
                assert [each["text"] for each in result["candidates"]] == shown(PAGE)
                run["curl"] += 1
            elif words[:4] == ["python", "-m", "engine", "serve"]:
                assert words[4:] == []  # the one that is asked here
                run["serve"] += 1
            elif words[:3] == ["python", "-m", "engine.serving.load_test"]:
                short = ["--seconds", "1", "--clients", "2", "--serve", f"--fake {_of(words, '--serve')}"]
                assert serve_load.main([*words[3:], *short]) == 0
                assert "| keys | 2 |" in capsys.readouterr().out
                run["load"] += 1
            else:  # needs an engine; the page says on what it was tried
                assert words[0] in ("podman", "buildah"), line
                run["container"] += 1
    assert run == {"pip": 1, "serve": 1, "curl": 1, "load": 2, "container": 3}


def shown(page: str) -> list[str]:
    """Return the texts of the answer that the page shows."""
    return re.findall(r'\{"text":"(\w+)"', page)


def _of(words: list[str], option: str) -> str:
    return words[words.index(option) + 1] if option in words else ""


def test_the_containerfile_takes_what_is_there_and_leaves_qt_out(tmp_path: Path) -> None:
    ignored = set((ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")[1:])
    copied = [name for line in re.findall(r"^COPY (.*) \S+$", RECIPE, re.MULTILINE) for name in line.split()]
    assert copied == ["pyproject.toml", "README.md", "LICENSE", "engine", "resources"]
    assert all((ROOT / name).exists() and name not in ignored for name in copied)
    (command,) = re.findall(r"^RUN python -c (\".*\") > requirements.txt", RECIPE, re.MULTILINE)
    listed = subprocess.run(
        [sys.executable, "-c", shlex.split(command)[0]], cwd=ROOT, capture_output=True, text=True, check=True
    )
    names = {re.split(r"[>=<~! ]", line)[0] for line in listed.stdout.splitlines()}
    assert {"numpy", "onnxruntime", "fastapi", "uvicorn", "prometheus-client"} <= names
    assert not {name for name in names if name.lower().startswith(("pyside", "torch", "pytest"))}


def test_the_containerfile_s_entry_point_is_a_command(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """An empty bundle is refused: the arguments before it were understood."""
    (entry,) = re.findall(r"^ENTRYPOINT (.*)$", RECIPE, re.MULTILINE)
    python, dash_m, package, *arguments = json.loads(entry)
    assert (python, dash_m, package) == ("python", "-m", "engine")
    assert main([*arguments, "--bundle", str(tmp_path)]) == 2
    assert capsys.readouterr().err.startswith("BundleError: ")
