"""The beam against exhaustive search, and what it costs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conversion.beam import Beam, _best_indices, is_unfinished
from engine.conversion.beam_search import BeamSearch, SearchOptions
from engine.conversion.scorer import Scorer
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.model.prefix_cache import PrefixCache
from engine.spelling.fuzzy_sounds import AVOIDED
from engine.spelling.options import SpellingOptions
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES, syllables_with_prefix
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.spelling.table_builder import spelling_table

WIDE = 100_000


@pytest.fixture(scope="module")
def tiny() -> Vocabulary:
    rows = (
        "xi西 xi系 an安 an按 xian先 xian现 a啊 n嗯 ni你 ni尼 na那 xia下 ang昂 xiang想 e饿 lve略 lv绿 nian年"
    )
    pairs = [(row[-1], row[:-1]) for row in rows.split() if row[:-1] in SYLLABLE_INDEX]
    return Vocabulary(tuple(sorted(((h, SYLLABLE_INDEX[s]) for h, s in pairs), key=lambda pair: pair[1])))


class Bench:
    """A search on its own trie behind START and one token."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        decoder: FakeDecoder,
        beam_width: int,
        fuzzy: str = "",
        final_width: int | None = None,
    ) -> None:
        self.trie = PrefixCache(decoder)
        self.root = self.trie.reset([0, len(vocabulary) - 1])
        options = SearchOptions(beam_width=beam_width, final_width=final_width or beam_width)
        self.search = BeamSearch(self.trie, Scorer(decoder, self.trie, vocabulary), options)
        starts = vocabulary.syllable_starts
        known = frozenset(np.flatnonzero(np.diff(starts)).tolist())
        self.table = spelling_table(SpellingOptions(frozenset(fuzzy.split())), known=known)

    def beam(self, keys: str) -> Beam:
        return self.search.final_beam(self.root, self.graph(keys))

    def graph(self, keys: str) -> SyllableGraph:
        return SyllableGraph.of(keys, self.table)


def _edge_paths(graph: SyllableGraph, end: int) -> Iterator[list[Edge]]:
    if end == 0:
        yield []
        return
    for edge in graph.edges_into(end):
        for path in _edge_paths(graph, edge.start):
            yield [*path, edge]


def _texts(vocabulary: Vocabulary, path: list[Edge]) -> Iterator[tuple[int, ...]]:
    if not path:
        yield ()
        return
    for tokens in _texts(vocabulary, path[:-1]):
        for token in range(*vocabulary.reading_range(path[-1].first_syllable, path[-1].last_syllable)):
            yield (*tokens, token)


def _text_log_prob(
    vocabulary: Vocabulary, decoder: FakeDecoder, history: list[int], tokens: tuple[int, ...]
) -> float:
    """log P(tokens | history) from one plain prefill, in float64."""
    ids = [*history, *tokens]
    n = len(ids)
    empty = np.zeros((0, decoder.n_layer, 2, decoder.n_embd), np.float32)
    output = decoder.forward(np.array(ids), np.arange(n), empty, np.tril(np.ones((n, n), np.bool_)))
    total = 0.0
    for i, token in enumerate(tokens, start=len(history) - 1):
        syllable = vocabulary.syllable_of_token(token)
        start, end = vocabulary.reading_range(syllable, syllable + 1)
        logits = decoder.reading_logits(output.hidden[i : i + 1], start, end)[0].astype(np.float64)
        total += float(output.class_log_probs[i, vocabulary.n_special + syllable])
        total += float(logits[token - start] - np.log(np.exp(logits).sum()))
    return total


def _cost(path: list[Edge]) -> float:
    """Nats: a way of a fuzzy sound is paid for once, and then the same for every further use.

    And once more for each of up to three sounds of the text, before it or behind, that avoided it.
    """
    gone: set[str] = set()
    total = 0.0
    avoided = Counter(way.name for edge in path for way in edge.avoided.ways)
    for edge in path:
        total += edge.cost - sum(way.saved for way in edge.ways if way.name in gone)
        new = [way for way in edge.ways if way.name not in gone]
        total += sum(AVOIDED * min(avoided[way.name], 3) for way in new)
        gone |= {way.name for way in edge.ways}
    return total


