"""Lines of word lists of other input methods: each form as a row, and what is no word."""

from __future__ import annotations

import time

import pytest
from hypothesis import HealthCheck, find, given, settings
from hypothesis import strategies as st

from engine.interchange.word_lines import LineError, word_of_line
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.reading_guesser import KnownReadings
from engine.lexicon.vocabulary import Vocabulary
from engine.storage.word_store import UserWord


@pytest.fixture(scope="module")
def readings(vocabulary: Vocabulary, lexicon: Lexicon) -> KnownReadings:
    return KnownReadings(vocabulary, lexicon)


HELLO = UserWord("你好", ("ni", "hao"))


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("你好", HELLO),
        ("你好 ni hao", HELLO),
        ("你好\tni hao\t3", UserWord("你好", ("ni", "hao"), 3)),
        ("你好 ni'hao 0.0", HELLO),
        ("你好 ni'hao -3.21", HELLO),
        ("ni'hao#你好#3", UserWord("你好", ("ni", "hao"), 3)),
        ("'ni'hao 你好", HELLO),
        ("ni'hao' 你好", HELLO),
        ("你好\t3\tni hao", UserWord("你好", ("ni", "hao"), 3)),
        ("你好,nihao,3", UserWord("你好", ("ni", "hao"), 3)),
        ("你好 nǐ hǎo", HELLO),
        ("你好 nǐhǎo", HELLO),
        ("你好 ni3 hao3", HELLO),
        ("你好 ni3hao3", HELLO),
        ("你好 NI HAO", HELLO),
        ("西安 xian", UserWord("西安", ("xi", "an"))),
        ("先 xian", UserWord("先", ("xian",))),
        ("女 nǚ", UserWord("女", ("nv",))),
        ("女 nü3", UserWord("女", ("nv",))),
        ("女 nu:3", UserWord("女", ("nv",))),
        ("略 lue", UserWord("略", ("lve",))),
        ("银行 yin hang", UserWord("银行", ("yin", "hang"))),
        ("银行", UserWord("银行", ("yin", "hang"))),
        ("行人", UserWord("行人", ("xing", "ren"))),
        ("你好 ni hao 1e300", UserWord("你好", ("ni", "hao"), 1e9)),
        ("ni'hao 你好 1", HELLO),
        (
            "中国人民大学hang",
            UserWord("中国人民大学hang", ("zhong", "guo", "ren", "min", "da", "xue", *"____")),
        ),
        ("人民银行hang", UserWord("人民银行", ("ren", "min", "yin", "hang"))),
        ("行xing人", UserWord("行人", ("xing", "ren"))),
        ("AA人 a a ren", UserWord("AA人", ("_", "_", "ren"))),
        ("QQ人民 QQrenmin 3", UserWord("QQ人民", ("_", "_", "ren", "min"), 3)),
        ("B人", UserWord("B人", ("_", "ren"))),
        ("4人 ren", UserWord("4人", ("_", "ren"))),
        ("人民ok", UserWord("人民ok", ("ren", "min", "_", "_"))),
        ("4D人民 ren min", UserWord("4D人民", ("_", "_", "ren", "min"))),
        ("B人 ren", UserWord("B人", ("_", "ren"))),
        ("人B行 ren'xing", UserWord("人B行", ("ren", "_", "xing"))),
        ("西安xian", UserWord("西安", ("xi", "an"))),
        ("nihao你好 3", UserWord("你好", ("ni", "hao"), 3)),
        ("人民renmin", UserWord("人民", ("ren", "min"))),
        ("西安 xi'a", UserWord("西安", ("xi", "an"))),
        ("银行 y'h", UserWord("银行", ("yin", "hang"))),
        ("银行 yin'h 2", UserWord("银行", ("yin", "hang"), 2)),
        ("银行 yh", UserWord("银行", ("yin", "hang"))),
        ("中国人民 zhgrenm", UserWord("中国人民", ("zhong", "guo", "ren", "min"))),
        ("西安人 xi'ar", UserWord("西安人", ("xi", "an", "ren"))),
        ("你好(ni|hao) 3", UserWord("你好", ("ni", "hao"), 3)),
        ("你好（ni hao）", HELLO),
        ("你好【ni'hao】3", UserWord("你好", ("ni", "hao"), 3)),
        ("你好 [ni3 hao3]", HELLO),
        ('"你好","ni hao","3"', UserWord("你好", ("ni", "hao"), 3)),
        ("nihao\t你好\tzh-CN", HELLO),
        ("nihao\t你好\tzh_Hans_CN\t", HELLO),
        ("nihao\t你好\tzh-Hans", HELLO),
        ("7,你好,ni hao,3", UserWord("你好", ("ni", "hao"), 3)),
        ("你好ni'hao 3", UserWord("你好", ("ni", "hao"), 3)),
        ("西安xi'an", UserWord("西安", ("xi", "an"))),
        ("ni'hao你好", HELLO),
        ("女 nyu", UserWord("女", ("nv",))),
        ("略 lyue4", UserWord("略", ("lve",))),
        ("女人 nyuren", UserWord("女人", ("nv", "ren"))),
        ("你好 ni3 hao0", HELLO),
        ("4D人民 si D ren min", UserWord("4D人民", ("_", "_", "ren", "min"))),
        ("4人 siren", UserWord("4人", ("_", "ren"))),
        ("人民3 ren min san 2", UserWord("人民3", ("ren", "min", "_"), 2)),
    ],
)
def test_forms_of_a_line(readings: KnownReadings, line: str, expected: UserWord) -> None:
    assert word_of_line(line, readings) == expected


