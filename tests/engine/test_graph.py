from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.graph import Edge, SpellingCosts, SpellingType, SyllableGraph
from engine.syllable import SYLLABLE_INDEX, SYLLABLES

KEYS = st.text(alphabet="abeghinouvxz'", max_size=24)


def _paths(graph: SyllableGraph, end: int) -> list[str]:
    """Readings of the keys up to `end`, an open range as its first syllable and `~`."""
    if end == 0:
        return [""]
    found = []
    for edge in graph.edges_into(end):
        name = SYLLABLES[edge.first_syllable] + "~" * (edge.spelling is SpellingType.UNFINISHED)
        found += [f"{path} {name}".strip() for path in _paths(graph, edge.start)]
    return sorted(found)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("nihao", ["ni ha o", "ni ha ou~", "ni hao"]),
        ("xian", ["xi a na~", "xi an", "xi ang~", "xia na~", "xian", "xiang~"]),
        ("xi'an", ["xi a na~", "xi an", "xi ang~"]),
        ("xi'", ["xi"]),
        ("nih'", ["ni ha~"]),
        ("sh", ["sha~"]),
        ("lve", ["lv e", "lv ei~", "lve"]),
        ("lue", ["lu e", "lu ei~", "lve"]),
        ("nu", ["nu", "nuan~"]),
        ("fangan", ["fan ga na~", "fan gan", "fan gang~", "fang a na~", "fang an", "fang ang~"]),
        ("''a''", ["a"]),
        ("zhuang", ["zhu an ga~", "zhu ang", "zhuan ga~", "zhuang"]),
    ],
)
def test_paths(keys: str, expected: list[str]) -> None:
    assert _paths(SyllableGraph.of(keys), len(keys)) == expected


@pytest.mark.parametrize(
    ("keys", "length", "tail"),
    [
        ("", 0, ""),
        ("nihao", 5, ""),
        ("nihaov", 5, "v"),
        ("hel", 3, ""),
        ("hello", 2, "llo"),  # he + an unfinished l, but nothing after that
        ("v", 0, "v"),
        ("''", 0, "''"),
        ("ni''", 4, ""),
        ("ni''v", 4, "v"),
        ("NIHAO", 0, "NIHAO"),
        ("ni hao", 2, " hao"),
    ],
)
def test_interpreted_length(keys: str, length: int, tail: str) -> None:
    graph = SyllableGraph.of(keys)
    assert (graph.interpreted_length, graph.tail) == (length, tail)


def test_separators_belong_to_the_edge_before_them() -> None:
    graph = SyllableGraph.of("'ni''hao")
    assert graph.exact_edges[5] == (Edge(0, 5, SYLLABLE_INDEX["ni"], SYLLABLE_INDEX["ni"] + 1),)
    assert [edge.start for edge in graph.exact_edges[8]] == [5, 7]
    assert graph.path_vertices == (0, 5, 7, 8)


def test_costs_and_ranges_of_the_unfinished_syllable() -> None:
    costs = SpellingCosts(unfinished=1.0, extended=3.0)
    (edge,) = SyllableGraph.of("zhon", costs).unfinished_edges
    assert (edge.cost, SYLLABLES[edge.first_syllable : edge.last_syllable]) == (1.0, ("zhong",))
    (edge,) = SyllableGraph.of("nv", costs).unfinished_edges
    assert (edge.cost, SYLLABLES[edge.first_syllable : edge.last_syllable]) == (3.0, ("nve",))


def test_syllables_without_a_reading_are_no_edges() -> None:
    known = frozenset({SYLLABLE_INDEX["ni"], SYLLABLE_INDEX["ang"]})
    assert SyllableGraph.of("nihao", known_syllables=known).interpreted_length == 2
    assert SyllableGraph.of("nian", known_syllables=known).interpreted_length == 4
    assert SyllableGraph.of("s", known_syllables=known).interpreted_length == 0


@given(KEYS, st.integers(0, 24))
def test_exact_edges_depend_only_on_the_keys_before_their_end(keys: str, cut: int) -> None:
    """The soundness of keeping beams between keys."""
    whole, prefix = SyllableGraph.of(keys), SyllableGraph.of(keys[:cut])
    for vertex in range(len(keys[:cut]) + 1):
        if vertex == len(keys) or keys[vertex] != "'":
            assert whole.exact_edges[vertex] == prefix.exact_edges[vertex]


@given(KEYS)
def test_edges_lie_on_paths_from_the_start(keys: str) -> None:
    graph = SyllableGraph.of(keys)
    ends = {0} | {edge.end for edges in graph.exact_edges for edge in edges}
    for edges in (*graph.exact_edges, graph.unfinished_edges):
        for edge in edges:
            assert edge.start in ends
            assert 0 <= edge.start < edge.end <= graph.interpreted_length
            assert edge.first_syllable < edge.last_syllable
            assert edge.cost >= 0
    assert graph.interpreted_length in ends | {len(keys)}
