"""Run the commands install, uninstall and status of 墨音 in fcitx5."""

from __future__ import annotations

from collections.abc import Sequence

from ime_app.fcitx5.installation import Fcitx5Installation
from ime_app.fcitx5.status import fcitx5_status
from ime_app.i18n.environment_language import environment_language
from ime_app.i18n.strings import Strings
from ime_app.services.install_command import InstallCommand


def run(arguments: Sequence[str]) -> int:
    """Run any command but `run`; return the exit status."""
    strings = Strings(environment_language("system"))
    return InstallCommand(
        name="fcitx5",
        about="墨音 as an input method of fcitx5",
        run="be the engine: what fcitx5's addon starts",
        install="compile the addon and make 墨音 known to fcitx5",
        installation=lambda everybody: (
            Fcitx5Installation.of_all_users() if everybody else Fcitx5Installation.of_user()
        ),
        report=lambda installation: fcitx5_status(
            installation, strings, everybody=Fcitx5Installation.of_all_users()
        ),
        installed=lambda _: strings("fcitx5.installed"),
        strings=strings,
    ).carry_out(arguments)
