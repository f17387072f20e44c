"""Building the lexicon from word lists of a few rows."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lexicon.word_arrays import load_arrays
from engine.spelling.syllable import SYLLABLES
from training.commands.main import main
from training.resource_builders.lexicon import choose_readings, count_words, split

AOSP = """你 900 0 ni
好 800 0 hao
你好 500 0 ni hao
谋略 9 0 mou lue
朝阳 6 0 chao yang
朝阳 2 0 zhao yang
龍 5 1 long
"""
PHRASES = "# a remark\n一心一意: yī xīn yī yì  # idiom\n旅行: lǚ xíng\n你好: nǐ hǎo\n一丁,不: yī dīng bù\n"


@pytest.fixture
def source(tmp_path: Path) -> Path:
    files = {
        "AOSP_rawdict_APACHE2/rawdict_utf16_65105_freq.txt": AOSP.encode("utf-16"),
        "phrase-pinyin-data_MIT/pinyin.txt": PHRASES.encode(),
        "phrase-pinyin-data_MIT/overwrite.txt": b"",
        "THUOCL_MIT/THUOCL_chengyu.txt": "守株待兔 \t 9\r\n".encode(),
        "THUOCL_MIT/THUOCL_food.txt": "\ufeff土豆\t5\n龙虾\t4\n土豆烧龍\t1\n".encode(),
    }
    for name, content in files.items():
        (tmp_path / "lists" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "lists" / name).write_bytes(content)
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "talk.txt").write_text("我去旅行，我们去旅行。\n土豆土豆，你好\n", encoding="utf-8")
    return tmp_path


def built(source: Path, name: str, *arguments: str) -> dict[tuple[str, str], float]:
    output = source / name
    assert main(["lexicon", "--source", str(source / "lists"), "--output", str(output), *arguments]) == 0
    arrays = load_arrays(output)
    words = (arrays.word(i) for i in range(len(arrays)))
    readings = [(text, " ".join(SYLLABLES[s] for s in syllables)) for text, syllables in words]
    return dict(zip(readings, arrays.log_probs.tolist(), strict=True))


def test_what_is_taken(source: Path) -> None:
    words = built(source, "words.bin", "--corpus", str(source / "text"))
    assert words.keys() == {
        ("你好", "ni hao"),
        ("谋略", "mou lve"),  # AOSP spells lue
        ("朝阳", "chao yang"),
        ("朝阳", "zhao yang"),
        ("一心一意", "yi xin yi yi"),
        ("守株待兔", "shou zhu dai tu"),
        ("旅行", "lv xing"),  # seen twice; 龙虾 was not, 龍 is no character of the list
        ("土豆", "tu dou"),
    }
    assert words["你好", "ni hao"] > words["谋略", "mou lve"]
    assert words["朝阳", "chao yang"] > words["朝阳", "zhao yang"]


def test_without_text_only_the_certain_words(source: Path) -> None:
    texts = {text for text, _ in built(source, "words.bin")}
    assert texts == {"你好", "谋略", "朝阳", "一心一意", "守株待兔"}


def test_same_input_same_bytes(source: Path) -> None:
    for name in ("a.bin", "b.bin"):
        built(source, name, "--corpus", str(source / "text"))
    assert (source / "a.bin").read_bytes() == (source / "b.bin").read_bytes()


def test_split_takes_the_likeliest_words() -> None:
    words = {"和服": -6.0, "服务": -4.0, "和": -2.0}
    single = {"和": -3.0, "服": -7.0, "务": -7.0}
    assert split("和服务", words, single, -12.0) == ["和", "服务"]
    assert split("鿿", words, single, -12.0) == ["鿿"]


def test_counts_are_of_words_only() -> None:
    aosp: dict[tuple[str, tuple[str, ...]], float] = {("你", ("ni",)): 5.0, ("你好", ("ni", "hao")): 50.0}
    assert count_words({"你好"}, aosp, ["你好你", "好你好"]) == {"你好": 2}


def test_readings_share_the_count_of_a_word() -> None:
    aosp: dict[tuple[str, tuple[str, ...]], float] = {
        ("朝阳", ("chao", "yang")): 6.0,
        ("朝阳", ("zhao", "yang")): 2.0,
    }
    shares = choose_readings(["朝阳", "旅行"], aosp, {"旅行": ("lv", "xing")})
    assert shares == {
        ("朝阳", ("chao", "yang")): 0.75,
        ("朝阳", ("zhao", "yang")): 0.25,
        ("旅行", ("lv", "xing")): 1.0,
    }
