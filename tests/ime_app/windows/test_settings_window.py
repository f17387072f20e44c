"""The settings window and the cheat sheet: live, reversible, and reachable by keyboard and screen reader."""

from __future__ import annotations

import tomllib
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import (
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLabel,
    QPushButton,
    QSpinBox,
    QWidget,
)

from engine.conversion.converter import Converter, ConverterParts
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.session.session import Session
from ime_app.input.loaded_engine import Engine
from ime_app.settings.schema import SETTINGS
from ime_app.widgets.theme import DARK, LIGHT
from ime_app.windows.settings.settings_controls import FILE
from ime_app.windows.settings.settings_window import SettingsWindow
from ime_app.windows.shortcut_help import CheatSheet
from tests.ime_app.hands import CONTROL, PLAIN, Gate, Hands
from tests.ime_app.widgets.test_candidate_bar import ManyConverter

Open = Callable[..., Hands]


def open_settings(hands: Hands) -> SettingsWindow:
    dialog = hands.window.dialogs.open("settings")
    assert isinstance(dialog, SettingsWindow)
    return dialog


def set_number(dialog: SettingsWindow, key: str, value: int) -> None:
    widget = dialog.controls[key].widget
    assert isinstance(widget, QSpinBox)
    widget.setValue(value)


def choose(dialog: SettingsWindow, key: str, word: str) -> None:
    widget = dialog.controls[key].widget
    assert isinstance(widget, QComboBox)
    widget.setCurrentIndex(widget.findData(word))


def paper(widget: QWidget) -> str:
    return widget.palette().base().color().name()


def test_a_change_is_seen_at_once_and_the_composition_stays(open_window: Open) -> None:
    hands = open_window(converter=ManyConverter())
    hands.type("ni")
    assert len(hands.menu) == 5
    dialog = open_settings(hands)
    set_number(dialog, "input.page_size", 4)
    hands.settle()
    assert len(hands.menu) == 4
    choose(dialog, "appearance.candidate_list", "vertical")
    tops = [cell.rect.top() for cell in hands.window.bar._layout.cells]
    assert len(set(tops)) == 4
    assert hands.shown == "[ni|]"


