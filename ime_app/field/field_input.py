"""Run the session in the field that has the keyboard: keys, clicks and reports in, texts and candidates out.

Rules of the bus are kept here: one commit a key; what a key types goes in as text, never back to the
client behind other text; a late Reset drops no letter; nothing is committed once the focus has gone.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final

from engine.error_kinds import Kind
from engine.errors import Said, says
from engine.learning.learner import LearningMode
from engine.protocol import Commit, Key, KeyEvent, NoticeKind, Output
from engine.session.composition import MAX_LETTERS
from engine.session.keymap import KeyState, text_of
from engine.session.output_modes import Modes
from engine.session.session import Session
from ime_app.field.client import Client, Report
from ime_app.field.deed_menu import MENU_KEY, DeedMenu
from ime_app.field.keysyms import LEFT, LEFT_KEYCODE
from ime_app.field.view import Port, View
from ime_app.i18n.strings import Strings
from ime_app.input.key_rejections import refusal_of
from ime_app.input.loaded_engine import UNUSABLE, Engine, given_back
from ime_app.settings.engine_options import EngineOptions
from ime_app.settings.session_state import modes_of

PATIENCE_S: Final[float] = 0.3  # after a change of ours: what the client says may be older than it
_KNOWN_BY_SESSION: Final[frozenset[KeyEvent]] = frozenset({KeyEvent(Key.BACKSPACE)})


class FieldInput:
    """Without an engine it takes no key; without a client it shows and commits nothing."""

    def __init__(
        self,
        port: Port,
        view: View,
        strings: Strings,
        modes: Modes,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._port = port
        self._view = view
        self._strings = strings
        self._clock = clock
        self.engine: Engine | None = None
        self.client: Client | None = None
        self._output = Output(handled=False, **vars(modes))
        self._wanted = EngineOptions()  # by the user and the field
        self._applied: EngineOptions | None = None  # in so far as the field can do it
        self._left_at = self._changed_at = -PATIENCE_S  # when a key was left to the client, changed the text
        self._busy = 0.0  # seconds of work on keys since one was left: what came meanwhile had to wait
        self._began_at = 0.0  # when the composition was begun
        self._is_text_known = self._is_report_new = False  # since the focus came
        self._last_commit = Commit("")
        self._remark = ""  # to be shown with the next output
        self._deeds = DeedMenu(view, strings)
        self._has_failed_ahead = False
        self._failures: list[Said] = []  # not taken yet

    @property
    def modes(self) -> Modes:
        return modes_of(self._output)

    @property
    def key_state(self) -> KeyState:
        """What decides between two meanings of the next key."""
        return KeyState.of(self._output)

    @property
    def is_composing(self) -> bool:
        return bool(self._output.preedit.text)

    # The focus and the engine come and go.

    def take_engine(self, engine: Engine, options: EngineOptions) -> None:
        """Go on with this engine, in the modes of before. The one before it is closed."""
        modes, old, self.engine = self.modes, self.engine, engine
        if old is not None:
            old.close()
        self._applied = None
        self.apply(options)
        self._render(self._ask(lambda session: session.switch(modes)))
        if self.client is not None:
            self._render(engine.session.begin())
            self._is_text_known, self._is_report_new = False, self.client.report is not None
            self.settle()

    def enter(self, client: Client) -> None:
        """Give the keyboard to the field of `client`."""
        self.client = client
        self._view.forget(client.path)
        self._is_text_known = self._is_report_new = False
        self._last_commit = Commit("")
        self._left_at = self._changed_at = self._clock() - 2 * PATIENCE_S
        self._busy = 0.0
        if self.engine is not None:
            self._render(self.engine.session.begin())
        self.ask_surrounding()

    def leave(self) -> None:
        """Note that the keyboard is elsewhere. The client has put the preedit into its text by itself."""
        if self.client is not None:
            self.client.report = None
        self.client = None
        if self.engine is not None:
            self._output = self.engine.session.begin()
        self._view.forget("")

    def apply(self, options: EngineOptions) -> None:
        """Let these options take effect, in so far as the field can do what they ask for."""
        client, self._wanted = self.client, options
        if client is not None and not (client.has_surrounding and client.moves_caret):
            options = replace(options, session=replace(options.session, pair_punctuation=False))
        if client is not None and not client.has_surrounding:
            options = replace(options, session=replace(options.session, erases=False))
        engine = self.engine
        if engine is not None and options != self._applied:
            self._applied = options
            self._render(self._ask(lambda session: engine.configure(options)))

    # What the user does.

    def press(self, event: KeyEvent) -> bool:
        """Give the session a key; return False where the key is the client's own."""
        if self.engine is None:
            self._leave_key(event)
            return False
        if self._press_in_deeds(event):
            return True
        self._judge_pair()
        was_composing, started = self.is_composing, self._clock()
        output = self._ask(lambda session: session.process_key(event), event)
        self._busy += self._clock() - started
        text = "" if output.handled else self._text_left(event, output)
        if text:
            output = replace(output, commit=Commit(text))
        if output.refused:
            self._remark = self._strings(refusal_of(event), number=event.key, limit=MAX_LETTERS)
        self._render(output)
        is_taken = output.handled or bool(text)
        if not is_taken:
            self._leave_key(event)
        if self.is_composing and not was_composing:
            self._began_at = self._clock()
        return is_taken

    def pick(self, place: int) -> None:
        """Take the candidate at that place of the page. A place that the page lacks is nothing's."""
        menu = self._output.menu
        if self._deeds.is_open:
            self._deeds.choose(place)
            self._do()
        elif 0 <= place < len(menu.page_candidates):
            index = menu.page_start + place
            self._render(self._ask(lambda session: session.pick(index)))

    def open_deeds(self, place: int) -> None:
        """Show what can be done with the candidate at that place of the page."""
        menu = self._output.menu
        if self.is_composing and not self._deeds.is_open and 0 <= place < len(menu.page_candidates):
            self._deeds.open(menu, place)

    def turn_page(self, step: int) -> None:
        """Show the next page (1) or the one before (-1)."""
        if self.is_composing:
            self._render(self._ask(lambda session: session.turn_page(step)))

    def move_highlight(self, step: int) -> None:
        """Move the highlight down (1) or up (-1): the wheel over the candidates."""
        if self.is_composing:
            self.press(KeyEvent(Key.DOWN if step > 0 else Key.UP))

    def switch(self, modes: Modes) -> None:
        """Go on in these modes; the composition stays."""
        if self.engine is None:
            self._output = replace(self._output, **vars(modes))
        else:
            self._render(self._ask(lambda session: session.switch(modes)))

    # What the client says.

    def reset(self) -> None:
        """Drop the composition, unless the Reset is older than it.

        A key left to the client (Left, Backspace) moves its caret, and the client says Reset; that may
        come after the next letters, and would drop them.
        """
        is_late = self.is_reset_late()
        if self.is_composing and is_late and self._began_at >= self._left_at:
            self._view.repeat()
            return
        if self.is_composing or self._output.menu.candidates:
            self.drop()
        elif not is_late and self.client is not None and not self.client.has_surrounding:
            self._surround("", "")
        self.ask_surrounding()

    def drop(self) -> None:
        """Drop the composition, and take down what is shown."""
        if self.engine is not None:
            self._render(self.engine.session.reset())

    def is_reset_late(self) -> bool:
        """Return whether a Reset now would be the answer to a key that was left to the client."""
        return self._clock() - self._left_at - self._busy <= PATIENCE_S

    def report(self, text: str, cursor: int, anchor: int) -> None:
        """Take the text around the caret; believed at once only as the first report of this field."""
        if self.client is not None and self.client.has_surrounding:
            self.client.read(text, cursor, anchor, self._last_commit.text)
            self._is_report_new = True
            self.settle()

    def settle(self) -> float | None:
        """Tell the session what the client reported, once that cannot be older than the last key.

        Return the seconds until then; None where nothing waits.
        """
        client = self.client
        if client is None or self.engine is None or client.report is None or not self._is_report_new:
            return None
        if self._is_text_known:
            if self.is_composing:
                return None
            wait = self._changed_at + PATIENCE_S - self._clock()
            if wait > 0:
                return wait
        if self._stands_behind_pair(client.report):
            return None  # judged at the next key: before that GTK 3 tells nothing of a Left sent to it
        self._is_report_new = False
        self._is_text_known = True
        self._surround(client.report.before, client.report.after)
        return None

    def _stands_behind_pair(self, report: Report) -> bool:
        pair = self._last_commit
        return pair.behind > 0 and report.before.endswith(pair.text)

    def _judge_pair(self) -> None:
        """Make no more pairs where the caret did not go between the last: some ignore a key sent to them.

        A client tells its text before the key that follows, if it has changed.
        """
        client = self.client
        if client is None or client.report is None or not self._stands_behind_pair(client.report):
            return
        if self._clock() - self._changed_at >= PATIENCE_S:
            client.fixed_carets.add(client.program)
            self.apply(self._wanted)
            self._surround(client.report.before, client.report.after)

    def ask_surrounding(self) -> None:
        """Ask the client for the text around its caret, where it can tell."""
        if self.client is not None and self.client.has_surrounding:
            self._port.ask_surrounding(self.client.path)

    # While the user does nothing.

    def work_ahead(self) -> bool:
        """Do a piece of what the next key will need; return True where there is more to do.

        What fails is said once, and typing goes on.
        """
        if self.engine is None:
            return False
        try:
            if self.engine.session.warm():
                return True
            predictions = self.engine.session.predict()
        except Exception as error:
            self._note_failure(error)
            return False
        if predictions is not None and self.client is not None:
            self._render(predictions)
        return False

    def take_notices(self) -> list[Said]:
        """Return the engine's sentences for the user since the last time."""
        failures, self._failures = self._failures, []
        return failures if self.engine is None else [*failures, *self.engine.take_notices()]

    def say(self, text: str) -> None:
        """Show a sentence beside the candidates until the next key."""
        if self.client is not None:
            self._view.say(text)

    # Internals.

    def _press_in_deeds(self, event: KeyEvent) -> bool:
        """Open the menu on the highlighted candidate, or take a key that is meant for it."""
        if self._deeds.is_open:
            return self._take_in_deeds(event)
        menu = self._output.menu
        opens = event == MENU_KEY and self.is_composing and bool(menu.candidates)
        if opens:
            self.open_deeds(menu.highlighted % menu.page_size)
        return opens

    def _take_in_deeds(self, event: KeyEvent) -> bool:
        is_taken = self._deeds.press(event)
        if not self._deeds.is_open:
            self._do()
        return is_taken

    def _do(self) -> None:
        """Do with the candidate what was chosen, if anything, and show the candidates again."""
        index, deed = self._deeds.index, self._deeds.chosen
        output = self._output if deed is None else self._ask(lambda session: session.act(index, deed))
        if deed is not None and output.refused:
            self._remark = self._strings("deed.none")
        self._render(output)

    def _ask(self, ask: Callable[[Session], Output], event: KeyEvent | None = None) -> Output:
        """Return the session's answer; after a failure of its own, the letters as they were typed."""
        if self.engine is None:
            return self._output
        session = self.engine.session
        try:
            return ask(session)
        except UNUSABLE as error:  # what was in effect before stays
            self._remark = self._strings("settings.unusable", reason=error)
            return session.turn_page(0)
        except Exception as error:  # letters typed so far are the user's: give them back
            self._remark = self._strings("ibus.engine_error", kind=type(error).__name__)
            return given_back(session, self._output.preedit.typed, event)

    def _render(self, output: Output) -> None:
        """Commit and show; without a client nothing is, and the output is only kept."""
        client, commit = self.client, output.commit
        self._deeds.close()
        self._output = replace(output, commit=None)
        if client is None:
            return
        if commit is not None and (commit.text or commit.erased):
            self._commit(client, commit)
        remark, self._remark = self._remark or self._notice_of(output), ""
        self._view.show(output, remark)

    def _notice_of(self, output: Output) -> str:
        notice, applied = output.notice, self._applied
        if notice is None:
            return ""
        is_private = applied is not None and applied.learning.mode is LearningMode.PRIVATE
        passes = is_private and notice.kind is not NoticeKind.RESTORED
        key = f"notice.{notice.kind.value}{'.private' if passes else ''}"
        return self._strings(key, text=notice.text)

    def _commit(self, client: Client, commit: Commit) -> None:
        n_character = commit.erased + commit.replaced
        if n_character and client.has_surrounding:
            self._port.delete_surrounding(client.path, -commit.erased, n_character)
        if commit.text:
            self._port.commit(client.path, commit.text)
        for _ in range(commit.behind):
            self._port.press(client.path, LEFT, LEFT_KEYCODE)
        self._last_commit = commit
        self._changed()

    def _changed(self) -> None:
        self._changed_at = self._clock()
        self._is_text_known = True

    def _text_left(self, event: KeyEvent, output: Output) -> str:
        """Return what a key types that the session leaves alone, to be committed instead.

        Returned to the client it would be put behind what is committed next: `nihao,3.14` became
        你好，.314. In 英 nothing is committed that it could stand behind.
        """
        is_character = event.key is Key.SPACE or not isinstance(event.key, Key)
        return text_of(event) if output.chinese and is_character else ""

    def _leave_key(self, event: KeyEvent) -> None:
        """Note that the client does with the key what it likes."""
        self._left_at, self._busy = self._clock(), 0.0
        self._changed()
        is_known = bool(text_of(event)) or event in _KNOWN_BY_SESSION
        if self.client is not None and not self.client.has_surrounding and not is_known:
            self._surround("", "")  # the caret may be anywhere, and nobody will say where

    def _surround(self, before: str, after: str) -> None:
        if self.engine is not None:
            try:
                self.engine.session.set_surrounding_text(before, after)
            except Exception as error:  # the text then stays what the session knew
                self._note_failure(error)

    def _note_failure(self, error: Exception) -> None:
        """Keep what is to be said of work before a key, the first time that it fails."""
        if not self._has_failed_ahead:
            self._has_failed_ahead = True
            self._failures.append(says(Kind.AHEAD_FAILED, name=type(error).__name__))
