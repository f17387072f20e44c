"""Read the lines of a text file of any size in bounded memory, whatever its encoding.

UTF-8, UTF-16 (with its mark, or known by its zero bytes) or GB18030; lines end with LF, CRLF or CR alone:
`splitlines` would also cut at marks inside of texts (U+2028).
"""

from __future__ import annotations

import codecs
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

MAX_LINE: Final[int] = 4096  # characters that are read of a line; no word and no reading is so long
_CHUNK: Final[int] = 1 << 20  # bytes


def numbered_lines(path: Path) -> Iterator[tuple[int, str]]:
    """Yield (number, line) without its end, of a longer line the first MAX_LINE + 1 characters.

    Never fails on bytes: U+FFFD stands where they are broken. Raises OSError.
    """
    encoding = encoding_of(path)
    with path.open(encoding=encoding, errors="replace") as file:  # universal newlines
        number = 0
        while line := file.readline(MAX_LINE + 1):
            number += 1
            rest = line
            while len(rest) > MAX_LINE and not rest.endswith("\n"):
                rest = file.readline(MAX_LINE + 1)
            yield number, line.removesuffix("\n").removeprefix("\ufeff" if number == 1 else "")


def content_lines(lines: Iterable[tuple[int, str]]) -> Iterator[tuple[int, str]]:
    """Yield the lines that are neither blank nor comments; behind `# no comment` all are content."""
    has_comments = True
    for number, line in lines:
        if line.strip() == "# no comment":
            has_comments = False
        elif line.strip() and not (has_comments and line.startswith("#")):
            yield number, line


def file_text(path: Path) -> str:
    """Return the text of a file, with LF behind each line, whatever stood there.

    Never fails on bytes: U+FFFD stands where they are broken. Raises OSError.
    """
    return path.read_text(encoding_of(path), errors="replace").removeprefix("\ufeff")


def encoding_of(path: Path) -> str:
    """Return the file's encoding. Raises OSError.

    It is UTF-8 if more of what is not ASCII can be read so than not: of GB18030 hardly anything can.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    n_broken = n_other = 0
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        if head.count(0, 1) > len(head) // 20:  # letters and line ends of UTF-16 have a zero byte each
            return "utf-16-le" if head[1::2].count(0) > head[::2].count(0) else "utf-16-be"
        while head:
            text = decoder.decode(head)
            n_broken += text.count("\ufffd")
            n_other += len(text) - len(text.encode("ascii", "ignore"))
            head = file.read(_CHUNK)
    return "gb18030" if n_broken and 2 * n_broken >= n_other else "utf-8"