def _exhaustive(
    vocabulary: Vocabulary, decoder: FakeDecoder, graph: SyllableGraph
) -> dict[tuple[int, ...], float]:
    """Every text of the keys with its best score."""
    best: dict[tuple[int, ...], float] = {}
    for path in _edge_paths(graph, graph.interpreted_length):
        cost = _cost(path)
        for tokens in _texts(vocabulary, path):
            score = _text_log_prob(vocabulary, decoder, [0, len(vocabulary) - 1], tokens) - cost
            best[tokens] = max(best.get(tokens, -np.inf), score)
    return best


@pytest.mark.parametrize(
    "keys",
    """xian xi'an nian xia lue lve xianian xiang x nixian xianv a'n
    nx xn nxn n'x nxian xianx xiannx nxv nxianx""".split(),
)
def test_a_wide_beam_is_exhaustive_search(tiny: Vocabulary, keys: str) -> None:
    decoder = FakeDecoder(tiny, seed=3)
    bench = Bench(tiny, decoder, WIDE)
    expected = _exhaustive(tiny, decoder, bench.graph(keys))
    beam = bench.beam(keys)
    assert {h.node.tokens for h in beam} == set(expected)
    for hypothesis in beam:
        assert hypothesis.score == pytest.approx(expected[hypothesis.node.tokens], abs=1e-4)
    is_whole = bool(bench.graph(keys).whole_edges[len(keys)]) and not bench.graph(keys).abbreviations
    places = [(is_whole and is_unfinished(h), -h.score) for h in beam]
    assert places == sorted(places)  # what is to go on comes last where the last letters are a syllable


@pytest.mark.parametrize(
    "keys", "xianxian xiangxian anxiang'an xianxianx angniang nixiangxiang xiangxiangxiangxian".split()
)
def test_an_accent_is_paid_for_once(tiny: Vocabulary, keys: str) -> None:
    decoder = FakeDecoder(tiny, seed=3)
    bench = Bench(tiny, decoder, WIDE, "ian_iang an_ang l_n")
    expected = _exhaustive(tiny, decoder, bench.graph(keys))
    beam = bench.beam(keys)
    assert {h.node.tokens: h.score for h in beam} == pytest.approx(expected, abs=1e-4)
    sources = [h.source for h in beam if h.source]
    assert any(source.ways for source in sources)
    for source in sources:
        assert source.ways == {way.name for edge in source.edges for way in edge.ways}


@pytest.mark.parametrize("fuzzy", ["", "ian_iang an_ang l_n"])
@pytest.mark.parametrize(("beam_width", "final_width"), [(1, 1), (2, 2), (3, 3), (16, 16), (3, 1), (16, 5)])
@pytest.mark.parametrize(
    "keys", ["xian", "xianian", "nixiangan", "xianixian", "nxnx", "nxianx", "xianxn", "nixn'xiang"]
)
def test_a_narrow_beam_keeps_the_best_of_each_step(
    tiny: Vocabulary, keys: str, beam_width: int, final_width: int, fuzzy: str
) -> None:
    """The pruning that spares decoder rows changes nothing: typed or pasted, evaluated or not."""
    decoder = FakeDecoder(tiny, seed=5)
    typed, pasted, warmed = (Bench(tiny, decoder, beam_width, fuzzy, final_width) for _ in range(3))
    for end in range(1, len(keys) + 1):
        typed.beam(keys[:end])
        warmed.beam(keys[:end])
        warmed.search.evaluate_ahead(warmed.root, warmed.graph(keys[:end]))
    results = [[(h.node.tokens, h.score) for h in bench.beam(keys)] for bench in (typed, pasted, warmed)]
    assert results[0] == results[1] == results[2]
    may_be_syllable = warmed.table.is_prefix(keys)
    assert len(results[0]) <= (beam_width if may_be_syllable else final_width)


def test_what_goes_on_is_searched_behind_the_key(vocabulary: Vocabulary, decoder: FakeDecoder) -> None:
    """A key looks for the few texts that are shown; the beam for the next one is wider and waits."""
    bench, shown, built = Bench(vocabulary, decoder, 16, final_width=2), [], []
    for end in range(1, 9):
        keys = "nihaoshi"[:end]
        shown.append(len(bench.beam(keys)))
        built.append((bench.root, (keys, "")) in bench.search._interior)
        bench.search.evaluate_ahead(bench.root, bench.graph(keys))
        assert (bench.root, (keys, "")) in bench.search._interior
    assert built == [True, True] + [False] * 6  # what may be one syllable is searched widely at once
    assert max(shown[2:]) == 2 < max(shown[:2])
    assert len(bench.search._interior[bench.root, ("nihaoshi", "")]) == 16


