"""Keep the text on disk through a restart, a crash and a second window.

A file that cannot be read as text is set aside under another name, never overwritten; what is written
replaces the old file at once or not at all, and only its owner may read it.
"""

from __future__ import annotations

import re
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, says, system_reason
from engine.storage.atomic_files import whole_file
from engine.storage.directory_lock import free_lock

if TYPE_CHECKING:
    from filelock import FileLock

_NAME: Final[re.Pattern[str]] = re.compile(r"text(-\d+)?\.txt")
_FIRST: Final[str] = "text.txt"
_OWNER_ONLY_FOLDER: Final[int] = 0o700


class StorageError(MoyinError):
    """Text that cannot be kept; `message` has the system's reason."""


@dataclass(frozen=True)
class Draft:
    """The text of the last time, and the path to which an unreadable file was set aside."""

    text: str
    set_aside: Path | None = None


class DraftStore:
    """The text file of one window. `path` is None until `open` has found a place."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._path: Path | None = None
        self._lock: FileLock | None = None
        self._saved = ""
        self._is_synced = True
        self._failure = says(Kind.NO_FILE_OPEN)

    @property
    def folder(self) -> Path:
        return self._folder

    @property
    def path(self) -> Path | None:
        return self._path

    def open(self) -> Draft:
        """Take the first text file that no other window holds and read it.

        Raises StorageError where the folder or the file cannot be used; nothing is kept then.
        """
        try:
            self._folder.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            path = self._lock_first_free()
            draft = self._read(path)
        except OSError as error:
            self._failure = system_reason(error)
            raise StorageError(self._failure) from error
        self._path, self._saved = path, draft.text
        return draft

    def text_on_disk(self) -> str:
        """Return the text of the last time where `open` found no place, as on a read-only disk.

        As long as it is unchanged it needs no saving.
        """
        with suppress(OSError, UnicodeDecodeError):
            self._saved = _decoded(self._folder / _FIRST)
        return self._saved

    def left_behind(self) -> list[Path]:
        """Return the files of other windows that are closed, if there is text in them."""
        paths = sorted(path for path in self._folder.glob("text*.txt") if _NAME.fullmatch(path.name))
        return [path for path in paths if path != self._path and not self._is_held(path) and _has_text(path)]

    def text_of(self, paths: list[Path]) -> str:
        """Return the texts of such files. Raises StorageError."""
        try:
            return "\n".join(_decoded(path).strip("\n") for path in paths)
        except OSError as error:
            raise StorageError(system_reason(error)) from error

    def remove(self, paths: list[Path]) -> None:
        """Delete such files, whose text is kept elsewhere. Raises StorageError."""
        try:
            for path in paths:
                path.unlink(missing_ok=True)
        except OSError as error:
            raise StorageError(system_reason(error)) from error

    def _is_held(self, path: Path) -> bool:
        """Return whether another window has that file."""
        lock = free_lock(path.with_suffix(".lock"))
        if lock is not None:
            lock.release()
        return lock is None

    def save(self, text: str, *, sync: bool = True) -> None:
        """Write the text if it has changed. Raises StorageError; the old file stands then.

        `sync`: not before its bytes are on the disk, for which a window that is typed in has no time. A
        process that is killed has lost nothing without that, a computer without power the last seconds.

        Where `open` found no place, every text but the one on disk raises its reason: a window must
        not close on `你好` as if that were there.
        """
        if text == self._saved and (self._is_synced or not sync):
            return
        if self._path is None:
            raise StorageError(self._failure)
        try:
            with whole_file(self._path, sync=sync) as file:
                file.write(text.encode("utf-8", "surrogatepass"))
        except OSError as error:
            raise StorageError(system_reason(error)) from error
        self._saved, self._is_synced = text, sync

    def close(self) -> None:
        """Give the file free for the next window."""
        if self._lock is not None:
            self._lock.release()
        self._path = self._lock = None

    def _lock_first_free(self) -> Path:
        """Lock `text.txt`, or `text-2.txt` while another window has that, and so on."""
        for number in count(1):
            path = self._folder / (f"text-{number}.txt" if number > 1 else _FIRST)
            self._lock = free_lock(path.with_suffix(".lock"))
            if self._lock is not None:
                return path
        raise AssertionError("count() does not end")

    def _read(self, path: Path) -> Draft:
        try:
            return Draft(_decoded(path))
        except FileNotFoundError:
            return Draft("")
        except (OSError, UnicodeDecodeError):
            stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
            aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
            path.rename(aside)
            return Draft("", aside)


def _decoded(path: Path) -> str:
    """Return a file's text: a lone surrogate can be pasted into Qt's editor and must survive as it is.

    Zeros alone, as a disk without power leaves them, are no text. Raises OSError, UnicodeDecodeError.
    """
    data = path.read_bytes()
    if data and not data.strip(b"\0"):
        raise UnicodeDecodeError("utf-8", data, 0, len(data), "zeros alone")
    return data.decode("utf-8", "surrogatepass")


def _has_text(path: Path) -> bool:
    try:
        return bool(_decoded(path).strip())
    except (OSError, UnicodeDecodeError):
        return False
