"""Say what each key means in each state of the session: the key table of docs/keys.md as code.

All functions are pure: asking does not change anything, so a front end may ask ahead.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum, auto
from string import ascii_lowercase, ascii_uppercase
from typing import Final

from engine.protocol import SHORTCUT, Key, KeyEvent, Modifier, NoticeKind, Output
from engine.rewriters.candidate_filter import FILTER_KEY, TONE_KEYS
from engine.rewriters.literals import (
    CODE_POINT,
    DIGITS,
    IN_NAME,
    JOINING,
    continues_address,
    continues_computed,
    continues_name,
    letters_of,
)
from engine.session.options import SessionOptions
from engine.session.punctuation import PUNCTUATION_KEYS
from engine.spelling.double_pinyin import load_scheme
from engine.spelling.numbered_names import begun_numbered, ends_numbered
from engine.spelling.spelling_table import is_pinyin
from engine.spelling.syllable_graph import FULL_PINYIN


class Action(Enum):
    """What the session does with a key that is its business."""

    INSERT = auto()
    PICK = auto()  # the candidate of that number on the page
    PICK_HIGHLIGHTED = auto()
    PICK_SECOND = auto()  # or what the key types, where no full candidate stands there
    PICK_THIRD = auto()
    PICK_PREDICTION = auto()
    TAKE_FIRST = auto()  # the first character of the highlighted phrase
    TAKE_LAST = auto()
    FORGET = auto()  # the candidate of that number
    FORGET_HIGHLIGHTED = auto()
    RESTORE = auto()  # what was forgotten by the last key
    PIN = auto()  # the highlighted candidate, first from now on for its letters
    UNPIN = auto()
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
    GROUP = auto()  # the digit behind `3,`: the comma belongs to a number
    TYPE_WIDE = auto()  # the character in full width
    TOGGLE_CHINESE = auto()
    TOGGLE_PUNCTUATION = auto()
    TOGGLE_WIDTH = auto()
    TOGGLE_TRADITIONAL = auto()
    NARROW = auto()  # begin a condition on the candidates; once more: what the key types
    NARROW_BY = auto()  # another letter or tone of a condition
    NARROW_LESS = auto()  # without the last of them; without any, no condition is being typed
    NARROW_END = auto()
    DISMISS = auto()  # the predictions
    IGNORE = auto()  # taken so that it cannot do harm to the text around the composition


@dataclass(frozen=True)
class KeyState:
    """The facts of state on which the meaning of a key depends.

    `typed` is the part of the composition before the caret, hanzi chosen and letters. `piece`,
    `ends_in_word`, `is_word`, `joins`, `groups`, `names_hanzi` and `picks` are asked for digits and marks
    alone.
    """

    composing: bool = False
    chinese: bool = True
    chinese_punctuation: bool = True
    full_width: bool = False
    typed: str = ""
    conditions: str | None = None  # what narrows the candidates, see CompositionContext
    can_narrow: bool = False
    predicting: bool = False
    can_restore: bool = False
    piece: str = ""  # of `typed`, what stands behind the last end of a syllable
    is_first_page: bool = True
    ends_in_word: bool = False  # the first candidate ends in a Latin word: 我用data
    is_word: bool = False  # a candidate of the page is all of the letters as a Latin word: the on of `on`
    joins: bool = False  # the digit goes on what was committed: `H.`, the win of `win1`, `shipin.mp`
    groups: bool = False  # a comma stands behind a digit
    names_hanzi: bool = False  # the digit is that of a capital and hanzi: T恤 of `Txu`
    picks: bool = True  # the page has a candidate of that digit; for a word alone, one for all its letters

    @classmethod
    def of(cls, output: Output) -> KeyState:
        """Return the state that an output shows, for a front end that asks ahead; without `typed`."""
        return cls(
            composing=bool(output.preedit.text),
            chinese=output.chinese,
            chinese_punctuation=output.chinese_punctuation,
            full_width=output.full_width,
            predicting=bool(output.menu.candidates) and not output.preedit.text,
            can_restore=output.notice is not None and output.notice.kind is NoticeKind.FORGOTTEN,
            groups=output.takes_digit,
        )


_COMPOSING_KEYS: Final[dict[tuple[str, Modifier], Action]] = {
    (Key.SPACE, Modifier.NONE): Action.PICK_HIGHLIGHTED,
    (Key.ENTER, Modifier.NONE): Action.COMMIT_TYPED,
    (Key.ESCAPE, Modifier.NONE): Action.DROP,
    (Key.BACKSPACE, Modifier.NONE): Action.DELETE_BEFORE,
    (Key.BACKSPACE, Modifier.CONTROL): Action.DELETE_SYLLABLE_BEFORE,
    (Key.DELETE, Modifier.NONE): Action.DELETE_AFTER,
    (Key.DELETE, Modifier.CONTROL): Action.DELETE_SYLLABLE_AFTER,
    (Key.DELETE, Modifier.SHIFT): Action.FORGET_HIGHLIGHTED,
    (Key.LEFT, Modifier.NONE): Action.MOVE_LEFT,
    (Key.LEFT, Modifier.CONTROL): Action.MOVE_SYLLABLE_LEFT,
    (Key.RIGHT, Modifier.NONE): Action.MOVE_RIGHT,
    (Key.RIGHT, Modifier.CONTROL): Action.MOVE_SYLLABLE_RIGHT,
    (Key.HOME, Modifier.NONE): Action.MOVE_HOME,
    (Key.END, Modifier.NONE): Action.MOVE_END,
    (Key.UP, Modifier.NONE): Action.HIGHLIGHT_PREVIOUS,
    (Key.DOWN, Modifier.NONE): Action.HIGHLIGHT_NEXT,
    (Key.UP, Modifier.CONTROL): Action.PIN,
    (Key.DOWN, Modifier.CONTROL): Action.UNPIN,
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
_NARROWING_KEYS: Final[dict[str, Action]] = {
    Key.BACKSPACE: Action.NARROW_LESS,
    Key.ESCAPE: Action.NARROW_END,
}
_SHORTCUTS: Final[dict[tuple[str, Modifier], Action]] = {
    (".", Modifier.CONTROL): Action.TOGGLE_PUNCTUATION,
    ("f", Modifier.CONTROL | Modifier.SHIFT): Action.TOGGLE_TRADITIONAL,
}
_OPTIONAL_KEYS: Final[dict[str, tuple[str, Action]]] = {  # the option that turns the key on
    ";": ("pick_with_semicolon_quote", Action.PICK_SECOND),
    "'": ("pick_with_semicolon_quote", Action.PICK_THIRD),
    "[": ("take_with_brackets", Action.TAKE_FIRST),
    "]": ("take_with_brackets", Action.TAKE_LAST),
}
_BEHIND_DIGIT: Final = re.compile(r"[0-9]([a-z]+)$")
_INITIALS_ONLY: Final = re.compile(r"[b-df-hj-np-tw-z]{1,3}")
_NO_BEGINNING: Final = re.compile(r"i[a-z]{0,3}|u[a-z]{1,3}")  # a longer one is a slip in a sentence
_LETTERS: Final[frozenset[str]] = frozenset(ascii_lowercase)
_CAPITALS: Final[frozenset[str]] = frozenset(ascii_uppercase)
_DIGITS: Final[frozenset[str]] = frozenset("123456789")
_TEXT_OF_KEY: Final[dict[str, str]] = {Key.SPACE: " ", Key.ENTER: "\n", Key.TAB: "\t"}
_PASSED_ON: Final[frozenset[str]] = frozenset({Key.TAB, Key.ESCAPE, Key.SPACE})


def action_of(event: KeyEvent, state: KeyState, options: SessionOptions) -> Action | None:
    """Return what the session does with the key in this state; None if it is the editor's.

    The session asks when it handles the key. A front end whose engine works in another thread or is being
    loaded asks before, of the state it last saw: it cannot wait for the session to say whose the key is.
    """
    if event == KeyEvent(Key.MODE) or (event == KeyEvent(Key.SHIFT) and options.shift != "nothing"):
        return Action.TOGGLE_CHINESE
    if event == KeyEvent(Key.SPACE, Modifier.CONTROL) and options.switch_with_control_space:
        return Action.TOGGLE_CHINESE
    if event == KeyEvent(Key.SPACE, Modifier.SHIFT) and options.width_with_shift_space:
        return Action.TOGGLE_WIDTH
    if event.key in (Key.SHIFT, Key.MODE):
        return None
    if not state.chinese:
        return _wide_action(event, state)
    if event.modifiers & SHORTCUT:
        return _shortcut_action(event, state)
    if _is_letter(event, state) and (state.conditions is None or event.key in _CAPITALS):
        return Action.INSERT
    return (
        _composing_action(event, state, options) if state.composing else _idle_action(event, state, options)
    )


def text_of(event: KeyEvent) -> str:
    """Return what the key types in a plain editor; nothing for a shortcut and a key without text."""
    if event.modifiers & SHORTCUT:
        return ""
    typed = _TEXT_OF_KEY.get(event.key, event.key)
    return typed if len(typed) == 1 else ""


def _is_letter(event: KeyEvent, state: KeyState) -> bool:
    """Return whether a key is a letter for the session.

    A capital without Shift is Caps Lock: outside a composition it is meant for the text.
    """
    if event.key in _CAPITALS:
        return state.composing or event.modifiers == Modifier.SHIFT
    return event.key in _LETTERS


def _composing_action(event: KeyEvent, state: KeyState, options: SessionOptions) -> Action:
    """Return the action of the middle column of the key table; every key that moves or types is taken."""
    key = event.key
    narrowing = _narrowing_action(event, state, options)
    if narrowing is not None:
        return narrowing
    if isinstance(key, Key):
        if key in _PAGING:
            return _paging_action(key, options)
        if key == Key.ENTER and options.enter == "candidate":
            return Action.PICK_HIGHLIGHTED
        plain = _COMPOSING_KEYS[key, Modifier.NONE]  # Shift+Left has nothing to select in a preedit
        return _COMPOSING_KEYS.get((key, event.modifiers), plain)
    if _spells(key, state.typed, options) or _is_literal(key, state, options):
        return Action.INSERT
    if key in _OPTIONAL_KEYS and getattr(options, _OPTIONAL_KEYS[key][0]):
        return _OPTIONAL_KEYS[key][1]
    if key == "'":
        return Action.INSERT
    if key in _PAGING:
        return _paging_action(key, options)
    return Action.PICK if key in _DIGITS else Action.PUNCTUATE


def _narrowing_action(event: KeyEvent, state: KeyState, options: SessionOptions) -> Action | None:
    """Return what the key does to the conditions on the candidates; None if it has its usual meaning.

    A digit is a tone where a condition begins, and picks a candidate everywhere else.
    """
    key = event.key
    begins = not state.conditions or state.conditions.endswith(FILTER_KEY)
    if state.conditions is None:
        opens = key == FILTER_KEY and options.narrow_with_backquote and state.can_narrow
        return Action.NARROW if opens else None
    if key == FILTER_KEY:
        return Action.PUNCTUATE if begins else Action.NARROW
    if key in _LETTERS or (begins and key in TONE_KEYS):
        return Action.NARROW_BY
    return _NARROWING_KEYS.get(key) if event.modifiers == Modifier.NONE else None


def _is_literal(character: str, state: KeyState, options: SessionOptions) -> bool:
    typed = state.typed
    is_computed = continues_computed(typed, character) or (state.piece == CODE_POINT and character in DIGITS)
    if options.computed and options.full_pinyin and is_computed:
        return True
    if not options.addresses:
        return False
    if continues_address(typed, character):
        return True
    if continues_name(state.piece, character) and not state.names_hanzi:
        return True
    if character in DIGITS and _takes_digit(character, state, options):
        return True
    joins = _joins_odd_letters(typed, character, state.is_word) or (
        state.ends_in_word and character in IN_NAME
    )
    return options.full_pinyin and state.is_first_page and joins


def _takes_digit(digit: str, state: KeyState, options: SessionOptions) -> bool:
    """Return whether a digit is text behind these letters: u1s1, i7, usb3, whose page has two candidates.

    So is one behind initials that picks nothing (k8 of k8s), and the last of a known name: mp3.
    """
    if options.full_pinyin:
        is_begun = _INITIALS_ONLY.fullmatch(state.typed) is not None or begun_numbered(state.typed + digit)
        if ends_numbered(state.typed + digit) or (is_begun and not state.picks):
            return True
    if _is_odd_behind_digit(state.typed) or (state.ends_in_word and not state.picks) or state.joins:
        return True
    return options.full_pinyin and _holds_no_syllable(state.typed)


def _holds_no_syllable(typed: str) -> bool:
    """Return whether nothing in the letters is a syllable, and the first begins none: i7, utf8, ipv6.

    In others the digit picks, as of the slip `iang`.
    """
    if not _NO_BEGINNING.fullmatch(typed):
        return False
    pieces = (typed[i:j] for i in range(len(typed)) for j in range(i + 2, len(typed) + 1))
    return not any(map(FULL_PINYIN.is_exact, pieces))


def _is_odd_behind_digit(typed: str) -> bool:
    """Return whether letters behind a digit are no pinyin: u1s of u1s1."""
    found = _BEHIND_DIGIT.search(typed)
    return found is not None and not is_pinyin(found.group(1), FULL_PINYIN)


def _joins_odd_letters(typed: str, character: str, is_word: bool) -> bool:
    """Return whether a mark goes on letters that are no pinyin, or on a letter alone: `my-app`, `e-mail`.

    `/`, `+`, `#` and `&` go on a letter alone, and on letters that are a word: `c++`, `n/a`, `and/or`.
    """
    letters = letters_of(typed)
    is_name = character in IN_NAME and letters[-1:].isalnum()
    if letters[-1:] == character == "+" and len(letters) == 2:
        return True
    if not is_name or len(letters) == 1:
        return is_name
    return (character in JOINING or is_word) and not is_pinyin(letters, FULL_PINYIN)


def _spells(key: str, typed: str, options: SessionOptions) -> bool:
    """Return whether a key besides a-z is the second of a syllable of double pinyin.

    `;` behind `nihk` is none: all syllables are whole, and none begins with it.
    """
    if key not in options.letters:
        return False
    if not options.scheme:
        return True
    known = load_scheme(options.scheme).all_codes
    letters = re.split(r"[^a-z;]", typed)[-1]
    if letters[-1:] + key not in known:
        return False
    pairs = [letters[i : i + 2] for i in range(0, len(letters), 2)]
    return not known.issuperset(pairs)


def _idle_action(event: KeyEvent, state: KeyState, options: SessionOptions) -> Action | None:
    """Return the action of the last column of the key table."""
    if state.predicting:
        if event.key == Key.ESCAPE:
            return Action.DISMISS
        if options.pick_predictions_with_digits and event.key in _DIGITS:
            return Action.PICK_PREDICTION
    if event.key in DIGITS and not event.modifiers and (state.joins or state.groups):
        return Action.INSERT if state.joins else Action.GROUP
    if state.chinese_punctuation and event.key in PUNCTUATION_KEYS:
        return Action.PUNCTUATE
    return _wide_action(event, state)


def _wide_action(event: KeyEvent, state: KeyState) -> Action | None:
    typed = text_of(event)
    return (
        Action.TYPE_WIDE if state.full_width and typed.isascii() and typed.isprintable() and typed else None
    )


def _paging_action(key: str, options: SessionOptions) -> Action:
    if key in ("-", "="):
        return _PAGING[key] if options.page_with_minus_equal else Action.PUNCTUATE
    if key in (",", "."):
        return _PAGING[key] if options.page_with_comma_period else Action.PUNCTUATE
    return _PAGING[key] if options.page_with_page_keys else Action.IGNORE


def _shortcut_action(event: KeyEvent, state: KeyState) -> Action | None:
    """Return the action of a shortcut.

    Ctrl+C and the like pass; while composing, Ctrl+Home must not carry the preedit away.
    """
    if state.can_restore and event == KeyEvent("z", Modifier.CONTROL):
        return Action.RESTORE
    action = _SHORTCUTS.get((event.key, event.modifiers))
    if action is not None:
        return action
    is_number = event.key in _DIGITS and event.modifiers == Modifier.CONTROL
    if not state.composing:
        return Action.PICK_PREDICTION if state.predicting and is_number else None
    if is_number:
        return Action.FORGET
    action = _COMPOSING_KEYS.get((event.key, event.modifiers))
    if action is not None:
        return action
    moves = isinstance(event.key, Key) and event.key not in _PASSED_ON
    undoes = event.key in ("z", "y") and event.modifiers & ~Modifier.SHIFT == Modifier.CONTROL
    return Action.IGNORE if moves or undoes else None  # the text below the composition stays as it is
