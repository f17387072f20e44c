"""Vulgar words are not first until their user picks them, and stay within reach."""

from __future__ import annotations

import pytest

from engine.conversion.converter import Converter
from engine.conversion.menu.vulgar_words import plain_first
from engine.factory import create_converter
from engine.model.bundle import Bundle
from engine.protocol import Candidate, Source
from engine.user_model.model import Observation, UserModel
from engine.user_model.ranking import Choice
from resources import MODEL

KEYS = "jiba"


def row(text: str, end: int = 4) -> Candidate:
    return Candidate(text, (0, end), ("x",) * len(text), tuple(map(ord, text)), 0.0, Source.SENTENCE)


def first(*texts: str, own: str = "") -> list[str]:
    tokens = tuple(map(ord, own))
    return [each.text for each in plain_first([row(text) for text in texts], tokens.__eq__)]


def test_the_first_plain_text_for_the_same_letters_comes_before() -> None:
    assert first("鸡巴", "几把", "即把") == ["几把", "鸡巴", "即把"]
    assert first("鸡巴", "鸡吧", "几把") == ["几把", "鸡巴", "鸡吧"]
    assert first("他是个傻逼", "他是个沙币") == ["他是个沙币", "他是个傻逼"]
    assert first("几把", "鸡巴") == ["几把", "鸡巴"]


def test_what_is_plain_inside_another_text_stays() -> None:
    assert first("我妈逼我学习", "我妈比我学习")[0] == "我妈逼我学习"
    assert first("做爱国青年", "作爱国青年")[0] == "做爱国青年"
    assert first("做爱", "坐爱") == ["坐爱", "做爱"]


def test_a_word_of_the_users_own_stays_and_so_does_one_without_a_rival() -> None:
    assert first("鸡巴", "几把", own="鸡巴") == ["鸡巴", "几把"]
    assert first("他是个傻逼", "他是个沙币", own="傻逼")[0] == "他是个傻逼"
    assert first("鸡巴") == ["鸡巴"]
    assert [each.text for each in plain_first([row("鸡巴"), row("鸡", 2)], bool)] == ["鸡巴", "鸡"]


@pytest.fixture(scope="module")
def personal() -> UserModel:
    return UserModel(Bundle.load(MODEL).vocabulary)


@pytest.fixture(scope="module")
def converter(personal: UserModel) -> Converter:
    return create_converter(user_model=personal)


@pytest.mark.parametrize("keys", ["jiba", "piyan", "biaozi", "dafeiji", "shabi", "zuoai", "jianren"])
def test_in_the_shipped_menu(converter: Converter, keys: str) -> None:
    texts = [candidate.text for candidate in converter.convert(keys).candidates]
    assert texts[0] not in ("鸡巴", "屁眼", "婊子", "打飞机", "傻逼", "煞笔", "做爱", "贱人")
    assert {"鸡巴", "屁眼", "婊子", "打飞机", "傻逼", "做爱", "贱人"} & set(texts[1:4])


def test_once_picked_it_may_be_first(converter: Converter, personal: UserModel) -> None:
    word = next(c for c in converter.convert(KEYS).candidates if c.text == "鸡巴")
    memory = personal.learn(
        Observation(word.tokens, 0, (Choice(KEYS, word.text, word.reading, word.tokens),))
    )
    assert converter.convert(KEYS).candidates[0].text == "鸡巴"
    personal.unlearn(memory)
    assert converter.convert(KEYS).candidates[0].text != "鸡巴"
