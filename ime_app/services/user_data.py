"""Import and export a user's words and phrases: files in, a report out.

Everything here may take seconds and opens a connection of its own: it is run beside the window's thread. The
engine's modules are imported inside, as they bring numpy.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Final

from engine.errors import Said
from engine.interchange.reading_store import store_to_read
from engine.storage.user_store import UserStore

if TYPE_CHECKING:
    from engine.interchange.word_lists import BadLine
    from engine.lexicon.reading_guesser import KnownReadings


MAX_SHOWN_REASONS: Final[int] = 3


@dataclass(frozen=True)
class ImportReport:
    """What one file brought or was given; `bad_lines` as `(number, reason)`.

    `notices` are sentences about a database that was found damaged meanwhile.
    """

    path: Path
    phrases: int = 0
    words: int = 0
    changed: Mapping[str, int] | None = None  # by kind, where it was an archive
    bad_lines: tuple[tuple[int, Said], ...] = ()
    n_bad: int = 0  # at least as many as are listed
    reasons: tuple[tuple[Said, int], ...] = ()  # and how many lines have each
    lines: int = 0  # written
    notices: tuple[Said, ...] = ()


def import_words(paths: Sequence[Path], bundle: Path, data_directory: Path) -> list[ImportReport]:
    """Import word lists. Raises OSError, StoreError, BundleError, LexiconError."""
    from engine.interchange.word_lists import Complaints, read_words
    from engine.learning.user_lexicon_cache import build_words
    from engine.storage.word_store import WordStore

    readings = readings_of(bundle)

    def read(store: UserStore) -> list[ImportReport]:
        reports = []
        for path in paths:
            bad = Complaints()
            good = bad.sorted_out(read_words(path, readings))
            words = WordStore(store).add_words(replace(row, list_name=path.name) for row in good)
            reasons = tuple(bad.counts.most_common(MAX_SHOWN_REASONS))
            lines = _numbered(bad.first)
            reports.append(ImportReport(path, words=words, bad_lines=lines, n_bad=len(bad), reasons=reasons))
        build_words(store)  # the learner takes them when it finds them built
        return reports

    return _reports(data_directory, read)


def import_texts(
    paths: Sequence[Path], bundle: Path, data_directory: Path, settings: Path
) -> list[ImportReport]:
    """Import personal texts as phrases, or archives. Raises OSError, StoreError, BundleError,
    LexiconError.
    """
    from engine.interchange.archive import is_archive, rows_of
    from engine.interchange.moving_house import House, take_rows
    from engine.interchange.text_import import phrases_of_text
    from engine.interchange.word_lists import decoded, lines_of
    from engine.storage.phrase_log import PhraseLog

    readings = readings_of(bundle)

    def read(store: UserStore) -> list[ImportReport]:
        reports = []
        for path in paths:
            text = decoded(path.read_bytes())
            if is_archive(text):
                got = take_rows(House(data_directory, settings), store, rows_of(lines_of(text)))
                bad = _numbered(got.bad_lines)
                reports.append(ImportReport(path, changed=got.changed, bad_lines=bad, notices=got.notices))
            else:
                phrases = phrases_of_text(text, readings.read, path.name, path.stat().st_mtime)
                reports.append(ImportReport(path, PhraseLog(store).add_missing(phrases)))
        return reports

    return _reports(data_directory, read)


def export_all(path: Path, data_directory: Path) -> ImportReport:
    """Export everything as text that `import_texts` reads. Raises OSError, StoreError."""
    from engine.interchange.archive import archive_lines
    from engine.storage.atomic_files import write_lines

    def write(store: UserStore) -> list[ImportReport]:
        return [ImportReport(path, lines=write_lines(path, archive_lines(store)) - 1)]  # without the header

    with store_to_read(data_directory) as store:
        (report,) = store.mending(lambda: write(store))
        return replace(report, notices=tuple(store.notices))


def readings_of(bundle_path: Path) -> KnownReadings:
    """Return how words are read where nobody says so. Raises BundleError, LexiconError."""
    from engine.hanzi.rare_readings import RareReadings
    from engine.lexicon.lexicon import Lexicon
    from engine.lexicon.reading_guesser import KnownReadings
    from engine.model.bundle import Bundle
    from resources import LEXICON, RARE_READINGS

    vocabulary = Bundle.load(bundle_path).vocabulary
    rare = RareReadings(RARE_READINGS)
    return KnownReadings(vocabulary, Lexicon.load(LEXICON, vocabulary), rare=rare)


def _reports(data_directory: Path, act: Callable[[UserStore], list[ImportReport]]) -> list[ImportReport]:
    """Act on the user's database, mended if it is found damaged, which the first report says."""
    with closing(UserStore(data_directory)) as store:
        first, *others = store.mending(lambda: act(store))
        return [replace(first, notices=(*store.notices, *first.notices)), *others]


def _numbered(bad: Iterable[BadLine]) -> tuple[tuple[int, Said], ...]:
    return tuple((line.number, line.reason) for line in bad)
