"""Rows of candidates: nothing overlaps, nothing is larger than allowed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import pytest

from ime_app.widgets.candidate_layout import (
    CUT,
    PADDING,
    BarLayout,
    Cell,
    Measures,
    Space,
    lay_out,
    without_common,
)

LEAST = 74  # pixels: a candidate of two characters


def width_of(text: str) -> int:
    return 20 * len(text) - 7 * text.count(CUT)


def cut(text: str, width: int) -> str:
    return text if 20 * len(text) <= width else text[: max(0, width // 20)]


def read(cells: Sequence[Cell]) -> list[str]:
    """Return what is read in the bar."""
    return [cell.text.replace(CUT, "…") for cell in cells]


def measures(page_width: int) -> Measures:
    return Measures(
        row_height=30,
        number_width=8,
        page_width=page_width,
        width_of=width_of,
        elide=cut,
        annotation_width_of=lambda text: 20 * len(text),
        elide_annotation=cut,
    )


@pytest.mark.parametrize("vertical", [False, True])
@pytest.mark.parametrize("page_width", [0, 40])
@pytest.mark.parametrize("size", [(200, 900), (420, 900), (720, 900), (300, 100), (720, 42)])
@pytest.mark.parametrize("lengths", [[], [1], [2] * 9, [7, 7, 7, 7, 7, 3, 3, 3, 3], [50, 1], [20] * 9])
def test_rectangles(lengths: list[int], size: tuple[int, int], page_width: int, vertical: bool) -> None:
    rows = [("字" * length, "注" * (length % 4)) for length in lengths]
    for highlighted in range(len(rows) or 1):
        layout = lay_out(rows, measures(page_width), Space(*size, vertical, highlighted))
        check(layout, highlighted, len(rows), size)


def check(layout: BarLayout, highlighted: int, n_row: int, size: tuple[int, int]) -> None:
    assert layout.size.width() <= size[0]
    assert layout.size.height() <= size[1]
    shown = [cell.index for cell in layout.cells]
    assert shown == list(range(shown[0], shown[-1] + 1) if shown else [])
    assert highlighted in shown or not n_row
    assert size[1] < 900 or len(shown) == n_row or n_row * LEAST + 2 * PADDING + 92 > size[0]
    rects = [cell.rect for cell in layout.cells]
    rects += [
        rect for rect in (layout.page_text, layout.previous_mark, layout.next_mark) if not rect.isEmpty()
    ]
    for i, rect in enumerate(rects):
        assert rect.left() >= PADDING
        assert rect.right() < layout.size.width()
        assert rect.bottom() < layout.size.height()
        assert not any(rect.intersects(other) for other in rects[:i])


def test_a_long_candidate_is_shortened() -> None:
    (cell,) = lay_out([("字" * 50, "")], measures(0), Space(300, 900)).cells
    assert 0 < len(cell.text) < 50


def test_an_annotation_makes_room_for_the_text() -> None:
    short, long = lay_out([("字", "注" * 30), ("字" * 12, "注")], measures(0), Space(300, 900, True)).cells
    assert 0 < len(short.annotation) < 30
    assert (long.text, long.annotation) == ("字" * 12, "")


def test_a_column_has_one_width() -> None:
    layout = lay_out([("字", ""), ("字" * 5, "注")], measures(40), Space(300, 900, vertical=True))
    assert len({cell.rect.width() for cell in layout.cells}) == 1
    assert layout.page_text.top() > layout.cells[-1].rect.bottom()


@pytest.mark.parametrize("n", range(1, 10))
@pytest.mark.parametrize("length", [1, 4, 30])
@pytest.mark.parametrize("annotation", ["", "注释"])
def test_a_line_has_one_height_whatever_is_in_it(n: int, length: int, annotation: str) -> None:
    layout = lay_out([("字" * length, annotation)] * n, measures(40), Space(900, 900))
    assert layout.size.height() == 30 + 2 * PADDING


def test_sentences_that_are_cut_are_told_apart() -> None:
    rows = [("我们现在要去上课然后一起去吃饭", ""), ("我们现在要去上课然后一起去持饭", ""), ("我们", "")]
    cells = lay_out(rows, measures(40), Space(640, 900)).cells
    assert read(cells) == [rows[0][0], "…去持饭", "我们"]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("我门现在要去上课", "我门现…"),
        ("我们现在要去上客", "…上客"),
        ("我们先在要去上课", "我们先在…"),
        ("我们现在咬去上课", "…在咬去…"),
        ("我们现在", "我们现在"),
        ("我们现代", "我们现代"),
        ("他们限载药去尚可", "他们限载药去尚可"),
        ("我们现在要去上课吧", "…课吧"),
    ],
)
def test_what_differs_from_the_highlighted_sentence(text: str, shown: str) -> None:
    assert without_common([("我们现在要去上课", ""), (text, "")], 0)[1] == (shown.replace("…", CUT), "")


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("明天的meeting该到下午两点", "…该到…"),
        ("明天的Meeting改到下午两点", "…的Meeting改…"),
        ("明天得meeting改到下午两点", "明天得…"),
        ("明天的meeting改到下午亮点", "…午亮点"),
        ("明天的meeting到下午两点", "…meeting到…"),
    ],
)
def test_a_part_begins_and_ends_in_no_latin_word(text: str, shown: str) -> None:
    found = without_common([("明天的meeting改到下午两点", ""), (text, "")], 0)[1][0]
    assert found.replace(CUT, "…") == shown


def test_sentences_of_many_differences_show_both_ends() -> None:
    """Where `…一` alone is left of each, nobody can choose."""
    whole = "这个很长的句子要在最下面一行换行显示"
    others = ["航换航线时", "航换航线是", "航换航现实", "航换航显示"]
    rows = [(whole, ""), *((whole[:13] + other, "") for other in others)]
    in_the_middle = replace(measures(40), elide=both_ends)
    first, *others = read(lay_out(rows, in_the_middle, Space(860, 900)).cells)
    assert others == ["…航…时", "…航…是", "…航…实", "…航…航"]
    assert len(first) >= 14


def test_a_difference_near_the_beginning_is_what_is_seen() -> None:
    whole = "前后左右永远共同学习进步的故事"
    others = [whole.replace("左右", "座有"), whole.replace("永远", "永元"), whole.replace("永远", "用源")]
    rows = [(text, "") for text in (whole, *others)]
    in_the_middle = replace(measures(40), elide=both_ends)
    for room, shown in (
        (920, ["前后座有永…", "…永元共…", "…右用源共…"]),
        (700, ["…座有…", "…永元…", "…用源…"]),
        (560, ["…座有", "…永元", "…用源"]),
    ):
        cells = lay_out(rows, in_the_middle, Space(room, 900)).cells
        assert read(cells)[1:] == shown


@pytest.mark.parametrize("room", range(640, 1000, 20))
def test_a_part_of_a_sentence_is_seen_to_be_one(room: int) -> None:
    """扣减免 alone looks like a word that one would get; a hanzi that all share and `…` tells nothing."""
    whole = "对于第二批还款口见面的事"
    others = [
        "对于第二批还款扣减免的事",
        "对于第二批还款口减免的事",
        "对于第二批还宽口见面的时",
        "对于地二批还款口见面的事",
    ]
    in_the_middle = replace(measures(40), elide=both_ends)
    for highlighted in range(5):
        rows = [(text, "") for text in [whole, *others]]
        for i, shown in enumerate(
            read(lay_out(rows, in_the_middle, Space(room, 900, False, highlighted)).cells)
        ):
            text = rows[i][0]
            pieces = shown.split("…")
            assert shown == text or "…" in shown
            assert "……" not in shown
            assert text.startswith(pieces[0]) or room < 720, "too narrow for two hanzi with a sign before"
            assert i == highlighted or set(shown) - {"…"} - set(rows[highlighted][0])


def both_ends(text: str, width: int) -> str:
    n, shown = len(text), text
    while width_of(shown) > width and n > 1:
        n -= 1
        shown = f"{text[: (n + 1) // 2]}{CUT}{text[len(text) - n // 2 :]}"
    return shown


@pytest.mark.parametrize(("n", "highlighted"), [(5, 0), (5, 1), (5, 4), (9, 0), (9, 8)])
def test_what_space_picks_is_read_in_a_narrow_window(n: int, highlighted: int) -> None:
    """`1 超…` beside four other words cut to two hanzi tells nobody what Space would commit."""
    rows = [("超级无敌", ""), ("超级舞迪", ""), ("超级", ""), ("炒鸡", ""), ("超击无敌", "")] * 2
    for room in (390, 420):
        cells = lay_out(rows[:n], measures(40), Space(room, 900, False, highlighted)).cells
        shown = {cell.index: cell.text for cell in cells}
        assert shown[highlighted] == rows[highlighted][0]
        assert len(shown) >= 3


def test_a_candidate_alone_takes_the_line() -> None:
    (cell,) = lay_out([("字" * 20, "")], measures(0), Space(900, 900)).cells
    assert cell.text == "字" * 20
