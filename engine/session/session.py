"""Run a session: one key in, all that a front end renders out.

It is headless and synchronous: `process_key` returns when the answer is there.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine.protocol import Commit, Deed, Key, KeyEvent, NoticeKind, Output, Segment
from engine.rewriters.literals import DIGITS
from engine.session.address_entry import LOW_LINE, DigitPick, DottedCommit, complete_address, may_go_on
from engine.session.composition import EDITS, KEPT_LETTERS, Composition
from engine.session.composition_context import NARROWING
from engine.session.keymap import Action, action_of, text_of
from engine.session.menu_builder import ConversionLike, Converting
from engine.session.options import SessionOptions
from engine.session.output_modes import Modes
from engine.session.session_core import SessionCore, UndoContext
from engine.session.surrounding_text import SURROUNDING_LENGTH, SurroundingText

__all__ = ["SURROUNDING_LENGTH", "ConversionLike", "Converting", "Session"]


class Session(SessionCore):
    """One user's typing in one place; it holds at most `MAX_LETTERS` unconverted letters."""

    def switch(self, modes: Modes) -> Output:
        """Go on in these modes; the composition stays. Raises ScriptError."""
        self._writing.switch(**vars(modes))
        return self.configure(self._options)

    def configure(self, options: SessionOptions) -> Output:
        """Use other options from now on; the composition stays. Raises ScriptError."""
        self._options = options
        self._writing.configure(options)
        self._converter.set_surrounding_text(self._before)
        self._composing.read_again(self._options)
        return self._output()

    def set_surrounding_text(self, text: str, after: str = "") -> None:
        """Set the text before the caret, from the front end, and what stands behind it.

        Only the end of the one and the beginning of the other are kept. Own commits and plain keys passed on
        are added without being told.
        """
        self._surround(SurroundingText.of(text, after))

    def warm(self) -> bool:
        """Do ahead what the next key will need, while the user is not waiting.

        Return whether there is more to do, for another call while the user still is not.
        """
        is_more = self._learner is not None and self._learner.catch_up()
        self._converter.warm()
        return is_more

    def predict(self) -> Output | None:
        """Return what may follow the commit just made; None if there is nothing to offer.

        To be called after `warm`, while the user is not waiting: it takes a few milliseconds.
        """
        left = self._undo_context
        if not self._options.predict or left.commit is None or left.predictions or self.is_composing:
            return None
        predictions = self._converter.predict(self._options.page_size)
        self._undo_context = replace(left, predictions=predictions)
        return self._output() if predictions else None

    def reset(self) -> Output:
        """Drop the composition; modes and surrounding text stay."""
        self._undo_context = UndoContext()
        self._composing.set(Composition())
        return self._output()

    def begin(self, before: str = "", after: str = "") -> Output:
        """Start in another field, whose text is `before` and `after` the caret; the modes stay.

        Nothing that was composed, committed or forgotten elsewhere can be gone on with here.
        """
        self._composing.set(Composition())
        self.set_surrounding_text(before, after)
        self._undo_context, self._last_pick = UndoContext(), DigitPick()
        return self._output()

    def commit_typed(self) -> Output:
        """Commit the hanzi chosen so far and the letters as typed; nothing if not composing."""
        keys = self._composing.composition.keys
        if not self.is_composing:
            return self._output()
        return self._commit((Segment(keys, keys),) if keys else ())

    def turn_page(self, step: int) -> Output:
        """Show the next page (1) or the one before (-1): the mouse, whatever keys the options leave."""
        menu = self._menu()
        start = max(0, menu.page + step) * menu.page_size
        return self._highlight(start) if start < len(menu.candidates) else self._output()

    def pick(self, index: int) -> Output:
        """Take the candidate or prediction of that index in the menu: the mouse."""
        left, self._undo_context = self._undo_context, UndoContext()
        if self.is_composing and 0 <= index < len(self._composing.candidates):
            return self._choose(index)
        return self._commit_prediction(left, index)

    def process_key(self, event: KeyEvent, *, is_overtaken: bool = False) -> Output:
        """Handle one key. `Output.handled` is False where the key is the editor's own.

        `is_overtaken`: another key waits already, so no menu is made, and no gaps between syllables.
        """
        self._is_overtaken = is_overtaken
        try:
            output = self._process(event)
            return replace(output, takes_digit=self._takes_digit) if output.commit else output
        finally:
            self._is_overtaken = False

    def _process(self, event: KeyEvent) -> Output:
        action = action_of(event, self._key_state(event), self._options)
        left, self._undo_context = self._undo_context, UndoContext()
        if action is None:
            self._surround(self._around if self.is_composing else self._around.passed(event))
            if left.commit is not None and event == KeyEvent(Key.BACKSPACE) and self._learner is not None:
                self._learner.revoke(left.commit)
            return replace(self._output(), handled=False)
        if action in NARROWING:
            self._composing.narrow(NARROWING[action](self._composing.conditions, str(event.key)))
            return self._output()
        if action in EDITS:
            return self._edit(EDITS[action](self._composing.composition, self._composing.boundaries))
        return _HANDLERS[action](self, event, left)

    # Handlers: one for each action that is not a plain edit of the composition. They get what
    # the key before has left.

    def _insert(self, event: KeyEvent, left: UndoContext) -> Output:
        if self._composing.composition.is_full:
            return self._go_on_behind_the_beginning(event)
        word = None if self.is_composing else self._word_before(left, event.key)
        if word is not None and self._options.erases:
            return self._go_on_with_word(word, event.key)
        is_behind_digits = event.key == "@" and left.pick.digits
        composed = left.pick.as_typed() if is_behind_digits else self._composing.composition
        composition = composed.insert(event.key)
        is_at_end = composition.caret == len(composition.keys)
        may_join = is_at_end and not composition.choices and self._options.erases
        joined = left.dotted.joined(composition.keys) if may_join else None
        longer, dots = complete_address(composition, left.dots if self._options.addresses else ())
        dotted = DottedCommit() if joined is None else left.dotted
        address = self._address_behind_digits(joined or longer.keys, dotted) if may_join else None
        if address is not None:
            return address
        if joined is not None:
            return self._join(dotted, Composition(dotted.choices, joined, len(joined)))
        if is_at_end and left.joined.parted(longer.keys) is not None:
            return self._part(left.joined, longer.keys)
        here = left if is_at_end else UndoContext()
        self._composing.set(longer)
        if may_join and left.dotted.typed and left.dotted.names_code(*self._composing.latin):
            keys = left.dotted.typed + longer.keys
            return self._join(left.dotted, Composition(left.dotted.choices, keys, len(keys)))
        self._undo_context = UndoContext(dots=dots, dotted=here.dotted, joined=here.joined)
        return self._output()

    def _join(self, dotted: DottedCommit, composition: Composition, n_more: int = 0) -> Output:
        """Take back what `.` has committed: its letters and those behind it are an address or a name.

        `n_more` characters before it are taken back as well.
        """
        if dotted.commit is not None and self._learner is not None:
            self._learner.revoke(dotted.commit)
        commit = Commit("", before=self._before, erased=len(dotted.text) + n_more)
        self._surround(self._around.committed(commit))
        self._composing.set(composition)
        self._undo_context = UndoContext(joined=dotted)
        return self._output(commit=commit)

    def _part(self, dotted: DottedCommit, keys: str) -> Output:
        """Put back what `_join` has taken: the letters behind the point begin another sentence."""
        behind, commit = dotted.parted(keys) or "", dotted.again
        if dotted.commit is not None and self._learner is not None:
            self._learner.learn(dotted.commit)
        if commit is not None:
            self._surround(self._around.committed(commit))
        self._composing.set(Composition(keys=behind, caret=len(behind)))
        self._undo_context = UndoContext(dotted=dotted)
        return self._output(commit=commit)

    def _address_behind_digits(self, keys: str, dotted: DottedCommit) -> Output | None:
        """Take back what digits have picked if they belong to an address or file that ends in `keys`."""
        before = self._around.before.removesuffix(dotted.text)
        address = self._last_pick.address(before, keys) if self._options.addresses else None
        if address is None:
            return None
        taken, composition = address
        output = self._join(dotted, composition, len(taken.text))
        if taken.commit is not None and self._learner is not None:
            self._learner.revoke(taken.commit)
        self._undo_context = UndoContext(joined=DottedCommit() if dotted.text else taken)
        self._last_pick = DigitPick()
        return output

    def _go_on_with_word(self, pick: DigitPick, key: str) -> Output:
        """Take back what a digit picked: with what stands behind it the digit is of a name, win10, b2b.

        Letters that go on as pinyin put back what was no Latin word.
        """
        keys = pick.letters + key
        text = pick.commit.text if pick.commit else ""
        composition = Composition(pick.start.choices, keys, len(keys))
        output = self._join(DottedCommit(keys, text, pick.commit), composition)
        behind = key if key in DIGITS else ""
        taken = DottedCommit(pick.letters + behind, text + behind, pick.commit)
        is_open = pick.is_numbered(key) and not pick.has_picked_word
        self._last_pick = DigitPick()
        self._undo_context = UndoContext(joined=taken) if is_open else UndoContext()
        return output

    def _go_on_behind_the_beginning(self, event: KeyEvent) -> Output:
        """Commit the beginning of a full composition, which is sure by now, and insert the key."""
        composition = self._composing.composition
        if composition.caret < len(composition.keys):
            return self._output(refused=True)
        if composition.keys:
            self._composing.choose_beginning(KEPT_LETTERS)
        rest = self._composing.composition.keys
        output = self._commit()
        self._composing.set(Composition(keys=rest, caret=len(rest)).insert(event.key))
        return replace(self._output(), commit=output.commit)

    def _group(self, event: KeyEvent, left: UndoContext) -> Output:
        """Type the digit behind `3，`, whose comma turns out to be that of 3,000."""
        return self._commit((Segment(f",{event.key}", event.key),), erased=len(left.mark[1]))

    def _pick(self, event: KeyEvent, left: UndoContext) -> Output:
        typed, index = self._composing.composition, self._composing.index_on_page(int(event.key) - 1)
        output = self._output(refused=True) if index is None else self._choose(index)
        self._remember_digit(left.pick.followed(str(event.key), typed, output.commit))
        return output

    def _remember_digit(self, pick: DigitPick) -> None:
        """Keep what a digit has done until `@` or a domain says that it was text."""
        if pick.commit is None:
            self._undo_context = replace(self._undo_context, pick=pick)
        else:
            self._last_pick = pick

    def _pick_second(self, event: KeyEvent, left: UndoContext) -> Output:
        index = self._composing.index_on_page(1)
        return self._choose(index) if index and self._composing.is_read else self._punctuate(event, left)

    def _pick_third(self, event: KeyEvent, left: UndoContext) -> Output:
        """Pick the third candidate. With the caret inside the letters `'` is needed as a boundary mark."""
        index = self._composing.index_on_page(2)
        composition = self._composing.composition
        picks = composition.caret == len(composition.keys) and self._composing.is_read
        return self._choose(index) if index and picks else self._insert(event, left)

    def _pick_prediction(self, event: KeyEvent, left: UndoContext) -> Output:
        return self._commit_prediction(left, int(event.key) - 1)

    def _take_first(self, event: KeyEvent, left: UndoContext) -> Output:
        return self._go_on() if self._composing.take(0) else self._punctuate(event, left)

    def _take_last(self, event: KeyEvent, left: UndoContext) -> Output:
        return self._go_on() if self._composing.take(-1) else self._punctuate(event, left)

    def _forget(self, event: KeyEvent, left: UndoContext) -> Output:
        index = self._composing.index_on_page(int(event.key) - 1)
        return self.act(-1 if index is None else index, Deed.FORGET)

    def _restore(self, event: KeyEvent, left: UndoContext) -> Output:
        restored = left.forgotten is not None and self._teaching.restore(left.forgotten)
        return self._said(NoticeKind.RESTORED, left.forgotten) if restored else self._output()

    def _page_next(self, event: KeyEvent, left: UndoContext) -> Output:
        menu = self._menu()
        if menu.n_page <= 1 and event.key in ("=", "."):
            return self._punctuate(event, left)
        composition = self._composing.composition
        if event.key == "." and composition.caret == len(composition.keys):
            self._undo_context = UndoContext(dots=(*left.dots, len(composition.keys)))
        return self.turn_page(1)

    def _page_previous(self, event: KeyEvent, left: UndoContext) -> Output:
        """Turn a page back. On the first page `,` is punctuation: `nihao,` types 你好， as people expect."""
        menu = self._menu()
        if (menu.page == 0 and event.key == ",") or (menu.n_page <= 1 and event.key == "-"):
            return self._punctuate(event, left)
        return self.turn_page(-1)

    def _punctuate(self, event: KeyEvent, left: UndoContext) -> Output:
        """Convert all that is left, the highlighted candidate first, then type the character."""
        if self._composing.fits_nothing:
            return self._output(refused=True)
        key, typed = str(event.key), self._composing.composition
        initials = left.dotted.initials(typed.keys) if key == "." and self._options.erases else None
        if initials is not None:
            return self._join(left.dotted, Composition(left.dotted.choices, initials, len(initials)))
        self._convert_rest()
        before, erased = self._around.before + self._composing.composition.chosen_text, 0
        if left.mark == (key, key) and typed.is_empty and self._options.erases:  # `3..` is 3。
            before, erased = "", 1
        mark = self._writing.mark(key, before, self._around.after)
        output = self._commit((Segment(mark.text, key),), mark.replaced, mark.behind, erased)
        if before[-1:].isascii() and before[-1:].isdigit():
            self._undo_context = replace(self._undo_context, mark=(key, mark.text))
        if typed.caret == len(typed.keys) and may_go_on(typed.keys, key, self._options):
            meant = left.pick.as_typed() if key == "." and left.pick.digits else typed
            self._undo_context = replace(
                self._undo_context, dotted=left.dotted.followed(meant, key, output.commit)
            )
        if key in DIGITS + LOW_LINE and typed.keys:
            self._remember_digit(left.pick.followed(key, typed, output.commit))
        return output

    def _type_wide(self, event: KeyEvent, left: UndoContext) -> Output:
        return self._commit((Segment(text_of(event), text_of(event)),))

    def _toggle_chinese(self, event: KeyEvent, left: UndoContext) -> Output:
        if (event.key, self._options.shift) == (Key.SHIFT, "candidate") and not self._composing.fits_nothing:
            self._convert_rest()
        output = self.commit_typed()
        self._writing.switch(chinese=not self.modes.chinese)
        return replace(output, chinese=self.modes.chinese)

    def _toggle(self, mode: str) -> Output:
        return self.switch(replace(self.modes, **{mode: not getattr(self.modes, mode)}))


