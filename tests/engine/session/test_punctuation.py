"""The punctuation table and its rules, full width."""

from __future__ import annotations

import pytest

from engine.session.punctuation import (
    PUNCTUATION_KEYS,
    PunctuationMark,
    chinese_punctuation,
    full_width,
    paired,
)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        (",.?!:;", "，。？！：；"),
        ("()<>[]{}", "（）《》【】「」"),
        ("\\^_$~`", "、……——￥～·"),
        ("@#%&*+-=/|", "@#%&*+-=/|"),  # as on the keyboard
        ("aA1é😀", "aA1é😀"),
    ],
)
def test_table(keys: str, text: str) -> None:
    assert "".join(chinese_punctuation(key, "好") for key in keys) == text


@pytest.mark.parametrize(
    ("key", "before", "typed"),
    [
        (".", "3", "."),  # 3.14
        (":", "12", ":"),  # 12:30
        (",", "3", "，"),
        (".", "３", "。"),  # a full-width figure is text
        (".", "", "。"),
        ('"', "", "“"),
        ('"', "他说：“好", "”"),
        ('"', "“好”", "“"),
        ('"', "“甲\n", "“"),  # a quotation opens again in each paragraph
        ("'", "“‘好", "’"),
        ('"', "“‘好’", "”"),
        ("'", "“", "‘"),
    ],
)
def test_rules(key: str, before: str, typed: str) -> None:
    assert chinese_punctuation(key, before) == typed


def test_every_key_of_the_table_types_something_else() -> None:
    assert all(chinese_punctuation(key, "好") != key for key in PUNCTUATION_KEYS)
    assert {key for key in PUNCTUATION_KEYS if chinese_punctuation(key, "3") == key} == {".", ":"}


def test_straight_quotes() -> None:
    assert chinese_punctuation('"', "他说：", smart_quotes=False) == '"'
    assert chinese_punctuation("'", "", smart_quotes=False) == "'"
    assert chinese_punctuation("(", "", smart_quotes=False) == "（"


@pytest.mark.parametrize(
    ("mark", "after", "expected"),
    [
        ("（", "", PunctuationMark("（）", behind=1)),
        ("“", "。", PunctuationMark("“”", behind=1)),
        ("《", "）", PunctuationMark("《》", behind=1)),
        ("（", "世", PunctuationMark("（")),
        ("（", "3", PunctuationMark("（")),
        ("）", "）。", PunctuationMark("）", replaced=1)),
        ("）", "”", PunctuationMark("）")),
        ("）", "", PunctuationMark("）")),
        ("，", "", PunctuationMark("，")),
        ("(", "", PunctuationMark("(")),
    ],
)
def test_pairs(mark: str, after: str, expected: PunctuationMark) -> None:
    assert paired(mark, after) == expected


def test_full_width() -> None:
    assert full_width("Az09 !~") == "Ａｚ０９　！～"
    assert full_width("你好，é😀") == "你好，é😀"
