"""The real window under a real X server, with real key events.

Nothing is skipped: without Xvfb and xdotool (Debian: `apt install xvfb xdotool`) this fails.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TypeVar

import pytest

REPOSITORY = Path(__file__).resolve().parents[2]
TIMEOUT_S = 60.0
T = TypeVar("T")


def wait_for(what: str, look: Callable[[], T], timeout_s: float = TIMEOUT_S) -> T:
    """The first true answer of `look`."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.05)
    pytest.fail(f"no {what} within {timeout_s:.0f} s")


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    process = subprocess.Popen(command, env=environment, cwd=REPOSITORY, stderr=subprocess.PIPE)
    try:
        yield process
    finally:
        process.terminate()
        try:
            process.communicate(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.communicate()


@pytest.fixture
def display() -> Iterator[dict[str, str]]:
    """The environment of a fresh X server.

    Without -noreset it begins anew whenever its last client leaves, xdotool before the window is
    there, and refuses who comes at that moment.
    """
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            pytest.fail(f"{program} is missing; install it, on Debian with: apt install xvfb xdotool")
    reading, writing = os.pipe()
    command = [
        "Xvfb",
        "-displayfd",
        str(writing),
        "-screen",
        "0",
        "1280x800x24",
        "-nolisten",
        "tcp",
        "-noreset",
    ]
    server = subprocess.Popen(command, pass_fds=[writing], stderr=subprocess.DEVNULL)
    os.close(writing)
    with os.fdopen(reading) as announced:
        number = announced.readline().strip()
    try:
        assert number, "Xvfb did not start"
        environment = os.environ | {"DISPLAY": f":{number}", "QT_QPA_PLATFORM": "xcb", "LANG": "C.UTF-8"}
        yield environment | {"OMP_NUM_THREADS": "1"}
    finally:
        server.terminate()
        server.wait(20)


class Keyboard:
    """xdotool on one window. There is no window manager, so the focus is given by hand."""

    def __init__(self, process: subprocess.Popen[bytes], environment: dict[str, str]) -> None:
        self._environment = environment
        self._process = process
        self._window: str = wait_for("window", self._find)
        self.run("windowfocus", "--sync", self._window)

    def run(self, *arguments: str) -> str:
        result = subprocess.run(
            ["xdotool", *arguments], env=self._environment, capture_output=True, text=True, check=False
        )
        return result.stdout.strip()

    def type(self, text: str) -> None:
        self.run("type", "--delay", "15", text)

    def key(self, *names: str) -> None:
        self.run("key", "--delay", "15", *names)

    def _find(self) -> str:
        if self._process.poll() is not None:
            _, error = self._process.communicate()
            pytest.fail(f"the window's process ended: {error.decode(errors='replace')[-2000:]}")
        names = self.run("search", "--onlyvisible", "--name", "墨音|Moyin").split()
        return names[-1] if names else ""


def saved_text(folder: Path) -> str:
    path = folder / "text.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_typing_in_the_real_window(display: dict[str, str], tmp_path: Path) -> None:
    settings = str(tmp_path / "settings.toml")
    command = [sys.executable, "-m", "ime_app", "--data-directory", str(tmp_path), "--settings", settings]
    with running(command, display) as window:
        keyboard = Keyboard(window, display)
        keyboard.type("nihaoshijie")
        keyboard.key("space")
        wait_for("你好世界 in the saved text", lambda: saved_text(tmp_path) == "你好世界")
        keyboard.type(",")
        keyboard.key("Shift_L")
        keyboard.type("Hi ")
        keyboard.key("Shift_L")
        keyboard.type("nihao1")
        keyboard.type("wo")
        window.terminate()  # SIGTERM closes the window as its button does
        window.wait(20)
    assert saved_text(tmp_path) == "你好世界，Hi 你好wo"
