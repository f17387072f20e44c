"""Fold keys that the engine has not answered into the text that they stand for as letters.

Nothing is converted: what would be picked or punctuated stays as it was typed. It is what a window shows
before its engine is there and keeps when it has to close without an answer. All functions are pure.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from typing import Final

from engine.protocol import Key, KeyEvent, Output, Preedit
from engine.session.composition import EDITS, KEPT_LETTERS, Composition
from engine.session.keymap import Action, KeyState, action_of, text_of
from engine.session.options import SessionOptions


@dataclass(frozen=True)
class TypeAhead:
    """Keys without an answer: `done` is text already, the letters of `composition` can still be edited."""

    done: str = ""
    composition: Composition = field(default_factory=Composition)
    state: KeyState = field(default_factory=KeyState)

    @classmethod
    def after(cls, output: Output) -> TypeAhead:
        """Return the state with nothing typed since the output. Hanzi chosen in it count as letters."""
        preedit = output.preedit
        caret = len(preedit.text[: preedit.caret].replace(" ", ""))  # gaps between syllables are only shown
        composition = Composition(keys=preedit.typed, caret=min(caret, len(preedit.typed)))
        return cls("", Composition(), KeyState.of(output))._with(composition)

    @property
    def text(self) -> str:
        return self.done + self.composition.keys

    @property
    def caret(self) -> int:
        """The place of the caret, in characters of `text`."""
        return len(self.done) + self.composition.caret

    def shown_after(self, output: Output) -> Preedit:
        """Return the text as a preedit; what it begins with as the output has it keeps its gaps."""
        shown = self.text.replace("\n", " ").replace("\t", " ")
        return with_gaps_of(output.preedit, shown, self.caret)

    def press(self, event: KeyEvent, options: SessionOptions) -> TypeAhead:
        """Return the state after one key more."""
        action = action_of(event, self.state, options)
        if action is None:
            return self._pass_on(event)
        if action in EDITS:
            # Where syllables end is not known yet: each letter counts as one, so that none is lost.
            ends = tuple(range(len(self.composition.keys) + 1))
            return self._with(EDITS[action](self.composition, ends))
        if action in _LETTERS_AS_TYPED or text_of(event) in _PAGING_CHARACTERS:
            return self._finish(text_of(event))
        handler = _HANDLERS.get(action)
        return self if handler is None else handler(self, event)

    def _with(self, composition: Composition) -> TypeAhead:
        typed = composition.keys[: composition.caret]
        state = replace(self.state, composing=not composition.is_empty, typed=typed, piece=typed)
        return replace(self, composition=composition, state=state)

    def _finish(self, then: str = "") -> TypeAhead:
        return replace(self._with(Composition()), done=self.text + then)

    def _pass_on(self, event: KeyEvent) -> TypeAhead:
        """Apply a key of the editor's own; Backspace reaches only what was typed since."""
        if event == KeyEvent(Key.BACKSPACE):
            return replace(self, done=self.done[:-1])
        return replace(self, done=self.done + text_of(event))

    def _insert(self, event: KeyEvent) -> TypeAhead:
        keys = self.composition.keys
        if not self.composition.is_full or self.composition.caret < len(keys):
            return self._with(self.composition.insert(event.key))
        rest = Composition(keys=keys[-KEPT_LETTERS:], caret=KEPT_LETTERS)  # the session commits the others
        return replace(self, done=self.done + keys[:-KEPT_LETTERS])._with(rest.insert(event.key))

    def _drop(self, event: KeyEvent) -> TypeAhead:
        return self._with(Composition())

    def _commit_typed(self, event: KeyEvent) -> TypeAhead:
        return self._finish()

    def _toggle_chinese(self, event: KeyEvent) -> TypeAhead:
        finished = self._finish()
        return replace(finished, state=replace(finished.state, chinese=not self.state.chinese))

    def _toggle_width(self, event: KeyEvent) -> TypeAhead:
        return replace(self, state=replace(self.state, full_width=not self.state.full_width))

    def _toggle_punctuation(self, event: KeyEvent) -> TypeAhead:
        chinese = not self.state.chinese_punctuation
        return replace(self, state=replace(self.state, chinese_punctuation=chinese))


def with_gaps_of(before: Preedit, typed: str, caret: int) -> Preedit:
    """Return letters as a preedit; what they begin with as the one `before` has it keeps its gaps."""
    pairs = enumerate(zip(typed, before.typed, strict=False))
    n_same = next((i for i, (a, b) in pairs if a != b), min(len(typed), len(before.typed)))
    start = _place_of(n_same, before)
    place = _place_of(min(n_same, caret), before) + max(0, caret - n_same)
    return Preedit(before.text[:start] + typed[n_same:], place, typed, caret)


def _place_of(n: int, preedit: Preedit) -> int:
    """Return where the first `n` characters of `typed` end in the text, which has gaps besides.

    Behind keys of double pinyin that are shown as what they stand for, the end of the text has to do.
    """
    place = 0
    for character in preedit.typed[:n]:
        place = preedit.text.find(character, place) + 1
        if not place:
            return len(preedit.text)
    return place


_LETTERS_AS_TYPED: Final = frozenset(
    {
        Action.PICK,
        Action.PICK_HIGHLIGHTED,
        Action.PICK_SECOND,
        Action.TAKE_FIRST,
        Action.TAKE_LAST,
        Action.PUNCTUATE,
        Action.TYPE_WIDE,
    }
)
_PAGING_CHARACTERS: Final = frozenset("-=,.")  # whether there is a page to turn is not known yet

_HANDLERS: Final[dict[Action, Callable[[TypeAhead, KeyEvent], TypeAhead]]] = {
    Action.INSERT: TypeAhead._insert,
    Action.PICK_THIRD: TypeAhead._insert,
    Action.DROP: TypeAhead._drop,
    Action.COMMIT_TYPED: TypeAhead._commit_typed,
    Action.TOGGLE_CHINESE: TypeAhead._toggle_chinese,
    Action.TOGGLE_PUNCTUATION: TypeAhead._toggle_punctuation,
    Action.TOGGLE_WIDTH: TypeAhead._toggle_width,
}
