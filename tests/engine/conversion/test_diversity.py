"""Which sentences stand in front."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import product

from engine.conversion.diversity import NEAR, diverse, in_front
from engine.protocol import Candidate, Source

KEYS = "x" * 40


def sentence(text: str, score: float, source: Source = Source.SENTENCE, end: int = 40) -> Candidate:
    return Candidate(text, (0, end), ("x",) * len(text), tuple(map(ord, text)), score, source)


def shown(menu: Iterable[Candidate], words: Iterable[str] = ()) -> list[str]:
    known = {tuple(map(ord, word)) for word in words}
    return [candidate.text for candidate in diverse(list(menu), known.__contains__, 5, 4)]


def test_a_long_input_never_shows_five_sentences_alike() -> None:
    beam = ["一二三四五六", "一二三四五七", "一二三四八六", "一二三四八七", "一二三四九七", "甲乙三四五六"]
    menu = [sentence(text, -float(i)) for i, text in enumerate(beam)]
    assert shown(menu) == [*beam[:4], "甲乙三四五六"]
    assert shown([*menu[:5], sentence("一二三四五", -9.0)])[-1] == "一二三四五"  # of fewer syllables
    assert shown(menu[:5]) == beam[:4]
    other = [chr(ord("甲") + i) * 6 for i in range(9)]
    assert len(shown([sentence(text, 0.0) for text in other])) == 5


def test_what_is_sifted_early_is_sifted_alike_and_no_more_is_looked_at_than_is_needed() -> None:
    beam = [sentence("".join(hanzi), -float(i)) for i, hanzi in enumerate(product("一二", repeat=6))]
    best, *inventions = beam
    looked_at = []
    front = in_front(best, (looked_at.append(each) or each for each in inventions), 5)
    assert shown([best, *front]) == shown(beam)
    assert 4 == len(front) < len(looked_at) < len(inventions)


def test_a_short_input_shows_its_near_misses_first_and_the_rest_last() -> None:
    near = [sentence("他们" + last, -1.0) for last in "的得地德底滴"]
    far = sentence("它门的", -1.0 - NEAR - 0.1)
    part = [sentence("他们", -1.0, Source.PHRASE, 20), sentence("他", -1.0, Source.CHARACTER, 10)]
    assert shown([*near, far, *part]) == [
        *["他们的", "他们得", "他们地", "他们德", "他们底", "他们", "他们滴", "它门的", "他"]
    ]


def test_what_may_be_a_name_stands_before_the_hanzi() -> None:
    near = [sentence(text, -1.0) for text in ("里知恩", "里之恩", "里只恩", "里智恩", "里值恩")]
    names = [sentence(text, -7.0) for text in ("李知恩", "李智恩")]
    part = [sentence("离职", -1.0, Source.LEXICON, 20), sentence("里", -1.0, Source.CHARACTER, 10)]
    far = sentence("例支恩", -12.0)
    menu = shown([*near, sentence("理之恩", -6.5), *names, far, *part])
    assert menu[5:] == ["离职", "李知恩", "李智恩", "理之恩", "里", "例支恩"]
    assert shown([*near, *names, *part], ["里知恩"])[5:] == ["离职", "里", "李知恩", "李智恩"]


def test_behind_a_choice_the_likeliest_hanzi_stand_before_what_may_be_a_name() -> None:
    """Of 苗青叶壮 whose 苗 was picked, 青 is near: no sentence before had it."""
    near = [sentence(text, -1.0) for text in ("情叶状", "情也装", "情夜装", "情液状", "情业状")]
    further = [sentence(text, -6.5) for text in ("轻叶状", "青也装", "请也装")]
    hanzi = [sentence(each, -1.0, Source.CHARACTER, 10) for each in "情请清青轻氢晴"]
    found = diverse([*near, *further, *hanzi], {()}.__contains__, 5, 4, is_behind_choice=True)
    assert [candidate.text for candidate in found[5:]] == [
        *"情请清青轻",
        "轻叶状",
        "青也装",
        "请也装",
        *"氢晴",
    ]
    assert shown([*near, *further, *hanzi])[5:9] == ["轻叶状", "青也装", "请也装", "情"]


def test_a_name_may_be_many() -> None:
    names = [sentence("张" + last, -1.0) for last in "伟威维玮卫薇微为未委"]
    part = sentence("张", -1.0, Source.CHARACTER, 10)
    assert shown([*names, part]).index("张") == 9


def test_words_stay_where_they_are() -> None:
    menu = [sentence("今天", 0.0), sentence("锦田", -10.6), sentence("金田", -6.6)]
    assert shown([*menu, sentence("今", 0.0, Source.CHARACTER, 10)], ["锦田"]) == [
        "今天",
        "锦田",
        "今",
        "金田",
    ]


def test_nothing_read_is_left_alone() -> None:
    raw = Candidate("vvv", (0, 3), (), (), 0.0, Source.RAW)
    assert shown([raw]) == ["vvv"]
    assert shown([]) == []
