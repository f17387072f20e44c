"""The n-gram: counts, smoothing, pruning, and the trie that the engine reads."""

from __future__ import annotations

import itertools
from pathlib import Path

import numpy as np
import pytest

from engine.lexicon.vocabulary import Vocabulary
from engine.model.ngram import EMPTY, NgramError, NgramModel, pack_levels
from engine.spelling.syllable import SYLLABLE_INDEX
from training.corpus.shards import Shards
from training.model.decoder import DecoderModel, ModelConfig
from training.model.trained import Trained
from training.ngram.interpolation import fit_weights, with_weights
from training.ngram.kneser_ney import (
    BITS,
    DISCOUNTS,
    Level,
    Text,
    clause_text,
    continuations,
    count,
    estimate_levels,
    make_ngram,
    word_text,
)
from training.ngram.kneser_ney import log_prob as level_log_prob

N_TOKEN = 12


def weighed(tokens: list[int], weights: int | list[int] = 32) -> Text:
    """Tokens of the weight 1, or of others in 32nds."""
    return Text(np.array(tokens, np.uint16), np.broadcast_to(np.array(weights, np.uint8), len(tokens)))


@pytest.fixture(scope="module")
def text() -> Text:
    """Tokens 2..11 in clauses, with a strong habit: 4 after (2, 3)."""
    rng = np.random.default_rng(0)
    clauses = [[2, 3, 4, *rng.integers(2, N_TOKEN, rng.integers(1, 6)).tolist()] for _ in range(400)]
    return weighed([0, *itertools.chain.from_iterable([*clause, 0] for clause in clauses)])


@pytest.fixture(scope="module")
def levels(text: Text) -> list[Level]:
    return estimate_levels(text, N_TOKEN, (1, 2, 2), (60, 150, 150))


@pytest.fixture(scope="module")
def model(levels: list[Level], tmp_path_factory: pytest.TempPathFactory) -> NgramModel:
    packed = pack_levels(
        [
            (
                level.keys & np.uint64((1 << BITS) - 1),
                level.keys >> np.uint64(BITS),
                level.log_prob,
                level.backoff,
            )
            for level in levels
        ],
        (0.1, 0.2, 0.3, 0.4),
    )
    path = tmp_path_factory.mktemp("ngram") / "ngram.npz"
    np.savez(path, **packed)
    return NgramModel.load(path)


def unpacked(keys: np.ndarray, order: int) -> list[tuple[int, ...]]:
    return [tuple(int(key) >> (BITS * i) & ((1 << BITS) - 1) for i in reversed(range(order))) for key in keys]


def test_counts_stay_inside_clauses() -> None:
    counts = count(weighed([0, 5, 6, 0, 5, 6, 7, 0]), 3)
    assert dict(zip(unpacked(counts.keys, 3), counts.times.tolist(), strict=True)) == {
        (0, 5, 6): 2, (5, 6, 0): 1, (5, 6, 7): 1, (6, 7, 0): 1,
    }  # fmt: skip


def test_lower_orders_count_what_stands_before() -> None:
    text = weighed([0, 5, 7, 0, 6, 7, 0, 6, 7, 0, 7, 8, 0], 64)
    found = continuations(count(text, 1), count(text, 2), 1)
    assert dict(zip(found.keys.tolist(), found.times.tolist(), strict=True)) == {0: 2, 5: 1, 6: 1, 7: 3, 8: 1}
    assert (found.weighted == 2 * found.times).all()
    pairs = continuations(count(text, 2), count(text, 3), 2)
    rows = dict(zip(unpacked(pairs.keys, 2), pairs.times.tolist(), strict=True))
    assert rows[0, 6] == 2  # a clause begins so twice, and nothing stands before that
    assert rows[6, 7] == 1  # only ever behind the beginning
    assert list(pairs.keys) == sorted(pairs.keys)


def test_nothing_is_counted_across_words_of_a_list() -> None:
    counts = count(word_text([(5, 6), (7, 8, 9)], times=2), 2)
    found = dict(zip(unpacked(counts.keys, 2), counts.times.tolist(), strict=True))
    assert found == {(5, 6): 2, (7, 8): 2, (8, 9): 2}


def test_a_source_counts_by_its_weight_and_is_discounted_by_its_count() -> None:
    counts = count(weighed([0, 5, 6, 0, 5, 6, 0, 5, 7, 0], [32, 32, 32, 32, 16, 16, 16, 64, 64, 64]), 2)
    rows = dict(zip(unpacked(counts.keys, 2), zip(counts.times, counts.weighted, strict=True), strict=True))
    assert rows[5, 6] == (2, 1.5)
    assert rows[5, 7] == (1, 2.0)
    by_key = dict(zip(unpacked(counts.keys, 2), counts.discounts, strict=True))
    assert by_key[5, 6] == pytest.approx(1.5 * DISCOUNTS[2] / 2)
    assert by_key[5, 7] == pytest.approx(2.0 * DISCOUNTS[1])


