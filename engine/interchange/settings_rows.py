"""Put the settings into the file of all data, and take from it those that are not set yet.

Which settings there are and what they may be is the window's matter. A path and the folder of the exchange
belong to one machine and stay there.
"""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

import tomlkit
from tomlkit.items import Table

from engine.storage.atomic_files import make_private_folder, write_bytes

_OWN_SECTION: Final[str] = "exchange."


def settings_of(path: Path) -> dict[str, Any]:
    """Return the settings of a file by their names; nothing of one that is not there or no TOML."""
    try:
        found = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except (OSError, ValueError, RecursionError):
        return {}
    return {name: value for name, value in _flat(found, "") if _travels(name, value)}


def add_settings(path: Path, settings: Mapping[str, Any]) -> list[str]:
    """Write the settings that the file does not have yet; returns their names. Raises OSError.

    A file that is no TOML stays as it is.
    """
    try:
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        known = dict(_flat(tomllib.loads(text), ""))
        document = tomlkit.parse(text)
    except (ValueError, RecursionError):
        return []
    new = {name: value for name, value in settings.items() if name not in known and _travels(name, value)}
    added = [name for name, value in new.items() if _put(document, name, value)]
    if added:
        make_private_folder(path.parent)
        write_bytes(path, tomlkit.dumps(document).encode())
    return added


def _put(document: tomlkit.TOMLDocument, name: str, value: Any) -> bool:
    section, _, key = name.partition(".")
    table = document.setdefault(section, tomlkit.table())
    if not key or "." in key or not isinstance(table, Table):
        return False
    table[key] = value
    return True


def _flat(values: Mapping[str, Any], before: str) -> Iterator[tuple[str, Any]]:
    for name, value in values.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value


def _travels(name: str, value: Any) -> bool:
    if name.startswith(_OWN_SECTION) or (isinstance(value, str) and value.endswith(".toml")):
        return False
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    return is_list or isinstance(value, bool | int | float | str)
