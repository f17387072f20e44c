"""Installed, found, forgotten by no upgrade, removed: with the real `ibus`, in a home with a space."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree

import pytest

from ime_app.i18n.strings import Strings
from ime_app.ibus import wire
from ime_app.ibus.__main__ import main
from ime_app.ibus.installation.component import (
    SYSTEM_FOLDER,
    VARIABLE,
    IBusInstallation,
    component_of,
)
from ime_app.ibus.installation.status import ibus_status
from ime_app.services.desktop_entry import InstallError
from ime_app.services.install_command import PROJECT, engine_command, finding, status_of
from tests.ime_app.display import wait_for

ENGLISH = Strings("en")


@pytest.fixture
def installation(tmp_path: Path) -> IBusInstallation:
    """Of a user who has never used IBus; the system's components are a copy that may be touched."""
    home = tmp_path / "a home"
    home.mkdir()
    system = tmp_path / "system"
    system.mkdir()
    shutil.copy(SYSTEM_FOLDER / "simple.xml", system)
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    environment = kept | {"HOME": str(home), "IBUS_ADDRESS_FILE": str(home / "address")}
    return replace(IBusInstallation.of_user(environment), system_folder=system)


@contextmanager
def daemon(installation: IBusInstallation, variable: str = "") -> Iterator[None]:
    """Start the daemon as a session does, with IBus' cache; `variable` as environment.d would set it."""
    environment = dict(installation.environment) | ({VARIABLE: variable} if variable else {})
    command = (
        "dbus-run-session -- ibus-daemon --single --panel=disable --emoji-extension=disable --config=disable"
    )
    quiet = subprocess.DEVNULL
    process = subprocess.Popen(
        [*command.split(), "--config=disable"],
        env=environment,
        stdout=quiet,
        stderr=quiet,
        start_new_session=True,
    )
    try:
        wait_for("IBus", lambda: installation.run_ibus("address").strip() not in ("", "(null)"), 20)
        yield
    finally:
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(20)
        Path(installation.environment["IBUS_ADDRESS_FILE"]).unlink(missing_ok=True)


def knows_moyin(installation: IBusInstallation) -> bool:
    return wire.ENGINE_NAME in installation.run_ibus("list-engine").split()


def test_new_daemon_knows_it_at_once_and_after_an_upgrade(installation: IBusInstallation) -> None:
    installation.run_ibus("write-cache")  # a cache is there already, and wins over everything
    with daemon(installation):
        assert not knows_moyin(installation)
    installation.install()
    with daemon(installation):
        assert knows_moyin(installation)
    time.sleep(1.1)  # the cache knows whole seconds
    os.utime(installation.system_folder)
    with daemon(installation, installation.search_path):
        assert knows_moyin(installation)
    time.sleep(1.1)
    os.utime(installation.system_folder)
    with daemon(installation):
        assert not knows_moyin(installation)  # before the first login, an upgrade forgets it
    installation.install()
    installation.uninstall()
    with daemon(installation):
        assert not knows_moyin(installation)
    home = Path(installation.environment["HOME"])
    assert [path.name for path in home.rglob("*moyin*")] == []


def test_daemon_that_runs_knows_it_at_once_and_forgets_it_at_once(installation: IBusInstallation) -> None:
    with daemon(installation):
        installation.install()
        wait_for("墨音 in the running daemon", lambda: knows_moyin(installation))
        installation.uninstall()
        wait_for("a daemon without 墨音", lambda: is_without_moyin(installation))


def is_without_moyin(installation: IBusInstallation) -> bool:
    """Return whether a daemon answers, and lists other engines alone."""
    engines = installation.run_ibus("list-engine").split()
    return bool(engines) and wire.ENGINE_NAME not in engines


