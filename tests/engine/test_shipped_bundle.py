"""The bundle in resources/: that it is whole, small, and knows everyday Chinese and rare hanzi."""

from __future__ import annotations

import random
from pathlib import Path

import numpy as np
import pytest
from pypinyin import lazy_pinyin

from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Converter
from engine.evaluation.typing_checks import typed_text
from engine.factory import create_converter, create_session
from engine.hanzi.rare_readings import RareReadings
from engine.model.bundle import Bundle
from engine.protocol import Key, KeyEvent, Source
from engine.rewriters.symbol_rewriter import load_table
from engine.session.session import Session
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS
from engine.spelling.options import SpellingOptions
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES
from resources import ABBREVIATED, CHARACTERS, LEXICON, MODEL, RARE_READINGS, SIGNS, UTTERANCES
from tests.engine.conversion.test_converter import KINDS, PIECES, Edit, Typist

GOLDEN = Path(__file__).with_name("golden.tsv").read_text(encoding="utf-8").splitlines()
ROWS = [tuple(line.split("\t")) for line in GOLDEN if not line.startswith("#")]


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return Bundle.load(MODEL)


@pytest.fixture(scope="module")
def converter(bundle: Bundle) -> Converter:
    return create_converter(bundle)


@pytest.fixture(scope="module")
def without_pairs(bundle: Bundle) -> Converter:
    return create_converter(bundle, SearchOptions(pair_weight=0.0))


@pytest.mark.parametrize("syllable", SYLLABLES[::12])
def test_rare_hanzi_move_nothing_back(bundle: Bundle, converter: Converter, syllable: str) -> None:
    """All that the vocabulary has stands where it would stand without them; only the letters come behind."""
    converter.set_surrounding_text("")
    texts = [candidate.text for candidate in converter.convert(syllable).candidates[:-1]]
    known = set(bundle.vocabulary.ids_of_hanzi)
    first = next((i for i, text in enumerate(texts) if len(text) == 1 and text not in known), len(texts))
    assert all(len(text) == 1 for text in texts[first:])
    common = {text for text, s in bundle.vocabulary.readings if s == SYLLABLE_INDEX[syllable]}
    assert common <= set(texts[:first])


def test_each_sign_is_offered_for_a_name_of_its(converter: Converter) -> None:
    """A keyword that is not on the first page of its letters would offer nothing."""
    names = load_table(SIGNS)
    left = {symbol for symbols in names.values() for symbol, _ in symbols}
    assert len(left) > 190
    converter.set_surrounding_text("")
    for name in sorted(names, key=lambda name: -len(names[name])):
        here = {symbol for symbol, _ in names[name]}
        if here & left:
            letters = "".join(lazy_pinyin(name))
            first_page = [candidate.text for candidate in converter.convert(letters).candidates[:9]]
            assert name in first_page, (name, first_page)
            left -= here


def test_hanzi_that_can_be_typed(bundle: Bundle) -> None:
    rare = {hanzi for found in RareReadings(RARE_READINGS).by_syllable.values() for hanzi in found}
    assert len(rare | set(bundle.vocabulary.ids_of_hanzi)) > 21_000


@pytest.mark.parametrize(("keys", "expected"), ROWS)
def test_golden_rows(converter: Converter, keys: str, expected: str) -> None:
    converter.set_surrounding_text("")
    assert converter.convert(keys).candidates[0].text == expected


@pytest.mark.parametrize(
    ("before", "keys", "expected"),
    [
        ("陈御凤是他的邻居。我今天见到了", "chenyufeng", "陈御凤"),
        ("聋儿要早一点训练。这个中心收", "longer", "聋儿"),
        ("沈砚秋写的书很好看。我喜欢", "shenyanqiu", "沈砚秋"),
        ("蒋沅来了。下午", "jiangyuankaihui", "蒋沅开会"),
        ("项目叫墨砚，已经做了一年。请看", "moyan", "墨砚"),
        (f"泸沽湖边有个村子叫洼垮。{'这里很远，'.join('一二三四五六七八九十')}我们住在", "wakua", "洼垮"),
    ],
)
def test_what_stands_in_the_text_comes_first_again(
    converter: Converter, before: str, keys: str, expected: str
) -> None:
    converter.set_surrounding_text("")
    assert converter.convert(keys).candidates[0].text != expected
    converter.set_surrounding_text(before)
    assert converter.convert(keys).candidates[0].text == expected


