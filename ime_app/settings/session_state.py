"""Keep the modes of the last time: 中/英, punctuation, width, script, private mode.

If the file is damaged the modes are as at a first start, but private mode is on: it may have been, and what
is logged by mistake cannot be taken back. A setting that says how to begin (traditional, full width) holds
again once it has been changed.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict, dataclass, field, fields, replace
from pathlib import Path
from typing import Final

from engine.protocol import Output
from engine.session.output_modes import Modes
from engine.storage.atomic_files import whole_text_file
from ime_app.settings.schema import Settings

FILE_NAME: Final[str] = "modes.json"
_UNREADABLE: Final = (OSError, ValueError, KeyError, TypeError, RecursionError)


@dataclass(frozen=True)
class Remembered:
    """The state in which the window was left."""

    modes: Modes = field(default_factory=Modes)
    private: bool = False
    in_doubt: bool = False  # private because nothing says that it was not


def modes_of(output: Output) -> Modes:
    """Return the modes that an output shows."""
    return Modes(**{each.name: getattr(output, each.name) for each in fields(Modes)})


class ModeMemory:
    """A small file in the data directory, written at each change, so that a crash forgets nothing."""

    def __init__(self, folder: Path, name: str = FILE_NAME) -> None:
        self._path = folder / name
        self._kept: Mapping[str, object] | None = None
        self._private = False  # as this window found it or said last

    @property
    def path(self) -> Path:
        return self._path

    def _on_file(self) -> tuple[dict[str, object], dict[str, object], bool]:
        """Return modes, settings and private mode as written. Raises one of _UNREADABLE."""
        rows = json.loads(self._path.read_text(encoding="utf-8"))
        private = rows["private"]
        if not isinstance(private, bool):
            raise TypeError("expected true or false")
        return dict(rows["modes"]), dict(rows["settings"]), private

    def load(self, settings: Settings, written: Settings) -> Remembered:
        """Return the modes as they were left.

        If the settings `written` have changed since, or are not in effect, they say how to begin.
        """
        begun = _begun(settings)
        modes = replace(Modes(), **begun)
        try:
            left, then, private = self._on_file()
        except FileNotFoundError:
            return Remembered(modes)
        except _UNREADABLE:
            self._private = True
            return Remembered(modes, private=True, in_doubt=True)
        self._private = private
        names = {each.name for each in fields(Modes)}
        on_file = _begun(written)
        changed = {name for name in begun if not then.get(name) is on_file[name] is begun[name]}
        known = {name: value is True for name, value in left.items() if name in names - changed}
        return Remembered(replace(modes, **known), private)

    def keep(self, remembered: Remembered, settings: Settings) -> None:
        """Write it, unless that is what was written last; where it cannot be, nothing is lost but that.

        What another window has said of private mode stays, until this one says something of it.
        """
        said = remembered.private if remembered.private is not self._private else None
        rows = {
            "modes": asdict(remembered.modes),
            "private": remembered.private,
            "settings": _begun(settings),
        }
        if rows == self._kept:
            return
        self._kept, self._private = rows, remembered.private
        with suppress(OSError):
            if said is None:
                rows = rows | {"private": self._private_on_file(remembered.private)}
            with whole_text_file(self._path, sync=False) as file:  # a key of the user's waits for it
                json.dump(rows, file)

    def _private_on_file(self, otherwise: bool) -> bool:
        try:
            return self._on_file()[2]
        except FileNotFoundError:
            return otherwise
        except _UNREADABLE:
            return True  # in doubt


def _begun(settings: Settings) -> dict[str, bool]:
    """Return the modes that the settings have something to say about."""
    return {"full_width": settings.input.full_width, "traditional": settings.input.traditional}
