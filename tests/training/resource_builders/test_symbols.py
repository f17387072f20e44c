"""CLDR's annotations to the table of symbols."""

from __future__ import annotations

import json
from argparse import Namespace
from pathlib import Path

import pytest

from engine.rewriters.symbol_rewriter import load_table
from training.errors import WorkshopError
from training.resource_builders.symbols import build_symbols, presented, read_annotations

PLAIN = {
    "🐱": {"default": ["猫", "猫脸", "cat", "一个太长的关键词语"], "tts": ["猫脸"]},
    "❤": {"default": ["爱"], "tts": ["红心"]},
    "🏻": {"default": ["肤色"], "tts": ["较浅肤色"]},
    "Ω": {"default": ["ohm"], "tts": ["OHM"]},
}
DERIVED = {
    "🇨🇳": {"default": ["旗"], "tts": ["旗: 中国"]},
    "👋🏻": {"default": ["你好"], "tts": ["挥手: 较浅肤色"]},
}


def write(folder: Path) -> None:
    (folder / "zh.json").write_text(json.dumps({"annotations": {"annotations": PLAIN}}), "utf-8")
    derived = {"annotationsDerived": {"annotations": DERIVED}}
    (folder / "zh_derived.json").write_text(json.dumps(derived), "utf-8")


def test_what_is_taken(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    write(tmp_path)
    assert list(read_annotations(tmp_path)) == [
        ("🐱", "猫脸", ["猫脸", "猫"]),
        ("❤\ufe0f", "红心", ["红心", "爱"]),
        ("🇨🇳", "中国", ["中国"]),
    ]
    output = tmp_path / "new" / "symbols.tsv"
    build_symbols(Namespace(source=tmp_path, output=output))
    first = output.read_bytes()
    assert "3 symbols under 5 keywords" in capsys.readouterr().out
    build_symbols(Namespace(source=tmp_path, output=output))
    assert output.read_bytes() == first
    assert load_table(output)["猫"] == (("🐱", "猫脸"),)


def test_the_selector_goes_to_emoji_drawn_as_text() -> None:
    assert [len(presented(symbol)) for symbol in "☀✈🏎→♪⚡😀"] == [2, 2, 2, 1, 1, 1, 1]


def test_a_foreign_file_is_one_sentence(tmp_path: Path) -> None:
    write(tmp_path)
    (tmp_path / "zh.json").write_text("[]", "utf-8")
    with pytest.raises(WorkshopError, match="expected CLDR annotations"):
        list(read_annotations(tmp_path))
