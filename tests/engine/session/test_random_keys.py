"""Random keys over all options, in the real search over a fake decoder: 100,000 keys find nothing.

`make test` presses the keys of the first chunks, `make test-long` the others.

Each chunk is a user of their own: other options and another spelling, which change now and then,
other text around. The laws: no exception; nothing typed is lost; the menu is the one made from scratch.
"""

from __future__ import annotations

import random
from dataclasses import fields, replace
from functools import cache
from typing import Any

import pytest

from engine.conversion.converter import Converter
from engine.protocol import Key, KeyEvent, Modifier, Output
from engine.rewriters.candidate_filter import CandidateFilter
from engine.rewriters.literals import DIGITS
from engine.session.composition import EDITS
from engine.session.keymap import Action, action_of
from engine.session.menu_builder import MenuBuilder
from engine.session.options import SessionOptions
from engine.session.script_conversion import VARIANTS
from engine.session.session import Session
from engine.spelling.double_pinyin import SCHEME_NAMES
from engine.spelling.english_words import English
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS
from engine.spelling.options import SpellingOptions
from tests.engine.scenario_engine import (
    ForgetfulConverter,
    new_converter,
    opencc,
    scenario_rewriters,
    scenario_tables,
)

N_CHUNK, N_SHORT = 40, 2
N_KEY = 2500  # of a chunk
BEAM_WIDTH = 3

SPELLINGS = ["ni", "hao", "shi", "jie", "xian", "fangan", "wo", "qu", "ma", "n", "h", "sj", "xi'an", "lve"]
OTHERS = [
    "v12+3*(4",
    "v8.5=",
    "u4f60",
    "u1f6",
    "www.a.cn/b",
    "wo@q1.cn",
    "Python",
    "rq",
    "app",
    "wifi",
    "vvv'",
    "umuzi",
    "ni`2",
    "shijie`4`shi",
    "ni`shui`",
    "zzz",
    "'",
]
ENGLISH = English({"Python": 9, "app": 5, "WiFi": 4, "ma": 1, "HTTP": 3, "nihao": 2}, clear=["nihao"])
MARKS = "0123456789,.-=;'[]!?:\"()<>/\\@#%&*+_^~`{}|AZé你😀 "
LIKELY = [
    *[KeyEvent(key) for key in Key if key is not Key.SHIFT],
    *[KeyEvent(key) for key in "259[];-=,.!"],
    *[KeyEvent(key, Modifier.CONTROL) for key in (Key.LEFT, Key.RIGHT, Key.BACKSPACE, Key.DELETE, "2", "z")],
    *[KeyEvent(key, Modifier.SHIFT) for key in (Key.DELETE, Key.TAB)],
]
BOTH = Modifier.CONTROL | Modifier.SHIFT
MODIFIERS = [Modifier.NONE, Modifier.NONE, Modifier.SHIFT, Modifier.CONTROL, BOTH]
TEXTS = ["", "你好", "圆周率是3", "媽媽，", "see 3.14 “", "世界\n"]
TAKES_LETTERS_AWAY = {action for action in EDITS if action.name.startswith("DELETE")} | {Action.DROP}


@cache
def cold_converter() -> Converter:
    """Return a second engine that is asked afresh each time."""
    return new_converter(BEAM_WIDTH, ENGLISH)


