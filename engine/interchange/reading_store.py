"""Open the user's database to read all of it, also where nothing can be written beside it.

A database with a write-ahead log cannot be opened on a disk that is full or read-only. Its files are then
copied to where there is room, memory first, and read there; what was to be exported can be exported.
"""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final

from engine.storage.schema import DamagedStoreError, StoreError
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore

_IN_MEMORY: Final[Path] = Path("/dev/shm")


@contextmanager
def store_to_read(data_directory: Path) -> Iterator[UserStore]:
    """Open the database there, or a copy that ends with the block. Raises StoreError."""
    try:
        store = UserStore(data_directory)
    except DamagedStoreError:
        raise
    except StoreError as error:
        with _copied(data_directory, error) as copy, closing(UserStore(copy)) as store:
            yield store
        return
    with closing(store):
        yield store


@contextmanager
def _copied(data_directory: Path, error: StoreError) -> Iterator[Path]:
    """Copy the files to the first place that has room; else raise `error`, which is why it was tried."""
    for place in (_IN_MEMORY, None):
        folder = _temporary(place)
        if folder is None:
            continue
        with folder as name:
            if _copy(data_directory / FOLDER, Path(name) / FOLDER):
                yield Path(name)
                return
    raise error


def _temporary(place: Path | None) -> TemporaryDirectory[str] | None:
    try:
        return TemporaryDirectory(prefix="moyin-", dir=place)
    except OSError:
        return None


def _copy(source: Path, target: Path) -> bool:
    """Return whether the files are there and could be copied."""
    try:
        target.mkdir()
        shutil.copyfile(source / FILE_NAME, target / FILE_NAME)
        with suppress(FileNotFoundError):
            shutil.copyfile(source / f"{FILE_NAME}-wal", target / f"{FILE_NAME}-wal")
    except OSError:
        return False
    return True
