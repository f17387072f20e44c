"""The real window under a real X server, with real key events.

Nothing is skipped: without Xvfb and xdotool (Debian: `apt install xvfb xdotool`) this fails.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path

import pytest

from tests.ime_app.display import Desk, exit_status, running, wait_for, x_server


def saved_text(folder: Path) -> str:
    path = folder / "text.txt"
    return path.read_text(encoding="utf-8") if path.exists() else ""


def test_typing_in_the_real_window(tmp_path: Path) -> None:
    settings = str(tmp_path / "settings.toml")
    command = [sys.executable, "-m", "ime_app", "--data-directory", str(tmp_path), "--settings", settings]
    with x_server() as display, running(command, display) as window:
        desk = Desk(window, display)
        desk.type("nihaoshijie")
        desk.key("space")
        wait_for("你好世界 in the saved text", lambda: saved_text(tmp_path) == "你好世界")
        desk.type(",")
        desk.key("Shift_L")
        desk.type("Hi ")
        desk.key("Shift_L")
        desk.type("nihao1")
        desk.type("wo")
        window.terminate()  # SIGTERM closes the window as its button does
        exit_status(window)
    assert saved_text(tmp_path) == "你好世界，Hi 你好wo"


@pytest.mark.parametrize("display", ["", ":177"])
@pytest.mark.parametrize("language", ["zh_CN.UTF-8", "en_US.UTF-8"])
def test_without_a_display_one_sentence_is_said(tmp_path: Path, display: str, language: str) -> None:
    hidden = ("QT_QPA_PLATFORM", "WAYLAND_DISPLAY")
    environment = {name: value for name, value in os.environ.items() if name not in hidden}
    environment |= {"DISPLAY": display, "LC_ALL": language, "LANG": language}
    command = [sys.executable, "-m", "ime_app", "--data-directory", str(tmp_path)]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert done.returncode == 1
    (sentence,) = done.stderr.splitlines()
    assert ("显示器" in sentence) == language.startswith("zh")


def test_without_a_display_the_language_asked_for_is_spoken(tmp_path: Path) -> None:
    environment = os.environ | {"DISPLAY": "", "LC_ALL": "zh_CN.UTF-8", "QT_QPA_PLATFORM": "xcb"}
    command = [sys.executable, "-m", "ime_app", "--data-directory", str(tmp_path), "--language", "en"]
    done = subprocess.run(command, check=False, env=environment, capture_output=True, text=True, timeout=60)
    assert done.stderr.startswith("Moyin needs a display")


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGHUP])  # SIGHUP: its terminal is closed
def test_keys_that_wait_when_the_window_is_told_to_end_are_in_the_text(
    tmp_path: Path, number: signal.Signals
) -> None:
    settings = str(tmp_path / "settings.toml")
    command = [sys.executable, "-m", "ime_app", "--data-directory", str(tmp_path), "--settings", settings]
    letters = "womenjintianxiawuqugongyuan" * 15
    here = signal.signal(number, signal.SIG_DFL)  # tests under nohup hand on that SIGHUP is ignored
    with x_server() as display, running(command, display) as window:
        signal.signal(number, here)
        desk = Desk(window, display)
        desk.run("type", "--delay", "0", letters + "zuihoujigezimu")
        window.send_signal(number)
        assert exit_status(window) == 0
    assert saved_text(tmp_path).endswith("zuihoujigezimu")