def test_status_says_what_is_missing_and_what_to_do(
    installation: IBusInstallation, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("ime_app.services.install_command.is_of_make", lambda: True)
    lines, _ = ibus_status(installation, ENGLISH)
    assert lines[0].endswith("run make ibus")
    monkeypatch.setattr("ime_app.services.install_command.is_of_make", lambda: False)  # pip brought it
    lines, is_ready = ibus_status(installation, ENGLISH)
    assert not is_ready
    assert "-m ime_app.ibus install" in lines[0]
    installation.install()
    lines, is_ready = ibus_status(installation, ENGLISH)
    assert not is_ready
    assert "ibus-daemon -drx" in lines[-1]
    with daemon(installation):
        lines, is_ready = ibus_status(installation, ENGLISH)
        assert is_ready
        assert any("log out and in" in line for line in lines)
        assert "ibus engine moyin" in lines[-1]
    logged_in = replace(
        installation, environment=dict(installation.environment) | {VARIABLE: installation.search_path}
    )
    assert not any("log out and in" in line for line in ibus_status(logged_in, ENGLISH)[0])
    installation.run_ibus("write-cache")
    assert any("-m ime_app.ibus install again" in line for line in ibus_status(installation, ENGLISH)[0])


def test_daemon_that_has_ended_is_not_said_to_run(installation: IBusInstallation) -> None:
    """The file with its address stays behind."""
    installation.install()
    left = Path(installation.environment["IBUS_ADDRESS_FILE"])
    left.write_text("IBUS_ADDRESS=unix:path=/nowhere/bus\nIBUS_DAEMON_PID=4194999\n", encoding="utf-8")
    assert "ibus-daemon -drx" in ibus_status(installation, ENGLISH)[0][-1]


def test_user_has_what_is_installed_for_everybody(installation: IBusInstallation) -> None:
    system = IBusInstallation.of_all_users(installation.system_folder)
    system.install()
    assert ibus_status(installation, ENGLISH)[0][0] == f"✓ Installed: {system.component}"
    installation.install()
    assert ibus_status(installation, ENGLISH)[0][0] == f"✓ Installed: {installation.component}"


def test_clone_that_was_moved(installation: IBusInstallation) -> None:
    installation.install(["/nowhere/python", "-m", "ime_app.ibus", "run"])
    lines, is_ready = ibus_status(installation, ENGLISH)
    assert not is_ready
    assert "/nowhere/python" in lines[0]


@pytest.mark.parametrize(
    ("environment", "said"),
    [
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "ubuntu:GNOME"}, ""),
        ({"WAYLAND_DISPLAY": "wayland-0", "XDG_CURRENT_DESKTOP": "KDE"}, "Virtual Keyboard"),
        ({"WAYLAND_DISPLAY": "wayland-1", "XDG_CURRENT_DESKTOP": "sway"}, "1.5.32"),
        ({"DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "XFCE"}, "im-config"),
        (
            {"DISPLAY": ":0", "XDG_CURRENT_DESKTOP": "XFCE", "GTK_IM_MODULE": "ibus"},
            "QT_IM_MODULE XMODIFIERS",
        ),
    ],
)
def test_what_a_desktop_needs(installation: IBusInstallation, environment: dict[str, str], said: str) -> None:
    installation.install()
    there = replace(installation, environment=dict(installation.environment) | environment)
    lines, _ = ibus_status(there, ENGLISH)
    hints = [line for line in lines if line.startswith("·") and "log out" not in line]
    assert len(hints) == bool(said)
    assert said in "".join(hints)


def test_component_file_is_read_back_whole(tmp_path: Path) -> None:
    command = ["/a home/<x> & 'y'/bin/python", "-P", "-m", "ime_app.ibus", "run"]
    path = tmp_path / "moyin.xml"
    path.write_text(component_of(command, "/an & icon.svg"), encoding="utf-8")
    tree = ElementTree.parse(path)
    assert shlex.split(tree.findtext("exec") or "") == command
    assert tree.findtext("engines/engine/icon") == "/an & icon.svg"
    assert tree.findtext("name") == wire.BUS_NAME
    assert tree.findtext("engines/engine/name") == wire.ENGINE_NAME


def test_environment_file_keeps_odd_folders_whole(tmp_path: Path) -> None:
    home = tmp_path / 'a "quoted" $home'
    home.mkdir()
    installation = IBusInstallation.of_user({"HOME": str(home), "PATH": os.environ["PATH"]})
    installation.install()
    assert installation.environment_file is not None
    line = installation.environment_file.read_text(encoding="utf-8").splitlines()[1]
    name, _, value = line.partition("=")
    escaped = installation.search_path.replace("$", "$$")  # as systemd 252's own generator reads it
    assert (name, shlex.split(value)) == (VARIABLE, [escaped])


def test_ibus_that_is_not_there(installation: IBusInstallation, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    with pytest.raises(InstallError, match="apt install ibus"):
        installation.install()
    lines, is_ready = ibus_status(installation, ENGLISH)
    assert (len(lines), is_ready) == (1, False)


def test_folder_that_cannot_be_written(installation: IBusInstallation) -> None:
    home = Path(installation.environment["HOME"])
    (home / ".local").write_text("a file", encoding="utf-8")
    with pytest.raises(InstallError, match=".local"):
        installation.install()


def test_commands(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("HOME", str(tmp_path))
    for name in ("XDG_DATA_HOME", "XDG_CONFIG_HOME", "DISPLAY", "WAYLAND_DISPLAY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LANG", "en_US.UTF-8")
    assert main(["status"]) == 1
    assert main(["install"]) == 0
    assert "moyin.xml" in capsys.readouterr().out
    assert main(["uninstall"]) == 0
    assert main(["uninstall"]) == 0  # nothing is there: no error
    assert "no longer known" in capsys.readouterr().out
    with pytest.raises(SystemExit):
        main(["fly"])


def test_command_of_the_component_starts_this_python() -> None:
    command = engine_command("ibus")
    assert command[0] == sys.executable
    assert command[1] == "-P"  # the daemon's folder is no place for modules
    assert command[-2:] == ["ime_app.ibus", "run"]


def test_all_users_is_one_file(tmp_path: Path) -> None:
    installation = IBusInstallation.of_all_users(tmp_path)
    installation.install()
    assert [path.name for path in tmp_path.iterdir()] == ["moyin.xml"]
    installation.uninstall()
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("name", ["ibus", "fcitx5"])
def test_status_says_how_this_program_is_installed(monkeypatch: pytest.MonkeyPatch, name: str) -> None:
    """pip brings no Makefile."""
    monkeypatch.setattr(sys, "prefix", str(PROJECT / ".venv"))
    made = status_of([finding(False, "not_installed", path="/x")], ENGLISH, f"{name}.status")[0]
    assert made == [f"✗ There is no /x: run make {name}"]
    monkeypatch.setattr(sys, "prefix", "/usr")
    by_pip = status_of([finding(False, "not_installed", path="/x")], ENGLISH, f"{name}.status")[0]
    assert by_pip == [f"✗ There is no /x: run {sys.executable} -m ime_app.{name} install"]
