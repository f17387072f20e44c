"""Numbers in hanzi: tables of what people write."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.rewriters.numerals import FORMAL, digits, grouped, money, spoken


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "零"),
        ("2", "二"),
        ("10", "十"),
        ("15", "十五"),
        ("20", "二十"),
        ("100", "一百"),
        ("105", "一百零五"),
        ("110", "一百一十"),
        ("115", "一百一十五"),
        ("1000", "一千"),
        ("1005", "一千零五"),
        ("1050", "一千零五十"),
        ("1500", "一千五百"),
        ("10000", "一万"),
        ("10001", "一万零一"),
        ("10010", "一万零一十"),
        ("10500", "一万零五百"),
        ("100000", "十万"),
        ("105000", "十万五千"),
        ("120000", "十二万"),
        ("1000000", "一百万"),
        ("10000000", "一千万"),
        ("100000000", "一亿"),
        ("100000001", "一亿零一"),
        ("100010000", "一亿零一万"),
        ("1050000000", "十亿五千万"),
        ("1000000000000", "一万亿"),
        ("1000000005000", "一万亿零五千"),
        ("1000100000000", "一万零一亿"),
        ("1234567890123456", "一千二百三十四万五千六百七十八亿九千零一十二万三千四百五十六"),
        ("-5", "负五"),
        ("-12.5", "负十二点五"),
        ("0.05", "零点零五"),
        ("123.45", "一百二十三点四五"),
        ("100.10", "一百点一零"),
        ("007", "七"),
        ("12345678901234567", None),
    ],
)
def test_spoken(number: str, text: str | None) -> None:
    assert spoken(number) == text


@pytest.mark.parametrize(
    ("number", "text"),
    [
        ("0", "零元整"),
        ("10", "壹拾元整"),
        ("100", "壹佰元整"),
        ("123.45", "壹佰贰拾叁元肆角伍分"),
        ("123.4", "壹佰贰拾叁元肆角"),
        ("123.40", "壹佰贰拾叁元肆角"),
        ("123.05", "壹佰贰拾叁元零伍分"),
        ("0.5", "伍角"),
        ("0.05", "伍分"),
        ("0.00", "零元整"),
        ("10500", "壹万零伍佰元整"),
        ("-8.88", "负捌元捌角捌分"),
        ("1.234", None),
        ("12345678901234567", None),
    ],
)
def test_money(number: str, text: str | None) -> None:
    assert money(number) == text


def test_other_forms() -> None:
    assert spoken("105", FORMAL) == "壹佰零伍"
    assert spoken("10.5", FORMAL) == "壹拾点伍"
    assert digits("2026") == "二〇二六"
    assert digits("-3.14") == "负三点一四"
    assert grouped("1234567.89") == "1,234,567.89"
    assert grouped("-1000") == "-1,000"
    with pytest.raises(ValueError, match="expected a decimal number"):
        spoken("1e5")


VALUES = {character: value for value, character in enumerate("零一二三四五六七八九")}
UNITS = {"十": 10, "百": 100, "千": 1000}


def read_back(text: str) -> int:
    """Return what a person would take the hanzi for."""
    for unit, size in (("亿", 10**8), ("万", 10**4)):
        head, found, tail = text.rpartition(unit)
        if found:
            return read_back(head) * size + read_back(tail)
    total, digit = 0, None
    for character in text:
        if character in UNITS:
            total += (1 if digit is None else digit) * UNITS[character]
            digit = None
        else:
            digit = VALUES[character] or None
    return total + (digit or 0)


@given(st.integers(0, 10**16 - 1))
def test_what_is_written_reads_as_the_number(number: int) -> None:
    text = spoken(str(number))
    assert text is not None
    assert read_back(text) == number
    assert "零零" not in text
    assert len(text) == 1 or not text.endswith("零")
