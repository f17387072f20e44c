"""The language at once; the modes of the last time at the next start."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QDialog

from engine.errors import Said
from engine.learning.learner import LearningOptions
from engine.session.session import Session
from ime_app.input.loaded_engine import Engine
from ime_app.settings.schema import setting
from ime_app.settings.session_state import FILE_NAME
from ime_app.windows.settings.settings_window import SettingsWindow
from ime_app.windows.shortcut_help import CheatSheet
from tests.engine.phrase_converter import PhraseConverter
from tests.ime_app.hands import CONTROL, SHIFT, Gate, Hands

Open = Callable[..., Hands]
BOTH = CONTROL | SHIFT


class RecordingLearner:
    """Knows what it was told of the options."""

    def __init__(self) -> None:
        self.configured: list[LearningOptions] = []

    def configure(self, options: LearningOptions) -> None:
        self.configured.append(options)

    def take_notices(self) -> list[Said]:
        return []

    def erase(self) -> None: ...
    def close(self) -> None: ...


def seen_modes(hands: Hands) -> list[str]:
    status = hands.window.status
    buttons = status.mode, status.punctuation, status.width_mode, status.script_mode
    return [button.text() for button in buttons]


def switch_everything(hands: Hands) -> None:
    for key, text, modifiers in (
        (Qt.Key.Key_Period, "", CONTROL),
        (Qt.Key.Key_Space, " ", SHIFT),
        (Qt.Key.Key_F, "\x06", BOTH),
    ):
        hands.press(key, text, modifiers)
        hands.settle()


def test_the_modes_of_the_last_time(open_window: Open) -> None:
    hands = open_window()
    assert seen_modes(hands) == ["中", "，。", "半", "简"]
    switch_everything(hands)
    hands.type("wodeshijie 1,")
    assert hands.text == "我的世界１，"
    left = seen_modes(hands)
    assert left == ["中", ", .", "全", "繁"]
    hands.close()
    again = open_window()
    assert seen_modes(again) == left
    again.type("1,")
    assert again.text.endswith("１，１，")


def test_letters_of_the_last_time_stay_letters(open_window: Open) -> None:
    hands = open_window()
    hands.window.status.mode.click()
    hands.settle()
    hands.close()
    again = open_window()
    assert seen_modes(again)[0] == "英"
    again.type("ni ")
    assert again.text == "ni "


def test_modes_hold_before_the_engine_is_there(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.window.status.mode.click()
    hands.settle()
    hands.close()
    gate = Gate()
    again = open_window(engine=gate)
    assert seen_modes(again)[0] == "英"
    again.type_fast("ni")
    again.load()
    assert again.text == "ni"


def test_a_setting_that_was_changed_meanwhile_says_how_to_begin(open_window: Open, tmp_path: Path) -> None:
    settings = tmp_path / "settings.toml"
    hands = open_window()
    switch_everything(hands)
    hands.close()
    settings.write_text("[input]\nfull_width = true\n", encoding="utf-8")
    again = open_window()
    again.press(Qt.Key.Key_Space, " ", SHIFT)
    again.settle()
    assert seen_modes(again) == ["中", ", .", "半", "繁"]
    again.close()
    assert seen_modes(open_window()) == ["中", ", .", "半", "繁"]


@pytest.mark.parametrize(
    "text",
    [
        "",
        "{",
        "[]",
        '{"modes": 3, "settings": {}, "private": true}',
        "\udcff",
        "[" * 100_000,
        '{"private": ' + "9" * 5000 + "}",
        '{"modes": {}, "settings": {}, "private": 0}',
        '{"modes": {}, "settings": {}}',
    ],
)
def test_in_doubt_private_mode_is_on_and_it_is_said(open_window: Open, tmp_path: Path, text: str) -> None:
    """It may have been on, and what is logged by mistake cannot be taken back."""
    (tmp_path / FILE_NAME).write_text(text, encoding="utf-8", errors="surrogateescape")
    hands = open_window()
    assert seen_modes(hands) == ["中", "，。", "半", "简"]
    assert hands.window.status.private.isVisible()
    assert [FILE_NAME in banner.text for banner in hands.window.banners] == [True]
    hands.window.status.private.click()
    hands.settle()
    hands.close()
    again = open_window()
    assert not again.window.status.private.isVisible()
    assert not again.window.banners


def test_a_first_start_is_not_private(open_window: Open) -> None:
    assert not open_window().window.status.private.isVisible()


def test_damage_while_the_window_is_open_leaves_private_mode_in_doubt(
    open_window: Open, tmp_path: Path
) -> None:
    hands = open_window()
    (tmp_path / FILE_NAME).write_text("[" * 3000, encoding="utf-8")
    switch_everything(hands)
    hands.close()
    assert open_window().window.status.private.isVisible()


def test_the_file_holds_nothing_that_was_typed(open_window: Open, tmp_path: Path) -> None:
    hands = open_window()
    hands.type("nihao ")
    switch_everything(hands)
    path = tmp_path / FILE_NAME
    assert path.stat().st_mode & 0o077 == 0
    assert set(json.loads(path.read_text(encoding="utf-8"))) == {"modes", "private", "settings"}


def test_private_mode_is_still_on_and_says_so(open_window: Open) -> None:
    hands = open_window()
    hands.window.status.private_clicked.emit()
    hands.settle()
    assert hands.window.status.private.isVisible()
    hands.close()
    learner = RecordingLearner()

    class LearningGate(Gate):
        def __call__(self) -> Engine:
            return Engine(Session(PhraseConverter()), "phrases", None, learner)

    again = open_window(engine=LearningGate())
    assert again.window.status.private.isVisible()
    assert again.window._private.isChecked()
    assert any("私密模式" in banner.text for banner in again.window.banners)
    again.load()
    assert [options.mode.value for options in learner.configured] == ["private"]
    again.window.status.private.click()
    again.settle()
    assert learner.configured[-1].mode.value == "learn"
    again.close()
    last = open_window()
    assert not last.window.status.private.isVisible()
    assert last.window.banners == []


def test_another_window_does_not_end_private_mode_for_the_next_start(open_window: Open) -> None:
    one, other = open_window(), open_window()
    one.window.status.private_clicked.emit()
    one.settle()
    switch_everything(other)
    one.close()
    other.close()
    last = open_window()
    assert last.window.status.private.isVisible()
    last.window.status.private.click()
    last.settle()
    last.close()
    assert not open_window().window.status.private.isVisible()


def test_settings_show_the_modes_as_they_are(open_window: Open, tmp_path: Path) -> None:
    """Ctrl+Shift+F, then the settings: the box is ticked, and unticking it works."""
    hands = open_window()
    switch_everything(hands)
    window = dialog_of(hands, "settings")
    assert isinstance(window, SettingsWindow)
    box = window.controls["input.traditional"]
    assert box.value() is True
    box.show(False)
    window._on_changed()
    hands.settle()
    assert seen_modes(hands)[3] == "简"
    window.accept()
    hands.close()
    assert seen_modes(open_window()) == ["中", ", .", "全", "简"]


def test_the_language_changes_at_once(open_window: Open) -> None:
    hands = open_window()
    window = dialog_of(hands, "settings")
    keys = dialog_of(hands, "keys")
    assert isinstance(window, SettingsWindow)
    assert isinstance(keys, CheatSheet)
    window.list.setCurrentRow(5)
    control = window.controls["appearance.language"].widget
    assert isinstance(control, QComboBox)
    control.setFocus()
    control.setCurrentIndex(control.findData("en"))
    hands.settle()
    assert (window.windowTitle(), keys.windowTitle()) == ("Settings", "Keys")
    assert window.list.currentRow() == 5
    assert window.keep_button.text() == "&Save"
    assert window.settings.appearance.language == "en"
    assert hands.window._actions["log"].text() == "Phrase log"
    assert hands.window.status.menu.text() == "Menu"
    assert "Chinese / English" in hands.window.status.mode.accessibleName()
    assert hands.window.status.mode.toolTip() == hands.window.status.mode.accessibleDescription()
    hands.window.text_commands.copy_all()
    assert hands.window.status.message.text() == "There is no text yet"
    hands.type("nihao")
    assert hands.window.editor.accessibleName() == "Text"
    window.reject()
    hands.settle()
    assert hands.window.status.menu.text() == "菜单"
    assert hands.window.status.model.text() == "phrases"


def test_other_settings_leave_the_language(open_window: Open) -> None:
    hands = open_window(language="en")
    settings = hands.window._keeper.settings
    hands.window.preview(settings.with_value(setting("input.page_size"), 5))
    hands.settle()
    assert hands.window.status.menu.text() == "Menu"


def dialog_of(hands: Hands, name: str) -> QDialog | None:
    if name == "settings":
        hands.window._actions["settings"].trigger()
    hands.settle()
    return hands.window.dialogs.open(name)
