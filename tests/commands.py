"""Commands that do not end by themselves, started and looked at."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path

from engine import serve_load


def window_stands(arguments: Sequence[str]) -> None:
    """The window opens on the bundle and is still there after a while."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(Path.cwd())}
    environment |= {
        f"XDG_{kind}_HOME": str(Path.cwd() / kind.lower()) for kind in ("DATA", "CONFIG", "STATE")
    }
    command = [sys.executable, "-m", "ime_app", *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as window:
        time.sleep(3)
        assert window.poll() is None, window.stderr.read() if window.stderr else ""
        window.terminate()


def server_stands(arguments: Sequence[str]) -> None:
    """The server answers that it is well."""
    with serve_load.served(arguments) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()
