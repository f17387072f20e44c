"""Adding names to a lexicon, from lists of a few rows."""

from __future__ import annotations

import math
from pathlib import Path

import pytest

from engine.lexicon.word_arrays import build_arrays, load_arrays, save_arrays
from engine.spelling.syllable import SYLLABLES
from training.commands.main import main
from training.resource_builders.names import reading_of_person

AOSP = "我 900 0 wo\n在 800 0 zai\n去 700 0 qu\n"
PLACES = "...\n蔚县\tyù xiàn\t427\n张村\tzhāng cūn\t3\n李庄\tlǐ zhuāng\t3\n"
PEOPLE = "...\n王小\twáng xiǎo\t3\n水野忠邦兵\tshuǐ yě zhōng bāng bīng\t1\n"
FILES = {
    "AOSP_rawdict_APACHE2/rawdict_utf16_65105_freq.txt": AOSP.encode("utf-16"),
    "phrase-pinyin-data_MIT/pinyin.txt": "陈省身: chén xǐng shēn\n".encode(),
    "phrase-pinyin-data_MIT/overwrite.txt": b"",
    "RIME-LMDG_CCBY4/place.dict.yaml": PLACES.encode(),
    "RIME-LMDG_CCBY4/people.dict.yaml": PEOPLE.encode(),
    "RIME-LMDG_CCBY4/compatible.dict.yaml": "...\n朝阳\tzhāo yáng\t660\n多行\tduō háng\t1\n".encode(),
    "admin-divisions/provinces.csv": '"code","name"\n11,"北京市"\n'.encode(),
    "admin-divisions/cities.csv": b'"code","name"\n',
    "admin-divisions/areas.csv": '"code","name"\n1,"蔚县城区"\n'.encode(),
    "jieba_MIT/dict.txt": "单霁翔 23 nr\n单独 900 d\n".encode(),
    "THUOCL_MIT/THUOCL_lishimingren.txt": "单田芳\t120\n陈省身\t163\n张村\t1\n刘不见\t1\n".encode(),
}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    for name, content in FILES.items():
        (tmp_path / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / name).write_bytes(content)
    (tmp_path / "text").mkdir()
    (tmp_path / "text" / "talk.txt").write_text("我在李庄，去李庄。我去王小王小\n", encoding="utf-8")
    rows = [("朝阳", ["chao", "yang"], 3.0), ("北京", ["bei", "jing"], 1.0)]
    save_arrays(build_arrays(rows), tmp_path / "base.npz")
    return tmp_path


def built(source: Path, name: str) -> dict[tuple[str, str], float]:
    output = source / name
    arguments = ["--base", source / "base.npz", "--source", source, "--corpus", source / "text"]
    assert main(["names", *map(str, arguments), "--output", str(output)]) == 0
    arrays = load_arrays(output)
    words = (arrays.word(i) for i in range(len(arrays)))
    readings = [(text, " ".join(SYLLABLES[s] for s in syllables)) for text, syllables in words]
    return dict(zip(readings, arrays.log_probs.tolist(), strict=True))


def test_what_is_added(source: Path) -> None:
    assert built(source, "words.bin").keys() == {
        ("朝阳", "chao yang"),
        ("朝阳", "zhao yang"),  # a second reading; 多行 is no word of the lexicon
        ("北京", "bei jing"),
        ("北京市", "bei jing shi"),
        ("蔚县", "yu xian"),  # nobody would find its reading by its hanzi
        ("蔚县城区", "yu xian cheng qu"),
        ("蔚县城", "yu xian cheng"),
        ("李庄", "li zhuang"),  # seen twice; 张村 and 刘不见 were not, 水野忠邦兵 is too long for a person
        ("王小", "wang xiao"),
        ("单田芳", "shan tian fang"),
        ("单霁翔", "shan ji xiang"),
        ("陈省身", "chen xing shen"),
    }


def test_the_words_that_were_there_stay_as_common_to_each_other(source: Path) -> None:
    words = built(source, "words.bin")
    ratio = math.exp(words["朝阳", "chao yang"] - words["北京", "bei jing"])
    assert ratio == pytest.approx(3.0, rel=0.01)


def test_the_same_lists_give_the_same_bytes(source: Path) -> None:
    for name in ("one.bin", "other.bin"):
        built(source, name)
    assert (source / "one.bin").read_bytes() == (source / "other.bin").read_bytes()


@pytest.mark.parametrize(
    ("text", "reading"),
    [
        ("单田芳", "shan tian fang"),
        ("尉迟恭", "yu chi gong"),
        ("仇和", "qiu he"),
        ("查良镛", "zha liang yong"),
        ("李白", "li bai"),
        ("单", "dan"),  # no name
    ],
)
def test_surnames_have_readings_of_their_own(text: str, reading: str) -> None:
    assert " ".join(reading_of_person(text)) == reading
