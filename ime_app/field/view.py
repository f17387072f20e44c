"""Show an `Output` by the desktop's own widgets: preedit, candidates, auxiliary text.

The preedit is what Enter would commit, without spaces: the client itself puts it into the text if the
keyboard goes elsewhere. The reading with its spaces is auxiliary text.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol

from engine.protocol import Menu, Output
from ime_app.field.values import MenuItem, Table
from ime_app.i18n.strings import Strings, annotation_of


class Port(Protocol):
    """A receiver of all that is shown or typed: signals of the engine object at `path`."""

    def commit(self, path: str, text: str) -> None: ...
    def show_preedit(self, path: str, text: str, caret: int) -> None: ...
    def show_auxiliary(self, path: str, text: str) -> None: ...
    def show_table(self, path: str, table: Table) -> None: ...
    def register_menu(self, path: str, items: Sequence[MenuItem]) -> None: ...
    def update_menu(self, path: str, item: MenuItem) -> None: ...
    def delete_surrounding(self, path: str, offset: int, n_character: int) -> None: ...
    def press(self, path: str, keysym: int, keycode: int) -> None: ...
    def ask_surrounding(self, path: str) -> None: ...


class View:
    """A sender of what differs from what was sent last, for one engine object at a time."""

    def __init__(self, port: Port, strings: Strings) -> None:
        self._port = port
        self._strings = strings
        self.vertical = False
        self._path = ""
        self.forget("")

    def forget(self, path: str) -> None:
        """Begin at another engine object, or anew at this one: nothing is shown there."""
        self._path = path
        self._preedit = ("", 0)
        self._auxiliary = ""
        self._table = Table()

    def show(self, output: Output, remark: str = "") -> None:
        """Show all of the output but its commit; `remark`: a sentence in the place of the reading."""
        preedit = output.preedit
        self._show_preedit(preedit.typed, preedit.typed_caret)
        self.say(remark or preedit.text)
        self._show_table(self._table_of(output.menu, is_composing=bool(preedit.text)))

    def show_choices(self, rows: Sequence[str], highlighted: int) -> None:
        """Show a menu in a column, in the place of the candidates."""
        labels = tuple((row, "") for row in rows)
        self._show_table(Table(labels, highlighted, len(rows), vertical=True))

    def say(self, text: str) -> None:
        """Show the auxiliary text; empty: none."""
        if text != self._auxiliary:
            self._auxiliary = text
            self._port.show_auxiliary(self._path, text)

    def repeat(self) -> None:
        """Send preedit, auxiliary text and candidates once more: the client has dropped them."""
        self._port.show_preedit(self._path, *self._preedit)
        self._port.show_auxiliary(self._path, self._auxiliary)
        self._port.show_table(self._path, self._table)

    def _show_preedit(self, text: str, caret: int) -> None:
        if (text, caret) != self._preedit:
            self._preedit = text, caret
            self._port.show_preedit(self._path, text, caret)

    def _show_table(self, table: Table) -> None:
        if table != self._table:
            self._table = table
            self._port.show_table(self._path, table)

    def _table_of(self, menu: Menu, *, is_composing: bool) -> Table:
        """Return the page of candidates. Predictions have no highlight: no key picks them by it."""
        if not menu.candidates:
            return Table()
        return Table(
            rows=tuple((row.label, annotation_of(row, self._strings)) for row in menu.page_candidates),
            highlighted=menu.highlighted % menu.page_size if is_composing else -1,
            page_size=menu.page_size,
            has_before=menu.page > 0,
            has_after=menu.page + 1 < menu.n_page,
            vertical=self.vertical,
        )
