"""What goes through the socket comes out again, whatever stands in the fields."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from ime_app.fcitx5.packets import packed, unpacked

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@given(st.lists(TEXTS, min_size=1))
def test_fields_come_back(fields: list[str]) -> None:
    assert unpacked(packed(fields)) == fields


def test_flags_and_numbers_and_half_a_character() -> None:
    assert packed(["table", -1, True, False]) == b"table\t-1\t1\t0"
    assert unpacked(packed(["commit", "\ud83d"])) == ["commit", "?"]
    assert unpacked(b"text\t\xff") == ["text", "\ufffd"]