def test_cancel_takes_everything_back(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    dialog = open_settings(hands)
    choose(dialog, "appearance.theme", "dark")
    set_number(dialog, "appearance.text_size", 30)
    assert paper(hands.editor) == DARK.paper
    assert hands.editor.font().pixelSize() == 30
    QTest.keyClick(dialog, Qt.Key.Key_Escape)
    assert paper(hands.editor) == LIGHT.paper
    assert hands.editor.font().pixelSize() == 20
    assert not (tmp_path / "settings.toml").exists()
    assert open_settings(hands).settings == hands.window.dialogs._keeper.settings


def test_save_keeps_what_was_set(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    dialog = open_settings(hands)
    set_number(dialog, "input.page_size", 6)
    dialog.keep_button.click()
    hands.settle()
    assert tomllib.loads((tmp_path / "settings.toml").read_text())["input"]["page_size"] == 6
    assert "已保存" in hands.window.status.message.text()
    hands.close()
    again = open_window(converter=ManyConverter())
    again.type("ni")
    assert len(again.menu) == 6


def test_reset_can_be_cancelled(open_window: Open) -> None:
    hands = open_window(overrides={"input.page_size": 6})
    dialog = open_settings(hands)
    dialog.reset_button.click()
    assert dialog.settings.input.page_size == 5
    dialog.cancel_button.click()
    assert open_settings(hands).settings.input.page_size == 6


def test_settings_that_cannot_be_written_are_told_and_hold(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "file").write_text("no folder")
    hands = open_window(settings=tmp_path / "file" / "settings.toml", converter=ManyConverter())
    dialog = open_settings(hands)
    set_number(dialog, "input.page_size", 6)
    dialog.keep_button.click()
    hands.type("ni")
    assert len(hands.menu) == 6
    assert "无法保存" in hands.window.banners[-1].text


def test_what_the_file_has_wrong_is_told_at_the_start(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[input]\npage_size = 90\n")
    hands = open_window()
    assert "input.page_size" in hands.window.banners[0].text


def test_the_shortcut_opens_one_window_and_closing_the_main_one_closes_it(open_window: Open) -> None:
    hands = open_window()
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, Qt.Key.Key_Comma, CONTROL)
    dialog = hands.window.findChild(SettingsWindow)
    assert dialog is not None
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert open_settings(hands) is dialog
    hands.window.close()
    assert not dialog.isVisible()


def test_typing_goes_on_while_the_settings_are_open(open_window: Open) -> None:
    hands = open_window()
    open_settings(hands)
    hands.type("nihao ")
    assert hands.text == "你好"


@pytest.mark.parametrize("language", ["zh", "en"])
def test_every_control_has_a_name_a_tip_and_a_place_in_the_tab_order(
    open_window: Open, language: str
) -> None:
    hands = open_window(language=language)
    dialog = open_settings(hands)
    hands.activate(dialog)
    assert set(dialog.controls) == {each.key for each in SETTINGS}
    reached = set()
    for row in range(dialog.list.count()):
        QTest.keyClick(dialog, Qt.Key(Qt.Key.Key_1 + row), Qt.KeyboardModifier.AltModifier)
        assert dialog.pages.currentIndex() == row
        dialog.list.setFocus()
        while dialog.focusNextChild() and dialog.focusWidget() is not dialog.list:
            reached.add(dialog.focusWidget())
    labelled = {label.buddy() for label in dialog.findChildren(QLabel) if label.buddy() is not None}
    for control in dialog.controls.values():
        assert reached & {control.widget, *control.widget.findChildren(QCheckBox)}
        assert control.widget.accessibleName()
        assert control.widget.accessibleDescription() == control.widget.toolTip() != ""
        assert control.has_own_label or control.widget in labelled
    assert all(button in reached and button.toolTip() for button in dialog.findChildren(QPushButton))


def test_f1_opens_and_closes_the_cheat_sheet(open_window: Open) -> None:
    hands = open_window(overrides={"input.page_with_comma_period": False})
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, Qt.Key.Key_F1)
    sheet = hands.window.findChild(CheatSheet)
    assert sheet is not None
    assert "PgUp  PgDn" in [row.keys for row in sheet.rows()]
    assert ",  ." not in [row.keys for row in sheet.rows()]
    hands.activate(sheet)
    QTest.keyClick(sheet, Qt.Key.Key_F1)
    assert not sheet.isVisible()


def test_the_buttons_are_reached_by_keyboard(open_window: Open, tmp_path: Path) -> None:
    (tmp_path / "settings.toml").write_text("[input]\npage_size = 90\n")
    hands = open_window()
    hands.activate(hands.window)
    QTest.keyClick(hands.editor, Qt.Key.Key_F6)
    banner = hands.window.banners[0]
    assert QApplication.focusWidget() is banner.dismiss
    QTest.keyClick(banner.dismiss, Qt.Key.Key_Space)
    assert hands.window.banners == []
    hands.editor.setFocus()
    QTest.keyClick(hands.editor, Qt.Key.Key_F6)
    assert QApplication.focusWidget() is hands.window.status.mode
    QTest.keyClick(hands.window.status.mode, Qt.Key.Key_Tab)
    assert QApplication.focusWidget() is hands.window.status.punctuation
    QTest.keyClick(hands.window.status.punctuation, Qt.Key.Key_Escape)
    assert QApplication.focusWidget() is hands.editor


def test_a_click_on_a_button_leaves_the_focus_in_the_text(open_window: Open) -> None:
    hands = open_window()
    hands.activate(hands.window)
    QTest.mouseClick(hands.window.status.mode, Qt.MouseButton.LeftButton, PLAIN)
    hands.settle()
    assert QApplication.focusWidget() is hands.editor
    assert hands.window.status.mode.text() == "英"


def test_a_scheme_of_ones_own_is_chosen_from_a_file(
    open_window: Open, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    answers = [str(tmp_path / "mine.toml"), ""]
    monkeypatch.setattr(QFileDialog, "getOpenFileName", lambda *_: (answers.pop(0), ""))
    dialog = open_settings(open_window())
    for _ in range(2):  # the second time no file is chosen
        choose(dialog, "spelling.scheme", FILE)
        assert dialog.settings.spelling.scheme == str(tmp_path / "mine.toml")
    choose(dialog, "spelling.scheme", "xiaohe")
    assert dialog.settings.spelling.scheme == "xiaohe"


def test_double_pinyin_in_the_window(
    open_window: Open, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    class ConverterGate(Gate):
        def __call__(self) -> Engine:
            converter = Converter(ConverterParts(decoder, vocabulary, lexicon))
            return Engine(Session(converter), "small", converter.set_spelling)

    hands = open_window(engine=ConverterGate())
    hands.load()
    hands.type("ni")
    dialog = open_settings(hands)
    choose(dialog, "spelling.scheme", "xiaohe")
    hands.settle()
    hands.type("hc")
    assert hands.menu[0] == "你好"


def test_a_low_window_scrolls_its_pages_and_squeezes_none(open_window: Open) -> None:
    hands = open_window()
    window = hands.window.dialogs.open("settings")
    assert isinstance(window, SettingsWindow)
    window.resize(620, 282)
    for number in range(window.pages.count()):
        window.list.setCurrentRow(number)
        hands.settle()
        shown = [each.widget for each in window.controls.values() if each.widget.isVisible()]
        assert shown
        for widget in shown:
            assert widget.height() >= widget.minimumSizeHint().height()
    window.close()


def test_settings_of_another_process_take_effect_when_the_window_is_in_front(
    open_window: Open, tmp_path: Path
) -> None:
    hands = open_window()
    (tmp_path / "settings.toml").write_text('[appearance]\ntheme = "dark"\n[input]\npage_size = 7\n', "utf-8")
    about = hands.window.dialogs.open("about")
    assert about is not None
    hands.activate(about)
    hands.activate(hands.window)
    settings = hands.window._keeper.settings
    assert (settings.appearance.theme, settings.input.page_size) == ("dark", 7)
    window = open_settings(hands)
    hands.activate(window)
    (tmp_path / "settings.toml").write_text("[input]\npage_size = 9\n", "utf-8")
    hands.activate(hands.window)
    assert hands.window._keeper.settings.input.page_size == 7, "the settings window goes before"
    window.reject()
