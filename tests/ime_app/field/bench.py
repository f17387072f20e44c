"""A host without a bus: a port that writes down what it is told, a clock that a test turns, a client."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from ime_app.field.home import Home
from ime_app.field.host import Host
from ime_app.field.keysyms import LEFT, State
from ime_app.field.values import MenuItem, Table
from ime_app.i18n.strings import Strings
from ime_app.input.loaded_engine import Engine
from tests.ime_app.field.small_engine import small_model

PATH = "/engine/1"
SURROUNDING, PLAIN = 0b101001, 0b001001  # capabilities: as GTK says, as xterm
SHIFT_L, BACKSPACE, RETURN, SPACE, DOWN = 0xFFE1, 0xFF08, 0xFF0D, 0x20, 0xFF54
NAMED = {"\b": BACKSPACE, "\n": RETURN, "←": LEFT, " ": SPACE}


@dataclass
class RecordingPort:
    """Every call in order, and what the client would show after them."""

    log: list[tuple[object, ...]] = field(default_factory=list)
    preedit: str = ""
    caret: int = 0
    auxiliary: str = ""
    table: Table = field(default_factory=Table)
    menu: dict[str, MenuItem] = field(default_factory=dict)

    @property
    def commits(self) -> list[str]:
        return [str(entry[2]) for entry in self.log if entry[0] == "commit"]

    def of(self, kind: str) -> list[tuple[object, ...]]:
        return [entry for entry in self.log if entry[0] == kind]

    def commit(self, path: str, text: str) -> None:
        self.log.append(("commit", path, text))

    def show_preedit(self, path: str, text: str, caret: int) -> None:
        self.log.append(("preedit", path, text))
        self.preedit, self.caret = text, caret

    def show_auxiliary(self, path: str, text: str) -> None:
        self.log.append(("auxiliary", path, text))
        self.auxiliary = text

    def show_table(self, path: str, table: Table) -> None:
        self.log.append(("table", path))
        self.table = table

    def register_menu(self, path: str, items: Sequence[MenuItem]) -> None:
        self.log.append(("menu", path))
        self.menu = {item.name: item for item in items}

    def update_menu(self, path: str, item: MenuItem) -> None:
        self.log.append(("item", path, item.name))
        self.menu[item.name] = item

    def delete_surrounding(self, path: str, offset: int, n_character: int) -> None:
        self.log.append(("delete", path, offset, n_character))

    def press(self, path: str, keysym: int, keycode: int) -> None:
        self.log.append(("press", path, keysym))

    def ask_surrounding(self, path: str) -> None:
        self.log.append(("ask", path))


class Bench:
    """`loading`: the engine does not come before `load` is called."""

    def __init__(self, folder: Path, *, loading: bool = False, capabilities: int = SURROUNDING) -> None:
        self.now = 100.0
        self.port = RecordingPort()
        self.folder = folder
        self.home = Home(folder, folder / "settings.toml")
        self.strings = Strings("en")
        self.opened: list[str] = []
        self.n_load = 0
        self.engines: list[Engine] = []
        self.host = Host(self.port, self.home, self.strings, self, lambda: self.now)
        self.host.create(PATH)
        self.host.start()
        if not loading:
            self.finish_loading()
        self.capabilities = capabilities
        self.focus()

    # The host's helpers.

    def load(self) -> None:
        self.n_load += 1

    def open_dialog(self, name: str) -> None:
        self.opened.append(name)

    # The test's hands.

    def finish_loading(self, change: Callable[[Engine], None] | None = None) -> None:
        model = small_model(self.folder)

        def open_engine() -> Engine:
            engine = model.open()
            self.engines.append(engine)
            if change is not None:
                change(engine)
            return engine

        self.host.loaded(open_engine)

    def focus(self, purpose: int = 0, hints: int = 0) -> None:
        """Say what the daemon says at a focus-in, in its order."""
        self.host.focus_in(PATH)
        self.host.set_capabilities(PATH, self.capabilities)
        self.host.set_content_type(PATH, purpose, hints)

    def leave(self) -> None:
        self.host.focus_out(PATH)

    def key(self, keysym: int, state: int = 0) -> list[bool]:
        """Press and release; the answer to the press, empty while it waits."""
        answers: list[bool] = []
        self.host.key(PATH, keysym, state, answers.append)
        self.host.key(PATH, keysym, state | State.RELEASE, lambda taken: None)
        return answers

    def type(self, text: str, seconds: float = 0.04) -> list[bool]:
        """Type the characters; whether each was taken."""
        taken = []
        for character in text:
            self.now += seconds
            taken += self.key(NAMED.get(character, ord(character)))
        return taken

    def tap_shift(self, seconds: float = 0.1) -> None:
        self.host.key(PATH, SHIFT_L, 0, lambda taken: None)
        self.now += seconds
        self.host.key(PATH, SHIFT_L, State.SHIFT | State.RELEASE, lambda taken: None)

    def report(self, before: str, after: str = "") -> None:
        self.host.set_surrounding(PATH, before + after, len(before), len(before))

    def idle(self, seconds: float = 1.0) -> None:
        """Nobody types for so long."""
        self.now += seconds
        for _ in range(100):
            if self.host.idle() != 0.0:
                return
        raise AssertionError("the work ahead does not end")

    def close(self) -> None:
        self.host.close()
