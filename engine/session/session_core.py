"""Hold what a session is made of, and what its handlers of keys share."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from string import ascii_letters

from engine.hanzi.tables import HanziTables
from engine.learning.learner import Learner
from engine.protocol import Candidate, Commit, Deed, KeyEvent, Menu, Notice, NoticeKind, Output, Segment
from engine.rewriters.candidate_filter import CandidateFilter
from engine.rewriters.literals import DIGITS, ENDINGS
from engine.rewriters.rewriter import Rewriter
from engine.session.address_entry import DigitPick, DottedCommit, literal_behind
from engine.session.candidate_actions import CandidateActions
from engine.session.composition import Composition
from engine.session.composition_context import CompositionContext
from engine.session.keymap import KeyState
from engine.session.menu_builder import Converting, MenuBuilder
from engine.session.options import SessionOptions
from engine.session.output_modes import Modes, OutputModes
from engine.session.script_conversion import OpenccScript, Script
from engine.session.surrounding_text import SurroundingText


@dataclass(frozen=True)
class UndoContext:
    """What the last key left: the commit that Backspace may take back, predictions, what Ctrl+Z restores.

    It is gone with the next key, unless that passes it on.
    """

    commit: Commit | None = None  # a commit of hanzi, which Backspace as the next key takes back
    forgotten: Candidate | None = None  # Ctrl+Z at once brings it back
    predictions: tuple[Candidate, ...] = ()
    dots: tuple[int, ...] = ()  # behind how many letters `.` was typed, and turned the page
    dotted: DottedCommit = field(default_factory=DottedCommit)  # while letters behind its point are typed
    joined: DottedCommit = field(default_factory=DottedCommit)  # what letters behind a point have taken back
    mark: tuple[str, str] = ("", "")  # the key of a mark typed behind a digit, and what became of it
    pick: DigitPick = field(default_factory=DigitPick)  # digits behind which something is still composed


class SessionCore:
    """The parts of a session: composition, modes, text around the caret, what the last key left."""

    def __init__(
        self,
        converter: Converting,
        options: SessionOptions | None = None,
        learner: Learner | None = None,
        rewriters: Sequence[Rewriter] = (),
        load_script: Callable[[str], Script] = OpenccScript,
        tables: HanziTables | None = None,
    ) -> None:
        self._converter = converter
        self._learner = learner
        self._options = options or SessionOptions()
        self._writing = OutputModes(self._options, load_script, tables.forms if tables else None)
        self._around = SurroundingText()
        builder = MenuBuilder(converter, rewriters, self._writing.with_forms)
        narrowing = None if tables is None else CandidateFilter(tables, builder.words_of)
        self._composing = CompositionContext(builder, self._options, narrowing)
        self._teaching = CandidateActions(learner, self._composing)
        self._undo_context = UndoContext()
        self._last_pick = DigitPick()  # the digits that committed last
        self._is_overtaken = False
        converter.set_surrounding_text("")  # it may have served another session

    @property
    def is_composing(self) -> bool:
        return not self._composing.composition.is_empty

    @property
    def options(self) -> SessionOptions:
        return self._options

    @property
    def modes(self) -> Modes:
        """What keys have switched."""
        return self._writing.modes

    @property
    def _before(self) -> str:
        """The surrounding text as the converter reads it."""
        return self._writing.read(self._around.before)

    def _key_state(self, event: KeyEvent) -> KeyState:
        composition, modes, left = self._composing.composition, self.modes, self._undo_context
        state = KeyState(
            composing=self.is_composing,
            chinese=modes.chinese,
            chinese_punctuation=modes.chinese_punctuation,
            full_width=modes.full_width,
            typed=composition.chosen_text + composition.keys[: composition.caret],
            conditions=self._composing.conditions,
            can_narrow=self._composing.can_narrow,
            predicting=bool(left.predictions),
            can_restore=left.forgotten is not None,
        )
        if event.key in ascii_letters:  # nothing else is asked of a letter, and the menu may wait
            return state
        return replace(
            state,
            piece=self._composing.last_piece,
            is_first_page=self._composing.highlighted < self._options.page_size,
            ends_in_word=self._composing.ends_in_word,
            is_word=self._composing.is_word,
            joins=self._joins(event.key),
            groups=self._groups,
            names_hanzi=event.key in DIGITS and self._composing.is_capital_with_hanzi(int(event.key) - 1),
            picks=event.key not in DIGITS or self._composing.picks(int(event.key) - 1),
        )

    def _joins(self, key: str) -> bool:
        """Return whether a digit goes on what was committed, or ends a file that is composed: shipin.mp4."""
        if not self._options.erases or (self.is_composing and key not in DIGITS):
            return False
        composition, left = self._composing.composition, self._undo_context
        if not self.is_composing:
            return left.dotted.joined(key) is not None or self._word_before(left, key) is not None
        ends = composition.caret == len(composition.keys) and composition.keys + key in ENDINGS
        return ends and not composition.choices and left.dotted.joined(composition.keys + key) is not None

    def _word_before(self, left: UndoContext, key: str) -> DigitPick | None:
        """Return the digit that was the last key, where `key` shows that it was text.

        It picked a Latin word before another digit (the 1 of win10), or a known name goes on: h264, b2b.
        """
        pick, is_digit = self._last_pick, key in DIGITS
        is_last = pick.commit is not None and left.commit is pick.commit and self._options.addresses
        goes_on = (is_digit and pick.has_picked_word) or (self._options.full_pinyin and pick.is_numbered(key))
        return pick if is_last and goes_on else None

    @property
    def _groups(self) -> bool:
        """Whether a comma stands behind a digit, typed by the last key."""
        key, text = self._undo_context.mark
        return self._options.erases and key == "," and self._around.before.endswith(text)

    @property
    def _takes_digit(self) -> bool:
        """Whether a digit is the session's although nothing is composed."""
        return not self.is_composing and (any(map(self._joins, DIGITS)) or self._groups)

    def _edit(self, composition: Composition) -> Output:
        self._composing.set(composition)
        return self._output()

    def _choose(self, index: int) -> Output:
        if self._composing.fits_nothing:
            return self._output(refused=True)
        self._composing.choose(index)
        return self._go_on()

    def _convert_rest(self) -> None:
        while self._composing.composition.keys:
            self._composing.choose(self._composing.highlighted)

    def _go_on(self) -> Output:
        """Commit the whole after a choice if nothing is left to convert."""
        return self._output() if self._composing.composition.keys else self._commit()

    def _move_highlight(self, step: int) -> Output:
        return self._highlight(self._composing.highlighted + step)

    def _highlight(self, index: int) -> Output:
        self._composing.highlight(index)
        return self._output()

    def act(self, index: int, deed: Deed) -> Output:
        """Pin, forget, add or explain the candidate of that index: the menu on a candidate."""
        kind, candidate = self._teaching.act(index, deed)
        self._undo_context = UndoContext(forgotten=candidate if deed is Deed.FORGET else None)
        return self._said(kind, candidate)

    def _said(self, kind: NoticeKind, candidate: Candidate | None) -> Output:
        """Return an output that tells what was done with the candidate; refused if it is None."""
        if candidate is None:
            return self._output(refused=True)
        return self._output(notice=Notice(kind, self._writing.shown(candidate.text)))

    def _commit_prediction(self, left: UndoContext, index: int) -> Output:
        if not 0 <= index < len(left.predictions):
            return self._output(refused=True)
        chosen = left.predictions[index]
        return self._commit((Segment(chosen.text, "", chosen.reading, chosen.tokens, index, chosen.source),))

    def _commit(
        self, rest: tuple[Segment, ...] = (), replaced: int = 0, behind: int = 0, erased: int = 0
    ) -> Output:
        """Commit what was chosen and `rest`."""
        segments = (*self._composing.composition.segments, *rest)
        text = "".join(self._writing.committed_segment(segment) for segment in segments)
        reading = tuple(syllable for segment in segments for syllable in segment.reading)
        undone = self._composing.composition.taken_back
        commit = Commit(text, reading, segments, self._before, replaced, behind, undone, erased)
        self._composing.set(Composition())
        self._surround(self._around.committed(commit))
        self._undo_context = UndoContext(commit if reading else None)
        back = None if self._learner is None else self._learner.learn(commit)
        notice = None if back is None else Notice(NoticeKind.RESTORED, self._writing.shown(back))
        return self._output(commit=commit, notice=notice)

    def _surround(self, around: SurroundingText) -> None:
        before, self._around = self._around, around
        self._composing.literal = literal_behind(around.before)
        if around.before != before.before:
            self._undo_context = UndoContext()
            self._converter.set_surrounding_text(self._before)

    def _menu(self) -> Menu:
        menu = self._composing.menu
        candidates = menu.candidates if self.is_composing else self._undo_context.predictions
        return replace(menu, candidates=self._writing.shown_candidates(candidates))

    def _output(
        self, *, commit: Commit | None = None, refused: bool = False, notice: Notice | None = None
    ) -> Output:
        is_shown = not (self._is_overtaken and self.is_composing)
        boundaries = self._composing.boundaries if is_shown else ()
        preedit = self._composing.preedit(boundaries, self._writing.shown_segment)
        return Output(
            handled=True,
            preedit=preedit,
            menu=self._menu() if is_shown else Menu(),
            commit=commit,
            chinese=self.modes.chinese,
            refused=refused,
            chinese_punctuation=self.modes.chinese_punctuation,
            full_width=self.modes.full_width,
            traditional=self.modes.traditional,
            notice=notice,
        )