@pytest.mark.parametrize(
    ("before", "keys", "expected"),
    [
        ("老师", "zaima", "在吗"),
        ("大家", "zaima", "在吗"),
        ("他们", "shima", "是吗"),
        ("今天", "haoma", "好吗"),
        ("Hello", "ava_app", "ava_app"),
        ("我用 Python", "ava_app", "ava_app"),
        ("Hello", "data", "data"),
        ("Hello", "test", "test"),
        ("你好", "bug", "bug"),
        ("Hello", "nihao", "你好"),
        ("我用Python", "xie", "写"),
    ],
)
def test_short_texts_and_latin_words_behind_text_that_goes_on(
    converter: Converter, before: str, keys: str, expected: str
) -> None:
    converter.set_surrounding_text(before)
    assert converter.convert(keys).candidates[0].text == expected


@pytest.mark.parametrize(
    ("keys", "first", "others"),
    [
        ("msd", "没事的", {"马上到", "MSD"}),
        ("lbj", "来不及", {"老北京", "LBJ"}),
        ("tkl", "太快了", {"太坑了", "TKL"}),
        ("gsm", "干什么", {"GSM"}),
        ("pdf", "PDF", {"pdf"}),
        ("html", "HTML", {"惠特曼"}),
    ],
)
def test_an_acronym_hides_no_texts_of_its_initials(
    converter: Converter, keys: str, first: str, others: set[str]
) -> None:
    converter.set_surrounding_text("")
    page = [candidate.text for candidate in converter.convert(keys).candidates[:9]]
    assert page[0] == first
    assert others <= set(page)


@pytest.mark.parametrize(
    ("keys", "expected"),
    [
        ("shuxuelaoshizaiheibanshangxieleyigegongshi", "数学老师在黑板上写了一个公式"),
        ("jingchazaixianchangfaxianlexiongshoudezhiwen", "警察在现场发现了凶手的指纹"),
        ("zhejiagongsidegufenyoulianggexiongdigongtongchiyou", "这家公司的股份由两个兄弟共同持有"),
    ],
)
def test_a_word_is_chosen_by_another_further_on(
    converter: Converter, without_pairs: Converter, keys: str, expected: str
) -> None:
    converter.set_surrounding_text("")
    assert converter.convert(keys).candidates[0].text == expected
    assert without_pairs.convert(keys).candidates[0].text != expected


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("gengmi", "粳米"),
        ("chenxingshen", "陈省身"),
        ("qiuhe", "仇和"),
        ("shantianfang", "单田芳"),
        ("yuxian", "蔚县"),
        ("xiejin", "解缙"),
        ("guanqia", "关卡"),
    ],
)
def test_names_and_words_of_odd_readings(converter: Converter, keys: str, text: str) -> None:
    converter.set_surrounding_text("")
    assert text in [candidate.text for candidate in converter.convert(keys).candidates[:9]]


@pytest.mark.parametrize("keys", ["yinhang", "gongzuo", "qunian", "diannao", "dianying", "xuesheng", "ditie"])
def test_parts_of_a_word_are_its_syllables(converter: Converter, keys: str) -> None:
    """No 隐含 of `yinhang`, which would leave its g, and no 地安 of `diannao`, before the hanzi."""
    converter.set_surrounding_text("")
    page = converter.convert(keys).candidates[:7]
    assert all(len(candidate.text) == 1 for candidate in page if candidate.span[1] < len(keys))


@pytest.mark.parametrize(
    ("keys", "name"),
    [("liuyifei", "刘一菲"), ("zhangyixing", "张一星"), ("huangxiaoming", "黄小明"), ("linxinru", "林欣如")],
)
def test_names_of_the_sound_of_a_listed_one(converter: Converter, keys: str, name: str) -> None:
    converter.set_surrounding_text("")
    texts = [candidate.text for candidate in converter.convert(keys).candidates]
    assert texts.index(name) < next(i for i, text in enumerate(texts) if len(text) == 1)


