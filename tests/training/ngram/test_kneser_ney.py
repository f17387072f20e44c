"""The n-gram: counts, smoothing, pruning, and the trie that the engine reads."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from functools import reduce
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import dump_arrays
from engine.lexicon.vocabulary import Vocabulary
from engine.model.ngram import EMPTY, NgramModel, NgramState, pack_readings
from engine.model.ngram_file import NgramError, quantised
from engine.spelling.syllable import SYLLABLE_INDEX
from training.corpus.shards import Shards
from training.model.decoder import DecoderModel, ModelConfig
from training.model.trained import Trained
from training.ngram.counting import UNIT, Alphabet, Counts, Stream, continuations, count_ngrams, spans_of
from training.ngram.interpolation import fit_weights, with_weights
from training.ngram.kneser_ney import DISCOUNTS, CountedLevel, Text, discounts_of, estimate_levels
from training.ngram.kneser_ney import log_prob as level_log_prob
from training.ngram.pruning import pruned, worths
from training.ngram.readings import BITS, clause_streams, make_ngram, packed_levels, word_stream

N_TOKEN = 12


ALPHABET = Alphabet(N_TOKEN, BITS, boundary=0, hole=1)
ALL = 0, N_TOKEN


def stream(tokens: list[int], weight: int = UNIT) -> Stream:
    """Return tokens that all count by one weight."""
    return Stream(np.array(tokens, np.uint16), weight)


@pytest.fixture(scope="module")
def streams() -> list[Stream]:
    """Return tokens 2..11 in clauses, with a strong habit: 4 after (2, 3)."""
    rng = np.random.default_rng(0)
    clauses = [[2, 3, 4, *rng.integers(2, N_TOKEN, rng.integers(1, 6)).tolist()] for _ in range(400)]
    texts = [
        [0, *itertools.chain.from_iterable([*clause, 0] for clause in part)]
        for part in (clauses, clauses[:90])
    ]
    return [stream(texts[0]), stream(texts[1], 80), word_stream([(5, 6), (7, 8, 9, 9)], times=3)]


@pytest.fixture(scope="module")
def levels(streams: list[Stream]) -> list[CountedLevel]:
    return estimate_levels(Text(streams, ALPHABET, 4), (1, 2, 2), (60, 150, 150))


def log_prob_of(levels: list[CountedLevel], context: Sequence[int], tokens: Sequence[int]) -> np.ndarray:
    """Return the log-probability of each of `tokens` behind three others."""
    packed = reduce(lambda key, token: key << BITS | token, context, 0)
    return level_log_prob(levels, np.array([packed << BITS | token for token in tokens], np.uint64), ALPHABET)


@pytest.fixture(scope="module")
def model(levels: list[CountedLevel], tmp_path_factory: pytest.TempPathFactory) -> NgramModel:
    path = tmp_path_factory.mktemp("ngram") / "ngram.bin"
    path.write_bytes(dump_arrays(pack_readings(packed_levels(levels, ALPHABET), (0.1, 0.2, 0.3, 0.4))))
    return NgramModel.load(path)


def state_of(model: NgramModel, history: Sequence[int]) -> NgramState:
    """Return the state behind a whole history."""
    return reduce(model.state, history, EMPTY)


def as_stored(levels: list[CountedLevel]) -> list[CountedLevel]:
    """Return the levels with their values as the file holds them."""
    found = levels[:1]
    for n, level in enumerate(levels[1:], start=1):
        values, codes = quantised(level.log_prob, 64)
        backoff = np.zeros_like(level.backoff)
        if n + 1 < len(levels):
            is_context = np.isin(level.keys, levels[n + 1].keys >> np.uint64(BITS))
            backoffs, backoff_codes = quantised(level.backoff[is_context], 16)
            backoff[is_context] = backoffs[backoff_codes]
        found.append(CountedLevel(level.keys, values[codes], backoff))
    return found


def unpacked(keys: np.ndarray, order: int) -> list[tuple[int, ...]]:
    return [tuple(int(key) >> (BITS * i) & ((1 << BITS) - 1) for i in reversed(range(order))) for key in keys]


def by_ngram(counts: Counts, order: int) -> dict[tuple[int, ...], tuple[int, float]]:
    rows = zip(counts.times.tolist(), counts.weighted.tolist(), strict=True)
    return dict(zip(unpacked(counts.keys, order), rows, strict=True))


def test_counts_stay_inside_clauses() -> None:
    counts = count_ngrams([stream([0, 5, 6, 0, 5, 6, 7, 0])], ALPHABET, 3, ALL)
    assert {ngram: times for ngram, (times, _) in by_ngram(counts, 3).items()} == {
        (0, 5, 6): 2, (5, 6, 0): 1, (5, 6, 7): 1, (6, 7, 0): 1,
    }  # fmt: skip


def test_boundaries_in_a_row_are_one() -> None:
    counts = count_ngrams([stream([0, 0, 5, 0, 0, 0, 6, 0])], ALPHABET, 2, ALL)
    assert set(by_ngram(counts, 2)) == {(0, 5), (5, 0), (0, 6), (6, 0)}


def test_lower_orders_count_what_stands_before() -> None:
    text = Text([stream([0, 5, 7, 0, 6, 7, 0, 6, 7, 0, 7, 8, 0], 64)], ALPHABET, 3)
    found = by_ngram(text.smoothed(1, ALL, text.plain(1, ALL)), 1)
    assert found == {(0,): (2, 4), (5,): (1, 2), (6,): (1, 2), (7,): (3, 6), (8,): (1, 2)}
    pairs = text.smoothed(2, ALL, text.plain(2, ALL))
    rows = by_ngram(pairs, 2)
    assert rows[0, 6][0] == 2  # a clause begins so twice, and nothing stands before that
    assert rows[6, 7][0] == 1  # only ever behind the beginning
    assert list(pairs.keys) == sorted(pairs.keys)


def test_nothing_is_counted_across_words_of_a_list() -> None:
    counts = count_ngrams([word_stream([(5, 6), (7, 8, 9)], times=2)], ALPHABET, 2, ALL)
    assert set(by_ngram(counts, 2).items()) == {((5, 6), (2, 2)), ((7, 8), (2, 2)), ((8, 9), (2, 2))}


def test_a_source_counts_by_its_weight_and_is_discounted_by_its_count() -> None:
    sources = [stream([0, 5, 6, 0]), stream([0, 5, 6, 0], 16), stream([0, 5, 7, 0], 64)]
    counts = count_ngrams(sources, ALPHABET, 2, ALL)
    rows = by_ngram(counts, 2)
    assert rows[5, 6] == (2, 1.5)
    assert rows[5, 7] == (1, 2.0)
    taken = dict(zip(unpacked(counts.keys, 2), discounts_of(counts), strict=True))
    assert taken[5, 6] == pytest.approx(1.5 * DISCOUNTS[2] / 2)
    assert taken[5, 7] == pytest.approx(2.0 * DISCOUNTS[1])


@pytest.mark.parametrize("lead", [0, 1])
@pytest.mark.parametrize("order", [2, 3, 4])
def test_ranges_together_hold_what_all_of_the_text_holds(
    streams: list[Stream], order: int, lead: int
) -> None:
    whole = count_ngrams(streams, ALPHABET, order, ALL, lead)
    parts = [count_ngrams(streams, ALPHABET, order, span, lead) for span in spans_of(streams, ALPHABET, 500)]
    assert len(parts) > 4
    for name in ("keys", "times", "weighted"):
        joined = np.concatenate([getattr(part, name) for part in parts])
        np.testing.assert_array_equal(joined, getattr(whole, name))


def test_ranges_and_pieces_change_nothing(
    streams: list[Stream], levels: list[CountedLevel], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.ngram.counting._PIECE", 100)
    narrow = estimate_levels(Text(streams, ALPHABET, 4, most=300), (1, 2, 2), (60, 150, 150))
    for level, again in zip(levels, narrow, strict=True):
        np.testing.assert_array_equal(level.keys, again.keys)
        np.testing.assert_allclose(level.log_prob, again.log_prob, rtol=1e-6)
        np.testing.assert_allclose(level.backoff, again.backoff, rtol=1e-4, atol=1e-5)


def test_continuations_are_what_a_plain_count_of_sets_gives(streams: list[Stream]) -> None:
    trigrams = by_ngram(count_ngrams(streams, ALPHABET, 3, ALL), 3)
    before: dict[tuple[int, ...], set[int]] = {}
    for first, *rest in trigrams:
        before.setdefault(tuple(rest), set()).add(first)
    found = by_ngram(continuations(streams, ALPHABET, 2, ALL), 2)
    assert {ngram: times for ngram, (times, _) in found.items()} == {k: len(v) for k, v in before.items()}


def test_probabilities_sum_to_one_after_pruning(levels: list[CountedLevel]) -> None:
    for context in itertools.product((0, 2, 3, 7), (2, 3, 9), (3, 4, 11)):
        values = log_prob_of(levels, context, range(N_TOKEN))
        assert np.exp(values.astype(np.float64)).sum() == pytest.approx(1, abs=2e-3)


@pytest.mark.parametrize("entries", [(60, 150, 150), (40, 60, 30), (10, 5, 2)])
def test_what_is_pruned_again_sums_to_one_and_keeps_no_orphans(
    levels: list[CountedLevel], entries: tuple[int, ...]
) -> None:
    classes = np.arange(N_TOKEN) // 2
    kept = pruned(levels, entries, classes, ALPHABET)
    for level, most, lower in zip(kept[1:], entries, kept, strict=False):
        assert 0 < len(level.keys) <= most
        assert np.isin(ALPHABET.contexts(level.keys), lower.keys).all()
    for context in itertools.product((0, 2, 7), (2, 3, 9), (3, 11)):
        values = log_prob_of(kept, context, range(N_TOKEN))
        assert np.exp(values.astype(np.float64)).sum() == pytest.approx(1, abs=2e-3)


def test_an_entry_without_a_rival_of_its_class_is_worth_little(levels: list[CountedLevel]) -> None:
    alone, together = (
        worths(levels, classes, ALPHABET)[0] for classes in (np.arange(N_TOKEN), np.zeros(N_TOKEN, np.int64))
    )
    assert np.median(alone) < 0.3 * np.median(together)


def test_a_habit_is_learnt(levels: list[CountedLevel]) -> None:
    assert np.exp(log_prob_of(levels, (0, 2, 3), [4]))[0] > 0.9


def test_pruning_keeps_the_number_asked_for(levels: list[CountedLevel]) -> None:
    assert [len(level.keys) for level in levels[1:]] == [60, 150, 150] or len(levels[1].keys) == 60


def test_the_trie_gives_what_the_levels_give(levels: list[CountedLevel], model: NgramModel) -> None:
    stored = as_stored(levels)
    for history in itertools.product((0, 2, 5), (2, 3, 5), (3, 4, 8)):
        expected = log_prob_of(stored, history, range(N_TOKEN))
        found = model.log_probs([state_of(model, history)], 0, N_TOKEN)[0]
        np.testing.assert_allclose(found, expected, atol=1e-5)
        part = model.log_probs([state_of(model, history)], 3, 7)[0]
        np.testing.assert_array_equal(part, found[3:7])
        one_by_one = [model.log_prob(state_of(model, history), token) for token in range(N_TOKEN)]
        np.testing.assert_allclose(np.array(one_by_one, np.float32), found, rtol=1e-6)


@pytest.mark.parametrize(("start", "end"), [(0, N_TOKEN), (3, 7), (5, 5), (11, N_TOKEN)])
def test_many_states_at_once_give_what_each_gives_alone(model: NgramModel, start: int, end: int) -> None:
    """A wide beam is looked up in another way than a narrow one, to the same bits."""
    histories = list(itertools.product((0, 2, 5, 11), (2, 3, 5, 9), (3, 4, 8, 10)))
    states = [EMPTY, *(state_of(model, history) for history in [*histories, (2,), (2, 3), (7,)])]
    together = model.log_probs(states, start, end)
    assert len(states) > 64
    for state, found in zip(states, together, strict=True):
        np.testing.assert_array_equal(model.log_probs([state], start, end)[0], found)


def test_states_are_incremental(model: NgramModel) -> None:
    state = EMPTY
    for token in (9, 2, 3):
        state = model.state(state, token)
    assert state == state_of(model, [5, 9, 2, 3])


def test_an_unseen_token_leaves_an_empty_context(model: NgramModel) -> None:
    plain = model.log_probs([EMPTY], 0, N_TOKEN)[0]
    assert np.exp(plain).sum() == pytest.approx(1, abs=0.1)  # twelve values in steps of a sixth


def test_what_is_no_ngram_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "ngram.npz"
    path.write_bytes(b"nothing")
    with pytest.raises(NgramError, match="expected an n-gram file of this version"):
        NgramModel.load(path)
    np.savez(path, log_prob_0=np.zeros(3, np.uint8))
    with pytest.raises(NgramError):
        NgramModel.load(path)


def test_the_command_reads_shards(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    shards = Shards(prepared, "train", vocabulary)
    plain, doubled = (
        {
            tuple(stream.tokens[:9]): stream.weight
            for stream in clause_streams(shards, weights, len(vocabulary))
        }
        for weights in ({}, {"talk": 2.0})
    )
    assert sorted(plain.values()) == [UNIT] * len(plain)
    assert sorted(doubled.values()) == [UNIT] * (len(plain) - 1) + [2 * UNIT]
    assert len(clause_streams(shards, {"talk": 0.0}, len(vocabulary))) == len(plain) - 1
    make_ngram(prepared, tmp_path / "counts", {}, (2, 2, 2), (5000, 5000, 5000))
    assert [path.name for path in tmp_path.iterdir()] == ["counts"]
    model = NgramModel.load(tmp_path / "counts")
    ids = [vocabulary.ids_of_hanzi[hanzi] for hanzi in "银行行"]
    hang = vocabulary.id_of_reading["行", SYLLABLE_INDEX["hang"]]
    state = state_of(model, [ids[0][0], hang, hang])
    zhang = vocabulary.id_of_reading["长", SYLLABLE_INDEX["zhang"]]
    assert model.log_probs([state], zhang, zhang + 1)[0, 0] > -0.5


def test_mixing_weights_favour_who_knows(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    make_ngram(prepared, tmp_path / "n.bin", {}, (2, 2, 2), (5000, 5000, 5000))
    config = ModelConfig(n_layer=1, n_head=2, n_embd=16, block_size=32)
    untrained = Trained(DecoderModel(config, vocabulary).eval(), vocabulary, {}, {})
    weights = fit_weights(untrained, NgramModel.load(tmp_path / "n.bin"), prepared, {})
    assert min(weights[2:]) > 0.95  # the decoder knows nothing, the text repeats itself
    before = (tmp_path / "n.bin").read_bytes()
    (tmp_path / "fitted.bin").write_bytes(with_weights(tmp_path / "n.bin", weights))
    np.testing.assert_allclose(NgramModel.load(tmp_path / "fitted.bin").weights, weights, rtol=1e-6)
    assert (tmp_path / "n.bin").read_bytes() == before
