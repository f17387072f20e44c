"""Counting Latin words in Chinese text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from training.commands.main import main
from training.resource_builders.english_words import choose, count_english_words


def test_words_are_counted_in_lines_of_hanzi() -> None:
    lines = [
        "我用Python写代码，也用 Java。",
        "An English sentence is not what is typed here, 真的",
        "见www.example.com和a.py与Python3，还有C++",
        "only English",
        "连上WiFi，WiFi很快",
    ]
    assert count_english_words(lines) == Counter({"Python": 1, "Java": 1, "WiFi": 2})


def test_the_commonest_casing_stands_for_all() -> None:
    counts = Counter({"App": 5, "APP": 3, "app": 4, "a": 9, "B": 3, "rare": 1})
    assert choose(counts, 2, 10) == [("App", 12, 5), ("B", 3, 3)]
    assert choose(counts, 2, 1) == [("App", 12, 5)]


def test_the_command(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    corpus = tmp_path / "corpus"
    corpus.mkdir()
    (corpus / "one.txt").write_text("我用Python写代码\n" * 9 + "连上WiFi\n" * 3, encoding="utf-8")
    output = tmp_path / "lexicon" / "english.tsv"
    arguments = ["english", "--corpus", str(corpus), "--output", str(output), "--minimum", "2", "--cap", "5"]
    assert main(arguments) == 0
    assert output.read_text(encoding="utf-8") == "Python\t5\t5\nWiFi\t3\t3\n"
    assert "2 of 2 casings" in capsys.readouterr().out
