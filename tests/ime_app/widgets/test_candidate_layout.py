"""Rows of candidates: nothing overlaps, nothing is larger than allowed."""

from __future__ import annotations

import pytest

from ime_app.widgets.candidate_layout import PADDING, BarLayout, Measures, Space, lay_out


def cut(text: str, width: int) -> str:
    return text if 20 * len(text) <= width else text[: max(0, width // 20)]


def measures(page_width: int) -> Measures:
    return Measures(
        row_height=30,
        number_width=8,
        page_width=page_width,
        width_of=lambda text: 20 * len(text),
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
    assert size[1] < 900 or len(shown) == n_row
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
    short, long = lay_out([("字", "注" * 30), ("字" * 12, "注")], measures(0), Space(300, 900)).cells
    assert 0 < len(short.annotation) < 30
    assert (long.text, long.annotation) == ("字" * 12, "")


def test_a_column_has_one_width() -> None:
    layout = lay_out([("字", ""), ("字" * 5, "注")], measures(40), Space(300, 900, vertical=True))
    assert len({cell.rect.width() for cell in layout.cells}) == 1
    assert layout.page_text.top() > layout.cells[-1].rect.bottom()
