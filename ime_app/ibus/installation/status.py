"""Say in plain words what is there of 墨音 in IBus, what is missing, and what to do about it."""

from __future__ import annotations

import shlex
import shutil
from pathlib import Path
from xml.etree import ElementTree

from ime_app.i18n.strings import Strings
from ime_app.ibus import wire
from ime_app.ibus.installation.component import VARIABLE, IBusInstallation
from ime_app.services.install_command import Finding, finding, missing_variables, status_of


def ibus_status(installation: IBusInstallation, strings: Strings) -> tuple[list[str], bool]:
    """Return the lines, and whether 墨音 can be typed with now."""
    return status_of(_findings(installation.in_place()), strings, "ibus.status")


def _findings(installation: IBusInstallation) -> list[Finding]:
    if shutil.which("ibus") is None:
        return [finding(False, "no_ibus")]
    found = [_component(installation)]
    if not found[0].is_well:
        return found
    return [
        *found,
        _cache(installation),
        *_session(installation),
        *_daemon(installation),
        *_desktop(installation),
    ]


def _component(installation: IBusInstallation) -> Finding:
    """Check the component file, and the Python that it starts, which a moved clone has no more."""
    path = installation.component
    try:
        command = shlex.split(ElementTree.parse(path).findtext("exec") or "")
    except (OSError, ElementTree.ParseError, ValueError):
        return finding(False, "not_installed", path=path)
    if not command or not Path(command[0]).exists():
        return finding(False, "moved", python=command[0] if command else "")
    return finding(True, "installed", path=path)


def _cache(installation: IBusInstallation) -> Finding:
    """Check what the next daemon will read: the cache wins over everything else."""
    is_known = f"<name>{wire.ENGINE_NAME}</name>" in installation.run_ibus("read-cache")
    return finding(True, "in_cache") if is_known else finding(False, "cache_stale")


def _session(installation: IBusInstallation) -> list[Finding]:
    """Check the variable of the session, without which an upgrade of IBus forgets the component."""
    if installation.environment_file is None:
        return []
    folders = installation.environment.get(VARIABLE, "").split(":")
    if str(installation.component.parent) in folders:
        return []
    return [finding(None, "log_in_again")]


def _daemon(installation: IBusInstallation) -> list[Finding]:
    is_named = wire.address(installation.environment) is not None  # by a file that may be older
    if not is_named or installation.run_ibus("address").strip() in ("", "(null)"):
        return [finding(False, "no_daemon")]
    engines = installation.run_ibus("list-engine").split()
    if wire.ENGINE_NAME not in engines:
        return [finding(False, "daemon_older")]
    is_chosen = installation.run_ibus("engine").strip() == wire.ENGINE_NAME
    return [
        finding(True, "daemon"),
        finding(True if is_chosen else None, "chosen" if is_chosen else "choose"),
    ]


def _desktop(installation: IBusInstallation) -> list[Finding]:
    """Check what the desktop needs besides, as far as the environment tells."""
    environment = installation.environment
    desktop = environment.get("XDG_CURRENT_DESKTOP", "").lower()
    if environment.get("WAYLAND_DISPLAY"):
        if "gnome" in desktop:
            return []
        return [finding(None, "wayland_kde" if "kde" in desktop else "wayland_other")]
    if environment.get("DISPLAY") and "gnome" not in desktop:
        missing = missing_variables(environment, "ibus")
        if missing:
            return [finding(None, "x11_variables", names=missing)]
    return []
