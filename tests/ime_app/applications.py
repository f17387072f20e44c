"""Applications of others, and what is typed into them whatever input method stands behind: real keys, real
clicks.

A client's program names what it lacks; nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from pathlib import Path
from typing import Final

from tests.ime_app.display import Desk, MissingProgramError, wait_for

FOLDER: Final[Path] = Path(__file__).parent
SYSTEM_PYTHON: Final[str] = "/usr/bin/python3"  # which sees the bindings of GTK that Debian packages
PAIRS: Final[str] = "[input]\npair_punctuation = true\n"  # settings
LINE, PASSWORD, TEXT = (300, 350), (300, 380), (300, 200)  # where to click for each field


def under_load(seconds: float) -> float:
    """Return how long something may take that takes `seconds` on an idle machine."""
    n_waiting = os.getloadavg()[0] / (os.cpu_count() or 1)  # processes for each core
    return seconds * max(1.0, n_waiting)


def application_of(toolkit: str, delay_ms: int) -> type[Application]:
    """Return the kind of hands that type into a window of that toolkit at that speed."""
    if toolkit == "gtk4" and delay_ms >= 60:
        return Patient
    return Terminal if toolkit == "xterm" else Application


def client_command(toolkit: str, path: Path) -> list[str]:
    """Return the command of a window that writes its text to the file.

    `toolkit` is `pyside6`, which brings its own Qt, or the system's `qt6`, `gtk3`, `gtk4`, or `xterm`, which
    speaks XIM.
    """
    if toolkit == "xterm":
        if shutil.which("xterm") is None:
            raise MissingProgramError("xterm is missing; on Debian: apt install xterm")
        write = 'stty -icanon -icrnl -echo; exec cat >> "$0"'
        return ["xterm", "-u8", "-T", "A text field", "-e", "sh", "-c", write, str(path)]
    if toolkit == "pyside6":
        return [sys.executable, "-P", str(FOLDER / "qt_client.py"), str(path)]
    look, package = "import PyQt6.QtWidgets", "python3-pyqt6"
    arguments = [str(FOLDER / "qt_client.py"), str(path)]
    if toolkit != "qt6":
        version = toolkit[-1]
        look = f"import gi; gi.require_version('Gtk', '{version}.0')"
        package = f"python3-gi gir1.2-gtk-{version}.0"
        arguments = [str(FOLDER / "gtk_client.py"), version, str(path)]
    if subprocess.run([SYSTEM_PYTHON, "-c", look], capture_output=True, check=False).returncode != 0:
        raise MissingProgramError(f"a window of {toolkit} needs, on Debian: apt install {package}")
    return [SYSTEM_PYTHON, *arguments]


@dataclass(frozen=True)
class Panel:
    """The window of the candidates: its class, and where the first one is in it."""

    window_class: str
    first: tuple[int, int]


class Application:
    """The client's window, its text, and hands that type into it at a speed.

    `ask` names the engine in use, after it has chosen the one given.
    """

    def __init__(self, desk: Desk, path: Path, delay_ms: int, panel: Panel, ask: Callable[..., str]) -> None:
        self.desk = desk
        self._path = path
        self._delay = str(delay_ms)
        self._panel = panel
        self._ask = ask

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
            assert self.fields[field] == text, self.fields
        time.sleep(0.1)
        assert self.fields[field] == text

    def composes(self, letters: str) -> None:
        """Wait until the first field shows that these letters are under composition."""
        wait_for(f"{letters!r} under composition", lambda: self.fields[3] == letters)

    def clear(self) -> None:
        self.key("Escape", "ctrl+a", "BackSpace")
        self.has("")
        time.sleep(under_load(0.35))  # what the client says is believed from then on

    def choose(self, engine: str) -> None:
        wait_for(f"the engine {engine}", lambda: self._ask(engine) == engine, 10)

    def begin(self) -> None:
        """Choose 墨音, and type until it answers."""
        time.sleep(0.5)  # the window has the focus
        self.choose("moyin")
        wait_for("typing", self._types)
        wait_for("rest", self._rests)  # what was typed while the engine came
        self.clear()

    def click_first_candidate(self) -> None:
        """Click in the panel, a window of its own process, whose name is on its class."""
        look = "search", "--onlyvisible", "--class", self._panel.window_class
        number = wait_for("the panel", lambda: self.desk.run(*look), 5).split()[-1]
        place = dict(
            row.split("=") for row in self.desk.run("getwindowgeometry", "--shell", number).splitlines()
        )
        self.desk.click(int(place["X"]) + self._panel.first[0], int(place["Y"]) + self._panel.first[1])

    def _types(self) -> bool:
        self.type("nihao ")
        time.sleep(0.2)
        return "你好" in self.fields[0]

    def _rests(self) -> bool:
        before = self.fields
        time.sleep(0.7)
        return self.fields == before


class Patient(Application):
    """Hands that look what a key does before they press the next: GTK 4 asks for each key and waits, and on a
    busy machine what it deletes and what it is given come in another order.
    """

    def type(self, text: str) -> None:
        for character in text:
            before = self.fields
            super().type(character)
            with suppress(TimeoutError):  # of a key that changes nothing
                wait_for("what the key does", partial(self._differs, before), 1)

    def _differs(self, before: list[str]) -> bool:
        return self.fields != before


class Terminal(Application):
    """xterm, in which a program writes down each character that it gets.

    What waits for it at once Xlib gives it the last first: a busy machine is typed on more slowly.
    """

    def type(self, text: str) -> None:
        self.desk.run("type", "--delay", str(int(under_load(100))), text)

    def clear(self) -> None:
        os.truncate(self._path, 0)

    def _types(self) -> bool:
        """Try: a terminal that has the keyboard before it has found the input method does not tell that."""
        self.goes_and_comes()
        return super()._types()

    def goes_and_comes(self) -> None:
        """Take the keyboard from the window, and give it back."""
        self.desk.run("windowunmap", "--sync", self.desk.window)
        time.sleep(0.3)
        self.desk.run("windowmap", "--sync", self.desk.window)
        self.desk.focus(self.desk.window)


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
    there.composes("shijie")
    there.click_first_candidate()
    there.has("世界")
    there.desk.focus(there.desk.window)


def menu_on_a_candidate(there: Application) -> None:
    """Forget the first candidate by the menu, and bring it back."""
    there.type("shijie")
    there.key("ctrl+Return", "Down", "Down", "space", "ctrl+z", "space")
    there.has("世界")


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
    there.composes("nihao")
    there.desk.click(*LINE)  # into the second field
    there.type("shijie ")
    there.has("世界", field=1)
    there.has("nihao")
    there.key("ctrl+a", "BackSpace")
    there.has("", field=1)
    there.desk.click(*TEXT)


def password(there: Application) -> None:
    there.desk.click(*PASSWORD)
    there.type("nihao 1")
    there.has("nihao 1", field=2)
    there.key("ctrl+a", "BackSpace")
    there.has("", field=2)
    there.desk.click(*TEXT)


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
    menu_on_a_candidate,
)


def keyboard_goes_and_comes(there: Application) -> None:
    assert isinstance(there, Terminal)
    there.type("nihao")
    time.sleep(under_load(0.3))
    there.goes_and_comes()
    there.has("nihao")


TERMINAL_STEPS: tuple[Callable[[Application], None], ...] = (
    sentence,
    partial_choice,
    paging,
    english_and_back,
    enter_and_escape,
    punctuation_and_digits,
    menu_on_a_candidate,
    keyboard_goes_and_comes,
)


def surrounding_text_and_pairs(there: Application, pair: str = "（）") -> None:
    """Type with the settings `PAIRS`: what was left to the client is known, a pair's second half too.

    `pair` is what an opening mark becomes: half of it where no key moves the caret between.
    """
    there.desk.click(*LINE)
    there.desk.click(*TEXT)  # IBus names a program when a field of it is entered
    there.key("Shift_L")
    there.type("3")
    there.key("Shift_L")
    time.sleep(0.4)
    there.type(".")
    there.has("3.")  # the 3 is known, though it was left to the client
    there.clear()
    there.type("(")
    there.has(pair)
    time.sleep(0.5)
    there.type("nihao )")
    there.has("（你好）")
    there.type("shijie ")
    there.has("（你好）世界")


def keys_left_to_the_client(there: Application) -> None:
    """Type on at once behind keys that the client itself deals with, and that make it say Reset."""
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
