"""Be the engine on the daemon's bus: calls in, answers and signals out, in their order.

This is the only module that imports jeepney. The daemon's end is this process's end.
"""

from __future__ import annotations

from collections.abc import Callable
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

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from ime_app.field.engine_loop import EngineLoop
from ime_app.field.home import Home
from ime_app.ibus import wire
from ime_app.ibus.service import Call, IBusService, SignalPort
from ime_app.input.engine_loader import Model

DO_NOT_QUEUE: Final[int] = 4  # of RequestName
PRIMARY_OWNER: Final[int] = 1
KEYBOARD: Final[str] = "xkb:us::eng"  # an engine that every daemon has
_DAEMON: Final[DBusAddress] = DBusAddress(
    "/org/freedesktop/IBus", "org.freedesktop.IBus", "org.freedesktop.IBus"
)


class NoDaemonError(MoyinError):
    """There is no daemon, or another process is its 墨音 already; the message is for the user."""


def serve_ibus(load_model: Callable[[], Model], home: Home, *, restarted: bool = False) -> int:
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
    """The engine's process on the bus: messages in, in their order; answers and signals out."""

    def __init__(self, connection: DBusConnection, load_model: Callable[[], Model], home: Home) -> None:
        self._connection = connection
        self._replies: dict[int, Callable[[Message], None]] = {}
        self._said: list[bytes] | None = None  # while a message is handled: what will be sent behind it
        self._loop = EngineLoop(SignalPort(self._emit), load_model, home)
        self._service = IBusService(self._loop.host)

    def run(self) -> None:
        """Handle messages until the daemon ends or SIGTERM comes."""
        self._loop.run(self._connection.sock.fileno(), self._handle_one)

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

    def _handle_one(self) -> bool:
        """Handle a message that waits; return False where none does."""
        try:
            message = self._connection.receive(timeout=0)
        except TimeoutError:
            return False
        self._said = []
        try:
            self._handle(message)
        finally:
            said, self._said = b"".join(self._said), None
            self._connection.sock.sendall(said)
        return True

    def _send(self, message: Message, serial: int | None = None) -> None:
        """Send a message, all those of one call together.

        If this process dies, the daemon has heard of a key both the answer and what the key does, or neither:
        the client then types the key itself, and nothing of it twice.
        """
        number = next(self._connection.outgoing_serial) if serial is None else serial
        if self._said is None:
            self._connection.send(message, serial=number)
        else:
            self._said.append(message.serialise(serial=number))

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
                self._send(new_method_return(message, signature or None, body))

        def refuse(name: str, text: str) -> None:
            if not is_silent:
                self._send(new_error(message, name, "s", (text,)))

        path, member = fields[HeaderFields.path], fields[HeaderFields.member]
        return Call(path, fields.get(HeaderFields.interface, ""), member, message.body, answer, refuse)

    def _emit(self, path: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        address = DBusAddress(path, interface=wire.ENGINE)
        self._send(new_signal(address, member, signature or None, body))

    def _call(self, message: Message, on_reply: Callable[[Message], None]) -> None:
        serial = next(self._connection.outgoing_serial)
        self._replies[serial] = on_reply
        self._send(message, serial=serial)


def _connect() -> DBusConnection:
    """Return a connection on which this process has the component's name."""
    address = wire.address()
    if address is None:
        raise NoDaemonError(says(Kind.NO_IBUS_DAEMON))
    try:
        connection = open_dbus_connection(address)
    except (OSError, ValueError, RuntimeError) as error:
        raise NoDaemonError(says(Kind.IBUS_SILENT, path=Path(address).name)) from error
    reply = connection.send_and_get_reply(message_bus.RequestName(wire.BUS_NAME, DO_NOT_QUEUE))
    if reply.body[0] != PRIMARY_OWNER:
        raise NoDaemonError(says(Kind.ANOTHER_ENGINE, name=wire.BUS_NAME))
    return connection


def _engine_name(body: tuple[Any, ...]) -> str:
    """Return the name in an IBusEngineDesc as `GlobalEngine` gives it; empty where there is none."""
    match body:
        case ((_, (_, (_, _, str() as name, *_))),) | ((_, (_, _, str() as name, *_)),):
            return name
    return ""
