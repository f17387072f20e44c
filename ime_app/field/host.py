"""Handle all that the daemon asks, in its order: keys, focus, menu; and load the engine beside.

While the engine loads, keys that could concern it wait here with everything that comes behind them, and are
answered in their order when it is there. There is no D-Bus here; for one thread.
"""

from __future__ import annotations

import gc
import time
from collections.abc import Callable
from dataclasses import replace
from typing import Final, Protocol

from engine.errors import Said
from engine.protocol import Key, KeyEvent, Modifier
from engine.session.keymap import action_of, text_of
from ime_app.field.client import Client
from ime_app.field.field_input import FieldInput
from ime_app.field.held import HeldCalls
from ime_app.field.home import Home
from ime_app.field.indicator import DIALOGS, MODE, PRIVATE, menu_items, switched
from ime_app.field.keysyms import SHIFT_KEYS, State, key_event_of, modifiers_of
from ime_app.field.values import MenuItem
from ime_app.field.view import Port, View
from ime_app.i18n.environment_language import environment_language
from ime_app.i18n.strings import Strings
from ime_app.input.loaded_engine import Engine
from ime_app.input.shift_tap import ShiftTap
from ime_app.settings.engine_options import EngineOptions, engine_options_or_complaint
from ime_app.settings.session_state import Remembered

GIVE_BACK_S: Final[float] = 10.0  # for a key that waits; daemon and client wait 15 s for its answer
TAP_S: Final[float] = 1.0  # Shift held longer was held for a click, which nobody reports
RIGHT_BUTTON: Final[int] = 3
# The same as in the window; while nothing is composed, the key belongs to the application.
PRIVATE_KEY: Final[KeyEvent] = KeyEvent("p", Modifier.CONTROL | Modifier.SHIFT)


class Helpers(Protocol):
    """The work that the host hands to others: loading in a thread, dialogs in a process."""

    def load(self) -> None:
        """Begin to load the bundle in use; `Host.loaded` or `Host.failed` is called when that is done."""
        ...

    def open_dialog(self, name: str) -> None:
        """Open the window's dialog of that name."""
        ...


