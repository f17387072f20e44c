"""Tones, components, and the conditions that narrow a menu by them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.hanzi.components import Components
from engine.hanzi.table_file import HanziTableError
from engine.hanzi.tables import HanziTables
from engine.hanzi.tones import Tones, marked
from engine.protocol import Candidate, Source
from engine.rewriters.candidate_filter import CandidateFilter, with_key, without_last
from engine.rewriters.component_rewriter import ComponentRewriter
from engine.spelling.syllable import SYLLABLES
from resources import COMPONENTS, TONES

SHIPPED = HanziTables(Tones(TONES), Components(COMPONENTS))


def candidate(text: str, reading: str, source: Source = Source.CHARACTER) -> Candidate:
    return Candidate(text, (0, len(reading)), tuple(reading.split()), (), 0.0, source)


@pytest.mark.parametrize(
    ("spelling", "text"),
    [("lv4", "lǜ"), ("gui1", "guī"), ("jiu3", "jiǔ"), ("hao3", "hǎo"), ("zou3", "zǒu"), ("de5", "de")],
)
def test_a_tone_is_marked_as_it_is_written(spelling: str, text: str) -> None:
    assert marked(spelling) == text


def test_every_syllable_has_a_place_for_the_mark() -> None:
    assert [syllable for syllable in SYLLABLES if len(marked(syllable + "4")) != len(syllable)] == []


@pytest.mark.parametrize(
    ("hanzi", "readings"), [("李", ["lǐ"]), ("龑", ["yǎn"]), ("绿", ["lǜ", "lù"]), ("㐂", [])]
)
def test_readings_of_the_shipped_table(hanzi: str, readings: list[str]) -> None:
    assert SHIPPED.tones.readings(hanzi) == readings


@pytest.mark.parametrize(
    ("letters", "hanzi"),
    [
        ("muzi", "李"),
        ("riyue", "明"),
        ("huohuohuo", "焱"),
        ("niuniuniu", "犇"),
        ("longtian", "龑"),
        ("nvzi", "好"),
        ("shuiqing", "清"),
        ("zouwan", "迈"),  # 走之
        ("baonv", "安"),  # 宝盖
        ("daidai", "槑"),
    ],
)
def test_hanzi_by_their_components(letters: str, hanzi: str) -> None:
    assert hanzi in SHIPPED.components.made_of(letters)[:5]


def test_further_components_may_follow() -> None:
    made = SHIPPED.components.made_of("huohuo")
    assert made.index("炎") < made.index("焱")
    assert len(set(made)) == len(made)


@pytest.mark.parametrize("letters", ["", "A", "mu zi", "(", "木", "\n"])
def test_other_characters_name_no_component(letters: str) -> None:
    assert SHIPPED.components.made_of(letters) == ""
    assert SHIPPED.components.with_one(letters) == frozenset()


MENU = (
    candidate("一", "yi"),
    candidate("医院", "yi yuan", Source.LEXICON),
    candidate("医", "yi"),
    candidate("意", "yi"),
    candidate("移", "yi"),
    candidate("yi", "", Source.RAW),
)


@pytest.mark.parametrize(
    ("conditions", "texts"),
    [
        ("", "一 医院 医 意 移 yi"),
        ("`", "一 医院 医 意 移 yi"),
        ("4", "一 意"),  # 一样
        ("2", "一 移"),
        ("1", "一 医院 医"),
        ("1`4", "医院"),
        ("he", "移"),
        ("hexi", ""),
        ("yiyuan", "医院 医 一"),
        ("xin", "意"),
        ("yiyuan`1", "医院 医 一"),
        ("4`shi", ""),
    ],
)
def test_conditions_keep_what_fits(conditions: str, texts: str) -> None:
    words = {"yiyuan": ["医院", "一元", "易"]}
    narrowing = CandidateFilter(SHIPPED, lambda letters: words.get(letters, []))
    assert [each.text for each in narrowing.narrowed(MENU, conditions)] == texts.split()


@given(st.text("ab4`", max_size=8))
def test_conditions_are_taken_apart_key_by_key(keys: str) -> None:
    conditions: str | None = ""
    for key in keys:
        conditions = with_key(conditions or "", key)
    for _ in range(len(conditions or "")):
        assert conditions
        conditions = without_last(conditions)
    assert without_last(conditions or "") is None


def test_letters_behind_a_tone_begin_a_condition() -> None:
    assert with_key("4", "m") == "4`m"
    assert with_key("4`m", "u") == "4`mu"


def test_components_come_behind_an_english_word() -> None:
    """`unit` is one, and 尼土 is 埿."""
    rewriter = ComponentRewriter(SHIPPED)
    word = Candidate("unit", (0, 4), (), (), 0.0, Source.ENGLISH)
    raw = Candidate("unit", (0, 4), (), (), 0.0, Source.RAW)
    assert [each.text for each in rewriter.rewrite("unit", (word, raw))][:2] == ["unit", "埿"]
    assert rewriter.rewrite("nihao", (raw,)) == (raw,)
    assert rewriter.rewrite("u", (raw,)) == (raw,)


@pytest.mark.parametrize("content", [b"", b"mu zi\n", b"\xff\xfe\n"])
def test_damaged_tables_are_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "table.tsv").write_bytes(content)
    with pytest.raises(HanziTableError, match="expected"):
        Tones(tmp_path / "table.tsv").readings("李")
    if content:
        with pytest.raises(HanziTableError, match="expected"):
            Components(tmp_path / "table.tsv").made_of("muzi")


def test_what_is_mostly_read_otherwise_comes_behind() -> None:
    """吗 is mǎ in 吗啡 alone."""
    menu = (candidate("吗", "ma"), candidate("马", "ma"))
    narrowing = CandidateFilter(SHIPPED, lambda letters: [])
    assert [each.text for each in narrowing.narrowed(menu, "3")] == ["马", "吗"]
