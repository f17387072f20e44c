"""Run the process: one connection to the daemon, one thread that handles keys, one that loads the model.

This is the only module that imports jeepney. The daemon's end is this process's end.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any, Final

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    new_error,
    new_method_call,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection
from jeepney.wrappers import Properties

from engine.gc_control import gc_disabled
from ime_app.i18n.environment_language import language_of
from ime_app.i18n.strings import Strings
from ime_app.ibus import wire
from ime_app.ibus.home import Home
from ime_app.ibus.host import Host
from ime_app.ibus.service import Call, Service, SignalPort
from ime_app.input.engine_loader import Model
from ime_app.input.loaded_engine import EngineError

DO_NOT_QUEUE: Final[int] = 4  # of RequestName
PRIMARY_OWNER: Final[int] = 1
KEYBOARD: Final[str] = "xkb:us::eng"  # an engine that every daemon has
_DAEMON: Final[DBusAddress] = DBusAddress(
    "/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus"
)


class NoDaemonError(Exception):
    """There is no daemon, or another process is its 墨音 already; the message is for the user."""


def serve(load_model: Callable[[], Model], home: Home, *, restarted: bool = False) -> int:
    """Be the engine until the daemon ends or SIGTERM comes; return the exit status.

    `restarted`: the process before died, and the daemon has to be told that the engine is there again.
    Raises NoDaemonError.
    """
    process = EngineProcess(_connect(), load_model, home)
    if restarted:
        process.return_to_daemon()
    process.run()
    return 0


class EngineProcess:
    """Messages in, in their order; answers and signals out."""

    def __init__(self, connection: DBusConnection, load_model: Callable[[], Model], home: Home) -> None:
        self._connection = connection
        self._load_model = load_model
        self._home = home
        self._n_load = 0
        self._posted: deque[Callable[[], None]] = deque()
        self._wake_reading, self._wake_writing = os.pipe()
        os.set_blocking(self._wake_writing, False)
        self._replies: dict[int, Callable[[Message], None]] = {}
        self._is_ending = False
        strings = Strings(language_of(home.settings.appearance.language))
        self._host = Host(SignalPort(self._emit), home, strings, self)
        self._service = Service(self._host)

    def run(self) -> None:
        """Handle messages until the end. What was learnt is written before this returns."""
        signal.signal(signal.SIGTERM, lambda *_: self._post(self._end))
        self._host.start()
        with suppress(ConnectionError):
            while not self._is_ending:
                with gc_disabled():
                    self._handle_all()
                if not self._is_ending:
                    self._wait(self._host.idle())
        self._host.close()

    def return_to_daemon(self) -> None:
        """Have the daemon choose this engine again, if the user has chosen no other meanwhile.

        The daemon restarts nothing by itself, and to choose the name that is chosen may change nothing.
        """
        ask = Properties(_DAEMON).get("GlobalEngine")

        def on_engine(reply: Message) -> None:
            is_chosen = reply.header.message_type is MessageType.method_return
            if is_chosen and _engine_name(reply.body) not in ("", wire.ENGINE_NAME):
                return
            self._call(
                new_method_call(_DAEMON, "SetGlobalEngine", "s", (KEYBOARD,)),
                lambda _: self._call(
                    new_method_call(_DAEMON, "SetGlobalEngine", "s", (wire.ENGINE_NAME,)), lambda _: None
                ),
            )

        self._call(ask, on_engine)

    # What the host has done elsewhere.

    def load(self) -> None:
        """Load the bundle in use in a thread of its own; an older load's result is dropped."""
        self._n_load += 1
        threading.Thread(target=self._load, args=(self._n_load,), daemon=True).start()

    def open_dialog(self, name: str) -> None:
        """Open the window's dialog in a process of its own, which outlives this one."""
        command = [sys.executable, "-P", "-m", "ime_app", "--open", name]
        command += ["--data-directory", str(self._home.folder), "--settings", str(self._home.settings_path)]
        with suppress(OSError):
            subprocess.Popen(
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                start_new_session=True,
            )

    def _load(self, number: int) -> None:
        try:
            model = self._load_model()
            done: Callable[[], None] = lambda: self._host.loaded(model.open)  # noqa: E731
        except EngineError as error:
            reason = error.message
            done = lambda: self._host.failed(reason)  # noqa: E731
        except Exception as error:  # whatever it is, letters must go through
            kind = type(error).__name__
            done = lambda: self._host.failed(kind)  # noqa: E731
        self._post(lambda: done() if number == self._n_load else None)

    # The loop.

    def _post(self, act: Callable[[], None]) -> None:
        """Have the loop do it. Callable from any thread, and from a signal's handler."""
        self._posted.append(act)
        with suppress(BlockingIOError):
            os.write(self._wake_writing, b".")

    def _end(self) -> None:
        self._is_ending = True

    def _wait(self, seconds: float | None) -> None:
        """Wait until there is a message or something posted, or for so many seconds."""
        ready, _, _ = select.select([self._connection.sock, self._wake_reading], [], [], seconds)
        if self._wake_reading in ready:
            os.read(self._wake_reading, 4096)

    def _handle_all(self) -> None:
        while not self._is_ending:
            while self._posted:
                self._posted.popleft()()
            try:
                message = self._connection.receive(timeout=0)
            except TimeoutError:
                return
            self._handle(message)

    def _handle(self, message: Message) -> None:
        header = message.header
        if header.message_type is MessageType.method_call:
            self._service.handle(self._call_of(message))
        elif header.message_type in (MessageType.method_return, MessageType.error):
            on_reply = self._replies.pop(header.fields.get(HeaderFields.reply_serial, 0), None)
            if on_reply is not None:
                on_reply(message)

    def _call_of(self, message: Message) -> Call:
        fields = message.header.fields
        is_silent = bool(message.header.flags & MessageFlag.no_reply_expected)

        def answer(signature: str, body: tuple[Any, ...]) -> None:
            if not is_silent:
                self._connection.send(new_method_return(message, signature or None, body))

        def refuse(name: str, text: str) -> None:
            if not is_silent:
                self._connection.send(new_error(message, name, "s", (text,)))

        path, member = fields[HeaderFields.path], fields[HeaderFields.member]
        return Call(path, fields.get(HeaderFields.interface, ""), member, message.body, answer, refuse)

    def _emit(self, path: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        address = DBusAddress(path, interface=wire.ENGINE)
        self._connection.send(new_signal(address, member, signature or None, body))

    def _call(self, message: Message, on_reply: Callable[[Message], None]) -> None:
        serial = next(self._connection.outgoing_serial)
        self._replies[serial] = on_reply
        self._connection.send(message, serial=serial)


def _connect() -> DBusConnection:
    """Return a connection on which this process has the component's name."""
    address = wire.address()
    if address is None:
        raise NoDaemonError("no IBus daemon is running; start it with: ibus-daemon -drx")
    try:
        connection = open_dbus_connection(address)
    except (OSError, ValueError, RuntimeError) as error:
        raise NoDaemonError(f"the IBus daemon at {Path(address).name} does not answer") from error
    reply = connection.send_and_get_reply(message_bus.RequestName(wire.BUS_NAME, DO_NOT_QUEUE))
    if reply.body[0] != PRIMARY_OWNER:
        raise NoDaemonError(f"{wire.BUS_NAME} is on the bus already: another process is the engine")
    return connection


def _engine_name(body: tuple[Any, ...]) -> str:
    """Return the name in an IBusEngineDesc as `GlobalEngine` gives it; empty where there is none."""
    match body:
        case ((_, (_, (_, _, str() as name, *_))),) | ((_, (_, _, str() as name, *_)),):
            return name
    return ""
