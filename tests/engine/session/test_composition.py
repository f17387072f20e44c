"""Edits of the composition: each returns a new value."""

from __future__ import annotations

from engine.protocol import Candidate, Preedit, Source
from engine.session.composition import MAX_LETTERS, Composition


def of(keys: str) -> Composition:
    """Return a composition of `keys`, the caret where `|` stands."""
    return Composition(keys=keys.replace("|", ""), caret=keys.index("|"))


def shown(composition: Composition) -> str:
    keys = composition.keys[: composition.caret] + "|" + composition.keys[composition.caret :]
    return composition.chosen_text + keys


def candidate(text: str, end: int) -> Candidate:
    return Candidate(text, (0, end), ("x",) * len(text), tuple(map(ord, text)), 0.0, Source.PHRASE)


def test_edits_at_the_caret() -> None:
    assert shown(of("n|h").insert("i")) == "ni|h"
    assert shown(of("ni|h").delete_before()) == "n|h"
    assert shown(of("ni|h").delete_after()) == "ni|"
    assert shown(of("|ni").delete_before()) == "|ni"
    assert shown(of("ni|").delete_after()) == "ni|"


def test_moves_stop_at_the_ends() -> None:
    assert shown(of("ni|").move_left()) == "n|i"
    assert shown(of("|ni").move_left()) == "|ni"
    assert shown(of("ni|").move_right()) == "ni|"
    assert shown(of("n|i").home()) == "|ni"
    assert shown(of("n|i").end()) == "ni|"


def test_by_syllable() -> None:
    boundaries = (2, 5, 8)
    assert shown(of("nihaosh|i").move_left_by_syllable(boundaries)) == "nihao|shi"
    assert shown(of("ni|haoshi").move_left_by_syllable(boundaries)) == "|nihaoshi"
    assert shown(of("n|ihaoshi").move_right_by_syllable(boundaries)) == "ni|haoshi"
    assert shown(of("nihao|shi").move_right_by_syllable(boundaries)) == "nihaoshi|"
    assert shown(of("nihaos|hi").delete_before(boundaries)) == "nihao|hi"
    assert shown(of("ni|haoshi").delete_after(boundaries)) == "ni|shi"


def test_a_choice_and_taking_it_back() -> None:
    before = of("nihao|")
    after = before.choose(candidate("你", 2))
    assert shown(after) == "你hao|"
    assert after.tokens == (ord("你"),)
    assert after.n_letter == 5
    assert after.delete_before() == before
    assert shown(after.insert("x").delete_before().delete_before()) == "nihao|"
    assert shown(after.home().delete_before()) == "ni|hao"
    assert shown(after.move_left().delete_before()) == "你h|o"


def test_choices_are_taken_back_in_turn() -> None:
    twice = of("nihaoma|").choose(candidate("你", 2)).choose(candidate("好", 3))
    assert shown(twice) == "你好ma|"
    once = twice.delete_before()
    assert shown(once) == "你haoma|"
    assert shown(once.delete_before()) == "nihaoma|"


def test_a_boundary_mark_goes_with_the_choice_before_it() -> None:
    assert shown(of("ni'|").choose(candidate("你", 2))) == "你|"
    after = of("ni''hao|").choose(candidate("你", 2))
    assert shown(after) == "你hao|"
    assert shown(after.delete_before()) == "ni''hao|"


def test_full() -> None:
    full = Composition(keys="a" * MAX_LETTERS)
    assert full.is_full
    assert full.insert("b") is full


def test_preedit_groups_by_syllable_and_maps_the_caret() -> None:
    assert of("nihao|").preedit((2, 5)) == Preedit("ni hao", 6, "nihao", 5)
    assert of("ni|hao").preedit((2, 5)).caret == 2
    assert of("nih|ao").preedit((2, 5)).caret == 4
    assert of("nihaov|").preedit((2, 5)) == Preedit("ni hao v", 8, "nihaov", 6)
    assert of("xi'an|").preedit((2, 5)) == Preedit("xi'an", 5, "xi'an", 5)
    assert of("xi'an|").preedit((3, 5)).text == "xi'an"
    chosen = of("nihaoma|").choose(candidate("你", 2))
    assert chosen.preedit((3, 5)) == Preedit("你hao ma", 7, "你haoma", 6)
    spaced = of("nihaoma|").choose(candidate("a b", 2))  # a text with a space of its own
    assert spaced.preedit((3, 5)) == Preedit("a bhao ma", 9, "a bhaoma", 8)
