"""Run the commands install, uninstall and status of 墨音 in IBus."""

from __future__ import annotations

from collections.abc import Sequence

from ime_app.i18n.environment_language import environment_language
from ime_app.i18n.strings import Strings
from ime_app.ibus.installation.component import IBusInstallation
from ime_app.ibus.installation.status import ibus_status
from ime_app.services.install_command import InstallCommand


def run(arguments: Sequence[str]) -> int:
    """Run any command but `run`; return the exit status."""
    strings = Strings(environment_language("system"))
    return InstallCommand(
        name="ibus",
        about="墨音 as an IBus engine",
        run="be the engine: what the IBus daemon starts",
        install="make 墨音 known to IBus",
        installation=lambda everybody: (
            IBusInstallation.of_all_users() if everybody else IBusInstallation.of_user()
        ),
        report=lambda installation: ibus_status(installation, strings),
        installed=lambda installation: strings("ibus.installed", path=installation.component),
        strings=strings,
    ).carry_out(arguments)
