"""A user's hands and eyes on a window: types, waits, reads."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from pathlib import Path

from PySide6.QtCore import QEvent, QPoint, QRect, Qt
from PySide6.QtGui import QKeyEvent, QTextCursor
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication, QWidget

from engine.conversion.converter import Converter, ConverterParts
from engine.learning.user_learner import UserLearner
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.session.session import Converting, Session
from engine.user_model.model import UserModel
from ime_app.i18n.strings import Strings
from ime_app.input.loaded_engine import Engine
from ime_app.services.draft_store import DraftStore
from ime_app.settings.schema import setting
from ime_app.settings.settings_file import SettingsFile
from ime_app.settings.settings_store import SettingsKeeper
from ime_app.windows.main_window import MainWindow
from tests.engine.phrase_converter import PhraseConverter
from tests.engine.scenario_engine import scenario_rewriters, scenario_tables

CONTROL = Qt.KeyboardModifier.ControlModifier
SHIFT = Qt.KeyboardModifier.ShiftModifier
PLAIN = Qt.KeyboardModifier.NoModifier


class Gate:
    """An engine that loads only when told, or refuses to."""

    def __init__(
        self,
        converter: Converting | None = None,
        error: Exception | None = None,
    ) -> None:
        self._converter = converter or PhraseConverter()
        self._error = error
        self._opened = threading.Event()

    def open(self) -> None:
        self._opened.set()

    def __call__(self) -> Engine:
        self._opened.wait(20)
        if self._error is not None:
            raise self._error
        rewriters, tables = scenario_rewriters(), scenario_tables()
        return Engine(Session(self._converter, rewriters=rewriters, tables=tables), "phrases")


class LearningGate(Gate):
    """A small engine that learns in a folder."""

    def __init__(self, folder: Path, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
        super().__init__()
        self._parts = folder, decoder, vocabulary, lexicon

    def __call__(self) -> Engine:
        folder, decoder, vocabulary, lexicon = self._parts
        personal = UserModel(vocabulary)
        learner = UserLearner(personal, vocabulary, folder)
        converter = Converter(ConverterParts(decoder, vocabulary, lexicon), user_model=personal)
        return Engine(Session(converter, learner=learner), "small", converter.set_spelling, learner)


class Hands:
    """Opens the window; by default its engine is there at once."""

    def __init__(
        self,
        app: QApplication,
        folder: Path,
        engine: Gate | None = None,
        converter: Converting | None = None,
        language: str = "zh",
        overrides: dict[str, object] | None = None,
        settings: Path | None = None,
    ) -> None:
        """Open a window; `overrides` are settings by their keys, `input.page_size`."""
        self._app = app
        self.gate = engine or Gate(converter)
        given = {setting(key): value for key, value in (overrides or {}).items()}
        keeper = SettingsKeeper(SettingsFile(settings or folder / "settings.toml"), given)
        self.window = MainWindow(self.gate, DraftStore(folder), Strings(language), keeper)
        self.editor = self.window.editor
        self.window.show()
        if engine is None:
            self.load()

    @property
    def text(self) -> str:
        return self.editor.toPlainText()

    @property
    def shown(self) -> str:
        """The text as seen: the composition in brackets at the caret, `|` as its caret."""
        position = self.editor.textCursor().position()
        preedit = self.editor.textCursor().block().layout().preeditAreaText()
        caret = self.editor.preedit.caret
        inline = f"[{preedit[:caret]}|{preedit[caret:]}]" if preedit else "|"
        return self.text[:position] + inline + self.text[position:]

    @property
    def area(self) -> QRect:
        """The part of the window in which the bar may lie."""
        central = self.window.centralWidget()
        assert central is not None
        return central.rect()

    @property
    def menu(self) -> list[str]:
        """The page of the bar; empty while the bar is hidden."""
        bar = self.window.bar
        return [row.text for row in bar.menu.page_candidates] if bar.isVisible() else []

    def load(self) -> None:
        self.gate.open()
        self.wait(lambda: not self.window.controller.is_loading)
        self.settle()

    def press(self, key: Qt.Key, text: str = "", modifiers: Qt.KeyboardModifier = PLAIN) -> None:
        """One key down and up, without waiting for its answer."""
        for kind in (QEvent.Type.KeyPress, QEvent.Type.KeyRelease):
            QApplication.sendEvent(self.editor, QKeyEvent(kind, key, modifiers, text))

    def type_fast(self, text: str) -> None:
        """Keys faster than any engine answers."""
        for character in text:
            if character == "\b":
                self.press(Qt.Key.Key_Backspace, character)
            elif character == "\n":
                self.press(Qt.Key.Key_Return, "\r")
            elif character == "\x1b":
                self.press(Qt.Key.Key_Escape, character)
            else:
                modifiers = SHIFT if character.isupper() else PLAIN
                self.press(Qt.Key(ord(character.upper())), character, modifiers)

    def type(self, text: str) -> None:
        """Do the same, waiting for the last answer."""
        self.type_fast(text)
        self.settle()

    def tap_shift(self) -> None:
        down = QKeyEvent(QEvent.Type.KeyPress, Qt.Key.Key_Shift, PLAIN)
        up = QKeyEvent(QEvent.Type.KeyRelease, Qt.Key.Key_Shift, SHIFT)
        QApplication.sendEvent(self.editor, down)
        QApplication.sendEvent(self.editor, up)

    def click(self, point: QPoint) -> None:
        """Press the left button at a point of the editor's viewport."""
        QTest.mouseClick(self.editor.viewport(), Qt.MouseButton.LeftButton, PLAIN, point)

    def select(self, start: int, end: int) -> None:
        cursor = self.editor.textCursor()
        cursor.setPosition(start)
        cursor.setPosition(end, QTextCursor.MoveMode.KeepAnchor)
        self.editor.setTextCursor(cursor)

    def settle(self) -> None:
        """Until every key is answered."""
        self.wait(lambda: self.window.controller.is_idle)

    def wait(self, condition: Callable[[], bool], timeout_s: float = 10.0) -> None:
        deadline = time.monotonic() + timeout_s
        while not condition():
            assert time.monotonic() < deadline, "the window did not get there in time"
            self._app.processEvents()
            time.sleep(0.001)

    def pause(self, seconds: float) -> None:
        """Let timers run."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            self._app.processEvents()
            time.sleep(0.005)

    def activate(self, widget: QWidget) -> None:
        """Bring a window to the front: shortcuts work only there."""
        widget.activateWindow()
        self.wait(widget.isActiveWindow)

    def close(self) -> None:
        self.gate.open()
        self.window.close()
        self.window.close()  # a window that could not save asks once
        self.window.deleteLater()
        self._app.processEvents()
