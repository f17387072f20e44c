from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.model.decoder import DecoderOutput
from engine.model.fake_decoder import FakeDecoder
from engine.model.prefix_cache import Node, PrefixCache

PATHS = st.lists(st.lists(st.integers(26, 32), min_size=1, max_size=5), min_size=1, max_size=8)


def outputs(trie: PrefixCache, node: Node) -> tuple[bytes, bytes]:
    hidden, class_log_probs = trie.outputs([node])
    return hidden.tobytes(), class_log_probs.tobytes()


def reference(decoder: FakeDecoder, tokens: list[int]) -> tuple[bytes, bytes]:
    """Return the last row of a plain prefill."""
    n = len(tokens)
    empty = np.zeros((0, decoder.n_layer, 2, decoder.n_embd), np.float32)
    output = decoder.forward(np.array(tokens), np.arange(n), empty, np.tril(np.ones((n, n), np.bool_)))
    return output.hidden[-1:].tobytes(), output.class_log_probs[-1:].tobytes()


@given(PATHS, st.booleans(), st.integers(6, 60))
def test_evaluating_one_by_one_or_together_gives_the_prefill(
    decoder: FakeDecoder, paths: list[list[int]], together: bool, capacity: int
) -> None:
    trie = PrefixCache(decoder, capacity)
    trie.reset([0, 7])
    nodes = [trie.descend(path) for path in paths]
    if together:
        trie.evaluate(nodes)
        assert trie.decoder_calls == 1
    for path, node in zip(paths, nodes, strict=True):
        trie.evaluate([node])
        assert outputs(trie, node) == reference(decoder, [0, 7, *path])


def test_the_prefill_is_one_call_and_nothing_is_computed_twice(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder)
    trie.reset([0, *range(26, 58)])
    trie.evaluate([trie.root])
    assert (trie.decoder_calls, trie.used) == (1, 33)
    deep = trie.descend([30, 31, 32])
    trie.evaluate([deep, trie.descend([30, 31]), deep, trie.descend([30, 40])])
    assert (trie.decoder_calls, trie.used) == (2, 37)
    trie.evaluate([deep, trie.descend([30])])
    assert trie.decoder_calls == 2


def test_a_full_arena_keeps_the_root_chain_and_the_latest_rows(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder, capacity=8)
    trie.reset([0, 26, 27])
    first = [trie.root.child(token) for token in range(30, 35)]
    trie.evaluate(first)
    assert trie.used == 8
    later = trie.descend([31, 40])
    trie.evaluate([later])
    assert trie.used <= 8
    assert trie.is_evaluated(trie.root)
    assert not trie.is_evaluated(first[0])
    assert trie.is_evaluated(first[-1])
    assert outputs(trie, later) == reference(decoder, [0, 26, 27, 31, 40])
    assert outputs(trie, first[-1]) == reference(decoder, [0, 26, 27, 34])


def test_a_small_arena_gives_what_a_large_one_gives(decoder: FakeDecoder) -> None:
    """Rows are dropped, moved and computed again, whatever is asked for in turn."""
    small, large = PrefixCache(decoder, capacity=12), PrefixCache(decoder)
    for trie in (small, large):
        trie.reset([0, 26], aside=0)
    for step in range(40):
        path = [26 + (step * 7 + depth * 5) % 24 for depth in range(step % 6)]
        nodes = [trie.descend(path) for trie in (small, large)]
        for trie, node in zip((small, large), nodes, strict=True):
            trie.evaluate([node, trie.root])
        assert outputs(small, nodes[0]) == outputs(large, nodes[1])
        assert outputs(small, small.aside or nodes[0]) == reference(decoder, [0, 26, 0])


