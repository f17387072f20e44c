"""Import word lists, personal texts and archives into a user's database, with a report of each file."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field, replace
from pathlib import Path

from engine.errors import Said
from engine.hanzi.rare_readings import RareReadings
from engine.interchange.archive import is_archive, rows_of
from engine.interchange.moving_house import House, take_rows
from engine.interchange.phrase_files import holds_phrases, read_phrases
from engine.interchange.text_files import file_text, is_binary
from engine.interchange.text_import import phrases_of_text
from engine.interchange.word_lists import NO_TEXT, BadLine, Complaints, complaints_of, read_words
from engine.learning.user_lexicon_cache import build_words
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.reading_guesser import KnownReadings
from engine.model.bundle import Bundle
from engine.protocol import CustomPhrase
from engine.resource_check import require_whole
from engine.storage.custom_phrases.phrase_book import CustomPhraseBook, added
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import WordStore
from resources import LEXICON, RARE_READINGS


@dataclass(frozen=True)
class Imported:
    """What one file brought. `notices`: what went wrong beside its lines.

    `custom`: how many custom phrases it held, where it held no words but these, and `new`: how many of them
    were not there before.
    """

    path: Path
    words: int = 0
    phrases: int = 0
    custom: int | None = None
    new: int = 0
    changed: Counter[str] | None = None  # by kind, where it was an archive
    bad: Complaints = field(default_factory=Complaints)
    notices: tuple[Said, ...] = ()


def readings_of(bundle: Path) -> KnownReadings:
    """Return how words are read where nobody says so. Raises BundleError, ResourceError, LexiconError."""
    vocabulary = Bundle.load(bundle).vocabulary
    require_whole(LEXICON)
    lexicon = Lexicon.load(LEXICON, vocabulary)
    return KnownReadings(vocabulary, lexicon, rare=RareReadings(RARE_READINGS))


def import_word_lists(paths: Iterable[Path], readings: KnownReadings, store: UserStore) -> Iterator[Imported]:
    """Import word lists, each under the name of its file; a file of custom phrases brings those.

    Raises OSError, StoreError, PhraseError.
    """
    book = CustomPhraseBook(store.folder.parent)
    for path in paths:
        if holds_phrases(path):
            yield import_phrases(path, book)
            continue
        bad = Complaints()
        words = bad.sorted_out(read_words(path, readings))
        n_word = WordStore(store).add_words(replace(word, list_name=path.name) for word in words)
        yield Imported(path, words=n_word, bad=bad)
    build_words(store)  # the learner takes them when it finds them built


def import_phrases(path: Path, book: CustomPhraseBook) -> Imported:
    """Import a file of custom phrases. Raises OSError, PhraseError."""
    rows = list(read_phrases(path))
    new = [row for row in rows if isinstance(row, CustomPhrase)]
    bad = complaints_of(row for row in rows if isinstance(row, BadLine))
    before = len(book.read().phrases)
    after = book.edit(lambda phrases: added(phrases, new))
    return Imported(path, custom=len(new), new=len(after) - before, bad=bad)


def import_text_files(
    paths: Iterable[Path], readings: KnownReadings, house: House, store: UserStore
) -> Iterator[Imported]:
    """Import personal texts as phrases, and archives. Raises OSError, StoreError."""
    for path in paths:
        if is_binary(path):
            yield Imported(path, bad=complaints_of([NO_TEXT]))
            continue
        text = file_text(path)
        if is_archive(text):
            moved = take_rows(house, store, rows_of(text.split("\n")))
            bad = complaints_of(moved.bad_lines)
            yield Imported(path, changed=moved.changed, bad=bad, notices=moved.notices)
        else:
            phrases = phrases_of_text(text, readings.read, path.name, path.stat().st_mtime)
            yield Imported(path, phrases=PhraseLog(store).add_missing(phrases))
