"""The commands install, uninstall and status of 墨音 in fcitx5."""

from __future__ import annotations

from collections.abc import Sequence

from ime_app.fcitx5.installation import Installation
from ime_app.fcitx5.status import report
from ime_app.services.install_command import InstallCommand


def run(arguments: Sequence[str]) -> int:
    """Run any command but `run`; return the exit status."""
    return InstallCommand(
        name="fcitx5",
        about="墨音 as an input method of fcitx5",
        run="be the engine: what fcitx5's addon starts",
        install="compile the addon and make 墨音 known to fcitx5",
        installation=lambda everybody: Installation.of_all_users() if everybody else Installation.of_user(),
        report=report,
        installed=lambda _, strings: strings("fcitx5.installed"),
    ).carry_out(arguments)