class RandomUser:
    def __init__(self, seed: int) -> None:
        self.source = random.Random(seed)
        self.converter = ForgetfulConverter(new_converter(BEAM_WIDTH, ENGLISH))
        self.rewriters = scenario_rewriters()
        self.session = Session(
            self.converter, self.options(), self.converter, self.rewriters, opencc, scenario_tables()
        )
        self.output = self.session.reset()
        self.digits = self.before_digits = ""  # typed last, and what was composed before them

    def options(self) -> SessionOptions:
        draw: dict[str, Any] = {}
        for field in fields(SessionOptions):
            if isinstance(field.default, bool):
                draw[field.name] = self.source.random() < 0.5
        self.spelling = self.draw_spelling()
        self.converter.set_spelling(self.spelling)
        variant = self.source.choice(["s2t", "s2tw"])
        page_size = self.source.randint(1, 9)
        shift = self.source.choice(["letters", "candidate", "nothing"])
        enter = self.source.choice(["letters", "candidate"])
        options = SessionOptions(
            page_size=page_size, traditional_variant=variant, shift=shift, enter=enter, **draw
        )
        return options.spelt(self.spelling)

    def draw_spelling(self) -> SpellingOptions:
        """Mostly full pinyin, with some sounds alike and slips corrected or not."""
        scheme = self.source.choice(["", "", "", *SCHEME_NAMES])
        fuzzy = frozenset(self.source.sample(sorted(FUZZY_PAIRS), self.source.choice([0, 0, 4])))
        return SpellingOptions(fuzzy, self.source.random() < 0.3, scheme)

    def events(self) -> list[KeyEvent]:
        """Yield the next few keys."""
        chance = self.source.random()
        if not self.output.chinese and chance < 0.2:
            return [KeyEvent(Key.SHIFT)]  # or most of the keys would be the editor's
        if chance < 0.6:
            word = self.source.choice(SPELLINGS if self.source.random() < 0.8 else OTHERS)
            return [KeyEvent(c, Modifier.SHIFT if c.isupper() else Modifier.NONE) for c in word]
        if chance < 0.95:
            return [self.source.choice(LIKELY)]
        key = self.source.choice([*Key, *MARKS, "f", "z", "c"])
        return [KeyEvent(key, self.source.choice(MODIFIERS))]

    def press(self, event: KeyEvent) -> None:
        session, before = self.session, self.output
        n_letter = session._composing.composition.n_letter
        action = action_of(event, session._key_state(event), session.options)
        self.output = output = session.process_key(event)
        self.check(output)
        assert output.handled == (action is not None)
        if not output.handled:
            assert output.preedit == before.preedit
            assert output.commit is None
        commit = output.commit
        if action is Action.INSERT and commit is not None and not commit.erased:  # of a beginning
            letters = "".join(segment.keys for segment in commit.segments) + output.preedit.typed
            assert len(letters) >= n_letter + 1
        elif action is Action.INSERT and commit is None and not output.refused:
            after, typed = output.preedit.typed, before.preedit.typed
            n_point = after.count(".") - typed.count(".") if event.key != "." else 0  # of `baidu.com`
            is_mail = bool(self.digits) and after == f"{self.before_digits}{self.digits}@"  # `li24@`
            assert is_mail or len(after) == len(typed) + 1 + n_point
        if action is Action.COMMIT_TYPED and not output.full_width:
            assert output.commit is not None
            assert output.commit.text == before.preedit.typed
        if output.commit is None and action not in TAKES_LETTERS_AWAY:
            assert session._composing.composition.n_letter >= n_letter
        if commit is not None and action not in (Action.PICK_PREDICTION, Action.INSERT):
            committed = sum(len(segment.keys) for segment in commit.segments)
            assert committed + len(output.preedit.typed) >= n_letter  # a digit may begin to commit, too
        self.follow_digits(event, before.preedit.typed)

    def follow_digits(self, event: KeyEvent, typed: str) -> None:
        """Remember the digits of this key and those before it, and what was `typed` before them."""
        is_digit = event.key in DIGITS and event.modifiers == Modifier.NONE
        if is_digit and not self.digits:
            self.before_digits = typed
        self.digits = self.digits + str(event.key) if is_digit else ""

    def do_something_else(self) -> None:
        """Use the mouse or the front end, pause, or change options."""
        session, choice = self.session, self.source.randrange(6)
        if choice == 0:
            self.output = session.configure(self.options())
        elif choice == 1:
            self.output = session.pick(self.source.randrange(12))
        elif choice == 2:
            self.output = session.turn_page(self.source.choice([1, -1]))
        elif choice == 3 and not session.is_composing:
            session.set_surrounding_text(self.source.choice(TEXTS), self.source.choice(["", "）", "世"]))
            self.output = replace(self.output, menu=session.turn_page(0).menu)
        else:
            session.warm()
            self.output = session.predict() or self.output
        self.check(self.output)

    def check(self, output: Output) -> None:
        preedit, menu = output.preedit, output.menu
        assert 0 <= preedit.caret <= len(preedit.text)
        conditions = self.session._composing.conditions
        narrowing = "" if conditions is None else f"`{conditions}"
        if not self.session.options.show_full_pinyin:
            assert preedit.text.replace(" ", "") == preedit.typed + narrowing
        assert not menu.candidates or 0 <= menu.highlighted < len(menu.candidates)
        assert output.commit is None or output.commit.text or output.commit.erased
        assert self.session.is_composing == bool(preedit.text)

    def check_from_scratch(self) -> None:
        session, cold = self.session, ForgetfulConverter(cold_converter())
        cold._forgotten = self.converter._forgotten
        cold._pinned = self.converter._pinned
        cold.set_spelling(self.spelling)
        cold.set_surrounding_text("别的")
        cold.set_surrounding_text(session._before)
        composing = session._composing
        builder = MenuBuilder(cold, self.rewriters, session._writing.with_forms)
        offer = builder.offer(composing.composition, session.options)
        narrowing = CandidateFilter(scenario_tables(), builder.words_of)
        assert narrowing.narrowed(offer.candidates, composing.conditions or "") == composing.candidates
        assert offer.boundaries == composing.boundaries


@pytest.mark.parametrize(
    "seed", [*range(N_SHORT), *(pytest.param(n, marks=pytest.mark.long) for n in range(N_SHORT, N_CHUNK))]
)
def test_random_keys_over_all_options(seed: int) -> None:
    user = RandomUser(seed)
    n_key = 0
    while n_key < N_KEY:
        for event in user.events():
            user.press(event)
            n_key += 1
        if n_key % 40 == 0:
            user.do_something_else()
        if n_key % 50 == 0:
            user.check_from_scratch()


def test_all_options_are_drawn() -> None:
    """A new option that is no switch has to be drawn by hand."""
    drawn = {field.name for field in fields(SessionOptions) if isinstance(field.default, bool)}
    by_hand = {"page_size", "traditional_variant", "shift", "enter"}
    by_hand |= {"letters", "scheme"}  # by the spelling
    assert drawn | by_hand == {field.name for field in fields(SessionOptions)}
    assert {"s2t", "s2tw"} <= VARIANTS.keys()
