"""Numbers spelt out: which syllables are one, and which only look so."""

from __future__ import annotations

import pytest

from engine.lexicon.number_grammar import NumberGrammar
from engine.lexicon.vocabulary import from_counts
from engine.rewriters.numerals import spoken
from engine.spelling.syllable import SYLLABLE_INDEX

READINGS = {
    **dict(zip("零一二三四五六七八九", "ling yi er san si wu liu qi ba jiu".split(), strict=True)),
    **dict(zip("两十百千万亿点幺", "liang shi bai qian wan yi dian yao".split(), strict=True)),
    **dict(zip("分之第年月日号半", "fen zhi di nian yue ri hao ban".split(), strict=True)),
    **dict(zip("刻块毛元角度米斤", "ke kuai mao yuan jiao du mi jin".split(), strict=True)),
}
VOCABULARY = from_counts([(hanzi, syllable, 1) for hanzi, syllable in READINGS.items()])
GRAMMAR = NumberGrammar(VOCABULARY)


def numbers(syllables: str) -> set[str]:
    found = GRAMMAR.numbers_in([SYLLABLE_INDEX[syllable] for syllable in syllables.split()])
    return {VOCABULARY.text(number.tokens) for number in found}


@pytest.mark.parametrize(
    "text",
    [
        "三千二百五十一", "两万零六十", "三亿五千万", "十二亿", "一万零五百", "百分之三十五",
        "百分之十八点二", "二零二六年十一月二十九日", "一九八四年", "十月二十八号", "三点一四",
        "七点六三", "六点零三万", "下午三点半", "两点一刻", "五点零九分", "十二点四十五", "一百二十块",
        "三块五毛", "六百三十二元七角", "第三十七", "第一百零二", "幺三八零零幺二三四五六", "五二幺",
        "三分之二", "十七分之十五", "七百五", "两千三", "二十三万五", "两万六", "三十九度二", "一米八",
        "一米七五", "三斤二两", "两斤半", "三块二毛五",
    ],
)  # fmt: skip
def test_a_number_is_read_as_it_is_written(text: str) -> None:
    text = text.removeprefix("下午")
    assert text in numbers(" ".join(READINGS[hanzi] for hanzi in text))


@pytest.mark.parametrize("number", [119, 190, 508, 1_003, 20_400, 62_519, 100_001, 7_654_321])
def test_every_number_that_is_spoken_is_one(number: int) -> None:
    text = spoken(str(number)) or ""
    assert text in numbers(" ".join(READINGS[hanzi] for hanzi in text))


@pytest.mark.parametrize(
    "syllables", ["san qian bai er", "er shi er bai", "bai qian wan", "dian er san", "shi bai san"]
)
def test_what_is_no_number_is_none(syllables: str) -> None:
    assert not [text for text in numbers(syllables) if len(text) == len(syllables.split())]


def test_a_number_inside_other_syllables_is_found_where_it_is() -> None:
    syllables = [SYLLABLE_INDEX[s] for s in "ta you san bai er shi kuai".split()]
    found = [number for number in GRAMMAR.numbers_in(syllables) if (number.start, number.end) == (2, 7)]
    assert [VOCABULARY.text(number.tokens) for number in found] == ["三百二十块"]


def test_digits_alone_are_less_likely_than_a_number_with_units() -> None:
    digits, units = (
        max(n.log_prob for n in GRAMMAR.numbers_in([SYLLABLE_INDEX[s] for s in text.split()]))
        for text in ("yi er san", "er shi san")
    )
    assert digits < units
