"""Cases of JSON, and typing them key by key."""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import pytest

from engine.conversion.converter import Conversion, Converter, ConverterParts
from engine.evaluation.cases import Case, CaseError, Typing, case_of, retyped, typed_keys
from engine.evaluation.simulated_typist import type_case, whole_candidates
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.spelling.syllable import initial_of


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon))


@pytest.mark.parametrize(
    ("values", "keys", "context"),
    [
        ({"id": "a", "pinyin": ["ni", "hao"]}, "nihao", ""),
        ({"id": 7, "keys": "xi'an", "context": "去"}, "xi'an", "去"),
        ({"id": "a", "pinyin": ["xi", "an"], "keys": "xi'an", "hanzi": "西安", "source": "x"}, "xi'an", ""),
    ],
)
def test_cases(values: dict[str, Any], keys: str, context: str) -> None:
    case = case_of(values)
    assert (case.id, case.keys, case.context) == (values["id"], keys, context)


@pytest.mark.parametrize(
    ("values", "message"),
    [
        ([], "a JSON object"),
        ({"pinyin": ["ni"]}, "expected an id"),
        ({"id": None, "pinyin": ["ni"]}, "expected an id"),
        ({"id": True, "pinyin": ["ni"]}, "expected an id"),
        ({"id": "a\ud83d", "pinyin": ["ni"]}, r"whole characters, found 'a\\ud83d'"),
        ({"id": "a", "keys": "a" * 513}, "at most 512 keys, found 513"),
        ({"id": "a"}, "expected keys or pinyin"),
        ({"id": "a", "pinyin": []}, r"a list of syllables, found \[\]"),
        ({"id": "a", "pinyin": "nihao"}, "a list of syllables"),
        ({"id": "a", "pinyin": ["nǐ"]}, "syllables of a-z"),
        ({"id": "a", "pinyin": ["ni", 3]}, "syllables of a-z"),
        ({"id": "a", "keys": ""}, "keys of letters"),
        ({"id": "a", "keys": "ni hao"}, "keys of letters"),
        ({"id": "a", "keys": 3}, "keys of letters"),
        ({"id": "a", "keys": "ni", "context": 3}, "a string as context"),
        ({"id": "a", "keys": "ni", "hanzi": None}, "a string as hanzi"),
    ],
)
def test_what_is_no_case(values: Any, message: str) -> None:
    with pytest.raises(CaseError, match=message):
        case_of(values)


@pytest.mark.parametrize(
    ("syllable", "initial"),
    [("zhong", "zh"), ("shi", "sh"), ("zai", "z"), ("yi", "y"), ("an", "an"), ("er", "er"), ("nv", "n")],
)
def test_initials(syllable: str, initial: str) -> None:
    assert initial_of(syllable) == initial


def test_cases_typed_by_initials() -> None:
    case = Case("a", "zhongguorenan", ("zhong", "guo", "ren", "an"), hanzi="中国人安")
    typed = retyped(case, Typing.INITIALS)
    assert typed is not None
    assert (typed.keys, typed.pinyin, typed.hanzi) == ("zhgran", case.pinyin, case.hanzi)
    assert retyped(case, Typing.FULL) is case
    assert retyped(case, Typing.MIXED) is None  # too short
    assert retyped(Case("b", "nihao", hanzi="你好"), Typing.INITIALS) is None  # no pinyin


def test_mixed_typing_begins_in_full_and_is_drawn_by_the_case() -> None:
    cases = [Case(i, "nihao" * 3, ("ni", "hao") * 3, hanzi="你好" * 3) for i in range(40)]
    keys = [typed.keys for typed in (retyped(case, Typing.MIXED) for case in cases) if typed]
    assert keys == [typed.keys for typed in (retyped(case, Typing.MIXED) for case in cases) if typed]
    assert all(text.startswith("ni") for text in keys)
    assert 20 < len(set(keys)) <= 32
    long = Case("long", "ni" * 13, ("ni",) * 13, hanzi="你" * 13)
    assert retyped(long, Typing.MIXED) is None


