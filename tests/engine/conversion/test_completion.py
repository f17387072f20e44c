"""The one word that is offered before it is typed to its end."""

from __future__ import annotations

import pytest

from engine.conversion.converter import Converter
from engine.conversion.menu.completion import completion
from engine.conversion.word_lookup import Offered
from engine.factory import create_converter
from engine.lexicon.word_arrays import Word
from engine.model.bundle import Bundle
from engine.protocol import Mark, Source
from engine.user_model.model import UserModel
from engine.user_model.user_lexicon import arrays_of
from resources import MODEL


def offered(text: str, log_prob: float = -10.0, source: Source = Source.LEXICON) -> Offered:
    return Offered(Word(text, tuple(map(ord, text)), log_prob), source)


def chosen(best: str, *words: Offered, end: float = -7.0) -> str:
    found = completion(words, tuple(map(ord, best)), end)
    return "" if found is None else found.word.text


def test_a_listed_word_goes_on_the_best_text_and_has_no_rival() -> None:
    assert chosen("白日依", offered("白日依山尽")) == "白日依山尽"
    assert chosen("百日一", offered("白日依山尽")) == ""
    assert chosen("哈佛大", offered("哈佛大学"), offered("哈佛大桥", -10.5)) == ""
    assert chosen("哈佛大", offered("哈佛大学"), offered("哈佛大桥", -14.0)) == "哈佛大学"
    assert chosen("白日依") == ""
    assert chosen("我知道", offered("我知道你"), end=-1.7) == ""


def test_a_word_of_the_users_own_comes_before() -> None:
    own = offered("布南色林", 0.0, Source.USER)
    assert chosen("不难受", own, offered("不难受了")) == "布南色林"
    assert chosen("不难受", own, offered("不难说了", 0.0, Source.USER)) == ""


@pytest.fixture(scope="module")
def converter() -> Converter:
    personal = UserModel(Bundle.load(MODEL).vocabulary)
    personal.set_own(arrays_of([("布南色林", "bu nan se lin".split(), 1.0)]))
    return create_converter(user_model=personal)


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("bairiyi", "白日依山尽"),
        ("huangheruhai", "黄河入海流"),
        ("hafoda", "哈佛大学"),
        ("bunans", "布南色林"),
    ],
)
def test_it_stands_second(converter: Converter, keys: str, word: str) -> None:
    candidate = converter.convert(keys).candidates[1]
    assert candidate.text == word
    assert candidate.span == (0, len(keys))
    assert (candidate.mark is Mark.YOURS) == (word == "布南色林")


@pytest.mark.parametrize(
    "keys", ["women", "wozhidao", "womende", "zhongguoren", "buna", "jintiantianqi", "zgrm", "bairi"]
)
def test_where_a_word_ends_or_nothing_is_certain_there_is_none(converter: Converter, keys: str) -> None:
    n_syllable = len(converter.convert(keys).candidates[0].tokens)
    longer = [c for c in converter.convert(keys).candidates[:5] if len(c.tokens) > n_syllable]
    assert longer == []
