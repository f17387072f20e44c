"""Real keys into another application under a real X server: Qt's own IBus plugin, IBus' own panel.

Nothing is skipped: without xvfb, xdotool, ibus and dbus this fails.
"""

from __future__ import annotations

import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.ime_app.display import Desk, running, wait_for, x_server
from tests.ime_app.ibus.daemon import Daemon, engine_command, ibus_daemon, under_load

CLIENT = Path(__file__).with_name("qt_client.py")
PANEL_FIRST = 25, 46  # of the first candidate's middle, from the panel's upper left corner


class Application:
    """The client's window, its text, and hands that type into it at a speed."""

    def __init__(self, desk: Desk, daemon: Daemon, path: Path, delay_ms: int) -> None:
        self.desk = desk
        self._daemon = daemon
        self._path = path
        self._delay = str(delay_ms)

    @property
    def fields(self) -> list[str]:
        return self._path.read_text(encoding="utf-8").split("\f")

    def type(self, text: str) -> None:
        self.desk.run("type", "--delay", self._delay, text)

    def key(self, *names: str) -> None:
        self.desk.run("key", "--delay", self._delay, *names)

    def has(self, text: str, field: int = 0) -> None:
        """Return whether the field's text becomes this, and stays so."""
        try:
            wait_for(f"{text!r} in the field", lambda: self.fields[field] == text, under_load(5))
        except TimeoutError:
            assert self.fields[field] == text
        time.sleep(0.1)
        assert self.fields[field] == text

    def clear(self) -> None:
        self.key("Escape", "ctrl+a", "BackSpace")
        self.has("")
        time.sleep(0.35)  # what the client says is believed from then on

    def choose(self, engine: str) -> None:
        self._ibus(engine)
        wait_for(f"the engine {engine}", lambda: self._ibus() == engine, 10)

    def _ibus(self, *engine: str) -> str:
        command = ["ibus", "engine", *engine]
        environment = self._daemon.environment
        done = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
        return done.stdout.strip()

    def click_first_candidate(self) -> None:
        """Click in the panel, a window of its own process, whose name is on its class."""
        number = wait_for(
            "the panel", lambda: self.desk.run("search", "--onlyvisible", "--class", "ibus-ui-gtk3"), 5
        ).split()[-1]
        place = dict(
            row.split("=") for row in self.desk.run("getwindowgeometry", "--shell", number).splitlines()
        )
        self.desk.click(int(place["X"]) + PANEL_FIRST[0], int(place["Y"]) + PANEL_FIRST[1])


@contextmanager
def application(folder: Path, delay_ms: int, settings: str = "") -> Iterator[Application]:
    (folder / "settings.toml").write_text(settings, encoding="utf-8")
    path = folder / "text"
    command = [sys.executable, "-P", str(CLIENT), str(path)]
    with (
        x_server() as display,
        ibus_daemon(folder, engine_command(folder), display) as daemon,
        running(command, daemon.environment) as client,
    ):
        desk = Desk(client, daemon.environment, "A text field")
        made = Application(desk, daemon, path, delay_ms)
        time.sleep(0.5)  # the window has the focus
        made.choose("moyin")
        wait_for("typing", lambda: _types(made))
        made.clear()
        yield made


def _types(made: Application) -> bool:
    made.type("nihao ")
    time.sleep(0.2)
    return "你好" in made.fields[0]


def sentence(there: Application) -> None:
    there.type("nihaoshijie ")
    there.has("你好世界")


def partial_choice(there: Application) -> None:
    there.type("nihaoshijie")
    there.key("3")  # 你好, behind 你好世界 and 你好世
    there.key("space")
    there.has("你好世界")


def paging(there: Application) -> None:
    there.type("ni=")
    there.key("Prior")
    there.type("=-")  # one page on, one back
    there.key("space")
    there.has("你")


def mouse(there: Application) -> None:
    there.type("shijie")
    time.sleep(0.3)
    there.click_first_candidate()
    there.has("世界")
    there.desk.focus(there.desk.window)


def english_and_back(there: Application) -> None:
    there.key("Shift_L")
    there.type("Hi 3.")
    there.key("Shift_L")
    there.type("nihao ")
    there.has("Hi 3.你好")


def editing_keys_of_the_client(there: Application) -> None:
    there.type("nihao shijie ")
    there.has("你好世界")
    there.key("BackSpace", "Left")
    there.type("ma ")
    there.has("你好妈世")


def enter_and_escape(there: Application) -> None:
    there.type("nihao")
    there.key("Escape")
    there.type("ni")
    there.key("Return")
    there.has("ni")


def punctuation_and_digits(there: Application) -> None:
    there.type("nihao,3.14 shijie .")
    there.has("你好，3.14 世界。")


def taken_back(there: Application) -> None:
    """Take back what was committed too early: the comma of a number, the mark in an address."""
    there.type("3,000 nihao baidu.com ")
    there.has("3,000 你好baidu.com")


def focus_lost_in_the_middle(there: Application) -> None:
    there.type("nihao")
    time.sleep(0.2)
    there.desk.click(300, 350)  # into the second field
    there.type("shijie ")
    there.has("世界", field=1)
    there.has("nihao")
    there.key("ctrl+a", "BackSpace")
    there.has("", field=1)
    there.desk.click(300, 200)


def password(there: Application) -> None:
    there.desk.click(300, 378)
    there.type("nihao 1")
    there.has("nihao 1", field=2)
    there.key("ctrl+a", "BackSpace")
    there.has("", field=2)
    there.desk.click(300, 200)


def another_engine_and_back(there: Application) -> None:
    there.choose("xkb:us::eng")
    there.type("ni ")
    there.has("ni ")
    there.choose("moyin")
    there.type("hao ")
    there.has("ni 号")


STEPS: tuple[Callable[[Application], None], ...] = (
    sentence,
    partial_choice,
    paging,
    mouse,
    english_and_back,
    editing_keys_of_the_client,
    enter_and_escape,
    punctuation_and_digits,
    taken_back,
    focus_lost_in_the_middle,
    password,
    another_engine_and_back,
)


@pytest.mark.parametrize("delay_ms", [4, pytest.param(60, marks=pytest.mark.long)])
def test_typing_into_another_application(tmp_path: Path, delay_ms: int) -> None:
    with application(tmp_path, delay_ms) as there:
        for step in STEPS:
            step(there)
            there.clear()


def test_surrounding_text_is_read_and_pairs_are_deleted(tmp_path: Path) -> None:
    with application(tmp_path, 40, "[input]\npair_punctuation = true\n") as there:
        there.key("Shift_L")
        there.type("3")
        there.key("Shift_L")
        time.sleep(0.4)
        there.type(".")
        there.has("3.")  # the 3 is known, though it was left to the client
        there.clear()
        there.type("(")
        there.has("（）")
        time.sleep(0.5)
        there.type("nihao )")
        there.has("（你好）")
        there.type("shijie ")
        there.has("（你好）世界")


@pytest.mark.long
def test_keys_left_to_the_client_keep_their_order(tmp_path: Path) -> None:
    with application(tmp_path, 40) as there:
        for _ in range(6):
            there.type("nihao ")
            there.key("Return")
            there.type("shijie ")
            there.has("你好\n世界")
            there.clear()
        for _ in range(6):
            there.type("nihao ")
            there.key("Left")
            there.type("shijie ")
            there.has("你世界好")
            there.clear()
        for _ in range(6):
            there.type("nihao 12shijie 3")
            there.has("你好12世界3")
            there.clear()
