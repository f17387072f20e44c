"""Run a host in the one thread that handles keys: messages, what other threads post, pauses.

The model is loaded in a thread of its own, dialogs are opened in processes of their own. The protocol on the
connection is the caller's.
"""

from __future__ import annotations

import os
import select
import signal
import subprocess
import sys
import threading
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from typing import Final

from engine.errors import MoyinError, Said, reason_of
from engine.gc_control import gc_disabled
from ime_app.field.home import Home
from ime_app.field.host import Host
from ime_app.field.view import Port
from ime_app.i18n.environment_language import environment_language
from ime_app.i18n.strings import Strings
from ime_app.input.engine_loader import Model
from ime_app.input.loaded_engine import EngineError
from ime_app.services.moving import Mover

FIRST_EXCHANGE_S: Final[float] = 60.0  # after the start: typing comes first
LATER_EXCHANGE_S: Final[float] = 1800.0


class EngineLoop:
    """The host and its helpers; `run` returns at the connection's end, or after SIGTERM."""

    def __init__(self, port: Port, load_model: Callable[[], Model], home: Home) -> None:
        self._load_model = load_model
        self._home = home
        self._n_load = 0
        self._posted: deque[Callable[[], None]] = deque()
        self._wake_reading, self._wake_writing = os.pipe()
        os.set_blocking(self._wake_writing, False)
        self._is_ending = False
        self._exchange_at = time.monotonic() + FIRST_EXCHANGE_S
        self._exchange_failed: Said = ""
        self.host = Host(port, home, Strings(environment_language(home.settings.appearance.language)), self)

    def run(
        self, connection: int, handle_one: Callable[[], bool], flush: Callable[[], None] = lambda: None
    ) -> None:
        """Handle messages until the end. What was learnt is written before this returns.

        `connection` is the descriptor to wait for; `handle_one` handles a message that waits there, returns
        False where none does, and raises ConnectionError once none will come. `flush` is called before each
        wait.
        """
        signal.signal(signal.SIGTERM, lambda *_: self._post(self._end))
        self.host.start()
        with suppress(ConnectionError):
            while not self._is_ending:
                with gc_disabled():
                    self._handle_all(handle_one)
                self._exchange_in_time()
                if not self._is_ending:
                    seconds = self.host.idle()
                    flush()
                    if not handle_one():  # a flush may have found a message, of which the wait knows nothing
                        self._wait(connection, seconds)
        self.host.close()

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
            done: Callable[[], None] = lambda: self.host.loaded(model.open)  # noqa: E731
        except EngineError as error:
            reason = error.message
            done = lambda: self.host.failed(reason)  # noqa: E731
        except Exception as error:  # whatever it is, letters must go through
            kind = type(error).__name__
            done = lambda: self.host.failed(kind)  # noqa: E731
        self._post(lambda: done() if number == self._n_load else None)

    def _exchange_in_time(self) -> None:
        """Look now and then whether the exchange of the day is due; nothing where no folder was chosen."""
        if time.monotonic() >= self._exchange_at:
            self._exchange_at = time.monotonic() + LATER_EXCHANGE_S
            threading.Thread(target=self._exchange, daemon=True).start()

    def _exchange(self) -> None:
        """Exchange by the folder that the user's machines share, as the window does while it is open."""
        try:
            Mover(self._home.folder, self._home.settings_path).exchange(only_where_due=True)
        except (OSError, MoyinError) as error:
            if (reason := reason_of(error)) != self._exchange_failed:  # said once
                self._exchange_failed = reason
                self._post(lambda: self.host.notice(reason))

    # The loop.

    def _post(self, act: Callable[[], None]) -> None:
        """Have the loop do it. Callable from any thread, and from a signal's handler."""
        self._posted.append(act)
        with suppress(BlockingIOError):
            os.write(self._wake_writing, b".")

    def _end(self) -> None:
        self._is_ending = True

    def _wait(self, connection: int, seconds: float | None) -> None:
        """Wait until there is a message or something posted, or for so many seconds."""
        ready, _, _ = select.select([connection, self._wake_reading], [], [], seconds)
        if self._wake_reading in ready:
            os.read(self._wake_reading, 4096)

    def _handle_all(self, handle_one: Callable[[], bool]) -> None:
        while not self._is_ending:
            if handle_one():  # before what is posted: a field that was left is known by it
                continue
            if not self._posted:
                return
            self._posted.popleft()()
