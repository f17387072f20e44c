"""Run `python -m engine move`: all of a user's data into one file, out of it, or between computers."""

from __future__ import annotations

import argparse
import sys
from collections import Counter
from collections.abc import Iterable
from contextlib import closing
from pathlib import Path
from typing import Any

from platformdirs import user_config_path, user_data_path

from engine.errors import Said
from engine.interchange.exchange_folder import exchange
from engine.interchange.moving_house import House, read_house, write_house
from engine.interchange.reading_store import store_to_read
from engine.storage.user_store import UserStore


def add_parser(commands: Any) -> None:
    """Add `move` to the subparsers of `python -m engine`."""
    text = "words, pins, forgotten texts, custom phrases and settings: in one file, or between machines"
    group = commands.add_parser("move", help=text, description=text)
    parts = group.add_subparsers(required=True, metavar="WHAT")
    write = _part(parts, "write", _write, "everything into one file")
    write.add_argument("file", type=Path)
    write.add_argument("--log", action="store_true", help="the phrase log as well: all that was typed")
    read = _part(parts, "read", _read, "bring what such files hold together with what is here")
    read.add_argument("files", nargs="+", type=Path)
    folder = _part(parts, "exchange", _exchange, "take over what other machines wrote into a shared folder")
    folder.add_argument("folder", type=Path)


def _part(parts: Any, name: str, run: Any, help_text: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = parts.add_parser(name, help=help_text, description=help_text)
    data, config = (find("moyin", appauthor=False) for find in (user_data_path, user_config_path))
    part.add_argument("--data-directory", type=Path, default=data, help="default: the window's own")
    part.add_argument("--settings", type=Path, default=config / "settings.toml", help="the same")
    part.set_defaults(run=lambda options: run(options, House(options.data_directory, options.settings)))
    return part


def _write(options: argparse.Namespace, house: House) -> None:
    with store_to_read(house.data_directory) as store:
        n_line = store.mending(lambda: write_house(house, store, options.file, with_log=options.log))
        _tell(store.notices)
    print(f"{options.file}: {n_line} lines")


def _read(options: argparse.Namespace, house: House) -> int:
    status = 0
    with closing(UserStore(house.data_directory)) as store:
        for path in options.files:
            moved = store.mending(lambda path=path: read_house(house, store, path))  # type: ignore[misc]
            print(f"{path}: {changes_in_words(moved.changed)}")
            _tell([*moved.notices, *(f"{path}, line {bad.number}: {bad.reason}" for bad in moved.bad_lines)])
            if not moved.is_complete:
                _tell([f"{path}: its end is missing, or is of an older version; all that is there was read"])
            status = status or int(bool(moved.bad_lines or moved.notices))
        _tell(store.notices)
    return status


def _exchange(options: argparse.Namespace, house: House) -> None:
    exchanged = exchange(house, options.folder)
    print(f"{exchanged.n_file} files read: {changes_in_words(exchanged.changed)}")
    _tell([*exchanged.notices, *(f"{name} is still on its way" for name in exchanged.waiting)])


def changes_in_words(changed: Counter[str]) -> str:
    """Return what has changed in words."""
    names = {"word": "words", "list": "lists deleted", "pin": "pins", "forgotten": "forgotten texts"}
    names |= {"custom": "custom phrases", "phrase": "phrases of the log", "setting": "settings"}
    return (
        ", ".join(f"{changed[kind]} {name}" for kind, name in names.items() if changed[kind]) or "nothing new"
    )


def _tell(notices: Iterable[Said]) -> None:
    for notice in notices:
        print(notice, file=sys.stderr)
