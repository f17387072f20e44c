"""The engine that the scenarios run on: the real search over a fake decoder and few hanzi."""

from __future__ import annotations

from functools import cache

from engine.converter import Converter, SearchOptions
from engine.fake import FakeDecoder
from engine.lexicon import Lexicon
from engine.vocabulary import from_counts

HANZI = {
    "ni": "你尼泥拟逆匿腻妮倪霓",
    "hao": "好号",
    "shi": "是世时事",
    "jie": "界姐",
    "xi": "西",
    "an": "安案",
    "xian": "先现",
    "fang": "方",
    "fan": "反",
    "gan": "感",
    "wo": "我",
    "qu": "去",
    "ma": "吗妈",
    "lve": "略",
    "nv": "女",
    "e": "饿",
}
TEXTS = ("你好世界", "世界", "西安/xi an", "先/xian", "我去", "是", "方案/fang an", "妈")
WORDS = {
    ("你好", "ni hao"): 5.0,
    ("世界", "shi jie"): 4.0,
    ("西安", "xi an"): 3.0,
    ("方案", "fang an"): 2.0,
    ("反感", "fan gan"): 1.0,
    ("妈妈", "ma ma"): 1.0,
}


@cache
def scenario_converter() -> Converter:
    """One for all scenarios: what it keeps must not be seen in its answers."""
    rows = [(hanzi, syllable, 10 - i) for syllable, text in HANZI.items() for i, hanzi in enumerate(text)]
    vocabulary = from_counts(rows)
    decoder = FakeDecoder.preferring(vocabulary, TEXTS)
    options = SearchOptions(beam_width=16)  # scenarios count rows of the menu
    return Converter(decoder, vocabulary, Lexicon.from_words(WORDS, vocabulary), options)
