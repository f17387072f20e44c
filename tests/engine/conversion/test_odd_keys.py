"""Keys that nobody means: they are converted somehow, letter by letter, and nothing falls."""

from __future__ import annotations

import pytest

from engine.conversion.beam_search import SearchOptions
from engine.factory import create_fake_converter
from engine.spelling.english_words import English
from tests.engine.scenario_engine import new_converter


@pytest.mark.parametrize("keys", ["u4f60fanganvvv'sj", "vvv'sj", "a1b2c3", "'''sj", "u1f600nihaosj"])
def test_odd_keys_are_converted(keys: str) -> None:
    converter = new_converter(3, English({"Python": 9, "app": 5, "ma": 1}))
    for end in range(1, len(keys) + 1):
        assert converter.convert(keys[:end]).candidates[-1].text == keys[:end]


@pytest.mark.parametrize("letter", ["m", "a"])
def test_a_letter_held_down_makes_less_and_less_work(letter: str) -> None:
    """Check that the decoder's work does not grow with all texts that go on: nobody means 40 initials, or
    40 vowels.
    """
    converter = create_fake_converter(options=SearchOptions(beam_width=12))
    rows = []
    for end in range(1, 41):
        before = converter.evaluated_nodes
        converter.convert(letter * end)
        converter.warm()
        rows.append(converter.evaluated_nodes - before)
    assert max(rows[24:]) < min(rows[8:16])
