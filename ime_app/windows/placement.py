"""Decide how large a window is and where it stands: inside the screen, as it was left, off what matters.

Works in the pixels of Qt, of which a screen of 1366×768 at scale 2 has 683×384.
"""

from __future__ import annotations

import base64
import binascii
import json
from contextlib import suppress
from pathlib import Path
from typing import Final

from PySide6.QtCore import QByteArray, QPoint, QRect, QSize
from PySide6.QtWidgets import QWidget

from engine.storage.atomic_files import whole_file

FILE_NAME: Final[str] = "windows.json"
FRAME: Final[QSize] = QSize(8, 40)  # a title bar and borders, before a window manager has told theirs
GAP: Final[int] = 8
LEAST_HEIGHT: Final[int] = 200


class PlaceMemory:
    """A memory of where windows were left, by name, in the user's folder; a damaged file counts as none."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / FILE_NAME

    def restore(self, window: QWidget, name: str) -> bool:
        """Put the window where it was left; return False where nothing is known."""
        try:
            geometry = base64.b64decode(str(self._read().get(name, "")), validate=True)
        except binascii.Error:
            return False
        return bool(geometry) and window.restoreGeometry(QByteArray(geometry))

    def keep(self, window: QWidget, name: str) -> None:
        """Remember where the window is; a disk that takes nothing costs only that."""
        places = self._read()
        places[name] = base64.b64encode(bytes(window.saveGeometry().data())).decode("ascii")
        with suppress(OSError), whole_file(self._path) as file:
            file.write(json.dumps(places).encode())

    def _read(self) -> dict[str, object]:
        try:
            places = json.loads(self._path.read_text(encoding="utf-8"))
        except (OSError, ValueError, RecursionError):
            return {}
        return places if isinstance(places, dict) else {}


def fit_to_screen(window: QWidget, wanted: QSize) -> None:
    """Give the window the size it wants, as far as its screen has room for it and its frame."""
    window.resize(wanted.boundedTo(window.screen().availableGeometry().size() - FRAME))


def has_room_beside(window: QWidget, kept_free: QRect) -> bool:
    """Return whether the window fits the screen without covering `kept_free`, in global pixels."""
    size = window.size() + FRAME
    return size.width() <= _beside(window, kept_free) or size.height() <= _above_or_below(window, kept_free)


def lower_beside(window: QWidget, kept_free: QRect) -> None:
    """Make the window as low as the room above or below `kept_free`, if something can be seen in it."""
    height = _above_or_below(window, kept_free) - FRAME.height()
    if height >= LEAST_HEIGHT and not has_room_beside(window, kept_free):
        window.resize(window.width(), height)


def place_beside(window: QWidget, kept_free: QRect) -> None:
    """Move the window to where it covers least of `kept_free`, in global pixels, near its parent's middle."""
    screen = window.screen().availableGeometry()
    size = window.size() + FRAME
    right, bottom = screen.right() + 1 - size.width(), screen.bottom() + 1 - size.height()
    middle = kept_free.center() - QPoint(size.width() // 2, size.height() // 2)
    xs = (middle.x(), kept_free.right() + GAP, kept_free.left() - size.width() - GAP, screen.left(), right)
    ys = (kept_free.bottom() + GAP, kept_free.top() - size.height() - GAP, middle.y(), screen.top(), bottom)
    places = [
        QPoint(max(screen.left(), min(x, right)), max(screen.top(), min(y, bottom))) for x in xs for y in ys
    ]
    window.move(min(places, key=lambda place: _covered(QRect(place, size), kept_free)))


def _above_or_below(window: QWidget, kept_free: QRect) -> int:
    screen = window.screen().availableGeometry()
    return max(kept_free.top() - screen.top(), screen.bottom() - kept_free.bottom()) - GAP


def _beside(window: QWidget, kept_free: QRect) -> int:
    screen = window.screen().availableGeometry()
    return max(kept_free.left() - screen.left(), screen.right() - kept_free.right()) - GAP


def _covered(rect: QRect, kept_free: QRect) -> int:
    common = rect.intersected(kept_free)
    return max(0, common.width()) * max(0, common.height())
