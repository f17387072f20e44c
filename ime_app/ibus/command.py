"""The commands of `python -m ime_app.ibus`: what their arguments mean, and what they print."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from pathlib import Path

from platformdirs import user_config_path, user_data_path

from ime_app.i18n.environment_language import language_of
from ime_app.i18n.strings import Strings
from ime_app.ibus.home import Home
from ime_app.ibus.supervisor import REFUSED
from ime_app.input.engine_loader import Model, create_fake_engine, model_loader


def serve_by(arguments: Sequence[str], *, restarted: bool) -> int:
    """Be the engine, with the arguments of `run`; return the exit status."""
    from ime_app.ibus.process import NoDaemonError, serve

    options = _parser_of_run().parse_args(arguments)
    folder = options.data_directory or user_data_path("moyin", appauthor=False)
    settings = options.settings or user_config_path("moyin", appauthor=False) / "settings.toml"
    load: Callable[[], Model] = model_loader(None, folder)
    if options.fake:
        load = lambda: Model(create_fake_engine)  # noqa: E731
    try:
        return serve(load, Home(folder, settings), restarted=restarted)
    except NoDaemonError as error:
        print(f"moyin: {error}", file=sys.stderr)
        return REFUSED


def run(arguments: Sequence[str]) -> int:
    """Run any command but `run`; return the exit status."""
    from ime_app.ibus.install import Installation, InstallError
    from ime_app.ibus.status import report

    options = _parser().parse_args(arguments)
    strings = Strings(language_of("system"))
    installation = Installation.of_all_users() if options.all_users else Installation.of_user()
    try:
        if options.command == "install":
            installation.install()
            print(strings("ibus.installed", path=installation.component))
        elif options.command == "uninstall":
            installation.uninstall()
            print(strings("ibus.uninstalled"))
            return 0
        lines, is_ready = report(installation, strings)
    except InstallError as error:
        print(error, file=sys.stderr)
        return 1
    print("\n".join(lines))
    return 0 if is_ready or options.command == "install" else 1


def _parser_of_run() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m ime_app.ibus run", description="what the IBus daemon starts")
    parser.add_argument("--data-directory", type=Path, default=None, help="where what is learnt is kept")
    parser.add_argument("--settings", type=Path, default=None, help="settings file (TOML)")
    parser.add_argument("--fake", action="store_true", help="a decoder without a model, for development")
    return parser


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m ime_app.ibus", description="墨音 as an IBus engine")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="be the engine: what the IBus daemon starts")
    for name, said in (
        ("install", "make 墨音 known to IBus"),
        ("uninstall", "undo that"),
        ("status", "say what is there and what is missing"),
    ):
        command = commands.add_parser(name, help=said)
        command.add_argument("--all-users", action="store_true", help="for everybody here; needs root")
    return parser
