"""The tables of single hanzi from lists made here."""

from __future__ import annotations

from pathlib import Path

from engine.hanzi.components import Components
from engine.hanzi.rare_readings import RareReadings
from engine.hanzi.tones import Tones
from engine.hanzi.traditional_forms import TraditionalForms
from engine.spelling.syllable import SYLLABLE_INDEX
from training.commands.main import main

ROWS = "木\tmù\t900\n子\tzǐ\t900\n子\tzi\t100\n李\tlǐ\t800\n杍\tzǐ\t3\n龑\tyǎn\t281\n㐂\txǐ\t1\n"
RIME = f"# head\n---\nname: chars\n...\n{ROWS}"
OPENCC = {
    "STCharacters.txt": "后\t後 后\n发\t發 髮\n",
    "STPhrases.txt": "发后\t發後\n皇后\t皇后\n下面\t下面 下麪\n",
}
TABLES = (
    "rare_readings.tsv",
    "tones.tsv",
    "components.tsv",
    "traditional_forms.tsv",
    "traditional_words.txt",
)


def build(folder: Path) -> Path:
    for name in ("RIME-LMDG_CCBY4", "pinyin-data_MIT", "chaizi_CCBY3", "OpenCC_APACHE2"):
        (folder / name).mkdir(parents=True, exist_ok=True)
    (folder / "RIME-LMDG_CCBY4" / "chars.dict.yaml").write_text(RIME, encoding="utf-8")
    (folder / "RIME-LMDG_CCBY4" / "place.dict.yaml").write_text("...\n李木\tlǐ bó\t1\n", encoding="utf-8")
    (folder / "RIME-LMDG_CCBY4" / "people.dict.yaml").write_text("", encoding="utf-8")
    for name in ("STCharacters.txt", "STPhrases.txt"):
        (folder / "OpenCC_APACHE2" / name).write_text(OPENCC[name], encoding="utf-8")
    (folder / "pinyin-data_MIT" / "kTGHZ2013.txt").write_text("U+5B50: zǐ,zī  # 子\n", encoding="utf-8")
    (folder / "pinyin-data_MIT" / "kXHC1983.txt").write_text("", encoding="utf-8")
    (folder / "pinyin-data_MIT" / "pinyin.txt").write_text("U+9FA5: yuè  # 龥\n", encoding="utf-8")
    (folder / "chaizi_CCBY3" / "chaizi.txt").write_text("李\t木 子\n杍\t木 子\n好\t女 子\n", encoding="utf-8")
    (folder / "characters.tsv").write_text("木\tmu\n子\tzi\n李\tli\n", encoding="utf-8")
    output = folder / "out"
    characters = str(folder / "characters.tsv")
    main(["hanzi", "--source", str(folder), "--output", str(output), "--characters", characters])
    return output


def test_tables_are_what_the_engine_reads(tmp_path: Path) -> None:
    output = build(tmp_path)
    rare = RareReadings(output / TABLES[0])
    assert {s: rare.of(SYLLABLE_INDEX[s]) for s in ("zi", "yan", "yue", "li", "xi", "bo")} == {
        "zi": "杍",
        "yan": "龑",
        "bo": "木",
        "yue": "龥",
        "li": "",
        "xi": "",  # no use of it is known, and it is outside the basic block
    }
    assert Tones(output / TABLES[1]).readings("子") == ["zǐ", "zī", "zi"]
    assert Components(output / TABLES[2]).made_of("muzi") == "李杍"
    forms = TraditionalForms(output / TABLES[3], output / TABLES[4])
    assert (forms.of("后"), forms.of("下面"), forms.of("李")) == (["後", "后"], ["下面", "下麪"], [])
    assert forms.is_certain("发后")
    assert not forms.is_certain("皇后")  # its 后 is not the usual one: OpenCC says so


def test_the_same_lists_give_the_same_bytes(tmp_path: Path) -> None:
    one, other = build(tmp_path / "one"), build(tmp_path / "other")
    for name in TABLES:
        assert (one / name).read_bytes() == (other / name).read_bytes()
