"""Import and export a user's words and phrases: files in, a report out.

Everything here may take seconds and opens a connection of its own: it is run beside the window's thread. The
engine's modules are imported inside, as they bring numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from engine.errors import Said
from engine.interchange.reading_store import store_to_read
from engine.storage.user_store import UserStore

if TYPE_CHECKING:
    from engine.interchange.importing import Imported
    from engine.lexicon.reading_guesser import KnownReadings


def import_words(paths: Sequence[Path], bundle: Path, data_directory: Path) -> list[Imported]:
    """Import word lists. Raises OSError, StoreError, BundleError, LexiconError."""
    from engine.interchange.importing import import_word_lists

    readings = load_readings(bundle)
    return _imported(data_directory, lambda store: import_word_lists(paths, readings, store))


def import_texts(paths: Sequence[Path], bundle: Path, data_directory: Path, settings: Path) -> list[Imported]:
    """Import texts as phrases, or archives. Raises OSError, StoreError, BundleError, LexiconError."""
    from engine.interchange.importing import import_text_files
    from engine.interchange.moving_house import House

    readings, house = load_readings(bundle), House(data_directory, settings)
    return _imported(data_directory, lambda store: import_text_files(paths, readings, house, store))


def export_all(path: Path, data_directory: Path) -> tuple[int, tuple[Said, ...]]:
    """Export everything as text that `import_texts` reads; return the number of lines, and notices about a
    database that was found damaged. Raises OSError, StoreError.
    """
    from engine.interchange.archive import archive_lines
    from engine.storage.atomic_files import write_lines

    with store_to_read(data_directory) as store:
        n_line = store.mending(lambda: write_lines(path, archive_lines(store)))
        return n_line - 1, tuple(store.notices)  # without the header


def load_readings(bundle: Path) -> KnownReadings:
    """Return how words are read where nobody says so. Raises BundleError, LexiconError."""
    from engine.interchange.importing import readings_of

    return readings_of(bundle)


def _imported(data_directory: Path, act: Callable[[UserStore], Iterator[Imported]]) -> list[Imported]:
    """Act on the user's database, mended if it is found damaged, which the first report says."""
    with closing(UserStore(data_directory)) as store:
        first, *others = store.mending(lambda: list(act(store)))
        return [replace(first, notices=(*store.notices, *first.notices)), *others]
