"""What is sent or typed alone: clauses and words, counted by source."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import BREAK, NUMBER, SPECIALS, Vocabulary, from_counts
from training.errors import WorkshopError
from training.resource_builders.utterances import clauses_of, last_words_of, make_utterances

VOCABULARY = from_counts([("亿", "yi", 1), ("元", "yuan", 1), ("好", "hao", 1)])


def stream_of(*tokens: str) -> np.ndarray:
    known = {text: i for i, text in enumerate(VOCABULARY.texts)}
    return np.array([known[token] for token in tokens], np.uint16)


def test_white_space_beside_a_number_is_no_mark() -> None:
    assert {NUMBER, BREAK} <= set(SPECIALS)
    stream = stream_of("，", NUMBER, BREAK, "亿", "元", "，", "好", BREAK, "好", "好", "。")
    found = clauses_of(stream, VOCABULARY.n_special)
    assert [len(found[length]) for length in (1, 2, 3)] == [1, 1, 0]  # 好, 好好


def test_last_words_begin_with_a_word_and_stand_behind_hanzi() -> None:
    stream = stream_of("，", NUMBER, "亿", "元", "，", "好", "亿", "元", "。", "亿", "元", "。")
    starts = np.array([1, 2, 3, 5, 6, 9])
    found = last_words_of(stream, starts, VOCABULARY.n_special)
    assert [len(found[length]) for length in (1, 2, 3)] == [0, 1, 0]  # 亿元 behind 好
    without = starts[starts != 6]  # where 亿 goes on a word, nothing
    assert len(last_words_of(stream, without, VOCABULARY.n_special)[2]) == 0


@pytest.fixture
def words(tmp_path: Path) -> Path:
    """Return a list of words as jieba's, of a few words."""
    path = tmp_path / "words.txt"
    path.write_text("世界 9 n\n现在 9\n今天天气 3\n银行 5\nAT&T 3\n", encoding="utf-8")
    return path


def test_clauses_and_words_make_a_list_of_short_texts(prepared: Path, tmp_path: Path, words: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    output = tmp_path / "utterances.bin"
    make_utterances(prepared, output, words, ({"talk": 2.0}, {"other": 1.0}))
    found = list(Lexicon.load(output, vocabulary).words())
    assert {"你好世界", "长得很高", "世界"} <= {word.text for word in found}
    assert all(1 <= len(word.text) <= 4 for word in found)
    assert sum(np.exp(word.log_prob) for word in found) == pytest.approx(1, abs=0.01)
    make_utterances(prepared, output, words, ({"talk": 2.0}, {"other": 1.0}), most=1)
    assert len(Lexicon.load(output, vocabulary)) == 1


def test_the_list_for_initials_lacks_the_last_words_of_clauses(
    prepared: Path, tmp_path: Path, words: Path
) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    output, texts = tmp_path / "list.npz", []
    for share in (0.3, 0.0):
        make_utterances(
            prepared, output, words, ({"talk": 2.0}, {"other": 1.0}), least_last=1, last_words=share
        )
        texts.append({word.text for word in Lexicon.load(output, vocabulary).words()})
    assert {"你好世界", "世界"} <= texts[1] < texts[0]


def test_text_that_is_not_there_is_said(prepared: Path, tmp_path: Path, words: Path) -> None:
    with pytest.raises(WorkshopError, match="expected shards of one of chat, found none"):
        make_utterances(prepared, tmp_path / "none.npz", words, ({"chat": 1.0}, {"other": 1.0}))
