"""Write files and folders for their owner alone; a file replaces an older one whole or not at all."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write the lines, which come without ends, in UTF-8; how many. What stood there stays if it fails."""
    n = 0
    with _replacement(path) as file:
        for line in lines:
            file.write(f"{line}\n".encode())
            n += 1
    return n


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file of these bytes. What stood there stays if it fails."""
    with _replacement(path) as file:
        file.write(data)


@contextmanager
def _replacement(path: Path) -> Iterator[BinaryIO]:
    """Open a new file, which takes the place of the old one when the block has ended well."""
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    try:
        descriptor = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as file:
            yield file
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


def make_private_folder(folder: Path) -> None:
    """Make it unless it is there, and close it to others."""
    folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    if folder.stat().st_mode & 0o077:
        folder.chmod(0o700)
