"""Words that the user wrote inside sentences are likelier in others, though he never typed them alone."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from engine.conversion.converter import Converter
from engine.factory import create_converter
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.model.bundle import Bundle
from engine.model.word_ngram import WordNgram
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel
from resources import MODEL

WRITTEN = (
    ("显示和选择控件", "xian shi he xuan ze kong jian"),
    ("左侧工具栏显示控件", "zuo ce gong ju lan xian shi kong jian"),
    ("显示焊盘和敷铜区域", "xian shi han pan he fu tong qu yu"),
    ("除了敷铜以外的层", "chu le fu tong yi wai de ceng"),
)
CASES = (
    ("xiugaifutongdeyanse", "修改敷铜的颜色"),
    ("dakaifutong", "打开敷铜"),
    ("wangluoleikongjian", "网络类控件"),
    ("tamendekongjianhenda", "他们的空间很大"),  # plain text stays
)


@pytest.fixture(scope="module")
def user_model() -> UserModel:
    bundle = Bundle.load(MODEL)
    user_model, reader = UserModel(bundle.vocabulary), PhraseTokenizer(bundle.vocabulary)
    for text, reading in WRITTEN * 2:
        phrase = Phrase(text, tuple(reading.split()), reading.replace(" ", ""))
        user_model.learn(reader.observation(phrase))
    return user_model


@pytest.fixture(scope="module")
def converter(user_model: UserModel) -> Converter:
    return create_converter(user_model=user_model)


@pytest.mark.parametrize(("keys", "text"), CASES)
def test_words_inside_what_was_typed_come_first(converter: Converter, keys: str, text: str) -> None:
    assert converter.convert(keys).candidates[0].text == text


def test_private_mode_does_not_show_them(converter: Converter, user_model: UserModel) -> None:
    keys, text = CASES[0]
    user_model.mute(True)
    assert converter.convert(keys).candidates[0].text == create_converter().convert(keys).candidates[0].text
    user_model.mute(False)
    assert converter.convert(keys).candidates[0].text == text


def test_what_was_read_is_counted_before_a_key_comes() -> None:
    bundle = Bundle.load(MODEL)
    user_model, reader = UserModel(bundle.vocabulary), PhraseTokenizer(bundle.vocabulary)
    phrases = [Phrase(text, tuple(read.split()), read.replace(" ", "")) for text, read in WRITTEN]
    user_model.load([reader.observation(phrase) for phrase in phrases])
    converter = create_converter(user_model=user_model)
    assert bundle.words_path is not None
    words, counted = WordNgram.load(bundle.words_path), list[int]()

    def cut(texts: Sequence[str]) -> list[tuple[int, ...]]:
        counted.append(len(texts))
        return words.cut(texts)

    user_model.word_uses.cut_by(cut)
    converter.warm()
    assert counted == [len(WRITTEN)]
    assert converter.convert(CASES[0][0]).candidates[0].text
    assert counted == [len(WRITTEN)]
