"""Files for fcitx5, and what is said of them. The addon itself is compiled by `make test-long` alone."""

from __future__ import annotations

import configparser
import os
import shutil
import sys
from pathlib import Path

import pytest

from ime_app.fcitx5 import installation as module
from ime_app.fcitx5.__main__ import main
from ime_app.fcitx5.installation import SOURCES, Fcitx5Installation, compile_addon
from ime_app.fcitx5.status import fcitx5_status
from ime_app.i18n.strings import Strings
from ime_app.services.desktop_entry import InstallError

ENGLISH = Strings("en")


@pytest.fixture
def installation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Fcitx5Installation:
    """Return one of a user whose home has a space in its name; the compiler is another program."""
    home = tmp_path / "a home"
    home.mkdir()
    monkeypatch.setattr(module, "compile_addon", lambda library: shutil.copy(library_of_python(), library))
    return Fcitx5Installation.of_user({"HOME": str(home)})


def library_of_python() -> str:
    """Return a shared library that any Python can load."""
    import _ctypes

    return _ctypes.__file__


def program(folder: Path, name: str, body: str) -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (folder / name).chmod(0o755)


def files(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def test_files_of_a_user(installation: Fcitx5Installation, tmp_path: Path) -> None:
    home = tmp_path / "a home"
    installation.install()
    installation.install()
    addon = configparser.ConfigParser()
    addon.read(installation.addon, encoding="utf-8")
    assert addon["Addon"]["Library"] + ".so" == str(installation.library)
    assert addon["Addon"]["Library"].startswith("/")  # so that fcitx5 looks in no folder of its own
    command = installation.command.read_text(encoding="utf-8").splitlines()
    assert command == [sys.executable, "-P", "-m", "ime_app.fcitx5", "run"]
    assert ".local/share/fcitx5/inputmethod/moyin.conf" in files(home)
    installation.uninstall()
    installation.uninstall()
    assert files(home) == []


def test_entry_in_the_menu_stays_while_ibus_has_it(installation: Fcitx5Installation) -> None:
    component = installation.data / "ibus" / "component" / "moyin.xml"
    component.parent.mkdir(parents=True)
    component.write_text("", encoding="utf-8")
    installation.install()
    installation.uninstall()
    assert (installation.data / "applications" / "moyin.desktop").exists()


def test_for_everybody(installation: Fcitx5Installation, tmp_path: Path) -> None:
    Fcitx5Installation.of_all_users(tmp_path / "local").install()
    assert "share/fcitx5/addon/moyin.conf" in files(tmp_path / "local")


def test_user_has_what_is_installed_for_everybody(
    installation: Fcitx5Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program(tmp_path / "programs", "fcitx5", "")
    monkeypatch.setenv("PATH", str(tmp_path / "programs"))
    everybody = Fcitx5Installation.of_all_users(tmp_path / "prefix")

    def first_line() -> str:
        return fcitx5_status(installation, ENGLISH, {}, everybody)[0][0]

    assert first_line().startswith("✗")
    everybody.install()
    assert first_line() == f"✓ Installed: {everybody.library}"
    installation.install()
    assert first_line() == f"✓ Installed: {installation.library}"


def test_compiler_or_headers_that_are_missing_are_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    with pytest.raises(InstallError, match=r"g\+\+, pkg-config missing; install it with: sudo apt install"):
        compile_addon(tmp_path / "a.so")
    program(tmp_path, "g++", "echo 'no such header' >&2; exit 1")
    program(tmp_path, "pkg-config", "exit 1")
    with pytest.raises(InstallError, match=r"Fcitx5Core.*libfcitx5core-dev"):
        compile_addon(tmp_path / "a.so")
    program(tmp_path, "pkg-config", "echo -lFcitx5Core")
    with pytest.raises(InstallError, match="no such header"):
        compile_addon(tmp_path / "a.so")
    assert [path.suffix for path in SOURCES.iterdir() if path.suffix == ".cpp"]


def test_folder_that_cannot_be_written(
    installation: Fcitx5Installation,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    (tmp_path / "a home" / ".local").write_text("a file", encoding="utf-8")
    monkeypatch.setenv("HOME", str(tmp_path / "a home"))
    monkeypatch.delenv("XDG_DATA_HOME", raising=False)
    assert main(["install"]) == 1
    assert str(tmp_path) in capsys.readouterr().err


def test_status(installation: Fcitx5Installation, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    home, programs = tmp_path / "a home", tmp_path / "programs"
    environment = {"HOME": str(home)}
    monkeypatch.setattr("ime_app.services.install_command.is_of_make", lambda: False)

    def said(**more: str) -> str:
        lines, is_ready = fcitx5_status(installation, ENGLISH, environment | more)
        return f"{'ready' if is_ready else 'not'}: " + " | ".join(lines)

    programs.mkdir()
    monkeypatch.setenv("PATH", str(programs))
    assert said().startswith("not: ✗ fcitx5 is missing: sudo apt install fcitx5")
    program(programs, "fcitx5", "")
    assert "-m ime_app.fcitx5 install" in said()
    installation.install()
    program(programs, "fcitx5-remote", "exit 1")
    assert said() == f"not: ✓ Installed: {installation.library} | ✗ {ENGLISH('fcitx5.status.not_running')}"
    program(programs, "fcitx5-remote", '[ "$1" = -n ] && echo || echo 0')  # no field has the keyboard
    assert "add 墨音" in said()
    program(programs, "fcitx5-remote", '[ "$1" = -n ] && echo keyboard-us || echo 2')
    assert "add 墨音" in said()
    profile = home / ".config" / "fcitx5" / "profile"
    profile.parent.mkdir(parents=True)
    profile.write_text("[Groups/0/Items/1]\nName=moyin\n", encoding="utf-8")
    assert said().startswith("ready")
    assert "fcitx5-remote -s moyin" in said()
    program(programs, "fcitx5-remote", '[ "$1" = -n ] && echo moyin || echo 2')
    assert "in use" in said()
    assert "QT_IM_MODULE XMODIFIERS" in said(DISPLAY=":0", GTK_IM_MODULE="fcitx")
    assert "QT_IM_MODULE" not in said(DISPLAY=":0", WAYLAND_DISPLAY="wayland-0")
    installation.library.write_bytes(b"of another version")
    assert "-m ime_app.fcitx5 install again" in said()
    installation.command.write_text("/nowhere/python\n", encoding="utf-8")
    assert "/nowhere/python" in said()
    assert os.environ["PATH"] == str(programs)
