"""Offer dates, times and days of the week, in the forms that people write.

They are asked for by the letters `rq`, `sj`, `xq` (日期, 时间, 星期) and by 今天, 现在, 星期 and like words
as first candidate.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import Final

from engine.rewriters.numerals import digits, spoken
from engine.rewriters.rewriter import Candidates, RewriterOptions, computed, inserted

_WEEKDAYS: Final[str] = "一二三四五六日"
_PARTS_OF_DAY: Final[tuple[tuple[int, str], ...]] = (
    (18, "晚上"),
    (13, "下午"),
    (11, "中午"),
    (5, "上午"),
    (0, "凌晨"),
)
_DAYS: Final[dict[str, int]] = {"今天": 0, "明天": 1, "后天": 2, "昨天": -1, "前天": -2}  # from today
_N_BEHIND_WORD: Final[int] = 2  # forms that a word offers
_PLACE_BEHIND_WORD: Final[int] = 3
_PLACE_BEHIND_LETTERS: Final[int] = 1  # what `rq` spells stays first
_PLACE_OF_OTHERS: Final[int] = 4  # 手机 and 世界 of `sj` are meant more often than the third form of the time


def now() -> datetime:
    """Return the current local time."""
    return datetime.now()


class DateRewriter:
    """A rewriter that offers the moment of `clock` behind the words that name it, however typed."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock

    def is_on(self, options: RewriterOptions) -> bool:
        return options.dates

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Add the forms of the moment behind a word that names it."""
        word = candidates[0].text if candidates and candidates[0].span == (0, len(letters)) else ""
        if word in _DAYS:
            texts = date_texts(self._clock() + timedelta(days=_DAYS[word]))
        elif word in _WORDS:
            texts = _WORDS[word](self._clock())
        else:
            return candidates
        return inserted(candidates, computed(letters, texts[:_N_BEHIND_WORD]), _PLACE_BEHIND_WORD)


class DateLettersRewriter:
    """A rewriter that offers it behind what `rq`, `sj`, `xq` spell: in double pinyin they are syllables."""

    def __init__(self, clock: Callable[[], datetime] = now) -> None:
        self._clock = clock

    def is_on(self, options: RewriterOptions) -> bool:
        return options.dates and options.full_pinyin

    def rewrite(self, letters: str, candidates: Candidates) -> Candidates:
        """Add the forms of the moment for the three pairs of letters."""
        if letters not in _LETTERS:
            return candidates
        first, *others = computed(letters, _LETTERS[letters](self._clock()))
        menu = inserted(candidates, [first], _PLACE_BEHIND_LETTERS)
        return inserted(menu, others, _PLACE_OF_OTHERS)


def date_texts(day: date) -> list[str]:
    """Return 2026年11月24日, 2026-11-24, 二〇二六年十一月二十四日 and more."""
    year, month, number = day.year, day.month, day.day
    hanzi = f"{digits(str(year))}年{spoken(str(month))}月{spoken(str(number))}日"
    return [
        f"{year}年{month}月{number}日",
        f"{year:04}-{month:02}-{number:02}",
        hanzi,
        f"{year}/{month}/{number}",
        f"{month}月{number}日",
    ]


def time_texts(moment: datetime) -> list[str]:
    """Return 18:05, 18:05:09, 晚上6点05分 and more."""
    hour, minute = moment.hour, moment.minute
    part = next(name for first, name in _PARTS_OF_DAY if hour >= first)
    hanzi = f"{spoken(str(hour))}点" + (_minutes(minute) if minute else "整")
    return [
        f"{hour:02}:{minute:02}",
        f"{hour:02}:{minute:02}:{moment.second:02}",
        f"{part}{(hour - 1) % 12 + 1}点{minute:02}分",
        hanzi,
        f"{moment:%Y-%m-%d %H:%M}",
    ]


def weekday_texts(day: date) -> list[str]:
    """Return 星期二, 周二, and the date with it."""
    name = _WEEKDAYS[day.weekday()]
    return [f"星期{name}", f"周{name}", f"{day.year}年{day.month}月{day.day}日 星期{name}"]


def _minutes(minute: int) -> str:
    """Return the minutes in hanzi: 零五分, 十分."""
    return ("零" if minute < 10 else "") + f"{spoken(str(minute))}分"


_LETTERS: Final[dict[str, Callable[[datetime], list[str]]]] = {
    "rq": date_texts,
    "sj": time_texts,
    "xq": weekday_texts,
}
_WORDS: Final[dict[str, Callable[[datetime], list[str]]]] = {
    "日期": date_texts,
    "时间": time_texts,
    "现在": time_texts,
    "星期": weekday_texts,
    "星期几": weekday_texts,
}
