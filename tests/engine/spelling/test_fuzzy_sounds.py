"""Fuzzy sounds as spellings, as edges and as candidates."""

from __future__ import annotations

import pytest

from engine.spelling.fuzzy_sounds import (
    AVOIDED,
    DEFAULT_PAIRS,
    FUZZY_PAIRS,
    FUZZY_PRICES,
    REPEATED,
    avoided_by,
    rarer,
    typed_forms,
)
from engine.spelling.options import SpellingCosts, SpellingError, SpellingOptions, SpellingType
from engine.spelling.syllable import SYLLABLES
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table

PRICES = dict.fromkeys(FUZZY_PAIRS, 1.0)


@pytest.mark.parametrize(
    ("syllable", "pairs", "typed"),
    [
        ("shi", "s_sh", "si"),
        ("si", "s_sh", "shi"),
        ("sheng", "s_sh en_eng", "seng sen shen"),
        ("nan", "l_n an_ang", "lan lang nang"),
        ("lan", "l_n l_r", "nan ran"),
        ("ran", "l_n l_r", "lan"),
        ("hui", "f_h hui_fei", "fui fei"),
        ("fang", "f_h hui_fei an_ang", "hang huang han fan"),
        ("xing", "in_ing", "xin"),
        ("yan", "an_ang ian_iang", "yang"),
        ("liang", "ian_iang an_ang", "lian"),
        ("guan", "uan_uang an_ang", "guang"),
        ("shu", "u_ou", "shou"),
        ("nv", "v_u", "nu"),
        ("ju", "v_u", "jv"),
        ("quan", "v_u", "qvan"),
        ("jue", "ve_ue", "jve"),
        ("an", "an_ang", "ang"),
        ("er", " ".join(FUZZY_PAIRS), ""),
    ],
)
def test_what_is_typed_for_a_syllable(syllable: str, pairs: str, typed: str) -> None:
    forms = typed_forms(pairs.split(), PRICES)
    found = {form for form, rows in forms.items() if any(row.syllable == syllable for row in rows)}
    assert found == set(typed.split())


def test_two_changed_sounds_cost_both_prices() -> None:
    meant = typed_forms(["s_sh", "en_eng"], {"s_sh": 2.0, "en_eng": 1.5})["sen"]
    assert [row[:2] for row in meant] == [("seng", 1.5), ("shen", 2.0), ("sheng", 3.5)]


def test_a_way_gone_before_costs_the_same_whatever_it_cost_first() -> None:
    prices = {"s_sh": 2.0, "en_eng": 1.5, rarer("en_eng"): 0.25}
    forms = typed_forms(["s_sh", "en_eng"], prices)
    saved = {row.syllable: [(way.name, way.saved) for way in row.ways] for row in forms["sen"]}
    assert saved["sheng"] == [("s_sh", 2.0 - REPEATED), ("en_eng", 1.5 - REPEATED)]
    (sen,) = [row for row in forms["seng"] if row.syllable == "sen"]
    assert [way[:2] for way in sen.ways] == [(rarer("en_eng"), 0.0)], "never dearer than at first"


def test_what_avoids_a_way_is_every_sound_that_it_could_have_changed() -> None:
    avoided = avoided_by(["s_sh", "in_ing"], FUZZY_PRICES)
    names = {syllable: [way.name for way in found.ways] for syllable, found in avoided.items()}
    assert names["shi"] == ["s_sh"]
    assert names["si"] == [rarer("s_sh")]
    assert names["ming"] == ["in_ing"]
    assert "bei" not in names
    assert "shing" not in names
    (way,) = avoided["shi"].ways
    assert way.price_of(0) == 0
    counts = [avoided["shi"].counts * n + avoided["ming"].counts * 9 for n in range(5)]
    assert [way.price_of(each) for each in counts] == [AVOIDED * n for n in (0, 1, 2, 3, 3)]
    assert [way.price_behind(each) for each in counts] == [AVOIDED] * 3 + [0.0] * 2


def test_who_has_a_way_by_habit_pays_less_where_he_avoids_it() -> None:
    learnt = FUZZY_PRICES | {"s_sh": FUZZY_PRICES["s_sh"] / 2, "in_ing": 99.0}
    avoided = avoided_by(["s_sh", "in_ing"], learnt)
    assert [way.avoided for way in avoided["shi"].ways] == [AVOIDED / 2]
    assert [way.avoided for way in avoided["ming"].ways] == [AVOIDED], "never dearer than at first"


def test_every_pair_has_a_label_and_a_price() -> None:
    assert FUZZY_PRICES.keys() == FUZZY_PAIRS.keys() > DEFAULT_PAIRS
    assert FUZZY_PAIRS["z_zh"].label == "z ↔ zh"
    assert all(" ↔ " in pair.label for pair in FUZZY_PAIRS.values())


def test_an_unknown_pair_is_an_error() -> None:
    with pytest.raises(SpellingError, match=r"expected fuzzy pairs of z_zh, .*, found a_b"):
        SpellingOptions(fuzzy=frozenset({"a_b", "z_zh"}))


def meanings(keys: str, pairs: str) -> set[str]:
    """Whole and unfinished syllables of all keys together, the fuzzy ones with a mark."""
    table = spelling_table(SpellingOptions(frozenset(pairs.split())), SpellingCosts(fuzzy=PRICES))
    edges = [edge for edge in SyllableGraph.of(keys, table).edges_into(len(keys)) if edge.start == 0]
    marks = {SpellingType.FUZZY: "?", SpellingType.UNFINISHED: "~"}
    return {
        SYLLABLES[syllable] + marks.get(edge.spelling, "")
        for edge in edges
        for syllable in range(edge.first_syllable, edge.last_syllable)
    }


@pytest.mark.parametrize(
    ("keys", "pairs", "expected"),
    [
        ("si", "", {"si"}),
        ("si", "s_sh", {"si", "shi?"}),
        ("shi", "s_sh", {"shi", "si?"}),
        ("xin", "in_ing", {"xin", "xing~", "xing?"}),
        ("sho", "s_sh", {"shou~", "song~", "sou~"}),
        ("ten", "en_eng", {"teng~", "teng?"}),
    ],
)
def test_fuzzy_edges(keys: str, pairs: str, expected: set[str]) -> None:
    assert meanings(keys, pairs) == expected


def test_an_initial_alone_is_not_fuzzy() -> None:
    assert meanings("l", "l_n l_r") == meanings("l", "")
