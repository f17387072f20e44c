"""Fill in the variables of custom phrases, `{date}`, `{time}` and `{weekday}`, in the user's formats.

A pattern may stand in the text itself, `{date:YYYY-MM-DD}`; without one the user's format holds. `{{date}}`
is the text `{date}`, and whatever else stands in braces stays as it is.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Final

from engine.rewriters.numerals import digits, spoken

DEFAULT_FORMATS: Final[dict[str, str]] = {"date": "YYYY年M月D日", "time": "HH:mm", "weekday": "星期W"}

_VARIABLE: Final[re.Pattern[str]] = re.compile(
    r"\{\{(date|time|weekday)(:[^{}\n]*)?\}\}|\{(date|time|weekday)(?::([^{}\n]+))?\}"
)


def _spoken(number: int) -> str:
    return spoken(str(number)) or str(number)


def _spoken_behind_hour(number: int) -> str:
    """Return a minute or second as it is read: 零六."""
    return f"零{_spoken(number)}" if 0 < number < 10 else _spoken(number)


_WEEKDAYS: Final[str] = "一二三四五六日"
_TOKENS: Final[dict[str, Callable[[datetime], str]]] = {
    "CYYYY": lambda moment: digits(str(moment.year)),
    "CYY": lambda moment: digits(str(moment.year))[-2:],
    "YYYY": lambda moment: str(moment.year),
    "YY": lambda moment: f"{moment.year % 100:02}",
    "CM": lambda moment: _spoken(moment.month),
    "MM": lambda moment: f"{moment.month:02}",
    "M": lambda moment: str(moment.month),
    "CD": lambda moment: _spoken(moment.day),
    "DD": lambda moment: f"{moment.day:02}",
    "D": lambda moment: str(moment.day),
    "CH": lambda moment: _spoken(moment.hour),
    "HH": lambda moment: f"{moment.hour:02}",
    "H": lambda moment: str(moment.hour),
    "Ch": lambda moment: _spoken((moment.hour - 1) % 12 + 1),
    "hh": lambda moment: f"{(moment.hour - 1) % 12 + 1:02}",
    "h": lambda moment: str((moment.hour - 1) % 12 + 1),
    "Cm": lambda moment: _spoken_behind_hour(moment.minute),
    "mm": lambda moment: f"{moment.minute:02}",
    "m": lambda moment: str(moment.minute),
    "Cs": lambda moment: _spoken_behind_hour(moment.second),
    "ss": lambda moment: f"{moment.second:02}",
    "s": lambda moment: str(moment.second),
    "AP": lambda moment: "AM" if moment.hour < 12 else "PM",
    "A": lambda moment: "上午" if moment.hour < 12 else "下午",
    "W": lambda moment: _WEEKDAYS[moment.weekday()],
    "w": lambda moment: str(moment.isoweekday()),
}
_TOKEN: Final[re.Pattern[str]] = re.compile("|".join(_TOKENS))  # the longer of two stands before the shorter


def filled_in(text: str, moment: datetime, formats: Mapping[str, str] = DEFAULT_FORMATS) -> str:
    """Return the text with the moment in place of its variables; `formats` by the name of the variable."""

    def value(found: re.Match[str]) -> str:
        if found[1]:
            return found[0][1:-1]
        pattern = found[4] or formats.get(found[3]) or DEFAULT_FORMATS[found[3]]
        return _TOKEN.sub(lambda token: _TOKENS[token[0]](moment), pattern)

    return _VARIABLE.sub(value, text) if "{" in text else text


def has_variables(text: str) -> bool:
    """Return whether the text differs from one moment to another."""
    return any(found[3] for found in _VARIABLE.finditer(text))


def pieces_of(text: str, formats: Mapping[str, str] = DEFAULT_FORMATS) -> list[tuple[bool, str]]:
    """Return the text in pieces: True with a token of a pattern (`YYYY`), False with plain text."""
    pieces: list[tuple[bool, str]] = []
    end = 0
    for found in _VARIABLE.finditer(text):
        pieces.append((False, text[end : found.start()]))
        end = found.end()
        if found[1]:
            pieces.append((False, found[0][1:-1]))
            continue
        pattern = found[4] or formats.get(found[3]) or DEFAULT_FORMATS[found[3]]
        last = 0
        for token in _TOKEN.finditer(pattern):
            pieces += [(False, pattern[last : token.start()]), (True, token[0])]
            last = token.end()
        pieces.append((False, pattern[last:]))
    pieces.append((False, text[end:]))
    return [piece for piece in pieces if piece[1]]


def as_written(text: str) -> str:
    """Return the text in such a form that no brace of it is taken for a variable."""
    return _VARIABLE.sub(lambda found: found[0] if found[1] else f"{{{found[0]}}}", text)
