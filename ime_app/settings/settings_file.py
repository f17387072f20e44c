"""Keep the settings on disk: a TOML file that its user may edit, comment and break.

Loading never writes. Saving changes only the values that were changed: comments, order, unknown names and
even wrong values stay as they are. A file that is no TOML is set aside by the first saving.
"""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, Said, reason_of, says
from engine.storage.atomic_files import whole_text_file
from ime_app.settings.schema import (
    SECTIONS,
    SETTINGS,
    Names,
    Range,
    SchemeSetting,
    Setting,
    SettingProblem,
    Settings,
    WordSetting,
    read_settings,
)

if TYPE_CHECKING:
    from tomlkit import TOMLDocument

_MAX_BYTES: Final[int] = 1 << 20
# ValueError: also UnicodeDecodeError, TOMLDecodeError, and a number of more digits than Python reads;
# RecursionError: `[[[[…` a thousand deep.
_UNREADABLE: Final = (OSError, ValueError, RecursionError)
_OWNER_ONLY_FOLDER: Final[int] = 0o700


class SettingsError(MoyinError):
    """Settings that cannot be kept; the message is the system's reason."""


@dataclass(frozen=True)
class Loaded:
    """The content of the file. `broken` says why nothing of it could be read; empty if it could."""

    settings: Settings
    problems: tuple[SettingProblem, ...] = ()
    broken: Said = ""


class SettingsFile:
    """The file at `path`; it need not exist before something is changed."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def load(self) -> Loaded:
        """Return the settings in the file; the defaults for what is missing, wrong or unreadable."""
        try:
            settings, problems = read_settings(tomllib.loads(self._text()))
        except FileNotFoundError:
            return Loaded(Settings())
        except _UNREADABLE as error:
            return Loaded(Settings(), broken=reason_of(error))
        return Loaded(settings, problems)

    def save(self, changes: Mapping[Setting, object], describe: Callable[[str], str]) -> Path | None:
        """Write the changed values; `describe` gives the comment to a key in a new file.

        Returns the path to which a broken file was set aside. Raises SettingsError.
        """
        try:
            self.path.parent.mkdir(mode=_OWNER_ONLY_FOLDER, parents=True, exist_ok=True)
            document, aside = self._open(describe)
            for setting, value in changes.items():
                _change(document, setting, value)
            with whole_text_file(self.path) as file:
                file.write(document.as_string())
        except OSError as error:
            raise SettingsError(reason_of(error)) from error
        return aside

    def _text(self) -> str:
        """Return the text. Raises OSError, ValueError where it is no file that anybody writes by hand."""
        with self.path.open("rb") as file:
            data = file.read(_MAX_BYTES + 1)
        if len(data) > _MAX_BYTES:
            raise SettingsError(says(Kind.TOO_LARGE, number=_MAX_BYTES))
        return data.decode("utf-8-sig")

    def _open(self, describe: Callable[[str], str]) -> tuple[TOMLDocument, Path | None]:
        """Return the file as it can be changed in place; a new one with every default if there is none."""
        import tomlkit  # only who changes a setting waits for it
        from tomlkit.exceptions import TOMLKitError

        try:
            return tomlkit.parse(self._text()), None
        except FileNotFoundError:
            return tomlkit.parse(new_file(describe)), None
        except (*_UNREADABLE[1:], TOMLKitError):
            stamp = f"{datetime.now():%Y%m%d-%H%M%S-%f}"
            aside = self.path.with_name(f"{self.path.stem}.broken-{stamp}{self.path.suffix}")
            self.path.rename(aside)
            return tomlkit.parse(new_file(describe)), aside


def new_file(describe: Callable[[str], str]) -> str:
    """Return a settings file with every default and a comment to each."""
    import tomlkit

    lines = [f"# {describe('file')}"]
    for section in SECTIONS:
        lines += ["", f"[{section}]  # {describe(section)}"]
        for setting in SETTINGS:
            if setting.section == section:
                lines.append(f"# {describe(setting.key)}{_allowed(setting)}")
                default = list(setting.default) if isinstance(setting.default, tuple) else setting.default
                lines.append(f"{setting.name} = {tomlkit.item(default).as_string()}")
    return "\n".join(lines) + "\n"


def _allowed(setting: Setting) -> str:
    match setting.limits:
        case Range(least, most):
            return f" ({least}-{most})"
        case WordSetting(words) | SchemeSetting(words):
            return f" ({', '.join(filter(None, words))})"
        case Names() as names:
            return f" ({', '.join(names.known)})"
    return ""


def _change(document: TOMLDocument, setting: Setting, value: object) -> None:
    """Set one value where it stands, its comment kept; a section that is no table is replaced."""
    import tomlkit

    if not isinstance(document.get(setting.section), dict):
        document[setting.section] = tomlkit.table()
    section = document[setting.section]
    assert isinstance(section, dict)
    section[setting.name] = list(value) if isinstance(value, tuple) else value
