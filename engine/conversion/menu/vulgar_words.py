"""Keep vulgar words from the first place, which Space takes unseen, until their user has picked them.

They are one place further back then. The list is the project's own: insults and slang, no terms of medicine
or law.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from engine.protocol import Candidate

# In any text; what is plain inside others (操你 in 体操你, 做爱 in 做爱国者) counts only alone.
_ANYWHERE: Final[tuple[str, ...]] = tuple(
    "傻逼 傻屄 煞笔 鸡巴 操你妈 草你妈 日你妈 操你大爷 骚逼 操逼 婊子 骚货 贱货 屁眼 肏 屄".split()
)
_ALONE: Final[frozenset[str]] = frozenset(
    "鸡吧 操你 我操 我草 日你 去你妈 去你妈的 滚你妈 滚你妈的 你妈逼 妈逼 妈比".split()
    + "他妈的 你妈的 傻比 狗日 狗日的 贱人 做爱 口交 肛交 手淫 自慰".split()
    + "打飞机 淫荡 淫水 淫妇 荡妇 奶子 乳头 内射 射精 精液".split()
)


def plain_first(
    menu: Sequence[Candidate], is_own: Callable[[tuple[int, ...]], bool] | None
) -> Sequence[Candidate]:
    """Return the menu with its first plain text before a vulgar one that would be first.

    A text whose vulgar word is the user's own (`is_own`, of its readings) stays, as does one without a plain
    text for the same letters.
    """
    if not menu or not _is_vulgar(menu[0], is_own):
        return menu
    first = menu[0]
    plain = (each for each in menu if each.span == first.span and each.tokens and not _words_in(each.text))
    other = next(plain, None)
    return menu if other is None else [other, *(each for each in menu if each is not other)]


def _is_vulgar(candidate: Candidate, is_own: Callable[[tuple[int, ...]], bool] | None) -> bool:
    tokens, words = candidate.tokens, _words_in(candidate.text)
    if not words or is_own is None or len(tokens) != len(candidate.text):
        return bool(words)
    starts = ((candidate.text.index(word), len(word)) for word in words)
    return not all(is_own(tokens[start : start + length]) for start, length in starts)


def _words_in(text: str) -> list[str]:
    return [text] if text in _ALONE else [word for word in _ANYWHERE if word in text]
