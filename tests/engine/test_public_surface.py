"""The engine's public surface types a sentence, in the lines that docs/architecture.md shows."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import engine

ROOT = Path(__file__).parents[2]


def shown() -> str:
    text = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"## The engine in ten lines\n\n(?:.*\n)*?\n((?:    .*\n|\n)+)", text)
    return re.sub(r"^    ", "", block, flags=re.MULTILINE)


def test_the_lines_that_are_shown_type_a_sentence() -> None:
    lines = shown()
    assert 3 <= len([line for line in lines.splitlines() if line.strip()]) <= 10
    assert re.findall(r"^(?:from|import) .*", lines, re.MULTILINE) == re.findall(
        r"^from engine import .*", lines, re.MULTILINE
    )
    command = [sys.executable, "-W", "error", "-c", lines]
    result = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", cwd=ROOT, check=True)
    assert result.stdout.strip() == "我现在要去上课"


def test_every_public_name_is_there() -> None:
    assert all(getattr(engine, name).__name__ == name for name in engine.__all__)
