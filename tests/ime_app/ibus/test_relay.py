"""The relay without a bus: what a worker leaves undone, and what it had said only in part."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator

import pytest
from jeepney import DBusAddress, Message, MessageFlag, Parser, new_method_call

from ime_app.ibus.relay import Relay, WorkerEnd

ENGINE = DBusAddress("/engine/1", "a.bus", "an.Engine")


def call(serial: int, text: str = "", *, is_silent: bool = False) -> bytes:
    """Return the bytes of a call of the daemon's."""
    message = new_method_call(ENGINE, "Say", "s", (text,))
    if is_silent:
        message.header.flags = MessageFlag.no_reply_expected
    return bytes(message.serialise(serial=serial))


class Bench:
    """A relay whose workers are the test itself; `daemon` is the other end of the connection."""

    def __init__(self) -> None:
        self.relay = Relay()
        self.daemon, self._theirs = socket.socketpair()
        self.daemon.settimeout(10)
        self._sockets = [self.daemon]
        self.parser = Parser()

    def begin(self, unread: bytes = b"") -> WorkerEnd:
        """Begin with a worker; the first hands the connection over."""
        ours, theirs = socket.socketpair()
        self._sockets += [ours, theirs]
        kept = self.relay._daemon
        if kept is not None:  # what a fork does: a copy of its own
            self.relay._daemon = kept.dup()
        end = WorkerEnd(theirs, self.relay)
        self.relay._daemon = kept
        theirs.settimeout(10)
        self._running = threading.Thread(target=self.relay.run, args=(ours,), daemon=True)
        self._running.start()
        if not end.is_connected:
            end.hand_over(self._theirs.fileno(), unread)
            self._theirs.close()
        return end

    def die(self, end: WorkerEnd, *, saying: bytes = b"") -> None:
        """Let the worker die, in the middle of what it says."""
        end._socket.sendall(saying)
        end._socket.close()
        self._running.join(10)
        assert not self._running.is_alive()

    def close(self) -> None:
        self.relay.take_undone()  # closes its connection
        for each in self._sockets:
            each.close()

    def heard(self, end: WorkerEnd, n_message: int) -> list[Message]:
        """Return what the worker gets."""
        got: list[Message] = []
        while len(got) < n_message:
            got += self.parser.feed(end._socket.recv(1 << 16))
        return got


@pytest.fixture
def bench() -> Iterator[Bench]:
    made = Bench()
    yield made
    made.close()


def serials(data: bytes) -> list[int]:
    return [message.header.serial for message in Parser().feed(data)]


def test_what_was_not_done_is_the_next_workers(bench: Bench) -> None:
    first = bench.begin()
    bench.daemon.sendall(b"".join(call(number) for number in (7, 8, 9)))
    assert [each.body for each in bench.heard(first, 3)] == [("",)] * 3
    first.send([7], b"it composes", b"an answer")
    assert bench.daemon.recv(100) == b"an answer"
    bench.die(first)
    second = bench.begin()
    assert (second.is_connected, second.state, second.n_futile) == (True, b"it composes", 0)
    assert serials(second.undone) == [8, 9]
    bench.daemon.sendall(call(10, is_silent=True))
    assert [each.header.serial for each in bench.heard(second, 1)] == [10]
    bench.die(second)
    third = bench.begin()
    assert serials(third.undone) == [8, 9, 10]
    assert third.n_futile == 1
    bench.die(third)


def test_piece_that_is_not_whole_counts_for_nothing(bench: Bench) -> None:
    first = bench.begin()
    bench.daemon.sendall(call(7))
    bench.heard(first, 1)
    ours, theirs = socket.socketpair()
    WorkerEnd(theirs, Relay()).send([7], b"state", b"an answer")
    bench.die(first, saying=ours.recv(100)[:-1])
    second = bench.begin()
    assert (serials(second.undone), second.state) == ([7], b"")
    second.send([7], b"", b"another answer")
    assert bench.daemon.recv(100) == b"another answer"
    bench.die(second)
    for end in (ours, theirs):
        end.close()


def test_messages_are_put_together_and_large_ones_pass(bench: Bench) -> None:
    """What the first worker had read of the daemon before belongs to the parent."""
    large = call(8, "字" * 300_000)
    first = bench.begin(unread=call(7)[:30])
    bench.daemon.sendall(call(7)[30:])
    assert [each.header.serial for each in bench.heard(first, 1)] == [7]
    sending = threading.Thread(target=bench.daemon.sendall, args=(large,))
    sending.start()
    (message,) = bench.heard(first, 1)
    sending.join(10)
    assert message.body == ("字" * 300_000,)
    bench.die(first)


def test_end_of_the_daemon_is_the_workers_end(bench: Bench) -> None:
    first = bench.begin()
    bench.daemon.sendall(call(7))
    bench.heard(first, 1)
    bench.daemon.close()
    assert first._socket.recv(100) == b""
    bench.die(first)
    assert not bench.relay.is_connected
    assert bench.relay.take_undone() == b""
