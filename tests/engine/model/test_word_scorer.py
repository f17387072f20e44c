"""Texts ranked by their words: the cuts, the states between them, and what a user's own words get."""

from __future__ import annotations

import itertools
import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import dump_arrays
from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, START, UNKNOWN, Vocabulary, from_counts
from engine.lexicon.word_arrays import hash_of_text
from engine.model.ngram_file import Level, NgramError, quantised
from engine.model.prefix_cache import Node
from engine.model.word_ngram import UNKNOWN_WORD, WordNgram, pack_words
from engine.model.word_scorer import _OWN_WORD, TopicScorer, WordScorer
from engine.spelling.syllable import SYLLABLES

HANZI = "在再见到北京大学生活"
VOCABULARY: Vocabulary = from_counts([(h, s, 1) for h, s in zip(HANZI, SYLLABLES, strict=False)])
WORDS = ["再见", "在", "再", "见", "到", "见到", "北京", "大学", "北京大学", "大学生", "学生", "生活", LATIN]
ALL = ["", *WORDS]  # number 0 is the boundary
UNIGRAMS = np.array([-1.0, -3, -2, -4, -4.5, -3, -6, -5, -5, -7, -6, -5.5, -5, -4], np.float32)
BIGRAMS = {
    ("", "在"): -1.0,
    ("", "再见"): -2.0,
    ("在", "北京"): -1.5,
    ("在", "见"): -6.0,
    ("北京", "大学"): -2.0,
}
TRIGRAMS = {("", "在", "北京"): -0.7, ("在", "北京", "大学"): -0.5}
BACKOFFS = {("",): -0.3, ("在",): -0.5, ("北京",): -0.2, ("", "在"): -0.4, ("在", "北京"): -0.6}


def model_of(path: Path) -> WordNgram:
    """Write and load the model of the tables above."""
    two = sorted((tuple(ALL.index(w) for w in key), value) for key, value in BIGRAMS.items())
    three = sorted((tuple(ALL.index(w) for w in key), value) for key, value in TRIGRAMS.items())
    backoff = {tuple(ALL.index(w) for w in key): value for key, value in BACKOFFS.items()}

    def level(keys: list[tuple[int, ...]], values: Any, upper: list[tuple[int, ...]]) -> Level:
        n_children = np.array([sum(other[:-1] == key for other in upper) for key in keys])
        backoffs = np.array([backoff.get(key, 0.0) for key in keys], np.float32)
        return Level(np.array([key[-1] for key in keys]), n_children, np.array(values, np.float32), backoffs)

    pairs, triples = [key for key, _ in two], [key for key, _ in three]
    levels = [
        level([(n,) for n in range(len(ALL))], UNIGRAMS, pairs),
        level(pairs, [value for _, value in two], triples),
        level(triples, [value for _, value in three], []),
    ]
    path.write_bytes(dump_arrays(pack_words(levels, WORDS)))
    return WordNgram.load(path)


def test_the_share_of_a_word_is_that_among_all_words(tmp_path: Path) -> None:
    model = model_of(tmp_path / "words.bin")
    assert model.shares(["再见", "见再", "在", ""]) == pytest.approx([math.exp(-3), 0, math.exp(-2), 0])
    assert model.shares([]).shape == (0,)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> WordNgram:
    return model_of(tmp_path_factory.mktemp("words") / "words.bin")


def expected_log_prob(words: tuple[str, ...]) -> float:
    """Return log P by the tables, for words that begin a clause."""
    total = 0.0
    history: tuple[str, ...] = ("",)
    for word in words:
        if word not in ALL:
            return -np.inf
        total += _behind((*history[-2:], word))
        history = (*history, word)
    return total


def _behind(ngram: tuple[str, ...]) -> float:
    if len(ngram) == 1:
        return float(UNIGRAMS[ALL.index(ngram[0])])
    table: dict[Any, float] = TRIGRAMS if len(ngram) == 3 else BIGRAMS
    return table[ngram] if ngram in table else BACKOFFS.get(ngram[:-1], 0.0) + _behind(ngram[1:])


def node_of(text: str, root: Node | None = None) -> Node:
    node = root or Node(None, SPECIALS.index(START), ())
    for hanzi in text:
        node = node.child(VOCABULARY.ids_of_hanzi[hanzi][0])
    return node


def cuts_of(text: str) -> list[tuple[str, ...]]:
    marks = itertools.product((False, True), repeat=len(text) - 1)
    ends = [[i + 1 for i, mark in enumerate(each) if mark] + [len(text)] for each in marks]
    return [tuple(text[a:b] for a, b in zip([0, *found], found, strict=False)) for found in ends]


@pytest.mark.parametrize(
    "text", ["再见", "在见到", "在北京大学", "在北京大学生活", "大学生活", "北京大学", "再见到"]
)
def test_a_text_has_the_probability_of_its_best_cut(model: WordNgram, text: str) -> None:
    expected = max(expected_log_prob(cut) for cut in cuts_of(text))
    assert WordScorer(model, VOCABULARY).log_prob(node_of(text)) == pytest.approx(expected, abs=0.05)


@given(st.lists(st.text(HANZI, min_size=1, max_size=7), min_size=1, max_size=6))
def test_what_was_asked_before_changes_nothing(tmp_path_factory: Any, texts: list[str]) -> None:
    model = model_of(tmp_path_factory.mktemp("words") / "words.bin")
    root = Node(None, SPECIALS.index(START), ())
    scorer = WordScorer(model, VOCABULARY)
    for text in texts:
        together = scorer.log_prob(node_of(text, root))
        assert together == WordScorer(model, VOCABULARY).log_prob(node_of(text))


