"""The window as its user meets it: order of keys, late answers, undo, clipboard, selection."""

from __future__ import annotations

import gc
import random
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from PySide6.QtCore import QEvent, QMimeData, QPoint, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.protocol import Menu, Output, Preedit
from ime_app.input.engine_worker import EngineAnswer
from tests.engine.phrase_converter import PhraseConversion, PhraseConverter, SlowConverter
from tests.ime_app.hands import CONTROL, PLAIN, SHIFT, Hands

Open = Callable[..., Hands]
MOVES = [
    (Qt.Key.Key_Left, "", PLAIN),
    (Qt.Key.Key_Right, "", PLAIN),
    (Qt.Key.Key_Home, "", PLAIN),
    (Qt.Key.Key_Left, "", CONTROL),
    (Qt.Key.Key_Down, "", PLAIN),
    (Qt.Key.Key_Delete, "", PLAIN),
    (Qt.Key.Key_Z, "\x1a", CONTROL),
    (Qt.Key.Key_Left, "", SHIFT),
]


def test_typing_shows_the_composition_and_the_candidates(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao")
    assert hands.shown == "[ni hao|]"
    assert hands.menu[:2] == ["你好", "你"]
    assert hands.text == ""
    hands.type(" ")
    assert hands.shown == "你好|"
    assert hands.menu == []


def test_keys_of_the_session_and_of_the_editor_keep_their_order(open_window: Open) -> None:
    converter = SlowConverter()
    hands = open_window(converter=converter)
    hands.type_fast("nihao 12\nshijie, AB\bma\n\b\b3.5 ")
    assert hands.text == ""
    converter.gate.set()
    hands.settle()
    assert hands.text == "你好12\n世界， A3.5 "
    fresh = open_window()
    for character in "nihao 12\nshijie, AB\bma\n\b\b3.5 ":
        fresh.type(character)
    assert hands.text == fresh.text


@pytest.mark.parametrize("seed", range(10))
def test_typing_fast_gives_what_typing_slowly_gives(open_window: Open, tmp_path: Path, seed: int) -> None:
    """Marks and quotes that depend on the text before the caret are left out: with the caret moved by keys
    still under way, the session cannot know it."""
    source = random.Random(seed)
    texts = []
    keys = [source.choice([*"nihaoshijiewoma  12,=A\b\n\x1b", *MOVES]) for _ in range(120)]
    for fast in (True, False):
        converter = SlowConverter()
        hands = open_window(converter=converter, folder=tmp_path / str(fast))
        if not fast:
            converter.gate.set()
        for key in keys:
            if isinstance(key, str):
                hands.type_fast(key)
            else:
                hands.press(*key)
            if not fast:
                hands.settle()
            elif source.random() < 0.2:
                hands.pause(0.015)  # letters without an answer are echoed
        converter.gate.set()
        hands.settle()
        texts.append(hands.shown)
    assert texts[0] == texts[1]


def test_a_key_that_the_session_leaves_goes_straight_to_the_editor(open_window: Open) -> None:
    hands = open_window()
    hands.press(Qt.Key.Key_1, "1")
    assert hands.text == "1"  # at once, without the event loop


def test_the_event_loop_runs_while_the_engine_thinks(open_window: Open) -> None:
    converter = SlowConverter()
    hands = open_window(converter=converter)
    hands.type_fast("ni")
    ticks = 0
    for _ in range(20):
        hands.pause(0.01)
        ticks += 1
    assert ticks == 20
    assert not hands.window.controller.is_idle
    converter.gate.set()
    hands.settle()
    assert hands.shown == "[ni|]"


def test_a_late_answer_does_not_overwrite_a_newer_one(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao")
    late = Output(handled=True, preedit=Preedit("n", 1, "n"), menu=Menu())
    hands.window.controller.on_answer(EngineAnswer(1, late))
    hands.window.controller.on_answer(EngineAnswer(4, late))
    assert hands.shown == "[ni hao|]"
    assert hands.menu[0] == "你好"


def test_undo_takes_back_a_commit_at_a_time(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao shijie ")
    assert hands.text == "你好世界"
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    assert hands.text == "你好"
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    assert hands.text == ""
    hands.editor.redo()
    hands.editor.redo()
    assert hands.text == "你好世界"


def test_the_hint_is_not_painted_under_a_composition(open_window: Open) -> None:
    hands = open_window()
    hint = hands.editor.placeholderText()
    assert hint
    hands.type("ni")
    assert hands.editor.placeholderText() == ""
    hands.type("\x1b")
    assert hands.editor.placeholderText() == hint


def test_hanzi_beyond_the_basic_plane(open_window: Open) -> None:
    """Qt counts 𫐐 as two; the caret must still come after the letters behind it."""
    hands = open_window(converter=RareConverter())
    hands.type("nihao2")
    assert hands.shown == "[𫐐hao|]"
    end = hands.editor.cursorRect().left()
    hands.press(Qt.Key.Key_Left)
    hands.settle()
    assert hands.editor.cursorRect().left() < end
    hands.press(Qt.Key.Key_End)
    hands.type(" ")
    assert hands.text == "𫐐好"
    assert hands.editor.text_before_caret(3) == "𫐐好"
    hands.press(Qt.Key.Key_Backspace, "\b")
    hands.press(Qt.Key.Key_Backspace, "\b")
    assert hands.text == ""


class RareConverter(PhraseConverter):
    """The second candidate of `ni` is beyond the basic plane."""

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        conversion = super().convert(keys, fixed)
        rows = [replace(row, text="𫐐") if row.text == "你" else row for row in conversion.candidates]
        return replace(conversion, candidates=tuple(rows))


def test_a_commit_of_several_lines_leaves_no_composition_where_it_began(open_window: Open) -> None:
    """Qt clears it in the caret's paragraph alone, which is another one then."""
    hands = open_window()
    hands.type("nihao")
    hands.editor.show_composition("一行\n二行\n三行", Preedit("ma", 2, "ma"))
    blocks = [hands.editor.document().findBlockByNumber(number) for number in range(3)]
    assert [block.text() for block in blocks] == ["一行", "二行", "三行"]
    assert [block.layout().preeditAreaText() for block in blocks] == ["", "", "ma"]
    hands.editor.show_composition("末行", Preedit())
    hands.editor.undo()
    hands.editor.undo()
    assert hands.text == ""


def test_a_dropped_composition_leaves_nothing_to_undo(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao\x1b")
    assert hands.shown == "|"
    assert not hands.editor.document().isUndoAvailable()


def test_a_composition_replaces_the_selection_and_undo_restores_it(open_window: Open) -> None:
    hands = open_window()
    hands.editor.setPlainText("甲乙丙")
    hands.select(1, 2)
    hands.type("ni ")
    assert hands.shown == "甲你|丙"
    while hands.text != "甲乙丙":
        assert hands.editor.document().isUndoAvailable()
        hands.editor.undo()


def test_copying_while_composing_keeps_composition_and_text(open_window: Open) -> None:
    hands = open_window()
    hands.editor.setPlainText("甲乙")
    hands.type("ni")
    for key, text in ((Qt.Key.Key_C, "\x03"), (Qt.Key.Key_A, "\x01")):
        hands.press(key, text, CONTROL)
        hands.settle()
    assert hands.shown == "[ni|]甲乙"
    hands.type(" ")
    assert hands.shown == "你|甲乙"


def test_pasting_while_composing_goes_before_the_composition(open_window: Open) -> None:
    hands = open_window()
    hands.type("ni")
    QGuiApplication.clipboard().setText("贴")
    hands.press(Qt.Key.Key_V, "\x16", CONTROL)
    hands.settle()
    assert hands.shown == "贴[ni|]"
    data = QMimeData()
    data.setText("再\n贴")
    hands.editor.insertFromMimeData(data)
    assert hands.shown == "贴再\n贴[ni|]"
    hands.type(" ")
    assert hands.shown == "贴再\n贴你|"


def test_undo_while_composing_keeps_the_composition(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao ma")
    hands.press(Qt.Key.Key_Z, "\x1a", CONTROL)
    hands.settle()
    assert hands.shown == "你好[ma|]"


def test_a_click_elsewhere_leaves_the_letters_where_they_were(open_window: Open) -> None:
    hands = open_window()
    hands.editor.setPlainText("甲乙丙丁")
    hands.type("\b")
    hands.select(4, 4)
    hands.type("ni")
    hands.click(QPoint(0, hands.editor.cursorRect().center().y()))
    hands.settle()
    assert hands.shown == "|甲乙丙丁ni"
    assert hands.menu == []


def test_copy_all(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao\n\b shijie ")
    QGuiApplication.clipboard().setText("旧")
    hands.window.activateWindow()
    hands.pause(0.05)
    QTest.keyClick(hands.editor, Qt.Key.Key_C, CONTROL | SHIFT)
    assert QGuiApplication.clipboard().text() == hands.text
    assert "已复制" in hands.window.status.message.text()


def test_copy_all_without_text_keeps_the_clipboard(open_window: Open) -> None:
    hands = open_window()
    QGuiApplication.clipboard().setText("旧")
    hands.window.text_commands.copy_all()
    assert QGuiApplication.clipboard().text() == "旧"


def test_shift_alone_toggles_and_the_label_follows(open_window: Open) -> None:
    hands = open_window()
    hands.type("ni")
    hands.tap_shift()
    hands.settle()
    assert hands.text == "ni"
    assert hands.window.status.mode.text() == "英"
    assert hands.editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)
    hands.type("hao")
    assert hands.text == "nihao"
    hands.window.status.mode.click()
    hands.settle()
    assert hands.window.status.mode.text() == "中"
    assert not hands.editor.testAttribute(Qt.WidgetAttribute.WA_InputMethodEnabled)


def test_shift_for_a_capital_does_not_toggle(open_window: Open) -> None:
    hands = open_window()
    QTest.keyPress(hands.editor, Qt.Key.Key_Shift)
    hands.press(Qt.Key.Key_A, "A", SHIFT)
    QTest.keyRelease(hands.editor, Qt.Key.Key_Shift)
    hands.settle()
    assert hands.window.status.mode.text() == "中"
    assert hands.shown == "[A|]"


def test_the_punctuation_button(open_window: Open) -> None:
    hands = open_window()
    hands.type(",")
    hands.window.status.punctuation.click()
    hands.type(",")
    assert hands.text == "，,"


def test_the_session_is_told_the_text_before_the_caret(open_window: Open) -> None:
    converter = PhraseConverter()
    hands = open_window(converter=converter)
    hands.editor.setPlainText("甲乙\n丙")
    hands.select(4, 4)
    hands.wait(lambda: converter.surrounding == "甲乙\n丙")
    hands.select(1, 1)
    hands.type("ni")  # at once: the report must come before the key
    assert converter.surrounding == "甲"
    hands.type(" ")
    assert converter.surrounding == "甲你"
    hands.wait(lambda: converter.n_warm > 3)


def test_english_strings(open_window: Open) -> None:
    hands = open_window(language="en")
    hands.type("ni")
    hands.tap_shift()
    hands.settle()
    assert hands.window.status.mode.text() == "En"
    assert hands.window.windowTitle() == "Moyin"


def test_nothing_is_left_of_a_window_that_is_closed(app: QApplication, tmp_path: Path) -> None:
    hands = Hands(app, tmp_path)
    hands.type("nihao ")
    left = [weakref.ref(each) for each in (hands.window, hands.window.controller, hands.window.worker)]
    hands.close()
    del hands
    app.sendPostedEvents(None, QEvent.Type.DeferredDelete)
    gc.collect()
    assert [each() is None for each in left] == [True] * 3
    app.styleHints().colorSchemeChanged.emit(Qt.ColorScheme.Dark)  # there is nobody to hear it
