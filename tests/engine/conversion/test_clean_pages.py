"""The first page of what makes sense as it stands: no slip, no text twice, complete readings first."""

from __future__ import annotations

import pytest

from engine.conversion.converter import Converter
from engine.evaluation.typing_checks import common_words, measure_first_pages, typed_word
from engine.factory import create_converter
from engine.lexicon.lexicon import Lexicon
from engine.model.bundle import Bundle
from engine.protocol import Candidate, Mark
from engine.spelling.options import SpellingOptions
from resources import LEXICON, MODEL


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load(MODEL)


@pytest.fixture(scope="module")
def converter(bundle: Bundle) -> Converter:
    return create_converter(bundle, spelling=SpellingOptions(correct=True))


def _page(converter: Converter, keys: str) -> tuple[Candidate, ...]:
    converter.set_surrounding_text("")
    return converter.convert(keys).candidates[:9]


@pytest.mark.parametrize(
    "keys", "women nihao jintian xuyao zhongguo zheyang ganjue tuijian shengyin youyong diannao".split()
)
def test_a_word_typed_in_full_is_no_slip_and_stands_once(converter: Converter, keys: str) -> None:
    page = _page(converter, keys)
    assert [c.text for c in page if c.mark is Mark.CORRECTED] == []
    assert len({c.text for c in page}) == len(page)


def test_no_text_stands_twice_in_the_menu(converter: Converter) -> None:
    converter.set_surrounding_text("")
    for keys in ("xianguo", "women", "nhiaoshijie", "zhidoa", "nhsj", "fangan"):
        texts = [c.text for c in converter.convert(keys).candidates]
        assert len(set(texts)) == len(texts)


@pytest.mark.parametrize(
    ("keys", "first"),
    [("ei", "诶"), ("eng", "鞥"), ("kei", "剋"), ("nou", "耨"), ("rua", "挼"), ("tei", "忒"), ("zhei", "这")],
)
def test_a_rare_syllable_is_read_as_it_stands(converter: Converter, keys: str, first: str) -> None:
    page = _page(converter, keys)
    assert page[0].text == first
    assert [c.text for c in page if c.mark is Mark.CORRECTED] == []


@pytest.mark.parametrize(("keys", "text"), [("xingqj", "星期几"), ("qifn", "欺负你"), ("baozn", "抱着你")])
def test_a_slip_hides_no_text_that_reads_the_letters_as_they_stand(
    converter: Converter, keys: str, text: str
) -> None:
    assert text in [c.text for c in _page(converter, keys)]


@pytest.mark.parametrize("keys", ["bj", "hd", "hn", "gs", "zhg", "nhsj"])
def test_initials_are_no_slip(converter: Converter, keys: str) -> None:
    """`bj` is 北京, and no 不 with a slip in it."""
    converter.set_surrounding_text("")
    assert all(candidate.mark is not Mark.CORRECTED for candidate in converter.convert(keys).candidates)


@pytest.mark.parametrize(
    ("keys", "word"),
    [
        ("zhidoa", "知道"),
        ("shiqign", "事情"),
        ("xianggagn", "香港"),
        ("zhixign", "执行"),
        ("sihpin", "视频"),
        ("zhilioa", "治疗"),
        ("wozhidoa", "我知道"),
        ("gongzou", "工作"),
    ],
)
def test_words_are_found_through_a_slip(converter: Converter, keys: str, word: str) -> None:
    assert word in [c.text for c in _page(converter, keys)[:3]]


@pytest.mark.parametrize("keys", ["youleiyoukun", "beijin", "xihua", "daxu", "woheniyiyan", "tinihao"])
def test_complete_readings_come_first(converter: Converter, keys: str) -> None:
    """Texts that are to go on begin at the fifth place."""
    whole = [c for c in _page(converter, keys)[:3] if c.span == (0, len(keys))]
    assert ["".join(c.reading) for c in whole] == [keys] * len(whole)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("dianjiok", "点击ok"),
        ("xiugebug", "修个bug"),
        ("wodeemail", "我的email"),
        ("zhegeapi", "这个API"),
        ("wodewifi", "我的WiFi"),
        ("zhegeidea", "这个idea"),  # where pinyin would go on otherwise: zhe gei de a
        ("nageidea", "那个idea"),
        ("zhegeicon", "这个icon"),
        ("zhegelicense", "这个license"),
        ("wodetimeout", "我的timeout"),
        ("release", "release"),
        ("agenda", "agenda"),
    ],
)
def test_an_english_word_behind_hanzi(converter: Converter, keys: str, text: str) -> None:
    assert text.lower() in [c.text.lower() for c in _page(converter, keys)]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("shareyixia", "share一下"),
        ("releasebanben", "release版本"),
        ("bangworeviewyixia", "帮我review一下"),
        ("meetingjidian", "meeting几点"),
        ("zheshiyigedatabasede", "这是一个database的"),
    ],
)
def test_an_english_word_before_hanzi_that_pinyin_spells_as_well(
    converter: Converter, keys: str, text: str
) -> None:
    assert _page(converter, keys)[0].text == text


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("aijiudashshuochulai", "爱就大声说出来"),  # dash
        ("keyshjuhuam", "可以说句话吗"),  # keys
        ("guildzhiwuyshenme", "桂林的植物有什么"),  # guild
    ],
)
def test_an_english_word_keeps_no_abbreviation_out(converter: Converter, keys: str, text: str) -> None:
    assert text in [c.text for c in _page(converter, keys)]


@pytest.mark.parametrize(
    ("keys", "text"),
    [("dangxiao", "党校"), ("kanyin", "刊印"), ("youxia", "游侠"), ("bingjia", "病假"), ("zhaoli", "赵丽")],
)
def test_a_word_comes_before_what_is_none(converter: Converter, keys: str, text: str) -> None:
    """当小, 看印, 有下 and 并加 are none; 照例 is one, but the name is what is meant oftener."""
    assert _page(converter, keys)[0].text == text


@pytest.mark.parametrize("keys", ["tamen", "youren", "moren", "women", "zhidele", "aideren"])
def test_pinyin_is_no_english_word(converter: Converter, keys: str) -> None:
    """Neither tame nor more stands among the beginnings of 他们 and 默认."""
    assert not [c.text for c in _page(converter, keys) if c.text.isascii()]


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("zheshiA4da", "这是A4大"),
        ("kanB2Bma", "看B2B吗"),
        ("Windows7xia", "Windows7下"),
        ("iPhone15mini", "iPhone15mini"),
        ("GPT4o", "GPT4o"),
    ],
)
def test_pinyin_behind_a_name_with_digits(converter: Converter, keys: str, text: str) -> None:
    assert _page(converter, keys)[0].text == text


@pytest.mark.parametrize("keys", ["nihaoma", "women", "henhao", "xihuan", "zhidaole"])
def test_no_english_behind_what_is_pinyin(converter: Converter, keys: str) -> None:
    assert [c.text for c in _page(converter, keys)[:3] if any(each.isascii() for each in c.text)] == []


def test_pages_of_common_words_are_clean(bundle: Bundle, converter: Converter) -> None:
    """A sample of what `benchmark pages` measures on six hundred."""
    vocabulary = bundle.vocabulary
    words = common_words(Lexicon.load(LEXICON, vocabulary).words(), 400, 200)[::20]
    assert len(words) == 30
    counts = measure_first_pages(converter, [typed_word(word, vocabulary) for word in words])
    assert counts.inputs == ()