def test_a_hanzi_that_was_never_counted_costs_but_breaks_nothing(model: WordNgram) -> None:
    scorer = WordScorer(model, VOCABULARY)
    before, after = scorer.log_prob(node_of("在")), scorer.log_prob(node_of("在京"))
    assert after < before + UNKNOWN_WORD + 1
    assert scorer.log_prob(node_of("在京再见")) == pytest.approx(after + UNIGRAMS[1], abs=0.05)


def test_marks_numbers_and_latin_words_stand_between_words(model: WordNgram) -> None:
    scorer = WordScorer(model, VOCABULARY)
    clause = node_of("在").child(SPECIALS.index("，"))
    assert scorer.log_prob(node_of("再见", clause)) == pytest.approx(
        scorer.log_prob(clause) + scorer.log_prob(node_of("再见"))
    )
    latin = node_of("再").child(SPECIALS.index(LATIN))
    assert scorer.log_prob(node_of("见", latin)) < scorer.log_prob(latin) + UNIGRAMS[4] + 0.1
    number, unknown = (node_of("再").child(SPECIALS.index(name)) for name in (NUMBER, UNKNOWN))
    assert scorer.log_prob(number) < scorer.log_prob(node_of("再")) + UNKNOWN_WORD + 1
    assert scorer.log_prob(unknown) == scorer.log_prob(node_of("再")) + UNKNOWN_WORD


def test_a_word_of_the_users_own_counts_as_a_common_one(model: WordNgram) -> None:
    word = tuple(VOCABULARY.ids_of_hanzi[hanzi][0] for hanzi in "京活")
    own, others = WordScorer(model, VOCABULARY, word.__eq__), WordScorer(model, VOCABULARY)
    assert own.log_prob(node_of("京活")) == _OWN_WORD
    assert others.log_prob(node_of("京活")) < 2 * UNKNOWN_WORD
    assert own.log_prob(node_of("再见")) == others.log_prob(node_of("再见"))


class Doubler:
    """Words of the user's that are likelier by a nat than the n-gram holds them, behind one other."""

    def __init__(self, before: str, word: str) -> None:
        self.names = hash_of_text(before), hash_of_text(word)

    def mixed(self, log_prob: float, before: int, word: int) -> float:
        return log_prob + ((before, word) == self.names)


@pytest.mark.parametrize(("before", "word"), [("", "在"), ("在", "北京"), ("北京", "大学"), ("大学", "生活")])
def test_what_the_user_wrote_is_mixed_into_the_words(model: WordNgram, before: str, word: str) -> None:
    text, cut = "在北京大学生活", ("在", "北京", "大学", "生活")
    plain = WordScorer(model, VOCABULARY)
    own = WordScorer(model, VOCABULARY, None, lambda: Doubler(before, word))
    scores = [expected_log_prob(each) for each in cuts_of(text)]
    assert plain.log_prob(node_of(text)) == pytest.approx(max(scores), abs=0.05)
    assert own.log_prob(node_of(text)) == pytest.approx(max(*scores, expected_log_prob(cut) + 1), abs=0.05)
    nobody = WordScorer(model, VOCABULARY, None, lambda: None)
    assert nobody.log_prob(node_of(text)) == plain.log_prob(node_of(text))
    assert TopicScorer(plain, nobody).log_prob(node_of(text)) == plain.log_prob(node_of(text))
    both = math.log(
        0.95 * math.exp(plain.log_prob(node_of(text))) + 0.05 * math.exp(own.log_prob(node_of(text)))
    )
    assert TopicScorer(plain, own).log_prob(node_of(text)) == pytest.approx(both)
    assert TopicScorer(plain, own).association(node_of(text)) == plain.association(node_of(text))


@settings(max_examples=50, deadline=None)
@given(st.lists(st.text(HANZI + "，", max_size=9), max_size=6))
def test_texts_are_cut_as_is_likeliest(model: WordNgram, texts: list[str]) -> None:
    def log_prob(cut: tuple[str, ...]) -> float:
        known = {word: float(UNIGRAMS[ALL.index(word)]) for word in cut if word in ALL}
        return sum(known.get(word, UNKNOWN_WORD if len(word) == 1 else -math.inf) for word in cut)

    for text, words in zip(texts, model.cut(texts), strict=True):
        cuts: list[tuple[str, ...]] = cuts_of(text) if text else [()]
        found = {tuple(map(hash_of_text, cut)): log_prob(cut) for cut in cuts}
        assert found[words] == pytest.approx(max(found.values()))
        assert model.cut([text]) == [words]


def test_damaged_files_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    model_of(path)
    content = path.read_bytes()
    for share in (0, 0.3, 0.9):
        path.unlink()
        path.write_bytes(content[: int(share * len(content))])
        with pytest.raises(NgramError, match="expected a file of words"):
            WordNgram.load(path)


def test_words_of_equal_hashes_are_refused() -> None:
    one = Level(
        np.zeros(3, np.uint16), np.zeros(3, np.int64), np.zeros(3, np.float32), np.zeros(3, np.float32)
    )
    empty = Level(*(array[:0] for array in (one.tokens, one.n_children, one.log_prob, one.backoff)))
    with pytest.raises(NgramError, match="different hashes"):
        pack_words([one, empty, empty], ["再见", "再见"])


def test_sixteen_values_are_enough_for_the_tables() -> None:
    values = np.array([*BIGRAMS.values()], np.float32)
    centres, codes = quantised(values, 16)
    np.testing.assert_allclose(centres[codes], values, atol=0.01)
    assert hash_of_text("再见") != hash_of_text("见再")