def test_the_first_initial_of_an_input_has_a_wide_beam_too(tiny: Vocabulary) -> None:
    """It was a mere unfinished syllable one key earlier, with one text in its beam."""
    bench = Bench(tiny, FakeDecoder(tiny, seed=5), 2, final_width=1)
    assert len(bench.beam("xianxiann")) == 1
    assert len(bench.beam("xianxiannx")) == 1  # the best of a wide beam
    wide = bench.search._interior[bench.root, bench.graph("xianxiannx").name(9)]
    assert len({h.node.tokens for h in wide}) == 2
    assert bench.search.interior_beam(bench.root, bench.graph("na"), 1) == ()


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.sampled_from("xi an a ni na xia xian nian e x n z h sh '".split()), max_size=7).map("".join)
)
def test_pruning_before_evaluation_loses_nothing(
    vocabulary: Vocabulary, sure_decoder: FakeDecoder, keys: str
) -> None:
    pruned, evaluated = (Bench(vocabulary, sure_decoder, 3) for _ in range(2))
    for end in range(1, len(keys) + 1):
        beams = [[(h.node.tokens, h.score) for h in bench.beam(keys[:end])] for bench in (pruned, evaluated)]
        assert beams[0] == beams[1]
        evaluated.search.evaluate_ahead(evaluated.root, evaluated.graph(keys[:end]))


def test_one_text_by_two_edges_stands_once_with_its_best_score(tiny: Vocabulary) -> None:
    """`xi` exact and `xi` inside an open range of the same span."""
    decoder = FakeDecoder(tiny)
    bench = Bench(tiny, decoder, 16)
    syllable = SYLLABLE_INDEX["xi"]
    cheap, dear = Edge(0, 2, syllable, syllable + 1), Edge(0, 2, syllable, syllable + 9, cost=1.5)
    graph = SyllableGraph("xi", ((), (), (cheap,)), (dear,), 2)
    beam = bench.search.final_beam(bench.root, graph)
    assert len({h.node for h in beam}) == len(beam)
    assert {h.edge.cost for h in beam if h.edge and len(h.node.tokens) == 1} == {0.0, 1.5}
    for hypothesis in beam:
        is_xi = tiny.syllable_of_token(hypothesis.node.token) == syllable
        assert hypothesis.edge is (cheap if is_xi else dear)


def test_equal_scores_are_ordered_by_token_ids(vocabulary: Vocabulary) -> None:
    class Flat(FakeDecoder):
        def reading_logits(self, hidden: np.ndarray, start: int, end: int) -> np.ndarray:
            return np.zeros((len(hidden), end - start), np.float32)

    bench = Bench(vocabulary, Flat(vocabulary), 5)
    tokens = [h.node.tokens for h in bench.beam("shi'")]
    start = vocabulary.reading_range(SYLLABLE_INDEX["shi"], SYLLABLE_INDEX["shi"] + 1)[0]
    assert tokens == [(start + i,) for i in range(5)]


@settings(max_examples=50, deadline=None)
@given(st.integers(0, len(SYLLABLES) - 40), st.integers(1, 40))
def test_reading_log_probs_are_normalised_per_syllable(
    vocabulary: Vocabulary, decoder: FakeDecoder, first: int, size: int
) -> None:
    bench = Bench(vocabulary, decoder, 4)
    nodes = [bench.root, bench.root.child(30), bench.root.child(31)]
    bench.trie.evaluate(nodes)
    scorer = Scorer(decoder, bench.trie, vocabulary)
    found = scorer.reading_log_probs(nodes, first, first + size)
    start, end = vocabulary.reading_range(first, first + size)
    assert found.shape == (3, end - start)
    class_log_probs = bench.trie.outputs(nodes)[1]
    for syllable in range(first, first + size):
        left, right = (position - start for position in vocabulary.reading_range(syllable, syllable + 1))
        if left < right:
            mass = np.exp(found[:, left:right]).sum(axis=1)
            expected = np.exp(class_log_probs[:, vocabulary.n_special + syllable])
            np.testing.assert_allclose(mass, expected, rtol=1e-4)