def test_a_capital_behind_text_that_is_not_read_yet(converter: Converter) -> None:
    scores = []
    for is_warm in (False, True):
        converter.set_surrounding_text("")
        converter.set_surrounding_text("我用 Python")
        if is_warm:
            converter.warm()
        scores.append(converter.convert("Moyin").candidates[0].score)
    assert scores[0] == scores[1]


def test_size(bundle: Bundle) -> None:
    assert bundle.n_bytes <= 100e6
    assert sum(path.stat().st_size for path in (LEXICON, UTTERANCES, ABBREVIATED)) <= 20e6


def test_the_model_card_names_every_source(bundle: Bundle) -> None:
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    sources = bundle.manifest.provenance["sources"]
    assert len(sources) > 10
    assert [source for source in sources if source not in card] == []


def test_every_standard_character_can_be_reached(bundle: Bundle, converter: Converter) -> None:
    listed = {line.split("\t")[0] for line in CHARACTERS.read_text(encoding="utf-8").splitlines()}
    assert len(listed) == 8105
    assert listed <= set(bundle.vocabulary.ids_of_hanzi)
    found = set()
    for syllable in SYLLABLES:
        candidates = converter.convert(syllable).candidates
        found |= {c.text for c in candidates if len(c.text) == 1}
    assert listed <= found


@pytest.mark.parametrize(
    ("syllable", "common", "rare"),
    [
        ("chong", "重", "翀"),
        ("yu", "与", "彧"),
        ("chang", "长", "昶"),
        ("xing", "行", "饧"),
        ("hang", "行", "绗"),
    ],
)
def test_rare_characters_are_sane(converter: Converter, syllable: str, common: str, rare: str) -> None:
    converter.set_surrounding_text("")
    characters = [
        c for c in converter.convert(syllable).candidates if c.source is Source.CHARACTER or len(c.text) == 1
    ]
    scores = {c.text: c.score for c in characters}
    assert np.isfinite(scores[rare])
    assert scores[common] - 25 < scores[rare] < scores[common] - 2


def test_hanzi_outside_the_national_list_come_last(converter: Converter) -> None:
    listed = {line[0] for line in CHARACTERS.read_text(encoding="utf-8").splitlines()}
    converter.set_surrounding_text("")
    for keys in ("women", "zhongguoren"):
        page = converter.convert(keys).candidates[:9]
        assert [c.text for c in page if not listed.issuperset(c.text)] == []


@pytest.mark.parametrize(
    ("keys", "invented"),
    [("women", "我么"), ("mingtian", "明提"), ("jintian", "仅提"), ("haokan", "哈哦"), ("xianzai", "系安")],
)
def test_no_phrase_of_a_reading_that_nobody_means(converter: Converter, keys: str, invented: str) -> None:
    converter.set_surrounding_text("")
    assert invented not in [candidate.text for candidate in converter.convert(keys).candidates]


def test_a_fuzzy_sound_that_is_all_there_is_has_to_be_much_likelier(bundle: Bundle) -> None:
    converter = create_converter(bundle, spelling=SpellingOptions(fuzzy=DEFAULT_PAIRS))
    first = {keys: converter.convert(keys).candidates[0].text for keys in ("leng", "lan", "zhui", "den")}
    assert first == {"leng": "冷", "lan": "蓝", "zhui": "追", "den": "等"}  # nothing is den
    assert converter.convert("senghuo").candidates[0].text == "生活"  # two say what is meant


def test_surrounding_text_counts(converter: Converter) -> None:
    converter.set_surrounding_text("我去银行存")
    assert converter.convert("qian").candidates[0].text == "钱"
    converter.set_surrounding_text("他站在队伍的最")
    assert converter.convert("qian").candidates[0].text == "前"


def test_the_law_in_int8(bundle: Bundle, converter: Converter) -> None:
    fresh = create_converter(bundle)
    rng = random.Random(5)
    typist = Typist(converter)
    for _ in range(36):
        typist.do(Edit(rng.choice(KINDS.split()), rng.randrange(40), rng.choice(PIECES)))
        fresh.set_surrounding_text("清")  # forgets everything
        fresh.set_surrounding_text(typist.surrounding)
        ours, theirs = typist.convert(), fresh.convert(typist.keys, typist.fixed)
        assert [c.text for c in ours.candidates[:1]] == [c.text for c in theirs.candidates[:1]]


