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

    def _focus(self, path: str, program: str, *said: str) -> None:
        self._send("entered")
        self._field(path, *said)
        self._host.focus_in(path, program=program)

    def _field(self, path: str, capabilities: str, purpose: str, hints: str) -> None:
        self._host.set_capabilities(path, int(capabilities))
        self._host.set_content_type(path, int(purpose), int(hints))

    def _leave(self, path: str) -> None:
        self._host.focus_out(path)

    def _gone(self, path: str) -> None:
        self._host.destroy(path)

    def _reset(self, path: str) -> None:
        self._host.reset(path)

    def _text(self, path: str, text: str, cursor: str, anchor: str) -> None:
        self._host.set_surrounding(path, text, int(cursor), int(anchor))

    def _key(self, path: str, serial: str, keysym: str, state: str) -> None:
        def answer(is_taken: bool) -> None:
            if serial != "0":
                self._send("answer", serial, is_taken)

        self._host.key(path, int(keysym), int(state), answer)

    def _click(self, path: str, place: str, button: str) -> None:
        self._host.click(path, int(place), int(button))

    def _page(self, path: str, step: str) -> None:
        self._host.turn_page(path, int(step))

    def _highlight(self, path: str, step: str) -> None:
        self._host.move_highlight(path, int(step))

    def _activate(self, name: str) -> None:
        self._host.activate(name)


def _parts(item: MenuItem) -> tuple[object, ...]:
    return item.name, item.label, item.symbol, item.kind, item.is_on


_HANDLERS: Final[dict[str, tuple[Callable[..., None], int]]] = {  # what is said, and in how many fields
    "focus": (Fcitx5Service._focus, 5),
    "field": (Fcitx5Service._field, 4),
    "leave": (Fcitx5Service._leave, 1),
    "gone": (Fcitx5Service._gone, 1),
    "reset": (Fcitx5Service._reset, 1),
    "text": (Fcitx5Service._text, 4),
    "key": (Fcitx5Service._key, 4),
    "click": (Fcitx5Service._click, 3),
    "page": (Fcitx5Service._page, 2),
    "highlight": (Fcitx5Service._highlight, 2),
    "activate": (Fcitx5Service._activate, 1),
}
