"""Run `python -m ime_app.fcitx5 run | install | uninstall | status`: the engine's process, its installation.

`run` is what the addon starts.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        return _run(given[1:])
    from ime_app.fcitx5.command import run

    return run(given)


def _run(arguments: Sequence[str]) -> int:
    from ime_app.field.start import begin

    load, home = begin("python -m ime_app.fcitx5 run", arguments)
    from ime_app.fcitx5.process import serve_fcitx5

    return serve_fcitx5(load, home)


if __name__ == "__main__":
    sys.exit(main())
