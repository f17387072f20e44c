"""Run `python -m ime_app.tools.screenshot`: take the pictures of the README and of docs/screenshots.

It works without a display (Qt's offscreen platform).
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication, QWidget

from ime_app.app import create_application, create_window
from ime_app.settings.schema import Settings, setting
from ime_app.windows.main_window import MainWindow
from ime_app.windows.settings.settings_pages import PAGES
from ime_app.windows.settings.settings_window import SettingsWindow
from resources import MODEL

LOAD_TIMEOUT_S: Final[int] = 60
SHARP: Final[str] = "light-horizontal"  # the picture that is taken twice as large as well
SETTLE_S: Final[float] = 0.2
PREDICTION_S: Final[float] = 5.0
FOLDER: Final[Path] = Path("docs") / "screenshots"


def parse_arguments() -> Namespace:
    """Return the options of the command line."""
    parser = ArgumentParser(prog="python -m ime_app.tools.screenshot", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help=f"folder (default: {FOLDER})")
    parser.add_argument("--text", default="今天天气很好，", help="text that stands already")
    parser.add_argument("--keys", default="woxianzaiyaoqushangke", help="letters of the composition")
    parser.add_argument("--only", default="", help="only the pictures whose names contain this")
    parser.add_argument("--bundle", type=Path, default=MODEL)
    parser.add_argument("--fake", action="store_true", help="a decoder without a model")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser.parse_args()


def main() -> int:
    """Take the pictures; 1 where the engine does not answer."""
    options = parse_arguments()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = create_application()
    options.output.mkdir(parents=True, exist_ok=True)
    options.theme = "light"
    with opened_window(options) as window:
        studio = Studio(window, options)
        studio.take_all()
    application.processEvents()
    sharp = take_sharp(options) if options.only in "hidpi" else True
    return 0 if studio.is_complete and sharp else 1


def take_sharp(options: Namespace) -> bool:
    """Take the same window on a screen of twice the density, in a process of its own."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ime_app.tools.screenshot", "--output", folder, "--only", SHARP]
        environment = os.environ | {"QT_SCALE_FACTOR": "2"}
        done = subprocess.run(command, env=environment, check=False).returncode == 0
        if done:
            shutil.copyfile(Path(folder) / f"{SHARP}.png", options.output / "hidpi.png")
    return done


@contextmanager
def opened_window(options: Namespace) -> Iterator[MainWindow]:
    """Yield a window with the text in it and the engine loaded, on settings and data of its own."""
    with tempfile.TemporaryDirectory() as folder:
        options.data_directory, options.settings = Path(folder), Path(folder) / "settings.toml"
        window = create_window(options)
        window.editor.setPlainText(options.text)
        window.editor.moveCursor(window.editor.textCursor().MoveOperation.End)
        window.show()
        wait_until(lambda: not window.controller.is_loading)
        wait_until(lambda: False, SETTLE_S)  # the text before the caret is read ahead
        yield window
        window.close()


class Studio:
    """The scene of the pictures, each under its own name."""

    def __init__(self, window: MainWindow, options: Namespace) -> None:
        self._window = window
        self._options = options
        self.is_complete = True

    def take_all(self) -> None:
        for theme in ("light", "dark"):
            for direction in ("horizontal", "vertical"):
                self._set({"appearance.theme": theme, "appearance.candidate_list": direction})
                self._type(self._options.keys)
                self._take(f"{theme}-{direction}", self._window)
                self._type("\x1b")
            self._take_cheat_sheet(theme)
            self._take_settings(theme)
        self._take_annotations()
        self._take_predictions()

    def _take_annotations(self) -> None:
        self._set({"appearance.candidate_list": "vertical"})
        self._type("jiantou")
        self._take("annotations", self._window)
        self._type("\x1b")

    def _take_predictions(self) -> None:
        self._set({"input.predict": True})
        self._type("nihao ")
        wait_until(self._window.bar.isVisible, PREDICTION_S)
        self._take("predictions", self._window)

    def _take_settings(self, theme: str) -> None:
        dialog = self._window.dialogs.open("settings")
        assert isinstance(dialog, SettingsWindow)
        for number, page in enumerate(PAGES):
            dialog.list.setCurrentRow(number)
            self._take(f"{theme}-settings-{page.title.replace('.', '-')}", dialog)
        dialog.reject()

    def _take_cheat_sheet(self, theme: str) -> None:
        dialog = self._window.dialogs.open("keys")
        assert dialog is not None
        self._take(f"{theme}-keys", dialog)
        dialog.close()

    def _set(self, values: dict[str, object]) -> None:
        settings = Settings()
        for key, value in values.items():
            settings = settings.with_value(setting(key), value)
        self._window.preview(settings)

    def _type(self, letters: str) -> None:
        self.is_complete &= type_letters(self._window, letters)

    def _take(self, name: str, widget: QWidget) -> None:
        if self._options.only not in name:
            return
        self._window.status.latency.clear()  # says nothing of the reader's computer
        wait_until(lambda: False, SETTLE_S)  # the last repaint
        picture = widget.grab().toImage()
        saved = picture.save(str(self._options.output / f"{name}.png"))
        self.is_complete &= saved


def type_letters(window: MainWindow, letters: str) -> bool:
    """Press keys as the keyboard would send them. Return False if one is not answered."""
    answered = True
    for letter in letters:
        key = Qt.Key.Key_Escape if letter == "\x1b" else Qt.Key(ord(letter.upper()))
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
        QCoreApplication.sendEvent(window.editor, press)
        answered &= wait_until(lambda: window.controller.is_idle)
    return answered


def wait_until(condition: Callable[[], bool], timeout_s: float = LOAD_TIMEOUT_S) -> bool:
    """Run the event loop until the condition holds; False where it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.001)
    return condition()


if __name__ == "__main__":
    sys.exit(main())
