"""Sentences of any length: never wider than the window, and what is too high for it scrolls."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QApplication, QDialog, QLabel, QVBoxLayout, QWidget

from ime_app.i18n.strings import Strings
from ime_app.widgets.messages import BREAK, WrappedLabel
from ime_app.widgets.tables import explanation
from ime_app.windows.phrase_log_window import LogWindow
from ime_app.windows.retraining_window import RetrainingWindow
from ime_app.windows.settings.settings_window import SettingsWindow
from ime_app.windows.words.words_window import WordsWindow
from tests.ime_app.hands import Hands

Open = Callable[..., Hands]
LONG_NAME = "/home/someone/" + "x" * 240 + ".txt"
SENTENCES = "很长的文字，" * 300
REPORT = "\n".join(f"第 {number} 行跳过" for number in range(100))


@pytest.mark.parametrize("text", [LONG_NAME, SENTENCES, REPORT])
def test_a_long_banner_leaves_room_for_the_text(open_window: Open, text: str) -> None:
    hands = open_window()
    size = hands.window.size()
    hands.window._banners.add(text, "接到正文后面", lambda: None)
    hands.pause(0.1)
    (banner,) = hands.window.banners
    assert hands.window.size() == size
    assert banner.minimumSizeHint().width() <= 400
    assert hands.editor.height() >= size.height() // 2
    for button in (banner.action, banner.dismiss):
        right = button.mapTo(hands.window, button.rect().bottomRight())
        assert hands.window.rect().contains(right)
    hands.window.resize(400, 240)
    hands.pause(0.1)
    assert hands.editor.height() >= 240 // 3
    assert banner.text == text


def test_many_banners_scroll(open_window: Open) -> None:
    hands = open_window()
    for number in range(30):
        hands.window._banners.add(f"第 {number} 件事")
    hands.pause(0.1)
    assert hands.editor.height() >= hands.window.height() // 2
    assert hands.window._banners.area.verticalScrollBar().maximum() > 0
    for banner in hands.window.banners:
        banner.dismiss.click()
    hands.pause(0.1)
    assert hands.window._banners.area.height() == 0


@pytest.mark.parametrize("text", [LONG_NAME, SENTENCES, REPORT])
def test_a_long_report_scrolls_in_its_window(open_window: Open, text: str) -> None:
    hands = open_window()
    dialog = hands.window.dialogs.open("log")
    assert isinstance(dialog, LogWindow)
    hands.pause(0.1)
    size = dialog.size()
    assert dialog.message.focusPolicy() is Qt.FocusPolicy.NoFocus
    dialog.message.setText(text)
    hands.pause(0.1)
    assert dialog.size() == size
    assert dialog.minimumSizeHint().boundedTo(QSize(700, 460)) == dialog.minimumSizeHint()
    assert dialog.phrases.height() > 60
    if text is REPORT:
        assert dialog.message.verticalScrollBar().maximum() > 0
        assert dialog.message.focusPolicy() is Qt.FocusPolicy.TabFocus
    assert dialog.message.text() == text


def test_what_is_said_beside_a_button_is_as_high_as_it_needs(open_window: Open) -> None:
    """Of a report of eight lines two were seen, and the others scrolled in a large empty window."""
    hands = open_window()
    said = "\n".join(f"第 {number} 行跳过" for number in range(8))
    words = hands.window.dialogs.open("words")
    assert isinstance(words, WordsWindow)
    hands.wait(lambda: not words.words.is_busy)
    words.message.setText(said)
    hands.pause(0.1)
    assert words.message.verticalScrollBar().maximum() == 0
    retraining = hands.window.dialogs.open("retrain")
    assert isinstance(retraining, RetrainingWindow)
    settings = hands.window.dialogs.open("settings")
    assert isinstance(settings, SettingsWindow)
    (live,) = (each for each in settings.findChildren(WrappedLabel) if each.parent() is settings._body)
    for label in (retraining.progress, retraining.in_use, live):
        label.setText(said)
        hands.pause(0.1)
        assert label.height() >= label.heightForWidth(label.width()) > 5 * label.fontMetrics().height()


def test_words_without_a_place_to_break_are_broken_only_where_they_are_too_wide(app: QApplication) -> None:
    label = WrappedLabel("short.txt")
    label.resize(300, 100)
    label.setText(f"{LONG_NAME} 和 short.txt，很长的文字，" + "没有空格，" * 60)
    shown = QLabel.text(label)
    assert BREAK in shown
    assert "short.txt，很长的文字，没有空格，没有空格" in shown
    label.resize(4000, 100)
    label.setText(LONG_NAME)
    assert QLabel.text(label) == LONG_NAME


@pytest.mark.parametrize(
    "create", [WrappedLabel, lambda name: explanation(Strings(), "log.place", path=name)]
)
def test_a_dialog_is_not_widened_by_a_name(app: QApplication, create: Callable[[str], QWidget]) -> None:
    dialog = QDialog()
    QVBoxLayout(dialog).addWidget(create(LONG_NAME))
    assert dialog.minimumSizeHint().width() < 200
    assert dialog.sizeHint().width() < 600
