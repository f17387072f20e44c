"""Find the version of the program, installed or run from a clone."""

from __future__ import annotations

import tomllib
from importlib import metadata
from pathlib import Path
from typing import Final

_PROJECT: Final[Path] = Path(__file__).parents[2] / "pyproject.toml"


def version() -> str:
    """Return the version of the package; of a clone that nobody has installed, what its project file says."""
    try:
        return metadata.version("moyin")
    except metadata.PackageNotFoundError:
        return str(tomllib.loads(_PROJECT.read_text(encoding="utf-8"))["project"]["version"])
