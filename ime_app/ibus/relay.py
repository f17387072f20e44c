"""Pass the daemon's messages on to the worker and what it says back, and keep what a worker leaves undone.

The parent holds the connection, so the daemon does not notice that a worker dies: the next one begins
with the messages that were not done, in their order. What a worker says comes in pieces, each with the
messages that are done by it; one that is not whole counts for nothing. Little is imported: the parent stays
small.
"""

from __future__ import annotations

import select
import socket
from collections.abc import Sequence
from contextlib import suppress
from typing import Final, Literal

_CHUNK: Final[int] = 1 << 16
_NUMBER: Final[int] = 4  # bytes
_HEAD: Final[int] = 3 * _NUMBER  # of a piece: how many messages are done, the lengths of state and data
_CALL: Final[int] = 1  # the type of a message that is a method call


class Relay:
    """The parent's side: the connection, the calls that are not done, what the last worker was."""

    def __init__(self) -> None:
        self.state = b""  # as the worker last described it; its own business
        self.n_worker = 0
        self.n_futile = 0  # workers in a row that died before anything was done
        self._undone: dict[int, bytes] = {}  # by their serials, in the order in which they came
        self._daemon: socket.socket | None = None
        self._from_daemon = bytearray()
        self._to_worker = bytearray()
        self._from_worker = bytearray()

    @property
    def is_connected(self) -> bool:
        return self._daemon is not None

    def take_undone(self) -> bytes:
        """Return the calls that are not done; for the worker, whose copy of the connection this closes."""
        if self._daemon is not None:
            self._daemon.close()
        return b"".join(self._undone.values())

    def run(self, worker: socket.socket) -> None:
        """Pass messages on until the worker is gone."""
        worker.setblocking(False)
        self.n_worker += 1
        self._to_worker.clear()
        self._from_worker.clear()
        self.n_futile += 1  # until something is done
        while True:
            reading = [worker] if self._daemon is None else [worker, self._daemon]
            readable, writable, _ = select.select(reading, [worker] if self._to_worker else [], [])
            if worker in readable:
                if not self._hear_worker(worker):
                    return
            elif readable:
                self._hear_daemon(worker)
            elif writable:
                with suppress(OSError):  # it is full after all, or gone: its end is read next
                    del self._to_worker[: worker.send(self._to_worker)]

    def _hear_worker(self, worker: socket.socket) -> bool:
        """Take what the worker says; return False once it says nothing any more."""
        try:
            data, handed, _, _ = socket.recv_fds(worker, _CHUNK, 1)
        except ConnectionError:
            return False
        self._from_worker += data
        while (piece := _piece_of(self._from_worker)) is not None:
            done, state, said = piece
            self.n_futile = 0 if done else self.n_futile
            for serial in done:
                self._undone.pop(serial, None)
            self.state = state or self.state
            if handed:  # the first piece has what was read of the daemon before
                self._daemon = socket.socket(fileno=handed.pop())
                self._take(said)
            elif self._daemon is not None:
                with suppress(OSError):  # the daemon's end is read next
                    self._daemon.sendall(said)
        return bool(data)

    def _hear_daemon(self, worker: socket.socket) -> None:
        assert self._daemon is not None
        try:
            data = self._daemon.recv(_CHUNK)
        except ConnectionError:
            data = b""
        if data:
            self._take(data)
        else:
            self._end(worker)

    def _end(self, worker: socket.socket) -> None:
        """Tell the worker that the daemon is gone, and forget what it asked."""
        if self._daemon is not None:
            self._daemon.close()
        self._daemon, self.state = None, b""
        self._undone.clear()
        self._from_daemon.clear()
        with suppress(OSError):
            worker.shutdown(socket.SHUT_WR)

    def _take(self, data: bytes) -> None:
        """Pass on each message that is whole."""
        self._from_daemon += data
        while len(self._from_daemon) >= 16:
            order: Literal["little", "big"] = "little" if self._from_daemon[:1] == b"l" else "big"
            body, serial, fields = (
                int.from_bytes(self._from_daemon[place : place + 4], order) for place in (4, 8, 12)
            )
            size = 16 + (fields + 7) // 8 * 8 + body
            if len(self._from_daemon) < size:
                return
            message = bytes(self._from_daemon[:size])
            del self._from_daemon[:size]
            if message[1] == _CALL:
                self._undone[serial] = message
            self._to_worker += message


class WorkerEnd:
    """The worker's side of a relay: messages in, pieces out; and what the worker before left behind."""

    def __init__(self, end: socket.socket, relay: Relay) -> None:
        self._socket = end
        self.n_before = relay.n_worker
        self.n_futile = relay.n_futile
        self.is_connected = relay.is_connected
        self.state = relay.state
        self.undone = relay.take_undone()

    def fileno(self) -> int:
        """Return the descriptor at which messages arrive."""
        return self._socket.fileno()

    def hand_over(self, daemon: int, unread: bytes) -> None:
        """Give the parent the connection, and what was read of it and not looked at."""
        socket.send_fds(self._socket, [_piece((), b"", unread)], [daemon])

    def receive(self) -> bytes:
        """Return what has arrived; empty where nothing has. Raises ConnectionError at the end."""
        try:
            data = self._socket.recv(_CHUNK, socket.MSG_DONTWAIT)
        except BlockingIOError:
            return b""
        if not data:
            raise ConnectionResetError
        return data

    def send(self, done: Sequence[int], state: bytes, data: bytes) -> None:
        """Say what is done, what this worker is now, and `data` to the daemon."""
        self._socket.sendall(_piece(done, state, data))


def _piece(done: Sequence[int], state: bytes, data: bytes) -> bytes:
    numbers = (len(done), len(state), len(data), *done)
    return b"".join(number.to_bytes(_NUMBER, "little") for number in numbers) + state + data


def _piece_of(said: bytearray) -> tuple[list[int], bytes, bytes] | None:
    """Take the first piece out of what was said; None while it is not whole."""
    if len(said) < _HEAD:
        return None
    n_done, n_state, n_data = _numbers_of(said[:_HEAD])
    first, second = _HEAD + n_done * _NUMBER, _HEAD + n_done * _NUMBER + n_state
    end = second + n_data
    if len(said) < end:
        return None
    piece = _numbers_of(said[_HEAD:first]), bytes(said[first:second]), bytes(said[second:end])
    del said[:end]
    return piece


def _numbers_of(data: bytearray) -> list[int]:
    return [int.from_bytes(data[i : i + _NUMBER], "little") for i in range(0, len(data), _NUMBER)]
