"""The n-gram of words: cutting, numbering, and what the engine finds in the file."""

from __future__ import annotations

import itertools
import lzma
from pathlib import Path

import numpy as np
import pytest

from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary, from_counts
from engine.lexicon.word_arrays import hash_of_text
from engine.model.word_ngram import LONGEST_WORD, WordNgram
from engine.spelling.syllable import SYLLABLES
from training.ngram.segmentation import Segmenter, WordListError, read_word_list
from training.ngram.words import make_words

HANZI = "我们在再见到北京大学生活"
VOCABULARY = from_counts([(hanzi, syllable, 1) for hanzi, syllable in zip(HANZI, SYLLABLES, strict=False)])
FREQUENCIES = {"我们": 90, "再见": 40, "见到": 35, "北京": 50, "北京大学": 9, "大学": 60, "大学生": 20,
               "学生": 45, "生活": 70, "我": 80, "在": 95, "见": 30, "到": 60, "大": 30}  # fmt: skip


def tokens_of(text: str) -> np.ndarray:
    return np.array(
        [SPECIALS.index(c) if c in SPECIALS else VOCABULARY.ids_of_hanzi[c][0] for c in text], np.uint16
    )


def best_cut(text: str) -> tuple[str, ...]:
    """Return the likeliest cut of a clause, of all that there are."""
    counts = dict.fromkeys(HANZI, 0.5) | FREQUENCIES
    total = sum(counts.values()) + 3
    cuts = []
    for marks in itertools.product((False, True), repeat=len(text) - 1):
        ends = [i + 1 for i, mark in enumerate(marks) if mark] + [len(text)]
        words = tuple(text[a:b] for a, b in zip([0, *ends], ends, strict=False))
        if all(word in counts for word in words):
            cuts.append((sum(np.log(counts[word] / total) for word in words), words))
    return max(cuts)[1]


@pytest.mark.parametrize(
    "clauses", [["我们在北京大学生活"], ["再见", "见到我们", "在再见到"], ["大学生", "我", "生活大学生"]]
)
def test_clauses_are_cut_as_the_likeliest_of_all_cuts(clauses: list[str]) -> None:
    segmenter = Segmenter(VOCABULARY, FREQUENCIES)
    found = segmenter.cut(tokens_of("，" + "，。".join(clauses) + "！"))
    words = [segmenter.words[number] if number >= 0 else "|" for number in found]
    assert words == ["|", *itertools.chain.from_iterable((*best_cut(clause), "|") for clause in clauses)]


def test_pieces_of_a_stream_are_cut_alike(monkeypatch: pytest.MonkeyPatch) -> None:
    segmenter = Segmenter(VOCABULARY, FREQUENCIES)
    tokens = tokens_of("我们在北京大学，生活。再见" * 20)
    whole = segmenter.cut(tokens)
    monkeypatch.setattr("training.ngram.segmentation._CHUNK", 30)
    np.testing.assert_array_equal(segmenter.cut(tokens), whole)


def test_a_word_list_is_read_plain_and_compressed(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text("我们 90 r\n他们 3 r\n再见 40 v\n", encoding="utf-8")
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress((tmp_path / "a.txt").read_bytes()))
    for name in ("a.txt", "a.txt.xz"):
        assert read_word_list(tmp_path / name, HANZI) == {"我们": 90, "再见": 40}
    (tmp_path / "a.txt").write_text("我们 90\n再见\n", encoding="utf-8")
    with pytest.raises(WordListError, match="line 2"):
        read_word_list(tmp_path / "a.txt", HANZI)


def test_the_command_writes_what_the_engine_reads(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    (tmp_path / "list.txt").write_text("银行 50\n天气 20\n", encoding="utf-8")
    make_words(prepared, tmp_path / "words.bin", tmp_path / "list.txt", {}, (50, 50), (1, 1))
    model = WordNgram.load(tmp_path / "words.bin")
    assert model.n_word <= len(set(vocabulary.texts)) + 4
    word = model.word(hash_of_text("银行"))
    assert word > 0
    alone, _ = model.step(model.start, word)
    assert -12 < alone < 0
    assert model.word(hash_of_text(START)) == model.word(hash_of_text("银" * LONGEST_WORD)) == -1
