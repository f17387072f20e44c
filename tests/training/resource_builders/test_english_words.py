"""Counting Latin words in Chinese text."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import pytest

from training.commands.main import main
from training.resource_builders.english_words import (
    choose,
    count_english_words,
    general_words,
    is_clear,
    with_earlier,
    with_names,
)


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
    earlier = tmp_path / "earlier.tsv"
    earlier.write_text("wifi\t2\t2\nshare\t4\t3\nwomen\t3\t3\n", encoding="utf-8")
    assert main([*arguments, "--general", "0", "--earlier", str(earlier)]) == 0
    rows = "Python\t5\t5\t1\nshare\t4\t3\t1\nWiFi\t3\t3\t1\nwomen\t3\t3\t0\n"
    assert output.read_text(encoding="utf-8") == rows
    assert "4 words" in capsys.readouterr().out


def test_of_a_word_in_two_lists_the_larger_count_is_kept() -> None:
    lines = ["WIFI\t9\t9\t0", "Java\t2\t1"]
    assert with_earlier([("WiFi", 4, 3), ("java", 2, 2)], lines) == [("WIFI", 9, 9), ("Java", 2, 1)]


def test_english_words_that_were_not_met() -> None:
    frequencies = {"license": 3e-3, "wifi": 1e-3, "rare": 1e-9, "was": 0.1, "there": 0.5, "naïve": 1e-3}
    words = general_words([("WiFi", 3000, 3000), ("bug", 1000, 1000)], frequencies)
    assert words == [("license", 3, 3), ("rare", 1, 1), ("there", 20, 20)]


@pytest.mark.parametrize(
    ("word", "clear"),
    [
        ("release", True),
        ("Nature", True),
        ("women", False),  # 我们
        ("Python", True),
        ("idea", True),
        ("Chuang", False),  # one syllable
        ("haha", False),  # a sound
        ("cue", False),  # too short
    ],
)
def test_a_clear_word_is_long_and_no_reading(word: str, clear: bool) -> None:
    assert is_clear(word, {"women"}) is clear


def test_names_that_no_text_has_are_added_once() -> None:
    words = with_names([("toefl", 3, 3), ("Python", 9, 9)])
    assert ("toefl", 3, 3) in words
    assert ("IELTS", 20, 20) in words
    assert len({word.lower() for word, _, _ in words}) == len(words)
