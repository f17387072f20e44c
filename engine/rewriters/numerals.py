"""Write numbers in hanzi: as spoken, as on a cheque, digit by digit.

The forms are 一百二十三点四五, 壹佰贰拾叁元肆角伍分 and 一二三. A number that has no such form gives None: 17
digits before the point, a tenth of a fen.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

MAX_DIGITS: Final[int] = 16  # before the point: up to 千万亿

_NUMBER: Final = re.compile(r"(-?)([0-9]+)(?:\.([0-9]*))?")
_UNITS_OF_GROUP: Final[tuple[str, ...]] = ("", "万", "亿", "万")  # of four digits each, from the right
_COINS: Final[str] = "角分"


@dataclass(frozen=True)
class Style:
    """The hanzi of one way to write numbers.

    `digits`: 0 to 9; `units`: of ten, a hundred and a thousand; `bare_ten`: 十五, not 一十五.
    """

    digits: str
    units: str
    minus: str
    bare_ten: bool


SPOKEN: Final[Style] = Style("零一二三四五六七八九", "十百千", "负", bare_ten=True)
FORMAL: Final[Style] = Style("零壹贰叁肆伍陆柒捌玖", "拾佰仟", "负", bare_ten=False)


def spoken(number: str, style: Style = SPOKEN) -> str | None:
    """Return the number with its units.

    >>> spoken("10500.05"), spoken("105", FORMAL)
    ('一万零五百点零五', '壹佰零伍')
    """
    sign, whole, fraction = _parts(number)
    if len(whole) > MAX_DIGITS:
        return None
    point = "点" + _each(fraction, style.digits) if fraction else ""
    return (style.minus if sign else "") + _whole(whole, style) + point


def money(number: str) -> str | None:
    """Return the amount as a cheque has it.

    >>> money("123.45"), money("100"), money("1.05")
    ('壹佰贰拾叁元肆角伍分', '壹佰元整', '壹元零伍分')
    """
    sign, whole, fraction = _parts(number)
    if len(whole) > MAX_DIGITS or len(fraction.rstrip("0")) > len(_COINS):
        return None
    coins = fraction.rstrip("0")
    pieces = [] if whole == "0" and coins else [_whole(whole, FORMAL), "元"]
    for digit, coin in zip(coins, _COINS, strict=False):
        if digit != "0":
            pieces += [FORMAL.digits[int(digit)], coin]
        elif pieces:
            pieces.append("零")
    if not coins:
        pieces.append("整")
    return (FORMAL.minus if sign else "") + "".join(pieces)


def digits(number: str) -> str:
    """Return the number digit by digit, as a year or a telephone number is read: 二〇二六."""
    sign, whole, fraction = _parts(number)
    each = _each(whole, "〇一二三四五六七八九")
    point = "点" + _each(fraction, "〇一二三四五六七八九") if fraction else ""
    return (SPOKEN.minus if sign else "") + each + point


def grouped(number: str) -> str:
    """Return the number with a comma after every three digits: 1,234,567.8."""
    sign, whole, fraction = _parts(number)
    return f"{sign}{int(whole):,}" + (f".{fraction}" if fraction else "")


def _parts(number: str) -> tuple[str, str, str]:
    """Sign, digits before the point without leading zeros, digits after it."""
    match = _NUMBER.fullmatch(number)
    if match is None:
        raise ValueError(f"expected a decimal number, found {number!r}")
    sign, whole, fraction = match.groups()
    return sign, whole.lstrip("0") or "0", fraction or ""


def _each(string: str, hanzi: str) -> str:
    return "".join(hanzi[int(digit)] for digit in string)


def _whole(whole: str, style: Style) -> str:
    """Return a number without sign or point, by groups of four digits: 万, 亿, 万亿."""
    if whole == "0":
        return style.digits[0]
    groups = [whole[max(0, end - 4) : end] for end in range(len(whole), 0, -4)]
    text, gap = "", False
    for place in range(len(groups) - 1, -1, -1):
        group = groups[place]
        if int(group):
            needs_zero = bool(text) and (gap or group[0] == "0")
            text += style.digits[0] * needs_zero + _group(group, style) + _UNITS_OF_GROUP[place]
        elif place == 2 and text:  # 一万亿: the 亿 stands although its own group is zero
            text += "亿"
        gap = not int(group)
    if style.bare_ten and text.startswith("一十"):
        text = text[1:]
    return text


def _group(group: str, style: Style) -> str:
    """Return up to four digits: 1050 is 一千零五十."""
    text, gap = "", False
    for place, digit in enumerate(group):
        power = len(group) - 1 - place
        if digit == "0":
            gap = bool(text)
            continue
        unit = style.units[power - 1] if power else ""
        text += style.digits[0] * gap + style.digits[int(digit)] + unit
        gap = False
    return text
