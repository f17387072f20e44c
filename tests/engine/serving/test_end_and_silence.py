"""The server as a process: connections that ask nothing, and its end."""

from __future__ import annotations

import json
import signal
import socket
import subprocess
import sys
import threading
import time
import urllib.error
import urllib.request
from collections.abc import Iterator
from contextlib import ExitStack, suppress

import pytest

from engine.serving import load_test as serve_load

JSON = {"Content-Type": "application/json"}


HEAD = b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/json\r\n"
HALVES = [
    [b"", b"POST /translate HTTP/1.1\r\n"],
    [HEAD + b"Content-Length: 100\r\n\r\n"],  # 512 of these held all for ten seconds, again and again
    [HEAD + b'Content-Length: 100\r\n\r\n{"inputs"', HEAD + b"Transfer-Encoding: chunked\r\n\r\n5\r\n{"],
]


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Yield the port of a server that keeps no connection once its client has closed it."""
    with serve_load.served(["--fake"]) as found:
        yield found


@pytest.mark.parametrize("halves", HALVES)
def test_connections_that_ask_nothing_do_not_shut_others_out(port: int, halves: list[bytes]) -> None:
    body = json.dumps({"inputs": [{"letters": "nihao"}]}).encode()
    with ExitStack() as stack:
        for number in range(600):
            silent = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            silent.sendall(halves[number % len(halves)])
            time.sleep(0.003)  # so that each is accepted with what it sent
        request = urllib.request.Request(f"http://127.0.0.1:{port}/translate", body, JSON)
        with urllib.request.urlopen(request, timeout=20) as response:
            assert response.status == 200


def test_a_head_that_does_not_arrive_ends_the_connection(port: int) -> None:
    with socket.create_connection(("127.0.0.1", port), timeout=20) as slow:
        slow.sendall(b"GET /health HTTP/1.1\r\n")
        started = time.monotonic()
        with suppress(ConnectionResetError):
            assert slow.recv(100) == b""
        assert 5 < time.monotonic() - started < 15


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGINT])
def test_told_to_end_while_busy_it_ends_cleanly(number: signal.Signals) -> None:
    port = serve_load.free_port()
    command = [sys.executable, "-m", "engine", "serve", "--fake", "--port", str(port)]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE)
    statuses: list[int] = []

    def client() -> None:
        body = json.dumps({"inputs": [{"letters": "h" * 64, "context": str(i)} for i in range(16)]}).encode()
        request = urllib.request.Request(f"http://127.0.0.1:{port}/translate", body, JSON)
        try:
            with urllib.request.urlopen(request, timeout=30) as response:
                statuses.append(response.status)
        except urllib.error.HTTPError as error:
            statuses.append(error.code)

    with process:
        serve_load._wait_for(port, process)
        threads = [threading.Thread(target=client) for _ in range(4)]
        for thread in threads:
            thread.start()
        time.sleep(1.0)
        process.send_signal(number)
        for thread in threads:
            thread.join()
        assert process.stderr is not None
        written = process.stderr.read().decode()
        assert process.wait(20) == 0
    assert written == ""
    assert set(statuses) <= {200, 503}


@pytest.mark.parametrize("signals", [[signal.SIGTERM], [signal.SIGINT] * 3, [signal.SIGTERM, signal.SIGINT]])
def test_told_to_end_it_waits_for_no_half_request_and_is_silent_however_often(
    signals: list[signal.Signals],
) -> None:
    port = serve_load.free_port()
    command = [sys.executable, "-m", "engine", "serve", "--fake", "--port", str(port)]
    with (
        subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE) as process,
        ExitStack() as stack,
    ):
        serve_load._wait_for(port, process)
        head = b"POST /translate HTTP/1.1\r\nHost: localhost\r\nContent-Length: 34\r\n\r\n{"
        for _ in range(3):
            half = stack.enter_context(socket.create_connection(("127.0.0.1", port), timeout=20))
            half.sendall(head)
        time.sleep(0.5)
        for number in signals:
            process.send_signal(number)
            time.sleep(0.05)
        assert process.stderr is not None
        assert process.stderr.read().decode() == ""
        assert process.wait(20) == 0
