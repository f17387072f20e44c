"""Laws of the session, over a converter of a few phrases: no key sequence breaks them."""

from __future__ import annotations

import random

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from engine.protocol import Candidate, Commit, Key, KeyEvent, Modifier, Output, Segment, Source
from engine.session.composition import MAX_LETTERS
from engine.session.options import SessionOptions
from engine.session.session import SURROUNDING_LENGTH, Session
from tests.engine.phrase_converter import PhraseConverter

LETTERS = "abcdefghijklmnopqrstuvwxyz'"
CHARACTERS = LETTERS + 'AZ0123456789,.?!:;()<>[]{}\\^_$"~`@#%&*+-=/|é你😀'
MODIFIERS = [Modifier.NONE, Modifier.SHIFT, Modifier.CONTROL, Modifier.ALT, Modifier.META]

# Letters, and the few keys that decide, come often enough for long compositions to arise.
likely_keys = st.sampled_from([KeyEvent(c) for c in "nihaoshijie'nihaoshijiev"])
any_keys = st.builds(
    KeyEvent, st.sampled_from([*Key, *CHARACTERS]), st.sampled_from([*MODIFIERS, Modifier.NONE])
)
edit_keys = st.sampled_from(
    [KeyEvent(k) for k in (Key.LEFT, Key.RIGHT, Key.HOME, Key.END, Key.BACKSPACE, Key.DELETE, Key.DOWN)]
    + [KeyEvent(k, Modifier.CONTROL) for k in (Key.LEFT, Key.RIGHT, Key.BACKSPACE, Key.DELETE)]
)
key_sequences = st.lists(st.one_of(likely_keys, likely_keys, edit_keys, any_keys), max_size=60)


def new_session(options: SessionOptions | None = None) -> Session:
    return Session(PhraseConverter(), options)


def type_letters(session: Session, letters: str) -> Output:
    output = session.reset()
    for letter in letters:
        shift = Modifier.SHIFT if letter.isupper() else Modifier.NONE
        output = session.process_key(KeyEvent(letter, shift))
    return output


def check_output(output: Output) -> None:
    preedit, menu = output.preedit, output.menu
    assert 0 <= preedit.caret <= len(preedit.text)
    assert preedit.text.replace(" ", "") == preedit.typed
    assert preedit.text[: preedit.caret].replace(" ", "") == preedit.typed[: preedit.typed_caret]
    assert not menu.candidates or 0 <= menu.highlighted < len(menu.candidates)
    assert output.commit is None or output.commit.text or output.commit.erased
    assert bool(preedit.text) or not menu.candidates


@pytest.mark.parametrize("seed", range(5))
def test_no_sequence_of_2000_random_keys_raises(seed: int) -> None:
    source = random.Random(seed)
    session = new_session()
    for _ in range(2000):
        likely = source.random() < 0.7
        key = source.choice("nihaoshijiev'") if likely else source.choice([*Key, *CHARACTERS])
        modifiers = Modifier.NONE if likely else source.choice([*MODIFIERS, Modifier.NONE, Modifier.NONE])
        event = KeyEvent(key, modifiers)
        composing = session.is_composing
        output = session.process_key(event)
        check_output(output)
        assert session.is_composing == bool(output.preedit.text)
        assert output.handled or composing == session.is_composing  # a key passed on changes nothing


@given(st.text(LETTERS, max_size=100))
@settings(deadline=None)
def test_every_typed_letter_is_in_the_preedit_or_refused(letters: str) -> None:
    session = new_session()
    taken, committed = "", ""
    for letter in letters:
        output = session.process_key(KeyEvent(letter))
        taken += "" if output.refused or output.commit else letter
        committed += output.commit.text if output.commit else ""
        assert output.preedit.typed == taken
    # A quote that opens the line is not a letter: it is committed as ‘ or ’ at once.
    assert set(committed) <= set("‘’")
    assert len(committed) == len(letters) - len(letters.lstrip("'"))


