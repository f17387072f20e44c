from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from engine.lexicon.vocabulary import Vocabulary
from engine.model.decoder import DecoderOutput
from engine.model.fake_decoder import FakeDecoder

HISTORIES = st.lists(st.integers(0, 60), min_size=1, max_size=6)


def prefill(decoder: FakeDecoder, tokens: list[int]) -> DecoderOutput:
    n = len(tokens)
    empty = np.zeros((0, decoder.n_layer, 2, decoder.n_embd), np.float32)
    mask = np.tril(np.ones((n, n), np.bool_))
    return decoder.forward(np.array(tokens), np.arange(n), empty, mask)


def same(left: DecoderOutput, row: int, right: DecoderOutput, other_row: int) -> bool:
    return bool(
        (left.hidden[row] == right.hidden[other_row]).all()
        and (left.class_log_probs[row] == right.class_log_probs[other_row]).all()
    )


@given(HISTORIES, HISTORIES)
def test_output_is_a_function_of_the_history_alone(
    decoder: FakeDecoder, first: list[int], second: list[int]
) -> None:
    a, b = prefill(decoder, first), prefill(decoder, second)
    assert same(a, -1, b, -1) == (first == second)


@given(HISTORIES, st.integers(0, 60), st.integers(0, 60))
def test_cached_rows_equal_a_prefill(decoder: FakeDecoder, history: list[int], left: int, right: int) -> None:
    """Two children of one history in one call, over its cache rows."""
    n = len(history)
    cache = prefill(decoder, history).kv
    mask = np.concatenate([np.ones((2, n), np.bool_), np.eye(2, dtype=np.bool_)], axis=1)
    output = decoder.forward(np.array([left, right]), np.array([n, n]), cache, mask)
    assert same(output, 0, prefill(decoder, [*history, left]), -1)
    assert same(output, 1, prefill(decoder, [*history, right]), -1)


def test_a_wrong_mask_position_or_cache_row_shows(decoder: FakeDecoder) -> None:
    cache = prefill(decoder, [0, 30, 31]).kv
    right = decoder.forward(np.array([32]), np.array([3]), cache, np.ones((1, 4), np.bool_))
    wrong_mask = decoder.forward(np.array([32]), np.array([3]), cache, np.array([[True, True, False, True]]))
    wrong_position = decoder.forward(np.array([32]), np.array([2]), cache, np.ones((1, 4), np.bool_))
    wrong_row = decoder.forward(np.array([32]), np.array([3]), cache[[0, 1, 1]], np.ones((1, 4), np.bool_))
    for wrong in (wrong_mask, wrong_position, wrong_row):
        assert not same(right, 0, wrong, 0)


def test_class_log_probs_are_normalised(decoder: FakeDecoder) -> None:
    output = prefill(decoder, [0, 30, 31])
    np.testing.assert_allclose(np.exp(output.class_log_probs).sum(axis=1), 1.0, rtol=1e-5)


def test_preferred_texts_continue(vocabulary: Vocabulary, decoder: FakeDecoder) -> None:
    hello = [vocabulary.ids_of_hanzi[character][0] for character in "你好世"]
    output = prefill(decoder, [0, *hello])
    expected = vocabulary.ids_of_hanzi["界"][0]
    assert output.class_log_probs[-1].argmax() == vocabulary.class_of_token[expected]
    start, end = vocabulary.reading_range(
        vocabulary.syllable_of_token(expected), vocabulary.syllable_of_token(expected) + 1
    )
    assert start + decoder.reading_logits(output.hidden[-1:], start, end)[0].argmax() == expected


def test_a_reading_can_be_written_out(vocabulary: Vocabulary) -> None:
    decoder = FakeDecoder.preferring(vocabulary, ["银行/yin hang"])
    output = prefill(decoder, [0, vocabulary.ids_of_hanzi["银"][0]])
    hang = next(i for i in vocabulary.ids_of_hanzi["行"] if vocabulary.syllable_of_token(i) < 150)
    assert output.class_log_probs[-1].argmax() == vocabulary.class_of_token[hang]
