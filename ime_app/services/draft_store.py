"""Keep the text on disk through a restart, a crash and a second window.

A file that cannot be read as text is set aside under another name, never overwritten; what is written
replaces the old file at once or not at all, and only its owner may read it.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from datetime import datetime
from itertools import count
from pathlib import Path
from typing import Final

from PySide6.QtCore import QLockFile

from engine.errors import MoyinError

_OWNER_ONLY_FILE: Final[int] = 0o600
_OWNER_ONLY_FOLDER: Final[int] = 0o700


class StorageError(MoyinError):
    """Text that cannot be kept; the message is the system's reason."""


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
        self._lock: QLockFile | None = None
        self._saved = ""
        self._failure = "no file is open"

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
            self._failure = _reason(error)
            raise StorageError(self._failure) from error
        self._path, self._saved = path, draft.text
        return draft

    def save(self, text: str) -> None:
        """Write the text if it has changed. Raises StorageError; the old file stands then.

        Where `open` found no place, every text but the empty one raises its reason: a window must
        not close on `你好` as if that were on disk.
        """
        if text == self._saved:
            return
        if self._path is None:
            raise StorageError(self._failure)
        temporary = self._path.with_suffix(".tmp")
        try:
            temporary.unlink(missing_ok=True)
            _write(temporary, text)
            os.replace(temporary, self._path)  # noqa: PTH105  (the name says what it does)
        except OSError as error:
            raise StorageError(_reason(error)) from error
        self._saved = text

    def close(self) -> None:
        """Give the file free for the next window."""
        if self._lock is not None:
            self._lock.unlock()
        self._path = self._lock = None

    def _lock_first_free(self) -> Path:
        """Lock `text.txt`, or `text-2.txt` while another window has that, and so on."""
        for number in count(1):
            path = self._folder / (f"text-{number}.txt" if number > 1 else "text.txt")
            lock = QLockFile(str(path.with_suffix(".lock")))
            lock.setStaleLockTime(0)  # a window left open for days still holds its text
            if lock.tryLock(0):
                self._lock = lock
                return path
            if lock.error() != QLockFile.LockError.LockFailedError:
                raise PermissionError(f"{self._folder} is not writable")
        raise AssertionError("count() does not end")

    def _read(self, path: Path) -> Draft:
        try:
            # A lone surrogate can be pasted into Qt's editor and must survive as it is.
            return Draft(path.read_bytes().decode("utf-8", "surrogatepass"))
        except FileNotFoundError:
            return Draft("")
        except (OSError, UnicodeDecodeError):
            stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
            aside = path.with_name(f"{path.stem}.damaged-{stamp}{path.suffix}")
            path.rename(aside)
            return Draft("", aside)


def _write(path: Path, text: str) -> None:
    descriptor = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, _OWNER_ONLY_FILE)
    with os.fdopen(descriptor, "wb") as file:
        file.write(text.encode("utf-8", "surrogatepass"))
        file.flush()
        os.fsync(file.fileno())


def _reason(error: OSError) -> str:
    return f"{error.strerror or error} ({error.filename})" if error.filename else str(error)
