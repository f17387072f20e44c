"""Define what a field can do and asks for, and what is shown beside it: candidates and menu.

The numbers are IBus' own (`ibustypes.h`), whatever protocol carries them.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import IntFlag
from typing import Final


class Capability(IntFlag):
    """What a client can do."""

    PREEDIT = 1 << 0
    AUXILIARY = 1 << 1
    TABLE = 1 << 2
    FOCUS = 1 << 3
    PROPERTY = 1 << 4
    SURROUNDING = 1 << 5


class Purpose:
    """What a field is for; the rest of IBusInputPurpose changes nothing here."""

    PASSWORD: Final[int] = 8
    PIN: Final[int] = 9


class Hint(IntFlag):
    """What a client says of a field besides."""

    PRIVATE = 1 << 11
    HIDDEN_TEXT = 1 << 12  # since IBus 1.5.34


class PropertyType:
    """What an item of the menu is, by the numbers of IBusPropType."""

    NORMAL: Final[int] = 0
    TOGGLE: Final[int] = 1
    SEPARATOR: Final[int] = 4


@dataclass(frozen=True)
class MenuItem:
    """An item of the indicator's menu; `symbol` is what the indicator itself shows."""

    name: str
    label: str = ""
    symbol: str = ""
    tip: str = ""
    kind: int = PropertyType.NORMAL
    is_on: bool = False


@dataclass(frozen=True)
class Table:
    """A page of candidates, each a text and the small print behind it.

    `has_before` and `has_after`: there are pages on that side.
    """

    rows: tuple[tuple[str, str], ...] = ()
    highlighted: int = 0  # index into rows; -1 where none is
    page_size: int = 9
    has_before: bool = False
    has_after: bool = False
    vertical: bool = False
