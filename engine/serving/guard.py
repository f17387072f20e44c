"""Keep connections that ask nothing, or half of a question, from filling the server, and end it cleanly.

uvicorn waits for the head of a request for ever, and counts such connections among those that it may have.
"""

from __future__ import annotations

import asyncio
import signal
from collections.abc import Callable
from types import FrameType
from typing import Any, ClassVar, Final

import uvicorn
from uvicorn.protocols.http.h11_impl import H11Protocol

HEAD_SECONDS: Final[float] = 10.0  # for the head of a request to arrive, the first one and each after it
MAX_SILENT: Final[int] = 256  # connections without a whole request; the oldest makes room for one more


class GuardedProtocol(H11Protocol):
    """A connection that is closed where the head of a request does not arrive in time.

    For the body whoever reads it has a time limit.
    """

    _silent: ClassVar[dict[GuardedProtocol, None]] = {}  # in the order in which they began to wait

    def __init__(self, *arguments: Any, **names: Any) -> None:
        super().__init__(*arguments, **names)
        self._head_timer: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._wait_for_head()

    def data_received(self, data: bytes) -> None:
        cycle = self.cycle
        super().data_received(data)
        if self.cycle is not cycle:
            self._have_head()
            if self.cycle is not None and self.cycle.more_body:
                self._enter()
        elif cycle is not None and cycle.response_complete:  # the first letters of the next head
            self._wait_for_head()
        elif cycle is not None and not cycle.more_body:
            self._silent.pop(self, None)

    def timeout_keep_alive_handler(self) -> None:
        """Close at once: a client that reads nothing would otherwise keep the connection."""
        if not self.transport.is_closing():
            self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._have_head()
        super().connection_lost(exc)

    def drop_half_request(self) -> None:
        """Close where a part of a request has arrived: the others are refused or answered."""
        if self.cycle is not None and self.cycle.more_body and not self.cycle.response_complete:
            self.transport.abort()

    def _wait_for_head(self) -> None:
        if self._head_timer is None:
            self._enter()
            self._head_timer = self.loop.call_later(HEAD_SECONDS, self._close)

    def _enter(self) -> None:
        """Be among those without a whole request, from which the oldest goes."""
        while len(self._silent) >= MAX_SILENT:
            oldest = next(iter(self._silent))
            oldest._close()
        self._silent[self] = None

    def _have_head(self) -> None:
        self._silent.pop(self, None)
        if self._head_timer is not None:
            self._head_timer.cancel()
            self._head_timer = None

    def _close(self) -> None:
        self._have_head()
        self.transport.abort()


class GracefulServer(uvicorn.Server):
    """A server that, told to end, refuses what waits instead of letting its time run out."""

    def __init__(self, config: uvicorn.Config, stop: Callable[[], None], ready: Callable[[], None]) -> None:
        super().__init__(config)
        self._stop = stop
        self._ready = ready

    async def startup(self, sockets: list[Any] | None = None) -> None:
        """Begin to listen, and say so where that is allowed."""
        await super().startup(sockets)
        if self.started:
            self._ready()

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Begin to end. A second Ctrl+C, at which uvicorn would break off with a traceback, is ignored."""
        if not self.should_exit:
            super().handle_exit(sig, frame)
            self._stop()

    async def shutdown(self, sockets: list[Any] | None = None) -> None:
        """End, without waiting for the rest of what has arrived by half."""
        for connection in list(self.server_state.connections):
            if isinstance(connection, GuardedProtocol):
                connection.drop_half_request()
        await super().shutdown(sockets)

    def run_to_the_end(self) -> None:
        """Serve until SIGINT or SIGTERM, which end it without a trace."""
        before = {number: signal.signal(number, _ignore) for number in (signal.SIGINT, signal.SIGTERM)}
        try:
            self.run()  # raises the signals once more when it has ended, for handlers before its own
        finally:
            for number, handler in before.items():
                signal.signal(number, handler)


def _ignore(number: int, frame: FrameType | None) -> None:
    pass
