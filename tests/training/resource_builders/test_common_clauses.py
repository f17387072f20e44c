"""Clauses: what stands between two marks, counted."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from training.corpus.shards import Shards
from training.resource_builders.common_clauses import count_clauses, make_clauses


def test_clauses_are_counted_by_weight(prepared: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    shards = Shards(prepared, "train", vocabulary)
    keys, counts, weighted = count_clauses(shards, {"talk": 2.0, "other": 1.0}, 4, vocabulary.n_special)
    assert len(keys) == len(counts) == len(weighted) == 2  # 你好世界, 长得很高
    assert (counts > 1000).all()
    assert np.allclose(weighted, 1.5 * counts, rtol=0.05)  # half of them by 2


def test_the_list_is_read_as_a_lexicon(prepared: Path, tmp_path: Path) -> None:
    vocabulary = Vocabulary.load(prepared / "vocabulary.tsv")
    make_clauses(prepared, tmp_path / "clauses.npz", {}, minimum=3)
    words = list(Lexicon.load(tmp_path / "clauses.npz", vocabulary).words())
    assert {"你好世界", "长得很高"} == {word.text for word in words}
    make_clauses(prepared, tmp_path / "none.npz", {}, minimum=10**9)
    assert not list(Lexicon.load(tmp_path / "none.npz", vocabulary).words())
