from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.spelling.options import SpellingCosts, SpellingType
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.spelling.table_builder import spelling_table

KEYS = st.text(alphabet="abeghinouvxz'", max_size=24)
MARKS = {SpellingType.EXACT: "", SpellingType.UNFINISHED: "~", SpellingType.ABBREVIATION: "."}


def _paths(graph: SyllableGraph, end: int) -> list[str]:
    """Return readings of the keys up to `end`, an open range as its first syllable and its mark."""
    if end == 0:
        return [""]
    found = []
    for edge in graph.edges_into(end):
        name = SYLLABLES[edge.first_syllable] + MARKS[edge.spelling]
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
    ("keys", "expected"),
    [
        ("nhsj", ["na. ha. sa. ji~"]),
        ("nihaosj", ["ni ha o sa. ji~", "ni hao sa. ji~"]),
        ("nhshi", ["na. ha. shi"]),
        ("nhshij", ["na. ha. shi ji~"]),
        ("wxianb", ["wa. xi a na. ba~", "wa. xi an ba~", "wa. xia na. ba~", "wa. xian ba~"]),
        ("n'h", ["na. ha~"]),
        ("n''h'j", ["na. ha. ji~"]),
        ("'nh", ["na. ha~"]),
        ("shj", ["sha. ji~"]),
        ("nsh", ["na. sa. ha~", "na. sha~"]),
        ("nsha", ["na. sha", "na. sha. a", "na. sha. ai~", "na. shai~"]),
        ("hma", ["ha. ma", "ha. ma. a", "ha. ma. ai~", "ha. mai~"]),  # 好慢啊 beside 好吗
        ("hmi", ["ha. mi", "ha. mian~"]),  # no syllable begins with i
        ("nshj", ["na. sa. ha. ji~", "na. sha. ji~"]),
        ("nsh'j", ["na. sa. ha. ji~", "na. sha. ji~"]),
        ("hello", ["he la. la. o", "he la. la. ou~", "he la. lo", "he la. long~"]),
    ],
)
def test_abbreviated_paths(keys: str, expected: list[str]) -> None:
    assert _paths(SyllableGraph.of(keys), len(keys)) == expected


@pytest.mark.parametrize(
    ("keys", "letters"),
    [
        ("nihao", None),
        ("nihaov", 5),
        ("nh", 1),
        ("n'h", 2),
        ("hello", 3),
        ("zhgrm", 2),
        ("''nh", 3),
        ("v", 0),
    ],
)
def test_how_much_reads_without_abbreviations(keys: str, letters: int | None) -> None:
    graph = SyllableGraph.of(keys)
    assert graph.readable_length == letters
    assert [graph.is_abbreviated(vertex) for vertex in range(len(keys) + 1)] == [
        letters is not None and vertex > letters for vertex in range(len(keys) + 1)
    ]


@pytest.mark.parametrize(
    ("keys", "ends"),
    [("shdx", [1, 2]), ("'shdx", [2, 3]), ("sh", []), ("shidx", []), ("nshdx", [])],
)
def test_an_opening_split(keys: str, ends: list[int]) -> None:
    assert [edge.end for edge in SyllableGraph.of(keys).opening_split] == ends


def test_costs_of_abbreviations() -> None:
    graph = SyllableGraph.of("nshj", spelling_table(costs=SpellingCosts(abbreviation=1.0, split=3.0)))
    assert {(edge.start, edge.end): edge.cost for into in graph.abbreviations.values() for edge in into} == {
        (0, 1): 1.0,
        (1, 2): 4.0,
        (1, 3): 1.0,
        (2, 3): 1.0,
    }
    graph = SyllableGraph.of("hma", spelling_table(costs=SpellingCosts(abbreviation=1.0, bare=3.0)))
    assert [edge.cost for into in graph.abbreviations.values() for edge in into] == [1.0, 4.0]


def test_an_abbreviation_is_all_that_an_initial_begins() -> None:
    (initial,) = SyllableGraph.of("nshj").abbreviations[1]
    assert SYLLABLES[initial.first_syllable : initial.last_syllable] == tuple(
        syllable for syllable in SYLLABLES if syllable.startswith("n")
    )


