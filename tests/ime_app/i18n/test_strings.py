"""Sentences with numbers in them, in both languages."""

from __future__ import annotations

import re

import pytest

from ime_app.i18n.catalogue.words import WORDS
from ime_app.i18n.strings import _TEXTS, Strings


@pytest.mark.parametrize(
    ("key", "count", "said"),
    [
        ("retrain.count", 0, "0 phrases"),
        ("retrain.count", 1, "1 phrase"),
        ("words.delete.sure", 1, "Once more: 1 word is deleted"),
        ("words.delete.sure", 12, "Once more: 12 words are deleted"),
        ("copied_and_cleared", 1, "1 character copied and cleared; Ctrl+Z brings it back"),
    ],
)
def test_an_english_noun_stands_in_the_singular_behind_one(key: str, count: int, said: str) -> None:
    assert Strings("en")(key, count=count) == said
    assert str(count) in Strings("zh")(key, count=count)


def test_each_counted_noun_has_its_singular() -> None:
    """`{count} words` says `1 words`."""
    wrong = [
        key
        for key, (_, english) in _TEXTS.items()
        if re.search(r"\{(count|phrases|words)\} [a-z]+s\b", english)
    ]
    assert wrong == []


def test_english_says_computers_where_nobody_moves_house() -> None:
    strings = Strings("en")
    assert strings("words.moving") == "Other computers"
    assert "house" not in " ".join(english for _, english in WORDS.values())