class Flower:
    """Reads 花儿 and 一会儿 alone."""

    def knows(self, hanzi: str, syllable: str) -> bool:
        return {"花": "hua", "儿": "er", "兒": "er", "一": "yi", "会": "hui"}.get(hanzi) == syllable

    def read(self, text: str) -> tuple[str, ...] | None:
        return None


@pytest.mark.parametrize("line", ["花儿 huar", "花儿 huār", "花兒 hua1 r5", "花儿 hua'r", "花儿 huaer"])
def test_er_is_written_as_r(line: str) -> None:
    word = word_of_line(line, Flower())
    assert word.reading == ("hua", "er")
    assert word_of_line("一会儿 yí huìr", Flower()).reading == ("yi", "hui", "er")


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("ni hao", "one word of hanzi, found none"),
        ("你好 世界", "one word of hanzi, found 2"),
        ("你好 ni", "2 syllables"),
        ("你好 ni hao ma", "2 syllables"),
        ("你好 nh shi", "each a reading of its hanzi"),
        ("你好 hn", "each a reading of its hanzi"),
        ("你好 r", "each a reading of its hanzi"),
        ("你好 ni shi", "each a reading of its hanzi"),
        ("你好！", "letters and digits with a hanzi"),
        ("你好 hello world", "2 syllables"),
        ("龘龘", "hanzi of the vocabulary"),
        ("你" * 33, "at most 32"),
        ("你好 " + "a" * 3000, "2 syllables"),
    ],
)
def test_lines_that_are_no_word(readings: KnownReadings, line: str, reason: str) -> None:
    with pytest.raises(LineError, match=reason) as raised:
        word_of_line(line, readings)
    assert "你" not in str(raised.value)


WORD_LINES = st.builds(
    lambda hanzi, syllables, ends: ends.join([hanzi, " ".join(syllables), "2"]),
    st.text(alphabet="你好西安先银行", max_size=3),
    st.lists(st.sampled_from(["ni", "hao", "xi", "an", "xian", "yin", "hang", "xing", "ha"]), max_size=3),
    st.sampled_from([" ", "\t", ",", "#"]),
)


@settings(max_examples=200, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(WORD_LINES | st.text(max_size=40))
def test_any_line_is_a_word_or_an_error(readings: KnownReadings, line: str) -> None:
    try:
        word = word_of_line(line, readings)
    except LineError:
        return
    assert len(word.text) == len(word.reading)
    assert all(map(readings.knows, word.text, word.reading))


def test_the_drawn_lines_hold_words(readings: KnownReadings) -> None:
    """Else the law above would be true of nothing."""
    assert word_of_line(find(WORD_LINES, lambda line: _is_word(line, readings)), readings)


def _is_word(line: str, readings: KnownReadings) -> bool:
    try:
        return bool(word_of_line(line, readings))
    except LineError:
        return False


@pytest.mark.parametrize(
    "line",
    [
        "supercalifragilisticexpialidocious.",
        "a" * 5000 + ".",
        "a1" * 5000 + "11",
        "'a" * 5000 + ".",
        "1" * 5000 + "e",
        "你" * 32 + " " + "xian" * 40,
        "西安" * 16 + " " + "xian" * 16 + "a",
        "安" * 32 + " " + "ang" * 32,
        "安" * 32 + " " + "a" * 160 + "b",
        "世" * 32 + " " + "shi" * 31 + "s" * 40,
        "1" * 31 + "安 " + "yi" * 40,
    ],
)
def test_no_line_takes_long(readings: KnownReadings, line: str) -> None:
    start = time.process_time()
    _is_word(line, readings)
    assert time.process_time() - start < 0.1
