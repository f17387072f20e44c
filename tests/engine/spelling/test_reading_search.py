"""Letters find readings: whole, by initials, mixed, from any syllable on."""

from __future__ import annotations

import pytest

from engine.spelling.reading_search import is_spelt


@pytest.mark.parametrize(
    "letters", ["nihao", "nihaoma", "nhm", "nihm", "nhaom", "hao", "ma", "m", "nih", "ham"]
)
def test_letters_that_spell_it(letters: str) -> None:
    assert is_spelt(letters, ("ni", "hao", "ma"))


@pytest.mark.parametrize("letters", ["nm", "ao", "x", "nihaomaa", "haoni", "iha", "nihaomam"])
def test_letters_that_do_not(letters: str) -> None:
    assert not is_spelt(letters, ("ni", "hao", "ma"))


def test_a_reading_of_a_thousand_syllables_is_soon_searched() -> None:
    assert not is_spelt("an" * 30 + "x", ("an", "ang") * 500)
