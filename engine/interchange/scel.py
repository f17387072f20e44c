"""Read Sogou's cell dictionaries, `.scel`: words with their pinyin, out of the binary file.

The layout is little-endian: a magic number; at 0x1540 the table of syllables (count, then index, length in
bytes, UTF-16 letters); behind it groups of words with one reading: how many words, length of the reading in
bytes, indices into the table; then for each word its length, UTF-16 text, the length of what follows, and
that (a frequency first). A list of words to drop may follow the groups, after the letters DELTBL.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from engine.error_kinds import Kind
from engine.errors import MoyinError, says
from engine.interchange.word_lines import Fields

_TABLE: Final[int] = 0x1540
# The magic numbers, and where the groups begin: behind a table of 413 syllables, or of those and 26 letters.
MAGICS: Final[dict[bytes, int]] = {
    b"\x40\x15\x00\x00\x44\x43\x53\x01": 0x2628,
    b"\x40\x15\x00\x00\x45\x43\x53\x01": 0x26C4,
    b"\x40\x15\x00\x00\xd2\x6d\x53\x01": 0x2628,
}
_DELETED: Final[bytes] = "DELTBL".encode("utf-16-le")


class ScelError(MoyinError):
    """A file that is no cell dictionary."""


def is_scel(data: bytes) -> bool:
    return data.startswith(tuple(MAGICS))


def scel_words(data: bytes) -> Iterator[Fields | ScelError]:
    """Yield the words in the file's order. If the file is damaged the last item is an error."""
    try:
        syllables = _syllables(data)
        place = MAGICS[data[:8]]
        while place + 4 <= len(data) and not data.startswith(_DELETED, place):
            n_word, n_byte = struct.unpack_from("<HH", data, place)
            indices = struct.unpack_from(f"<{n_byte // 2}H", data, place + 4)
            place += 4 + n_byte
            spellings = tuple(syllables.get(index, "?") for index in indices)
            for _ in range(n_word):
                text, count, place = _word(data, place)
                yield Fields(text, spellings, count)
    except (struct.error, UnicodeDecodeError):
        yield ScelError.of(says(Kind.WHOLE_WORDS), says(Kind.CUT_BEHIND))


def _syllables(data: bytes) -> dict[int, str]:
    """Return index to letters. An index behind the table stands for a letter: a, b, c in turn."""
    (n_syllable,) = struct.unpack_from("<H", data, _TABLE)
    syllables: dict[int, str] = {}
    place = _TABLE + 4
    for _ in range(n_syllable):
        index, n_byte = struct.unpack_from("<HH", data, place)
        syllables[index] = _text(data, place + 4, n_byte)
        place += 4 + n_byte
    letters = {n_syllable + i: letter for i, letter in enumerate("abcdefghijklmnopqrstuvwxyz")}
    return letters | syllables


def _word(data: bytes, place: int) -> tuple[str, float, int]:
    """Return text, frequency, and where the next word begins."""
    (n_byte,) = struct.unpack_from("<H", data, place)
    text = _text(data, place + 2, n_byte)
    place += 2 + n_byte
    (n_more,) = struct.unpack_from("<H", data, place)
    (count,) = struct.unpack_from("<H", data, place + 2) if n_more >= 2 else (1,)
    if place + 2 + n_more > len(data):
        raise struct.error("cut")
    return text, float(count), place + 2 + n_more


def _text(data: bytes, start: int, n_byte: int) -> str:
    if start + n_byte > len(data):
        raise struct.error("cut")
    return data[start : start + n_byte].decode("utf-16-le").rstrip("\0")
