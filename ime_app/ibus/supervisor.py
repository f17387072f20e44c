"""Keep the engine's process alive by a small parent, which begins it anew when it dies.

The daemon restarts nothing by itself: letters would go through raw until the user chose the engine again,
and those on their way in any order. So the parent holds the connection as well (`ime_app.ibus.relay`).
"""

from __future__ import annotations

import os
import resource
import signal
import socket
import sys
import time
from collections.abc import Callable

from ime_app.ibus.relay import Relay, WorkerEnd

REFUSED = 3  # the work's exit status where beginning anew would not help
_MAX_CRASHES = 5  # within _CRASHES_S: then it ends
_CRASHES_S = 60.0


class Stopped(BaseException):
    """SIGTERM has come."""


class Supervisor:
    """A parent that runs `work` in a child process, again and again until that ends by itself.

    `work` gets its end of the relay, with what a child before it left behind, and returns its exit status.
    """

    def __init__(self, work: Callable[[WorkerEnd], int]) -> None:
        self._work = work
        self._relay = Relay()
        self._child = 0
        self._deaths: list[float] = []

    def run(self) -> int:
        """Return the exit status once the work is over."""
        signal.signal(signal.SIGTERM, self._stop)
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))  # keys pass through here
        try:
            while True:
                status = self._run_once()
                if status in (0, REFUSED) or self._dies_often():
                    return status
        except (Stopped, KeyboardInterrupt):
            return 0

    def _run_once(self) -> int:
        ours, theirs = socket.socketpair()
        self._child = os.fork()
        if self._child == 0:
            signal.signal(signal.SIGTERM, signal.SIG_DFL)
            ours.close()
            os._exit(self._run_work(theirs))
        theirs.close()
        with ours:
            self._relay.run(ours)
        _, status = os.waitpid(self._child, 0)
        self._deaths.append(time.monotonic())
        code = os.waitstatus_to_exitcode(status)
        return 0 if code == -signal.SIGTERM else abs(code)

    def _run_work(self, end: socket.socket) -> int:
        try:
            return self._work(WorkerEnd(end, self._relay))
        except BaseException as error:  # its text, and the lines of its trace, may be what was typed
            print(f"moyin: {type(error).__name__}", file=sys.stderr, flush=True)
            return 1

    def _dies_often(self) -> bool:
        recent = [moment for moment in self._deaths if self._deaths[-1] - moment <= _CRASHES_S]
        return len(recent) > _MAX_CRASHES

    def _stop(self, *_: object) -> None:
        if self._child:
            os.kill(self._child, signal.SIGTERM)
            os.waitpid(self._child, 0)
        raise Stopped
