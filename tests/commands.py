"""Commands of a page that cannot simply be run to their end: a window, a server, its client, pip."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
import tomllib
import urllib.request
from argparse import ArgumentParser, Namespace
from collections.abc import Sequence
from http.client import HTTPConnection
from pathlib import Path
from typing import Any

import pytest

from engine.serving import load_test as serve_load

_INDENTED = re.compile(r"^    ((?:pip|python|curl|make|podman|buildah) (?:.*\\\n)*.*)$", re.MULTILINE)


def indented(page: str) -> list[str]:
    """Each command that a page shows indented by four, on one line; once each."""
    return list(dict.fromkeys(re.sub(r"\\\n\s*", "", line).strip() for line in _INDENTED.findall(page)))


def answer_of(curl: str, port: int) -> Any:
    """Return what the server on the port says to a `curl -s URL -H HEADER -d BODY` of a page."""
    program, silent, url, header, headers, data, body = shlex.split(curl)
    assert (program, silent, header, data) == ("curl", "-s", "-H", "-d"), curl
    assert url.startswith("http://127.0.0.1:8765/"), curl
    request = urllib.request.Request(
        url.replace("8765", str(port)), body.encode(), dict([headers.split(": ", 1)])
    )
    with urllib.request.urlopen(request, timeout=20) as response:
        return json.load(response)


def extras_exist(line: str) -> None:
    """`pip install '.[EXTRA,...]'` names extras that pyproject.toml has."""
    pip, install, what = shlex.split(line)
    assert (pip, install) == ("pip", "install"), line
    names = re.fullmatch(r"\.\[([a-z,]+)\]", what)
    assert names, line
    project = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text("utf-8"))["project"]
    assert set(names[1].split(",")) <= set(project["optional-dependencies"]), line


def only_understand(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the programs read the options of a command and do nothing."""
    parse_args = ArgumentParser.parse_args

    def without_a_run(*given: Any) -> Namespace:
        options: Namespace = parse_args(*given)
        options.run = lambda _: 0
        return options

    monkeypatch.setattr(ArgumentParser, "parse_args", without_a_run)


def wait_until_it_listens(process: subprocess.Popen[str], timeout_s: float = 60.0) -> None:
    """Wait until a process has ended or handles SIGTERM, as a window does once it is open, and a moment."""
    deadline = time.monotonic() + timeout_s
    while process.poll() is None and time.monotonic() < deadline:
        status = Path(f"/proc/{process.pid}/status").read_text()
        caught = int(re.findall(r"^SigCgt:\s*(\w+)$", status, re.MULTILINE)[0], 16)
        if caught >> (signal.SIGTERM - 1) & 1:
            time.sleep(0.5)  # its loop begins behind that
            return
        time.sleep(0.02)


def window_stands(arguments: Sequence[str]) -> None:
    """Check that the window opens on the bundle and is still there after a while."""
    environment = os.environ | {"QT_QPA_PLATFORM": "offscreen", "HOME": str(Path.cwd())}
    environment |= {
        f"XDG_{kind}_HOME": str(Path.cwd() / kind.lower()) for kind in ("DATA", "CONFIG", "STATE")
    }
    command = [sys.executable, "-m", "ime_app", *arguments]
    with subprocess.Popen(command, env=environment, stderr=subprocess.PIPE, text=True) as window:
        wait_until_it_listens(window)
        assert window.poll() is None, window.stderr.read() if window.stderr else ""
        window.terminate()


def server_stands(arguments: Sequence[str], curls: Sequence[str] = ()) -> None:
    """Check that the server answers that it is well, and what a page asks it by curl."""
    with serve_load.served(arguments) as port:
        connection = HTTPConnection("127.0.0.1", port, timeout=20)
        connection.request("GET", "/health")
        assert connection.getresponse().status == 200
        connection.close()
        for curl in curls:
            assert answer_of(curl, port)["results"][0]["candidates"], curl
