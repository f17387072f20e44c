"""Read word lists of this and other input methods: files in, words and bad lines out.

    .scel                       Sogou's cell dictionaries
    Rime's user dictionary      `*.userdb.txt`, known by its first line
    Rime's dictionaries         `*.dict.yaml`, known by the `---` before the words; `columns:` is heeded
    any other text              a word a line, in the forms of word_lines.py; `#` begins a comment

Text may be UTF-8, UTF-16 with its mark (Sogou's and Google's exports) or GB18030.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Final

from engine.error_kinds import Kind
from engine.errors import Said, says
from engine.interchange.scel import ScelError, is_scel, scel_words
from engine.interchange.word_lines import Fields, LineError, Readings, fields_of, word_of
from engine.storage.atomic_files import write_lines
from engine.storage.word_store import UserWord

HEADER: Final[str] = "# Moyin words 1"
_RIME_USER: Final[str] = "# Rime user dictionary"
_RIME_COLUMNS: Final[tuple[str, ...]] = ("text", "code", "weight")
_COMMIT_COUNT: Final[re.Pattern[str]] = re.compile(r"\bc=(-?\d+)")


@dataclass(frozen=True)
class BadLine:
    """A line that could not be read: its number (of the word in a binary file) and why."""

    number: int
    reason: Said


def read_words(path: Path, readings: Readings) -> Iterator[UserWord | BadLine]:
    """Yield the words of a file in its order, bad lines among them. Raises OSError."""
    data = path.read_bytes()
    rows = _scel_rows(data) if is_scel(data) else _text_rows(decoded(data))
    for number, fields in rows:
        try:
            if isinstance(fields, Exception):
                raise fields
            yield word_of(fields, readings)
        except (LineError, ScelError) as error:
            yield BadLine(number, error.message)


def write_words(words: Iterator[UserWord], path: Path) -> int:
    """Write a word a line: text, reading, count, with tabs between, as Rime has it. Return how many."""
    lines = (f"{word.text}\t{' '.join(word.reading)}\t{word.count:.12g}" for word in words)
    return write_lines(path, chain([HEADER], lines)) - 1


def decoded(data: bytes) -> str:
    """Return the text of a file; never fails, U+FFFD stands where bytes are broken.

    It is UTF-8 if more of what is not ASCII can be read so than not: of GB18030 hardly anything can.
    """
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        return data.decode("utf-16", errors="replace")
    text = data.decode("utf-8-sig", errors="replace")
    n_broken = text.count("\ufffd")
    if n_broken and 2 * n_broken >= sum(not character.isascii() for character in text):
        return data.decode("gb18030", errors="replace")
    return text


def lines_of(text: str) -> list[str]:
    """Return lines ended by LF, CRLF or CR alone: `splitlines` also cuts at marks inside of texts
    (U+2028).
    """
    return text.replace("\r\n", "\n").replace("\r", "\n").split("\n")


Rows = Iterator[tuple[int, Fields | Exception]]


def _scel_rows(data: bytes) -> Rows:
    return enumerate(scel_words(data), start=1)


def _text_rows(text: str) -> Rows:
    lines = lines_of(text)
    if lines and lines[0].startswith(_RIME_USER):
        yield from _rime_user_rows(lines)
    elif "..." in lines[:200] and "---" in lines[:200]:
        yield from _rime_rows(lines)
    else:
        for number, line in _content(lines, 0):
            yield number, _fields(line)


def _content(lines: Sequence[str], start: int) -> Iterator[tuple[int, str]]:
    """Yield numbered lines that are neither blank nor comments."""
    for number, line in enumerate(lines[start:], start=start + 1):
        if line.strip() and not line.startswith("#"):
            yield number, line


def _fields(line: str) -> Fields | LineError:
    try:
        return fields_of(line)
    except LineError as error:
        return error


def _rime_user_rows(lines: Sequence[str]) -> Rows:
    """Yield rows of `ni hao<TAB>你好<TAB>c=3 d=0.5 t=1`; with c below 1 the user has deleted the word."""
    for number, line in _content(lines, 0):
        code, _, rest = line.partition("\t")
        text, _, values = rest.partition("\t")
        count = _COMMIT_COUNT.search(values)
        if not text or count is None:
            yield number, LineError.of(says(Kind.RIME_ROW), says(Kind.SOMETHING_ELSE))
        elif int(count[1]) > 0:
            yield number, Fields(text, tuple(code.split()), float(count[1]))


def _rime_rows(lines: Sequence[str]) -> Rows:
    """Yield rows of tab-separated columns behind the head, which ends with `...`."""
    end = lines.index("...")
    columns = _columns(lines[:end]) or _RIME_COLUMNS
    for number, line in _content(lines, end + 1):
        values = dict(zip(columns, line.split("\t"), strict=False))
        if not values.get("text"):
            yield number, LineError.of(says(Kind.A_WORD), says(Kind.NONE))
            continue
        weight = values.get("weight", "").strip().rstrip("%")
        count = float(weight) if re.fullmatch(r"\d+(\.\d*)?", weight) else 1.0
        yield number, Fields(values["text"].strip(), tuple(values.get("code", "").split()), count)


def _columns(head: Sequence[str]) -> tuple[str, ...]:
    """Return the names below `columns:`."""
    if "columns:" not in head:
        return ()
    names = []
    for line in head[head.index("columns:") + 1 :]:
        name = re.fullmatch(r"\s*-\s*(\w+).*", line)
        if name is None:
            break
        names.append(name[1])
    return tuple(names)
