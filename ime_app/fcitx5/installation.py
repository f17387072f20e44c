"""Install 墨音 in fcitx5: compile the addon against the headers of this computer, and write its files.

fcitx5 reads addons from its own folder alone, but takes the absolute path of a library, and the files that
name it from the user's folder of data: one user needs no root and no variable.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import says, system_reason
from ime_app.services import desktop_entry
from ime_app.services.desktop_entry import InstallError
from ime_app.services.install_command import engine_command
from ime_app.services.version import version

SOURCES: Final[Path] = Path(__file__).parent / "addon"
LIBRARY: Final[str] = "libmoyin.so"
NAME: Final[str] = "moyin"  # of the addon, and of its input method
FOR_EVERYBODY: Final[Path] = Path("/usr/local")  # fcitx5 reads its share as well as /usr/share
NEEDED: Final[str] = "sudo apt install fcitx5 g++ pkg-config libfcitx5core-dev"
TIMEOUT_S: Final[float] = 300.0
_FLAGS: Final[tuple[str, ...]] = ("-std=c++17", "-O2", "-fPIC", "-shared", "-fvisibility=hidden")


@dataclass(frozen=True)
class Fcitx5Installation:
    """The places of the files: the library below `library_folder`, all others below `data`."""

    library_folder: Path
    data: Path

    @classmethod
    def of_user(cls, environment: Mapping[str, str] = os.environ) -> Fcitx5Installation:
        """Return the places for this user alone, where no root is needed."""
        home = Path(environment.get("HOME") or "~").expanduser()
        data = Path(environment.get("XDG_DATA_HOME") or home / ".local" / "share")
        return cls(home / ".local" / "lib" / "fcitx5", data)

    @classmethod
    def of_all_users(cls, prefix: Path = FOR_EVERYBODY) -> Fcitx5Installation:
        """Return the places for everybody on this computer."""
        return cls(prefix / "lib" / "fcitx5", prefix / "share")

    @property
    def library(self) -> Path:
        return self.library_folder / LIBRARY

    @property
    def addon(self) -> Path:
        return self.data / "fcitx5" / "addon" / f"{NAME}.conf"

    @property
    def input_method(self) -> Path:
        return self.data / "fcitx5" / "inputmethod" / f"{NAME}.conf"

    @property
    def command(self) -> Path:
        """The file with what the addon starts, an argument a line."""
        return self.data / "fcitx5" / NAME / "command"

    def install(self) -> None:
        """Compile the addon and write everything. Raises InstallError.

        A library that fcitx5 has loaded is left to it; another takes its place at the next start.
        """
        try:
            self.library_folder.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=self.library_folder) as folder:
                built = Path(folder) / LIBRARY
                compile_addon(built)
                built.replace(self.library)
            for path, text in self._texts().items():
                path.parent.mkdir(parents=True, exist_ok=True)
                path.write_text(text, encoding="utf-8")
            desktop_entry.write(self.data)
        except OSError as error:
            raise InstallError(system_reason(error)) from error

    def uninstall(self) -> None:
        """Undo it; what is not there is no error. Raises InstallError."""
        try:
            for path in (self.library, self.addon, self.input_method, self.command):
                path.unlink(missing_ok=True)
            if self.command.parent.is_dir():
                self.command.parent.rmdir()
            desktop_entry.remove_unless_used(self.data)
        except OSError as error:
            raise InstallError(system_reason(error)) from error

    def _texts(self) -> dict[Path, str]:
        addon = _ADDON.format(library=self.library.with_suffix(""), version=version())
        return {
            self.addon: addon,
            self.input_method: _INPUT_METHOD,
            self.command: "\n".join(engine_command("fcitx5")) + "\n",
        }


def compile_addon(library: Path) -> None:
    """Compile the addon into that file, some ten seconds. Raises InstallError."""
    compiler = os.environ.get("CXX") or "g++"
    if shutil.which(compiler) is None or shutil.which("pkg-config") is None:
        raise InstallError(says(Kind.NOT_INSTALLED, names=f"{compiler}, pkg-config", packages=NEEDED))
    found = _run("pkg-config", "--cflags", "--libs", "Fcitx5Core")
    if found.returncode != 0:
        raise InstallError(says(Kind.NOT_INSTALLED, names="Fcitx5Core", packages=NEEDED))
    sources = [str(path) for path in sorted(SOURCES.glob("*.cpp"))]
    done = _run(compiler, *_FLAGS, *sources, "-o", str(library), *found.stdout.split())
    if done.returncode != 0:
        raise InstallError(says(Kind.COMPILER_SAID, name=compiler, text=done.stderr.strip()[-2000:]))


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(command, capture_output=True, text=True, check=False, timeout=TIMEOUT_S)
    except subprocess.TimeoutExpired as error:
        raise InstallError(says(Kind.TOO_SLOW, name=command[0], number=f"{TIMEOUT_S:.0f}")) from error


_ADDON: Final[str] = """[Addon]
Name=Moyin
Name[zh_CN]=墨音
Comment=Pinyin with a neural decoder on this computer
Category=InputMethod
Version={version}
Library={library}
Type=SharedLibrary
OnDemand=True
Configurable=False
"""
_INPUT_METHOD: Final[str] = """[InputMethod]
Name=Moyin
Name[zh_CN]=墨音
Icon=moyin
Label=墨
LangCode=zh_CN
Addon=moyin
Configurable=False
"""
