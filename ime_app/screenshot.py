"""`python -m ime_app.screenshot`: the README's picture, a composition in progress.

Knows how to drive the window from outside; knows nothing of its inside. Works without a
display (Qt's offscreen platform).
"""

from __future__ import annotations

import os
import sys
import tempfile
import time
from argparse import ArgumentParser, Namespace
from collections.abc import Callable
from pathlib import Path
from typing import Final

from PySide6.QtCore import QCoreApplication, QEvent, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QApplication

from ime_app.app import create_application, create_window
from ime_app.window import MainWindow
from resources import MODEL

LOAD_TIMEOUT_S: Final[int] = 60
SETTLE_S: Final[float] = 0.2


def parse_arguments() -> Namespace:
    """The command line of the picture."""
    parser = ArgumentParser(prog="python -m ime_app.screenshot", description=__doc__)
    parser.add_argument("--output", type=Path, required=True, help="PNG file")
    parser.add_argument("--text", default="今天天气很好，", help="text that stands already")
    parser.add_argument("--keys", default="woxianzaiyaoqushangke", help="letters of the composition")
    parser.add_argument("--bundle", type=Path, default=MODEL)
    parser.add_argument("--fake", action="store_true", help="a decoder without a model")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser.parse_args()


def main() -> int:
    """Take the picture; 1 where the engine does not answer."""
    options = parse_arguments()
    os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    app = create_application()
    with tempfile.TemporaryDirectory() as folder:
        options.data_directory = Path(folder)
        window = create_window(app, options)
        window.editor.setPlainText(options.text)
        window.editor.moveCursor(window.editor.textCursor().MoveOperation.End)
        window.show()
        loaded = wait_until(lambda: not window.controller.is_loading)
        wait_until(lambda: False, SETTLE_S)  # the text before the caret is read ahead
        answered = loaded and type_letters(window, options.keys)
        wait_until(lambda: False, SETTLE_S)  # the last repaint
        saved = window.grab().save(str(options.output), "PNG")
        window.close()
    return 0 if answered and saved else 1


def type_letters(window: MainWindow, letters: str) -> bool:
    """Key presses as the keyboard would send them; False where one is not answered."""
    answered = True
    for letter in letters:
        key = Qt.Key(ord(letter.upper()))
        press = QKeyEvent(QEvent.Type.KeyPress, key, Qt.KeyboardModifier.NoModifier, letter)
        QCoreApplication.sendEvent(window.editor, press)
        answered = answered and wait_until(lambda: window.controller.is_idle)
    return answered


def wait_until(condition: Callable[[], bool], timeout_s: float = LOAD_TIMEOUT_S) -> bool:
    """Run the event loop until the condition holds; False where it does not in time."""
    deadline = time.monotonic() + timeout_s
    while not condition() and time.monotonic() < deadline:
        QApplication.processEvents()
        time.sleep(0.005)
    return condition()


if __name__ == "__main__":
    sys.exit(main())
