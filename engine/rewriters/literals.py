"""Decide which keys besides letters extend an input that is no pinyin: numbers, code points, addresses.

`v` and `u` begin no syllable of full pinyin, and no word holds `www.`, `http:` or `@`: behind them digits and
marks are text. A candidate is then picked by Space, by arrows or by the mouse.
"""

from __future__ import annotations

import re
from typing import Final

NUMERAL: Final[str] = "v"
CODE_POINT: Final[str] = "u"

_SCHEMES: Final[str] = "https?|ftp|file|mailto"
_NUMERAL_KEYS: Final = re.compile(r"v[-0-9.+*/()^%=]*")
_CODE_POINT_KEYS: Final = re.compile(r"u\+?[0-9a-f]{0,5}")
_WEB: Final = re.compile(rf"(www\.|({_SCHEMES}):).*", re.IGNORECASE)
_MAIL: Final = re.compile(r"[a-z][-0-9a-z._]*@.*", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"[a-z][-0-9a-z]*(\.[a-z][-0-9a-z]*)+([^-0-9a-z@].*)?", re.IGNORECASE)
_WORD: Final = re.compile(r"[A-Z][A-Za-z0-9]*")
_BEFORE_COLON: Final = re.compile(_SCHEMES, re.IGNORECASE)
_BEFORE_AT: Final = re.compile(r"(?![vu][0-9])[a-z][0-9a-z]*", re.IGNORECASE)

_DIGITS: Final[str] = "0123456789"
_AFTER_NUMERAL: Final[str] = _DIGITS + "(-."  # what a number or a sum can begin with
_IN_NUMERAL: Final[str] = _DIGITS + ".+-*/()^%="
_IN_WEB: Final[str] = _DIGITS + ".-_~:/?#@&=+%"
_IN_MAIL: Final[str] = _DIGITS + ".-_"


def is_address(letters: str) -> bool:
    """Return whether the letters are a web or mail address, or the beginning of one."""
    return any(form.fullmatch(letters) for form in (_WEB, _MAIL, _DOMAIN))


def continues_computed(typed: str, character: str) -> bool:
    """Return whether the character extends a number (`v12`) or a code point (`u4f`).

    Only from the beginning: the `v` left over of `nihaov` is a slip, and a digit then picks.
    """
    if typed == NUMERAL:
        return character in _AFTER_NUMERAL
    if typed == CODE_POINT:
        return character in _DIGITS + "+"
    if _CODE_POINT_KEYS.fullmatch(typed):
        return character in _DIGITS
    return bool(_NUMERAL_KEYS.fullmatch(typed)) and character in _IN_NUMERAL


def continues_address(typed: str, character: str) -> bool:
    """Return whether the character makes an address of the letters, or extends one; hanzi may precede it.

    `nihao,` and `nihao.` are none: only what cannot be meant otherwise.
    """
    letters = _letters_of(typed)
    if _WEB.fullmatch(letters) or _DOMAIN.fullmatch(letters):
        return character in _IN_WEB
    if _MAIL.fullmatch(letters):
        return character in _IN_MAIL
    if character == ".":
        return letters.lower() == "www"
    if character == ":":
        return bool(_BEFORE_COLON.fullmatch(letters))
    return character == "@" and bool(_BEFORE_AT.fullmatch(letters))


def continues_word(typed: str, character: str) -> bool:
    """Return whether a digit may extend an English word with a capital: A4, GPT4, Name123.

    Only where it picks nothing.
    """
    return character in _DIGITS and bool(_WORD.fullmatch(_letters_of(typed)))


def _letters_of(typed: str) -> str:
    """Return the end of `typed` that is ASCII."""
    end = len(typed)
    while end and typed[end - 1].isascii():
        end -= 1
    return typed[end:]
