""".ci/system-packages on machines that lack something, played by small stand-ins on PATH."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / ".ci" / "system-packages"
PLAIN = "env bash sed tr cat".split()  # what the script may use of the real machine


@pytest.fixture
def machine(tmp_path: Path) -> Path:
    """Make a PATH with nothing but the basics; apt-get writes down how it was called."""
    for name in PLAIN:
        (tmp_path / name).symlink_to(shutil.which(name) or name)
    program(tmp_path, "python3", "exit 0")
    program(tmp_path, "fc-list", "echo 'WenQuanYi Micro Hei'")
    program(tmp_path, "apt-get", f"echo apt-get $* >> {tmp_path}/calls")
    return tmp_path


def program(machine: Path, name: str, body: str) -> None:
    (machine / name).write_text(f"#!/bin/sh\n{body}\n", encoding="utf-8")
    (machine / name).chmod(0o755)


def install(machine: Path, *packages: str) -> None:
    """Make dpkg-query list these; a package may be `name provided, provided (= 1)`."""
    rows = "".join(f"ii |{package}\n" for package in packages) + "rc |xvfb \n"
    program(machine, "dpkg-query", f"cat <<'ROWS'\n{rows}ROWS")


def become(machine: Path, user_id: int) -> None:
    program(machine, "id", f"echo {user_id}")


def run(machine: Path, goal: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [str(SCRIPT), goal], env={"PATH": str(machine)}, capture_output=True, text=True, check=False
    )


def missing(machine: Path, goal: str) -> list[str]:
    """Return what a user who is not root is told to install."""
    become(machine, 1000)
    result = run(machine, goal)
    if result.returncode == 0:
        return []
    assert result.stderr.count("\n") == 1
    return result.stderr.partition("apt-get install ")[2].split()


def test_only_what_is_missing_is_named(machine: Path) -> None:
    install(machine)
    everything = missing(machine, "run")
    assert {"libegl1", "libxcb-cursor0", "libglib2.0-0"} <= set(everything)
    assert not {"python3", "fonts-wqy-microhei", "xvfb"} & set(everything)
    install(machine, *(name for name in everything if name != "libegl1"))
    assert missing(machine, "run") == ["libegl1"]
    install(machine, *everything)
    assert missing(machine, "run") == []
    assert missing(machine, "test") == ["xvfb", "xdotool", "ibus", "dbus"]  # removed is not installed
    assert not (machine / "calls").exists()


def test_a_package_under_a_newer_name_counts(machine: Path) -> None:
    install(machine)
    others = [name for name in missing(machine, "run") if name != "libglib2.0-0"]
    install(machine, *others, "libglib2.0-0t64 libglib2.0-0 (= 2.80.0), other")
    assert missing(machine, "run") == []


def test_python_without_venv_and_no_fonts(machine: Path) -> None:
    install(machine)
    program(machine, "python3", "exit 1")
    program(machine, "fc-list", "exit 0")
    assert {"python3-venv", "fonts-wqy-microhei", "fonts-noto-color-emoji"} <= set(missing(machine, "run"))
    (machine / "python3").unlink()
    assert {"python3", "python3-venv"} <= set(missing(machine, "run"))


def test_root_installs(machine: Path) -> None:
    install(machine)
    become(machine, 0)
    assert run(machine, "run").returncode == 0
    update, installation = (machine / "calls").read_text(encoding="utf-8").splitlines()
    assert update == "apt-get update -qq"
    assert installation.startswith("apt-get install -qq -y --no-install-recommends lib")


def test_machine_that_is_not_debian_goes_on(machine: Path) -> None:
    result = run(machine, "run")
    assert result.returncode == 0
    assert result.stdout.startswith("Not a Debian system.")


def test_goal_that_is_none(machine: Path) -> None:
    assert run(machine, "fly").returncode == 2