class Host:
    """One user's engine on one daemon; `start` begins to load."""

    def __init__(
        self,
        port: Port,
        home: Home,
        strings: Strings,
        helpers: Helpers,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._port = port
        self._home = home
        self._strings = strings
        self._helpers = helpers
        self._held = HeldCalls(clock)
        left = home.load_modes()
        self._private = left.private
        self._view = View(port, strings)
        self._input = FieldInput(port, self._view, strings, left.modes, self._held.now)
        self._tap = ShiftTap(TAP_S, self._held.now)
        self._clients: dict[str, Client] = {}
        self._fixed_carets: set[str] = set()
        self._next: Callable[[], Engine] | None = None  # an engine that takes over at the next pause
        self._is_hopeless = False  # no key waits for the engine any more
        self._remarks: list[str] = []
        self._menu: tuple[MenuItem, ...] = ()
        self._complaint: Said = ""
        self._options = self._read_options()

    def start(self) -> None:
        """Begin to load the engine."""
        self._helpers.load()

    # Loading the engine.

    def loaded(self, open_engine: Callable[[], Engine]) -> None:
        """Take over an engine that is loaded, as soon as nothing is composed; then answer what waits."""
        self._next = open_engine
        self._take_over()

    def failed(self, reason: Said) -> None:
        """Give back what waits: there is no engine, or none but the one before."""
        if self._input.engine is None:
            self._is_hopeless = True
            self._held.give_back()
            self._remark(self._strings("ibus.no_engine", reason=reason))
        else:
            self.notice(reason)

    def notice(self, reason: object) -> None:
        """Say what is wrong with what is learnt or shared, now or when a field has the keyboard."""
        self._remark(self._strings("learning_notice", reason=reason))

    def _take_over(self) -> None:
        if self._next is None or self._input.is_composing:
            return
        open_engine, self._next = self._next, None
        try:
            engine = open_engine()
        except Exception as error:  # whatever it is, letters must go through
            self.failed(type(error).__name__)
            return
        is_another = self._input.engine is not None
        self._input.take_engine(engine, self._read_options())
        if is_another:
            gc.collect()  # the former model is part of a cycle: some 80 MB that nothing else would free soon
        self._is_hopeless = False
        for notice in filter(None, engine.notices):
            self.notice(notice)
        self._held.run()

    # Engine objects and their fields.

    def create(self, path: str) -> None:
        """Make the client of a new engine object of the daemon."""
        self._clients[path] = Client(path, fixed_carets=self._fixed_carets)

    def destroy(self, path: str) -> None:
        """Forget an engine object that is gone."""
        self.focus_out(path)
        self._held.in_order(lambda: self._clients.pop(path, None))

    def focus_in(self, path: str, field_path: str = "", program: str = "") -> None:
        """Give the keyboard to a field of a program. FocusIn and FocusInId of the same field are one."""
        self._held.in_order(lambda: self._focus_in(path, field_path, program))

    def focus_out(self, path: str) -> None:
        """Take the keyboard from a field."""
        client = self._input.client
        if client is not None and client.path == path:
            self._held.give_back()  # what waits was typed here, and could be shown here no more
            self._focus_out(client)

    def set_capabilities(self, path: str, capabilities: int) -> None:
        """Set what the field's client can do."""
        self._held.in_order(lambda: self._change(path, "capabilities", capabilities))

    def set_content_type(self, path: str, purpose: int, hints: int) -> None:
        """Set what the field is for, at once: no key of a password may wait here."""
        client = self._client(path)
        client.purpose, client.hints = purpose, hints
        self._held.in_order(lambda: self._on_changed(client))

    def reset(self, path: str) -> None:
        """Begin anew with the client: its caret was moved, its text was changed."""
        self._held.in_order(lambda: self._reset(path))

    def set_surrounding(self, path: str, text: str, cursor: int, anchor: int) -> None:
        """Set the text around the client's caret."""
        self._held.in_order(lambda: self._report(path, text, cursor, anchor))

    def _focus_in(self, path: str, field_path: str, program: str) -> None:
        client, known = self._client(path), self._input.client
        if known is client and field_path in ("", client.field_path or field_path):
            client.field_path = field_path or client.field_path
            client.program = program or client.program
            self._apply()
            return
        if known is not None:
            self._input.leave()
        client.field_path, client.program = field_path, program
        self._tap.disarm()
        self._reread_settings()
        self._load_other_bundle()
        self._input.enter(client)
        self._apply()
        self._menu = self._menu_items()
        self._port.register_menu(path, self._menu)
        self._say_remarks()

    def _focus_out(self, client: Client) -> None:
        client.field_path = ""
        self._tap.disarm()
        self._input.leave()
        self._take_over()

    def _change(self, path: str, name: str, value: int) -> None:
        client = self._client(path)
        if getattr(client, name) != value:
            setattr(client, name, value)
            self._on_changed(client)
            if client is self._input.client:
                self._input.ask_surrounding()

    def _on_changed(self, client: Client) -> None:
        if client is not self._input.client:
            return
        if client.is_secret:
            self._input.drop()
        self._apply()
        self._update_menu()

    def _reset(self, path: str) -> None:
        if self._input.client is self._client(path):
            if not self._input.is_reset_late():
                self._tap.disarm()
            self._input.reset()

    def _report(self, path: str, text: str, cursor: int, anchor: int) -> None:
        client = self._client(path)
        if client is self._input.client and not client.is_secret:
            self._input.report(text, cursor, anchor)

    def _client(self, path: str) -> Client:
        return self._clients.setdefault(path, Client(path, fixed_carets=self._fixed_carets))

    # Keys and the mouse.

    def key(self, path: str, keysym: int, state: int, answer: Callable[[bool], None]) -> None:
        """Handle a key press or release; `answer` is told whether it is taken, at once or later."""
        if self._held or self._may_concern(path, keysym, state):
            if not self._held:
                self._input.say(self._strings("ibus.loading"))
            self._held.hold(lambda: answer(self._key(path, keysym, state)), lambda: answer(False))
        else:
            answer(self._key(path, keysym, state))

    def turn_page(self, path: str, step: int) -> None:
        """Turn the page: a click on the arrows of the candidates."""
        self._on_focused(path, lambda: self._input.turn_page(step))

    def move_highlight(self, path: str, step: int) -> None:
        """Move the highlight: the wheel over the candidates."""
        self._on_focused(path, lambda: self._input.move_highlight(step))

    def click(self, path: str, place: int, button: int) -> None:
        """Take a clicked candidate, or with the right button show what can be done with it."""
        act = self._input.open_deeds if button == RIGHT_BUTTON else self._input.pick
        self._on_focused(path, lambda: act(place))

    def activate(self, name: str) -> None:
        """Do what a clicked item of the menu says."""
        self._held.in_order(lambda: self._activate(name))

    def _may_concern(self, path: str, keysym: int, state: int) -> bool:
        """Return whether a key has to wait for the engine that is being loaded."""
        if self._input.engine is not None or self._is_hopeless or self._client(path).is_secret:
            return False
        event = None if state & State.RELEASE else key_event_of(keysym, state)
        if event is None:
            return False
        state_of_keys = self._input.key_state
        types = state_of_keys.chinese and bool(text_of(event)) and event.key not in (Key.ENTER, Key.TAB)
        return types or action_of(event, state_of_keys, self._options.session) is not None

    def _key(self, path: str, keysym: int, state: int) -> bool:
        client = self._client(path)
        if client.is_secret:
            self._tap.disarm()
            return False
        if self._input.client is not client:
            self._focus_in(path, "", "")
        if keysym in SHIFT_KEYS:
            self._shift(state)
            return False
        if state & State.RELEASE:
            return False
        self._tap.disarm()
        event = key_event_of(keysym, state)
        return event is not None and self._press(event)

    def _shift(self, state: int) -> None:
        if not state & State.RELEASE:
            self._tap.press(alone=not modifiers_of(state & ~State.SHIFT))
        elif self._tap.release():
            self._toggle_mode(Key.SHIFT)

    def _press(self, event: KeyEvent) -> bool:
        if event == PRIVATE_KEY and self._input.is_composing:
            self._activate(PRIVATE)
            return True
        is_taken = self._input.press(event)
        self._update_menu()
        return is_taken

    def _toggle_mode(self, key: Key) -> None:
        """Switch 中/英. Before the engine is there, and without one, only the mode changes."""
        if key == Key.SHIFT and self._options.session.shift == "nothing":
            return
        if self._input.engine is None:
            modes = self._input.modes
            self._input.switch(replace(modes, chinese=not modes.chinese))
            self._update_menu()
        else:
            self._press(KeyEvent(key))

    def _on_focused(self, path: str, act: Callable[[], None]) -> None:
        def run() -> None:
            if self._input.client is self._client(path):
                act()
                self._update_menu()

        self._held.in_order(run)

    def _activate(self, name: str) -> None:
        if name in DIALOGS:
            self._helpers.open_dialog(name)
        elif name == MODE:
            self._toggle_mode(Key.MODE)
        elif name == PRIVATE:
            self._private = not self._private
            self._apply()
        else:
            self._input.switch(switched(self._input.modes, name))
        self._update_menu()

    # While nobody types.

    def idle(self) -> float | None:
        """Do what can wait, a piece of it; return the seconds until there is more, None for never.

        To be called when no message waits.
        """
        if self._held.seconds() > GIVE_BACK_S:
            self._is_hopeless = True
            self._held.give_back()
            self._remark(self._strings("ibus.too_slow"))
        self._take_over()
        wait = self._input.settle()
        self._load_other_bundle()
        if self._reread_settings():
            self._apply()
        more = self._input.work_ahead()
        for notice in self._input.take_notices():
            self.notice(notice)
        if more:
            return 0.0
        return 0.5 if self._held else wait

    def close(self) -> None:
        """Write what was learnt, and let go of the user's files."""
        if self._input.engine is not None:
            self._input.engine.close()

    # Internals.

    def _load_other_bundle(self) -> None:
        if self._home.has_other_bundle():
            self._helpers.load()

    def _read_options(self) -> EngineOptions:
        """Return the user's settings, with nothing kept where the user or the field wants that."""
        client = self._input.client
        private = self._private or (client is not None and client.is_private)
        options, complaint = engine_options_or_complaint(self._home.settings, private=private)
        if complaint and complaint != self._complaint:
            self._remark(self._strings("settings.unusable", reason=complaint))
        self._complaint = complaint
        return options

    def _apply(self) -> None:
        self._view.vertical = self._home.settings.appearance.candidate_list == "vertical"
        self._options = self._read_options()
        self._input.apply(self._options)

    def _reread_settings(self) -> bool:
        if not self._home.reread_settings():
            return False
        self._strings.switch(environment_language(self._home.settings.appearance.language))
        return True

    def _menu_items(self) -> tuple[MenuItem, ...]:
        client = self._input.client
        private_here = client is not None and client.is_private
        return menu_items(self._input.modes, self._strings, private=self._private, private_here=private_here)

    def _update_menu(self) -> None:
        """Say what has changed of the menu, and keep the modes."""
        before, self._menu = self._menu, self._menu_items()
        client = self._input.client
        if self._menu == before:
            return
        if client is not None:
            for old, item in zip(before, self._menu, strict=False):
                if item != old:
                    self._port.update_menu(client.path, item)
        self._home.keep_modes(Remembered(self._input.modes, self._private))

    def _remark(self, sentence: str) -> None:
        """Say it once, now or when a field has the keyboard."""
        if sentence not in self._remarks:
            self._remarks.append(sentence)
        self._say_remarks()

    def _say_remarks(self) -> None:
        if self._input.client is not None and self._remarks:
            self._input.say(" ".join(self._remarks))
            self._remarks.clear()
