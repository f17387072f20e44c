"""Scenarios of tests/engine/scenarios again in the real window: real key events, what is really seen.

Every second one is played; what only a session can be told (an option that is no setting, a key that no
keyboard sends) is left out.
"""

from __future__ import annotations

from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt

from engine.protocol import Key, KeyEvent, Menu, Modifier, Output
from ime_app.input.controller import Rendered
from ime_app.input.qt_keys import _KEYS, _MODIFIERS
from ime_app.settings.schema import SETTINGS
from tests.engine.scenario_engine import scenario_converter
from tests.engine.session.test_scenarios import Scenario, parse_key, read_scenarios, shown_menu
from tests.ime_app.hands import Hands

EVERY = 2
QT_KEYS = {ours: Qt.Key(theirs) for theirs, ours in reversed(_KEYS.items())}
KNOWN = {each.key for each in SETTINGS}
UNSEEN = str.maketrans("", "", " \n\t\u3000")  # a session does not report what named keys type

Open = Callable[..., Hands]


def playable(scenario: Scenario) -> bool:
    words = [word for _, line in scenario.lines if line.startswith("options") for word in line.split()[1:]]
    sent_by_a_keyboard = all("Shift+Shift" not in line for _, line in scenario.lines)
    played = {"options", "surrounding", "type", "key", "expect"}
    seen = "preedit page commit reading text handled refused mode punctuation menu".split()
    lines = [line.split(" ") for _, line in scenario.lines]
    if any("`" in line or "key Mode" in line for _, line in scenario.lines):
        return False  # tables that the window of the tests has not, and a key that no keyboard has
    if any("Ctrl+Enter" in line for _, line in scenario.lines):
        return False  # which opens the menu of a candidate in the window
    if any("|" in line for _, line in scenario.lines if not line.startswith("expect preedit")):
        return False  # its text is read to the caret alone
    if not all(line[0] in played and (line[0] != "expect" or line[1] in seen) for line in lines):
        return False
    return sent_by_a_keyboard and all(f"input.{word.partition('=')[0]}" in KNOWN for word in words)


class WindowPlayer:
    """Plays the lines of one scenario on a window."""

    def __init__(self, open_window: Open) -> None:
        self._open_window = open_window
        self._hands: Hands | None = None
        self._overrides: dict[str, object] = {"input.page_size": 9}
        self._typed_before = ""
        self._last: Rendered | None = None
        self._reading: tuple[str, ...] = ()

    @property
    def hands(self) -> Hands:
        if self._hands is None:
            self._hands = self._open_window(converter=scenario_converter(), overrides=self._overrides)
            self._hands.window.controller.rendered.connect(self._note)
        return self._hands

    def play(self, line: str) -> None:
        verb, _, rest = line.partition(" ")
        steps: dict[str, Callable[[str], None]] = {
            "options": self.set_options,
            "surrounding": self.set_text,
            "type": self.type_text,
            "key": self.press_keys,
            "expect": self.expect,
        }
        steps[verb](rest)

    def set_options(self, rest: str) -> None:
        for word in rest.split():
            name, _, value = word.partition("=")
            typed = int(value) if value.isdigit() else value == "on" if value in ("on", "off") else value
            self._overrides[f"input.{name}"] = typed

    def set_text(self, text: str) -> None:
        self.hands.editor.setPlainText(text)
        self.hands.select(len(text), len(text))
        self._typed_before = text

    def type_text(self, text: str) -> None:
        for character in text:
            self.press(KeyEvent(character, Modifier.SHIFT if character.isupper() else Modifier.NONE))

    def press_keys(self, rest: str) -> None:
        events: list[KeyEvent] = []
        for word in rest.split():
            repeats = word[0] == "x" and word[1:].isdigit()
            events += [events[-1]] * (int(word[1:]) - 1) if repeats else [parse_key(word)]
        for event in events:
            self.press(event)

    def press(self, event: KeyEvent) -> None:
        hands, self._last = self.hands, None
        if event == KeyEvent(Key.SHIFT):
            hands.tap_shift()
        elif isinstance(event.key, Key):
            text = {Key.SPACE: " ", Key.ENTER: "\r", Key.BACKSPACE: "\b", Key.TAB: "\t"}.get(event.key, "")
            hands.press(QT_KEYS[event.key], text, qt_modifiers(event))
        else:
            control = event.modifiers & ~Modifier.SHIFT
            text = "" if control else event.key
            hands.press(Qt.Key(ord(event.key.upper())), text, qt_modifiers(event))
        hands.settle()

    def expect(self, rest: str) -> None:
        what, _, expected = rest.partition(" ")
        if what == "menu":
            rows = self.menu()
            assert (rows[: len(expected.split())] if expected else rows) == expected.split()
        else:
            assert self.observe(what) == (_unseen(expected) if what == "text" else expected)

    def menu(self) -> list[str]:
        """Return what the bar shows, if it does."""
        bar = self.hands.window.bar
        return shown_menu(Output(True, menu=bar.menu if bar.isVisible() else Menu()))

    def observe(self, what: str) -> str:
        hands, output = self.hands, self._last.output if self._last else None
        preedit, status = hands.editor.preedit, hands.window.status
        menu = hands.window.bar.menu
        seen: dict[str, Callable[[], str]] = {
            "preedit": lambda: (
                preedit.text and f"{preedit.text[: preedit.caret]}|{preedit.text[preedit.caret :]}"
            ),
            "page": lambda: f"{menu.page + 1}/{menu.n_page}",
            "commit": lambda: output.commit.text if output and output.commit else "",
            "reading": lambda: " ".join(self._reading),
            "text": lambda: hands.text.removeprefix(self._typed_before).translate(UNSEEN),
            "handled": lambda: "yes" if output and output.handled else "no",
            "refused": lambda: "yes" if output and output.refused else "no",
            "mode": status.mode.text,
            "punctuation": lambda: "on" if status.punctuation.text() == "，。" else "off",
        }
        return seen[what]()

    def _note(self, rendered: Rendered) -> None:
        self._last = rendered
        if rendered.output.commit is not None:
            self._reading = rendered.output.commit.reading


def _unseen(text: str) -> str:
    return text.replace("\\n", "").translate(UNSEEN)


def qt_modifiers(event: KeyEvent) -> Qt.KeyboardModifier:
    combined = Qt.KeyboardModifier.NoModifier
    for theirs, ours in _MODIFIERS:
        if event.modifiers & ours:
            combined |= theirs
    return combined


CHOSEN = [scenario for scenario in read_scenarios() if playable(scenario)][::EVERY]


def test_enough_is_played() -> None:
    assert len(CHOSEN) >= 15
    assert len(CHOSEN) * 10 >= len(list(read_scenarios()))


@pytest.mark.parametrize("scenario", CHOSEN, ids=lambda scenario: scenario.name)
def test_scenario(open_window: Open, scenario: Scenario) -> None:
    player = WindowPlayer(open_window)
    for number, line in scenario.lines:
        try:
            player.play(line)
        except AssertionError as error:
            pytest.fail(f"line {number}: {line}\n{error}")
