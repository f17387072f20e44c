"""Read syllables as numbers spelt out in hanzi: 三千二百五十一, 百分之三十五, 二零二六年, 三点一四, 幺三八,
三万五, 一米八.

A grammar says which texts are well formed, so that 三千而百 is none; and each is worth so much: a digit could
be any, the unit behind it hardly another.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from string import ascii_letters
from typing import Final

from engine.lexicon.vocabulary import Vocabulary
from engine.spelling.syllable import SYLLABLE_INDEX

FEWEST: Final[int] = 3  # syllables of a number that is read so: 一十 is 意识, too

# The hanzi of each syllable, 一 for 亿 as well.
HANZI: Final[dict[str, str]] = {
    "ling": "零", "yi": "一", "er": "二", "liang": "两", "san": "三", "si": "四", "wu": "五", "liu": "六",
    "qi": "七", "ba": "八", "jiu": "九", "shi": "十", "bai": "百", "qian": "千", "wan": "万", "dian": "点",
    "yao": "幺", "fen": "分", "zhi": "之", "di": "第", "nian": "年", "yue": "月", "ri": "日", "hao": "号",
    "ban": "半", "ke": "刻", "kuai": "块", "mao": "毛", "yuan": "元", "jiao": "角",
    "du": "度", "mi": "米", "jin": "斤",
}  # fmt: skip
_OF_SYLLABLE: Final[dict[int, str]] = {SYLLABLE_INDEX[name]: hanzi for name, hanzi in HANZI.items()}

# A letter for each hanzi: classes of letters compile in a fifth of the time, which every start pays.
_LETTERS: Final = str.maketrans(dict(zip(HANZI.values(), ascii_letters, strict=False)))

_DIGIT = "[一二三四五六七八九]"
_ANY = "[零一二三四五六七八九]"
_TENS = f"[二三四五六七八九]?十{_DIGIT}?"
_BELOW_HUNDRED = f"(?:{_TENS}|{_DIGIT})"
_REST_OF_HUNDRED = f"(?:{_DIGIT}十{_DIGIT}?|零{_DIGIT})?"
_HUNDREDS = f"[两一二三四五六七八九]百{_REST_OF_HUNDRED}"
_REST_OF_THOUSAND = f"(?:{_HUNDREDS}|零{_DIGIT}十{_DIGIT}?|零{_DIGIT})?"
_THOUSANDS = f"[两一二三四五六七八九]千{_REST_OF_THOUSAND}"
_BELOW_WAN = f"(?:{_THOUSANDS}|{_HUNDREDS}|{_BELOW_HUNDRED})"
_REST_OF_WAN = f"(?:{_THOUSANDS}|零{_HUNDREDS}|零{_DIGIT}十{_DIGIT}?|零{_DIGIT})?"
_BELOW_YI = f"(?:(?:{_BELOW_WAN}|两)万{_REST_OF_WAN}|{_BELOW_WAN})"
_REST_OF_YI = f"(?:{_BELOW_WAN}万{_REST_OF_WAN}|零{_BELOW_WAN})?"
_WHOLE = f"(?:{_BELOW_YI}|(?:{_BELOW_YI}|两)(?P<yi>一){_REST_OF_YI})"
_PLAIN = f"(?:{_BELOW_YI}|零)"  # without 亿, of which one is enough
_POINT = f"点(?:{_ANY}*[零二三四五六七八九]|一)"  # 四八一 may be 四八亿
_MONTH = f"(?:十[一二]?|{_DIGIT})月"
_DAY = f"(?:[一二]?十{_DIGIT}?|三十一?|{_DIGIT})[日号]"
_HOUR = f"(?:十{_DIGIT}?|二十[一二三四]?|{_DIGIT}|两)点"
_SHORTENED = f"(?:[一二三四五六七八九]百|[两一二三四五六七八九]千|(?:{_BELOW_WAN}|两)万)[二三四五六七八九]"
_NUMBER: Final = (
    f"(?:百分之{_PLAIN}(?:{_POINT})?"
    f"|第?{_WHOLE}"
    f"|{_PLAIN}{_POINT}万?"
    f"|{_PLAIN}分之{_PLAIN}"
    f"|(?:{_ANY}{{4}}年)?(?:{_MONTH})?{_DAY}"
    f"|{_ANY}{{4}}年(?:{_MONTH})?"
    f"|{_HOUR}(?:半|{_DIGIT}刻|零{_DIGIT}分|{_BELOW_HUNDRED}分?)"
    f"|(?:{_PLAIN}|两)(?:块(?:{_DIGIT}(?:毛{_DIGIT}?)?)?|元(?:{_DIGIT}角)?|斤(?:{_DIGIT}两|半))"
    f"|{_SHORTENED}|{_PLAIN}度{_DIGIT}|{_DIGIT}米{_DIGIT}{{1,2}}"
    f"|(?=.*幺)[零一二三四五六七八九幺]{{3,}}"
    f"|{_ANY}{{3,}})"
)
_LETTERED: Final = re.compile(_NUMBER.translate(_LETTERS))

# Nats of a number, whatever number it is, and of each of its hanzi: docs/experiments.md, "Numbers spelt out".
_EVENT: Final[float] = -11.0
_EVENT_OF_DIGITS: Final[float] = -14.0  # of digits alone, unless 幺 shows what they are
_SHORT: Final[float] = -4.0  # of a number of three: the text around it says more of those
_NATS: Final[dict[str, float]] = dict.fromkeys("零一二三四五六七八九幺", -2.0)
_OTHER: Final[float] = -1.0  # a unit or a mark, of which few can follow


@dataclass(frozen=True, slots=True)
class SpelledNumber:
    """The number that the syllables [start, end) spell: its reading ids, and log P of it, in nats."""

    start: int
    end: int
    tokens: tuple[int, ...]
    log_prob: float


class NumberGrammar:
    """The grammar, in the reading ids of one vocabulary."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self._vocabulary = vocabulary

    def numbers_in(self, syllables: Sequence[int]) -> Iterator[SpelledNumber]:
        """Yield the numbers of three syllables and more that these syllables (indices) spell.

        No number is part of a longer one.
        """
        letters = "".join([_OF_SYLLABLE.get(syllable, " ") for syllable in syllables])
        for run in re.finditer(rf"\S{{{FEWEST},}}", letters):
            for start, text in _numbers_of(run.group()):
                first = run.start() + start
                end = first + len(text)
                tokens = tuple(map(self._vocabulary.token_of, text, syllables[first:end]))
                yield SpelledNumber(first, end, tokens, _log_prob(text))


@lru_cache(maxsize=256)
def _numbers_of(run: str) -> tuple[tuple[int, str], ...]:
    """Return where in a run each longest number begins, and its text."""
    found: list[tuple[int, str]] = []
    letters = run.translate(_LETTERS)
    furthest = 0  # where a number that begins before ends: a part of it is none
    for start in range(len(run) - FEWEST + 1):
        for end in range(len(run), max(start + FEWEST - 1, furthest), -1):
            match = _LETTERED.fullmatch(letters, start, end)
            if match is not None:
                yi = match.start("yi")  # the 一 that is 亿; -1: none
                found.append((start, run[start:end] if yi < 0 else f"{run[start:yi]}亿{run[yi + 1 : end]}"))
                furthest = end
                break
    return tuple(found)


def _log_prob(text: str) -> float:
    event = _EVENT_OF_DIGITS if _NATS.keys() >= set(text) and "幺" not in text else _EVENT
    short = _SHORT if len(text) == FEWEST else 0.0
    return event + short + sum(_NATS.get(hanzi, _OTHER) for hanzi in text)
