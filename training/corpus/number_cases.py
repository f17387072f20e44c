"""Make cases with numbers spelt out in hanzi: `python -m training number-cases --output FILE`.

Numbers of twelve kinds (三千二百五十一, 百分之三十五, 二零二六年十一月, 幺三八 …) are drawn by rule, each
kind as often alone as inside a sentence. The sentences were written for this by hand; nothing of any corpus
is in them.
"""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path
from typing import Final

from pypinyin import Style, lazy_pinyin

from engine.lexicon.number_grammar import HANZI
from engine.rewriters.numerals import spoken
from training.corpus.held_out_cases import write_case_lines

_DIGITS: Final = "零一二三四五六七八九"
_READINGS: Final = {hanzi: syllable for syllable, hanzi in HANZI.items()} | {"亿": "yi"}
_UNITS: Final = "个人 公里 米 斤 岁 页 度 分钟 平方米 万元 票 公斤 字 本书 台 家公司 次 天 小时 户".split()
_ORDERS: Final = "章 届 名 页 条 次 天 集 位 个 节 期 季 行 列 号".split()

# `*` is where the number stands.
_SENTENCES: Final[dict[str, tuple[str, ...]]] = {
    "cardinal": ("我数了一下是*", "密码是*", "总数达到了*", "把这个数改成*", "上个月一共卖了*"),
    "measure": ("这里一共有*", "我们还差*", "他说要等*", "去年增加了*左右", "大概需要*吧"),
    "percent": ("只有*的人同意", "价格上涨了*", "完成了计划的*", "电量还剩*", "比去年多了*"),
    "date": ("他生于*", "会议定在*", "从*开始放假", "我*去北京", "合同到*为止"),
    "decimal": ("体温是*度", "平均分是*", "误差不超过*", "他跑了*秒", "版本号是*"),
    "time": ("我们*出发", "*在门口见", "火车*到站", "会议*开始", "他*才回家"),
    "amount": ("这件衣服*", "打车花了*", "一共*", "我只剩*了", "他还欠我*"),
    "ordinal": ("请翻到*", "这是*了", "他排在*", "我看到*了", "从*开始背"),
    "digits": ("我的电话是*", "房间号是*", "车牌尾号是*", "请输入*", "验证码是*"),
    "fraction": ("我吃了*", "大概占*", "*的学生没来", "只用了*的时间", "还剩*没做"),
    "shortened": ("房租涨到*了", "上个月花了*", "算下来一共*", "还差*", "最后卖了*"),
    "measured": ("刚量了一下是*", "现在只有*", "我记得是*", "标签上写的*", "比昨天多了*"),
}


def _number(draw: random.Random, fewest: int, most: int) -> str:
    """Return a number of so many digits, as it is spoken; round ones as often as not."""
    digits = draw.randint(fewest, most)
    number = draw.randint(10 ** (digits - 1), 10**digits - 1)
    if draw.random() < 0.4:
        number = number // 10 ** (digits // 2) * 10 ** (digits // 2)
    text = spoken(str(number)) or ""
    for unit in "千万亿":
        if draw.random() < 0.7 and text.startswith(f"二{unit}"):
            text = f"两{text[1:]}"
    return text


def _each(number: str) -> str:
    return "".join(_DIGITS[int(digit)] for digit in number)


def _digits(draw: random.Random, length: int) -> str:
    return "".join(draw.choice("0123456789") for _ in range(length))


def _percent(draw: random.Random) -> str:
    point = f"点{_each(_digits(draw, draw.randint(1, 2)))}" if draw.random() < 0.4 else ""
    return f"百分之{_number(draw, 1, 2)}{point}"


def _date(draw: random.Random) -> str:
    year = f"{_each(str(draw.randint(1950, 2029)))}年" if draw.random() < 0.6 else ""
    day = f"{spoken(str(draw.randint(1, 12)))}月{spoken(str(draw.randint(1, 28)))}"
    return f"{year}{day}{draw.choice('日号')}"


