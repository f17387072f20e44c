"""Keep what a worker was told of its fields and shows in them, so that the next one goes on where it died.

It lies in the memory of the parent: letters under composition are written nowhere.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Sequence
from typing import Any, Final

from ime_app.field.values import Table
from ime_app.field.view import Port

Tell = Callable[[str, str, Sequence[Any]], None]  # path, member, body
Press = Callable[[str, str], None]  # path, character

_LASTING: Final[tuple[str, ...]] = "SetCapabilities", "Set"  # told of a field, whoever has the keyboard
_FOCUS: Final[tuple[str, ...]] = ("FocusIn", "FocusInId")
_RETYPED: Final[re.Pattern[str]] = re.compile("[a-zA-Z][a-zA-Z';]*")  # type the same once more
_LEAVING: Final[frozenset[str]] = frozenset({"FocusOut", "FocusOutId", "Disable"})


class Inheritance:
    """What each engine object was told last, and the letters that a client shows."""

    def __init__(self, data: bytes = b"") -> None:
        """Begin with what a worker before this one kept, if anything."""
        n_created, told, shown = json.loads(data) if data else (0, {}, ["", ""])
        self.n_created: int = n_created  # engine objects so far
        self._told: dict[str, dict[str, Sequence[Any]]] = told
        self._shown: tuple[str, str] = shown[0], shown[1]

    def to_bytes(self) -> bytes:
        """Return it for the parent to keep."""
        return json.dumps([self.n_created, self._told, self._shown]).encode("ascii")

    def hear(self, path: str, member: str, body: Sequence[Any]) -> None:
        """Note what is told of the field behind an engine object."""
        if member in _LASTING + _FOCUS:
            self._told.setdefault(path, {})[member] = body
        elif member in _LEAVING:
            for focus in _FOCUS:
                self._told.get(path, {}).pop(focus, None)
        elif member == "Destroy":
            self._told.pop(path, None)
        if member in _LEAVING or member == "Destroy":
            self.show(path, "")

    def letters(self, path: str) -> str:
        """Return the letters under composition that the client shows."""
        return self._shown[1] if self._shown[0] == path else ""

    def show(self, path: str, letters: str) -> None:
        """Note what the client shows of a composition."""
        if letters or self._shown[0] == path:
            self._shown = (path, letters) if letters else ("", "")

    def resume(self, tell: Tell, press: Press, port: Port, *, retypes: bool) -> None:
        """Tell everything again, and `press` again the letters that a client shows.

        Where they cannot be typed again, or not `retypes`, they become text.
        """
        for path, calls in [(path, dict(calls)) for path, calls in self._told.items()]:
            for member in (*_LASTING, *_FOCUS):
                if member in calls:
                    tell(path, member, calls[member])
            if any(member in calls for member in _FOCUS):
                port.show_auxiliary(path, "")
                port.show_table(path, Table())
        self.type_again(press, port, retypes=retypes)

    def type_again(self, press: Press, port: Port, *, retypes: bool = True) -> None:
        """Press again the letters that a client shows, or make text of them."""
        path, letters = self._shown
        if retypes and _RETYPED.fullmatch(letters):
            for letter in letters:
                press(path, letter)
        else:
            self.give_back(path, port)

    def give_back(self, path: str, port: Port) -> None:
        """Make text of the letters that the client shows; once."""
        if letters := self.letters(path):
            port.commit(path, letters)
            port.show_preedit(path, "", 0)
            self.show(path, "")
