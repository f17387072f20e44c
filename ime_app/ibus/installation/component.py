"""Install 墨音 in IBus: the component file, the environment that finds it, and IBus' cache.

IBus reads /usr/share/ibus/component alone; IBUS_COMPONENT_PATH takes the place of that list, and IBus'
cache the place of the variable. So for one user, without root: a component file of his own, a file in
environment.d that the session is started with, and the cache written with the variable set.
"""

from __future__ import annotations

import os
import shlex
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final
from xml.sax.saxutils import escape

from engine.error_kinds import Kind
from engine.errors import says, system_reason
from ime_app.ibus import wire
from ime_app.services import desktop_entry
from ime_app.services.desktop_entry import InstallError
from ime_app.services.install_command import engine_command
from ime_app.services.version import version

SYSTEM_FOLDER: Final[Path] = Path("/usr/share/ibus/component")
VARIABLE: Final[str] = "IBUS_COMPONENT_PATH"
FILE_NAME: Final[str] = "moyin.xml"
ENVIRONMENT_FILE: Final[str] = "60-moyin.conf"
ICON: Final[Path] = Path(__file__).parents[2] / "icons" / "moyin.svg"
TIMEOUT_S: Final[float] = 30.0


@dataclass(frozen=True)
class IBusInstallation:
    """The places of the files. `environment_file` is None where IBus finds the component by itself, `data`
    where the program gets no entry in the desktop's menu.
    """

    component: Path
    environment_file: Path | None
    data: Path | None = None
    environment: Mapping[str, str] = field(default_factory=lambda: dict(os.environ), repr=False)
    system_folder: Path = SYSTEM_FOLDER

    @classmethod
    def of_user(cls, environment: Mapping[str, str] | None = None) -> IBusInstallation:
        """Return the places for this user alone, where no root is needed."""
        known = dict(os.environ if environment is None else environment)
        home = Path(known.get("HOME") or "~").expanduser()
        data = Path(known.get("XDG_DATA_HOME") or home / ".local" / "share")
        config = Path(known.get("XDG_CONFIG_HOME") or home / ".config")
        component = data / "ibus" / "component" / FILE_NAME
        return cls(component, config / "environment.d" / ENVIRONMENT_FILE, data, known)

    @classmethod
    def of_all_users(cls, folder: Path = SYSTEM_FOLDER) -> IBusInstallation:
        """Return the place for everybody on this computer."""
        return cls(folder / FILE_NAME, None)

    def in_place(self) -> IBusInstallation:
        """Return the one for everybody where that is what this user has."""
        everybody = replace(self, component=self.system_folder / FILE_NAME, environment_file=None, data=None)
        return self if self.component.exists() or not everybody.component.exists() else everybody

    @property
    def search_path(self) -> str:
        """What IBUS_COMPONENT_PATH has to be."""
        return f"{self.component.parent}:{self.system_folder}"

    def install(self, command: Sequence[str] = ()) -> None:
        """Write the files, tell IBus, and start its daemon anew if it runs. Raises InstallError.

        `command` is what the daemon starts; by default this Python with `-m ime_app.ibus run`.
        """
        if shutil.which("ibus") is None:
            raise InstallError(says(Kind.IBUS_MISSING))
        try:
            self.component.parent.mkdir(parents=True, exist_ok=True)
            text = component_of(list(command) or engine_command("ibus"), str(ICON))
            self.component.write_text(text, encoding="utf-8")
            if self.environment_file is not None:
                self.environment_file.parent.mkdir(parents=True, exist_ok=True)
                self.environment_file.write_text(self._environment_text(), encoding="utf-8")
            if self.data is not None:
                desktop_entry.write(self.data)
        except OSError as error:
            raise InstallError(system_reason(error)) from error
        self._tell_ibus(self.search_path if self.environment_file else None)

    def uninstall(self) -> None:
        """Undo it; what is not there is no error. Raises InstallError."""
        try:
            for path in (self.component, self.environment_file):
                if path is not None:
                    path.unlink(missing_ok=True)
            if self.data is not None:
                desktop_entry.remove_unless_used(self.data)
        except OSError as error:
            raise InstallError(system_reason(error)) from error
        self._tell_ibus(None)

    def run_ibus(self, *arguments: str, search_path: str | None = None) -> str:
        """Return what `ibus` says to these arguments; empty where it fails."""
        environment = {name: value for name, value in self.environment.items() if name != VARIABLE}
        if search_path is not None:
            environment[VARIABLE] = search_path
        try:
            done = subprocess.run(
                ["ibus", *arguments],
                env=environment,
                capture_output=True,
                text=True,
                check=False,
                timeout=TIMEOUT_S,
            )
        except (OSError, subprocess.TimeoutExpired):
            return ""
        return done.stdout if done.returncode == 0 else ""

    def _environment_text(self) -> str:
        value = self.search_path.replace("\\", "\\\\").replace('"', '\\"').replace("$", "$$")
        return f'# Where IBus looks for input methods; written by 墨音.\n{VARIABLE}="{value}"\n'

    def _tell_ibus(self, search_path: str | None) -> None:
        if shutil.which("ibus") is None:
            return
        self.run_ibus("write-cache", search_path=search_path)
        if wire.address(self.environment) is not None:
            self.run_ibus("restart", search_path=search_path)


def component_of(command: Sequence[str], icon: str) -> str:
    """Return the component file; IBus splits `exec` as a shell would."""
    settings = [sys.executable, "-P", "-m", "ime_app", "--open", "settings"]
    return _COMPONENT.format(
        name=wire.BUS_NAME,
        engine=wire.ENGINE_NAME,
        version=escape(version()),
        command=escape(shlex.join(command)),
        setup=escape(shlex.join(settings)),
        icon=escape(icon),
    )


_COMPONENT: Final[str] = """<?xml version="1.0" encoding="utf-8"?>
<component>
  <name>{name}</name>
  <description>墨音 Moyin, a pinyin input method</description>
  <exec>{command}</exec>
  <version>{version}</version>
  <author>Moyin</author>
  <license>Apache-2.0</license>
  <textdomain>moyin</textdomain>
  <engines>
    <engine>
      <name>{engine}</name>
      <language>zh_CN</language>
      <license>Apache-2.0</license>
      <author>Moyin</author>
      <icon>{icon}</icon>
      <layout>default</layout>
      <longname>墨音</longname>
      <description>Pinyin with a neural decoder on this computer</description>
      <rank>50</rank>
      <symbol>墨</symbol>
      <icon_prop_key>InputMode</icon_prop_key>
      <setup>{setup}</setup>
    </engine>
  </engines>
</component>
"""
