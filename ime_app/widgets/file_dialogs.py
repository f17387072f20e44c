"""Ask for files: with filters, and in the folder where the user last found or put one."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from PySide6.QtCore import QStandardPaths
from PySide6.QtWidgets import QFileDialog, QWidget

from ime_app.i18n.strings import Strings

KINDS: Final[dict[str, str]] = {  # by the key of what they are called
    "files.words": "*.txt *.yaml *.scel *.ini *.dict *.csv *.tsv *.jsonl *.plist *.zip *.org",
    "files.texts": "*.txt *.md *.jsonl *.jsonl.zst *.txt.zst *.txt.xz",
    "files.phrases": "*.txt *.ini *.yaml *.toml *.dat *.lex *.mb *.plist *.zip",
    "files.archive": "*.jsonl",
    "files.scheme": "*.toml",
}
_last_folder: list[str] = []  # of this process, at most one


def open_files(parent: QWidget, title: str, kind: str, strings: Strings) -> list[Path]:
    """Return the files that the user chooses, none where he does not."""
    names, _ = QFileDialog.getOpenFileNames(parent, title, _folder(_DOWNLOADS), _filters(kind, strings))
    return [_noted(name) for name in names]


def open_file(parent: QWidget, title: str, kind: str, strings: Strings) -> Path | None:
    """Return the file that the user chooses, None where he does not."""
    name, _ = QFileDialog.getOpenFileName(parent, title, _folder(_DOCUMENTS), _filters(kind, strings))
    return _noted(name) if name else None


def save_file(parent: QWidget, title: str, name: str) -> Path | None:
    """Return where the user wants a file of that name, or of another."""
    chosen, _ = QFileDialog.getSaveFileName(parent, title, str(Path(_folder(_DOCUMENTS), name)))
    return _noted(chosen) if chosen else None


def choose_folder(parent: QWidget, title: str) -> Path | None:
    """Return the folder that the user chooses, None where he does not."""
    name = QFileDialog.getExistingDirectory(parent, title, str(Path.home()))
    return Path(name) if name else None


_DOWNLOADS: Final = QStandardPaths.StandardLocation.DownloadLocation
_DOCUMENTS: Final = QStandardPaths.StandardLocation.DocumentsLocation


def _folder(usual: QStandardPaths.StandardLocation) -> str:
    """Return the folder used last, else the usual one if it exists, else the user's own."""
    places = [*_last_folder, QStandardPaths.writableLocation(usual)]
    return next((place for place in places if place and Path(place).is_dir()), str(Path.home()))


def _filters(kind: str, strings: Strings) -> str:
    return f"{strings(kind)} ({KINDS[kind]});;{strings('files.all')} (*)"


def _noted(name: str) -> Path:
    _last_folder[:] = [str(Path(name).parent)]
    return Path(name)
