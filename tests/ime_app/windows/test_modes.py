"""Modes, predictions and notices as they are seen: the status line, the bar, what a click does."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest

from engine.protocol import Candidate, Commit
from engine.session.options import SessionOptions
from engine.session.session import Session
from engine.spelling.options import SpellingError, SpellingOptions
from ime_app.input.loaded_engine import Engine
from ime_app.settings.schema import setting
from tests.engine.phrase_converter import PhraseConverter
from tests.ime_app.hands import CONTROL, PLAIN, SHIFT, Gate, Hands

Open = Callable[..., Hands]
FORGET = CONTROL


class ForgetfulLearner:
    """Forgets any candidate; a converter asks it."""

    def __init__(self) -> None:
        self.forgotten: set[str] = set()
        self.pins: dict[str, str] = {}

    def learn(self, commit: Commit) -> None: ...
    def revoke(self, commit: Commit) -> None: ...

    def forget(self, candidate: Candidate) -> bool:
        self.forgotten.add(candidate.text)
        return True

    def pin(self, keys: str, candidate: Candidate) -> None:
        self.pins[keys] = candidate.text

    def pinned(self, keys: str) -> tuple[str, ...]:
        return (self.pins[keys],) if keys in self.pins else ()

    def add_word(self, candidate: Candidate) -> bool:
        return False

    def catch_up(self) -> bool:
        return False

    def unpin(self, keys: str, text: str) -> bool:
        return self.pins.pop(keys, None) is not None

    def restore(self, candidate: Candidate) -> None:
        self.forgotten.discard(candidate.text)


class LearningGate(Gate):
    """An engine with a learner."""

    def __init__(self) -> None:
        super().__init__()
        self.learner = ForgetfulLearner()

    def __call__(self) -> Engine:
        return Engine(Session(PhraseConverter(), SessionOptions(), self.learner), "phrases")


def test_the_buttons_show_and_switch_the_modes(open_window: Open) -> None:
    hands = open_window()
    status = hands.window.status
    assert (status.width_mode.text(), status.script_mode.text()) == ("半", "简")
    status.width_mode.click()
    hands.type("1")
    assert status.width_mode.text() == "全"
    assert hands.text == "１"
    hands.press(Qt.Key.Key_Space, " ", SHIFT)
    hands.settle()
    assert status.width_mode.text() == "半"
    assert hands.text == "１"


def test_the_width_button_works_where_its_key_is_turned_off(open_window: Open) -> None:
    hands = open_window(overrides={"input.width_with_shift_space": False})
    for shown in ("全", "半"):
        hands.window.status.width_mode.click()
        hands.settle()
        assert hands.window.status.width_mode.text() == shown
    hands.press(Qt.Key.Key_Space, " ", SHIFT)
    hands.settle()
    assert hands.text == " "


def test_traditional_by_button_and_key(open_window: Open) -> None:
    hands = open_window()
    hands.type("wodeshijie")
    hands.window.status.script_mode.click()
    hands.settle()
    assert hands.window.status.script_mode.text() == "繁"
    hands.press(Qt.Key.Key_F, "\x06", CONTROL | SHIFT)
    hands.settle()
    assert hands.window.status.script_mode.text() == "简"
    assert hands.shown == "[wo de shi jie|]"


def test_predictions_are_offered_and_picked_by_the_mouse(open_window: Open) -> None:
    hands = open_window(overrides={"input.predict": True})
    hands.type("nihao ")
    hands.wait(lambda: hands.menu == ["世界"])
    assert hands.window.bar._highlighted_on_page() == -1  # Space is a space
    cell = hands.window.bar._layout.cells[0].rect.center()
    QTest.mouseClick(hands.window.bar, Qt.MouseButton.LeftButton, PLAIN, cell)
    hands.settle()
    assert hands.text == "你好世界"
    assert hands.menu == []


@pytest.mark.parametrize(
    ("key", "text", "modifiers", "after"),
    [
        (Qt.Key.Key_1, "1", PLAIN, "你好1"),
        (Qt.Key.Key_1, "", CONTROL, "你好世界"),
        (Qt.Key.Key_Escape, "\x1b", PLAIN, "你好"),
        (Qt.Key.Key_Backspace, "\b", PLAIN, "你"),
        (Qt.Key.Key_Left, "", PLAIN, "你好"),
        (Qt.Key.Key_Z, "\x1a", CONTROL, ""),
    ],
)
def test_any_key_ends_the_predictions(
    open_window: Open, key: Qt.Key, text: str, modifiers: Qt.KeyboardModifier, after: str
) -> None:
    hands = open_window(overrides={"input.predict": True})
    hands.type("nihao ")
    hands.wait(lambda: hands.menu != [])
    hands.press(key, text, modifiers)
    hands.settle()
    hands.pause(0.05)
    assert hands.text == after
    assert hands.menu == []


def test_predictions_go_when_the_caret_goes(open_window: Open) -> None:
    hands = open_window(overrides={"input.predict": True})
    hands.type("nihao ")
    hands.wait(lambda: hands.menu != [])
    hands.click(QPoint(0, hands.editor.cursorRect().center().y()))
    hands.settle()
    assert hands.menu == []
    hands.type("ma ")
    assert hands.text == "吗你好"


def test_predictions_do_not_come_late(open_window: Open) -> None:
    hands = open_window(overrides={"input.predict": True})
    hands.type_fast("nihao ma")
    hands.settle()
    hands.pause(0.05)
    assert hands.shown == "你好[ma|]"
    assert hands.menu[0] == "吗"


def test_pinning_says_so_and_a_refusal_says_why(open_window: Open) -> None:
    gate = LearningGate()
    hands = open_window(engine=gate)
    hands.load()
    message = hands.window.status.message
    hands.type("nihao")
    hands.press(Qt.Key.Key_Down, "", CONTROL)
    hands.settle()
    assert message.text() == "这些字母没有置顶的候选"
    hands.press(Qt.Key.Key_Up, "", CONTROL)
    hands.settle()
    assert gate.learner.pins == {"nihao": "你好"}
    assert message.text() == "“你好”已置顶"
    hands.press(Qt.Key.Key_Down, "", CONTROL)
    hands.settle()
    assert gate.learner.pins == {}
    hands.type("\x1bvvv")
    hands.press(Qt.Key.Key_Up, "", CONTROL)
    hands.settle()
    assert message.text() == "这个候选不能置顶"
    hands.press(Qt.Key.Key_Delete, "", SHIFT)
    hands.settle()
    assert message.text() == "这个候选不能忘记"


@pytest.mark.parametrize("by_button", [False, True])
def test_what_was_forgotten_can_be_brought_back(open_window: Open, by_button: bool) -> None:
    gate = LearningGate()
    hands = open_window(engine=gate)
    hands.load()
    status = hands.window.status
    hands.type("nihao")
    hands.press(Qt.Key.Key_2, "", FORGET)
    hands.settle()
    assert gate.learner.forgotten == {"你"}
    assert "你" in status.message.text()
    assert status.undo.isVisible()
    if by_button:
        status.undo.click()
    else:
        hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    hands.settle()
    assert gate.learner.forgotten == set()
    assert not status.undo.isVisible()
    hands.type(" ")
    assert status.message.text() == ""


def test_settings_that_the_engine_refuses_are_told_and_the_old_ones_hold(open_window: Open) -> None:
    def refuse(options: SpellingOptions) -> None:
        if options.fuzzy:
            raise SpellingError("it cannot be spelt so")

    class RefusingGate(Gate):
        def __call__(self) -> Engine:
            return Engine(Session(PhraseConverter()), "phrases", refuse)

    hands = open_window(engine=RefusingGate())
    hands.load()
    hands.type("nihao")
    settings = hands.window._keeper.settings
    hands.window.preview(settings.with_value(setting("spelling.fuzzy"), ("z_zh",)))
    hands.settle()
    assert "it cannot be spelt so" in hands.window.banners[0].text
    assert hands.shown == "[ni hao|]"
    other = open_window(engine=RefusingGate(), overrides={"spelling.fuzzy": ("z_zh",)})
    other.load()
    assert "it cannot be spelt so" in other.window.banners[0].text
    other.type("nihao ")
    assert other.text == "你好"


def test_predictions_that_take_longer_than_the_report_of_the_caret_are_shown(open_window: Open) -> None:
    class SlowPrediction(PhraseConverter):
        def predict(self, limit: int) -> tuple[Candidate, ...]:
            time.sleep(0.15)
            return super().predict(limit)

    hands = open_window(converter=SlowPrediction(), overrides={"input.predict": True})
    hands.type("nihao ")
    hands.wait(lambda: hands.menu == ["世界"])


def test_a_narrow_window_keeps_the_modes_and_the_menu(open_window: Open) -> None:
    hands = open_window(overrides={"appearance.show_figures": True})
    hands.window._private.trigger()
    hands.window.resize(hands.window.minimumSize())
    hands.window.status.show_message("很长的消息" * 30)
    hands.pause(0.05)
    status = hands.window.status
    assert hands.window.width() == hands.window.minimumWidth()
    for button in (status.mode, status.punctuation, status.width_mode, status.private, status.menu):
        assert button.width() >= button.sizeHint().width()
        assert status.rect().contains(button.geometry())
    assert not status.model.isVisible()
    hands.window.resize(900, 600)
    assert status.model.isVisible()


def test_the_time_of_a_key_and_the_model_are_shown_on_demand(open_window: Open) -> None:
    hands = open_window()
    hands.type("ni")
    status = hands.window.status
    assert not status.latency.isVisible()
    assert not status.model.isVisible()
    hands.window.preview(hands.window._keeper.settings.with_value(setting("appearance.show_figures"), True))
    assert status.latency.isVisible()
    assert status.model.text() == "phrases"
