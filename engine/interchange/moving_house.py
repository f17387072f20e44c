"""Write all of a user's data into one file: words, pins, forgotten texts, custom phrases, settings, the log.

Reading brings together and replaces nothing: of two states of an entry the later holds, settings are taken
where none are set, and reading a file twice changes nothing more.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, suppress
from dataclasses import dataclass
from itertools import count
from pathlib import Path

from engine.error_kinds import Kind
from engine.errors import MoyinError, Said, says
from engine.interchange.archive import ArchiveRows, archive_lines, end_line, is_archive, rows_of
from engine.interchange.settings_rows import add_settings, settings_of
from engine.interchange.text_files import file_text
from engine.interchange.word_lists import BadLine
from engine.learning.user_lexicon_cache import build_words, cached_words
from engine.protocol import CustomPhrase
from engine.storage.atomic_files import write_lines
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook
from engine.storage.custom_phrases.phrase_file import PhraseError, PhraseFile
from engine.storage.own_entries import Entry, merged_custom, note_custom, take, take_in
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore


class HouseError(MoyinError):
    """A file that holds nothing of Moyin's."""


@dataclass(frozen=True)
class House:
    """The places where one user's data lie on this machine."""

    data_directory: Path
    settings: Path


@dataclass(frozen=True)
class Moved:
    """The result of reading a file: changes by kind; `is_complete`: its end was there."""

    changed: Counter[str]
    bad_lines: tuple[BadLine, ...] = ()
    is_complete: bool = True
    notices: tuple[Said, ...] = ()


def write_house(house: House, store: UserStore, path: Path, *, with_log: bool = False) -> int:
    """Write everything into one file; how many lines. Raises OSError, StoreError, PhraseError."""
    try:
        exchange_custom(house, store, ())
    except PhraseError:  # beside the custom phrases nothing can be written: they are read as they are
        file = CustomPhraseBook(house.data_directory).read()
        with store.transaction() as connection:
            note_custom(connection, file.phrases, complete=not file.wrong)
    return write_lines(path, _lines(house, store, with_log))


def read_house(house: House, store: UserStore, path: Path) -> Moved:
    """Bring what a file holds together with what is here. Raises OSError, StoreError, HouseError."""
    text = file_text(path)
    if not is_archive(text):
        raise HouseError.of(says(Kind.MOYIN_FILE, path=path), says(Kind.SOMETHING_ELSE))
    return take_rows(house, store, rows_of(text.split("\n")))


def take_rows(house: House, store: UserStore, rows: ArchiveRows) -> Moved:
    """Bring the rows of an archive together with what is here. Raises OSError, StoreError."""
    changed = take(store, rows.entries)
    changed["phrase"] += PhraseLog(store).add_missing(rows.phrases)
    notices = []
    try:
        changed["custom"] += exchange_custom(house, store, rows.custom)
    except PhraseError as error:
        notices.append(str(error))
    changed["setting"] += len(add_settings(house.settings, rows.settings))
    if changed["word"] or changed["list"] or changed["phrase"] or cached_words(store) is None:
        build_words(store)
    return Moved(+changed, tuple(rows.bad_lines), rows.is_complete, tuple(notices))


def exchange_custom(house: House, store: UserStore, found: Sequence[Entry]) -> int:
    """Note what was edited in the file of custom phrases, and take these entries into it.

    The file is replaced before the entries are written down as exchanged: who dies between the two has
    entries that look edited again, never phrases that look deleted. Raises PhraseError, StoreError.
    """
    n_changed = 0
    with ExitStack() as stack:

        def change(file: PhraseFile) -> list[CustomPhrase]:
            nonlocal n_changed
            connection = stack.enter_context(store.transaction())
            note_custom(connection, file.phrases, complete=not file.wrong)
            n_changed = take_in(connection, found).total()
            return merged_custom(connection, file.phrases) if n_changed else list(file.phrases)

        CustomPhraseBook(house.data_directory).exchange(change)
    return n_changed


def _lines(house: House, store: UserStore, with_log: bool) -> Iterator[str]:
    number = count()
    for line in archive_lines(store, with_log=with_log):
        next(number)
        yield line
    for name, value in settings_of(house.settings).items():
        with suppress(TypeError):
            line = json.dumps({"setting": name, "value": value}, ensure_ascii=False)
            next(number)
            yield line
    yield end_line(next(number))
