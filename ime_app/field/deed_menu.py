"""Show the menu on a candidate in place of the candidates: pin it, forget it, add it, show its reading."""

from __future__ import annotations

from typing import Final

from engine.protocol import Deed, Key, KeyEvent, Menu, Modifier
from engine.session.candidate_actions import deeds_of
from ime_app.field.view import View
from ime_app.i18n.strings import Strings

MENU_KEY: Final[KeyEvent] = KeyEvent(Key.ENTER, Modifier.CONTROL)
_STEPS: Final[dict[KeyEvent, int]] = {
    KeyEvent(Key.DOWN): 1,
    KeyEvent(Key.TAB): 1,
    KeyEvent(Key.UP): -1,
    KeyEvent(Key.TAB, Modifier.SHIFT): -1,
}
_TAKES: Final[tuple[KeyEvent, ...]] = (KeyEvent(Key.SPACE), KeyEvent(Key.ENTER), MENU_KEY)


class DeedMenu:
    """Closed at first, and again once something was chosen: `chosen`, for the candidate `index`."""

    def __init__(self, view: View, strings: Strings) -> None:
        self._view = view
        self._strings = strings
        self._deeds: list[Deed] = []
        self._text = ""
        self._highlighted = 0
        self.index = 0  # in the whole menu of candidates
        self.chosen: Deed | None = None

    @property
    def is_open(self) -> bool:
        return bool(self._deeds)

    def open(self, menu: Menu, place: int) -> None:
        """Show what can be done with the candidate at that place of the page, or say that nothing can."""
        candidate = menu.page_candidates[place]
        self._deeds, self._text, self._highlighted = deeds_of(candidate), candidate.label, 0
        self.index, self.chosen = menu.page_start + place, None
        if self._deeds:
            self._show()
        else:
            self._view.say(self._strings("deed.none"))

    def press(self, event: KeyEvent) -> bool:
        """Take a key; return False where it is the session's. Any key but those that move closes the menu."""
        step = _STEPS.get(event)
        if step is not None:
            self._highlighted = (self._highlighted + step) % len(self._deeds)
            self._show()
            return True
        is_number = not event.modifiers and event.key.isdigit()
        if is_number or event in _TAKES:
            self.choose(int(event.key) - 1 if is_number else self._highlighted)
            return True
        self.close()
        return event == KeyEvent(Key.ESCAPE)

    def choose(self, place: int) -> None:
        """Choose what stands at a place, from 0, or nothing where nothing does."""
        self.chosen = self._deeds[place] if 0 <= place < len(self._deeds) else None
        self._deeds = []

    def close(self) -> None:
        """Choose nothing."""
        self.choose(-1)

    def _show(self) -> None:
        rows = [self._strings(f"deed.{deed.value}", text=self._text) for deed in self._deeds]
        self._view.show_choices(rows, self._highlighted)
