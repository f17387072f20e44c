"""Be the engine on the daemon's bus: calls in, answers and signals out, in their order.

This is the only module that imports jeepney. The daemon's end is this process's end. The connection itself
is the parent's (`ime_app.ibus.relay`): what a message leads to goes out in one piece, which says that too.
"""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import count
from pathlib import Path
from typing import Any, Final

from jeepney import (
    DBusAddress,
    HeaderFields,
    Message,
    MessageFlag,
    MessageType,
    Parser,
    new_error,
    new_method_return,
    new_signal,
)
from jeepney.bus_messages import message_bus
from jeepney.io.blocking import DBusConnection, open_dbus_connection

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from ime_app.field.engine_loop import EngineLoop
from ime_app.field.home import Home
from ime_app.ibus import wire
from ime_app.ibus.inheritance import Inheritance
from ime_app.ibus.relay import WorkerEnd
from ime_app.ibus.service import Call, IBusService, SignalPort
from ime_app.input.engine_loader import Model

DO_NOT_QUEUE: Final[int] = 4  # of RequestName
PRIMARY_OWNER: Final[int] = 1
FUTILE: Final[int] = 3  # processes that died over letters: the next one does not type them again
_KEY: Final[str] = "ProcessKeyEvent"
_TYPING: Final[frozenset[str]] = frozenset({_KEY, "CandidateClicked"})
_LEAVING: Final[frozenset[str]] = frozenset({"FocusOut", "FocusOutId", "Disable", "Destroy"})


class NoDaemonError(MoyinError):
    """There is no daemon, or another process is its 墨音 already; the message is for the user."""


def serve_ibus(load_model: Callable[[], Model], home: Home, end: WorkerEnd) -> int:
    """Be the engine until the daemon ends or SIGTERM comes; return the exit status.

    Where a process before this one has died, go on with what it left. Raises NoDaemonError.
    """
    if not end.is_connected:
        _connect(end)
    EngineProcess(end, load_model, home).run()
    return 0


@dataclass(frozen=True)
class _Arrived:
    """A message, and when it arrived."""

    message: Message
    at: float


@dataclass
class _Said:
    """Something to be sent: a signal of the engine at `path`, or the answer to `call`."""

    path: str
    message: Message
    call: Message | None = None


class EngineProcess:
    """The engine's process on the bus: messages in, in their order; answers and signals out.

    IBus names no field in a signal: what is shown or committed is for the field that has the engine when the
    daemon hears of it. So before anything is sent, what waits is looked through: where the field is left
    already, nothing is shown or committed any more, and a key that was typed there is the client's own.
    """

    def __init__(self, end: WorkerEnd, load_model: Callable[[], Model], home: Home) -> None:
        self._end = end
        self._parser = Parser()
        self._inbox: deque[_Arrived] = deque()
        self._serials = count((end.n_before + 1) << 20)  # none that was used before
        self._said: list[_Said] = []
        self._done: list[int] = []
        self._state = end.state
        self._is_handling = False
        self._inheritance = Inheritance(end.state)
        port = SignalPort(self._emit)
        self._loop = EngineLoop(port, load_model, home)
        self._service = IBusService(self._loop.host, port, self._inheritance)
        self._take(end.undone)
        if end.is_connected:
            is_leaving = any(_member(each.message) in _LEAVING for each in self._inbox)
            self._service.resume(retypes=end.n_futile < FUTILE and not is_leaving)
            self._flush()

    def run(self) -> None:
        """Handle messages until the daemon ends or SIGTERM comes."""
        self._loop.run(self._end.fileno(), self._handle_one, self._flush)

    def _handle_one(self) -> bool:
        """Handle a message that waits; return False where none does."""
        self._receive()
        if not self._inbox:
            return False
        self._is_handling = True
        try:
            self._handle(self._inbox.popleft())
        finally:
            self._is_handling = False
            self._flush()
        return True

    def _receive(self) -> None:
        while data := self._end.receive():
            self._take(data)

    def _take(self, data: bytes) -> None:
        at = time.monotonic()
        self._inbox.extend(_Arrived(message, at) for message in self._parser.feed(data))

    def _is_left(self, path: str) -> bool:
        """Return whether the field of that engine has lost the keyboard, as a message that waits says."""
        fields = (arrived.message.header.fields for arrived in self._inbox)
        return any(
            each.get(HeaderFields.member) in _LEAVING and each.get(HeaderFields.path) == path
            for each in fields
        )

    def _flush(self) -> None:
        """Send what was said, in one piece.

        If this process dies, the daemon has heard of a key both the answer and what the key does, or neither:
        the next process then handles the key, and nothing is typed twice.
        """
        said, self._said = self._said, []
        if any(each.call is None or _member(each.call) == _KEY for each in said):
            self._receive()
            left = {path for path in {each.path for each in said} if self._is_left(path)}
            said = [
                _answer_left(each) if each.path in left else each
                for each in said
                if each.call is not None or each.path not in left
            ]
        for each in said:
            if each.call is None and _member(each.message) == "UpdatePreeditText":
                self._inheritance.show(each.path, wire.string_of(each.message.body[0]))
        state = self._inheritance.to_bytes()
        if said or self._done or state != self._state:
            data = b"".join(each.message.serialise(serial=next(self._serials)) for each in said)
            self._end.send(self._done, state, data)
            self._done.clear()
            self._state = state

    def _handle(self, arrived: _Arrived) -> None:
        if arrived.message.header.message_type is MessageType.method_call:
            call = self._call_of(arrived.message, arrived.at)
            if call.member in _TYPING and self._is_left(call.path):
                self._loop.host.focus_out(call.path)  # what was held of it is given back before this
                call.answer(*(("b", (False,)) if call.member == _KEY else ("", ())))
            else:
                self._service.handle(call)

    def _call_of(self, message: Message, at: float) -> Call:
        fields = message.header.fields
        is_silent = bool(message.header.flags & MessageFlag.no_reply_expected)
        path, member = fields[HeaderFields.path], fields[HeaderFields.member]

        def say(reply: Message) -> None:
            if not is_silent:
                self._said.append(_Said(path, reply, message))
            self._done.append(message.header.serial)
            if not self._is_handling:
                self._flush()

        def answer(signature: str, body: tuple[Any, ...]) -> None:
            say(new_method_return(message, signature or None, body))

        def refuse(name: str, text: str) -> None:
            say(new_error(message, name, "s", (text,)))

        return Call(path, fields.get(HeaderFields.interface, ""), member, message.body, answer, refuse, at)

    def _emit(self, path: str, member: str, signature: str, body: tuple[Any, ...]) -> None:
        address = DBusAddress(path, interface=wire.ENGINE)
        self._said.append(_Said(path, new_signal(address, member, signature or None, body)))


def _member(message: Message) -> str:
    return str(message.header.fields.get(HeaderFields.member, ""))


def _answer_left(said: _Said) -> _Said:
    """Return the answer to a key of a field that was left: the client types it."""
    if said.call is None or _member(said.call) != _KEY:
        return said
    return _Said(said.path, new_method_return(said.call, "b", (False,)), said.call)


def _connect(end: WorkerEnd) -> None:
    """Make a connection on which this process has the component's name, and hand it over to the parent."""
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
    end.hand_over(connection.sock.fileno(), _unread(connection))
    connection.close()


def _unread(connection: DBusConnection) -> bytes:
    """Return what was read from the daemon behind the last reply."""
    buffer = connection.parser.buf
    return bytes(buffer.read(buffer.bytes_buffered)) if buffer.bytes_buffered else b""
