"""Rows of candidates: nothing overlaps, nothing is wider than allowed."""

from __future__ import annotations

import pytest

from ime_app.candidate_layout import PADDING, Measures, lay_out


def measures(page_width: int) -> Measures:
    return Measures(
        row_height=30,
        number_width=8,
        page_width=page_width,
        width_of=lambda text: 20 * len(text),
        elide=lambda text, width: text if 20 * len(text) <= width else text[: max(0, width // 20)],
    )


@pytest.mark.parametrize("page_width", [0, 40])
@pytest.mark.parametrize("max_width", [200, 420, 720])
@pytest.mark.parametrize("lengths", [[], [1], [2] * 9, [7, 7, 7, 7, 7, 3, 3, 3, 3], [50, 1], [20] * 9])
def test_rectangles(lengths: list[int], max_width: int, page_width: int) -> None:
    layout = lay_out(["字" * length for length in lengths], measures(page_width), max_width)
    assert layout.size.width() <= max_width
    assert [cell.index for cell in layout.cells] == list(range(len(lengths)))
    rects = [cell.rect for cell in layout.cells]
    rects += [layout.page_text, layout.previous_mark, layout.next_mark] if page_width else []
    for i, rect in enumerate(rects):
        assert rect.left() >= PADDING
        assert rect.right() < layout.size.width()
        assert rect.bottom() < layout.size.height()
        assert not any(rect.intersects(other) for other in rects[:i])


def test_a_long_candidate_is_shortened() -> None:
    (cell,) = lay_out(["字" * 50], measures(0), 300).cells
    assert 0 < len(cell.text) < 50
