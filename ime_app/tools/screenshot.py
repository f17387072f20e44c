"""Run `python -m ime_app.tools.screenshot`: take the pictures of the README and of docs/screenshots.

It works without a display (Qt's offscreen platform).
"""

from __future__ import annotations

import json
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
from PySide6.QtGui import QColor, QKeyEvent, QPainter, QPixmap
from PySide6.QtWidgets import QApplication, QWidget

from engine.protocol import CustomPhrase
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore
from ime_app.app import create_application, create_window
from ime_app.settings.schema import Settings, setting
from ime_app.windows.main_window import MainWindow
from ime_app.windows.settings.settings_pages import PAGES
from ime_app.windows.settings.settings_window import SettingsWindow
from ime_app.windows.words.words_window import WordsWindow
from resources import MODEL

LOAD_TIMEOUT_S: Final[int] = 60
# Pictures that are taken twice as large as well: how that one is called, and the screen's pixels.
SCALED: Final[tuple[tuple[str, str, str], ...]] = (
    ("hidpi", "light-horizontal", "2732x1536"),
    ("settings-scale-2", "settings-on-screen", "1366x768"),
)
FIRST_PAGES: Final[tuple[str, ...]] = ("nihao", "women", "jintian", "shijie")
WRAPPED: Final[str] = "womenxianzaiyaoqushangkeranhouyiqiquchifan"
SETTLE_S: Final[float] = 0.2
PREDICTION_S: Final[float] = 5.0
FOLDER: Final[Path] = Path("docs") / "screenshots"


def _parse_arguments() -> Namespace:
    """Return the options of the command line."""
    parser = ArgumentParser(prog="python -m ime_app.tools.screenshot", description=__doc__)
    parser.add_argument("--output", type=Path, default=FOLDER, help=f"folder (default: {FOLDER})")
    parser.add_argument("--text", default="今天天气很好，", help="text that stands already")
    parser.add_argument("--keys", default="woxianzaiyaoqushangke", help="letters of the composition")
    parser.add_argument("--only", default="", help="only the pictures whose names contain this")
    parser.add_argument("--screen", default="1366x768", help="its size in pixels (default: %(default)s)")
    parser.add_argument("--bundle", type=Path, default=MODEL)
    parser.add_argument("--fake", action="store_true", help="a decoder without a model")
    parser.add_argument("--language", choices=("zh", "en"), default="zh")
    return parser.parse_args()


def main() -> int:
    """Take the pictures; 1 where the engine does not answer."""
    options = _parse_arguments()
    options.output.mkdir(parents=True, exist_ok=True)
    options.theme = "light"
    with offscreen(options.screen):
        application = create_application()
        with opened_window(options) as window:
            studio = Studio(window, options)
            studio.take_all()
        application.processEvents()
    others = [take_scaled(options, *each) for each in SCALED if options.only in each[0]]
    return 0 if studio.is_complete and all(others) else 1


@contextmanager
def offscreen(size: str) -> Iterator[None]:
    """Let Qt paint without a display, on one screen of that size."""
    width, height = map(int, size.split("x"))
    screen = {"name": "screen", "x": 0, "y": 0, "width": width, "height": height, "logicalDpi": 96}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "screens.json"
        path.write_text(json.dumps({"screens": [screen | {"logicalBaseDpi": 96, "dpr": 1}]}))
        if os.environ.get("QT_QPA_PLATFORM", "offscreen") == "offscreen":  # whose own screen is 800x800
            os.environ["QT_QPA_PLATFORM"] = f"offscreen:configfile={path}"
        yield


