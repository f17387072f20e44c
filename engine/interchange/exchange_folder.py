"""Exchange data through a folder that the user's computers share, as Syncthing or a cloud service keeps one.

Each machine writes one file of its own there, with its name drawn once, so that no two ever write the same;
and takes over what the others have written, their conflicting copies as well. A file without its end is
still on its way, and is read the next time. The phrase log never lies there.

    moyin-NAME.jsonl       in the folder: everything of one machine but its log
    learning/exchange.json in the data directory: this machine's name, the last day, which files were read

Where the data directory was copied to another machine, that one draws a name of its own.
"""

from __future__ import annotations

import hashlib
import json
import platform
import secrets
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass, field
from datetime import date
from pathlib import Path
from typing import Any, Final

from engine.error_kinds import Kind
from engine.errors import Said, says
from engine.interchange.archive import is_archive, rows_of
from engine.interchange.moving_house import House, HouseError, take_rows, write_house
from engine.interchange.text_files import file_text
from engine.storage.atomic_files import make_private_folder, write_bytes
from engine.storage.directory_lock import directory_lock
from engine.storage.user_store import FOLDER, UserStore

_STATE: Final[str] = "exchange.json"
_WAIT_S: Final[float] = 1.0
_MACHINE_ID: Final[Path] = Path("/etc/machine-id")


@dataclass(frozen=True)
class Exchanged:
    """The result of an exchange: entries taken over, by kind; `waiting`: files that are not complete yet."""

    changed: Counter[str] = field(default_factory=Counter)
    n_file: int = 0
    waiting: tuple[str, ...] = ()
    notices: tuple[Said, ...] = ()


@dataclass
class _State:
    name: str
    day: str = ""
    folder: str = ""
    read: dict[str, list[int]] = field(default_factory=dict)  # size and time of the files read
    machine: str = ""  # that the name is for


def folder_of(house: House) -> Path | None:
    """Return the folder that was chosen, None if there is none."""
    folder = _load(house).folder
    return Path(folder) if folder else None


def join_folder(house: House, folder: Path) -> None:
    """Exchange by this folder from now on, and leave the one before. Raises OSError."""
    leave_folder(house)
    state = _load(house)
    state.folder, state.day, state.read = str(folder), "", {}
    _save(house, state)


def leave_folder(house: House) -> None:
    """Exchange no longer, and delete this machine's file in the folder. Raises OSError."""
    state = _load(house)
    if state.folder:
        (Path(state.folder) / _file_name(state)).unlink(missing_ok=True)
        state.folder, state.day, state.read = "", "", {}
        _save(house, state)


def is_due(house: House) -> bool:
    """Return whether a folder was chosen and nothing was exchanged today."""
    state = _load(house)
    return bool(state.folder) and state.day != date.today().isoformat()


def exchange(house: House, folder: Path) -> Exchanged:
    """Take over what other machines wrote, and write this one's file.

    Raises OSError (TimeoutError where another window does it just now), StoreError, PhraseError, HouseError.
    """
    if not folder.is_dir():
        raise HouseError.of(says(Kind.A_FOLDER, path=folder), says(Kind.NONE))
    with (
        directory_lock(house.data_directory / "exchange", _WAIT_S),
        closing(UserStore(house.data_directory)) as store,
    ):
        state = _load(house)
        own = folder / _file_name(state)
        changed: Counter[str] = Counter()
        waiting: list[str] = []
        notices: list[Said] = []
        n_file = 0
        for path in sorted(set(_files(folder)) - {own}):
            seen = _seen(path)
            if state.read.get(path.name) == seen:
                continue
            text = file_text(path)
            rows = rows_of(text.split("\n")) if is_archive(text) else None
            if rows is None or not rows.is_complete:
                waiting.append(path.name)
                continue
            moved = take_rows(house, store, rows)
            changed += moved.changed
            notices += moved.notices
            n_file += 1
            state.read[path.name] = seen
        write_house(house, store, own)
        state.day = date.today().isoformat()
        _save(house, state)
    return Exchanged(changed, n_file, tuple(waiting), (*store.notices, *notices))


def _file_name(state: _State) -> str:
    return f"moyin-{state.name}.jsonl"


def _files(folder: Path) -> Iterator[Path]:
    return (path for path in folder.glob("moyin-*.jsonl") if path.is_file())


def _seen(path: Path) -> list[int]:
    found = path.stat()
    return [found.st_size, found.st_mtime_ns]


def _load(house: House) -> _State:
    """Return what is known; under another name where it was written on another machine."""
    state, here = _read(house), _this_machine()
    if state.machine not in ("", here):
        state.name, state.day = secrets.token_hex(6), ""
    state.machine = here
    return state


def _read(house: House) -> _State:
    try:
        values: Any = json.loads((house.data_directory / FOLDER / _STATE).read_text(encoding="utf-8"))
        parts = values["name"], values["day"], values["folder"], values["read"]
        state = _State(*parts, machine=values.get("machine", ""))
        texts = state.name, state.day, state.folder, state.machine
        if all(isinstance(each, str) for each in texts) and state.name.isalnum():
            return state if isinstance(state.read, dict) else _State(state.name)
    except (OSError, ValueError, KeyError, TypeError, RecursionError):
        pass
    return _State(secrets.token_hex(6))


def _this_machine() -> str:
    """Return what tells this machine from others, and tells nobody which it is."""
    try:
        known = _MACHINE_ID.read_bytes().strip()
    except OSError:
        known = b""
    return hashlib.sha256(b"moyin" + (known or platform.node().encode())).hexdigest()[:16]


def _save(house: House, state: _State) -> None:
    folder = house.data_directory / FOLDER
    make_private_folder(folder)
    write_bytes(folder / _STATE, json.dumps(vars(state)).encode())
