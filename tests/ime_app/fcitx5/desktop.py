"""A real fcitx5 on a bus of its own under an X server, with the addon as `make fcitx5` installs it.

Needs fcitx5, its headers and a compiler: without them it raises MissingProgramError, nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ime_app.fcitx5.installation import NEEDED, Fcitx5Installation
from ime_app.services.desktop_entry import InstallError
from tests.ime_app.applications import Application, Panel, application_of, client_command
from tests.ime_app.display import (
    REPOSITORY,
    Desk,
    MissingProgramError,
    engine_processes,
    running,
    wait_for,
    x_server,
)

PANEL: Final[Panel] = Panel("fcitx", (20, 42))
_PROFILE: Final[str] = """[Groups/0]
Name=Default
Default Layout=us
DefaultIM=moyin

[Groups/0/Items/0]
Name=keyboard-us
Layout=

[Groups/0/Items/1]
Name=moyin
Layout=

[GroupOrder]
0=Default
"""


@dataclass
class Fcitx5:
    """The process, its environment, and the folder of the engine's data."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    folder: Path

    def ask(self, *engine: str) -> str:
        """Return the name of the input method in use, after choosing the one given."""
        if engine:
            self.remote("-s", *engine)
        return self.remote("-n")

    def remote(self, *options: str) -> str:
        """Return what fcitx5-remote says; empty where fcitx5 does not run."""
        command = ["fcitx5-remote", *options]
        done = subprocess.run(command, env=self.environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def children(self) -> list[int]:
        """Return the ids of the processes that the addon has started, on this data."""
        return engine_processes(self.folder)


@contextmanager
def fcitx5(folder: Path, display: Mapping[str, str]) -> Iterator[Fcitx5]:
    """Run fcitx5 in a home of its own, with a space in its name; it and its children end with the block."""
    for program in ("fcitx5", "dbus-run-session"):
        if shutil.which(program) is None:
            raise MissingProgramError(f"{program} is missing; on Debian: {NEEDED} dbus")
    home = folder / "a home"
    environment = {name: display[name] for name in ("PATH", "DISPLAY", "QT_QPA_PLATFORM", "LANG")} | {
        "HOME": str(home),
        "XDG_RUNTIME_DIR": str(folder),
        "PYTHONPATH": str(REPOSITORY),
        "XMODIFIERS": "@im=fcitx",
        "NO_AT_BRIDGE": "1",
        "GTK_A11Y": "none",
        "OMP_NUM_THREADS": "1",
    }
    _install(home, folder)
    bus = f"unix:path={folder}/bus"
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            ["dbus-daemon", "--session", "--nofork", "--nopidfile", f"--address={bus}"],
            env=environment,
            stdout=stderr,
            stderr=stderr,
        )
        wait_for("the bus", (folder / "bus").exists)
        environment["DBUS_SESSION_BUS_ADDRESS"] = bus
        desktop = subprocess.Popen(["fcitx5"], env=environment, stdout=stderr, stderr=stderr)
    there = Fcitx5(desktop, environment, folder)
    try:
        wait_for("fcitx5", there.remote)
        yield there
    finally:
        for started in (desktop, process):
            started.send_signal(signal.SIGTERM)
            started.wait(60)
        wait_for("end of the engine's process", lambda: not there.children())


def _install(home: Path, folder: Path) -> None:
    installation = Fcitx5Installation.of_user({"HOME": str(home)})
    try:
        installation.install()
    except InstallError as error:
        raise MissingProgramError(str(error)) from error
    script = Path(__file__).with_name("engine_process.py")
    installation.command.write_text(f"{sys.executable}\n-P\n{script}\n{folder}\n", encoding="utf-8")
    profile = home / ".config" / "fcitx5" / "profile"
    profile.parent.mkdir(parents=True)
    profile.write_text(_PROFILE, encoding="utf-8")
    profile.with_name("config").write_text("[Behavior]\nShareInputState=All\n", encoding="utf-8")


@contextmanager
def application(
    folder: Path, delay_ms: int, toolkit: str, settings: str = ""
) -> Iterator[tuple[Application, Fcitx5]]:
    """Yield a window of that toolkit, 墨音 chosen, and fcitx5."""
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    path = folder / "text"
    with x_server() as display, fcitx5(folder, os.environ | display) as there:
        own = dict.fromkeys(("GTK_IM_MODULE", "QT_IM_MODULE", "QT_IM_MODULES"), "fcitx")
        with running(client_command(toolkit, path), there.environment | own) as client:
            desk = Desk(client, there.environment, "A text field")
            made = application_of(toolkit, delay_ms)(desk, path, delay_ms, PANEL, there.ask)
            made.begin()
            yield made, there
