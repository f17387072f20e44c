"""Write and read files of all data, and exchange through folders, beside the window's thread.

The engine's modules are imported inside, as they bring numpy.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from engine.errors import Said
from engine.storage.user_store import UserStore


@dataclass(frozen=True)
class MovingReport:
    """The result: how many entries of each kind have changed, or how many lines were written."""

    path: Path
    changed: Mapping[str, int] | None = None
    count: int = 0  # lines written, files read
    waiting: tuple[Said, ...] = ()
    notices: tuple[Said, ...] = ()
    bad_lines: tuple[tuple[int, Said], ...] = ()
    is_complete: bool = True


class Mover:
    """A mover of one user's data directory and settings. Methods raise OSError and MoyinError."""

    def __init__(self, data_directory: Path, settings: Path) -> None:
        self._data_directory = data_directory
        self._settings = settings

    def write(self, path: Path, *, with_log: bool) -> MovingReport:
        """Write everything into one file."""
        from engine.interchange.moving_house import House, write_house
        from engine.interchange.reading_store import store_to_read

        house = House(self._data_directory, self._settings)
        with store_to_read(self._data_directory) as store:
            count = store.mending(lambda: write_house(house, store, path, with_log=with_log))
            return MovingReport(path, count=count, notices=tuple(store.notices))

    def read(self, paths: Sequence[Path]) -> list[MovingReport]:
        """Bring what files hold together with what is here."""
        from engine.interchange.moving_house import House, read_house

        house, reports = House(self._data_directory, self._settings), []
        with closing(UserStore(self._data_directory)) as store:
            for path in paths:
                moved = store.mending(lambda path=path: read_house(house, store, path))  # type: ignore[misc]
                bad = tuple((line.number, line.reason) for line in moved.bad_lines)
                notices = (*store.notices, *moved.notices)
                store.notices.clear()
                reports.append(
                    MovingReport(path, moved.changed, 0, (), notices, bad, is_complete=moved.is_complete)
                )
        return reports

    def folder(self) -> Path | None:
        """Return the folder that was chosen."""
        from engine.interchange.exchange_folder import folder_of
        from engine.interchange.moving_house import House

        return folder_of(House(self._data_directory, self._settings))

    def choose(self, folder: Path | None) -> None:
        """Exchange by another folder, or by none."""
        from engine.interchange.exchange_folder import join_folder, leave_folder
        from engine.interchange.moving_house import House

        house = House(self._data_directory, self._settings)
        if folder is None:
            leave_folder(house)
        else:
            join_folder(house, folder)

    def exchange(self, *, only_where_due: bool = False) -> MovingReport | None:
        """Exchange by the folder that was chosen; None where there is none, or nothing is due."""
        from engine.interchange.exchange_folder import exchange, folder_of, is_due
        from engine.interchange.moving_house import House

        house = House(self._data_directory, self._settings)
        folder = folder_of(house)
        if folder is None or (only_where_due and not is_due(house)):
            return None
        found = exchange(house, folder)
        return MovingReport(folder, found.changed, found.n_file, found.waiting, found.notices)