_HANDLERS: Final[dict[Action, Callable[[Session, KeyEvent, UndoContext], Output]]] = {
    Action.INSERT: Session._insert,
    Action.GROUP: Session._group,
    Action.PICK: Session._pick,
    Action.PICK_HIGHLIGHTED: lambda session, event, left: session._choose(session._composing.highlighted),
    Action.PICK_SECOND: Session._pick_second,
    Action.PICK_THIRD: Session._pick_third,
    Action.PICK_PREDICTION: Session._pick_prediction,
    Action.TAKE_FIRST: Session._take_first,
    Action.TAKE_LAST: Session._take_last,
    Action.FORGET: Session._forget,
    Action.FORGET_HIGHLIGHTED: lambda s, event, left: s.act(s._composing.highlighted, Deed.FORGET),
    Action.RESTORE: Session._restore,
    Action.PIN: lambda session, event, left: session._said(NoticeKind.PINNED, session._teaching.pin()),
    Action.UNPIN: lambda session, event, left: session._said(NoticeKind.UNPINNED, session._teaching.unpin()),
    Action.COMMIT_TYPED: lambda session, event, left: session.commit_typed(),
    Action.DROP: lambda session, event, left: session.reset(),
    Action.HIGHLIGHT_NEXT: lambda session, event, left: session._move_highlight(1),
    Action.HIGHLIGHT_PREVIOUS: lambda session, event, left: session._move_highlight(-1),
    Action.PAGE_NEXT: Session._page_next,
    Action.PAGE_PREVIOUS: Session._page_previous,
    Action.PUNCTUATE: Session._punctuate,
    Action.TYPE_WIDE: Session._type_wide,
    Action.TOGGLE_CHINESE: Session._toggle_chinese,
    Action.TOGGLE_PUNCTUATION: lambda session, event, left: session._toggle("chinese_punctuation"),
    Action.TOGGLE_WIDTH: lambda session, event, left: session._toggle("full_width"),
    Action.TOGGLE_TRADITIONAL: lambda session, event, left: session._toggle("traditional"),
    Action.DISMISS: lambda session, event, left: session._output(),
    Action.IGNORE: lambda session, event, left: session._output(),
}
