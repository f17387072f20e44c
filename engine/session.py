"""The session: one key in, all that a front end renders out.

Knows the composition, the menu with its highlight, 中/英 and the punctuation mode; knows nothing
of how letters are converted (the converter does) or shown (the window does). Headless and
synchronous: `process_key` returns when the answer is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from engine.composition import Composition
from engine.keymap import Action, KeyState, SessionOptions, action_of, text_of
from engine.learner import Learner
from engine.punctuation import chinese_punctuation
from engine.values import (
    Candidate,
    Commit,
    Key,
    KeyEvent,
    Menu,
    Modifier,
    Output,
    Preedit,
    Segment,
    Source,
)

SURROUNDING_LENGTH: Final[int] = 256  # characters of text before the caret that are kept


class ConversionLike(Protocol):
    """What the session reads of a conversion."""

    @property
    def candidates(self) -> tuple[Candidate, ...]: ...
    @property
    def boundaries(self) -> tuple[int, ...]: ...


class ConverterLike(Protocol):
    """What the session asks of a converter; `engine.converter.Converter` is the real one."""

    def set_surrounding_text(self, text: str) -> None: ...
    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> ConversionLike: ...
    def warm(self) -> None: ...


class Session:
    """One user's typing in one place; holds at most `MAX_LETTERS` unconverted letters."""

    def __init__(
        self,
        converter: ConverterLike,
        options: SessionOptions | None = None,
        learner: Learner | None = None,
    ) -> None:
        self._converter = converter
        self._learner = learner
        self._last_commit: Commit | None = None  # as long as Backspace would take it back at once
        self._options = options or SessionOptions()
        self._state = KeyState()
        self._surrounding = ""
        self._composition = Composition()
        self._candidates: tuple[Candidate, ...] = ()
        self._boundaries: tuple[int, ...] = ()
        self._highlighted = 0
        converter.set_surrounding_text("")  # it may have served another session

    @property
    def is_composing(self) -> bool:
        return self._state.composing

    @property
    def options(self) -> SessionOptions:
        return self._options

    def set_surrounding_text(self, text: str) -> None:
        """The text before the caret, from the front end; only its end is kept.

        Own commits and plain keys passed on are added without being told.
        """
        text = text[-SURROUNDING_LENGTH:]
        if text != self._surrounding:
            self._surrounding = text
            self._converter.set_surrounding_text(text)

    def warm(self) -> None:
        """Do ahead what the next key will need; to be called while the user is not waiting."""
        self._converter.warm()

    def reset(self) -> Output:
        """Drop the composition; modes and surrounding text stay."""
        self._set_composition(Composition())
        return self._output()

    def commit_typed(self) -> Output:
        """Commit the hanzi chosen so far and the letters as typed; nothing if not composing."""
        if not self.is_composing:
            return self._output()
        return self._commit(_as_typed(self._composition.keys))

    def turn_page(self, step: int) -> Output:
        """Show the next page (1) or the one before (-1): the mouse, whatever keys the options leave."""
        menu = self._menu()
        start = max(0, menu.page + step) * menu.page_size
        return self._highlight(start) if start < len(menu.candidates) else self._output()

    def process_key(self, event: KeyEvent) -> Output:
        """Handle one key. `Output.handled` is False where the key is the editor's own."""
        action = action_of(event, self._state, self._options)
        last, self._last_commit = self._last_commit, None
        if action is None:
            self._note_passed(event)
            if last is not None and event == KeyEvent(Key.BACKSPACE) and self._learner is not None:
                self._learner.revoke(last)
            return replace(self._output(), handled=False)
        if action in EDITS:
            return self._edit(EDITS[action](self._composition, self._boundaries))
        return _HANDLERS[action](self, event)

    # Handlers: one for each action that is not a plain edit of the composition.

    def _insert(self, event: KeyEvent) -> Output:
        if self._composition.is_full:
            return self._output(refused=True)
        return self._edit(self._composition.insert(event.key))

    def _pick(self, event: KeyEvent) -> Output:
        page_start = self._menu().page * self._options.page_size
        index = page_start + int(event.key) - 1
        on_page = int(event.key) <= self._options.page_size and index < len(self._candidates)
        return self._choose(index) if on_page else self._output(refused=True)

    def _pick_highlighted(self, event: KeyEvent) -> Output:
        return self._choose(self._highlighted)

    def _commit_as_typed(self, event: KeyEvent) -> Output:
        return self.commit_typed()

    def _drop(self, event: KeyEvent) -> Output:
        return self.reset()

    def _highlight_next(self, event: KeyEvent) -> Output:
        return self._highlight(self._highlighted + 1)

    def _highlight_previous(self, event: KeyEvent) -> Output:
        return self._highlight(self._highlighted - 1)

    def _page_next(self, event: KeyEvent) -> Output:
        menu = self._menu()
        if menu.n_page <= 1 and event.key in ("=", "."):
            return self._punctuate(event)
        return self.turn_page(1)

    def _page_previous(self, event: KeyEvent) -> Output:
        """`,` on the first page has no page to go to: `nihao,` types 你好， as people expect."""
        menu = self._menu()
        if (menu.page == 0 and event.key == ",") or (menu.n_page <= 1 and event.key == "-"):
            return self._punctuate(event)
        return self.turn_page(-1)

    def _punctuate(self, event: KeyEvent) -> Output:
        """Convert all that is left, the highlighted candidate first, then type the character."""
        while self._composition.keys:
            self._fix(self._highlighted)
        mark = str(event.key)
        if self._state.chinese_punctuation:
            mark = chinese_punctuation(mark, self._surrounding + self._composition.chosen_text)
        return self._commit((Segment(mark, str(event.key)),))

    def _toggle_chinese(self, event: KeyEvent) -> Output:
        output = self.commit_typed()
        self._state = replace(self._state, chinese=not self._state.chinese)
        return replace(output, chinese=self._state.chinese)

    def _toggle_punctuation(self, event: KeyEvent) -> Output:
        self._state = replace(self._state, chinese_punctuation=not self._state.chinese_punctuation)
        return self._output()

    def _ignore(self, event: KeyEvent) -> Output:
        return self._output()

    # What the handlers share.

    def _edit(self, composition: Composition) -> Output:
        self._set_composition(composition)
        return self._output()

    def _choose(self, index: int) -> Output:
        """Fix a candidate; commit the whole when nothing is left to convert."""
        self._fix(index)
        return self._output() if self._composition.keys else self._commit()

    def _fix(self, index: int) -> None:
        if self._composition.keys:
            self._set_composition(self._composition.choose(self._candidate(index), index))

    def _set_composition(self, composition: Composition) -> None:
        """Convert anew where letters or choices changed; a caret that moves keeps the menu."""
        before, self._composition = self._composition, composition
        self._state = replace(self._state, composing=not composition.is_empty)
        if (before.keys, before.tokens) == (composition.keys, composition.tokens):
            return
        self._highlighted = 0
        self._candidates, self._boundaries = (), ()
        if composition.keys:
            conversion = self._converter.convert(composition.keys, composition.tokens)
            self._candidates, self._boundaries = conversion.candidates, conversion.boundaries

    def _candidate(self, index: int) -> Candidate:
        """The letters as typed where the menu has nothing: `'` alone converts to nothing."""
        if self._candidates:
            return self._candidates[index]
        keys = self._composition.keys
        return Candidate(keys, (0, len(keys)), (), (), 0.0, Source.RAW)

    def _highlight(self, index: int) -> Output:
        self._highlighted = max(0, min(index, len(self._candidates) - 1))
        return self._output()

    def _commit(self, rest: tuple[Segment, ...] = ()) -> Output:
        """Commit what was chosen and `rest`."""
        segments = (*self._composition.segments, *rest)
        text = "".join(segment.text for segment in segments)
        commit = Commit(text, self._composition.reading, segments, self._surrounding)
        self._set_composition(Composition())
        self.set_surrounding_text(self._surrounding + text)
        self._last_commit = commit
        if self._learner is not None:
            self._learner.learn(commit)
        return self._output(commit=commit)

    def _note_passed(self, event: KeyEvent) -> None:
        """Keep the text before the caret true between two reports of the front end.

        A `3` passed to the editor must be known when the `.` of 3.14 comes.
        """
        if self._state.composing or event.modifiers & ~Modifier.SHIFT:
            return
        if event.key == Key.BACKSPACE:
            self.set_surrounding_text(self._surrounding[:-1])
            return
        self.set_surrounding_text(self._surrounding + text_of(event))

    def _menu(self) -> Menu:
        return Menu(self._candidates, self._highlighted, self._options.page_size)

    def _output(self, *, commit: Commit | None = None, refused: bool = False) -> Output:
        composing = self._state.composing
        preedit = self._composition.preedit(self._boundaries) if composing else Preedit()
        return Output(
            handled=True,
            preedit=preedit,
            menu=self._menu(),
            commit=commit,
            chinese=self._state.chinese,
            refused=refused,
            chinese_punctuation=self._state.chinese_punctuation,
        )


