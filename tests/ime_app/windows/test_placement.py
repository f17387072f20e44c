"""Windows fit their screen, stand off what matters, and come back where they were left."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QGuiApplication

from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.placement import FILE_NAME, PlaceMemory
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import Hands

SMALL = QSize(504, 286)  # Qt's pixels of a screen of 1024×600 at scale 2, without a title bar and borders
Open = Callable[..., Hands]
REPOSITORY = Path(__file__).parents[3]
PROBE = """
import json, sys
from argparse import Namespace
from ime_app.tools.screenshot import offscreen, opened_window, type_letters, wait_until
with offscreen(sys.argv[1]):
    from ime_app.app import create_application
    app = create_application()
    options = Namespace(bundle=None, fake=True, language=sys.argv[2], theme="light", text=sys.argv[3])
    found = {}
    with opened_window(options) as window:
        screen = window.screen().availableGeometry()
        type_letters(window, "nihao")
        sizes = {"main": window, "settings": None, "keys": None, "log": None, "retrain": None, "words": None,
                 "about": None}
        for name in sizes:
            widget = window if name == "main" else window.dialogs.open(name)
            wait_until(lambda: False, 0.05)
            bar = window.bar.rect().translated(window.bar.mapToGlobal(window.bar.rect().topLeft()))
            frame = widget.geometry()
            found[name] = [screen.contains(frame), frame.intersects(bar), frame.getRect()]
            if widget is not window:
                widget.close()
    print(json.dumps(found))
"""


@pytest.mark.parametrize(
    ("screen", "scale", "text", "language"),
    [
        ("1366x728", "1", "字\n" * 60, "zh"),
        ("1366x768", "2", "字\n" * 60, "en"),
        ("1366x768", "2", "", "zh"),
    ],
)
def test_every_window_fits_the_screen_and_the_settings_leave_the_bar_free(
    screen: str, scale: str, text: str, language: str
) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
    command = [sys.executable, "-c", PROBE, screen, language, text]
    environment["QT_SCALE_FACTOR"] = scale
    done = subprocess.run(
        command, env=environment, cwd=REPOSITORY, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert [name for name, (is_inside, _, _) in found.items() if not is_inside] == [], found
    assert not found["settings"][1], found


def test_a_window_comes_back_where_it_was_left(open_window: Open, tmp_path: Path) -> None:
    first = open_window()
    first.window.setGeometry(QRect(40, 50, 500, 400))
    first.pause(0.05)
    dialog = first.window.dialogs.open("log")
    assert dialog is not None
    dialog.resize(470, 333)
    first.close()
    second = open_window()
    assert second.window.geometry() == QRect(40, 50, 500, 400)
    again = second.window.dialogs.open("log")
    assert again is not None
    assert (again.width(), again.height()) == (470, 333)


@pytest.mark.parametrize(
    "content", ["", "[]", "{", '{"main": 5}', '{"main": "AAAA"}', '{"main": "?"}', "[" * 9999]
)
def test_a_damaged_memory_is_none(open_window: Open, tmp_path: Path, content: str) -> None:
    (tmp_path / FILE_NAME).write_text(content)
    hands = open_window()
    screen = QGuiApplication.primaryScreen().availableGeometry()
    assert screen.contains(hands.window.geometry())
    assert not PlaceMemory(tmp_path).restore(hands.window, "main")


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_window_fits_a_small_screen_at_twice_the_scale(open_window: Open, language: str) -> None:
    hands = open_window(language=language, overrides={"appearance.language": language})
    for name in ("settings", "words", "log", "retrain", "keys", "about"):
        window = hands.window.dialogs.open(name)
        assert window is not None
        hands.pause(0.1)
        least = window.minimumSizeHint()
        assert least.boundedTo(SMALL) == least, f"{name}: {least}"
    log = hands.window.dialogs.open("log")
    assert isinstance(log, LogWindow)
    log.erase_button.click()
    hands.pause(0.1)
    assert log.minimumSizeHint().boundedTo(SMALL) == log.minimumSizeHint()
    words = hands.window.dialogs.open("words")
    assert isinstance(words, WordsWindow)
    words.custom.add()
    (dialog,) = words.custom.findChildren(CustomDialog)
    assert dialog.minimumSizeHint().boundedTo(SMALL) == dialog.minimumSizeHint()
    dialog.reject()
