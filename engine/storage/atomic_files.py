"""Write files and folders for their owner alone; a file replaces an older one whole or not at all.

The one place of the project where a file is written so. A process that dies in the middle leaves the old
file and a `.NAME.….part` beside it, which the next writing of the same file deletes after an hour.
"""

from __future__ import annotations

import io
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from tempfile import mkstemp
from typing import BinaryIO, Final, TextIO

_DEAD_S: Final[float] = 3600.0  # what is not done by then is of a process that has died
_MOST_TRIES: Final[int] = 9  # to make a folder that others erase
_SHOWN: Final[int] = 60  # characters of the file's name in the part's, which must not grow too long


@contextmanager
def whole_file(path: Path, *, private: bool = True, sync: bool = True) -> Iterator[BinaryIO]:
    """Open a file that takes the place of `path` when the block ends without an error.

    `private`: for its owner alone; else as open to others as the file that it replaces, or as the umask
    says. `sync`: not before its bytes are on the disk, so that a power cut leaves the old one or the new
    one. A link goes on pointing to what is written. What is no file, as `/dev/stdout`, is written to and
    stays. Raises OSError; what stood there stays then.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        with path.open("wb") as device:
            yield device
        return
    path = path.resolve()
    prefix = f".{path.name[:_SHOWN]}."
    _sweep(path.parent, prefix)
    part = None
    try:
        descriptor, name = mkstemp(prefix=prefix, suffix=".part", dir=path.parent)  # mode 0600
        part = Path(name)
        with os.fdopen(descriptor, "wb") as file:
            yield file
            file.flush()
            if sync:
                os.fsync(file.fileno())
        if not private:
            part.chmod(_shared_mode(path))
        part.replace(path)
    except OSError as error:
        if str(error.filename).endswith(".part"):
            error.filename = str(path)  # the name that the user knows
            del error.filename2  # None would be shown, as `-> None`
        raise
    finally:
        if part is not None:
            part.unlink(missing_ok=True)


@contextmanager
def whole_text_file(path: Path, *, private: bool = True, sync: bool = True) -> Iterator[TextIO]:
    """Open a `whole_file` for text in UTF-8, whose line ends stay as they are written."""
    with whole_file(path, private=private, sync=sync) as file:
        text = io.TextIOWrapper(file, encoding="utf-8", newline="")
        yield text
        text.flush()
        text.detach()


def write_lines(path: Path, lines: Iterable[str]) -> int:
    """Write the lines, which come without ends; return how many. What stood there stays if it fails."""
    n = 0
    with whole_text_file(path) as file:
        for line in lines:
            file.write(f"{line}\n")
            n += 1
    return n


def write_bytes(path: Path, data: bytes) -> None:
    """Write a file of these bytes. What stood there stays if it fails."""
    with whole_file(path) as file:
        file.write(data)


def make_private_folder(folder: Path) -> None:
    """Make it unless it is there, and close it to others.

    Where somebody erases it meanwhile, between two steps of this, it is made again.
    """
    for tries_left in reversed(range(_MOST_TRIES)):
        try:
            folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            if folder.stat().st_mode & 0o077:
                folder.chmod(0o700)
        except (FileExistsError, FileNotFoundError):
            if not tries_left or folder.is_file():
                raise
        else:
            return


def _shared_mode(path: Path) -> int:
    with suppress(FileNotFoundError):
        return path.stat().st_mode & 0o777
    umask = os.umask(0o077)
    os.umask(umask)
    return 0o666 & ~umask


def _sweep(folder: Path, prefix: str) -> None:
    with suppress(OSError):
        for name in os.listdir(folder):  # noqa: PTH208  (a hundred times faster than iterdir in a large folder)
            if name.startswith(prefix) and name.endswith(".part"):
                part = folder / name
                if part.stat().st_mtime < time.time() - _DEAD_S:
                    part.unlink()
