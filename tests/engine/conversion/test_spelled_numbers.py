"""Numbers spelt out inside what is typed, and what must not become one."""

from __future__ import annotations

import pytest

from engine.conversion.converter import Converter
from engine.factory import create_converter
from engine.model.bundle import Bundle
from resources import MODEL


@pytest.fixture(scope="module")
def converter() -> Converter:
    return create_converter(Bundle.load(MODEL))


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("yaosanbalingwuersanjiuliusi", "幺三八零五二三九六四"),
        ("sidianbaqiwuqi", "四点八七五七"),
        ("qidianersi", "七点二四"),
        ("sanqianerbaiwushiyi", "三千二百五十一"),
        ("erlingerliunianshiyiyueershijiuri", "二零二六年十一月二十九日"),
    ],
)
def test_a_number_is_read_as_one(converter: Converter, keys: str, expected: str) -> None:
    assert converter.convert(keys).candidates[0].text == expected


@pytest.mark.parametrize(
    ("keys", "expected"),
    [("ershiyiyongyou", "而是"), ("womenyiqishi", "我们一起"), ("jiushiyigeren", "就是一个人")],
)
def test_plain_text_does_not_become_a_number(converter: Converter, keys: str, expected: str) -> None:
    assert converter.convert(keys).candidates[0].text.startswith(expected)
