"""Every file of resources/ damaged in turn: one sentence, no traceback, and typing goes on where it can."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engine.resource_check import manifest_text
from resources import MANIFEST, ROOT

NEEDED = {"lexicon/words.bin"}  # to type


@pytest.fixture(scope="module")
def said(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Return what is said of each file and damage."""
    folder = tmp_path_factory.mktemp("copy")
    shutil.copytree(ROOT, folder / "resources", ignore=shutil.ignore_patterns("model", "__pycache__"))
    script = Path(__file__).with_name("load_damaged_resources.py")
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(folder), str(ROOT.parent)])}
    command = [sys.executable, "-P", str(script), str(folder)]
    run = subprocess.run(command, env=environment, cwd=folder, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stderr
    return dict(json.loads(run.stdout))


def test_no_damage_ends_in_a_traceback_and_each_is_said(said: dict[str, str]) -> None:
    assert said.pop("whole") == "nothing"
    assert len(said) >= 3 * 18
    assert {name: text for name, text in said.items() if text.startswith("traceback")} == {}
    for name, text in said.items():
        file = name.partition(" ")[0]
        assert file in text, (name, text)


def test_what_is_not_needed_to_type_costs_only_itself(said: dict[str, str]) -> None:
    stopped = {name.partition(" ")[0] for name, text in said.items() if text.startswith("error: ")}
    schemes = {name for name in stopped if name.startswith("schemes/")}  # full pinyin is typed meanwhile
    assert stopped - schemes == NEEDED
    assert said["lexicon/english.tsv cut"].endswith("English words are not offered until it is replaced.")


def test_the_manifest_is_of_these_files() -> None:
    """Else: python -m training manifest."""
    assert MANIFEST.read_text(encoding="utf-8") == manifest_text()
