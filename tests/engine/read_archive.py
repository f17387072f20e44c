"""Take the lines of an archive into a database, with the files beside it."""

from __future__ import annotations

from collections.abc import Iterable

from engine.interchange.archive import rows_of
from engine.interchange.moving_house import House, Moved, take_rows
from engine.storage.user_store import UserStore


def restore_lines(lines: Iterable[str], store: UserStore) -> Moved:
    folder = store.folder.parent
    return take_rows(House(folder, folder / "settings.toml"), store, rows_of(lines))
