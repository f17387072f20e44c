"""Tell whether the program's own files are as they were shipped, and go on without those that are not.

resources/manifest.json has the sha256 of each; it is written by `python -m training manifest`. The files of
a model bundle are in the bundle's own manifest. What is not needed to type costs only itself: the rest is
loaded, and `resource_notices` says what is missing.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Final, TypeVar

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, says
from resources import MANIFEST, ROOT

T = TypeVar("T")

_DATA: Final[frozenset[str]] = frozenset({".tsv", ".bin", ".npz", ".toml", ".txt", ".xz"})
_REMEDY: Final[Message] = says(Kind.FETCH)
_found: dict[Path, Message] = {}  # what was left out, as long as the process lives


class ResourceError(MoyinError):
    """A file of the program's that is not as it was shipped, and that it cannot do without."""


def resource_notices() -> list[Message]:
    """Return what was left out until now, a sentence a file."""
    return list(_found.values())


def unless_damaged(path: Path, cost: Kind, load: Callable[[Path], T], without: T) -> T:
    """Return what `load` makes of the file; `without`, and a notice, if the file is damaged or gone."""
    try:
        require_whole(path)
        return load(path)
    except (MoyinError, OSError, ValueError):
        _found[path] = says(Kind.RESOURCE_LEFT_OUT, path=path, cost=says(cost))
        return without


def require_whole(path: Path) -> None:
    """Raise ResourceError for a file of resources/ that has changed; other files are not known here."""
    wanted = _listed().get(path)
    if wanted is None:
        return
    try:
        found = file_hash(path)
    except OSError:
        raise ResourceError.of(says(Kind.THE_FILE, path=path), says(Kind.NO_FILE), _REMEDY) from None
    if found != wanted:
        expected = says(Kind.HASH_OF, hash=wanted[:12], path=path)
        raise ResourceError.of(expected, says(Kind.HASH_CHANGED, hash=found[:12]), _REMEDY)


def manifest_text() -> str:
    """Return the manifest of the files as they are now."""
    paths = sorted(path for path in ROOT.rglob("*") if path.suffix in _DATA and path.parent.name != "model")
    hashes = {path.relative_to(ROOT).as_posix(): file_hash(path) for path in paths}
    return json.dumps({"sha256": hashes}, indent=1) + "\n"


def file_hash(path: Path) -> str:
    """Return the sha256 of a file's bytes, in hex."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


@cache
def _listed() -> dict[Path, str]:
    """Return path to sha256; empty, and noticed, where the manifest itself is damaged."""
    try:
        hashes = json.loads(MANIFEST.read_text(encoding="utf-8"))["sha256"]
        return {ROOT / str(name): str(wanted) for name, wanted in hashes.items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError, RecursionError):
        _found[MANIFEST] = says(Kind.RESOURCE_LEFT_OUT, path=MANIFEST, cost=says(Kind.COST_UNCHECKED))
        return {}
