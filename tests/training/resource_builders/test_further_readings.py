"""Adding words and readings of the project's own table to a lexicon."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.lexicon.word_arrays import WordArrays, build_arrays, load_arrays, save_arrays
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES
from training.commands.main import main
from training.resource_builders.further_readings import lacking, listed


def built(folder: Path, base: WordArrays) -> WordArrays:
    save_arrays(base, folder / "base.npz")
    arguments = ["--base", folder / "base.npz", "--output", folder / "words.bin"]
    assert main(["readings", *map(str, arguments)]) == 0
    return load_arrays(folder / "words.bin")


def rows_of(arrays: WordArrays) -> dict[tuple[str, str], float]:
    words = (arrays.word(i) for i in range(len(arrays)))
    rows = [(text, " ".join(SYLLABLES[s] for s in syllables)) for text, syllables in words]
    return dict(zip(rows, arrays.log_probs.tolist(), strict=True))


BASE = build_arrays(
    [
        ("粳米", ["jing", "mi"], 1000),
        ("你好", ["ni", "hao"], 1e6),
        ("仇和", ["qiu", "he"], 5),
        ("拙著", ["zhuo", "zhu"], 1),
    ]
)


def test_words_and_readings_that_the_lexicon_lacks_are_added(tmp_path: Path) -> None:
    rows = rows_of(built(tmp_path, BASE))
    assert rows.keys() >= {("粳米", "jing mi"), ("粳米", "geng mi"), ("陈省身", "chen xing shen")}
    assert rows["粳米", "jing mi"] - rows["粳米", "geng mi"] == pytest.approx(2.3, abs=0.01)  # a tenth
    assert rows["陈省身", "chen xing shen"] == rows["拙著", "zhuo zhu"]
    assert rows["你好", "ni hao"] - rows["仇和", "qiu he"] == pytest.approx(12.2, abs=0.01)


def test_what_is_there_is_not_added_again(tmp_path: Path) -> None:
    assert lacking(BASE)
    assert not lacking(built(tmp_path, BASE))


def test_rows_of_the_table_are_whole() -> None:
    rows = list(listed())
    assert len(rows) == len(set(rows)) > 100
    assert [row for row in rows if len(row[0]) != len(row[1])] == []
    assert {syllable for _, reading in rows for syllable in reading} <= SYLLABLE_INDEX.keys()
