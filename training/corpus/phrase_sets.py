"""Read what a user typed, as cases in the order of time, from any of the forms it is kept in."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import says
from engine.evaluation.cases import Case, read_set
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import NO_READING, SYLLABLES
from engine.storage.phrase import Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import FILE_NAME, FOLDER, UserStore
from engine.storage.word_store import WordStore
from training.corpus.pinyin_annotation import CODE_SHIFT, FIRST_HANZI_CODE, annotate_line
from training.corpus.text_files import SUFFIXES, paragraphs, text_files
from training.errors import WorkshopError

LONGEST: Final[int] = 16  # hanzi a phrase; longer clauses are cut, as their typist would
SURROUNDING: Final[int] = 32  # characters kept of the text before a phrase
_HANZI: Final = re.compile(f"[{HANZI}]+")


class LogError(WorkshopError):
    """A log that cannot be read or that holds too little."""


def phrases_of_lines(lines: Iterable[str]) -> Iterator[Case]:
    """Yield each line's runs of hanzi, with pypinyin's readings and the text of the line before them.

    >>> [case.hanzi for case in phrases_of_lines(["你好，世界"])]
    ['你好', '世界']
    """
    number = 0
    for line in lines:
        codes = [int(code) for code in annotate_line(line) if code >= FIRST_HANZI_CODE]
        place = 0
        for match in _HANZI.finditer(line):
            run = codes[place : place + len(match.group())]
            place += len(run)
            for start, end in _pieces(len(run)):
                syllables = [(code & (FIRST_HANZI_CODE - 1)) - 1 for code in run[start:end]]
                hanzi = "".join(chr(code >> CODE_SHIFT) for code in run[start:end])
                if min(syllables) < 0:  # a hanzi whose reading pypinyin does not know
                    continue
                pinyin = tuple(SYLLABLES[syllable] for syllable in syllables)
                before = line[max(0, match.start() + start - SURROUNDING) : match.start() + start]
                number += 1
                yield Case(number, "".join(pinyin), pinyin, before, hanzi)


def _pieces(length: int) -> Iterator[tuple[int, int]]:
    """Yield [start, end) of nearly equal pieces of at most LONGEST."""
    n = -(-length // LONGEST)
    for i in range(n):
        yield length * i // n, length * (i + 1) // n


def read_phrase_cases(path: Path) -> list[Case]:
    """Return the cases of a text file, a folder of text files, or JSON lines of cases, in their order.

    JSON lines hold `pinyin`, `hanzi` and perhaps `context`. Raises LogError, CaseError, CorpusError.
    """
    if path.is_dir():
        return [case for file in text_files(path).values() for case in phrases_of_lines(paragraphs(file))]
    if path.suffix == ".jsonl":
        return [case for case in read_set(path) if len(case.pinyin) == len(case.hanzi)]
    if path.name.endswith(SUFFIXES):
        return list(phrases_of_lines(paragraphs(path)))
    raise LogError(f"{path} is neither a folder, nor {', '.join(SUFFIXES)}, nor .jsonl")


def read_log(directory: Path, since: float | None = None, until: float | None = None) -> list[Case]:
    """Return what was typed in the times [since, until), oldest first, from the log in the data directory.

    Phrases with a forgotten text in them are left out: what was forgotten must not come back. Raises LogError
    if there is no log, StoreError if it cannot be read.
    """
    if not (directory / FOLDER / FILE_NAME).exists():
        raise LogError(says(Kind.NO_PHRASE_LOG, path=directory))
    store = UserStore(directory)
    try:
        forgotten = store.mending(WordStore(store).forgotten)
        phrases = store.mending(lambda: sorted(PhraseLog(store), key=lambda phrase: (phrase.time, phrase.id)))
    finally:
        store.close()
    for notice in store.notices:
        print(notice, file=sys.stderr)
    return [
        case
        for phrase in phrases
        if (since is None or phrase.time >= since) and (until is None or phrase.time < until)
        if not any(text in phrase.text for text in forgotten)
        for case in cases_of_phrases(phrase)
    ]


def cases_of_phrases(phrase: Phrase) -> Iterator[Case]:
    """Yield the runs of hanzi of one row of the log, typed in full, each with the text before it."""
    start = 0
    for is_read, run in groupby(phrase.reading, key=lambda syllable: syllable != NO_READING):
        pinyin = tuple(run)
        end = start + len(pinyin)
        if is_read:
            before = (phrase.before + phrase.text[:start])[-SURROUNDING:]
            yield Case(phrase.id, "".join(pinyin), pinyin, before, phrase.text[start:end])
        start = end
