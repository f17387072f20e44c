"""Associations of words that stand apart: what is kept, what is not, and which pairs of a clause count."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import Arrays, dump_arrays, open_arrays
from engine.lexicon.vocabulary import SPECIALS
from engine.model.ngram_file import NgramError
from engine.model.word_ngram import WordNgram
from engine.model.word_pairs import FARTHEST, NEAREST, WordPairs, pack_pairs
from engine.model.word_scorer import WordScorer
from tests.engine.model.test_word_scorer import ALL, VOCABULARY, model_of, node_of

LEFT = np.full(len(ALL), 100.0)
RIGHT = np.full(len(ALL), 100.0)
KEPT = {("在", "大学"): 30.0, ("在", "生活"): 2.0, ("北京", "生活"): 90.0}


def arrays_of(kept: dict[tuple[str, str], float]) -> Arrays:
    rows = sorted((ALL.index(first), ALL.index(second), count) for (first, second), count in kept.items())
    firsts, seconds, counts = (np.array(column) for column in zip(*rows, strict=True))
    return pack_pairs(firsts.astype(np.uint16), seconds.astype(np.uint16), counts, LEFT, RIGHT)


@pytest.fixture(scope="module")
def pairs() -> WordPairs:
    return WordPairs(arrays_of(KEPT))


def by_chance() -> float:
    return float(LEFT[1] * RIGHT[1] / LEFT.sum())


@pytest.mark.parametrize("pair", KEPT)
def test_a_pair_that_is_kept_is_compared_with_chance(pairs: WordPairs, pair: tuple[str, str]) -> None:
    found = pairs.association(*(ALL.index(word) for word in pair))
    assert found == pytest.approx(math.log((KEPT[pair] + 1) / (by_chance() + 1)), abs=0.01)
    assert (found > 0) is (KEPT[pair] > by_chance())


def test_a_pair_that_is_not_kept_was_seldom_met(pairs: WordPairs) -> None:
    found = pairs.association(ALL.index("大学"), ALL.index("在"))
    assert found == pytest.approx(math.log((0.3 * by_chance() + 1) / (by_chance() + 1)))
    assert found < 0


def test_of_rare_words_and_of_none_nothing_is_known(pairs: WordPairs) -> None:
    assert pairs.association(len(ALL), 1) == pairs.association(1, len(ALL)) == pairs.association(-1, 1) == 0


def test_the_pairs_of_a_clause_are_those_apart_but_not_too_far(pairs: WordPairs) -> None:
    words = tuple(number % len(ALL) for number in range(FARTHEST + 5))
    expected = sum(
        pairs.association(words[start], words[end])
        for start in range(len(words))
        for end in range(start, len(words))
        if NEAREST <= end - start <= FARTHEST
    )
    assert pairs.of(words) == pytest.approx(expected)
    assert pairs.of(words[:NEAREST]) == 0


@pytest.mark.parametrize("name", ["lefts", "rights", "pair_bounds", "tokens_3"])
def test_arrays_that_do_not_fit_are_refused(name: str) -> None:
    arrays = arrays_of(KEPT)
    arrays[name] = arrays[name][:-1]
    with pytest.raises(NgramError):
        WordPairs(arrays)


@pytest.fixture(scope="module")
def model(tmp_path_factory: pytest.TempPathFactory) -> WordNgram:
    """Return the n-gram of words of the tests with pairs in its file."""
    path = tmp_path_factory.mktemp("words") / "words.bin"
    model_of(path)
    path.write_bytes(dump_arrays(dict(open_arrays(path)) | arrays_of(KEPT)))
    return WordNgram.load(path)


def test_a_text_has_the_associations_of_its_best_cut(model: WordNgram, pairs: WordPairs) -> None:
    scorer = WordScorer(model, VOCABULARY)
    assert scorer.association(node_of("在北京")) == 0
    before = pairs.association(ALL.index("在"), ALL.index("大学"))
    assert scorer.association(node_of("在北京大学")) == pytest.approx(before)
    words = tuple(ALL.index(word) for word in ("在", "北京", "大学", "生活"))
    assert scorer.association(node_of("在北京大学生活")) == pytest.approx(pairs.of(words))


def test_a_clause_begins_anew_behind_a_mark(model: WordNgram) -> None:
    scorer = WordScorer(model, VOCABULARY)
    clause = node_of("北京大学").child(SPECIALS.index("，"))
    assert scorer.association(node_of("生活", clause)) == 0


def test_a_file_without_pairs_has_no_associations(tmp_path: Path) -> None:
    model = model_of(tmp_path / "words.bin")
    assert model.pairs is None
    assert WordScorer(model, VOCABULARY).association(node_of("在北京大学生活")) == 0


def test_a_file_that_lacks_a_part_of_its_pairs_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "words.bin"
    model_of(path)
    arrays = arrays_of(KEPT)
    del arrays["lefts"]
    content = dump_arrays(dict(open_arrays(path)) | arrays)
    (tmp_path / "cut.bin").write_bytes(content)
    with pytest.raises(NgramError, match="expected a file of words"):
        WordNgram.load(tmp_path / "cut.bin")