@given(st.text(LETTERS.replace("'", ""), min_size=1, max_size=30), st.lists(st.integers(1, 9), max_size=30))
@settings(deadline=None)
def test_every_typed_letter_is_committed_when_picking(letters: str, picks: list[int]) -> None:
    """Each letter is under a hanzi chosen, or committed as it is, in the order typed."""
    session = new_session(SessionOptions(computed=False, addresses=False))  # behind `u` no digit would pick
    output = type_letters(session, letters)
    for pick in [*picks, *[1] * len(letters)]:
        if output.commit is not None:
            break
        before = output
        output = session.process_key(KeyEvent(str(pick)))
        if output.refused:
            assert output.preedit == before.preedit
            continue
        rest = output.preedit.typed.lstrip("".join(set(output.preedit.typed) - set(letters)))
        assert letters.endswith(rest) or output.commit
    assert output.commit is not None
    spelt = "".join(output.commit.reading).replace("_", "") + "".join(
        c for c in output.commit.text if c.isascii()
    )
    assert sorted(spelt.replace("lve", "lue").replace("nve", "nue")) == sorted(
        letters.replace("lve", "lue").replace("nve", "nue")
    )


@given(key_sequences, st.text("nihaoshijev'", min_size=1, max_size=8))
@settings(deadline=None)
def test_typing_then_deleting_equals_never_typing(events: list[KeyEvent], letters: str) -> None:
    """Of letters in a composition; the highlight goes back to the first candidate."""
    session, plain = new_session(), new_session()
    for event in [KeyEvent("n"), *events]:
        session.process_key(event)
        plain.process_key(event)
    if not plain.is_composing:
        return
    room = sum(not session.process_key(KeyEvent(letter)).refused for letter in letters)
    for _ in range(room):
        session.process_key(KeyEvent(Key.BACKSPACE))
    plain.process_key(KeyEvent("x"))  # takes the highlight back to the first candidate
    plain.process_key(KeyEvent(Key.BACKSPACE))
    for event in [KeyEvent(Key.LEFT), KeyEvent(Key.BACKSPACE), KeyEvent("n"), KeyEvent(Key.SPACE)]:
        assert session.process_key(event) == plain.process_key(event)


def test_pages_turn_without_a_key() -> None:
    options = SessionOptions(page_size=2, page_with_page_keys=False)
    session = Session(PhraseConverter(), options)
    type_letters(session, "nihao")
    assert session.process_key(KeyEvent(Key.PAGE_DOWN)).menu.page == 0
    assert [session.turn_page(step).menu.page for step in (1, -1, -1)] == [1, 0, 0]
    session.reset()
    assert session.turn_page(1).menu.candidates == ()


@given(st.text("nihaosje'v", min_size=1, max_size=20).filter(lambda s: s[0] != "'"))
@settings(deadline=None)
def test_deleting_all_letters_leaves_a_fresh_session(letters: str) -> None:
    session = new_session()
    type_letters(session, letters)
    for _ in letters:
        output = session.process_key(KeyEvent(Key.BACKSPACE))
    assert output == new_session().reset()
    assert not session.is_composing


@given(key_sequences)
@example([KeyEvent("n"), KeyEvent("/"), KeyEvent("n"), KeyEvent(Key.HOME), KeyEvent("n")])
@settings(max_examples=50, deadline=None)
def test_the_menu_is_the_one_of_a_fresh_session(events: list[KeyEvent]) -> None:
    """However the letters came about, the menu is that of the same letters typed afresh."""
    session, has_chosen = new_session(), False  # a part of the letters, maybe as typed: nn of `nnn`
    for event in events:
        output = session.process_key(event)
        typed = output.preedit.typed
        picks = event.key is Key.SPACE or event.key in set("123456789;'[]")
        has_chosen = bool(typed) and (has_chosen or picks)
        if not has_chosen and typed and typed.isascii() and typed[0] != "'" and output.menu.candidates:
            fresh = new_session()
            expected = type_letters(fresh, typed)
            if expected.preedit.typed != typed:  # a mark joins or commits by what stands before it: n/, nn/
                assert not typed.replace("'", "").isalnum()
                continue
            while expected.preedit.caret > output.preedit.caret:
                expected = fresh.process_key(KeyEvent(Key.LEFT))
            assert output.menu.candidates == expected.menu.candidates
            assert output.preedit == expected.preedit


def test_candidates_do_not_move_while_the_highlight_does() -> None:
    session = new_session()
    candidates = type_letters(session, "nihaoshi").menu.candidates
    for key in (Key.DOWN, Key.TAB, Key.UP, Key.HOME, Key.PAGE_DOWN, Key.END, Key.PAGE_UP):
        assert session.process_key(KeyEvent(key)).menu.candidates == candidates


