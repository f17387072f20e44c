"""Run `python -m engine words | log`: the user's words and phrase log from the command line."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any, Final

from platformdirs import user_config_path, user_data_path

from engine.commands.arguments import positive, scheme_name
from engine.commands.moving import changes_in_words
from engine.error_kinds import Kind
from engine.errors import says, short_repr
from engine.interchange.archive import archive_lines
from engine.interchange.importing import Imported, import_text_files, import_word_lists, readings_of
from engine.interchange.moving_house import House
from engine.interchange.reading_store import store_to_read
from engine.interchange.word_lines import LineError
from engine.interchange.word_lists import Complaints, write_words
from engine.learning.phrase_tokenizer import typed_parts
from engine.learning.user_lexicon_cache import LOG_WINDOW, build_words
from engine.lexicon.vocabulary import is_hanzi
from engine.spelling.fuzzy_sounds import FUZZY_PAIRS, FUZZY_PRICES, way_in_words
from engine.spelling.syllable import NO_READING, SYLLABLE_INDEX
from engine.storage.atomic_files import write_lines
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore, erase
from engine.storage.word_store import Pin, WordStore
from engine.user_model.accent import Accent
from resources import MODEL

_KEYS: Final = re.compile(r"[A-Za-z';]{1,64}")
Run = Callable[[argparse.Namespace, UserStore], int | None]  # the exit status, 0 where it is None


def add_parser(commands: Any) -> None:
    """Add `words` and `log` to the subparsers of `python -m engine`."""
    words = _group(commands, "words", "the user's words, what is forgotten and pinned")
    files = _part(
        words,
        "import",
        _import_words,
        "read word lists (text, Rime, libime, libpinyin, .scel) and files of custom phrases",
    )
    files.add_argument("files", nargs="+", type=Path)
    files.add_argument("--bundle", type=Path, default=MODEL, help="whose vocabulary the words must fit")
    _part(words, "export", _export_words, "write the words as text").add_argument("file", type=Path)
    _part(words, "forget", _forget, "never offer these").add_argument("texts", nargs="+")
    _part(words, "restore", _restore, "offer these again").add_argument("texts", nargs="+")
    _part(words, "forgotten", _forgotten, "what is forgotten")
    pin = _part(words, "pin", _pin, "for exactly these letters this comes first, always")
    pin.add_argument("keys", metavar="LETTERS")
    pin.add_argument("text")
    pin.add_argument("reading", help='syllables, as in "mo yin"')
    unpin = _part(words, "unpin", _unpin, "take the pins of these letters back, or one of them")
    unpin.add_argument("keys", metavar="LETTERS")
    unpin.add_argument("text", nargs="?", default=None)
    _part(words, "lists", _lists, "the imported lists, and how many words each has")
    _part(words, "delete-list", _delete_list, "delete an imported list").add_argument("name")
    _part(words, "pins", _pins, "what is pinned")
    log = _group(commands, "log", "the phrase log: what was typed")
    show = _part(log, "show", _show, "the last phrases, oldest first")
    show.add_argument("text", nargs="?", default="", help="only those that hold this")
    show.add_argument("--limit", type=positive, default=50)
    texts = _part(log, "import", _import_texts, "read personal text, or an archive that `export` wrote")
    texts.add_argument("files", nargs="+", type=Path)
    texts.add_argument("--bundle", type=Path, default=MODEL, help="whose vocabulary the text is read by")
    settings = user_config_path("moyin", appauthor=False) / "settings.toml"
    texts.add_argument("--settings", type=Path, default=settings, help="where those of an archive go")
    _part(log, "export", _export, "write everything as text, a JSON object a line").add_argument(
        "file", type=Path
    )
    sounds = _part(log, "sounds", _sounds, "what was learnt of fuzzy sounds, and what each costs")
    sounds.add_argument("--scheme", default="", type=scheme_name, help="of double pinyin, where it is used")
    delete = _part(log, "delete", _delete, "delete phrases for good")
    delete.add_argument("ids", nargs="+", type=positive, help="numbers that `show` gives")
    _part(log, "erase", _erase, "delete everything for good, words and backups too").add_argument(
        "--yes", action="store_true", help="do not ask"
    )


def _group(commands: Any, name: str, help_text: str) -> Any:
    group = commands.add_parser(name, help=help_text, description=help_text)
    return group.add_subparsers(required=True, metavar="WHAT")


def _part(group: Any, name: str, run: Run, help_text: str) -> argparse.ArgumentParser:
    part: argparse.ArgumentParser = group.add_parser(name, help=help_text, description=help_text)
    default = user_data_path("moyin", appauthor=False)
    part.add_argument("--data-directory", type=Path, default=default, help="default: the window's own")
    part.set_defaults(run=lambda options: _with_store(options, run))
    return part


def _with_store(options: argparse.Namespace, run: Run) -> int | None:
    opened = store_to_read if run in _READERS else _store_to_write
    with opened(options.data_directory) as store:
        try:
            return store.mending(lambda: run(options, store))
        finally:
            for notice in store.notices:
                print(notice, file=sys.stderr)


@contextmanager
def _store_to_write(data_directory: Path) -> Iterator[UserStore]:
    with closing(UserStore(data_directory)) as store:
        yield store


# Words.


def _import_words(options: argparse.Namespace, store: UserStore) -> int:
    n_bad = 0
    for found in import_word_lists(options.files, readings_of(options.bundle), store):
        print(f"{found.path}: {_brought(found)}{_not_taken(found.bad)}")
        n_bad += report(found)
    return 1 if n_bad else 0


def _brought(found: Imported) -> str:
    """Return what a file was found to hold, and how much of it was taken."""
    if found.custom is None:
        return f"{found.words} words"
    return f"no word list but custom phrases: {found.custom}, {found.new} of them new"


def _not_taken(bad: Complaints) -> str:
    """Return the end of the sentence about a file: how many lines were not taken, and why."""
    if not bad:
        return ""
    reasons = ", ".join(f"{number} × {reason}" for reason, number in bad.counts.most_common(3))
    return f"; {len(bad)} lines were not taken: {reasons}"


def report(found: Imported) -> int:
    """Name the lines of a file that were not taken; return how many things went wrong."""
    for notice in found.notices:
        print(notice, file=sys.stderr)
    for line in found.bad.first:
        print(f"{found.path}, line {line.number}: {line.reason}", file=sys.stderr)
    n_more = len(found.bad) - len(found.bad.first)
    if n_more:
        print(f"{found.path}: and {n_more} lines more", file=sys.stderr)
    return len(found.bad) + len(found.notices)


def _export_words(options: argparse.Namespace, store: UserStore) -> None:
    print(f"{write_words(WordStore(store).words(), options.file)} words")


def _forget(options: argparse.Namespace, store: UserStore) -> None:
    WordStore(store).forget(options.texts)


def _restore(options: argparse.Namespace, store: UserStore) -> None:
    WordStore(store).restore(options.texts)


def _forgotten(options: argparse.Namespace, store: UserStore) -> None:
    for text in WordStore(store).forgotten():
        print(text)


def _pin(options: argparse.Namespace, store: UserStore) -> None:
    WordStore(store).pin(pin_of(options.keys, options.text, options.reading.split()))


def pin_of(keys: str, text: str, syllables: Sequence[str]) -> Pin:
    """Return a pin of letters that can be typed, its reading a syllable a hanzi. Raises LineError."""
    if not _KEYS.fullmatch(keys):
        raise LineError.of(says(Kind.CASE_KEYS), short_repr(keys))
    if not text:
        raise LineError.of(says(Kind.A_WORD), says(Kind.NONE))
    n_hanzi = sum(map(is_hanzi, text))
    if len(syllables) != n_hanzi or not all(map(SYLLABLE_INDEX.__contains__, syllables)):
        raise LineError.of(says(Kind.SYLLABLES, number=n_hanzi), says(Kind.OTHER_PINYIN))
    rest = iter(syllables)
    return Pin(keys, text, tuple(next(rest) if is_hanzi(each) else NO_READING for each in text))


def _unpin(options: argparse.Namespace, store: UserStore) -> None:
    WordStore(store).unpin(options.keys, options.text)


def _lists(options: argparse.Namespace, store: UserStore) -> None:
    for name, count in WordStore(store).lists():
        print(f"{name or '(by hand)'}\t{count}")


def _delete_list(options: argparse.Namespace, store: UserStore) -> int:
    n_word = WordStore(store).remove_list(options.name)
    print(f"{n_word} words deleted")
    build_words(store)
    return 0 if n_word else 1


def _pins(options: argparse.Namespace, store: UserStore) -> None:
    for pin in WordStore(store).pins():
        print(f"{pin.keys}\t{pin.text}\t{' '.join(pin.reading)}")


# The log.


def _show(options: argparse.Namespace, store: UserStore) -> None:
    for phrase in reversed(PhraseLog(store).search(options.text, options.limit)):
        print(_line(phrase))


def _line(phrase: Phrase) -> str:
    when = datetime.fromtimestamp(phrase.time).strftime("%Y-%m-%d %H:%M")
    parts = "+".join(part.text for part in phrase.parts)
    return "\t".join([str(phrase.id), when, phrase.keys, phrase.text, str(phrase.rank + 1), parts])


def _import_texts(options: argparse.Namespace, store: UserStore) -> int:
    n_bad = 0
    house = House(options.data_directory, options.settings)
    for found in import_text_files(options.files, readings_of(options.bundle), house, store):
        brought = f"{found.phrases} phrases" if found.changed is None else changes_in_words(found.changed)
        print(f"{found.path}: {brought}")
        n_bad += report(found)
    return 1 if n_bad else 0


def _export(options: argparse.Namespace, store: UserStore) -> None:
    print(f"{write_lines(options.file, archive_lines(store)) - 1} entries")  # without the header


def _sounds(options: argparse.Namespace, store: UserStore) -> None:
    accent = Accent()
    for phrase in PhraseLog(store).last(LOG_WINDOW):
        accent.learn(typed_parts(phrase))
    for habit in accent.habits(FUZZY_PAIRS, FUZZY_PRICES, options.scheme):
        name = way_in_words(habit.way)
        print(f"{habit.way}\t{name}\t{habit.used} of {habit.occasions}\t{habit.price:.2f}")


def _delete(options: argparse.Namespace, store: UserStore) -> None:
    log = PhraseLog(store)
    log.remove([(phrase.id, phrase.text) for phrase in log if phrase.id in options.ids])
    store.purge()


def _erase(options: argparse.Namespace, store: UserStore) -> int:
    if not options.yes and not _is_sure(f"Delete everything in {store.folder}? [y/N] "):
        print("nothing was deleted; --yes deletes without asking")
        return 1
    store.close()
    erase(options.data_directory)
    return 0


def _is_sure(question: str) -> bool:
    """Ask a question and return whether the answer is yes; no if nobody can answer."""
    try:
        return input(question).strip().lower() == "y"
    except EOFError:
        print()
        return False


# These read alone: they work where the disk is full or read-only.
_READERS: Final[tuple[Run, ...]] = (_export_words, _export, _show, _forgotten, _pins, _lists, _sounds)
