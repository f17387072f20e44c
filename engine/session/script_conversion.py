"""Convert simplified hanzi to traditional and back, by OpenCC.

OpenCC is loaded on first use, so that users of simplified characters pay nothing at start.
"""

from __future__ import annotations

from typing import Final, Protocol

from engine.errors import MoyinError

VARIANTS: Final[dict[str, str]] = {  # to traditional: back to simplified
    "s2t": "t2s",  # OpenCC's own standard
    "s2tw": "tw2s",  # Taiwan
    "s2twp": "tw2sp",  # Taiwan, with its words (软件 is 軟體)
    "s2hk": "hk2s",  # Hong Kong
}


class Script(Protocol):
    """A converter of text between simplified and traditional characters."""

    def traditional(self, text: str) -> str: ...
    def simplified(self, text: str) -> str: ...


class ScriptError(MoyinError):
    """Traditional output that is not available; the message says what to do."""


class OpenccScript:
    """The script of one of `VARIANTS`; loads its tables. Raises ScriptError."""

    def __init__(self, variant: str) -> None:
        if variant not in VARIANTS:
            raise ScriptError(
                f"expected one of {', '.join(VARIANTS)} as traditional hanzi, found {variant!r}"
            )
        try:
            from opencc import OpenCC  # 0.15 s and 44 MB that most users never need
        except ImportError as error:
            message = "traditional hanzi need the package opencc: python -m pip install opencc"
            raise ScriptError(message) from error
        self._there = OpenCC(variant)
        self._back = OpenCC(VARIANTS[variant])

    def traditional(self, text: str) -> str:
        return str(self._there.convert(text))

    def simplified(self, text: str) -> str:
        return str(self._back.convert(text))
