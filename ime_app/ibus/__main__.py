"""`python -m ime_app.ibus run | install | uninstall | status`: the engine's process, and its place in IBus.

`run` is what the daemon starts. It imports nothing before it has forked: the parent stays small.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        from ime_app.ibus.supervisor import Supervisor

        return Supervisor(lambda restarted: _run(given[1:], restarted)).run()
    from ime_app.ibus.command import run

    return run(given)


def _run(arguments: Sequence[str], restarted: bool) -> int:
    from ime_app.ibus.privacy import keep_to_oneself

    keep_to_oneself()
    from ime_app.ibus.command import serve_by

    return serve_by(arguments, restarted=restarted)


if __name__ == "__main__":
    sys.exit(main())
