"""Read the lines of a text file of any size in bounded memory, whatever its encoding, or packed.

UTF-8, UTF-16 (with its mark, or known by its zero bytes) or GB18030; lines end with LF, CRLF or CR alone:
`splitlines` would also cut at marks inside of texts (U+2028).
"""

from __future__ import annotations

import codecs
import lzma
import plistlib
import re
import zlib
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Final
from xml.parsers.expat import ExpatError
from zipfile import BadZipFile, ZipFile

MAX_LINE: Final[int] = 4096  # characters that are read of a line; no word and no reading is so long
_MAX_UNPACKED: Final[int] = 1 << 26  # bytes
_CHUNK: Final[int] = 1 << 20  # bytes
_PLIST: Final[tuple[bytes, ...]] = (b"bplist00", b"<?xml", b"<!DOCTYPE plist", b"<plist")
_ENOUGH: Final[int] = 10_000  # characters that are not ASCII, to know an encoding by
_WIDE: Final[re.Pattern[str]] = re.compile("[\u0800-\ufffc\U00010000-\U0010ffff]")
_CONTROL: Final[re.Pattern[str]] = re.compile(r"[\x01-\x08\x0e-\x19\x1c-\x1f\x7f]")  # in no text


@contextmanager
def plain_file(path: Path) -> Iterator[Path]:
    """Give the one text that a ZIP file holds, as Gboard exports its dictionary, and any other file as it is.

    Raises OSError.
    """
    packed = _packed_text(path)
    if packed is None:
        yield path
        return
    with TemporaryDirectory(prefix="moyin-") as folder:
        text = Path(folder, "text.txt")
        text.write_bytes(packed)
        yield text


def _packed_text(path: Path) -> bytes | None:
    with path.open("rb") as file:
        if file.read(4) != b"PK\3\4":
            return None
    try:
        with ZipFile(path) as archive:
            names = [name for name in archive.namelist() if name.lower().endswith(".txt")]
            size = archive.getinfo(names[0]).file_size if len(names) == 1 else _MAX_UNPACKED + 1
            if size > _MAX_UNPACKED:
                return None
            with archive.open(names[0]) as packed:
                return packed.read(size)  # `read()` would unpack all, whatever size it says
    except (BadZipFile, zlib.error, lzma.LZMAError, EOFError, OSError, RuntimeError, ValueError):
        return None  # damaged, or with a password


def text_replacements(path: Path) -> list[tuple[str, str]] | None:
    """Return the shortcuts and phrases in a property list of macOS' or iOS' text replacements.

    None if the file is none, or a damaged one. Raises OSError.
    """
    with path.open("rb") as file:
        data = file.read(_MAX_UNPACKED)
    if not data.removeprefix(codecs.BOM_UTF8).lstrip().startswith(_PLIST):
        return None
    try:
        entries = plistlib.loads(data)
    except (ValueError, RecursionError, OverflowError, LookupError, ExpatError):
        return None
    known = [entry for entry in entries if isinstance(entry, dict)] if isinstance(entries, list) else []
    return [
        (str(e["shortcut"]), str(e["phrase"])) for e in known if e.keys() >= {"shortcut", "phrase"}
    ] or None


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


def is_binary(path: Path) -> bool:
    """Return whether a file is no text: a picture, a database, a packed dictionary. Raises OSError.

    A text may have a few odd characters, and zeros where a disk lost them.
    """
    with path.open(encoding=encoding_of(path), errors="replace") as file:
        begin = file.read(MAX_LINE).replace("\0", "")
    return len(_CONTROL.findall(begin)) > 2 + len(begin) // 100


def encoding_of(path: Path) -> str:
    """Return the file's encoding. Raises OSError.

    It is UTF-8 if more characters of three bytes and more can be read than bytes cannot: all hanzi are such,
    and of GB18030 hardly anything can be read so. Of two bytes some can: 某 in GB18030 is `ĳ` in UTF-8.
    """
    decoder = codecs.getincrementaldecoder("utf-8")(errors="replace")
    n_broken = n_wide = 0
    with path.open("rb") as file:
        head = file.read(_CHUNK)
        if head.startswith((codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)):
            return "utf-16"
        few, many = sorted((head[::2].count(0), head[1::2].count(0)))
        if many > len(head) // 20 and many > 4 * few:  # letters and line ends of UTF-16 have a zero byte each
            return "utf-16-le" if head[1::2].count(0) == many else "utf-16-be"
        while head and n_broken + n_wide < _ENOUGH:
            text = decoder.decode(head)
            n_broken += text.count("\ufffd")
            n_wide += len(_WIDE.findall(text))
            head = file.read(_CHUNK)
    return "gb18030" if n_broken and n_broken >= n_wide else "utf-8"