def test_probabilities_sum_to_one_after_pruning(levels: list[Level]) -> None:
    for context in itertools.product((0, 2, 3, 7), (2, 3, 9), (3, 4, 11)):
        packed = 0
        for token in context:
            packed = packed << BITS | token
        keys = np.array([packed << BITS | token for token in range(N_TOKEN)], dtype=np.uint64)
        assert np.exp(level_log_prob(levels, keys).astype(np.float64)).sum() == pytest.approx(1, abs=2e-3)


def test_a_habit_is_learnt(levels: list[Level]) -> None:
    key = np.array([(0 << 3 * BITS) | (2 << 2 * BITS) | (3 << BITS) | 4], dtype=np.uint64)
    assert np.exp(level_log_prob(levels, key))[0] > 0.9


def test_pruning_keeps_the_number_asked_for(levels: list[Level]) -> None:
    assert [len(level.keys) for level in levels[1:]] == [60, 150, 150] or len(levels[1].keys) == 60


def test_the_trie_gives_what_the_levels_give(levels: list[Level], model: NgramModel) -> None:
    for history in itertools.product((0, 2, 5), (2, 3, 5), (3, 4, 8)):
        packed = 0
        for token in history:
            packed = packed << BITS | token
        keys = np.array([packed << BITS | token for token in range(N_TOKEN)], dtype=np.uint64)
        expected = level_log_prob(levels, keys)
        found = model.log_probs([model.state_of(history)], 0, N_TOKEN)[0]
        np.testing.assert_allclose(found, expected, atol=0.15)  # bytes: half a step an entry and a backoff
        part = model.log_probs([model.state_of(history)], 3, 7)[0]
        np.testing.assert_array_equal(part, found[3:7])
        one_by_one = [model.log_prob(model.state_of(history), token) for token in range(N_TOKEN)]
        np.testing.assert_array_equal(np.array(one_by_one, np.float32), found)


@pytest.mark.parametrize(("start", "end"), [(0, N_TOKEN), (3, 7), (5, 5), (11, N_TOKEN)])
def test_many_states_at_once_give_what_each_gives_alone(model: NgramModel, start: int, end: int) -> None:
    """A wide beam is looked up in another way than a narrow one, to the same bits."""
    histories = list(itertools.product((0, 2, 5, 11), (2, 3, 5, 9), (3, 4, 8, 10)))
    states = [EMPTY, *(model.state_of(history) for history in [*histories, (2,), (2, 3), (7,)])]
    together = model.log_probs(states, start, end)
    assert len(states) > 64
    for state, found in zip(states, together, strict=True):
        np.testing.assert_array_equal(model.log_probs([state], start, end)[0], found)


def test_states_are_incremental(model: NgramModel) -> None:
    state = EMPTY
    for token in (9, 2, 3):
        state = model.state(state, token)
    assert state == model.state_of([5, 9, 2, 3])


def test_an_unseen_token_leaves_an_empty_context(model: NgramModel) -> None:
    plain = model.log_probs([EMPTY], 0, N_TOKEN)[0]
    assert np.exp(plain).sum() == pytest.approx(1, abs=0.1)  # twelve values in steps of a sixth


def test_what_is_no_ngram_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ngram.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(NgramError, match="not an n-gram file"):
        NgramModel.load(path)
    np.savez(path, log_prob_0=np.zeros(3, np.uint8))
    with pytest.raises(NgramError):
        NgramModel.load(path)


def test_the_command_reads_shards(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    shards = Shards(prepared, "train", vocabulary)
    plain, doubled = clause_text(shards, {}), clause_text(shards, {"talk": 2.0})
    assert (plain.tokens == doubled.tokens).all()
    assert doubled.weights.sum() > 1.4 * plain.weights.sum()
    assert len(clause_text(shards, {"talk": 0.0}).tokens) < 0.6 * len(plain.tokens)
    make_ngram(prepared, tmp_path / "counts", {}, (2, 2, 2), (5000, 5000, 5000))
    assert [path.name for path in tmp_path.iterdir()] == ["counts"]
    model = NgramModel.load(tmp_path / "counts")
    ids = [vocabulary.ids_of_hanzi[hanzi] for hanzi in "银行行"]
    hang = vocabulary.id_of_reading["行", SYLLABLE_INDEX["hang"]]
    state = model.state_of([ids[0][0], hang, hang])
    zhang = vocabulary.id_of_reading["长", SYLLABLE_INDEX["zhang"]]
    assert model.log_probs([state], zhang, zhang + 1)[0, 0] > -0.5


def test_mixing_weights_favour_who_knows(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    make_ngram(prepared, tmp_path / "n.npz", {}, (2, 2, 2), (5000, 5000, 5000))
    config = ModelConfig(n_layer=1, n_head=2, n_embd=16, block_size=32)
    untrained = Trained(DecoderModel(config, vocabulary).eval(), vocabulary, {}, {})
    weights = fit_weights(untrained, NgramModel.load(tmp_path / "n.npz"), prepared, {})
    assert min(weights[2:]) > 0.95  # the decoder knows nothing, the text repeats itself
    before = (tmp_path / "n.npz").read_bytes()
    (tmp_path / "fitted.npz").write_bytes(with_weights(tmp_path / "n.npz", weights))
    np.testing.assert_allclose(NgramModel.load(tmp_path / "fitted.npz").weights, weights, rtol=1e-6)
    assert (tmp_path / "n.npz").read_bytes() == before
