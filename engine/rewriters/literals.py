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
_NUMERAL_KEYS: Final = re.compile(r"v[-0-9.,+*/()^%=]*")
_CODE_POINT_KEYS: Final = re.compile(r"u\+?[0-9a-f]{0,5}")
_WEB: Final = re.compile(rf"(www\.|({_SCHEMES}):).*", re.IGNORECASE)
_MAIL: Final = re.compile(r"[a-z][-0-9a-z._]*@.*", re.IGNORECASE)
_DOMAIN: Final = re.compile(r"[a-z][-_0-9a-z]*(\.[a-z][-0-9a-z]*)+([^-0-9a-z@].*)?", re.IGNORECASE)
_BEFORE_COLON: Final = re.compile(_SCHEMES, re.IGNORECASE)
_BEFORE_AT: Final = re.compile(r"(?![vu][0-9])[a-z][0-9a-z]*", re.IGNORECASE)

# Ends of addresses and of files, which nobody means as pinyin behind a point.
DOMAINS: Final[frozenset[str]] = frozenset("com cn net org edu gov io dev info".split())
FILES: Final[frozenset[str]] = frozenset(
    "txt doc docx pdf xls xlsx csv ppt pptx png jpg jpeg gif svg html htm css xml json yaml yml toml "
    "zip rar tar exe apk dll wav mkv avi mov mp3 mp4 bz2 tsv sql bak ini cfg log conf php java lua lock "
    "epub ttf".split()
)
ENDINGS: Final[frozenset[str]] = DOMAINS | FILES
# Units that nobody spells in hanzi by their initials behind a digit: 5km, but 5kb may be 5块吧.
UNITS: Final[frozenset[str]] = frozenset("kg mg mm cm km ml px".split())

DIGITS: Final[str] = "0123456789"
_AFTER_NUMERAL: Final[str] = DIGITS + "(-."  # what a number or a sum can begin with
_IN_NUMERAL: Final[str] = DIGITS + ".+-*/()^%="
_GROUPED: Final = re.compile(r"v-?[0-9]{1,3}(,[0-9]{3})*")  # a comma may follow
_IN_WEB: Final[str] = DIGITS + ".-_~:/?#@&=+%"
_IN_MAIL: Final[str] = DIGITS + ".-_"
IN_NAME: Final[str] = "-_/+#&"
JOINING: Final[frozenset[str]] = frozenset("-_")


def is_address(letters: str) -> bool:
    """Return whether the letters are a web or mail address, or the beginning of one."""
    if _WEB.fullmatch(letters) or _MAIL.fullmatch(letters):
        return True
    domain = _DOMAIN.fullmatch(letters)
    labels = re.split(r"[^-_0-9a-z.]", letters.lower())[0].split(".")
    return domain is not None and not ENDINGS.isdisjoint(labels[1:])


def continues_computed(typed: str, character: str) -> bool:
    """Return whether the character extends a number (`v12`) or a code point (`u4f`).

    Only from the beginning: the `v` left over of `nihaov` is a slip, and a digit then picks.
    """
    if typed == NUMERAL:
        return character in _AFTER_NUMERAL
    if typed == CODE_POINT:
        return character in DIGITS + "+"
    if _CODE_POINT_KEYS.fullmatch(typed):
        return character in DIGITS
    return bool(_NUMERAL_KEYS.fullmatch(typed)) and character in _IN_NUMERAL


def is_grouped(letters: str) -> bool:
    """Return whether a comma may stand in the number behind these letters: `v1`, `v12,345`."""
    return bool(_GROUPED.fullmatch(letters))


def continues_address(typed: str, character: str) -> bool:
    """Return whether the character makes an address of the letters, or extends one; hanzi may precede it.

    `nihao,` and `nihao.` are none: only what cannot be meant otherwise.
    """
    letters = letters_of(typed)
    if _WEB.fullmatch(letters) or _DOMAIN.fullmatch(letters):
        return character in _IN_WEB
    if _MAIL.fullmatch(letters):
        return character in _IN_MAIL
    if character == ".":
        return letters.lower() == "www"
    if character == ":":
        return bool(_BEFORE_COLON.fullmatch(letters))
    return character == "@" and bool(_BEFORE_AT.fullmatch(letters))


def continues_name(piece: str, character: str) -> bool:
    """Return whether a digit or mark goes on a name: A4, iPhone15, u1s1, Wi-Fi, C++, data_v2.

    `piece` is what stands behind the last end of a syllable. A name has a capital or a digit in it, or a mark
    that joins.
    """
    if character in DIGITS and any(mark in piece for mark in IN_NAME):
        return True
    if not any(each.isupper() or each.isdigit() for each in piece):
        return False
    if character in DIGITS:
        return True
    return character in IN_NAME and (piece[-1].isalnum() or (piece[-1] == character and character in "+#"))


def letters_of(typed: str) -> str:
    """Return the end of `typed` that is ASCII."""
    end = len(typed)
    while end and typed[end - 1].isascii():
        end -= 1
    return typed[end:]
