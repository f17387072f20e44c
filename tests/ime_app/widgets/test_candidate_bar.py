"""The bar of candidates: mouse, wheel, its place in the window, refusals."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QAccessible, QWheelEvent
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication

from engine.lexicon.hanzi_names import HanziNames
from engine.lexicon.word_arrays import build_arrays, load_arrays
from engine.protocol import Candidate, Mark, Menu, Source
from ime_app.i18n.strings import Strings
from ime_app.services.background_task import BackgroundTask
from ime_app.widgets.announcer import HomophoneTeller
from ime_app.widgets.candidate_layout import CUT
from resources import LEXICON
from tests.engine.phrase_converter import PhraseConversion, PhraseConverter
from tests.ime_app.hands import PLAIN, Hands

Open = Callable[..., Hands]


def test_the_mouse_picks_and_pages(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao")
    bar = hands.window.bar
    where = bar._layout.cells[1].rect.center()
    QTest.mouseClick(bar, Qt.MouseButton.LeftButton, PLAIN, where)
    hands.settle()
    assert hands.shown == "[你hao|]"
    assert QApplication.focusWidget() in (hands.editor, None)


@pytest.mark.parametrize("button", [Qt.MouseButton.RightButton, Qt.MouseButton.MiddleButton])
def test_only_the_left_button_picks(open_window: Open, button: Qt.MouseButton) -> None:
    hands = open_window()
    hands.type("nihao")
    QTest.mouseClick(hands.window.bar, button, PLAIN, hands.window.bar._layout.cells[1].rect.center())
    hands.settle()
    assert hands.shown == "[ni hao|]"


def test_the_wheel_pages_without_paging_keys(open_window: Open) -> None:
    overrides = {"input.page_with_page_keys": False, "input.page_size": 5}
    hands = open_window(converter=ManyConverter(), overrides=overrides)
    hands.type("ni")
    first = hands.menu
    turn_wheel(hands, -120)
    assert hands.menu != first
    turn_wheel(hands, 120)
    assert hands.menu == first


def test_the_wheel_pages(open_window: Open) -> None:
    hands = open_window(converter=ManyConverter())
    hands.type("ni")
    first = hands.menu
    turn_wheel(hands, -120)
    assert hands.menu != first
    turn_wheel(hands, 120)
    assert hands.menu == first
    mark = hands.window.bar._layout.next_mark.center()
    QTest.mouseClick(hands.window.bar, Qt.MouseButton.LeftButton, PLAIN, mark)
    hands.settle()
    assert hands.menu != first


def turn_wheel(hands: Hands, angle: int) -> None:
    buttons, phase = Qt.MouseButton.NoButton, Qt.ScrollPhase.NoScrollPhase
    where = QPointF(5, 5)
    event = QWheelEvent(where, where, QPoint(), QPoint(0, angle), buttons, PLAIN, phase, False)
    QApplication.sendEvent(hands.window.bar, event)
    hands.settle()


class ManyConverter(PhraseConverter):
    """More than a page of candidates, some of them very long."""

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        conversion = super().convert(keys, fixed)
        first = conversion.candidates[0]
        many = tuple(replace(first, text="长" * (i * 7 % 40 + 1) + str(i)) for i in range(30))
        return replace(conversion, candidates=many)


def test_the_bar_stays_inside_the_window(open_window: Open) -> None:
    hands = open_window(converter=ManyConverter())
    hands.window.resize(500, 400)
    for text in ("", "字" * 60, "字\n" * 40, "字" * 4000):
        hands.editor.setPlainText(text)
        hands.editor.moveCursor(hands.editor.textCursor().MoveOperation.End)
        hands.type("ni")
        for _ in range(4):
            bar, area = hands.window.bar.geometry(), hands.area
            assert area.contains(bar)
            hands.press(Qt.Key.Key_PageDown)
            hands.settle()
        hands.type("\x1b")
        assert not hands.window.bar.isVisible()


def test_a_key_that_is_refused_is_seen(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao9")
    assert "9" in hands.window.status.message.text()
    assert hands.window.bar._flashing
    assert hands.shown == "[ni hao|]"


def test_letters_beyond_the_limit_are_not_lost(open_window: Open) -> None:
    hands = open_window()
    hands.type("wo" * 32 + "x")
    shown = "".join(character for character in hands.shown if character not in " [|]")
    assert shown.endswith("x")
    assert 2 * shown.count("我") + len(shown.replace("我", "")) == 65


@pytest.mark.parametrize("direction", ["horizontal", "vertical"])
@pytest.mark.parametrize("text", ["", "字\n" * 3, "字\n" * 40])
def test_the_bar_does_not_cover_the_composition(open_window: Open, direction: str, text: str) -> None:
    overrides = {"appearance.candidate_list": direction}
    hands = open_window(converter=ManyConverter(), overrides=overrides)
    hands.window.resize(hands.window.minimumSize())
    hands.editor.setPlainText(text)
    hands.editor.moveCursor(hands.editor.textCursor().MoveOperation.End)
    hands.type("ni")
    for _ in range(12):
        bar, area = hands.window.bar.geometry(), hands.area
        assert area.contains(bar)
        assert not bar.intersects(hands.window._field.anchor())
        shown = [cell.index for cell in hands.window.bar._layout.cells]
        assert hands.window.bar._highlighted_on_page() in shown
        hands.press(Qt.Key.Key_Down)
        hands.settle()


def test_a_screen_reader_hears_the_highlighted_candidate(open_window: Open) -> None:
    hands = open_window()
    hands.type("nihao")
    assert hands.window.bar.accessibleName() == "1 你好"
    hands.press(Qt.Key.Key_Down)
    hands.settle()
    assert hands.window.bar.accessibleName() == "2 你"


def names_of(*words: str) -> HanziNames:
    rows = (word.split(" ", 1) for word in words)
    return HanziNames(build_arrays((text, reading.split(), 99 - i) for i, (text, reading) in enumerate(rows)))


def candidate(text: str, reading: str) -> Candidate:
    return Candidate(text, (0, 4), tuple(reading.split()), (1,) * len(text), 0.0, Source.SENTENCE)


@pytest.mark.parametrize("language", ["zh", "en"])
def test_homophones_are_told_apart_for_a_screen_reader(
    open_window: Open, monkeypatch: pytest.MonkeyPatch, language: str
) -> None:
    monkeypatch.setattr(HomophoneTeller, "names", names_of("你们 ni men", "你好 ni hao"))
    hands = open_window(language=language)
    hands.type("nihao")
    assert hands.window.bar.accessibleName() == "1 你好", "nothing sounds like it"
    hands.press(Qt.Key.Key_Down)
    hands.settle()
    assert hands.window.bar.accessibleName() == (
        "2 你 你们的你" if language == "zh" else "2 你 你 as in 你们"
    )


def test_the_words_are_read_once_a_screen_reader_is_there(
    open_window: Open, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(HomophoneTeller, "names", None)
    monkeypatch.setattr(HomophoneTeller, "_task", None)
    hands = open_window()
    hands.type("nihao")
    hands.press(Qt.Key.Key_Down)
    hands.settle()
    assert hands.window.bar.accessibleName() == "2 你"
    assert HomophoneTeller._task is None
    QAccessible.setActive(True)
    try:
        hands.press(Qt.Key.Key_Up)
        hands.wait(lambda: HomophoneTeller.names is not None, 30)
        hands.press(Qt.Key.Key_Down)
        hands.settle()
        assert hands.window.bar.accessibleName() == "2 你 你们的你"
    finally:
        QAccessible.setActive(False)
        task: BackgroundTask | None = HomophoneTeller._task
        assert task is not None
        task.wait()


@pytest.mark.parametrize(
    ("texts", "reading", "said"),
    [
        ("在吗 在马 在妈", "zai ma", "好吗的吗"),
        ("在马 在吗", "zai ma", "马上的马"),
        ("再吗 在马", "zai ma", "再次的再 好吗的吗"),
        ("在吗 在吗", "zai ma", ""),
        ("重 中", "zhong", "重要的重"),
        ("重 虫", "chong", "重新的重"),
        ("爸 把", "ba", "爸妈的爸"),
        ("龘 打", "da", ""),
        ("在 在吗", "zai", "现在的在"),
    ],
)
def test_only_hanzi_in_which_others_differ_are_named(
    monkeypatch: pytest.MonkeyPatch, texts: str, reading: str, said: str
) -> None:
    words = "爸爸 ba ba|吗的 ma de|好吗 hao ma|马上 ma shang|再次 zai ci|现在 xian zai|重要 zhong yao"
    names = names_of(*words.split("|"), "重新 chong xin", "爸妈 ba ma", "大达 da da")
    monkeypatch.setattr(HomophoneTeller, "names", names)
    rows = tuple(candidate(text, reading) for text in texts.split() if len(text) == len(reading.split()))
    assert HomophoneTeller().said_of(Menu(rows), 0, Strings("zh")) == said


@pytest.mark.parametrize(
    ("hanzi", "syllable", "telling"),
    [("重", "zhong", "重要"), ("重", "chong", "重新"), ("在", "zai", "现在"), ("座", "zuo", "星座")],
)
def test_the_words_of_the_lexicon_name_hanzi(hanzi: str, syllable: str, telling: str) -> None:
    assert HanziNames(load_arrays(LEXICON)).word_of(hanzi, syllable) == telling


@pytest.mark.parametrize(
    ("language", "mark", "painted", "said"),
    [
        ("zh", Mark.NONE, "xain→xian", "1 先 xain→xian"),
        ("zh", Mark.CORRECTED, "改 xain→xian", "1 先 已纠正 xain→xian"),
        ("zh", Mark.YOURS, "你的 xain→xian", "1 先 你的词 xain→xian"),
        ("en", Mark.YOURS, "yours xain→xian", "1 先 your word xain→xian"),
        ("en", Mark.PINNED, "pinned xain→xian", "1 先 pinned xain→xian"),
    ],
)
def test_marks_and_annotations_are_painted_and_said(
    open_window: Open, language: str, mark: Mark, painted: str, said: str
) -> None:
    hands = open_window(converter=MarkingConverter(mark), language=language)
    hands.type("xain")
    bar = hands.window.bar
    assert [cell.annotation for cell in bar._layout.cells] == [painted]
    assert bar.accessibleName() == said


class MarkingConverter(PhraseConverter):
    """One candidate, marked."""

    def __init__(self, mark: Mark) -> None:
        super().__init__()
        self._mark = mark

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        span = 0, len(keys)
        row = Candidate("先", span, ("xian",), (1,), 0.0, Source.SENTENCE, "xain→xian", self._mark)
        return PhraseConversion((row,), (len(keys),))


def test_the_sign_of_what_is_left_out_is_smaller_than_one_that_is_text(open_window: Open) -> None:
    bar = open_window().window.bar
    text, sign = bar._width_of("…"), bar._width_of(CUT)
    assert 0 < sign < text
    assert bar._width_of(f"{CUT}口减免{CUT}") == bar._width_of("口减免") + 2 * sign
    assert bar._without_middle("……", bar._width_of("……")) == "……"


@pytest.mark.parametrize("n", range(2, 12))
def test_so_much_of_both_ends_is_shown_as_there_is_room_for(open_window: Open, n: int) -> None:
    bar, text = open_window().window.bar, "一二三四五六七八九十甲乙丙"
    width = bar._width_of("字" * n + CUT)
    assert bar._without_middle(text, width) == f"{text[: n - n // 2]}{CUT}{text[-(n // 2) :]}"
    assert bar._width_of(bar._without_middle(text, width + 1)) <= width + 1


def test_a_part_of_a_sentence_says_so_in_a_window_of_800_pixels(open_window: Open) -> None:
    texts = (
        "对于第二批还款口见面",
        "对于第二批还款扣减免",
        "对于第二批还款口减免",
        "对于第二批还宽口见面",
        "对于第二批还宽口减免",
    )
    hands = open_window(converter=TextConverter(texts))
    hands.window.resize(800, 600)
    hands.type("dui")
    first, *others = (cell.text.replace(CUT, "…") for cell in hands.window.bar._layout.cells)
    assert first == texts[0]
    assert others == ["…款扣减免", "…口减免", "…还宽口…", "…还宽口减免"]


class TextConverter(PhraseConverter):
    """Sentences, whatever is typed."""

    def __init__(self, texts: tuple[str, ...]) -> None:
        super().__init__()
        self._texts = texts

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        rows = (candidate(text, " ".join("ni" for _ in text)) for text in self._texts)
        candidates = tuple(replace(row, span=(0, len(keys))) for row in rows)
        return PhraseConversion(candidates, (len(keys),))
