"""Where a menu shows the words that the user brought in."""

from __future__ import annotations

import pytest

from engine.lexicon.vocabulary import Vocabulary
from engine.lexicon.word_arrays import build_arrays
from engine.protocol import Candidate, Source
from engine.user_model.model import UserModel
from engine.user_model.ranking import Choice

WORDS = (("aazhi", "AA制"), ("txu", "T恤"), ("kalaok", "卡拉OK"))


@pytest.mark.parametrize(
    ("keys", "shown"),
    [
        ("aazhi", "AA制"),
        ("AAzhi", "AA制"),
        ("Txu", "T恤"),
        ("kalaOK", "卡拉OK"),
        ("Aazhi", None),  # the capitals are not those of the word
        ("aazhI", None),
    ],
)
def test_words_with_letters_are_offered_behind_capitals_as_well(
    vocabulary: Vocabulary, keys: str, shown: str | None
) -> None:
    personal = UserModel(vocabulary)
    personal.set_imported(build_arrays(()), [Choice(small, text, (), ()) for small, text in WORDS])
    names = ("甲", "乙", "丙")
    menu = [Candidate(name, (0, len(keys)), (), (), -1.0, Source.SENTENCE) for name in names]
    arranged = [candidate.text for candidate in personal.arrange(menu, keys)]
    assert arranged == ["甲", *([shown] if shown else []), "乙", "丙"]
