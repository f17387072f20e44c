"""Recognise addresses that only show themselves at their end: `baidu.com`, `zhang.san@`.

While letters are composed `.` turns the page. Nobody turns a page, types `com` and means pinyin: the letters
are then what they would be in any editor.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import Final

from engine.session.composition import Composition

# Ends that people type and that no pinyin begins with, or none that anybody would page before.
_DOMAINS: Final[frozenset[str]] = frozenset("com cn net org edu gov io dev info".split())
_PART: Final[re.Pattern[str]] = re.compile(r"[A-Za-z][-0-9A-Za-z]*")


def dotted(keys: str, dots: Sequence[int]) -> str | None:
    """Return the letters with their dots, once they end like an address; None until then.

    >>> dotted("baiduco", [5]), dotted("baiducom", [5]), dotted("mailqqcom", [4, 6])
    (None, 'baidu.com', 'mail.qq.com')
    """
    parts = [keys[start:end] for start, end in pairwise([0, *dots, len(keys)])]
    is_mail = parts[-1].endswith("@")
    parts[-1] = parts[-1].removesuffix("@")
    if len(parts) < 2 or not all(map(_PART.fullmatch, parts)):
        return None
    text = ".".join(parts)
    return f"{text}@" if is_mail else text if parts[-1].lower() in _DOMAINS else None


def complete_address(composition: Composition, dots: tuple[int, ...]) -> tuple[Composition, tuple[int, ...]]:
    """Return the composition with the dots that its last letter reveals, and the dots that are still open."""
    if not dots or composition.caret < len(composition.keys):
        return composition, ()
    address = dotted(composition.keys, dots)
    if address is None:
        return composition, dots
    return replace(composition, keys=address, caret=len(address)), ()
