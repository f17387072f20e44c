"""The menu: what is in it and in which order."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.conversion.converter import Conversion, Converter, ConverterParts, SearchOptions
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import Candidate, Source
from engine.spelling.syllable import SYLLABLE_INDEX

SYLLABLES = "ni hao shi jie wo xian xi an zai fan fang gan gang xiang men guo hui he le xing zhong lve nv a e"
INPUTS = st.lists(
    st.sampled_from([*SYLLABLES.split(), "n", "zh", "x", "'", "v", "nia", "s"]), max_size=7
).map("".join)


@pytest.fixture(scope="module")
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon))


def texts(conversion: Conversion, *sources: Source) -> list[str]:
    return [c.text for c in conversion.candidates if not sources or c.source in sources]


def test_the_best_sentence_comes_first(converter: Converter) -> None:
    best = converter.convert("nihaoshijie").candidates[0]
    assert (best.text, best.span, best.source) == ("你好世界", (0, 11), Source.SENTENCE)
    assert best.reading == ("ni", "hao", "shi", "jie")
    assert len(best.tokens) == 4
    assert best.score < 0


def test_words_of_the_whole_input_come_right_behind_the_best(converter: Converter) -> None:
    found = texts(converter.convert("shijie"))
    others = {"世界", "时节", "使节"} - {found[0]}
    assert set(found[1 : 1 + len(others)]) == others


def test_both_segmentations_are_offered(converter: Converter) -> None:
    found = texts(converter.convert("xian"))
    assert {"西安", "现", "线"} <= set(found)
    assert {"方案", "反感"} <= set(texts(converter.convert("fangan")))
    assert "现" not in texts(converter.convert("xi'an"))


def test_a_long_input_shows_a_few_sentences(converter: Converter) -> None:
    conversion = converter.convert("woxianzaiyaoqushangke")
    whole = [c for c in conversion.candidates if c.span == (0, 21) and c.source is not Source.RAW]
    assert whole[0].text == "我现在要去上课"
    assert 1 < len(whole) <= 5


def test_a_short_input_shows_the_whole_beam(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon), SearchOptions(beam_width=9))
    whole = [c for c in converter.convert("nihao").candidates if c.source is Source.SENTENCE]
    assert len(whole) == 9


def test_spans_fall_and_words_precede_inventions(converter: Converter) -> None:
    conversion = converter.convert("zhongguorenminhao")
    inner = [c for c in conversion.candidates if c.source in (Source.PHRASE, Source.LEXICON)]
    spans = [c.span[1] for c in inner if c.span[1] < 17]
    assert spans == sorted(spans, reverse=True)
    of_two = [c.text for c in inner if c.span == (0, 8)]
    assert of_two[0] == "中国"
    assert len(of_two) == 1 + SearchOptions().n_phrase
    assert "中国人民" in [c.text for c in inner if c.span == (0, 14)]


def test_long_inventions_are_not_offered_for_inner_spans(converter: Converter) -> None:
    found = converter.convert("woxianzaiyaoqushangke").candidates
    inner = [c for c in found if c.span[1] < 21 and c.source is Source.PHRASE]
    assert max(len(c.text) for c in inner) == SearchOptions().phrase_length


def test_a_lexicon_word_outside_the_beam_is_offered(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    narrow = Converter(ConverterParts(decoder, vocabulary, lexicon), SearchOptions(beam_width=1))
    found = {c.text: c.source for c in narrow.convert("shijiehao").candidates}
    assert found["使节"] is Source.LEXICON


@pytest.mark.parametrize("keys", ["xian", "xianzai", "fangan", "shijie", "zhongguo", "nihaov", "xi'an"])
def test_every_character_of_the_first_syllable_is_offered(
    converter: Converter, vocabulary: Vocabulary, keys: str
) -> None:
    found = {(c.text, c.span[1]) for c in converter.convert(keys).candidates}
    syllable = next(s for s in ("xian", "fang", "shi", "zhong", "ni", "xi") if keys.startswith(s))
    first, last = vocabulary.reading_range(SYLLABLE_INDEX[syllable], SYLLABLE_INDEX[syllable] + 1)
    end = len(syllable) + (keys[len(syllable) :].startswith("'"))
    assert {(vocabulary.texts[token], end) for token in range(first, last)} <= found


def test_characters_are_ordered_by_the_root(converter: Converter) -> None:
    characters = [c for c in converter.convert("shijie").candidates if c.source is Source.CHARACTER]
    scores = [c.score for c in characters]
    assert len(characters) == 9
    assert scores == sorted(scores, reverse=True)


def test_longest_first_syllable_first(converter: Converter) -> None:
    ends = [c.span[1] for c in converter.convert("fangan").candidates if c.source is Source.CHARACTER]
    assert ends == sorted(ends, reverse=True)
    assert set(ends) == {4, 3}


def test_an_unfinished_first_syllable_shows_its_range(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    options = SearchOptions(beam_width=2, n_unfinished=5)
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon), options)
    assert len(texts(converter.convert("x"), Source.CHARACTER, Source.SENTENCE)) in range(5, 8)
    exact = texts(converter.convert("xia"), Source.CHARACTER, Source.SENTENCE)
    assert len(exact) >= 5


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("nhsj", "你好世界"),
        ("nihaosj", "你好世界"),
        ("nhshijie", "你好世界"),
        ("wxzyqshk", "我现在要去上课"),
        ("zgrm", "中国人民"),
        ("zhgrm", "中国人民"),
        ("zhongguorm", "中国人民"),
    ],
)
def test_abbreviations(converter: Converter, keys: str, text: str) -> None:
    best = converter.convert(keys).candidates[0]
    assert (best.text, best.span) == (text, (0, len(keys)))


def test_words_by_their_initials(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> None:
    """Also those that a narrow beam does not hold, whole or as the beginning."""
    narrow = Converter(ConverterParts(decoder, vocabulary, lexicon), SearchOptions(beam_width=1))
    for keys, expected in (
        ("zgrm", [("中国人民", 4), ("中国", 2)]),
        ("xz", [("现在", 2)]),
        ("xzh", [("现在", 2)]),
        ("sjie", [("世界", 4), ("时节", 4), ("使节", 4)]),
        ("y'h", [("银行", 3)]),
    ):
        assert set(expected) <= {(c.text, c.span[1]) for c in narrow.convert(keys).candidates}


def test_an_unfinished_syllable_alone_makes_no_word(converter: Converter) -> None:
    assert "世界" not in texts(converter.convert("shij"), Source.LEXICON)


def test_characters_of_a_first_initial(converter: Converter) -> None:
    shown = [(c.text, c.span) for c in converter.convert("nh").candidates]
    assert {("你", (0, 1)), ("女", (0, 1))} <= set(shown)
    assert [c.text for c in converter.convert("nh").candidates if c.source is Source.CHARACTER] == [
        c.text for c in converter.convert("nhsj").candidates if c.source is Source.CHARACTER
    ]


def test_raw_letters_come_last(converter: Converter) -> None:
    for keys in ("nihao", "v", "''", "hello"):
        last = converter.convert(keys).candidates[-1]
        assert (last.text, last.span, last.source) == (keys, (0, len(keys)), Source.RAW)


def test_the_tail_is_covered_by_no_candidate(converter: Converter) -> None:
    conversion = converter.convert("nihaov")
    assert conversion.interpreted_length == 5
    assert conversion.candidates[0].span == (0, 5)


def test_boundaries_are_those_of_the_best_path(converter: Converter) -> None:
    assert converter.convert("woxianzaiyaoqushangke").boundaries == (2, 6, 9, 12, 14, 19, 21)
    assert converter.convert("ni'haoshij").boundaries == (3, 6, 9, 10)
    assert converter.convert("nhsj").boundaries == (1, 2, 3, 4)
    assert converter.convert("nhaosh'j").boundaries == (1, 4, 7, 8)
    assert converter.convert("v").boundaries == ()
    assert converter.convert("") == Conversion()


def _is_sound(candidate: Candidate, keys: str) -> bool:
    start, end = candidate.span
    if candidate.source is Source.RAW:
        return candidate.text == keys and (start, end) == (0, len(keys))
    sizes = {len(candidate.text), len(candidate.reading), len(candidate.tokens)}
    return start == 0 and 0 < end <= len(keys) and len(sizes) == 1 and candidate.score <= 0


@settings(max_examples=200, deadline=None)
@given(INPUTS)
def test_every_menu_is_sound(converter: Converter, vocabulary: Vocabulary, keys: str) -> None:
    conversion = converter.convert(keys)
    candidates = conversion.candidates
    assert len({(c.text, c.span) for c in candidates}) == len(candidates)
    assert all(_is_sound(candidate, keys) for candidate in candidates)
    assert all(vocabulary.text(c.tokens) == c.text for c in candidates if c.tokens)
    if conversion.interpreted_length:
        assert candidates[0].span == (0, conversion.interpreted_length)
        assert conversion.boundaries[-1] == conversion.interpreted_length


def test_a_phrase_ends_where_a_syllable_of_a_good_sentence_ends(converter: Converter) -> None:
    # `shijie` is also shi ji e; no text of the beam needs to be, and then nothing ends behind `ji`.
    conversion = converter.convert("nihaoshijie")
    ends = {c.span[1] for c in conversion.candidates if c.source is Source.PHRASE}
    assert ends == {len("nihao"), len("nihaoshi")}
