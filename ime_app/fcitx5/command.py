"""The commands install, uninstall and status: what their arguments mean, and what they print."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Sequence

from ime_app.fcitx5.installation import Installation
from ime_app.fcitx5.status import report
from ime_app.i18n.environment_language import language_of
from ime_app.i18n.strings import Strings
from ime_app.services.desktop_entry import InstallError


def run(arguments: Sequence[str]) -> int:
    """Run any command but `run`; return the exit status."""
    options = _parser().parse_args(arguments)
    strings = Strings(language_of("system"))
    installation = Installation.of_all_users() if options.all_users else Installation.of_user()
    try:
        if options.command == "install":
            installation.install()
            print(strings("fcitx5.installed"))
        elif options.command == "uninstall":
            installation.uninstall()
            print(strings("fcitx5.uninstalled"))
            return 0
    except InstallError as error:
        print(strings("ibus.failed", reason=error), file=sys.stderr)
        return 1
    lines, is_ready = report(installation, strings)
    print("\n".join(lines))
    return 0 if is_ready or options.command == "install" else 1


def _parser() -> ArgumentParser:
    parser = ArgumentParser(prog="python -m ime_app.fcitx5", description="墨音 as an input method of fcitx5")
    commands = parser.add_subparsers(dest="command", required=True)
    commands.add_parser("run", help="be the engine: what fcitx5's addon starts")
    for name, said in (
        ("install", "compile the addon and make 墨音 known to fcitx5"),
        ("uninstall", "undo that"),
        ("status", "say what is there and what is missing"),
    ):
        command = commands.add_parser(name, help=said)
        command.add_argument("--all-users", action="store_true", help="for everybody here; needs root")
    return parser
