"""Counting the words that stand together in a clause, and what is added to the file of words."""

from __future__ import annotations

from collections import Counter
from itertools import groupby
from pathlib import Path

import numpy as np
import pytest

from engine.arrays import open_arrays
from engine.lexicon.word_arrays import hash_of_text
from engine.model.word_ngram import WordNgram
from engine.model.word_pairs import FARTHEST, NEAREST
from training.commands.main import main
from training.ngram.word_pairs import PairCounts

N_WORD = 40


def counted(texts: list[tuple[np.ndarray, np.ndarray, float]]) -> Counter[tuple[int, int]]:
    """Return how often each pair of a clause is met, place by place."""
    found: Counter[tuple[int, int]] = Counter()
    for words, clauses, weight in texts:
        for _, rows in groupby(zip(clauses.tolist(), words.tolist(), strict=True), key=lambda row: row[0]):
            clause = [word for _, word in rows]
            for end in range(len(clause)):
                for start in range(max(0, end - FARTHEST), end - NEAREST + 1):
                    if clause[start] >= 0 and clause[end] >= 0:
                        found[clause[start], clause[end]] += weight  # type: ignore[assignment]
    return found


@pytest.fixture
def texts() -> list[tuple[np.ndarray, np.ndarray, float]]:
    random = np.random.default_rng(0)
    return [
        (
            random.integers(-1, N_WORD, 500).astype(np.int32),
            np.sort(random.integers(0, 30, 500)),
            weight,
        )
        for weight in (1.0, 0.5, 3.0)
    ]


@pytest.mark.parametrize("pending", [1, 1 << 30])
def test_pairs_are_those_of_one_clause_times_the_weight(
    texts: list[tuple[np.ndarray, np.ndarray, float]], pending: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("training.ngram.word_pairs._MOST_PENDING", pending)
    counts = PairCounts(N_WORD)
    for words, clauses, weight in texts:
        counts.add(words, clauses, weight)
    expected = counted(texts)
    firsts, seconds, found = counts.most(1 << 20)
    assert (
        dict(zip(zip(firsts.tolist(), seconds.tolist(), strict=True), found.tolist(), strict=True))
        == expected
    )
    assert counts.left.sum() == counts.right.sum() == pytest.approx(sum(expected.values()))
    assert counts.left[7] == sum(n for (first, _), n in expected.items() if first == 7)


def test_the_pairs_met_most_are_kept(texts: list[tuple[np.ndarray, np.ndarray, float]]) -> None:
    counts = PairCounts(N_WORD)
    counts.add(*texts[0])
    firsts, seconds, found = counts.most(50)
    assert len(found) == 50
    assert found.min() >= sorted(counted(texts[:1]).values(), reverse=True)[50]
    assert sorted(zip(firsts, seconds, strict=True)) == list(zip(firsts, seconds, strict=True))


def test_the_command_adds_pairs_to_a_file_of_words(prepared: Path, tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("银行 50\n天气 20\n", encoding="utf-8")
    shared = ["--data", str(prepared), "--list", str(tmp_path / "list.txt")]
    plain, paired = tmp_path / "words.bin", tmp_path / "paired.bin"
    assert main(["words", *shared, "--output", str(plain)]) == 0
    assert (
        main(["word-pairs", *shared, "--words", str(plain), "--output", str(paired), "--entries", "9"]) == 0
    )
    before, after = open_arrays(plain), open_arrays(paired)
    assert all(np.array_equal(array, after[name]) for name, array in before.items())
    model = WordNgram.load(paired)
    assert model.pairs is not None
    assert 0 < len(model.pairs) <= 9
    assert model.word(hash_of_text("银行")) > 0
