"""Offer what `v` and `u` open: numbers in hanzi, sums, and characters by their code point.

No syllable begins with `v` or `u`, so such an input can mean nothing else, and its first candidate is the
first of these.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from datetime import date
from typing import Final

from engine.rewriters.calculator import evaluate_expression
from engine.rewriters.date_rewriter import date_texts
from engine.rewriters.literals import CODE_POINT, NUMERAL
from engine.rewriters.numerals import FORMAL, digits, grouped, money, spoken
from engine.rewriters.rewriter import Candidates, RewriterOptions, computed, inserted

_NUMBER: Final = re.compile(r"-?[0-9]+\.?[0-9]*|-?\.[0-9]+")
_DATE: Final = re.compile(r"([0-9]{4})[-./]([0-9]{1,2})[-./]([0-9]{1,2})")
_POINT: Final = re.compile(r"\+?([0-9a-f]{2,6})")


class NumberRewriter:
    """A rewriter for `v123.45`, `v2*(3+4)`, `v2026-11-24`."""

    def is_on(self, options: RewriterOptions) -> bool:
        return options.computed and options.full_pinyin

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Put the forms of the number, sum or date first."""
        if not letters.startswith(NUMERAL) or len(letters) == 1:
            return candidates
        texts = _distinct(_texts_of(letters.removeprefix(NUMERAL).replace(",", "")))
        return inserted(candidates, computed(letters, texts), 0)


class CodePointRewriter:
    """A rewriter for `u4f60` and `u1f600`; `uface` may also be a slip, so letters alone come second."""

    def is_on(self, options: RewriterOptions) -> bool:
        return options.computed and options.full_pinyin

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Add the character of the code point."""
        if not letters.startswith(CODE_POINT):
            return candidates
        match = _POINT.fullmatch(letters.removeprefix(CODE_POINT))
        character = character_of_code_point(int(match.group(1), 16)) if match else None
        if match is None or character is None:
            return candidates
        name = f"U+{int(match.group(1), 16):04X}"
        is_certain = not match.group(1).isalpha() or letters.startswith("u+")
        place = 0 if is_certain else 1
        return (*candidates[:place], *computed(letters, [character], name), *candidates[place:])


def character_of_code_point(code_point: int) -> str | None:
    """Return the character; None if nothing is assigned that could stand in a text."""
    if code_point > 0x10FFFF:
        return None
    character = chr(code_point)
    return None if unicodedata.category(character) in ("Cc", "Cn", "Co", "Cs", "Zl", "Zp") else character


def number_texts(number: str) -> list[str]:
    """Return the ways to write a decimal number, the commonest first."""
    found = [spoken(number), money(number), plain(number), spoken(number, FORMAL), digits(number)]
    return [text for text in (*found, grouped(number)) if text is not None]


def plain(number: str) -> str:
    """Return the number in its own digits: `.5` is 0.5, `5.` is 5."""
    sign, rest = ("-", number[1:]) if number.startswith("-") else ("", number)
    whole, _, fraction = rest.partition(".")
    return sign + (whole or "0") + (f".{fraction}" if fraction else "")


def _texts_of(expression: str) -> Iterable[str]:
    if _NUMBER.fullmatch(expression):
        return number_texts(plain(expression))
    day = _date_of(expression)
    dates = list(date_texts(day)) if day else []
    value = evaluate_expression(expression)
    if value is None:
        return dates
    written = expression.removesuffix("=") + ")" * (expression.count("(") - expression.count(")"))
    return [*dates, value, f"{written}={value}", *number_texts(value)]


def _date_of(expression: str) -> date | None:
    match = _DATE.fullmatch(expression)
    try:
        return date(*map(int, match.groups())) if match else None
    except ValueError:  # the 31st of February
        return None


def _distinct(texts: Iterable[str]) -> list[str]:
    return list(dict.fromkeys(texts))
