"""Read and keep the user's own files: settings, modes, which bundle is in use.

The window and retraining write the same files in processes of their own; a file's time, size and
number tell that it has changed. Nothing is watched, and no socket is opened.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ime_app.settings.schema import Settings
from ime_app.settings.session_state import ModeMemory, Remembered
from ime_app.settings.settings_file import SettingsFile

MODES_FILE: Final[str] = "modes-ibus.json"  # the window's own are in modes.json
_ACTIVE_BUNDLE: Final[tuple[str, str]] = "models", "active.json"

Stamp = tuple[int, int, int] | None


class Watched:
    """A file, and whether it has changed since it was asked last."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._stamp = self._look()

    def has_changed(self) -> bool:
        """Return whether the file is another one, or written to, since this was asked last."""
        before, self._stamp = self._stamp, self._look()
        return self._stamp != before

    def _look(self) -> Stamp:
        try:
            found = self._path.stat()
        except OSError:
            return None
        return found.st_mtime_ns, found.st_size, found.st_ino


@dataclass
class Home:
    """The user's files: settings in `settings_path`, everything else in `folder`."""

    folder: Path
    settings_path: Path
    settings: Settings = field(init=False)

    def __post_init__(self) -> None:
        self._file = SettingsFile(self.settings_path)
        self._settings_watch = Watched(self.settings_path)
        self._bundle_watch = Watched(self.folder.joinpath(*_ACTIVE_BUNDLE))
        self._memory = ModeMemory(self.folder, MODES_FILE)
        self.settings = self._file.load().settings

    def reread_settings(self) -> bool:
        """Read the settings where the file has changed; return whether they are others now."""
        if not self._settings_watch.has_changed():
            return False
        before, self.settings = self.settings, self._file.load().settings
        return self.settings != before

    def has_other_bundle(self) -> bool:
        """Return whether another bundle was put in use since this was asked last."""
        return self._bundle_watch.has_changed()

    def load_modes(self) -> Remembered:
        """Return the modes as they were left."""
        return self._memory.load(self.settings, self.settings)

    def keep_modes(self, remembered: Remembered) -> None:
        """Write the modes, for the next start."""
        self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        self._memory.keep(remembered, self.settings)