def take_scaled(options: Namespace, name: str, taken: str, screen: str) -> bool:
    """Take the picture `taken` with everything twice as large, in a process of its own, as `name`."""
    with tempfile.TemporaryDirectory() as folder:
        command = [sys.executable, "-m", "ime_app.tools.screenshot", "--output", folder]
        command += ["--only", taken, "--screen", screen]
        environment = {key: value for key, value in os.environ.items() if key != "QT_QPA_PLATFORM"}
        environment["QT_SCALE_FACTOR"] = "2"
        done = subprocess.run(command, env=environment, check=False).returncode == 0
        if done:
            shutil.copyfile(Path(folder) / f"{taken}.png", options.output / f"{name}.png")
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
        """Take all pictures; first those of a menu from which nothing has been picked."""
        self._set({"appearance.theme": "light"})
        self._take_first_pages()
        self._take_bottom()
        self._take_settings_on_screen()
        for theme in ("light", "dark"):
            for direction in ("horizontal", "vertical"):
                self._set({"appearance.theme": theme, "appearance.candidate_list": direction})
                self._type(self._options.keys)
                self._take(f"{theme}-{direction}", self._window)
                self._type("\x1b")
            self._take_cheat_sheet(theme)
            self._take_settings(theme)
            self._take_words(theme)
        self._take_annotations()
        self._take_candidate_menu()
        self._take_predictions()

    def _take_first_pages(self) -> None:
        """Take what is offered for everyday words in an empty text."""
        text = self._window.editor.toPlainText()
        self._show("")
        for keys in FIRST_PAGES:
            self._type(keys)
            self._take(f"first-{keys}", self._window)
            self._type("\x1b")
        self._show(text)

    def _take_bottom(self) -> None:
        """Take a composition that wraps in the last line of a full window."""
        text = self._window.editor.toPlainText()
        self._show(
            "第一行\n" * 30 + "写满了窗口以后，最后一行还在往下写，接着写一个很长的句子，它要换到下一行："
        )
        self._type(WRAPPED)
        self._take("wrapped-at-the-bottom", self._window)
        self._type("\x1b")
        self._show(text)

    def _take_settings_on_screen(self) -> None:
        """Take the whole screen while settings are tried out: the bar is not covered."""
        self._type("nihao")
        dialog = self._window.dialogs.open("settings")
        assert isinstance(dialog, SettingsWindow)
        self._take_screen("settings-on-screen", self._window, dialog)
        dialog.reject()
        self._type("\x1b")

    def _take_screen(self, name: str, *windows: QWidget) -> None:
        """Take windows where they stand, the last in front."""
        if self._options.only not in name:
            return
        wait_until(lambda: False, SETTLE_S)
        screen = self._window.screen()
        picture = QPixmap(screen.size() * screen.devicePixelRatio())
        picture.setDevicePixelRatio(screen.devicePixelRatio())
        picture.fill(QColor("#5a6b7c"))
        painter = QPainter(picture)
        for window in windows:
            painter.drawPixmap(window.geometry().topLeft(), window.grab())
        painter.end()
        self.is_complete &= picture.save(str(self._options.output / f"{name}.png"))

    def _show(self, text: str) -> None:
        self._window.editor.setPlainText(text)
        self._window.editor.moveCursor(self._window.editor.textCursor().MoveOperation.End)
        wait_until(lambda: False, SETTLE_S)

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

    def _take_words(self, theme: str) -> None:
        """Take each tab of the window of words, with a few words and phrases in it."""
        self._set({"appearance.theme": theme})
        fill_words(self._options.data_directory)
        dialog = self._window.dialogs.open("words")
        assert isinstance(dialog, WordsWindow)
        wait_until(lambda: not dialog.words.is_busy)
        for name in ("words", "custom", "moving"):
            dialog.tabs.setCurrentWidget(getattr(dialog, name))
            self._take(f"{theme}-words-{name}", dialog)
        dialog.close()

    def _take_candidate_menu(self) -> None:
        """Take the menu on a candidate beside the bar: a picture of the window has no other window in it."""
        self._set({"appearance.candidate_list": "vertical"})
        self._type("shijie")
        self._window.candidate_menu.open(*self._window.bar.place_of_highlighted())
        menu = self._window.candidate_menu.menu
        assert menu is not None
        self._take("candidate-menu", menu)
        menu.close()
        self._type("\x1b")

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


def fill_words(data_directory: Path) -> None:
    """Give the user words of several kinds and custom phrases."""
    rows = (
        ("郗廖巍", "xi liao wei"),
        ("单田芳", "shan tian fang"),
        ("仇和", "qiu he"),
        ("布南色林", "bu nan se lin"),
    )
    store = UserStore(data_directory)
    words = WordStore(store)
    words.add_words([UserWord("墨音输入法", ("mo", "yin", "shu", "ru", "fa"))])
    words.add_words(UserWord(text, tuple(reading.split()), 1.0, "通讯录.txt") for text, reading in rows)
    words.forget(["苦恼"])
    words.pin(Pin("moyin", "墨音", ("mo", "yin")))
    PhraseLog(store).add([Phrase("时节", ("shi", "jie"), "shijie")])
    store.close()
    phrases = [
        CustomPhrase("dz", "北京市海淀区中关村大街 1 号\n墨音工作室"),
        CustomPhrase("dz", "上海市黄浦区人民大道 200 号", 2),
        CustomPhrase("yx", "moyin@example.com"),
        CustomPhrase("rq", "{date} {weekday}", 2),
    ]
    CustomPhraseBook(data_directory).edit(lambda _: phrases)


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