@settings(max_examples=200)
@given(st.lists(st.sampled_from(SYLLABLES), min_size=1, max_size=12), st.integers(0, 72))
def test_full_pinyin_has_no_abbreviations(syllables: list[str], cut: int) -> None:
    """So its candidates, its speed and its decoder calls are what they were without them."""
    graph = SyllableGraph.of("".join(syllables)[:cut])
    assert (graph.readable_length, graph.abbreviations) == (None, {})
    assert graph.interpreted_length == len(graph.keys)


@pytest.mark.parametrize(
    ("keys", "length", "tail"),
    [
        ("", 0, ""),
        ("nihao", 5, ""),
        ("nihaov", 5, "v"),
        ("hel", 3, ""),
        ("hello", 5, ""),  # he l lo
        ("nhsj", 4, ""),
        ("nihv", 3, "v"),
        ("nhv", 2, "v"),
        ("zhonj", 0, "zhonj"),  # `zho` may become a syllable, so zh stands for none
        ("hiv", 1, "iv"),
        ("nh'", 3, ""),
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
    assert (graph.interpreted_length, graph.keys[graph.interpreted_length :]) == (length, tail)


def test_separators_belong_to_the_edge_before_them() -> None:
    graph = SyllableGraph.of("'ni''hao")
    assert graph.whole_edges[5] == (Edge(0, 5, SYLLABLE_INDEX["ni"], SYLLABLE_INDEX["ni"] + 1),)
    assert [edge.start for edge in graph.whole_edges[8]] == [5, 7]
    assert graph.path_vertices == (0, 5, 7, 8)


def test_costs_and_ranges_of_the_unfinished_syllable() -> None:
    table = spelling_table(costs=SpellingCosts(unfinished=1.0, extended=3.0))
    (edge,) = SyllableGraph.of("zhon", table).unfinished_edges
    assert (edge.cost, SYLLABLES[edge.first_syllable : edge.last_syllable]) == (1.0, ("zhong",))
    (edge,) = SyllableGraph.of("nv", table).unfinished_edges
    assert (edge.cost, SYLLABLES[edge.first_syllable : edge.last_syllable]) == (3.0, ("nve",))


def test_syllables_without_a_reading_are_no_edges() -> None:
    table = spelling_table(known=frozenset({SYLLABLE_INDEX["ni"], SYLLABLE_INDEX["ang"]}))
    assert SyllableGraph.of("nihao", table).interpreted_length == 2
    assert SyllableGraph.of("nian", table).interpreted_length == 4
    assert SyllableGraph.of("s", table).interpreted_length == 0


@settings(max_examples=400)
@given(KEYS, st.integers(0, 24))
def test_edges_depend_only_on_the_name_of_their_end(keys: str, cut: int) -> None:
    """The soundness of keeping beams between keys."""
    whole, prefix = SyllableGraph.of(keys), SyllableGraph.of(keys[:cut])
    for vertex in range(len(prefix.keys) + 1):
        is_letter = vertex == len(keys) or keys[vertex] != "'"
        if is_letter and whole.name(vertex) == prefix.name(vertex):
            assert whole.whole_edges[vertex] == prefix.whole_edges[vertex]
            assert whole.abbreviations.get(vertex) == prefix.abbreviations.get(vertex)
            assert whole.is_abbreviated(vertex) == prefix.is_abbreviated(vertex)


@settings(max_examples=400)
@given(KEYS)
def test_an_abbreviation_was_the_unfinished_syllable_of_the_keys_before_its_end(keys: str) -> None:
    graph = SyllableGraph.of(keys)
    for vertex, edges in graph.abbreviations.items():
        unfinished = {
            (e.start, e.first_syllable, e.last_syllable) for e in graph.before(vertex).unfinished_edges
        }
        assert {(e.start, e.first_syllable, e.last_syllable) for e in edges} <= unfinished


@given(KEYS)
def test_edges_lie_on_paths_from_the_start(keys: str) -> None:
    graph = SyllableGraph.of(keys)
    inner = [edge for edges in (*graph.whole_edges, *graph.abbreviations.values()) for edge in edges]
    ends = {0} | {edge.end for edge in inner}
    for edge in (*inner, *graph.unfinished_edges):
        assert edge.start in ends
        assert 0 <= edge.start < edge.end <= graph.interpreted_length
        assert edge.first_syllable < edge.last_syllable
        assert edge.cost >= 0
    assert graph.interpreted_length in ends | {len(keys)}
