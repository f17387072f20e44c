"""The laws of the converter in every way of spelling: what is kept changes no result."""

from __future__ import annotations

import random

import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.conversion.converter import Conversion, Converter, ConverterParts, SearchOptions
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.spelling.english_words import English
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS, FUZZY_PAIRS
from engine.spelling.options import SpellingOptions

SPELLINGS = {
    "fuzzy": SpellingOptions(DEFAULT_PAIRS),
    "correct": SpellingOptions(correct=True),
    "both": SpellingOptions(frozenset(FUZZY_PAIRS), correct=True),
    "xiaohe": SpellingOptions(DEFAULT_PAIRS, scheme="xiaohe"),
    "mspy": SpellingOptions(correct=True, scheme="mspy"),
}
WORDS = {
    "Python": 9,
    "WiFi": 5,
    "iPhone": 5,
    "App": 5,
    "hello": 3,
    "Han": 3,
    "Linux": 2,
    "women": 1,
    "xianzai": 2,
}
ENGLISH = English(WORDS, clear=["xianzai", "women", "hello"])
PIECES = """
ni hao shi jie wo xain xi an zia sahng ke fn gan g h x zh a o n v ' nh si jei zgrm s xianzai
Python wifi Wi hello
""".split()
NAMES = st.sampled_from(sorted(SPELLINGS))
STEPS = st.lists(
    st.one_of(
        st.sampled_from(PIECES),
        st.integers(1, 9),  # Backspaces
        st.sampled_from(["!warm", "!choose", "!surround", *(f"!{name}" for name in SPELLINGS)]),
    ),
    max_size=10,
)


class Typist:
    """Types on a converter that is kept; `fresh` says what one made anew answers."""

    def __init__(self, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, name: str) -> None:
        self.parts = ConverterParts(decoder, vocabulary, lexicon, english=ENGLISH)
        self.options = SearchOptions(beam_width=4, arena_rows=200)
        self.spelling = SPELLINGS[name]
        self.converter = Converter(self.parts, self.options, self.spelling)
        self.keys = ""
        self.fixed: tuple[int, ...] = ()
        self.surrounding = ""

    def do(self, step: str | int) -> None:
        if isinstance(step, int):
            self.type("", len(self.keys) - step)
        elif step == "!warm":
            self.converter.warm()
        elif step == "!choose":
            self.choose()
        elif step == "!surround":
            self.surrounding = "" if self.surrounding else "我去上课。"
            self.converter.set_surrounding_text(self.surrounding)
        elif step[0] == "!":
            self.spelling = SPELLINGS[step[1:]]
            self.converter.set_spelling(self.spelling)
        else:
            for letter in step:
                self.type(letter, len(self.keys))

    def type(self, letter: str, place: int) -> None:
        self.keys = self.keys[: max(0, place)] + letter
        self.convert()

    def choose(self) -> None:
        chosen = [c for c in self.convert().candidates if c.tokens]
        if chosen:
            candidate = chosen[len(self.keys) % len(chosen)]
            self.keys = self.keys[candidate.span[1] :]
            self.fixed += candidate.tokens

    def convert(self) -> Conversion:
        return self.converter.convert(self.keys, self.fixed)

    def fresh(self) -> Conversion:
        converter = Converter(self.parts, self.options, self.spelling)
        converter.set_surrounding_text(self.surrounding)
        return converter.convert(self.keys, self.fixed)


@pytest.mark.parametrize("sure", [False, True], ids=["unsure", "sure"])
@settings(max_examples=50, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(name=NAMES, steps=STEPS)
def test_any_typing_equals_a_fresh_converter(
    decoder: FakeDecoder,
    sure_decoder: FakeDecoder,
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    name: str,
    sure: bool,
    steps: list[str | int],
) -> None:
    typist = Typist(sure_decoder if sure else decoder, vocabulary, lexicon, name)
    for step in steps:
        typist.do(step)
        assert typist.convert() == typist.fresh()


@settings(max_examples=50, deadline=None)
@given(name=NAMES, steps=st.lists(st.sampled_from(PIECES), max_size=8))
@example(name="both", steps=["xianzai", "sahng"])  # the wide beam of an initial needs more rows
def test_a_key_costs_at_most_one_call(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, name: str, steps: list[str]
) -> None:
    converter = Converter(
        ConverterParts(decoder, vocabulary, lexicon, english=ENGLISH), spelling=SPELLINGS[name]
    )
    keys = "".join(steps)
    for end in range(1, len(keys) + 1):
        before = converter.decoder_calls
        converter.convert(keys[:end])
        assert converter.decoder_calls <= before + 1


@pytest.mark.parametrize("name", SPELLINGS)
def test_random_keys_never_raise(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, name: str
) -> None:
    draw = random.Random(name)
    options = SearchOptions(beam_width=2, arena_rows=64)
    spelling = SPELLINGS[name]
    converter = Converter(
        ConverterParts(decoder, vocabulary, lexicon, english=ENGLISH), options, spelling=spelling
    )
    for _ in range(60):
        keys = "".join(draw.choices("abcdefghijklmnopqrstuvwxyz';ABZ", k=draw.randrange(1, 40)))
        conversion = converter.convert(keys)
        assert conversion.candidates[-1].text == keys
        assert 0 <= conversion.interpreted_length <= len(keys)
