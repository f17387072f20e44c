"""`python -m tests.ime_app.eyes FILE ...`: the window as it is, and what its user can see, in a file.

Knows the widgets and where they are on the screen; changes nothing. Whoever types and clicks from
another process (`tests.ime_app.display`) reads the file as a person looks at the screen: which
candidates are shown, where a button is, what is written in a window.

A Python socket ends the process, this one and with `--shipped` that of retraining as well: none is ever
to be opened. (The window reaches the X server without Python.)
"""

from __future__ import annotations

import json
import sys
from argparse import REMAINDER, ArgumentParser, Namespace
from pathlib import Path
from typing import Any, Final

from PySide6.QtCore import QTimer
from PySide6.QtWidgets import (
    QAbstractButton,
    QApplication,
    QDialog,
    QLabel,
    QProgressBar,
    QTableWidget,
    QWidget,
)

from ime_app import app as app_module
from ime_app.windows.main_window import MainWindow

LOOK_MS: Final[int] = 10
NO_SOCKETS: Final[str] = """
import os, sys
def refuse(event, arguments):
    if event.startswith("socket."):
        print(f"a socket was opened: {event}", file=sys.stderr, flush=True)
        os._exit(97)
sys.addaudithook(refuse)
"""


class Eyes:
    """Looks every few milliseconds and writes down what has changed."""

    def __init__(self, window: MainWindow, path: Path) -> None:
        self._window, self._path = window, path
        self._seen: dict[str, Any] = {}
        self._timer = QTimer(window, interval=LOOK_MS)
        self._timer.timeout.connect(self._look)
        self._timer.start()

    def _look(self) -> None:
        seen = {"main": _main(self._window), "dialogs": {}}
        for widget in QApplication.topLevelWidgets():
            if isinstance(widget, QDialog) and widget.isVisible():
                seen["dialogs"][widget.windowTitle()] = _dialog(widget)
        if seen != self._seen:
            self._seen = seen
            part = self._path.with_suffix(".part")
            part.write_text(json.dumps(seen, ensure_ascii=False), encoding="utf-8")
            part.replace(self._path)


def _main(window: MainWindow) -> dict[str, Any]:
    bar = window.bar
    shown = bar.menu.candidates if bar.isVisible() else ()
    controller = window.controller
    return {
        "ready": not controller.is_loading and controller.is_idle,
        "composing": controller.is_composing,
        "letters": controller.output.preedit.typed,
        "candidates": [candidate.text for candidate in shown],
        "page": bar.menu.page,
        "page_size": bar.menu.page_size,
        "model": window.status.model.text(),
        "n_character": len(window.editor.toPlainText()),
        "banners": [banner.text for banner in window.banners],
    }


def _dialog(dialog: QDialog) -> dict[str, Any]:
    buttons = {button.text(): _place(button) for button in dialog.findChildren(QAbstractButton)}
    return {
        "buttons": {text: place for text, place in buttons.items() if text and place},
        "labels": [label.text() for label in dialog.findChildren(QLabel) if label.isVisible()],
        "done": [bar.value() / max(1, bar.maximum()) for bar in dialog.findChildren(QProgressBar)],
        "rows": [table.rowCount() for table in dialog.findChildren(QTableWidget) if table.isVisible()],
    }


def _place(button: QWidget) -> tuple[int, int] | None:
    """Return the middle on the screen; None where it cannot be pressed."""
    if not button.isVisible() or not button.isEnabled():
        return None
    middle = button.mapToGlobal(button.rect().center())
    return middle.x(), middle.y()


def main() -> int:
    """Run the window with eyes; on another bundle where that is said."""
    parser = ArgumentParser(prog="python -m tests.ime_app.eyes", description=__doc__)
    parser.add_argument("file", type=Path, help="where what is seen is written")
    parser.add_argument("--shipped", type=Path, help="a bundle in the place of the shipped one")
    parser.add_argument("--training", default="", help="options that retraining gets as well")
    parser.add_argument("arguments", nargs=REMAINDER, help="those of the window")
    own = parser.parse_args()
    if own.shipped:
        _ship(own.shipped, own.training.split())
    exec(NO_SOCKETS, {})  # the same lines as in the process of retraining
    create = app_module.create_window

    def create_seen(options: Namespace) -> MainWindow:
        window = create(options)
        window.eyes = Eyes(window, own.file)  # type: ignore[attr-defined]
        return window

    app_module.create_window = create_seen
    return app_module.run(own.arguments)


def _ship(bundle: Path, training: list[str]) -> None:
    """Let `bundle` be the one that comes with the program, here and in the process of retraining."""
    import resources
    from ime_app.services import retraining_process as retraining

    code = NO_SOCKETS
    code += f"import pathlib, resources; resources.MODEL = pathlib.Path({str(bundle)!r})\n"
    code += f"from training.commands.main import main; sys.exit(main([*sys.argv[1:], *{training!r}]))"
    resources.MODEL = bundle  # type: ignore[misc]
    retraining.training_command = lambda: [sys.executable, "-c", code]


if __name__ == "__main__":
    sys.exit(main())
