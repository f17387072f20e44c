"""A real IBus daemon on a bus of its own, without a screen, and a client that types into it.

Without ibus and dbus (Debian: `apt install ibus dbus`) it raises MissingProgramError: nothing is skipped.
"""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from jeepney import DBusAddress, HeaderFields, Message, MessageType, new_method_call, new_signal
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import open_dbus_connection
from jeepney.wrappers import Properties

from ime_app.ibus import wire
from ime_app.ibus.installation.component import component_of
from tests.ime_app.display import REPOSITORY, MissingProgramError, engine_processes, wait_for

PANEL = DBusAddress("/org/freedesktop/IBus/Panel", "org.freedesktop.IBus.Panel", "org.freedesktop.IBus.Panel")
IBUS = DBusAddress("/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus")
SHIFT_L, LEFT, BACKSPACE, RETURN, SPACE = 0xFFE1, 0xFF51, 0xFF08, 0xFF0D, 0x20
RELEASE = 1 << 30
EVERYTHING = 0b111111  # capabilities
_TELL_BUS = 'echo "$DBUS_SESSION_BUS_ADDRESS" > "$0"; exec "$@"'
SYSTEM_COMPONENTS = Path("/usr/share/ibus/component")


@dataclass
class Daemon:
    """The process, its environment, and the command that it starts as 墨音."""

    process: subprocess.Popen[bytes]
    environment: dict[str, str]
    folder: Path
    fields: list[Field] = field(default_factory=list)

    @property
    def bus(self) -> str:
        """The address of the session's bus, by which GTK 4 knows that the daemon is there."""
        return (self.folder / "bus").read_text(encoding="utf-8").strip()

    @property
    def address(self) -> str:
        return wire.address(self.environment) or ""

    def children(self) -> list[int]:
        """Return the ids of the engine's processes, the parent first."""
        return engine_processes(self.folder)

    def kill_session(self) -> None:
        """Kill what is left of the session but the engine, which has to end by itself when the daemon does.

        The daemon makes a process group of its own, and one that has just begun may not hear that its
        session ends.
        """
        engine = self.children()
        for entry in Path("/proc").iterdir():
            if entry.name.isdigit() and int(entry.name) not in engine:
                with suppress(OSError):
                    fields = (entry / "stat").read_text().rpartition(")")[2].split()
                    if int(fields[3]) == self.process.pid:  # the session's id
                        os.kill(int(entry.name), signal.SIGKILL)


def engine_command(folder: Path, *arguments: str) -> list[str]:
    """Return what the daemon starts: the engine's process, on data in `folder`."""
    script = str(Path(__file__).with_name("engine_process.py"))
    return [sys.executable, "-P", script, str(folder), *arguments]


@contextmanager
def ibus_daemon(
    folder: Path,
    command: Sequence[str],
    display: Mapping[str, str] | None = None,
    paths: Sequence[Path] = (REPOSITORY,),
) -> Iterator[Daemon]:
    """Run a daemon that knows 墨音 and the keyboards; it has ended with the block, and so have its children.

    On a display it has its panel, and writes its address where clients look for it. `paths` are where the
    engine finds its modules, besides its own environment.
    """
    for program in ("ibus-daemon", "dbus-run-session"):
        if shutil.which(program) is None:
            raise MissingProgramError(f"{program} is missing; on Debian: apt install ibus dbus")
    environment = _environment(folder, display) | {"PYTHONPATH": ":".join(map(str, paths))}
    options = ["--emoji-extension=disable", "--cache=none", "--verbose"]
    with_screen = ["--xim", "--config=/usr/libexec/ibus-memconf"]
    options += with_screen if display else ["--single", "--config=disable"]
    _write_components(folder / "component", command)
    with (folder / "stderr").open("wb") as stderr:
        process = subprocess.Popen(
            ["dbus-run-session", "--", "sh", "-c", _TELL_BUS, str(folder / "bus"), "ibus-daemon", *options],
            env=environment,
            stdout=stderr,
            stderr=stderr,
            start_new_session=True,
        )
    daemon = Daemon(process, environment, folder)
    try:
        wait_for("address of the IBus daemon", lambda: daemon.address)
        yield daemon
    finally:
        for opened in daemon.fields:
            opened.close()
        os.killpg(process.pid, signal.SIGTERM)
        process.wait(60)
        daemon.kill_session()
        wait_for("end of the engine's processes", lambda: not daemon.children())


