"""Real keys into other applications under a real X server: their own IBus plugins, IBus' own panel.

Nothing is skipped: without xvfb, xdotool, ibus and dbus this fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ime_app.applications import (
    PAIRS,
    STEPS,
    TERMINAL_STEPS,
    Application,
    Panel,
    application_of,
    client_command,
    keys_left_to_the_client,
    password,
    surrounding_text_and_pairs,
)
from tests.ime_app.display import Desk, engine_processes, running, wait_for, x_server
from tests.ime_app.ibus.daemon import engine_command, ibus_daemon

PANEL = Panel("ibus-ui-gtk3", (25, 46))


@contextmanager
def application(
    folder: Path, delay_ms: int, settings: str = "", toolkit: str = "pyside6"
) -> Iterator[Application]:
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    path = folder / "text"
    with x_server() as display, ibus_daemon(folder, engine_command(folder), display) as daemon:
        environment = daemon.environment | {
            "GTK_IM_MODULE": "ibus",
            "XMODIFIERS": "@im=ibus",
            "QT_IM_MODULE": "ibus",
            "QT_IM_MODULES": "ibus",
            "DBUS_SESSION_BUS_ADDRESS": daemon.bus,
            "GTK_A11Y": "none",
        }

        def ask(*engine: str) -> str:
            for command in (["ibus", "engine", *engine], ["ibus", "engine"]):
                done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
            return done.stdout.strip()

        if toolkit == "xterm":
            wait_for("IBus' server of XIM", lambda: has_xim(environment))  # a client looks for it once
        with running(client_command(toolkit, path), environment) as client:
            desk = Desk(client, environment, "A text field")
            made = application_of(toolkit, delay_ms)(desk, path, delay_ms, PANEL, ask)
            made.begin()
            yield made


@pytest.mark.parametrize("delay_ms", [4, pytest.param(60, marks=pytest.mark.long)])
def test_typing_into_another_application(tmp_path: Path, delay_ms: int) -> None:
    with application(tmp_path, delay_ms) as there:
        for step in STEPS:
            step(there)
            there.clear()


def has_xim(environment: Mapping[str, str]) -> bool:
    """Return whether the X server knows whom XMODIFIERS names."""
    look = ["xprop", "-root", "XIM_SERVERS"]
    return "ibus" in subprocess.run(look, env=environment, capture_output=True, text=True, check=False).stdout


@pytest.mark.long
def test_typing_into_a_terminal(tmp_path: Path) -> None:
    with application(tmp_path, 40, toolkit="xterm") as there:
        for step in TERMINAL_STEPS:
            step(there)
            there.clear()


@pytest.mark.long
@pytest.mark.parametrize("toolkit", ["gtk3", "gtk4"])
def test_typing_into_windows_of_gtk(tmp_path: Path, toolkit: str) -> None:
    """GTK 4 with IBus 1.5.27 mixes fast keys that nobody takes, in fields for passwords at any speed."""
    with application(tmp_path, 60, toolkit=toolkit) as there:
        for step in STEPS:
            if (toolkit, step) != ("gtk4", password):
                step(there)
                there.clear()


@pytest.mark.parametrize(
    ("toolkit", "pair"),
    [
        ("pyside6", "（）"),
        pytest.param("gtk3", "（）", marks=pytest.mark.long),
        pytest.param("gtk4", "（", marks=pytest.mark.long),
    ],
)
def test_surrounding_text_is_read_and_pairs_are_deleted(tmp_path: Path, toolkit: str, pair: str) -> None:
    with application(tmp_path, 40, PAIRS, toolkit) as there:
        surrounding_text_and_pairs(there, pair)


@pytest.mark.long
@pytest.mark.parametrize("toolkit", ["pyside6", "gtk3"])
def test_typing_goes_on_where_the_engine_is_killed(tmp_path: Path, toolkit: str) -> None:
    with application(tmp_path, 30, toolkit=toolkit) as there:
        there.type("niha")
        there.composes("niha")
        typing = ["xdotool", "type", "--delay", "30", "oshijie nihao,3.14 shijie "]
        with running(typing, there.desk.environment) as hands:
            time.sleep(0.15)
            _, worker = engine_processes(tmp_path)
            os.kill(worker, signal.SIGKILL)
            hands.wait(60)
        there.has("你好世界你好，3.14 世界")


@pytest.mark.long
def test_keys_left_to_the_client_keep_their_order(tmp_path: Path) -> None:
    with application(tmp_path, 40) as there:
        keys_left_to_the_client(there)
