"""Read word lists of this and other input methods: files in, words and bad lines out.

A file is known by what it holds, a line at a time, whatever it is called and whatever stands above it:

    .scel                       Sogou's cell dictionaries
    Rime's user dictionary      rows of pinyin, word and `c=3 d=0.5 t=1`, with or without tone marks
    Rime's dictionaries         `...` behind a head of `name:` and the like; `columns:` is heeded
    any other text              a word a line, in the forms of word_lines.py; `#` begins a comment
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from itertools import chain, islice, takewhile
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, Said, says
from engine.interchange.scel import ScelError, is_scel, scel_words
from engine.interchange.text_files import MAX_LINE, content_lines, is_binary, numbered_lines, plain_file
from engine.interchange.word_lines import (
    Fields,
    LineError,
    Readings,
    fields_of,
    may_be_word,
    without_tones,
    word_of,
)
from engine.storage.atomic_files import write_lines
from engine.storage.word_store import UserWord

HEADER: Final[str] = "# Moyin words 1"
MAX_SHOWN: Final[int] = 20  # bad lines that are named
MAX_REASONS: Final[int] = 100  # that are counted apart
MAX_HEAD: Final[int] = 1000  # lines in which the head of a dictionary ends
_HEAD: Final[re.Pattern[str]] = re.compile(r"---\s*(#.*)?$|(name|version|sort|columns)\s*:")
_RIME_COLUMNS: Final[tuple[str, ...]] = ("text", "code", "weight")
_USER_ROW: Final[re.Pattern[str]] = re.compile(r"([^\t]*)\t([^\t]+)\t(?:[^\t]*\s)?c=(-?\d{1,18})\b.*")


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read: its number (of the word in a binary file) and why."""

    number: int
    reason: Said


NO_TEXT: Final = BadLine(1, MoyinError.of(says(Kind.A_TEXT_FILE), says(Kind.A_BINARY_FILE)).message)


@dataclass
class Complaints:
    """The lines of a file that could not be read: the first few, and how many for each reason."""

    first: list[BadLine] = field(default_factory=list)
    counts: Counter[Said] = field(default_factory=Counter)

    def __len__(self) -> int:
        return sum(self.counts.values())

    def add(self, line: BadLine) -> None:
        """Count a line; memory does not grow with their number."""
        if len(self.first) < MAX_SHOWN:
            self.first.append(line)
        if line.reason in self.counts or len(self.counts) < MAX_REASONS:
            self.counts[line.reason] += 1
        else:
            self.counts[says(Kind.OTHER_REASONS)] += 1

    def sorted_out(self, rows: Iterable[UserWord | BadLine]) -> Iterator[UserWord]:
        """Yield the words among the rows and count the rest."""
        for row in rows:
            if isinstance(row, BadLine):
                self.add(row)
            else:
                yield row


def complaints_of(lines: Iterable[BadLine]) -> Complaints:
    """Return the count of some lines."""
    bad = Complaints()
    for line in lines:
        bad.add(line)
    return bad


def read_words(path: Path, readings: Readings) -> Iterator[UserWord | BadLine]:
    """Yield the words of a file in its order, bad lines among them. Raises OSError."""
    with plain_file(path) as file:
        yield from _read_words(file, readings)


def _read_words(path: Path, readings: Readings) -> Iterator[UserWord | BadLine]:
    with path.open("rb") as file:
        is_cells = is_scel(file.read(16))
    rows = enumerate(scel_words(path.read_bytes()), start=1) if is_cells else _text_rows(path)
    if not is_cells and is_binary(path):
        yield NO_TEXT
        return
    for number, fields in rows:
        try:
            if isinstance(fields, MoyinError):
                raise fields
            yield word_of(fields, readings)
        except (LineError, ScelError) as error:
            yield BadLine(number, error.message)


