"""What may follow a text."""

from __future__ import annotations

import math

import pytest

from engine.conversion import prediction
from engine.conversion.converter import Converter
from engine.factory import create_converter, create_session
from engine.protocol import Key, KeyEvent, Source
from engine.session.options import SessionOptions
from tests.engine.scenario_engine import WORDS, new_converter

TEXTS = ["", "你好", "我", "西", "世界，", "see 3.14"]


@pytest.fixture(scope="module")
def converter() -> Converter:
    return new_converter(8)


@pytest.mark.parametrize("text", TEXTS)
def test_predictions_are_words_the_likeliest_first(converter: Converter, text: str) -> None:
    converter.set_surrounding_text(text)
    predictions = converter.predict(9)
    assert 0 < len(predictions) <= 9
    texts = [candidate.text for candidate in predictions]
    assert len(set(texts)) == len(texts)
    words = {word for word, _ in WORDS}
    assert all(len(text) == 1 or text in words or (len(text) > 2 and text[-2:] in words) for text in texts)
    assert sum(len(text) == 1 for text in texts) <= 2
    scores = [candidate.score for candidate in predictions]
    assert scores == sorted(scores, reverse=True)
    assert sum(map(math.exp, scores)) <= 1
    for candidate in predictions:
        assert candidate.source is Source.PREDICTION
        assert candidate.span == (0, 0)
        assert len(candidate.reading) == len(candidate.tokens) == len(candidate.text)


def test_a_limit(converter: Converter) -> None:
    converter.set_surrounding_text("你好")
    all_of_them = converter.predict(9)
    assert converter.predict(2) == all_of_them[:2]
    assert converter.predict(0) == ()


def test_a_beginning_counts_only_where_it_does_not_go_on(
    converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    """世 is likely behind 你好; less what goes on as 世界, and the two together are all of it."""
    monkeypatch.setattr(prediction, "N_SINGLE", 99)
    monkeypatch.setattr(prediction, "PHRASE", 0.0)  # words alone
    converter.set_surrounding_text("你好")
    found = {candidate.text: math.exp(candidate.score) for candidate in converter.predict(99)}
    assert found["世"] + found["世界"] < 1
    converter.set_surrounding_text("你好世")
    following = {candidate.text: math.exp(candidate.score) for candidate in converter.predict(99)}
    assert found["世界"] / (found["世"] + found["世界"]) == pytest.approx(following["界"], rel=0.2)


def test_predictions_change_no_conversion(converter: Converter) -> None:
    fresh = new_converter(8)
    for text in TEXTS:
        for each in (converter, fresh):
            each.set_surrounding_text(text)
        converter.predict(9)
        assert converter.convert("nihaoshijie") == fresh.convert("nihaoshijie")
        converter.predict(9)
        assert converter.convert("nihaoshijiexian") == fresh.convert("nihaoshijiexian")


@pytest.mark.parametrize(
    ("before", "wanted"),
    [("人工", "智能"), ("谢谢", "你的建议"), ("我想", "问一下"), ("没", "想到"), ("我今天", "早上")],
)
def test_words_and_short_phrases(before: str, wanted: str) -> None:
    shipped = create_converter()
    shipped.set_surrounding_text(before)
    texts = [candidate.text for candidate in shipped.predict(9)]
    assert wanted in texts
    assert sum(len(text) == 1 for text in texts) <= 2


def test_they_go_on_behind_one_that_was_taken() -> None:
    session = create_session(options=SessionOptions(predict=True, pick_predictions_with_digits=True))
    for key in ("xiexie", Key.SPACE):
        for letter in [key] if isinstance(key, Key) else key:
            session.process_key(KeyEvent(letter))
    for _ in range(3):
        session.warm()
        output = session.predict()
        assert output is not None
        assert any(len(candidate.text) > 1 for candidate in output.menu.candidates)
        assert session.process_key(KeyEvent("1")).commit is not None
