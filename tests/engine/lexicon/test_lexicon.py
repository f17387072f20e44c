"""The lexicon: look-up by syllables, by reading ids and by text."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.lexicon.word_arrays import (
    MAX_WORD_LENGTH,
    LexiconError,
    build_arrays,
    hash_of_text,
    pack_syllables,
)
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES, syllables_with_prefix
from resources import LEXICON, ROOT
from tests.lexicons import lexicon_of

WORDS = {
    ("你好", "ni hao"): 5,
    ("拟好", "ni hao"): 1,
    ("你好吗", "ni hao ma"): 2,
    ("银行", "yin hang"): 6,
    ("银行", "yin xing"): 1,
    ("行走", "xing zou"): 3,
    ("馕好", "nang hao"): 1,  # the vocabulary below lacks 馕
}
READINGS = "你 ni 拟 ni 好 hao 吗 ma 银 yin 行 hang 行 xing 走 zou".split()
VOCABULARY = from_counts([(hanzi, s, 1) for hanzi, s in zip(READINGS[::2], READINGS[1::2], strict=True)])
LEXICON_OF_TEST = lexicon_of(WORDS, VOCABULARY)


def indices(spelling: str) -> list[int]:
    return [SYLLABLE_INDEX[syllable] for syllable in spelling.split()]


@pytest.mark.parametrize(
    ("spelling", "texts"),
    [
        ("ni hao", ["你好", "拟好"]),  # the commonest first
        ("ni hao ma", ["你好吗"]),
        ("yin xing", ["银行"]),
        ("hao ni", []),
        ("nang hao", ["馕好"]),  # a hanzi that the vocabulary lacks
        ("ni", []),
        ("", []),
        ("ni " * (MAX_WORD_LENGTH + 1), []),
    ],
)
def test_lookup(spelling: str, texts: list[str]) -> None:
    assert [word.text for word in LEXICON_OF_TEST.lookup(indices(spelling))] == texts


def test_tokens_are_the_readings_looked_up() -> None:
    (word,) = LEXICON_OF_TEST.lookup(indices("yin xing"))
    assert VOCABULARY.text(word.tokens) == "银行"
    assert [VOCABULARY.syllable_of_token(token) for token in word.tokens] == indices("yin xing")
    assert word.log_prob == pytest.approx(np.log(1 / 19), abs=1e-6)


def test_find_and_contains_by_reading_ids() -> None:
    for word in LEXICON_OF_TEST.words():
        assert LEXICON_OF_TEST.find(word.tokens) == word
        assert LEXICON_OF_TEST.contains(word.tokens)
    ids = VOCABULARY.id_of_reading
    ni, hao = ids["你", SYLLABLE_INDEX["ni"]], ids["好", SYLLABLE_INDEX["hao"]]
    assert not LEXICON_OF_TEST.contains((hao, ni))
    assert not LEXICON_OF_TEST.contains((ni,))
    assert not LEXICON_OF_TEST.contains((0, hao))  # a special is in no word
    other, ma = ids["拟", SYLLABLE_INDEX["ni"]], ids["吗", SYLLABLE_INDEX["ma"]]
    assert LEXICON_OF_TEST.contains((ni, hao, ma))
    assert not LEXICON_OF_TEST.contains((other, hao, ma))  # of the same syllables


@pytest.mark.parametrize(
    ("text", "start", "match"),
    [
        ("我你好吗", 1, "你好吗"),
        ("你好呀", 0, "你好"),
        ("好你", 0, None),
        ("你", 0, None),
        ("银行走", 1, "行走"),
    ],
)
def test_longest_match(text: str, start: int, match: str | None) -> None:
    word = LEXICON_OF_TEST.longest_match(text, start)
    assert (word.text if word else None) == match


def test_text_is_read_in_its_commonest_reading() -> None:
    word = LEXICON_OF_TEST.word_of_text("银行")
    assert word is not None
    assert VOCABULARY.syllable_of_token(word.tokens[1]) == SYLLABLE_INDEX["hang"]


@pytest.mark.parametrize(
    "row",
    [("你好", ["ni"], 1), ("你", ["ni"], 1), ("你好", ["ni", "hoa"], 1), ("你好", ["ni", "hao"], 0)],
)
def test_unfit_rows_are_refused(row: tuple[str, list[str], float]) -> None:
    with pytest.raises(LexiconError, match="expected 2 to"):
        build_arrays([row])


def test_a_word_twice_is_refused() -> None:
    with pytest.raises(LexiconError, match="each word once"):
        build_arrays([("你好", ["ni", "hao"], 1), ("你好", ["ni", "hao"], 2)])


def test_empty_lexicon() -> None:
    empty = lexicon_of({}, VOCABULARY)
    assert (len(empty), empty.lookup(indices("ni hao")), empty.longest_match("你好")) == (0, (), None)


@given(
    st.lists(st.lists(st.sampled_from(range(len(SYLLABLES))), min_size=2, max_size=7), min_size=2, max_size=2)
)
def test_packed_keys_sort_as_the_syllables_do(pair: list[list[int]]) -> None:
    first, second = pair
    assert (pack_syllables(first) < pack_syllables(second)) == (first < second)
    assert (pack_syllables(first) == pack_syllables(second)) == (first == second)


@given(st.lists(st.text("你好吗银行走𬘓", min_size=2, max_size=7), min_size=1, unique=True))
def test_hashes_of_the_arrays_are_those_of_the_texts(texts: list[str]) -> None:
    arrays = build_arrays((text, ["a"] * len(text), 1) for text in texts)
    index = arrays.text_index
    hashes = [hash_of_text(arrays.text_of(i)) & 0xFFFFFFFF for i in index.words.tolist()]
    assert hashes == sorted(hashes) == index.hashes.tolist()
    assert sorted(index.words.tolist()) == list(range(len(arrays)))
    assert arrays.whole_text == "".join(arrays.text_of(i) for i in range(len(arrays)))
    assert all(len(arrays.with_text(text)) == 1 for text in texts)


def vocabulary_of_characters() -> Vocabulary:
    rows = [line.split("\t") for line in (ROOT / "characters.tsv").read_text(encoding="utf-8").splitlines()]
    return from_counts([(hanzi, s, 1) for hanzi, syllables in rows for s in syllables.split(",")])


def test_shipped_lexicon_holds_everyday_words() -> None:
    lexicon = Lexicon.load(LEXICON, vocabulary_of_characters())
    assert len(lexicon) > 90_000
    assert lexicon.lookup(indices("wo men"))[0].text == "我们"
    assert lexicon.lookup(indices("ce lve"))[0].text == "策略"
    assert {word.text for word in lexicon.lookup(indices("nv ren"))} >= {"女人"}
    for text, reading in [
        ("蔚县", "yu xian"),
        ("百色", "bo se"),
        ("洪洞", "hong tong"),
        ("单田芳", "shan tian fang"),
    ]:
        assert text in {word.text for word in lexicon.lookup(indices(reading))}
    match = lexicon.longest_match("中华人民共和国成立")
    assert match is not None
    assert match.text == "中华人民共和国"
    assert all(word is not None for word in map(lexicon.word_of_text, ["银行", "你好", "世界", "手机"]))


@pytest.mark.parametrize(
    ("letters", "expected"),
    [
        ("sh j", ["世界", "时节", "使节"]),
        ("x z", ["现在"]),
        ("z g r m", ["中国人民"]),
        ("z guo", ["中国"]),
        ("xian z", ["现在"]),
        ("z r", []),
        ("z", []),
        ("z g r m z g r m", []),
    ],
)
def test_words_by_what_their_syllables_begin_with(
    lexicon: Lexicon, letters: str, expected: list[str]
) -> None:
    ranges = [syllables_with_prefix(prefix) for prefix in letters.split()]
    assert [word.text for word in lexicon.lookup_ranges(ranges, 9)] == expected
    assert [word.text for word in lexicon.lookup_ranges(ranges, 1)] == expected[:1]


@given(st.integers(0, len(SYLLABLES)), st.integers(0, len(SYLLABLES)), st.integers(0, 1))
def test_ranges_find_what_a_search_through_all_words_finds(
    lexicon: Lexicon, vocabulary: Vocabulary, low: int, high: int, column: int
) -> None:
    ranges = [(0, len(SYLLABLES)), (0, len(SYLLABLES))]
    ranges[column] = (min(low, high), max(low, high))
    first, last = ranges[column]
    expected = {
        word
        for word in lexicon.words()
        if len(word.tokens) == 2 and first <= vocabulary.syllable_of_token(word.tokens[column]) < last
    }
    assert set(lexicon.lookup_ranges(ranges, 1000)) == expected
