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

from engine.errors import Message
from engine.storage.schema import DamagedStoreError, StoreError
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore

_IN_MEMORY: Final[Path] = Path("/dev/shm")


class StoreCopy(UserStore):
    """A copy of the database, whose changes go nowhere; `reason`: why that itself cannot be opened."""

    def __init__(self, folder: Path, reason: StoreError) -> None:
        super().__init__(folder)
        inner = reason.field("reason")
        self.reason = inner if isinstance(inner, Message) else reason.message


@contextmanager
def store_to_read(data_directory: Path, *, or_empty: bool = False) -> Iterator[UserStore]:
    """Open the database there, or a copy that ends with the block. Raises StoreError.

    `or_empty`: where there is nothing to copy, the copy is empty.
    """
    try:
        store = UserStore(data_directory)
    except DamagedStoreError:
        raise
    except StoreError as error:
        with _copied(data_directory, error, or_empty) as copy, closing(StoreCopy(copy, error)) as store:
            yield store
        return
    with closing(store):
        yield store


@contextmanager
def _copied(data_directory: Path, error: StoreError, or_empty: bool) -> Iterator[Path]:
    """Copy the files to the first place that has room; else raise `error`, which is why it was tried."""
    source = data_directory / FOLDER
    is_empty = or_empty and not (source / FILE_NAME).exists()
    for place in (_IN_MEMORY, None):
        folder = _temporary(place)
        if folder is None:
            continue
        with folder as name:
            if is_empty or _copy(source, Path(name) / FOLDER):
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