def test_a_session_on_it() -> None:
    session = create_session()
    for letter in "nihaoshijie":
        session.process_key(KeyEvent(letter))
    commit = session.process_key(KeyEvent(Key.SPACE)).commit
    assert commit is not None
    assert commit.text == "你好世界"
    assert commit.reading == ("ni", "hao", "shi", "jie")


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("data_set", "data_set"),
        ("game-over", "game-over"),
        ("woyongdata_set", "我用data_set"),
        ("nihao_", "你好——"),
        ("Helloava_app", "Helloava_app"),
    ],
)
def test_marks_behind_a_latin_word(keys: str, text: str) -> None:
    assert typed_text(create_session(), keys) == text


@pytest.fixture(scope="module")
def correcting_session(bundle: Bundle) -> Session:
    return create_session(bundle, spelling=SpellingOptions(correct=True))


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("python3", "python3"),  # where 3 picked 朋友 for `py`
        ("html5", "html5"),
        ("iphone4", "iphone4"),
        ("win11", "win11"),
        ("office2021", "office2021"),
        ("shengjidaowin11", "升级到win11"),
        ("shengjidaowin11xitong", "升级到win11系统"),
        ("xueJava8", "学Java8"),
        ("i7", "i7"),
        ("ipv6", "ipv6"),
        ("utf8", "utf8"),
        ("github2", "github"),
        ("woxiangyongUbuntu22.04", "我想用Ubuntu22.04"),
        ("zhaoO'Neil", "找O'Neil"),
        ("shipin.mp4", "shipin.mp4"),
        ("nihaoA50", "你好A50"),
        ("haoQ4", "好Q4"),
        ("haodeP50", "好的P50"),
        ("mp3", "mp3"),
        ("md5", "md5"),
        ("woxiangyongmp4", "我想用mp4"),
        ("h264", "h264"),
        ("sha256", "sha256"),
        ("k8s", "k8s"),
        ("b2bpingtai", "b2b平台"),
        ("b2buhao", "吧不好"),
        ("h2", "和"),
        ("c4d", "出道"),
        ("h26ge", "和6个"),
        ("can'tnihao", "can't你好"),
        ("i'm", "i'm"),
        ("o'clock", "o'clock"),
        ("he'shi", "何时"),
        ("and/or", "and/or"),
        ("c++", "c++"),
        ("r&b", "r&b"),
        ("python/nihao", "python/你好"),
        ("self.name", "self.name"),
        ("os.path", "os.path"),
        ("time.sleep", "time.sleep"),
        ("self.namehao", "self。那么好"),
        ("python.name", "Python。那么"),
        ("i.e.", "i.e."),
        ("h.d.", "好。但。"),
        ("woxiangyongtoefl", "我想用TOEFL"),
        ("zhejiauniqlo", "这家Uniqlo"),
        ("kouhongshishenmebrand", "口红是什么Brand"),
        ("zhegeslide", "这个slide"),
        ("zhegescan", "这个scan"),
    ],
)
def test_digits_and_marks_of_names(correcting_session: Session, keys: str, text: str) -> None:
    correcting_session.begin()
    assert typed_text(correcting_session, keys) == text


@pytest.mark.parametrize("keys", ["release", "woxiugeapp", "zhegeshare"])
def test_a_digit_picks_what_stands_there_behind_other_words(correcting_session: Session, keys: str) -> None:
    """Whatever Latin word ends a sentence, or is spelt by pinyin: the page says what its digits pick."""
    correcting_session.begin()
    for letter in keys:
        output = correcting_session.process_key(KeyEvent(letter))
    place, picked = next(
        (i, candidate.text)
        for i, candidate in enumerate(output.menu.candidates[:9])
        if candidate.span[1] < len(keys)
    )
    output = correcting_session.process_key(KeyEvent(str(place + 1)))
    assert output.preedit.text.startswith(picked)
