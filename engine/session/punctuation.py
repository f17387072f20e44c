"""Decide which Chinese punctuation an ASCII key types, given the text before the caret; full width.

There is a table and three rules: quotes alternate, a figure keeps its point, brackets may come in pairs. The
table is the one that fcitx5 (`punc.mb.zh_CN`) and macOS share, with `{` `}` as macOS has them.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

_FIXED: Final[dict[str, str]] = {
    ",": "，",
    ".": "。",
    "?": "？",
    "!": "！",
    ":": "：",
    ";": "；",
    "(": "（",
    ")": "）",
    "<": "《",
    ">": "》",
    "[": "【",
    "]": "】",
    "{": "「",
    "}": "」",
    "\\": "、",
    "^": "……",
    "_": "——",
    "$": "￥",
    "~": "～",
    "`": "·",
}
_QUOTES: Final[dict[str, str]] = {'"': "“”", "'": "‘’"}
_AFTER_DIGIT: Final[str] = ".:"  # 3.14 and 12:30 are figures, not two sentences

_WIDE: Final[dict[int, int]] = {0x20: 0x3000} | {code: code + 0xFEE0 for code in range(0x21, 0x7F)}

_PAIRS: Final[dict[str, str]] = {
    "（": "）",
    "《": "》",
    "【": "】",
    "「": "」",
    "“": "”",
    "‘": "’",
}

PUNCTUATION_KEYS: Final[frozenset[str]] = frozenset(_FIXED) | frozenset(_QUOTES)


def chinese_punctuation(key: str, before: str, *, smart_quotes: bool = True) -> str:
    """Return what `key` types after the text `before`; a key outside the table types itself.

    Without `smart_quotes` a quote stays straight.

    >>> chinese_punctuation(".", "你好"), chinese_punctuation(".", "3")
    ('。', '.')
    """
    if key in _QUOTES:
        return _next_quote(_QUOTES[key], before) if smart_quotes else key
    if key in _AFTER_DIGIT and before[-1:].isascii() and before[-1:].isdigit():
        return key
    return _FIXED.get(key, key)


@dataclass(frozen=True)
class PunctuationMark:
    """A mark to type: `text` replaces `replaced` characters behind the caret; `behind` of it stay behind."""

    text: str
    replaced: int = 0
    behind: int = 0


def paired(mark: str, after: str) -> PunctuationMark:
    """Return an opening mark with its closing one, the caret between; a closing one over itself.

    `after`: the text behind the caret. Before a word the opening mark stays alone: it is put around something
    that is there already.

    >>> paired("（", ""), paired("）", "）。")
    (PunctuationMark(text='（）', replaced=0, behind=1), PunctuationMark(text='）', replaced=1, behind=0))
    """
    if mark in _PAIRS and not after[:1].isalnum():
        return PunctuationMark(mark + _PAIRS[mark], behind=1)
    if mark in _PAIRS.values() and after.startswith(mark):
        return PunctuationMark(mark, replaced=1)
    return PunctuationMark(mark)


def full_width(text: str) -> str:
    """Return ASCII in full width: letters, digits, marks and the space.

    >>> full_width("A1 你")
    'Ａ１　你'
    """
    return text.translate(_WIDE)


def _next_quote(pair: str, before: str) -> str:
    """Return the closing quote if the last one of this line is open, else the opening one.

    Read from the text, not counted: after `“` is deleted, the next quote opens again. A new line starts
    afresh, as a quotation over several paragraphs opens each of them.
    """
    line = before.rpartition("\n")[2]
    last = max(pair, key=line.rfind)
    return pair[1] if last == pair[0] and last in line else pair[0]
