"""A real X server, a process that opens a window in it, and real keys and clicks.

Without Xvfb and xdotool
(Debian: `apt install xvfb xdotool`) it raises MissingProgramError: nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, TypeVar

REPOSITORY: Final[Path] = Path(__file__).resolve().parents[2]
TIMEOUT_S: Final[float] = 60.0
KEY_DELAY_MS: Final[str] = "15"
_GRAB: Final[str] = """
import sys
from PySide6.QtGui import QGuiApplication
application = QGuiApplication([])
picture = application.primaryScreen().grabWindow(int(sys.argv[1]))
sys.exit(not picture.save(sys.argv[2]))
"""
T = TypeVar("T")


class MissingProgramError(RuntimeError):
    """A program of the X server's is not installed."""


def engine_processes(folder: Path) -> list[int]:
    """Return the ids of the processes of an engine on the data in `folder`, the parent first."""
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                command = (entry / "cmdline").read_bytes()
            except OSError:
                continue
            if str(folder).encode() in command and b"engine_process" in command:
                found.append(int(entry.name))
    return sorted(found)


def wait_for(what: str, look: Callable[[], T], timeout_s: float = TIMEOUT_S) -> T:
    """Return the first true answer of `look`. Raises TimeoutError."""
    deadline = time.monotonic() + timeout_s
    while time.monotonic() < deadline:
        found = look()
        if found:
            return found
        time.sleep(0.02)
    raise TimeoutError(f"no {what} within {timeout_s:.0f} s")


@contextmanager
def x_server(size: str = "1280x800x24") -> Iterator[dict[str, str]]:
    """Yield the environment of a fresh X server.

    Without -noreset it begins anew whenever its last client leaves, xdotool before the window is there, and
    refuses clients that come at that moment.
    """
    for program in ("Xvfb", "xdotool"):
        if shutil.which(program) is None:
            raise MissingProgramError(
                f"{program} is missing; install it, on Debian with: apt install xvfb xdotool"
            )
    reading, writing = os.pipe()
    command = ["Xvfb", "-displayfd", str(writing), "-screen", "0", size, "-nolisten", "tcp", "-noreset"]
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


@contextmanager
def running(command: list[str], environment: dict[str, str]) -> Iterator[subprocess.Popen[bytes]]:
    """Yield a process of the repository's, ended with the block."""
    environment = environment | {"PYTHONFAULTHANDLER": "1"}
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


def exit_status(process: subprocess.Popen[bytes]) -> int:
    """Return the status of a process that is told to end.

    Raises TimeoutError with what its threads are at where it does not end.
    """
    try:
        return process.wait(TIMEOUT_S)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)
        _, error = process.communicate(timeout=TIMEOUT_S)
        raise TimeoutError(f"it does not end: {error.decode(errors='replace')[-4000:]}") from None


class Desk:
    """Keyboard, mouse and camera on a process's windows. There is no window manager, so the focus of
    the first window is given by hand."""

    def __init__(
        self, process: subprocess.Popen[bytes], environment: dict[str, str], title: str = "墨音|Moyin"
    ) -> None:
        self.environment = environment
        self._process = process
        self.window = self.find(title)
        self.focus(self.window)

    def find(self, title: str) -> str:
        """Return the number of the window with that title, as soon as it is there."""
        return wait_for("window", lambda: self._find(title))

    def focus(self, window: str) -> None:
        self.run("windowfocus", "--sync", window)

    def type(self, text: str) -> None:
        self.run("type", "--delay", KEY_DELAY_MS, text)

    def key(self, *names: str) -> None:
        self.run("key", "--delay", KEY_DELAY_MS, *names)

    def click(self, x: int, y: int) -> None:
        """Press the left button at a point of the screen."""
        self.run("mousemove", str(x), str(y), "click", "1")

    def photograph(self, window: str, path: Path) -> None:
        """Save a window to a file as the X server has it."""
        self.run("mousemove", "0", "0")  # nothing is lit up by the mouse
        command = [sys.executable, "-c", _GRAB, window, str(path)]
        subprocess.run(command, env=self.environment, check=True)

    def run(self, *arguments: str) -> str:
        result = subprocess.run(
            ["xdotool", *arguments], env=self.environment, capture_output=True, text=True, check=False
        )
        return result.stdout.strip()

    def _find(self, title: str) -> str:
        if self._process.poll() is not None:
            _, error = self._process.communicate()
            raise RuntimeError(f"the window's process ended: {error.decode(errors='replace')[-2000:]}")
        numbers = self.run("search", "--onlyvisible", "--name", title).split()
        return numbers[-1] if numbers else ""