def _decimal(draw: random.Random) -> str:
    return f"{_number(draw, 1, 3)}点{_each(_digits(draw, draw.randint(1, 4)))}"


def _time(draw: random.Random) -> str:
    part = draw.choice(["上午", "下午", "早上", "晚上", ""])
    hour = draw.randint(1, 12)
    minute = spoken(str(draw.randint(10, 59)))
    rest = draw.choice(["半", "一刻", f"{minute}分", minute, f"零{_DIGITS[draw.randint(1, 9)]}分"])
    return f"{part}{'两' if hour == 2 else spoken(str(hour))}点{rest}"


def _amount(draw: random.Random) -> str:
    whole = _number(draw, 1, 4)
    coin = _DIGITS[draw.randint(1, 9)]
    return whole + draw.choice(["块", "元", "块钱", f"块{coin}", f"块{coin}毛", f"元{coin}角"])


def _phone(draw: random.Random) -> str:
    number = draw.choice(["138", "159", "186", "177"]) + _digits(draw, 8)
    text = _each(number if draw.random() < 0.6 else _digits(draw, draw.randint(3, 6)))
    return text.replace("一", "幺")


def _fraction(draw: random.Random) -> str:
    below = draw.randint(2, 20)
    return f"{spoken(str(below))}分之{spoken(str(draw.randint(1, below - 1)))}"


def _shortened(draw: random.Random) -> str:
    """Return a number of round hundreds, thousands or tens of thousands without its last unit: 三千八."""
    unit = draw.choice("百千万")
    whole = draw.randint(1, 9) if unit != "万" else draw.choice([draw.randint(1, 9), draw.randint(10, 99)])
    text = "两" if whole == 2 and unit != "百" else spoken(str(whole))
    return f"{text}{unit}{_DIGITS[draw.randint(2, 9)]}"


def _measured(draw: random.Random) -> str:
    """Return a temperature, height, weight or price whose unit stands inside it: 三十七度五, 一米七五."""
    first, last = (_DIGITS[draw.randint(1, 9)] for _ in range(2))
    degrees = f"{spoken(str(draw.randint(3, 41)))}度{first}"
    height = f"一米{draw.choice('五六七八九')}{draw.choice(['', last])}"
    weight = f"{draw.choice('三四五六七八九')}斤{draw.choice([f'{first}两', '半'])}"
    price = f"{spoken(str(draw.randint(3, 99)))}块{first}毛{last}"
    return draw.choice([degrees, height, weight, price])


_KINDS: Final[dict[str, Callable[[random.Random], str]]] = {
    "cardinal": lambda draw: _number(draw, 3, 7),
    "measure": lambda draw: _number(draw, 2, 5) + draw.choice(_UNITS),
    "percent": _percent,
    "date": _date,
    "decimal": _decimal,
    "time": _time,
    "amount": _amount,
    "ordinal": lambda draw: f"第{_number(draw, 1, 3)}{draw.choice(_ORDERS)}",
    "digits": _phone,
    "fraction": _fraction,
    "shortened": _shortened,
    "measured": _measured,
}


def number_cases(each: int, seed: int = 1) -> list[dict[str, object]]:
    """Return `each` cases of each kind alone and as many inside a sentence, with id, pinyin and hanzi."""
    draw = random.Random(seed)
    cases: list[dict[str, object]] = []
    for kind, make in _KINDS.items():
        for place in ("alone", "inside"):
            for i in range(each):
                sentence = "*" if place == "alone" else _SENTENCES[kind][i % len(_SENTENCES[kind])]
                text = sentence.replace("*", make(draw))
                cases.append({"id": f"{kind}-{place}-{i}", "pinyin": _syllables(text), "hanzi": text})
    return cases


def _syllables(text: str) -> list[str]:
    read = lazy_pinyin(text, style=Style.NORMAL, v_to_u=False)
    return [_READINGS.get(hanzi, syllable) for hanzi, syllable in zip(text, read, strict=True)]


def write_number_cases(output: Path, each: int, seed: int) -> int:
    """Write the cases as JSON lines; how many there were."""
    return write_case_lines(output, number_cases(each, seed))
