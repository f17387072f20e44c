"""Hold the settings in effect: loaded once, previewed while the settings window is open, then kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from PySide6.QtCore import QObject, Signal

from ime_app.i18n.strings import Strings
from ime_app.settings.schema import (
    Names,
    Range,
    SchemeSetting,
    Setting,
    SettingProblem,
    Settings,
    Toggle,
    WordSetting,
    changes_between,
)
from ime_app.settings.settings_file import SettingsFile

MAX_PROBLEMS: Final[int] = 5  # that are named


class SettingsKeeper(QObject):
    """The settings in effect; `overrides` are the command line's, which are never written."""

    changed = Signal(object)  # Settings, to be applied at once

    def __init__(self, file: SettingsFile, overrides: Mapping[Setting, object] | None = None) -> None:
        super().__init__()
        self._file = file
        self._loaded = file.load()
        self._settings = self._written = self._loaded.settings
        for setting, value in (overrides or {}).items():
            self._settings = self._settings.with_value(setting, value)
        self._kept = self._settings

    @property
    def settings(self) -> Settings:
        return self._settings

    @property
    def written(self) -> Settings:
        """What the file says, overrides and previews apart."""
        return self._written

    @property
    def path(self) -> Path:
        return self._file.path

    def complaints(self, strings: Strings) -> str:
        """Return what the file has wrong, in sentences; nothing if all is right."""
        path = self.path
        if self._loaded.broken:
            return strings("settings.broken", path=path, reason=self._loaded.broken)
        problems = self._loaded.problems
        lines = [sentence(problem, strings) for problem in problems[:MAX_PROBLEMS]]
        if len(problems) > MAX_PROBLEMS:
            lines.append(strings("settings.more_problems", count=len(problems) - MAX_PROBLEMS))
        return "\n".join([*lines, strings("settings.file_kept", path=path)]) if lines else ""

    def preview(self, settings: Settings) -> None:
        """Let them take effect; they are kept or taken back later."""
        if settings != self._settings:
            self._settings = settings
            self.changed.emit(settings)

    def adopt(self, values: Mapping[Setting, object]) -> None:
        """Show what is in effect for another reason (a key has switched a mode), without writing it."""
        settings = self._settings
        for setting, value in values.items():
            settings = settings.with_value(setting, value)
            self._kept = self._kept.with_value(setting, value)
        self.preview(settings)

    def reread(self) -> None:
        """Let take effect what somebody else has written into the file since it was loaded."""
        loaded = self._file.load()
        changes = {} if loaded.broken else changes_between(self._written, loaded.settings)
        if changes:
            self._written = loaded.settings
            self.adopt(changes)

    def take_back(self) -> None:
        """Restore what was in effect when settings were kept last, or loaded."""
        self.preview(self._kept)

    def keep(self, strings: Strings) -> Path | None:
        """Write what has changed since. Returns where a broken file went; raises SettingsError."""
        changes = changes_between(self._kept, self._settings)
        if not changes:
            return None
        self._kept = self._settings  # in effect, whether or not they can be written
        aside = self._file.save(changes, lambda key: _comment(key, strings))
        for setting, value in changes.items():
            self._written = self._written.with_value(setting, value)
        return aside


def sentence(problem: SettingProblem, strings: Strings) -> str:
    """Return what is wrong, what was expected, and what is used instead."""
    setting = problem.setting
    if setting is None:
        if problem.suggestion == problem.key:
            return strings("settings.no_section", key=problem.key)
        which = "settings.unknown_like" if problem.suggestion else "settings.unknown"
        return strings(which, key=problem.key, suggestion=problem.suggestion)
    values = {"key": problem.key, "found": problem.found, "default": _as_written(setting.default)}
    match setting.limits:
        case Range(least, most):
            return strings("settings.wrong_range", least=least, most=most, **values)
        case Toggle():
            return strings("settings.wrong_toggle", **values)
        case SchemeSetting(words):
            return strings("settings.wrong_scheme", words=", ".join(filter(None, words)), **values)
        case WordSetting(words):
            return strings("settings.wrong_choice", words=", ".join(words), **values)
        case Names() as names:
            return strings("settings.wrong_names", words=", ".join(names.known), **values)
    return strings("settings.wrong_text", **values)


def _comment(key: str, strings: Strings) -> str:
    """Return what a new file says beside the setting: its explanation; sections have a title only."""
    return strings(f"{key}.tip") if "." in key else strings(key)


def _as_written(value: object) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)
