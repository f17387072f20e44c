"""Run `python -m engine serve`: the engine over HTTP on this machine.

This is the only command that opens a socket; what it needs beyond the engine (the extra `serve`) is imported
when it runs.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from functools import partial
from typing import Any, Final

from engine.commands.arguments import add_converter_arguments, choice_of, positive, whole_number
from engine.model.bundle import Bundle
from resources import MODEL

LOCAL: Final[tuple[str, ...]] = ("127.0.0.1", "localhost", "[::1]")
_INSTALL: Final[str] = "pip install 'moyin[serve]', in a clone pip install .[serve]"
_NEEDED: Final[tuple[str, ...]] = ("fastapi", "uvicorn", "prometheus_client")

DESCRIPTION = """\
Serve conversions over HTTP, to this machine alone unless --host says otherwise.

  python -m engine serve
  curl -s http://127.0.0.1:8765/translate -H 'Content-Type: application/json' \\
       -d '{"inputs": [{"letters": "nihaoshijie"}], "n_best": 3}'

  POST /translate   GET /health   GET /metrics   GET /docs   GET /openapi.json

There is no password and no encryption: to be reached from elsewhere, put it behind a server that
has both. Nothing that is sent is written to a log. Needs `pip install .[serve]`.
"""


def add_parser(commands: Any) -> None:
    """Add the command to the subparsers of `python -m engine`."""
    command = commands.add_parser(
        "serve",
        help="conversions over HTTP (needs the extra `serve`)",
        description=DESCRIPTION,
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    command.add_argument("--host", default="127.0.0.1", help="address to listen on (127.0.0.1)")
    command.add_argument("--port", type=_port, default=8765, help="port to listen on (8765)")
    command.add_argument(
        "--allow-host",
        action="append",
        default=[],
        metavar="NAME",
        help="a name by which clients may call the server besides those of this machine; * for any",
    )
    command.add_argument(
        "--lanes", type=positive, default=8, help="texts before the caret that are kept at hand (8)"
    )
    command.add_argument(
        "--queue", type=positive, default=256, help="inputs that may wait before 503 is answered (256)"
    )
    add_converter_arguments(command)
    command.set_defaults(run=run)


def _port(text: str) -> int:
    number = whole_number(text)
    if not 0 < number < 65536:
        raise argparse.ArgumentTypeError(f"expected a port from 1 to 65535, found {text}")
    return number


def run(options: argparse.Namespace) -> int:
    """Serve until interrupted; returns the exit status."""
    missing = [name for name in _NEEDED if importlib.util.find_spec(name) is None]
    if missing:
        print(f"serving needs {', '.join(missing)}: {_INSTALL}", file=sys.stderr)
        return 2
    import uvicorn

    from engine.serving.batching import Lanes
    from engine.serving.guard import GracefulServer, GuardedProtocol
    from engine.serving.http_api import create_api
    from engine.serving.metrics import Metrics
    from engine.serving.worker import Worker

    choice = choice_of(options)
    name = "fake" if choice.fake else Bundle.load(choice.bundle or MODEL).manifest.name
    metrics = Metrics()
    worker = Worker(Lanes(choice.create(), options.lanes), options.queue, metrics.count_conversion)
    metrics.watch(lambda: worker.n_waiting, lambda: worker.hits)
    hosts = (*LOCAL, options.host, *options.allow_host)
    application = create_api(worker, metrics, name, hosts, choice.spelling.letters)
    config = uvicorn.Config(
        application,
        host=options.host,
        port=options.port,
        http=GuardedProtocol,
        access_log=False,
        log_level="warning",
        server_header=False,
        timeout_keep_alive=30,
        limit_concurrency=512,
        timeout_graceful_shutdown=5,
    )
    name = f"[{options.host}]" if ":" in options.host else options.host
    try:
        ready = partial(print, f"http://{name}:{options.port}/docs", flush=True)
        GracefulServer(config, worker.stop, ready).run_to_the_end()
    finally:
        worker.close()
    return 0
