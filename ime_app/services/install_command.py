"""The commands install, uninstall and status: their arguments, and what is said."""

from __future__ import annotations

import sys
from argparse import ArgumentParser
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from ime_app.services.desktop_entry import InstallError

Said = Callable[..., str]  # a sentence by its name and fields, in the user's language


def engine_command(name: str) -> list[str]:
    """Return what starts the engine of `ime_app.NAME`. `-P`: the folder it is started in holds no modules."""
    return [sys.executable, "-P", "-m", f"ime_app.{name}", "run"]


@dataclass(frozen=True)
class InstallCommand:
    """One of them: `python -m ime_app.NAME`.

    `about` is said by --help, and so is what `run` and `install` do. `installation` makes an installation
    with `install` and `uninstall`, for everybody or for this user; `report` says how it stands, and whether
    all is in place. `installed` is the sentence behind an installation; the others are found by `name`.
    """

    name: str
    about: str
    run: str
    install: str
    installation: Callable[[bool], Any]
    report: Callable[[Any], tuple[list[str], bool]]
    installed: Callable[[Any], str]
    strings: Said

    def carry_out(self, arguments: Sequence[str]) -> int:
        """Run any command but `run`; return the exit status."""
        options = self._parser().parse_args(arguments)
        installation = self.installation(options.all_users)
        try:
            if options.command == "install":
                installation.install()
                print(self.installed(installation))
            elif options.command == "uninstall":
                installation.uninstall()
                print(self.strings(f"{self.name}.uninstalled"))
                return 0
            lines, is_ready = self.report(installation)
        except InstallError as error:
            print(self.strings("ibus.failed", reason=error), file=sys.stderr)
            return 1
        print("\n".join(lines))
        return 0 if is_ready or options.command == "install" else 1

    def _parser(self) -> ArgumentParser:
        parser = ArgumentParser(prog=f"python -m ime_app.{self.name}", description=self.about)
        commands = parser.add_subparsers(dest="command", required=True)
        commands.add_parser("run", help=self.run)
        for name, said in (
            ("install", self.install),
            ("uninstall", "undo that"),
            ("status", "say what is there and what is missing"),
        ):
            command = commands.add_parser(name, help=said)
            command.add_argument("--all-users", action="store_true", help="for everybody here; needs root")
        return parser
