"""What each key means in each state of the session: the key table of the README as code.

Knows keys and the few facts of state that decide between two meanings; knows nothing of text,
menus or conversion. Pure: asking does not change anything, so a front end may ask ahead.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum, auto
from string import ascii_lowercase
from typing import Final

from engine.punctuation import PUNCTUATION_KEYS
from engine.values import PAGE_SIZE, Key, KeyEvent, Modifier


class Action(Enum):
    """What the session does with a key that is its business."""

    INSERT = auto()
    PICK = auto()  # the candidate of that number on the page
    PICK_HIGHLIGHTED = auto()
    COMMIT_TYPED = auto()
    DROP = auto()
    DELETE_BEFORE = auto()
    DELETE_AFTER = auto()
    DELETE_SYLLABLE_BEFORE = auto()
    DELETE_SYLLABLE_AFTER = auto()
    MOVE_LEFT = auto()
    MOVE_RIGHT = auto()
    MOVE_SYLLABLE_LEFT = auto()
    MOVE_SYLLABLE_RIGHT = auto()
    MOVE_HOME = auto()
    MOVE_END = auto()
    HIGHLIGHT_NEXT = auto()
    HIGHLIGHT_PREVIOUS = auto()
    PAGE_NEXT = auto()
    PAGE_PREVIOUS = auto()
    PUNCTUATE = auto()  # commit what is composed as it is best converted, then the character
    TOGGLE_CHINESE = auto()
    TOGGLE_PUNCTUATION = auto()
    IGNORE = auto()  # taken so that it cannot do harm to the text around the composition


@dataclass(frozen=True)
class SessionOptions:
    """What the user may set; the three pairs of paging keys can each be turned off."""

    page_size: int = PAGE_SIZE
    page_with_minus_equal: bool = True
    page_with_comma_period: bool = True
    page_with_page_keys: bool = True


@dataclass(frozen=True)
class KeyState:
    """The facts of state on which the meaning of a key depends."""

    composing: bool = False
    chinese: bool = True
    chinese_punctuation: bool = True


_COMPOSING_KEYS: Final[dict[tuple[str, Modifier], Action]] = {
    (Key.SPACE, Modifier.NONE): Action.PICK_HIGHLIGHTED,
    (Key.ENTER, Modifier.NONE): Action.COMMIT_TYPED,
    (Key.ESCAPE, Modifier.NONE): Action.DROP,
    (Key.BACKSPACE, Modifier.NONE): Action.DELETE_BEFORE,
    (Key.BACKSPACE, Modifier.CONTROL): Action.DELETE_SYLLABLE_BEFORE,
    (Key.DELETE, Modifier.NONE): Action.DELETE_AFTER,
    (Key.DELETE, Modifier.CONTROL): Action.DELETE_SYLLABLE_AFTER,
    (Key.LEFT, Modifier.NONE): Action.MOVE_LEFT,
    (Key.LEFT, Modifier.CONTROL): Action.MOVE_SYLLABLE_LEFT,
    (Key.RIGHT, Modifier.NONE): Action.MOVE_RIGHT,
    (Key.RIGHT, Modifier.CONTROL): Action.MOVE_SYLLABLE_RIGHT,
    (Key.HOME, Modifier.NONE): Action.MOVE_HOME,
    (Key.END, Modifier.NONE): Action.MOVE_END,
    (Key.UP, Modifier.NONE): Action.HIGHLIGHT_PREVIOUS,
    (Key.DOWN, Modifier.NONE): Action.HIGHLIGHT_NEXT,
    (Key.TAB, Modifier.NONE): Action.HIGHLIGHT_NEXT,
    (Key.TAB, Modifier.SHIFT): Action.HIGHLIGHT_PREVIOUS,
}
_PAGING: Final[dict[str, Action]] = {
    "-": Action.PAGE_PREVIOUS,
    "=": Action.PAGE_NEXT,
    ",": Action.PAGE_PREVIOUS,
    ".": Action.PAGE_NEXT,
    Key.PAGE_UP: Action.PAGE_PREVIOUS,
    Key.PAGE_DOWN: Action.PAGE_NEXT,
}
_LETTERS: Final[frozenset[str]] = frozenset(ascii_lowercase)
_DIGITS: Final[frozenset[str]] = frozenset("123456789")
_SHORTCUT: Final[Modifier] = Modifier.CONTROL | Modifier.ALT | Modifier.META
_TEXT_OF_KEY: Final[dict[str, str]] = {Key.SPACE: " ", Key.ENTER: "\n", Key.TAB: "\t"}
_PASSED_ON: Final[frozenset[str]] = frozenset({Key.TAB, Key.ESCAPE, Key.SPACE})


def action_of(event: KeyEvent, state: KeyState, options: SessionOptions) -> Action | None:
    """What the session does with the key in this state; None where it is the editor's."""
    if event == KeyEvent(Key.SHIFT):
        return Action.TOGGLE_CHINESE
    if not state.chinese or event.key == Key.SHIFT:
        return None
    if event == KeyEvent(".", Modifier.CONTROL):
        return Action.TOGGLE_PUNCTUATION
    if event.modifiers & _SHORTCUT:
        return _shortcut_action(event) if state.composing else None
    if event.key in _LETTERS:
        return Action.INSERT
    if state.composing:
        return _composing_action(event, options)
    punctuates = state.chinese_punctuation and event.key in PUNCTUATION_KEYS
    return Action.PUNCTUATE if punctuates else None


def text_of(event: KeyEvent) -> str:
    """What the key types in a plain editor; empty for a shortcut and a key that types nothing."""
    if event.modifiers & _SHORTCUT:
        return ""
    typed = _TEXT_OF_KEY.get(event.key, event.key)
    return typed if len(typed) == 1 else ""


def _composing_action(event: KeyEvent, options: SessionOptions) -> Action:
    """The middle column of the key table; every key that moves or types is taken."""
    key = event.key
    if key == "'":
        return Action.INSERT
    if key in _PAGING:
        return _paging_action(key, options)
    if not isinstance(key, Key):
        return Action.PICK if key in _DIGITS else Action.PUNCTUATE
    plain = _COMPOSING_KEYS[key, Modifier.NONE]  # Shift+Left has nothing to select in a preedit
    return _COMPOSING_KEYS.get((key, event.modifiers), plain)


def _paging_action(key: str, options: SessionOptions) -> Action:
    if key in ("-", "="):
        return _PAGING[key] if options.page_with_minus_equal else Action.PUNCTUATE
    if key in (",", "."):
        return _PAGING[key] if options.page_with_comma_period else Action.PUNCTUATE
    return _PAGING[key] if options.page_with_page_keys else Action.IGNORE


def _shortcut_action(event: KeyEvent) -> Action | None:
    """While composing: Ctrl+C and its like pass, Ctrl+Home must not carry the preedit away."""
    action = _COMPOSING_KEYS.get((event.key, event.modifiers))
    if action is not None:
        return action
    moves = isinstance(event.key, Key) and event.key not in _PASSED_ON
    return Action.IGNORE if moves else None
