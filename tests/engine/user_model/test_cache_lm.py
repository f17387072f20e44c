"""The laws of the personal counts: they fade, undo exactly, and leave alone what the user never wrote."""

from __future__ import annotations

import math

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.lexicon.vocabulary import Vocabulary
from engine.user_model.cache_lm import NO_TOKEN, CacheCounts, MixOptions

OPTIONS = MixOptions(30, syllable_weight=0.3, syllable_prior=2, bigram_prior=3, trigram_prior=2)
TOKENS = st.integers(20, 90) | st.just(NO_TOKEN)
COMMITS = st.lists(st.lists(TOKENS, min_size=1, max_size=6), max_size=12)


def mixed(counts: CacheCounts, vocabulary: Vocabulary, history: tuple[int, int]) -> np.ndarray:
    """P of all readings where the decoder holds all for equally likely."""
    start, n = vocabulary.n_special, len(vocabulary) - vocabulary.n_special
    _, cuts, slices = np.unique(vocabulary.class_of_token[start:], return_index=True, return_inverse=True)
    probabilities = np.full((1, n), 1 / n, dtype=np.float32)
    counts.mix(probabilities, [history], start, cuts, slices)
    return probabilities[0]


def observed(vocabulary: Vocabulary, commits: list[list[int]]) -> CacheCounts:
    counts = CacheCounts(vocabulary, OPTIONS)
    for tokens in commits:
        counts.observe(tokens)
    return counts


HISTORIES = [(0, 30), (30, 40), (40, 41), (NO_TOKEN, 50), (50, 60)]


@settings(max_examples=100, deadline=None)
@given(COMMITS, TOKENS, TOKENS)
def test_probabilities_stay_probabilities(
    vocabulary: Vocabulary, commits: list[list[int]], before: int, last: int
) -> None:
    probabilities = mixed(observed(vocabulary, commits), vocabulary, (before, max(last, 0)))
    assert (probabilities >= 0).all()
    assert probabilities.sum() == pytest.approx(1, abs=1e-4)


@settings(max_examples=100, deadline=None)
@given(COMMITS, st.lists(TOKENS, min_size=1, max_size=6))
def test_undo_is_exact(vocabulary: Vocabulary, commits: list[list[int]], tokens: list[int]) -> None:
    counts = observed(vocabulary, commits)
    before = [mixed(counts, vocabulary, history).tobytes() for history in HISTORIES]
    counts.undo(counts.observe(tokens))
    assert [mixed(counts, vocabulary, history).tobytes() for history in HISTORIES] == before


@settings(max_examples=100, deadline=None)
@given(COMMITS)
def test_loading_a_log_equals_counting_it(vocabulary: Vocabulary, commits: list[list[int]]) -> None:
    counts = observed(vocabulary, commits)
    loaded = CacheCounts(vocabulary, OPTIONS)
    tokens = [token for commit in commits for token in [*commit, NO_TOKEN]]
    numbers = [i for i, commit in enumerate(commits) for _ in [*commit, NO_TOKEN]]
    loaded.load(np.array(tokens, np.int64), np.array(numbers, np.int64), len(commits))
    for history in [*HISTORIES, *zip(tokens, tokens[1:], strict=False)]:
        if history[1] != NO_TOKEN:
            expected = mixed(counts, vocabulary, history)
            np.testing.assert_allclose(mixed(loaded, vocabulary, history), expected, rtol=1e-5)


def test_what_the_user_never_wrote_is_left_alone(vocabulary: Vocabulary) -> None:
    counts = observed(vocabulary, [[30, 31, 32]])
    start, end = vocabulary.n_special, len(vocabulary)
    probabilities = mixed(counts, vocabulary, (60, 70))
    syllables = {vocabulary.syllable_of_token(token) for token in (30, 31, 32)}
    others = [t - start for t in range(start, end) if vocabulary.syllable_of_token(t) not in syllables]
    assert (probabilities[others] == np.float32(1 / (end - start))).all()


def test_one_occurrence_is_evidence_two_are_more(vocabulary: Vocabulary) -> None:
    column = 40 - vocabulary.n_special
    found = [mixed(observed(vocabulary, [[30, 31, 40]] * n), vocabulary, (30, 31))[column] for n in range(4)]
    assert found == sorted(found)
    assert found[1] < 0.15
    assert found[2] - found[1] > found[1] - found[0]


def test_counts_fade(vocabulary: Vocabulary) -> None:
    column = 40 - vocabulary.n_special
    often, other = [[30, 31, 40]] * 8, [[60, 61]]
    found = [
        mixed(observed(vocabulary, [*often, *other * n]), vocabulary, (30, 31))[column]
        for n in (0, 5, 60, 640)
    ]
    assert found == sorted(found, reverse=True)
    assert found[-1] == pytest.approx(mixed(observed(vocabulary, []), vocabulary, (30, 31))[column], rel=1e-3)


def test_a_hundred_thousand_commits_do_not_overflow(vocabulary: Vocabulary) -> None:
    counts = CacheCounts(vocabulary)
    counts.load(np.array([30, 31, 40]), np.array([99_999] * 3), 100_000)
    probability = mixed(counts, vocabulary, (30, 31))[40 - vocabulary.n_special]
    assert math.isfinite(probability)
    assert probability > 1 / len(vocabulary)