def test_the_65th_letter_commits_the_beginning_and_typing_goes_on() -> None:
    session = new_session()
    type_letters(session, "a" * MAX_LETTERS)
    output = session.process_key(KeyEvent("b"))
    assert output.commit is not None
    assert not output.refused
    typed = "".join(segment.keys for segment in output.commit.segments)
    assert typed + output.preedit.typed == "a" * MAX_LETTERS + "b"


def test_long_typing_loses_nothing() -> None:
    session = new_session()
    typed = ""
    for letter in "nihao" * 60:
        output = session.process_key(KeyEvent(letter))
        if output.commit is not None:
            typed += "".join(segment.keys for segment in output.commit.segments)
    assert typed + output.preedit.typed == "nihao" * 60


@pytest.mark.parametrize("letters", ["wo" + "nihao" * 13, "wowo" + "shijie" * 12, "shi" + "nihao" * 13])
def test_the_beginning_of_a_full_composition_ends_between_words(letters: str) -> None:
    session, text = new_session(), ""
    for letter in letters:
        output = session.process_key(KeyEvent(letter))
        text += output.commit.text if output.commit else ""
    assert text
    assert not text.endswith(("你", "世"))


def test_with_the_caret_inside_a_full_composition_takes_no_letter() -> None:
    session = new_session()
    type_letters(session, "a" * MAX_LETTERS)
    full = session.process_key(KeyEvent(Key.LEFT))
    output = session.process_key(KeyEvent("b"))
    assert output.refused
    assert output.preedit == full.preedit


