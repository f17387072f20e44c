"""Words that the user brought in come before inventions of equal span, alone and inside a sentence."""

from __future__ import annotations

import pytest

from engine.conversion.converter import Converter
from engine.evaluation.cases import Case
from engine.evaluation.own_words import texts_with, things_of, worth_of, worth_table
from engine.factory import create_converter
from engine.model.bundle import Bundle
from engine.user_model.model import UserModel
from engine.user_model.ranking import Choice
from engine.user_model.user_lexicon import arrays_of
from resources import MODEL

OWN = (
    ("墨音", "mo yin"),
    ("墨音输入法", "mo yin shu ru fa"),
    ("郗廖巍", "xi liao wei"),
    ("沃施", "wo shi"),
    ("布南色林", "bu nan se lin"),
    ("张晓妩", "zhang xiao wu"),
)


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load(MODEL)


@pytest.fixture(scope="module")
def user_model(bundle: Bundle) -> UserModel:
    user_model = UserModel(bundle.vocabulary)
    user_model.set_imported(arrays_of((text, reading.split(), 1.0) for text, reading in OWN[:4]))
    user_model.set_own(arrays_of((text, reading.split(), 1.0) for text, reading in OWN[4:]))
    return user_model


@pytest.fixture(scope="module")
def converter(bundle: Bundle, user_model: UserModel) -> Converter:
    return create_converter(bundle, user_model=user_model)


def first(converter: Converter, keys: str) -> str:
    converter.set_surrounding_text("")
    return converter.convert(keys).candidates[0].text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("moyin", "墨音"),
        ("moyinshurufa", "墨音输入法"),
        ("xiliaowei", "郗廖巍"),
        ("bunanselin", "布南色林"),
        ("xiliaoweimingtianlai", "郗廖巍明天来"),
        ("gaosuzhangxiaowujintiankaihui", "告诉张晓妩今天开会"),
        ("jiaozhangxiaowuquzhaoxiliaowei", "叫张晓妩去找郗廖巍"),
        ("myshrf", "墨音输入法"),
        # What is plain text stays.
        ("woshi", "我是"),
        ("woshixuesheng", "我是学生"),
        ("jintiantianqihenhao", "今天天气很好"),
    ],
)
def test_first_candidate(converter: Converter, keys: str, text: str) -> None:
    assert first(converter, keys) == text


def test_incremental_is_as_from_scratch(converter: Converter) -> None:
    keys = "gaosuzhangxiaowu"
    converter.set_surrounding_text("")
    for end in range(1, len(keys) + 1):
        typed = converter.convert(keys[:end]).candidates
        converter.warm()
    converter.set_surrounding_text("别的")
    converter.set_surrounding_text("")
    assert [c.text for c in converter.convert(keys).candidates] == [c.text for c in typed]


def test_forgotten_private_and_picked(bundle: Bundle) -> None:
    user_model = UserModel(bundle.vocabulary)
    user_model.set_imported(arrays_of((text, reading.split(), 1.0) for text, reading in OWN))
    converter = create_converter(bundle, user_model=user_model)
    assert first(converter, "xiliaoweimingtianlai") == "郗廖巍明天来"
    user_model.set_forgotten(["郗廖巍"])
    assert "郗廖巍" not in first(converter, "xiliaoweimingtianlai")
    user_model.set_forgotten([])
    user_model.mute(True)
    assert "郗廖巍" not in first(converter, "xiliaoweimingtianlai")
    user_model.mute(False)
    assert first(converter, "moyin") == "墨音"
    user_model.set_pins([Choice("moyin", "魔音", ("mo", "yin"), ())])
    assert first(converter, "moyin") == "魔音"


def test_the_simulated_user(bundle: Bundle, user_model: UserModel) -> None:
    cases = [
        Case(i, "".join(pinyin.split()), tuple(pinyin.split()), "", hanzi)
        for i, (hanzi, pinyin) in enumerate(
            (("他明天来", "ta ming tian lai"), ("他们的公司很好", "ta men de gong si hen hao")) * 20
        )
    ]
    things = things_of(cases)
    assert (len(things.names), len(things.terms)) == (200, 50)
    texts = texts_with(cases, things, 3)
    assert all(case.hanzi.endswith("明天来") for case in texts["names"])
    assert all("公司" not in case.hanzi for case in texts["terms"])
    assert all(len(case.pinyin) == len(case.hanzi) for case in texts["names"] + texts["terms"])
    own = UserModel(bundle.vocabulary)
    own.set_imported(arrays_of((word.text, word.reading, word.count) for word in things.words))
    converters = create_converter(bundle), create_converter(bundle, user_model=own)
    worth = worth_of(converters, things, texts, {"plain": cases[:2]})
    without, with_them = worth.efforts["names"]
    assert with_them.keys < without.keys
    assert "| names | 3 |" in worth_table(worth)
