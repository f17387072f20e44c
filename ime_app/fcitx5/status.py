"""Say in plain words what is there of 墨音 in fcitx5, what is missing, and what to do about it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from ime_app.fcitx5.installation import NAME, NEEDED, Fcitx5Installation
from ime_app.i18n.strings import Strings

_OK, _MISSING, _HINT = "✓", "✗", "·"
_MODULE_VARIABLES: Final[tuple[str, ...]] = "GTK_IM_MODULE", "QT_IM_MODULE", "XMODIFIERS"
_LOAD: Final[str] = "import ctypes, os, sys; ctypes.CDLL(sys.argv[1], os.RTLD_NOW)"


def fcitx5_status(
    installation: Fcitx5Installation,
    strings: Strings,
    environment: Mapping[str, str] = os.environ,
    everybody: Fcitx5Installation | None = None,
) -> tuple[list[str], bool]:
    """Return the lines, and whether 墨音 can be typed with now.

    `everybody` is what a user has without one of their own.
    """
    if everybody is not None and everybody.addon.exists() and not installation.addon.exists():
        installation = everybody
    findings = list(_findings(installation, environment))
    lines = [f"{sign} {strings(f'fcitx5.status.{name}', **values)}" for sign, name, values in findings]
    return lines, all(sign != _MISSING for sign, _, _ in findings)


_Finding = tuple[str, str, dict[str, object]]


def _findings(installation: Fcitx5Installation, environment: Mapping[str, str]) -> list[_Finding]:
    if shutil.which("fcitx5") is None:
        return [(_MISSING, "no_fcitx5", {"command": NEEDED})]
    place = _place(installation)
    return [place] if place[0] == _MISSING else [place, *_running(environment), *_desktop(environment)]


def _place(installation: Fcitx5Installation) -> _Finding:
    """Check the files, that the library fits this fcitx5, and the Python, which a moved clone has no more."""
    for path in (installation.library, installation.addon, installation.input_method, installation.command):
        if not path.exists():
            return _MISSING, "not_installed", {"path": path}
    (python, *_) = installation.command.read_text(encoding="utf-8").splitlines() or [""]
    if not Path(python).exists():
        return _MISSING, "moved", {"python": python}
    if _run(sys.executable, "-c", _LOAD, str(installation.library)) is None:
        return _MISSING, "other_version", {}
    return _OK, "installed", {"path": installation.library}


def _running(environment: Mapping[str, str]) -> list[_Finding]:
    if (_run("fcitx5-remote") or "").strip() not in ("1", "2"):
        return [(_MISSING, "not_running", {})]
    config = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config"
    try:
        profile = Path(config, "fcitx5", "profile").read_text(encoding="utf-8")
    except OSError:
        profile = ""
    if f"Name={NAME}" not in profile.splitlines():
        return [(_HINT, "add", {})]
    is_chosen = (_run("fcitx5-remote", "-n") or "").strip() == NAME
    return [(_OK, "chosen", {}) if is_chosen else (_HINT, "choose", {})]


def _desktop(environment: Mapping[str, str]) -> list[_Finding]:
    """Check what applications need on X11; on Wayland that is the desktop's own."""
    if environment.get("WAYLAND_DISPLAY") or not environment.get("DISPLAY"):
        return []
    missing = [name for name in _MODULE_VARIABLES if "fcitx" not in environment.get(name, "")]
    return [(_HINT, "x11_variables", {"names": " ".join(missing)})] if missing else []


def _run(*command: str) -> str | None:
    """Return what a program says; None where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
