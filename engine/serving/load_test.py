"""Run `python -m engine.serving.load_test`: how much the server bears, by clients of its own.

The server is another process, started here on a free port of 127.0.0.1 and ended afterwards. Clients are
threads that ask again as soon as they are answered, for a bounded time. They share the processors with the
server, so the figures are what both together reach.
"""

from __future__ import annotations

import argparse
import json
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from http.client import HTTPConnection, HTTPException
from itertools import islice
from pathlib import Path
from typing import Final

import numpy as np

from engine.commands.arguments import positive
from engine.evaluation.cases import Case, CaseError, read_set
from engine.evaluation.figures import Figure, Origin, environment, origin_of, record_figures

Body = dict[str, object]
_START_SECONDS: Final[float] = 60.0
_TIMEOUT: Final[float] = 30.0  # seconds of one request
_ENDED: Final = (OSError, HTTPException)


@dataclass(frozen=True)
class Load:
    """The seconds of each answer of status 200 that some clients got, and the number of others."""

    seconds: tuple[float, ...]
    failures: int
    wall_s: float

    @property
    def rate(self) -> float:
        """Answers a second."""
        return len(self.seconds) / self.wall_s

    @property
    def times_ms(self) -> tuple[float, ...]:
        """Milliseconds within which 50, 95 and 99% of the answers came."""
        return tuple(1000 * float(x) for x in np.percentile(self.seconds or (np.nan,), (50, 95, 99)))

    def figures(self, name: str, origin: Origin) -> list[Figure]:
        """Return what the page of figures shows of this row."""
        shown = zip(("p50", "p95", "p99"), self.times_ms, strict=True)
        times = [Figure(f"{name}.{label}", value, "ms", origin) for label, value in shown]
        return [Figure(f"{name}.rate", self.rate, "/s", origin), *times]

    def row(self, what: str, clients: int) -> str:
        """Return a row of the table."""
        figures = " | ".join(f"{value:.1f}" for value in (self.rate, *self.times_ms))
        return f"| {what} | {clients} | {len(self.seconds)} | {self.failures} | {figures} |"


def sentences(cases: Sequence[Case]) -> Iterator[Body]:
    """Yield a whole input a request, each behind its own text."""
    for case in cases:
        yield {"inputs": [{"letters": case.keys[:64], "context": case.context[-200:]}]}


def batches(cases: Sequence[Case]) -> Iterator[Body]:
    """Yield eight whole inputs a request."""
    asked = sentences(cases)
    while part := list(islice(asked, 8)):
        yield {"inputs": [one for body in part for one in body["inputs"]]}  # type: ignore[attr-defined]


def keys(cases: Sequence[Case]) -> Iterator[Body]:
    """Yield a key a request: every input letter by letter, as an input method asks."""
    for case in cases:
        for end in range(1, min(len(case.keys), 64) + 1):
            yield {"inputs": [{"letters": case.keys[:end], "context": case.context[-200:]}]}


KINDS: Final[dict[str, Callable[[Sequence[Case]], Iterator[Body]]]] = {
    "sentences": sentences,
    "batches of 8": batches,
    "keys": keys,
}


@contextmanager
def served(arguments: Sequence[str]) -> Iterator[int]:
    """Yield the port of a server in a process of its own, ended with the block. Raises OSError."""
    port = free_port()
    command = [sys.executable, "-m", "engine", "serve", "--port", str(port), *arguments]
    with subprocess.Popen(command, stdout=subprocess.DEVNULL) as process:
        try:
            _wait_for(port, process)
            yield port
        finally:
            process.terminate()


def free_port() -> int:
    """Return a port of 127.0.0.1 that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + _START_SECONDS
    while time.monotonic() < end and process.poll() is None:
        connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        try:
            connection.request("GET", "/health")
            connection.getresponse().read()
            return
        except _ENDED:
            time.sleep(0.1)
        finally:
            connection.close()
    raise OSError(f"expected a server on port {port}, found none after {_START_SECONDS:g} s")


def run_clients(port: int, asked: Sequence[Iterator[Body]], seconds: float) -> Load:
    """Run one client for each of `asked`, until `seconds` are over or it has asked all."""
    found: list[list[float]] = [[] for _ in asked]
    failures = [0] * len(asked)
    started = time.monotonic()

    def client(place: int) -> None:
        connection = HTTPConnection("127.0.0.1", port, timeout=_TIMEOUT)
        for body in asked[place]:
            if time.monotonic() - started > seconds:
                break
            before = time.perf_counter()
            if _post(connection, body):
                found[place].append(time.perf_counter() - before)
            else:
                failures[place] += 1
        connection.close()

    threads = [threading.Thread(target=client, args=(place,)) for place in range(len(asked))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    wall_s = time.monotonic() - started
    return Load(tuple(value for part in found for value in part), sum(failures), wall_s)


def _post(connection: HTTPConnection, body: Body) -> bool:
    """Ask once. Return whether the answer is 200."""
    try:
        connection.request("POST", "/translate", json.dumps(body), {"Content-Type": "application/json"})
        response = connection.getresponse()
        response.read()
    except _ENDED:
        connection.close()
        return False
    return response.status == 200


def measure_load(
    cases: Sequence[Case], arguments: Sequence[str], clients: Sequence[int], seconds: float
) -> Iterator[tuple[str, int, Load]]:
    """Print a table: each kind of asking with each number of clients, on one server; yield its rows."""
    print("| asking | clients | answered | failed | requests/s | p50 ms | p95 ms | p99 ms |")
    print("|---|---|---|---|---|---|---|---|")
    with served(arguments) as port:
        for what, kind in KINDS.items():
            run_clients(port, [kind(cases[:1])], seconds)  # the first conversions of a process are slow
            for n in clients:
                asked = [kind(cases[place::n]) for place in range(n)]
                found = run_clients(port, asked, seconds)
                print(found.row(what, n), flush=True)
                yield what, n, found


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command; return the exit status."""
    parser = argparse.ArgumentParser(prog="python -m engine.serving.load_test", description=__doc__)
    parser.add_argument("sets", nargs="+", type=Path, help="files of cases (JSON lines)")
    parser.add_argument("--clients", type=positive, nargs="+", default=[1, 8, 64], help="(1 8 64)")
    parser.add_argument("--seconds", type=positive, default=10, help="for each row (10)")
    parser.add_argument("--serve", default="", help='arguments for the server, as one: "--lanes 4"')
    parser.add_argument("--tsv", type=Path, help="record the figures in this file (docs/benchmarks.tsv)")
    options = parser.parse_args(arguments)
    try:
        cases = [case for path in options.sets for case in read_set(path)]
        print(environment() + "\n")
        for what, n, found in measure_load(cases, options.serve.split(), options.clients, options.seconds):
            if options.tsv and found.seconds:
                name = f"serving.{what.replace(' ', '_')}.{n}"
                origin = origin_of("python -m engine.serving.load_test")
                record_figures(options.tsv, found.figures(name, origin))
    except (CaseError, OSError) as error:
        print(f"{type(error).__name__}: {error}", file=sys.stderr)
        return 2
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
