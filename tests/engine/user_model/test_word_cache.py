"""The laws of the user's words: probabilities, exact undoing, fading, and what is no word of a clause."""

from __future__ import annotations

import math
from collections.abc import Sequence

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lexicon.vocabulary import NUMBER, SPECIALS, Vocabulary, from_counts
from engine.spelling.syllable import SYLLABLES
from engine.user_model.cache_lm import NO_TOKEN
from engine.user_model.model import Observation, UserModel
from engine.user_model.word_cache import BOUNDARY, WordCache, WordCacheOptions

HANZI = "在再见到北京大学"
VOCABULARY: Vocabulary = from_counts([(h, s, 1) for h, s in zip(HANZI, SYLLABLES, strict=False)])
OPTIONS = WordCacheOptions(share=0.5, prior=5.0, bigram_prior=2.0)
WORDS = range(1, len(HANZI) // 2 + 1)
COMMITS = st.lists(st.lists(st.sampled_from([*HANZI, ""]), min_size=1, max_size=8), max_size=12)


def cut_in_twos(texts: Sequence[str]) -> list[tuple[int, ...]]:
    """Cut every two hanzi; a word's hash is the place of its first hanzi."""
    return [tuple(1 + HANZI.index(text[i]) // 2 for i in range(0, len(text), 2)) for text in texts]


def tokens_of(hanzi: Sequence[str]) -> list[int]:
    """Return the tokens; an empty text stands for one that is not known."""
    return [VOCABULARY.ids_of_hanzi[h][0] if h else NO_TOKEN for h in hanzi]


def learnt(commits: Sequence[Sequence[str]], half_life: float = 30.0) -> WordCache:
    cache = WordCache(VOCABULARY, half_life, OPTIONS)
    cache.cut_by(cut_in_twos)
    for commit in commits:
        cache.learn(tokens_of(commit))
    return cache


def table(cache: WordCache) -> list[float]:
    """Return log P of each word behind each, where the n-gram holds all for equally likely."""
    uniform = -math.log(len(WORDS))
    return [cache.mixed(uniform, before, word) for before in (BOUNDARY, *WORDS) for word in WORDS]


@settings(max_examples=100, deadline=None)
@given(COMMITS)
def test_probabilities_stay_probabilities(commits: list[list[str]]) -> None:
    found = table(learnt(commits))
    for row in range(0, len(found), len(WORDS)):
        assert sum(map(math.exp, found[row : row + len(WORDS)])) == pytest.approx(1)


@settings(max_examples=100, deadline=None)
@given(COMMITS, COMMITS)
def test_undoing_is_exact(commits: list[list[str]], later: list[list[str]]) -> None:
    cache = learnt(commits)
    before = table(cache)
    undos = [cache.learn(tokens_of(commit)) for commit in later]
    for undo in reversed(undos):
        cache.unlearn(undo)
    assert table(cache) == before
    assert cache.is_empty == learnt(commits).is_empty


@settings(max_examples=100, deadline=None)
@given(COMMITS, COMMITS)
def test_loading_a_log_equals_learning_it(commits: list[list[str]], other: list[list[str]]) -> None:
    loaded = learnt(other)
    loaded.load([(tokens_of(commit), 0) for commit in commits])
    assert loaded.is_empty == (not any(map(any, commits)))
    assert table(loaded) == table(learnt(commits))


def test_what_waits_until_text_can_be_cut_is_counted_or_taken_back() -> None:
    cache = WordCache(VOCABULARY, 30.0, OPTIONS)
    undos = [cache.learn(tokens_of(commit)) for commit in ("在再见到", "北京")]
    assert cache.is_empty
    cache.unlearn(undos.pop())
    cache.cut_by(cut_in_twos)
    assert not cache.is_empty
    assert table(cache) == table(learnt(["在再见到"]))


def test_a_word_is_likelier_the_more_often_it_was_written() -> None:
    uniform = -math.log(len(WORDS))
    found = [learnt(["北京"] * n).mixed(uniform, 7, 3) for n in range(5)]
    assert found == sorted(set(found))
    others = learnt(["北京"] * 4).mixed(uniform, 7, 1)
    assert uniform + math.log(1 - OPTIONS.share) < others < uniform


def test_a_word_is_likelier_behind_the_one_it_followed() -> None:
    cache, uniform = learnt(["在再见到北京", "北京"]), -math.log(len(WORDS))
    behind = [cache.mixed(uniform, before, 3) for before in (2, 7)]
    assert behind[0] > behind[1]


def test_counts_fade() -> None:
    uniform = -math.log(len(WORDS))
    found = [learnt(["北京"] * 5 + ["大学"] * n).mixed(uniform, 7, 3) for n in (0, 5, 50, 500)]
    assert found == sorted(found, reverse=True)


@pytest.mark.parametrize("between", [NO_TOKEN, SPECIALS.index(NUMBER), SPECIALS.index("，")])
def test_words_apart_do_not_follow_each_other(between: int) -> None:
    first, second = tokens_of("在再"), tokens_of("北京")
    cache = WordCache(VOCABULARY, 30.0, OPTIONS)
    cache.cut_by(cut_in_twos)
    cache.learn([*first, between, *second])
    uniform = -math.log(len(WORDS))
    assert cache.mixed(uniform, 1, 3) == cache.mixed(uniform, 7, 3)  # as behind a word never written
    begins = cache.mixed(uniform, BOUNDARY, 3) > cache.mixed(uniform, 7, 3)
    assert begins == (between == SPECIALS.index("，"))


def test_text_before_a_phrase_is_not_counted_with_it() -> None:
    cache = WordCache(VOCABULARY, 30.0, OPTIONS)
    cache.cut_by(cut_in_twos)
    cache.learn(tokens_of("大学北京"), 2)
    uniform = -math.log(len(WORDS))
    assert cache.mixed(uniform, 7, 3) > uniform > cache.mixed(uniform, 7, 4)
    assert cache.mixed(uniform, BOUNDARY, 3) == cache.mixed(uniform, 7, 3)


def test_private_mode_hides_the_words_and_forgotten_texts_are_none() -> None:
    user = UserModel(VOCABULARY)
    user.word_uses.cut_by(cut_in_twos)
    assert user.active_word_uses() is None
    observation = Observation(tuple(tokens_of("北京")))
    memory = user.learn(observation)
    assert user.active_word_uses() is user.word_uses
    user.mute(True)
    assert user.active_word_uses() is None
    user.mute(False)
    user.unlearn(memory)
    assert user.active_word_uses() is None
    user.set_forgotten(["北京"])
    user.load([observation])
    assert user.active_word_uses() is None
    user.set_forgotten([])
    user.load([observation])
    assert user.active_word_uses() is user.word_uses
