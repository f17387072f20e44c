"""Deny a process that sees every key networks, core files, and error messages that quote texts."""

from __future__ import annotations

import resource
import sys
import threading
from collections.abc import Callable
from typing import Any, Final

_UNIX: Final[int] = 1  # AF_UNIX, the family of the daemon's socket
_LOOK_UPS: Final[frozenset[str]] = frozenset({"socket.getaddrinfo", "socket.gethostbyname"})


def keep_to_oneself() -> None:
    """Refuse all of it for the rest of this process's life."""
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    sys.excepthook = lambda kind, *_: _say(kind)
    threading.excepthook = lambda raised: _say(raised.exc_type)
    sys.unraisablehook = lambda raised: _say(raised.exc_type)
    refuse: Callable[[str, tuple[Any, ...]], None] = _refuse_networks
    sys.addaudithook(refuse)


def _say(kind: type[BaseException]) -> None:
    """Name the kind of an error; its text, and the lines of its trace, may be what was typed."""
    print(f"moyin: {kind.__name__}", file=sys.stderr, flush=True)


def _refuse_networks(event: str, arguments: tuple[Any, ...]) -> None:
    is_network = event == "socket.__new__" and arguments[1] != _UNIX
    if is_network or event in _LOOK_UPS:
        raise PermissionError("the input method uses Unix sockets only")
