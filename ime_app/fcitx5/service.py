"""Pass what fcitx5's addon says to the host, and the host's texts back, without the socket itself."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from ime_app.field.host import Host
from ime_app.field.values import MenuItem, Table

Send = Callable[..., None]  # the fields of a message: strings, numbers, flags


class MessagePort:
    """The host's `Port` by messages to the addon."""

    def __init__(self, send: Send) -> None:
        self._send = send

    def commit(self, path: str, text: str) -> None:
        self._send("commit", path, text)

    def show_preedit(self, path: str, text: str, caret: int) -> None:
        self._send("preedit", path, text, caret)

    def show_auxiliary(self, path: str, text: str) -> None:
        self._send("auxiliary", path, text)

    def show_table(self, path: str, table: Table) -> None:
        flags = table.highlighted, table.has_before, table.has_after, table.vertical
        self._send("table", path, *flags, *(part for row in table.rows for part in row))

    def register_menu(self, path: str, items: Sequence[MenuItem]) -> None:
        self._send("menu", path, *(part for item in items for part in _parts(item)))

    def update_menu(self, path: str, item: MenuItem) -> None:
        self._send("item", path, *_parts(item))

    def delete_surrounding(self, path: str, offset: int, n_character: int) -> None:
        self._send("delete", path, offset, n_character)

    def press(self, path: str, keysym: int, keycode: int) -> None:
        self._send("press", path, keysym)

    def ask_surrounding(self, path: str) -> None:
        self._send("ask", path)


class Fcitx5Service:
    """A handler of the addon's messages in their order; one that it does not understand changes nothing."""

    def __init__(self, host: Host, send: Send) -> None:
        self._host = host
        self._send = send

    def handle(self, fields: Sequence[str]) -> None:
        """Handle a message: its name, and what it says."""
        name, *said = fields
        handler, n_field = _HANDLERS.get(name, (None, 0))
        if handler is not None and len(said) == n_field:
            handler(self, *said)

    def tell(self, act: Callable[..., None], *said: str) -> None:
        """Tell the host what is said."""
        act(self._host, *said)

    def _focus(self, path: str, program: str, *said: str) -> None:
        self._send("entered")
        self._field(path, *said)
        self._host.focus_in(path, program=program)

    def _field(self, path: str, capabilities: str, purpose: str, hints: str) -> None:
        self._host.set_capabilities(path, int(capabilities))
        self._host.set_content_type(path, int(purpose), int(hints))

    def _key(self, path: str, serial: str, keysym: str, state: str) -> None:
        def answer(is_taken: bool) -> None:
            if serial != "0":
                self._send("answer", serial, is_taken)

        self._host.key(path, int(keysym), int(state), answer)


def _parts(item: MenuItem) -> tuple[object, ...]:
    return item.name, item.label, item.symbol, item.kind, item.is_on


def _telling(act: Callable[..., None]) -> Callable[..., None]:
    return lambda service, *said: service.tell(act, *said)


_HANDLERS: Final[dict[str, tuple[Callable[..., None], int]]] = {  # what is said, and in how many fields
    "focus": (Fcitx5Service._focus, 5),
    "field": (Fcitx5Service._field, 4),
    "leave": (_telling(Host.focus_out), 1),
    "gone": (_telling(Host.destroy), 1),
    "reset": (_telling(Host.reset), 1),
    "text": (_telling(lambda host, path, text, *ends: host.set_surrounding(path, text, *map(int, ends))), 4),
    "key": (Fcitx5Service._key, 4),
    "click": (_telling(lambda host, path, place, button: host.click(path, int(place), int(button))), 3),
    "page": (_telling(lambda host, path, step: host.turn_page(path, int(step))), 2),
    "highlight": (_telling(lambda host, path, step: host.move_highlight(path, int(step))), 2),
    "activate": (_telling(Host.activate), 1),
}
