"""Words that only text has: what holds together, stands free, and is met in several sources."""

from __future__ import annotations

import argparse
import random
from pathlib import Path

import numpy as np
import pytest

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary, from_counts
from engine.lexicon.word_arrays import build_arrays, load_arrays, save_arrays
from engine.model.word_ngram import WordNgram
from resources import CHARACTERS, MODEL
from training.resource_builders import more_words
from training.resource_builders.new_words import FoundWord, WordLimits, find_words

HANZI = "盲盒直播带货天地人山水火木土金石田禾竹米花草鸟鱼虫马牛羊"
VOCABULARY = from_counts([(hanzi, "a", 1) for hanzi in HANZI] + [("的", "de", 1)])
IDS = {text: i for i, text in enumerate(VOCABULARY.texts)}
OTHERS = HANZI[6:]
LIMITS = WordLimits(count=20, sources=2, cohesion=(1.0, 1.0, 1.0), freedom=(1.5, 1.5, 1.5))


def stream_of(pieces: list[str], seed: int, clause: int = 7) -> np.ndarray:
    """Return clauses of `clause` pieces each, a comma behind each; the pieces in any order."""
    random.Random(seed).shuffle(pieces)
    clauses = ["".join(pieces[i : i + clause]) for i in range(0, len(pieces), clause)]
    return np.array([IDS[character] for text in clauses for character in f"{text}，"], np.uint16)


def texts_of(streams: dict[str, np.ndarray], limits: WordLimits = LIMITS) -> list[str]:
    return [word.text for word in find_words(streams, VOCABULARY, limits)]


def noise(n: int, seed: int) -> list[str]:
    return random.Random(seed).choices(OTHERS, k=n)


def test_what_holds_together_and_stands_free_is_a_word() -> None:
    streams = {
        name: stream_of(["盲盒"] * 60 + ["直播带货"] * 60 + noise(3000, i), i) for i, name in enumerate("abc")
    }
    found = find_words(streams, VOCABULARY, LIMITS)
    assert found == [
        FoundWord("盲盒", ("a", "a"), 180),
        FoundWord("直播带货", ("a", "a", "a", "a"), 180),  # and 直播 is only a part of it
    ]


def test_what_one_source_has_alone_is_none() -> None:
    streams = {name: stream_of(noise(3000, i), i) for i, name in enumerate("abc")}
    streams["d"] = stream_of(["盲盒"] * 200 + noise(3000, 9), 9)
    assert texts_of(streams) == []
    mostly_one = streams | {"e": stream_of(["盲盒"] * 10 + noise(3000, 8), 8)}
    assert texts_of(mostly_one) == []


def test_what_always_stands_before_the_same_is_none() -> None:
    streams = {name: stream_of(["盲盒山水"] * 60 + noise(3000, i), i) for i, name in enumerate("abc")}
    loose = WordLimits(**vars(LIMITS) | {"inside": 2.0})
    assert texts_of(streams, loose) == ["盲盒山水"]


def test_the_ends_of_clauses_count_as_something_else_each_time() -> None:
    """盲盒 that always stands alone between two marks has no neighbours and is free."""
    streams = {
        name: np.concatenate(
            [stream_of(["盲盒"] * 60, i, clause=1), stream_of(noise(3000, i), i)],
        )
        for i, name in enumerate("abc")
    }
    assert texts_of(streams) == ["盲盒"]


def test_what_ends_with_a_word_of_grammar_is_none() -> None:
    streams = {name: stream_of(["盲的"] * 60 + noise(3000, i), i) for i, name in enumerate("abc")}
    assert texts_of(streams) == []


def test_no_text_has_no_words() -> None:
    assert texts_of({}) == []
    assert texts_of({"a": np.zeros(3, np.uint16)}) == []


@pytest.fixture
def base(tmp_path: Path) -> Path:
    path = tmp_path / "base.npz"
    rows = [("银行", ("yin", "hang"), 9.0), ("世界", ("shi", "jie"), 3.0)]
    save_arrays(build_arrays(rows), path)
    return path


def test_the_larger_lexicon_has_the_words_of_the_list_that_were_met(
    base: Path, prepared: Path, tmp_path: Path
) -> None:
    listed = tmp_path / "list.txt"
    listed.write_text("银行 9\n高兴 5\n了解 4\n兴兴高 3\n", encoding="utf-8")
    output = tmp_path / "grown.npz"
    more_words.build_more_words(
        argparse.Namespace(
            base=base,
            data=prepared,
            output=output,
            words=MODEL / "words.bin",
            list=listed,
            characters=CHARACTERS,
        )
    )
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    lexicon = Lexicon.load(output, vocabulary)
    rows = {word.text: word for word in lexicon.words()}
    assert {"银行", "世界", "高兴", "了解"} <= rows.keys()
    assert "兴兴高" not in rows  # the n-gram of words never met it
    grown = load_arrays(output)
    readings = {grown.word(i)[0]: grown.word(i)[1] for i in range(len(grown))}
    assert [len(readings[text]) for text in ("高兴", "了解")] == [2, 2]
    # 银行 stays three times as common as 世界.
    assert rows["银行"].log_prob - rows["世界"].log_prob == pytest.approx(np.log(3), abs=0.01)


def test_words_of_text_are_put_to_the_scale_of_the_lexicon(base: Path) -> None:
    words = WordNgram.load(MODEL / "words.bin")
    fresh = more_words.unlisted([FoundWord("盲盒", ("mang", "he"), 100)], {"世界"}, 1_000_000)
    assert more_words.unlisted([FoundWord("世界", ("shi", "jie"), 9)], {"世界"}, 100) == {}
    grown = more_words.with_words(load_arrays(base), fresh, words)
    shares = {grown.word(i)[0]: float(np.exp(grown.log_probs[i])) for i in range(len(grown))}
    ours, theirs = np.array([0.75, 0.25]), words.shares(["银行", "世界"])
    scale = np.exp(np.median(np.log(ours / theirs)))
    assert shares["盲盒"] / shares["银行"] == pytest.approx(100 * 1.85 / 1e6 * scale / 0.75, rel=0.01)
