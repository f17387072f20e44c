"""What a screen reader hears of what went wrong."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from PySide6.QtGui import QAccessible
from PySide6.QtWidgets import QApplication, QVBoxLayout, QWidget

from engine.errors import MoyinError
from ime_app.i18n.strings import Strings
from ime_app.services.retraining_process import RetrainingProgress
from ime_app.widgets import announcer
from ime_app.widgets.messages import Banners
from ime_app.windows import retraining_window
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.retraining_window import RetrainingWindow
from ime_app.windows.words.custom_dialog import CustomDialog
from ime_app.windows.words.word_dialog import WordDialog
from tests.ime_app.hands import Hands

Open = Callable[..., Hands]


@pytest.fixture
def said(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> Iterator[list[str]]:
    """Return what is said to a screen reader that runs."""
    heard: list[str] = []
    for module in (announcer, retraining_window):
        monkeypatch.setattr(module, "announce", lambda widget, text: heard.append(text) if text else None)
    QAccessible.setActive(True)
    try:
        yield heard
    finally:
        QAccessible.setActive(False)


def test_a_banner_of_the_start_is_said_once_the_screen_reader_is_known(
    app: QApplication, said: list[str]
) -> None:
    QAccessible.setActive(False)
    window = QWidget()
    Banners(Strings("zh"), QVBoxLayout(window), window).add("设置文件读不出来")
    window.show()
    app.processEvents()
    assert said == []
    QAccessible.setActive(True)
    deadline = time.monotonic() + 5
    while not said and time.monotonic() < deadline:
        app.processEvents()
        time.sleep(0.01)
    assert said == ["设置文件读不出来"]
    window.close()


def test_what_a_dialog_refuses_is_said(app: QApplication, said: list[str]) -> None:
    def refuse(text: str, reading: str) -> None:
        raise MoyinError("a word needs a reading")

    word = WordDialog(Strings("en"), lambda text: None, refuse)  # type: ignore[arg-type]
    custom = CustomDialog(Strings("en"))
    for dialog in (word, custom):
        dialog.show()
    assert said == []
    word._finish()
    assert said == ["That failed: a word needs a reading"]
    custom.finish()
    assert said[1].startswith("That failed")
    for dialog in (word, custom):
        dialog.close()


def test_what_the_log_has_to_say_is_said(open_window: Open, said: list[str]) -> None:
    dialog = open_window().window.dialogs.open("log")
    assert isinstance(dialog, LogWindow)
    dialog.message.setText("没有成功：磁盘已满")
    assert said == ["没有成功：磁盘已满"]


def test_wrong_lines_of_the_custom_phrases_are_said_once(
    open_window: Open, said: list[str], tmp_path: Path
) -> None:
    dialog = open_window().window.dialogs.open("words")
    assert dialog is not None
    custom = dialog.custom  # type: ignore[attr-defined]
    dialog.tabs.setCurrentWidget(custom)  # type: ignore[attr-defined]
    custom._book.path.write_text("no phrase\n", encoding="utf-8")
    for _ in range(3):
        custom.reload()
    assert len([each for each in said if each.startswith("第 1 行")]) == 1
    dialog.close()


def test_stages_of_retraining_are_said_and_its_steps_are_not(open_window: Open, said: list[str]) -> None:
    dialog = open_window().window.dialogs.open("retrain")
    assert isinstance(dialog, RetrainingWindow)
    dialog.cancel_button.setEnabled(True)
    del said[:]
    for step in range(3):
        dialog._on_stepped(RetrainingProgress("read", step, 3))
    for step in range(3):
        dialog._on_stepped(RetrainingProgress("replay", step, 3, seconds_left=30 - step))
    assert len(said) == 2
    dialog.close()