def test_fewer_syllables_behind_the_same_histories_are_not_computed_again(
    vocabulary: Vocabulary, decoder: FakeDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    bench = Bench(vocabulary, decoder, 4)
    nodes = [bench.root, bench.root.child(30), bench.root.child(31)]
    bench.trie.evaluate(nodes)
    all_s, shi = (syllables_with_prefix(prefix) for prefix in ("s", "shi"))
    fresh = Scorer(decoder, bench.trie, vocabulary).reading_log_probs(nodes[1:], *shi)
    scorer = Scorer(decoder, bench.trie, vocabulary)
    scorer.reading_log_probs(nodes, *all_s)
    computed: list[int] = []
    logits = decoder.reading_logits
    monkeypatch.setattr(
        decoder, "reading_logits", lambda hidden, *ids: computed.append(len(hidden)) or logits(hidden, *ids)
    )
    np.testing.assert_allclose(scorer.reading_log_probs(nodes[1:], *shi), fresh, rtol=1e-5)
    np.testing.assert_array_equal(scorer.reading_log_probs(nodes[:0:-1], *shi), fresh[::-1])
    assert not computed
    scorer.reading_log_probs([bench.root], *syllables_with_prefix("n"))  # others
    scorer.clear()
    scorer.reading_log_probs(nodes, *shi)  # what is known of the user may have changed
    assert computed == [1, 3]


class Counted:
    """An n-gram that knows each reading by its number alone."""

    weights = np.array([0.25])

    def __init__(self, n_token: int) -> None:
        chances = np.exp(-np.arange(n_token) / 50.0)
        self._log_probs = np.log(chances / chances.sum()).astype(np.float32)

    @staticmethod
    def is_counted(token: int) -> bool:
        return True

    def state(self, before: object, token: int) -> tuple[int, ...]:
        return ()

    def depth(self, state: object) -> int:
        return 0

    def log_prob(self, state: object, token: int) -> float:
        return -1.0

    def log_probs(self, states: list[object], start: int, end: int) -> np.ndarray:
        return np.tile(self._log_probs[start:end], (len(states), 1))


def test_consensus_is_how_far_the_geometric_mean_is_below_the_mixture(
    vocabulary: Vocabulary, decoder: FakeDecoder
) -> None:
    bench = Bench(vocabulary, decoder, 4)
    nodes = [bench.root, bench.root.child(30)]
    bench.trie.evaluate(nodes)
    shi = syllables_with_prefix("shi")
    alone = Scorer(decoder, bench.trie, vocabulary).reading_scores(nodes, *shi)
    assert not alone.consensus.any()  # a model alone agrees with itself
    ngram: Any = Counted(len(vocabulary))
    found = Scorer(decoder, bench.trie, vocabulary, ngram).reading_scores(nodes, *shi)
    first = vocabulary.reading_range(*shi)[0]
    counted = ngram.log_probs(nodes, first, first + found.consensus.shape[1])
    mean = 0.75 * alone.log_probs + 0.25 * counted
    np.testing.assert_allclose(found.log_probs + found.consensus, mean, atol=1e-4)
    assert found.consensus.min() < -0.01
    assert found.consensus.max() <= 0.0


def test_a_text_has_the_consensus_of_all_its_readings(vocabulary: Vocabulary, decoder: FakeDecoder) -> None:
    bench = Bench(vocabulary, decoder, 4)
    scorer = Scorer(decoder, bench.trie, vocabulary, Counted(len(vocabulary)))  # type: ignore[arg-type]
    bench.search = BeamSearch(bench.trie, scorer, SearchOptions(beam_width=4))
    for keys in ("nihaoshi", "nihshi"):  # in full and abbreviated, where hypotheses are respelt and guessed
        hypothesis = bench.beam(keys)[0]
        steps, node = [], hypothesis.node
        bench.trie.evaluate([bench.root])
        while node is not bench.root:
            syllable, before = vocabulary.syllable_of_token(node.token), node.parent
            assert before is not None
            scores = scorer.reading_scores([before], syllable, syllable + 1)
            column = node.token - vocabulary.reading_range(syllable, syllable + 1)[0]
            steps.append(scores.consensus[0, column])
            node = before
        assert len(steps) == 3
        assert hypothesis.consensus == pytest.approx(sum(steps), abs=1e-4)
        assert hypothesis.consensus < 0


@settings(max_examples=100, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 400), st.integers(1, 12), st.booleans())
def test_the_best_scores_are_those_that_sorting_finds(
    seed: int, size: int, limit: int, has_ties: bool
) -> None:
    random = np.random.default_rng(seed)
    scores = random.integers(0, 9, size).astype(float) if has_ties else random.normal(size=size)
    last = np.sort(scores)[::-1][: min(limit, size)][-1]
    assert _best_indices(scores, limit).tolist() == np.flatnonzero(scores >= last).tolist()
