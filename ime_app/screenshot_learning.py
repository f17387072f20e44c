"""`python -m ime_app.screenshot_learning`: a text typed in the window, then retraining on it, in pictures.

Knows how to drive the windows from outside, as a user would; knows nothing of their inside. The log,
the model and the settings are in a folder of their own. Retraining takes minutes.
"""

from __future__ import annotations

import lzma
import os
import sys
import time
from argparse import ArgumentParser, Namespace
from itertools import islice
from pathlib import Path
from typing import Final

from PySide6.QtWidgets import QWidget

from engine.phrase_log import Phrase
from ime_app.app import create_application
from ime_app.retraining_window import RetrainingWindow
from ime_app.screenshot import FOLDER, SETTLE_S, opened_window, type_letters, wait_until
from ime_app.user_data import readings_of
from ime_app.window import MainWindow

MAX_LETTERS: Final[int] = 40  # longer phrases are typed in several goes by nobody
RETRAINING_TIMEOUT_S: Final[float] = 3600.0


def parse_arguments() -> Namespace:
    """The command line of the pictures."""
    parser = ArgumentParser(prog="python -m ime_app.screenshot_learning", description=__doc__)
    parser.add_argument("text", type=Path, help="text file (.txt or .txt.xz) that is typed")
    parser.add_argument("--skip", type=int, default=0, help="lines of it that are left out first")
    parser.add_argument("--phrases", type=int, default=400, help="how many phrases of it")
    parser.add_argument("--output", type=Path, default=FOLDER, help=f"folder (default: {FOLDER})")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    parser.add_argument("--theme", choices=("light", "dark"), default="light")
    parser.set_defaults(bundle=None, fake=False, text_before="")
    return parser.parse_args()


def main() -> int:
    """Type, retrain, take the pictures; 1 where something is not answered."""
    options = parse_arguments()
    if "DISPLAY" not in os.environ:
        os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")
    application = create_application()
    phrases = list(islice(phrases_of_file(options.text, options.skip), options.phrases))
    options.text = options.text_before
    with opened_window(options) as window:
        started = time.monotonic()
        n_key = sum(type_phrase(window, phrase) for phrase in phrases)
        n_character = sum(len(phrase.text) for phrase in phrases)
        print(
            f"{len(phrases)} phrases, {n_character} characters, {n_key / n_character:.2f} keys a character",
            end="",
        )
        print(f", typed in {time.monotonic() - started:.0f} s")
        photograph(window, "log", options.output)
        done = retrain(window, options.output)
    application.processEvents()
    return 0 if done else 1


def phrases_of_file(path: Path, skip: int) -> list[Phrase]:
    """The phrases of a text with what is to be typed for them."""
    from engine.text_log import phrases_of_text
    from resources import MODEL

    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8")
    lines = "\n".join(text.splitlines()[skip:])
    found = phrases_of_text(lines, readings_of(MODEL).read, path.name, time.time())
    return [phrase for phrase in found if len(phrase.keys) <= MAX_LETTERS]


def type_phrase(window: MainWindow, phrase: Phrase) -> int:
    """Type the letters and pick the longest candidates that are right; the number of keys that took.

    What cannot be picked so stays as letters, as with a user who gives up.
    """
    rest, mark = phrase.text, phrase.parts[-1].keys if len(phrase.parts) == 2 else ""
    rest = rest[: len(rest) - len(mark)]
    keys = phrase.keys[: len(phrase.keys) - len(mark)]
    type_letters(window, keys)
    n_key = len(keys)
    while rest:
        candidates, size = window.bar.menu.candidates, window.bar.menu.page_size
        right = [i for i, row in enumerate(candidates) if rest.startswith(row.text)]
        if not right:
            type_letters(window, "\x1b")
            return n_key + 1
        index = max(right, key=lambda i: (len(candidates[i].text), -i))
        pages = index // size - window.bar.menu.page
        type_letters(window, "=" * pages + (" " if index == 0 else str(index % size + 1)))
        n_key += pages + 1
        rest = rest.removeprefix(candidates[index].text)
    type_letters(window, {"，": ",", "。": "."}.get(mark, ""))
    return n_key + 1


def retrain(window: MainWindow, output: Path) -> bool:
    """Open the window of retraining, run it, use the result where it is better."""
    dialog = window.dialogs.open("retrain")
    assert isinstance(dialog, RetrainingWindow)
    dialog.start_button.click()
    wait_until(lambda: dialog.curve.has_points or not dialog.retraining.is_running, RETRAINING_TIMEOUT_S)
    wait_until(lambda: dialog.bar.value() * 2 > dialog.bar.maximum() or not dialog.retraining.is_running, 600)
    take(dialog, output / "retraining-progress.png")
    ended = wait_until(lambda: not dialog.retraining.is_running, RETRAINING_TIMEOUT_S)
    take(dialog, output / "retraining-result.png")
    print(dialog.verdict.text())
    if dialog.activate_button.isVisible():
        dialog.activate_button.click()
        wait_until(dialog.back_button.isEnabled)
        take(dialog, output / "retraining-in-use.png")
    dialog.close()
    return ended and dialog.curve.has_points


def photograph(window: MainWindow, name: str, output: Path) -> None:
    """A window beside the main one, as it opens."""
    dialog = window.dialogs.open(name)
    assert dialog is not None
    take(dialog, output / f"{name}.png")
    dialog.close()


def take(widget: QWidget, path: Path) -> None:
    wait_until(lambda: False, SETTLE_S)  # the last repaint
    widget.grab().save(str(path))


if __name__ == "__main__":
    sys.exit(main())