def test_typing_gives_what_converting_at_once_gives(converter: Converter) -> None:
    typed = type_case(converter, Case("a", "nihaoshijie", context="我"))
    assert typed.candidates == whole_candidates(converter.convert("nihaoshijie"), "nihaoshijie")
    assert typed.candidates[0] == "你好世界"
    assert len(typed.key_us) == 11
    assert min(typed.key_us) > 0


def test_calls_are_counted_from_the_first_key_on(converter: Converter) -> None:
    before = converter.decoder_calls
    typed = type_case(converter, Case("a", "nihao", context="我们"))
    prefill = converter.decoder_calls - before - typed.decoder_calls
    assert prefill == 1
    assert 0 < typed.decoder_calls <= 5
    assert typed.key_calls == 0  # all work was done ahead


@pytest.mark.parametrize("keys", ["nihaov", "v", "ni'shi"])
def test_only_texts_for_the_whole_input(converter: Converter, keys: str) -> None:
    candidates = type_case(converter, Case("a", keys)).candidates
    assert all(len(text) == 2 for text in candidates)
    assert bool(candidates) == (keys == "ni'shi")


def test_keys_come_at_the_interval(converter: Converter) -> None:
    started = time.perf_counter()
    typed = type_case(converter, Case("a", "nihao"), interval_ms=20)
    assert time.perf_counter() - started >= 5 * 0.02
    assert len(typed.key_us) == 5


def test_a_key_that_comes_while_the_engine_works_waits(
    converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(converter, "warm", lambda: time.sleep(0.03))
    typed = type_case(converter, Case("a", "nih"), interval_ms=5)
    assert all(us >= 15_000 for us in typed.key_us[1:])


def test_no_garbage_is_collected_while_a_key_waits(
    converter: Converter, monkeypatch: pytest.MonkeyPatch
) -> None:
    threshold, during, when = gc.get_threshold(), [], "ahead"

    def collected(phase: str, info: dict[str, int]) -> None:
        if phase == "start":
            during.append(when)

    def noted(keys: str, convert: Callable[[str], Conversion] = converter.convert) -> Conversion:
        nonlocal when
        when = "key"
        conversion = convert(keys)
        when = "ahead"
        return conversion

    monkeypatch.setattr(converter, "convert", noted)
    gc.callbacks.append(collected)
    gc.set_threshold(10)  # any key makes more garbage than that
    try:
        type_case(converter, Case("a", "nihaoshijie"))
    finally:
        gc.set_threshold(*threshold)
        gc.callbacks.remove(collected)
    assert set(during) == {"ahead"}
    assert gc.isenabled()


def test_a_case_in_double_pinyin() -> None:
    values = {"id": "a", "pinyin": ["ni", "hao", "shi", "jie"], "hanzi": "你好世界"}
    assert case_of(values, "xiaohe").keys == "nihcuijp"
    case = case_of(values)
    typed = retyped(case, Typing.FULL, "mspy")
    assert typed is not None
    assert typed.keys == "nihkuijx"
    initials = retyped(case, Typing.INITIALS, "xiaohe")
    assert initials is not None
    assert initials.keys == "nhuj"
    with pytest.raises(CaseError, match="expected keys"):
        case_of({"id": "a", "pinyin": ["hm"]}, "xiaohe")
    assert typed_keys(["hm"], Typing.FULL, "", "xiaohe") is None


def test_one_slip_a_case_drawn_by_its_id() -> None:
    case = Case("a", "nihaoshijie", ("ni", "hao", "shi", "jie"), hanzi="你好世界")
    typed = [retyped(replace(case, id=name), Typing.SLIPS) for name in range(30)]
    keys = [found.keys for found in typed if found is not None]
    assert len(keys) == 30
    assert case.keys not in keys
    assert len(set(keys)) > 20
    again = retyped(replace(case, id=0), Typing.SLIPS)
    assert again is not None
    assert again.keys == keys[0]


def test_keys_with_capitals() -> None:
    assert case_of({"id": "a", "keys": "woyongPythonx;"}).keys == "woyongPythonx;"
