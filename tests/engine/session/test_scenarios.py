"""Runs tests/engine/scenarios/*.txt: keys in, what the user sees out.

A scenario is a block that begins with `scenario NAME`. Its lines:

    options page_with_comma_period=off page_size=5
    surrounding TEXT          the text before the caret, and behind it after a `|`
    type nihao                one key per character
    key Ctrl+Left Down x3     named keys, each may be repeated
    configure page_size=5     other options while something may be composed
    click 你                  the row of that text, by the mouse
    act pin 你                 what the menu on that row offers: pin, unpin, forget, add, read
    spelling correct=on fuzzy=s_sh,l_n scheme=xiaohe   how the keys are read
    pause                     the engine works ahead, and may offer predictions
    expect preedit ni hao|    `|` is the caret; empty for no composition
    expect menu 你好 你        the page shown begins so; the highlighted row as `*你`
    expect page 2/3
    expect label 一行⏎二行     of the highlighted row, as the menu shows it
    expect commit 你好        of the last key; empty for none
    expect reading ni hao     of the last commit
    expect text 你好，         all commits so far, keys passed on included; `（|）` around the caret
    expect handled no         of the last key
    expect refused yes
    expect annotation 猫脸     of the highlighted row
    expect mark pinned        of the highlighted row
    expect notice forgotten 你好   or empty
    expect learnt learn 你好   what the learner was told last
    expect width full         or half
    expect script traditional   or simplified
    expect mode 英            or 中
    expect punctuation off    Chinese punctuation
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass, fields, replace
from pathlib import Path
from typing import Any

import pytest

from engine.protocol import Deed, Key, KeyEvent, Modifier, Output
from engine.session.options import SessionOptions
from engine.session.session import Session
from engine.spelling.options import SpellingOptions
from tests.engine.scenario_engine import ForgetfulConverter, opencc, scenario_rewriters, scenario_tables

FOLDER = Path(__file__).parent.parent / "scenarios"
KEY_NAMES = {
    "Space": Key.SPACE,
    "Enter": Key.ENTER,
    "Esc": Key.ESCAPE,
    "Backspace": Key.BACKSPACE,
    "PgUp": Key.PAGE_UP,
    "PgDn": Key.PAGE_DOWN,
} | {key.value: key for key in Key}
MODIFIER_NAMES = {
    "Shift": Modifier.SHIFT,
    "Ctrl": Modifier.CONTROL,
    "Alt": Modifier.ALT,
    "Meta": Modifier.META,
}


@dataclass(frozen=True)
class Scenario:
    name: str
    lines: tuple[tuple[int, str], ...]  # line number in the file, text


def read_scenarios() -> Iterator[Scenario]:
    for path in sorted(FOLDER.glob("*.txt")):
        blocks: list[tuple[str, list[tuple[int, str]]]] = []
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), start=1):
            if line.startswith("scenario "):
                blocks.append((f"{path.stem}: {line.removeprefix('scenario ')}", []))
            elif line.strip() and not line.startswith("#"):
                blocks[-1][1].append((number, line.strip()))
        yield from (Scenario(name, tuple(lines)) for name, lines in blocks)


def parse_key(name: str) -> KeyEvent:
    """`Ctrl+Shift+Left`, `a`, `+`; `Shift` alone is the key of that name."""
    *modifiers, last = name.split("+") if name not in ("+", "Ctrl++") else [name]
    combined = Modifier.NONE
    for modifier in modifiers:
        combined |= MODIFIER_NAMES[modifier]
    return KeyEvent(KEY_NAMES.get(last, last), combined)


class Player:
    """Plays the lines of one scenario on a session."""

    def __init__(self) -> None:
        self.converter = ForgetfulConverter()
        self.converter.set_spelling(SpellingOptions())  # the last scenario may have had another
        self.session = self.new_session(SessionOptions())
        self.output = self.session.reset()
        self.text, self.after = "", ""  # what stands before and behind the caret
        self.reading: tuple[str, ...] = ()

    def play(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        steps: dict[str, Callable[[str], None]] = {
            "options": self.set_options,
            "configure": self.configure,
            "surrounding": lambda text: self.session.set_surrounding_text(*text.split("|")),
            "type": self.type_text,
            "key": self.press_keys,
            "click": self.click,
            "act": self.act,
            "pause": self.pause,
            "spelling": self.set_spelling,
            "expect": self.expect,
        }
        steps[verb](rest)

    def new_session(self, options: SessionOptions) -> Session:
        parts = scenario_rewriters(), opencc, scenario_tables()
        return Session(self.converter, options, self.converter, *parts)

    def set_options(self, rest: str) -> None:
        self.session = self.new_session(replace(SessionOptions(), **read_options(rest)))
        self.output = self.session.reset()

    def configure(self, rest: str) -> None:
        self.output = self.session.configure(replace(self.session.options, **read_options(rest)))

    def set_spelling(self, rest: str) -> None:
        given = dict(word.split("=", 1) for word in rest.split())
        fuzzy = frozenset(filter(None, given.pop("fuzzy", "").split(",")))
        spelling = SpellingOptions(fuzzy, given.pop("correct", "off") == "on", given.pop("scheme", ""))
        assert not given
        self.converter.set_spelling(spelling)
        self.output = self.session.configure(self.session.options.spelt(spelling))

    def click(self, text: str) -> None:
        texts = [row.text for row in self.output.menu.candidates]
        self.take(self.session.pick(texts.index(text)))

    def act(self, rest: str) -> None:
        deed, text = rest.split()
        texts = [row.text for row in self.output.menu.candidates]
        self.take(self.session.act(texts.index(text), Deed(deed)))

    def pause(self, rest: str) -> None:
        self.session.warm()
        self.output = self.session.predict() or self.output

    def type_text(self, text: str) -> None:
        for character in text:
            shift = Modifier.SHIFT if character.isupper() else Modifier.NONE
            self.press(KeyEvent(character, shift))

    def press_keys(self, rest: str) -> None:
        events: list[KeyEvent] = []
        for word in rest.split():
            repeats = word[0] == "x" and word[1:].isdigit()
            events += [events[-1]] * (int(word[1:]) - 1) if repeats else [parse_key(word)]
        for event in events:
            self.press(event)

    def press(self, event: KeyEvent) -> None:
        self.take(self.session.process_key(event))
        if not self.output.handled and not isinstance(event.key, Key):
            self.text += event.key

    def take(self, output: Output) -> None:
        self.output = output
        if output.commit is not None:
            text, behind = output.commit.text, output.commit.behind
            self.text = self.text[: len(self.text) - output.commit.erased] + text[: len(text) - behind]
            self.after = text[len(text) - behind :] + self.after[output.commit.replaced :]
            self.reading = output.commit.reading

    def expect(self, rest: str) -> None:
        what, _, expected = rest.partition(" ")
        if what == "menu":
            rows = shown_menu(self.output)
            assert (rows[: len(expected.split())] if expected else rows) == expected.split()
        else:
            assert self.observe(what) == expected

    def observe(self, what: str) -> str:
        output, menu = self.output, self.output.menu
        preedit, caret = output.preedit.text, output.preedit.caret
        seen: dict[str, str] = {
            "preedit": preedit and preedit[:caret] + "|" + preedit[caret:],
            "page": f"{menu.page + 1}/{menu.n_page}",
            "commit": output.commit.text if output.commit else "",
            "reading": " ".join(self.reading),
            "text": (self.text + self.after and self.text + "|" * bool(self.after) + self.after).replace(
                "\n", "\\n"
            ),
            "label": menu.candidates[menu.highlighted].label if menu.candidates else "",
            "handled": "yes" if output.handled else "no",
            "refused": "yes" if output.refused else "no",
            "mode": "中" if output.chinese else "英",
            "punctuation": "on" if output.chinese_punctuation else "off",
            "annotation": menu.candidates[menu.highlighted].annotation if menu.candidates else "",
            "mark": menu.candidates[menu.highlighted].mark.value if menu.candidates else "",
            "notice": f"{output.notice.kind.value} {output.notice.text}" if output.notice else "",
            "learnt": self.converter.told[-1] if self.converter.told else "",
            "width": "full" if output.full_width else "half",
            "script": "traditional" if output.traditional else "simplified",
        }
        return seen[what]


def read_options(rest: str) -> dict[str, Any]:
    """`page_size=5 symbols=off letters=;` as keyword arguments."""
    given = dict(word.split("=", 1) for word in rest.split())
    assert given.keys() <= {field.name for field in fields(SessionOptions)}
    words = {"on": True, "off": False}
    return {name: int(value) if value.isdigit() else words.get(value, value) for name, value in given.items()}


def shown_menu(output: Output) -> list[str]:
    start = output.menu.page * output.menu.page_size
    rows = enumerate(output.menu.page_candidates, start=start)
    return ["*" * (index == output.menu.highlighted) + row.label for index, row in rows]


@pytest.mark.parametrize("scenario", list(read_scenarios()), ids=lambda scenario: scenario.name)
def test_scenario(scenario: Scenario) -> None:
    player = Player()
    for number, line in scenario.lines:
        try:
            player.play(line)
        except AssertionError as error:
            pytest.fail(f"line {number}: {line}\n{error}")
