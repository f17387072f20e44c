"""The text before the caret: what it holds counts, and nothing once another has taken its place."""

from __future__ import annotations

import numpy as np

from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary
from engine.user_model.document import Document

BEGIN = SPECIALS.index(START)


def chance(document: Document, vocabulary: Vocabulary, last: int, token: int) -> float:
    """P(token) behind `last` where all readings were equally likely."""
    start, n = vocabulary.n_special, len(vocabulary) - vocabulary.n_special
    _, cuts, slices = np.unique(vocabulary.class_of_token[start:], return_index=True, return_inverse=True)
    probabilities = np.full((1, n), 1 / n, dtype=np.float32)
    document.counts.mix(probabilities, [(-1, last)], start, cuts, slices)
    return float(probabilities[0, token - start])


def test_what_was_written_is_likelier(vocabulary: Vocabulary) -> None:
    document = Document(vocabulary)
    assert document.is_empty
    document.read([BEGIN, 30, 40, 50, BEGIN, 60])
    assert not document.is_empty
    assert chance(document, vocabulary, 30, 40) > 0.1 > chance(document, vocabulary, 31, 40)
    document.read([BEGIN])
    assert document.is_empty
    assert chance(document, vocabulary, 30, 40) < 0.1


def test_runs_are_two_to_four_hanzi_without_a_mark_between(vocabulary: Vocabulary) -> None:
    document = Document(vocabulary)
    document.read([BEGIN, 30, 40, 50, 60, 70, BEGIN, 80, 90])
    assert all(map(document.has_run, [(30, 40), (40, 50, 60), (30, 40, 50, 60), (80, 90)]))
    assert not any(map(document.has_run, [(30,), (40, 30), (30, 40, 50, 60, 70), (70, BEGIN, 80), (70, 80)]))
