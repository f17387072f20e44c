"""What the Makefile itself decides."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

MAKEFILE = Path(__file__).parent.parent / "Makefile"


@pytest.mark.parametrize("is_moved", [False, True])
def test_environment_of_a_folder_that_was_moved_is_made_anew(tmp_path: Path, is_moved: bool) -> None:
    """`python -m ime_app.ibus status` tells its user to run `make ibus` again."""
    folder = tmp_path / "a folder"
    environment = folder / ".venv"
    environment.mkdir(parents=True)
    made_at = tmp_path / "before" / ".venv" if is_moved else environment
    (environment / "pyvenv.cfg").write_text(
        f"home = /usr/bin\ncommand = /usr/bin/python3 -m venv {made_at}\n", encoding="utf-8"
    )
    shutil.copy(MAKEFILE, folder)
    done = subprocess.run(["make", "-n", "ibus"], cwd=folder, capture_output=True, text=True, check=False)
    assert environment.exists() is not is_moved
    assert ("made anew" in done.stdout) is is_moved
