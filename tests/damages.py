"""What can become of a file: the damages that every file of the program's and of the user's is tried with."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable
from pathlib import Path
from typing import Final

from engine.model.manifest import MANIFEST

Damage = Callable[[Path, bytes, bytes], object]  # of a path with this content; the content of another file
_BYTES: Final[bytes] = bytes(range(255, -1, -1))

DAMAGES: Final[dict[str, Damage]] = {
    "cut": lambda path, content, _: path.write_bytes(content[: len(content) // 2]),
    "emptied": lambda path, *_: path.write_bytes(b""),
    "garbage": lambda path, content, _: path.write_bytes(
        bytes(range(255, -1, -1)) * (len(content) // 256 + 1)
    ),
    "another's": lambda path, _, other: path.write_bytes(other),
    "brackets": lambda path, *_: path.write_bytes(b"[" * 20_000),
    "gone": lambda path, *_: path.unlink(),
}


def vouch(bundle: Path, name: str) -> None:
    """Have the manifest say of a file of the bundle what it is now."""
    content = (bundle / name).read_bytes()
    manifest = json.loads((bundle / MANIFEST).read_text(encoding="utf-8"))
    manifest["files"][name] = {"sha256": hashlib.sha256(content).hexdigest(), "bytes": len(content)}
    (bundle / MANIFEST).write_text(json.dumps(manifest), encoding="utf-8")
