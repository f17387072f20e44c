"""Write files and folders for their owner alone; a file replaces an older one whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable
from pathlib import Path


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write the lines, which come without ends, in UTF-8; how many. What stood there stays if it fails."""
    part, n = path.with_name(f"{path.name}.part"), 0
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "w", encoding="utf-8", newline="\n") as file:
            for line in lines:
                file.write(f"{line}\n")
                n += 1
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)
    return n


def make_private_folder(folder: Path) -> None:
    """Make it unless it is there, and close it to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
