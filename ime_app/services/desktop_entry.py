"""Write the program's entry and icon for the desktop's menu, for a user who runs it from a clone.

A wheel brings both along; in a virtual environment no desktop finds them.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Final

from engine.errors import MoyinError

_PACKAGE: Final[Path] = Path(__file__).parents[1]
_ENTRY: Final[Path] = _PACKAGE / "desktop" / "moyin.desktop"
_ICON: Final[Path] = _PACKAGE / "icons" / "moyin.svg"
_USES: Final[tuple[str, ...]] = ("ibus/component/moyin.xml", "fcitx5/inputmethod/moyin.conf")


class InstallError(MoyinError):
    """The program cannot be installed; the message is for the user."""


def paths(data: Path) -> tuple[Path, Path]:
    """Return where the entry and the icon go in a folder such as ~/.local/share."""
    return data / "applications" / "moyin.desktop", data / "icons/hicolor/scalable/apps" / "moyin.svg"


def write(data: Path) -> None:
    """Write both; the entry starts this Python. Raises OSError."""
    entry, icon = paths(data)
    for path in (entry, icon):
        path.parent.mkdir(parents=True, exist_ok=True)
    entry.write_text(entry_text(sys.executable), encoding="utf-8")
    shutil.copyfile(_ICON, icon)


def remove_unless_used(data: Path) -> None:
    """Remove both where neither IBus nor fcitx5 has 墨音 in that folder any more. Raises OSError."""
    if not any((data / use).exists() for use in _USES):
        for path in paths(data):
            path.unlink(missing_ok=True)


def entry_text(python: str) -> str:
    """Return the entry, its commands started by that Python, quoted as the specification asks."""
    quoted = "".join(f"\\{character}" if character in '"`$\\' else character for character in python)
    command = f'"{quoted}" -P -m ime_app'.replace("%", "%%").replace("\\", "\\\\")
    return _ENTRY.read_text(encoding="utf-8").replace("Exec=moyin", f"Exec={command}")
