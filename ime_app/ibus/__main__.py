"""`python -m ime_app.ibus run | install | uninstall | status`: the engine's process, and its place in IBus.

`run` is what the daemon starts. It imports nothing before it has forked: the parent stays small.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def main(arguments: Sequence[str] | None = None) -> int:
    """Do what the first argument says; return the exit status."""
    given = list(sys.argv[1:] if arguments is None else arguments)
    if given[:1] == ["run"]:
        from ime_app.ibus.supervisor import Supervisor

        return Supervisor(lambda restarted: _run(given[1:], restarted)).run()
    from ime_app.ibus.installation.command import run

    return run(given)


def _run(arguments: Sequence[str], restarted: bool) -> int:
    """Be the engine, in the child."""
    from ime_app.field.privacy import keep_to_oneself

    keep_to_oneself()
    from platformdirs import user_config_path, user_data_path

    from ime_app.field.home import Home
    from ime_app.ibus.process import NoDaemonError, serve
    from ime_app.ibus.supervisor import REFUSED
    from ime_app.input.engine_loader import Model, create_fake_engine, model_loader

    options = _parse(arguments)
    folder = options.data_directory or user_data_path("moyin", appauthor=False)
    settings = options.settings or user_config_path("moyin", appauthor=False) / "settings.toml"
    load = (lambda: Model(create_fake_engine)) if options.fake else model_loader(None, folder)
    try:
        return serve(load, Home(folder, settings), restarted=restarted)
    except NoDaemonError as error:
        print(f"moyin: {error}", file=sys.stderr)
        return REFUSED


def _parse(arguments: Sequence[str]) -> Namespace:
    from argparse import ArgumentParser
    from pathlib import Path

    parser = ArgumentParser(prog="python -m ime_app.ibus run", description="what the IBus daemon starts")
    parser.add_argument("--data-directory", type=Path, default=None, help="where what is learnt is kept")
    parser.add_argument("--settings", type=Path, default=None, help="settings file (TOML)")
    parser.add_argument("--fake", action="store_true", help="a decoder without a model, for development")
    return parser.parse_args(arguments)


if __name__ == "__main__":
    sys.exit(main())