def test_what_stands_aside_is_evaluated_with_the_root_and_kept_with_it(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder, capacity=8)
    trie.reset([0, 26], aside=0)
    trie.evaluate([trie.root.child(30), trie.root.child(31)])
    assert (trie.decoder_calls, trie.used) == (1, 5)
    aside = trie.aside
    assert aside is not None
    assert outputs(trie, aside) == reference(decoder, [0, 26, 0])
    assert trie.root.child(0) is not aside
    trie.evaluate([trie.descend(range(32, 36))])  # more than is free
    trie.prune()
    assert trie.used == 3
    later = trie.root.child(33)
    trie.evaluate([later, trie.root])
    assert outputs(trie, aside) == reference(decoder, [0, 26, 0])
    assert outputs(trie, later) == reference(decoder, [0, 26, 33])
    trie.reset([0, 26])
    assert trie.aside is None


def test_a_call_larger_than_the_arena_makes_it_grow(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder, capacity=4)
    trie.reset([0])
    path = list(range(30, 42))
    trie.evaluate([trie.descend(path[:2])])
    trie.evaluate([trie.descend(path)])
    assert outputs(trie, trie.descend(path)) == reference(decoder, [0, *path])


def test_an_arena_full_of_ancestors_grows_and_computes_nothing_again(decoder: FakeDecoder) -> None:
    """Check what a letter held down needs: texts that go on and on, so that no row is old."""
    trie = PrefixCache(decoder, capacity=40)
    trie.reset([0])
    for length in range(1, 31):
        trie.evaluate([trie.descend([first] * length) for first in (30, 31, 32)])
    assert trie.evaluated_nodes == 1 + 3 * 30
    assert outputs(trie, trie.descend([31] * 30)) == reference(decoder, [0, *[31] * 30])
    trie.reset([0])
    for token in range(26, 76):
        trie.evaluate([trie.descend([token])])
    assert trie.used <= 40  # as small as before


def test_an_input_may_begin_without_the_rows_of_those_before(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder, capacity=40)
    trie.reset([0, 26])
    trie.evaluate([trie.descend([30] * 10)])
    assert not trie.is_well_filled
    trie.evaluate([trie.descend([token] * 10) for token in (31, 32, 33, 34)])  # it has grown
    assert trie.is_well_filled
    trie.prune()
    assert (trie.used, trie.is_well_filled, trie.is_evaluated(trie.root)) == (2, False, True)
    later = trie.descend([35] * 3)
    trie.evaluate([later])
    assert outputs(trie, later) == reference(decoder, [0, 26, 35, 35, 35])


def test_reset_forgets(decoder: FakeDecoder) -> None:
    trie = PrefixCache(decoder)
    trie.reset([0])
    trie.evaluate([trie.descend([30, 31])])
    trie.reset([0, 5])
    assert not trie.is_evaluated(trie.root)
    trie.evaluate([trie.descend([30, 31])])
    assert outputs(trie, trie.descend([30, 31])) == reference(decoder, [0, 5, 30, 31])


def test_positions_stay_inside_what_the_decoder_was_trained_on(decoder: FakeDecoder) -> None:
    seen: list[int] = []

    class Spy(FakeDecoder):
        def forward(self, tokens: np.ndarray, positions: np.ndarray, *rest: np.ndarray) -> DecoderOutput:
            seen.extend(positions.tolist())
            return decoder.forward(tokens, positions, *rest)

    spy = Spy.__new__(Spy)
    spy.__dict__.update(decoder.__dict__)
    trie = PrefixCache(spy, block_size=4)
    trie.reset([0, 26])
    trie.evaluate([trie.descend(range(30, 35))])
    assert seen == [0, 1, 2, 3, 3, 3, 3]


def test_a_failing_decoder_leaves_nodes_unevaluated(
    decoder: FakeDecoder, monkeypatch: pytest.MonkeyPatch
) -> None:
    trie = PrefixCache(decoder)
    trie.reset([0])

    def fail(*_: object) -> DecoderOutput:
        raise RuntimeError("no memory")

    with monkeypatch.context() as patch:
        patch.setattr(decoder, "forward", fail)
        with pytest.raises(RuntimeError):
            trie.evaluate([trie.descend([30])])
    trie.evaluate([trie.descend([30])])
    assert outputs(trie, trie.descend([30])) == reference(decoder, [0, 30])
