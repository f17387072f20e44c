"""What a user typed, as cases in the order of time, from any of the forms it is kept in.

Knows text files, JSON lines and the phrase log; knows nothing of token ids or models.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from engine.accuracy import read_set
from engine.syllable import SYLLABLES
from engine.typist import Case
from training.annotate import CODE_SHIFT, FIRST_HANZI_CODE, annotate_line
from training.errors import WorkshopError
from training.text import SUFFIXES, paragraphs, text_files

LONGEST: Final[int] = 16  # hanzi a phrase; longer clauses are cut, as their typist would
SURROUNDING: Final[int] = 32  # characters kept of the text before a phrase
_HANZI: Final = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U000323af\u3007]+")


class LogError(WorkshopError):
    """A log that cannot be read or that holds too little."""


def phrases_of_lines(lines: Iterable[str]) -> Iterator[Case]:
    """Each line's runs of hanzi, with pypinyin's readings and the text of the line before them.

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
    """[start, end) of nearly equal pieces of at most LONGEST."""
    n = -(-length // LONGEST)
    for i in range(n):
        yield length * i // n, length * (i + 1) // n


def read_phrases(path: Path) -> list[Case]:
    """The cases of a text file, of a folder of text files, or of JSON lines of cases, in their order.

    JSON lines hold `pinyin`, `hanzi` and perhaps `context`. Raises LogError, CaseError, CorpusError.
    """
    if path.is_dir():
        return [case for file in text_files(path).values() for case in phrases_of_lines(paragraphs(file))]
    if path.suffix == ".jsonl":
        return [case for case in read_set(path) if len(case.pinyin) == len(case.hanzi)]
    if path.name.endswith(SUFFIXES):
        return list(phrases_of_lines(paragraphs(path)))
    raise LogError(f"{path} is neither a folder, nor {', '.join(SUFFIXES)}, nor .jsonl")


def read_log(data_directory: Path, since: float | None = None, until: float | None = None) -> list[Case]:
    """The phrase log of the user, oldest first, in the times [since, until); forgotten texts are left out.

    Raises LogError where there is none, StoreError where it cannot be read.
    """
    store = UserStore(data_directory)