def test_letters_under_a_choice_are_committed_with_it() -> None:
    session = new_session()
    type_letters(session, "wo" * (MAX_LETTERS // 2))
    session.process_key(KeyEvent("2"))
    output = session.process_key(KeyEvent("n"))
    assert output.commit is not None
    typed = "".join(segment.keys for segment in output.commit.segments)
    assert typed + output.preedit.typed == "wo" * (MAX_LETTERS // 2) + "n"


def test_a_commit_carries_its_reading_and_becomes_surrounding_text() -> None:
    converter = PhraseConverter()
    session = Session(converter)
    session.set_surrounding_text("早上")
    type_letters(session, "nihao")
    output = session.process_key(KeyEvent(Key.SPACE))
    chosen = Segment("你好", "nihao", ("ni", "hao"), (ord("你"), ord("好")), 0, Source.SENTENCE)
    assert output.commit == Commit("你好", ("ni", "hao"), (chosen,), "早上")
    assert converter.surrounding == "早上你好"


def test_a_commit_says_what_was_typed_read_and_ranked() -> None:
    session = new_session()
    type_letters(session, "nihaov")
    session.process_key(KeyEvent("2"))
    session.process_key(KeyEvent("2"))
    output = session.process_key(KeyEvent("!"))
    assert output.commit is not None
    assert output.commit.text == "你号v！"
    assert output.commit.segments == (
        Segment("你", "ni", ("ni",), (ord("你"),), 1, Source.CHARACTER),
        Segment("号", "hao", ("hao",), (ord("号"),), 1, Source.CHARACTER),
        Segment("v", "v"),
        Segment("！", "!"),
    )


class Memory:
    """A learner that writes down what it is told."""

    def __init__(self) -> None:
        self.told: list[tuple[str, str]] = []

    def learn(self, commit: Commit) -> None:
        self.told.append(("learn", commit.text))

    def revoke(self, commit: Commit) -> None:
        self.told.append(("revoke", commit.text))

    def forget(self, candidate: Candidate) -> bool:
        self.told.append(("forget", candidate.text))
        return bool(candidate.tokens)

    def restore(self, candidate: Candidate) -> None:
        self.told.append(("restore", candidate.text))

    def pin(self, keys: str, candidate: Candidate) -> None:
        self.told.append(("pin", candidate.text))

    def unpin(self, keys: str, text: str) -> bool:
        self.told.append(("unpin", text))
        return False

    def pinned(self, keys: str) -> tuple[str, ...]:
        return ()

    def add_word(self, candidate: Candidate) -> bool:
        self.told.append(("add_word", candidate.text))
        return True

    def catch_up(self) -> bool:
        self.told.append(("catch_up", ""))
        return False


def test_a_commit_is_learnt_and_revoked_by_backspace_at_once() -> None:
    memory = Memory()
    session = Session(PhraseConverter(), learner=memory)
    backspace = KeyEvent(Key.BACKSPACE)
    type_letters(session, "nihao")
    for key in (KeyEvent(Key.SPACE), backspace, backspace):
        session.process_key(key)
    assert memory.told == [("learn", "你好"), ("revoke", "你好")]
    type_letters(session, "shi")
    for key in (KeyEvent(Key.SPACE), KeyEvent("a"), backspace, backspace):
        session.process_key(key)
    assert memory.told[2:] == [("learn", "是")]


def test_in_another_field_nothing_is_gone_on_with() -> None:
    memory = Memory()
    session = Session(PhraseConverter(), learner=memory)
    type_letters(session, "nihao")
    session.process_key(KeyEvent(Key.SPACE))
    type_letters(session, "ni")
    session.process_key(KeyEvent("f", Modifier.CONTROL | Modifier.SHIFT))
    output = session.begin("3", "）")
    assert not output.preedit.text
    assert output.traditional  # the modes stay
    session.process_key(KeyEvent(Key.BACKSPACE))
    assert memory.told == [("learn", "你好")]  # deleted something else
    session.begin("3")
    commit = session.process_key(KeyEvent(".")).commit
    assert commit is not None
    assert (commit.text, commit.before) == (".", "3")


def test_a_partial_choice_is_history_of_the_rest() -> None:
    seen: list[tuple[str, tuple[int, ...]]] = []

    class Recording(PhraseConverter):
        def convert(self, keys, fixed=()):  # type: ignore[no-untyped-def]  # noqa: ANN001, ANN202
            seen.append((keys, fixed))
            return super().convert(keys, fixed)

    session = Session(Recording())
    type_letters(session, "nihao")
    session.process_key(KeyEvent("2"))
    assert seen[-1] == ("hao", (ord("你"),))


def test_keys_passed_on_are_known_to_the_next_key() -> None:
    session = new_session()
    for key in ("3", ".", "1"):
        output = session.process_key(KeyEvent(key))
    session.process_key(KeyEvent(Key.BACKSPACE))
    session.process_key(KeyEvent(Key.BACKSPACE))
    output = session.process_key(KeyEvent("."))
    assert output.commit is not None
    assert output.commit.text == "."
    session.process_key(KeyEvent(Key.ENTER))
    output = session.process_key(KeyEvent("."))
    assert output.commit is not None
    assert output.commit.text == "。"


def test_surrounding_text_is_kept_short_and_told_once() -> None:
    told: list[str] = []
    converter = PhraseConverter()
    converter.set_surrounding_text = told.append  # type: ignore[assignment, method-assign]
    session = Session(converter)
    session.set_surrounding_text("长" * 10_000)
    session.set_surrounding_text("长" * 10_000)
    assert [len(text) for text in told] == [0, SURROUNDING_LENGTH]


def test_a_key_that_changes_no_letter_before_the_caret_converts_nothing() -> None:
    converter = PhraseConverter()
    session = Session(converter)
    type_letters(session, "nihao")
    before = converter.n_conversion
    for key in (Key.HOME, Key.END, Key.DOWN, Key.PAGE_DOWN, Key.UP):
        session.process_key(KeyEvent(key))
    assert converter.n_conversion == before
    session.process_key(KeyEvent(Key.LEFT))
    assert converter.n_conversion == before + 1


@settings(max_examples=100, deadline=None)
@given(key_sequences, st.randoms(use_true_random=False))
def test_keys_that_are_overtaken_end_as_others_do(events: list[KeyEvent], source: random.Random) -> None:
    """Only their menus and gaps are missing: what is committed, and what the last key shows, is the same."""
    slow, fast = new_session(), new_session()
    for number, event in enumerate(events, 1):
        is_overtaken = number < len(events) and source.random() < 0.7
        expected = slow.process_key(event)
        output = fast.process_key(event, is_overtaken=is_overtaken)
        assert output.commit == expected.commit
        assert output.preedit.typed == expected.preedit.typed
        assert (output.handled, output.refused) == (expected.handled, expected.refused)
        if not is_overtaken:
            assert output == expected