def _environment(folder: Path, display: Mapping[str, str] | None) -> dict[str, str]:
    own = {
        "HOME": str(folder),
        "XDG_RUNTIME_DIR": str(folder),
        "IBUS_COMPONENT_PATH": str(folder / "component"),
        "OMP_NUM_THREADS": "1",
        "LANG": "C.UTF-8",
        "NO_AT_BRIDGE": "1",
    }
    if display is None:
        own["IBUS_ADDRESS_FILE"] = str(folder / "address")
    kept = ("PATH", "VIRTUAL_ENV", "DISPLAY", "QT_QPA_PLATFORM")
    known = os.environ if display is None else display
    return {name: known[name] for name in kept if name in known} | own


def _write_components(components: Path, command: Sequence[str]) -> None:
    components.mkdir(exist_ok=True)
    (components / "moyin.xml").write_text(component_of(list(command), icon=""), encoding="utf-8")
    for name in ("simple.xml", "gtkpanel.xml", "memconf.xml"):
        shutil.copy(SYSTEM_COMPONENTS / name, components)


@dataclass
class Field:
    """A text field: its text as a client would have it, and all that the bus said."""

    connection: Any
    path: str
    text: str = ""
    preedit: str = ""
    preedits: list[str] = field(default_factory=list)  # all that were shown
    commits: list[str] = field(default_factory=list)
    auxiliary: str = ""
    candidates: list[str] = field(default_factory=list)
    asked: int = 0  # times that the surrounding text was asked for
    capabilities: int = EVERYTHING

    @classmethod
    def open(cls, daemon: Daemon, name: str = "test", capabilities: int = EVERYTHING) -> Self:
        connection = open_dbus_connection(daemon.address)
        (path,) = connection.send_and_get_reply(
            new_method_call(IBUS, "CreateInputContext", "s", (name,))
        ).body
        made = cls(connection, path, capabilities=capabilities)
        daemon.fields.append(made)
        own_preedit = Properties(made.address).set("ClientCommitPreedit", "(b)", (True,))
        made._send(own_preedit)  # as GTK, Qt and XIM: the preedit is the client's own business
        made.call("SetCapabilities", "u", capabilities)
        made.focus_in()
        return made

    def close(self) -> None:
        self.connection.close()

    # What a client says.

    def focus_in(self) -> None:
        self.call("FocusIn")

    def focus_out(self) -> None:
        """As clients do, the preedit goes into the text."""
        self.text += self.preedit
        self.preedit = ""
        self.call("FocusOut")

    def choose(self, engine: str = "moyin", timeout_s: float = 60) -> None:
        reply = self._send(new_method_call(IBUS, "SetGlobalEngine", "s", (engine,)), timeout_s)
        assert reply.header.message_type is MessageType.method_return, reply.body

    def reset(self) -> None:
        self.call("Reset")

    def set_content_type(self, purpose: int, hints: int = 0) -> None:
        message = Properties(self.address).set("ContentType", "(uu)", (purpose, hints))
        self._send(message)

    def report(self, cursor: int | None = None, text: str | None = None) -> None:
        """Tell the text around the caret."""
        text = self.text if text is None else text
        place = len(text) if cursor is None else cursor
        self.call("SetSurroundingText", "vuu", wire.text(text), place, place)

    def key(self, keysym: int, state: int = 0, keycode: int = 0, timeout_s: float = 60) -> bool:
        """Press and release; what the engine leaves is typed into the text, as a client does."""
        (taken,) = self.call("ProcessKeyEvent", "uuu", keysym, keycode, state, timeout_s=timeout_s)
        self.call("ProcessKeyEvent", "uuu", keysym, keycode, state | RELEASE)
        if not taken and keysym < 0x7F and not state:
            self.text += chr(keysym)
        if not taken and keysym == BACKSPACE:
            self.text = self.text[:-1]
        return bool(taken)

    def type(self, text: str) -> None:
        for character in text:
            self.key(ord(character))

    def call(
        self, member: str, signature: str | None = None, *body: Any, timeout_s: float = 60
    ) -> tuple[Any, ...]:
        reply = self._send(new_method_call(self.address, member, signature, body), timeout_s)
        assert reply.header.message_type is MessageType.method_return, (member, reply.body)
        return reply.body

    def send(self, member: str, signature: str | None = None, *body: Any) -> int:
        """Call without waiting; the serial of the call."""
        serial = next(self.connection.outgoing_serial)
        self.connection.send(new_method_call(self.address, member, signature, body), serial=serial)
        return serial

    def settle(self, seconds: float = 0.1) -> None:
        """Read what comes within so many seconds."""
        end = time.monotonic() + seconds
        while (left := end - time.monotonic()) > 0:
            try:
                self.take(self.connection.receive(timeout=left))
            except TimeoutError:
                return

    def hear(self, what: str, look: Callable[[], object]) -> None:
        """Read what comes until `look` is true. Raises TimeoutError."""
        wait_for(what, lambda: self.settle(0.05) or look())

    # What it hears.

    @property
    def address(self) -> DBusAddress:
        return DBusAddress(self.path, "org.freedesktop.IBus", "org.freedesktop.IBus.InputContext")

    def _send(self, message: Message, timeout_s: float = 60) -> Message:
        serial = next(self.connection.outgoing_serial)
        self.connection.send(message, serial=serial)
        return self.wait_for_reply(serial, timeout_s)

    def wait_for_reply(self, serial: int, timeout_s: float = 60) -> Message:
        end = time.monotonic() + timeout_s
        while True:
            message = self.connection.receive(timeout=max(0.0, end - time.monotonic()))
            if message.header.fields.get(HeaderFields.reply_serial) == serial:
                return message
            self.take(message)

    def take(self, message: Message) -> None:
        """Take a signal of the daemon's."""
        hear: dict[str, Callable[..., None]] = {
            "CommitText": self._commit,
            "UpdatePreeditText": self._show_preedit,
            "UpdatePreeditTextWithMode": self._show_preedit,
            "HidePreeditText": lambda: self._show_preedit((), 0, False),
            "UpdateAuxiliaryText": self._show_auxiliary,
            "UpdateLookupTable": self._show_table,
            "RequireSurroundingText": self._ask,
        }
        act = hear.get(message.header.fields.get(HeaderFields.member, ""))
        if act is not None:
            act(*message.body)

    def _commit(self, value: Any) -> None:
        text = wire.string_of(value)
        self.text += text
        self.commits.append(text)

    def _show_preedit(self, value: Any, caret: int, visible: bool, mode: int = 0) -> None:
        self.preedit = wire.string_of(value) if visible else ""
        if self.preedit:
            self.preedits.append(self.preedit)

    def _show_auxiliary(self, value: Any, visible: bool) -> None:
        self.auxiliary = wire.string_of(value) if visible else ""

    def _show_table(self, value: Any, visible: bool) -> None:
        rows = value[1][7] if visible else []
        self.candidates = [wire.string_of(row) for row in rows]

    def _ask(self) -> None:
        self.asked += 1


class DesktopPanel:
    """The desktop's list of candidates, as far as the daemon listens to one: clicks and pages."""

    def __init__(self, daemon: Daemon) -> None:
        self._connection = open_dbus_connection(daemon.address)
        self._connection.send_and_get_reply(message_bus.RequestName(PANEL.bus_name))
        time.sleep(0.2)  # the daemon has seen it come

    def say(self, member: str, *numbers: int) -> None:
        signature = "u" * len(numbers) or None
        self._connection.send(new_signal(PANEL, member, signature, numbers))

    def close(self) -> None:
        self._connection.close()
