"""Guesses: whole words and clauses for abbreviated inputs, and how they join the beam."""

from __future__ import annotations

import pytest

from engine.conversion.abbreviations import AbbreviationLookup
from engine.conversion.converter import Converter, ConverterParts, SearchOptions
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.model.fake_decoder import FakeDecoder
from engine.spelling.syllable_graph import SyllableGraph
from tests.lexicons import lexicon_of

ROWS = [("你", "ni"), ("好", "hao"), ("呢", "ne"), ("哈", "ha"), ("世", "shi"), ("界", "jie"), ("说", "shuo")]


@pytest.fixture(scope="module")
def vocabulary() -> Vocabulary:
    return from_counts([(hanzi, syllable, 1) for hanzi, syllable in ROWS])


@pytest.fixture(scope="module")
def lexicon(vocabulary: Vocabulary) -> Lexicon:
    return lexicon_of(
        {
            ("你好", "ni hao"): 9,
            ("世界", "shi jie"): 5,
            ("你说", "ni shuo"): 1,
            ("你好世界说", "ni hao shi jie shuo"): 1,
            ("说哈世界", "shuo ha shi jie"): 1,
        },
        vocabulary,
    )


@pytest.fixture(scope="module")
def clauses(vocabulary: Vocabulary) -> Lexicon:
    return lexicon_of({("呢哈", "ne ha"): 90, ("你好世界", "ni hao shi jie"): 10}, vocabulary)


@pytest.fixture(scope="module")
def guesser(lexicon: Lexicon, clauses: Lexicon) -> AbbreviationLookup:
    return AbbreviationLookup(lexicon, clauses)


@pytest.mark.parametrize(
    ("keys", "begins_clause", "wanted"),
    [
        ("nh", True, ["呢哈", "你好"]),
        ("nh", False, ["你好"]),  # behind 我说, 呢哈 is no clause
        ("nhao", False, ["你好"]),
        ("shj", False, ["世界"]),
        ("nhsj", True, ["你好世界"]),
        ("nihao", True, []),  # spelt out: the search needs no help
        ("n", True, []),
        ("", True, []),
        ("shsj", True, ["说哈世界"]),  # sh is s h, too, where the input opens so
        ("nhshjnh", True, []),  # no word is so long
        ("nhshjsh", True, ["你好世界说"]),
        ("nhsjs", True, ["你好世界说"]),
        ("nhshj" * 9, True, []),
    ],
)
def test_guesses_of_keys(
    guesser: AbbreviationLookup, vocabulary: Vocabulary, keys: str, begins_clause: bool, wanted: list[str]
) -> None:
    guesses = guesser.guesses(SyllableGraph.of(keys), begins_clause)
    assert [vocabulary.text(guess.tokens) for guess in guesses] == wanted


def test_guesses_cover_all_keys_by_adjoining_edges(guesser: AbbreviationLookup) -> None:
    for guess in guesser.guesses(SyllableGraph.of("nhshj"), True):
        ends = [edge.end for edge in guess.edges]
        assert [0, *ends[:-1]] == [edge.start for edge in guess.edges]
        assert ends[-1] == len("nhshj")
        assert len(guess.tokens) == len(guess.edges)


def converters(vocabulary: Vocabulary, lexicon: Lexicon, clauses: Lexicon) -> list[Converter]:
    decoder = FakeDecoder(vocabulary)
    options = SearchOptions(beam_width=4)
    return [
        Converter(ConverterParts(decoder, vocabulary, lexicon, abbreviated=c), options)
        for c in (clauses, None)
    ]


def test_a_clause_is_offered_where_one_can_begin(
    vocabulary: Vocabulary, lexicon: Lexicon, clauses: Lexicon
) -> None:
    guessing, plain = converters(vocabulary, lexicon, clauses)
    assert "你好世界" in [candidate.text for candidate in guessing.convert("nhsj").candidates]
    best = guessing.convert("nh").candidates[0]
    assert best.text == "呢哈"
    assert best.span == (0, 2)
    assert guessing.convert("nh").boundaries == (1, 2)
    guessing.set_surrounding_text("世界")
    plain.set_surrounding_text("世界")
    assert "呢哈" not in [candidate.text for candidate in guessing.convert("nh").candidates[:1]]


def test_full_pinyin_is_left_alone(vocabulary: Vocabulary, lexicon: Lexicon, clauses: Lexicon) -> None:
    guessing, plain = converters(vocabulary, lexicon, clauses)
    for keys in ("ni", "nihao", "nihaoshijie", "shuo"):
        assert guessing.convert(keys) == plain.convert(keys)


def test_a_twin_guesses_too(vocabulary: Vocabulary, lexicon: Lexicon, clauses: Lexicon) -> None:
    guessing, _ = converters(vocabulary, lexicon, clauses)
    assert guessing.twin().convert("nhsj") == guessing.convert("nhsj")
