"""Run `python -m ime_app.ibus run | install | uninstall | status`: the engine's process, its installation.

`run` is what the daemon starts. It imports nothing before it has forked: the parent stays small.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from ime_app.ibus.relay import WorkerEnd


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        from ime_app.ibus.supervisor import Supervisor

        return Supervisor(lambda end: _run(given[1:], end)).run()
    from ime_app.ibus.installation.command import run

    return run(given)


def _run(arguments: Sequence[str], end: WorkerEnd) -> int:
    """Be the engine, in the child."""
    from ime_app.field.start import begin

    load, home = begin("python -m ime_app.ibus run", arguments)
    from ime_app.ibus.process import NoDaemonError, serve_ibus
    from ime_app.ibus.supervisor import REFUSED

    try:
        return serve_ibus(load, home, end)
    except NoDaemonError as error:
        print(f"moyin: {error}", file=sys.stderr)
        return REFUSED


if __name__ == "__main__":
    sys.exit(main())
