"""Define the commands install, uninstall and status: their arguments, and what they print."""

from __future__ import annotations

import shlex
import sys
from argparse import ArgumentParser
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from ime_app.services.desktop_entry import InstallError

Say = Callable[..., str]  # a sentence by its name and fields, in the user's language
_SIGNS: Final[Mapping[bool | None, str]] = {True: "✓", False: "✗", None: "·"}
PROJECT: Final[Path] = Path(__file__).resolve().parents[2]
_MODULE_VARIABLES: Final[tuple[str, ...]] = "GTK_IM_MODULE", "QT_IM_MODULE", "XMODIFIERS"


@dataclass(frozen=True)
class Finding:
    """One line of a status: whether it is well (None: a hint), and its sentence by name and fields."""

    is_well: bool | None
    name: str
    values: Mapping[str, object]


def finding(is_well: bool | None, name: str, **values: object) -> Finding:
    """Return what was found, with the fields of its sentence."""
    return Finding(is_well, name, values)


def status_of(findings: Sequence[Finding], strings: Say, prefix: str) -> tuple[list[str], bool]:
    """Return a line for each finding, its sentence by `prefix` and its name; and whether all is well."""
    install = install_hint(prefix.split(".")[0])
    lines = [
        f"{_SIGNS[each.is_well]} {strings(f'{prefix}.{each.name}', install=install, **each.values)}"
        for each in findings
    ]
    return lines, all(each.is_well is not False for each in findings)


def is_of_make() -> bool:
    """Return whether this Python is the one that `make` made, in a clone; else pip brought the program."""
    return Path(sys.prefix) == PROJECT / ".venv" and (PROJECT / "Makefile").exists()


def install_hint(name: str) -> str:
    """Return what a user types to install what `ime_app.NAME` is for."""
    return (
        f"make {name}" if is_of_make() else shlex.join([sys.executable, "-m", f"ime_app.{name}", "install"])
    )


def missing_variables(environment: Mapping[str, str], value: str) -> str:
    """Return the variables that X11 applications read and that do not name this input method."""
    return " ".join(name for name in _MODULE_VARIABLES if value not in environment.get(name, ""))


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
    strings: Say

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