def write_words(words: Iterator[UserWord], path: Path) -> int:
    """Write a word a line: text, reading, count, with tabs between, as Rime has it. Return how many."""
    lines = (f"{word.text}\t{' '.join(word.reading)}\t{word.count:.12g}" for word in words)
    return write_lines(path, chain([HEADER], lines)) - 1


def is_dictionary(lines: Sequence[str]) -> bool:
    """Return whether the first lines of a file are the head of one of Rime's dictionaries."""
    return _end_of_head(lines) is not None


def is_word_line(line: str) -> bool:
    """Return whether a line is a word alone, or one with as many syllables as it has characters."""
    row = _row_of(line)
    return row is None or (isinstance(row, Fields) and may_be_word(row))


NumberedFields = Iterator[tuple[int, Fields | MoyinError]]


def _text_rows(path: Path) -> NumberedFields:
    """Yield the rows of a text; the head of a Rime dictionary is among the first lines, or there is none."""
    lines = numbered_lines(path)
    first = list(islice(lines, MAX_HEAD))
    head = _end_of_head([line for _, line in first])
    if head is not None:
        columns = _columns([line for _, line in first[:head]]) or _RIME_COLUMNS
        yield from _rime_rows(chain(first[head + 1 :], lines), columns)
        return
    for number, line in content_lines(chain(first, lines)):
        row = _row_of(line)
        if row is not None:
            yield number, row


def _end_of_head(lines: Sequence[str]) -> int | None:
    """Return which line ends the head of a dictionary; None if there is none."""
    head = next((i for i, line in enumerate(lines) if line.rstrip() == "..."), None)
    return head if head is not None and any(map(_HEAD.match, lines[:head])) else None


def _row_of(line: str) -> Fields | MoyinError | None:
    """Take a line apart; None for a word that its user had deleted, and a comment of Sogou's."""
    if line.startswith((";", "//")):
        return None
    if len(line) > MAX_LINE:
        return LineError.of(says(Kind.SHORT_LINE, number=MAX_LINE), says(Kind.A_LONGER_ONE))
    user = _USER_ROW.fullmatch(line)
    try:
        return fields_of(line) if user is None else _user_fields(*user.groups())
    except LineError as error:
        return error


def _user_fields(code: str, text: str, count: str) -> Fields | None:
    """Take a row of Rime's user dictionary; with a count below 1 the user has deleted the word."""
    if count.startswith("-") or not count.strip("0"):
        return None
    return Fields(text, tuple(map(without_tones, code.split())), float(count))


def _rime_rows(lines: Iterable[tuple[int, str]], columns: Sequence[str]) -> NumberedFields:
    """Yield rows of tab-separated columns, behind the head."""
    for number, line in content_lines(lines):
        if "\t" not in line and (row := _row_of(line)) is not None:  # spaces, where tabs were lost
            yield number, row
            continue
        values = dict(zip(columns, line.split("\t"), strict=False))
        if not values.get("text"):
            yield number, LineError.of(says(Kind.A_WORD), says(Kind.NONE))
            continue
        weight = values.get("weight", "").strip().rstrip("%")
        count = float(weight) if re.fullmatch(r"\d+(\.\d*)?", weight) else 1.0
        spellings = tuple(map(without_tones, values.get("code", "").split()))
        yield number, Fields(values["text"].strip(), spellings, count)


def _columns(head: Sequence[str]) -> tuple[str, ...]:
    """Return the names of `columns: [text, code]`, or of the lines below `columns:`."""
    for place, line in enumerate(head):
        found = re.fullmatch(r"columns\s*:\s*(\[.*)?(#.*)?", line)
        if found is None:
            continue
        if found[1]:
            names = "".join([found[1], *head[place + 1 :]]).partition("]")[0]
            return tuple(re.findall(r"\w+", names))
        below = (re.fullmatch(r"\s*-\s*[\"']?(\w+).*", line) for line in head[place + 1 :])
        return tuple(name[1] for name in takewhile(lambda name: name is not None, below) if name)
    return ()