def _as_typed(letters: str) -> tuple[Segment, ...]:
    return (Segment(letters, letters),) if letters else ()


# Plain edits of a composition, given the ends of its syllables; a front end may do them ahead.
EDITS: Final[dict[Action, Callable[[Composition, tuple[int, ...]], Composition]]] = {
    Action.DELETE_BEFORE: lambda composition, _: composition.delete_before(),
    Action.DELETE_AFTER: lambda composition, _: composition.delete_after(),
    Action.DELETE_SYLLABLE_BEFORE: Composition.delete_before,
    Action.DELETE_SYLLABLE_AFTER: Composition.delete_after,
    Action.MOVE_LEFT: lambda composition, _: composition.move_left(),
    Action.MOVE_RIGHT: lambda composition, _: composition.move_right(),
    Action.MOVE_SYLLABLE_LEFT: Composition.move_left_by_syllable,
    Action.MOVE_SYLLABLE_RIGHT: Composition.move_right_by_syllable,
    Action.MOVE_HOME: lambda composition, _: composition.home(),
    Action.MOVE_END: lambda composition, _: composition.end(),
}

_HANDLERS: Final[dict[Action, Callable[[Session, KeyEvent], Output]]] = {
    Action.INSERT: Session._insert,
    Action.PICK: Session._pick,
    Action.PICK_HIGHLIGHTED: Session._pick_highlighted,
    Action.COMMIT_TYPED: Session._commit_as_typed,
    Action.DROP: Session._drop,
    Action.HIGHLIGHT_NEXT: Session._highlight_next,
    Action.HIGHLIGHT_PREVIOUS: Session._highlight_previous,
    Action.PAGE_NEXT: Session._page_next,
    Action.PAGE_PREVIOUS: Session._page_previous,
    Action.PUNCTUATE: Session._punctuate,
    Action.TOGGLE_CHINESE: Session._toggle_chinese,
    Action.TOGGLE_PUNCTUATION: Session._toggle_punctuation,
    Action.IGNORE: Session._ignore,
}
