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
from ime_app.services.install_command import Finding, finding, missing_variables, status_of

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
    return status_of(_findings(installation, environment), strings, "fcitx5.status")


def _findings(installation: Fcitx5Installation, environment: Mapping[str, str]) -> list[Finding]:
    if shutil.which("fcitx5") is None:
        return [finding(False, "no_fcitx5", command=NEEDED)]
    place = _place(installation)
    return [place] if place.is_well is False else [place, *_running(environment), *_desktop(environment)]


def _place(installation: Fcitx5Installation) -> Finding:
    """Check the files, that the library fits this fcitx5, and the Python, which a moved clone has no more."""
    for path in (installation.library, installation.addon, installation.input_method, installation.command):
        if not path.exists():
            return finding(False, "not_installed", path=path)
    (python, *_) = installation.command.read_text(encoding="utf-8").splitlines() or [""]
    if not Path(python).exists():
        return finding(False, "moved", python=python)
    if _run(sys.executable, "-c", _LOAD, str(installation.library)) is None:
        return finding(False, "other_version")
    return finding(True, "installed", path=installation.library)


def _running(environment: Mapping[str, str]) -> list[Finding]:
    if _run("fcitx5-remote") is None:  # which says 0 where no field has the keyboard
        return [finding(False, "not_running")]
    config = environment.get("XDG_CONFIG_HOME") or Path(environment.get("HOME", "~")).expanduser() / ".config"
    try:
        profile = Path(config, "fcitx5", "profile").read_text(encoding="utf-8")
    except OSError:
        profile = ""
    if f"Name={NAME}" not in profile.splitlines():
        return [finding(None, "add")]
    is_chosen = (_run("fcitx5-remote", "-n") or "").strip() == NAME
    return [finding(True, "chosen") if is_chosen else finding(None, "choose")]


def _desktop(environment: Mapping[str, str]) -> list[Finding]:
    """Check what applications need on X11; on Wayland that is the desktop's own."""
    if environment.get("WAYLAND_DISPLAY") or not environment.get("DISPLAY"):
        return []
    missing = missing_variables(environment, "fcitx")
    return [finding(None, "x11_variables", names=missing)] if missing else []


def _run(*command: str) -> str | None:
    """Return what a program says; None where it fails."""
    try:
        done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=10)
    except (OSError, subprocess.TimeoutExpired):
        return None
    return done.stdout if done.returncode == 0 else None
