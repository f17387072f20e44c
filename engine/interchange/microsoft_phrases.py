"""Read and write Microsoft Pinyin's phrases: `ChsPinyinEUDPv1.lex`, or what its settings export.

Numbers are little-endian, texts UTF-16 with a zero behind. The form is documented nowhere by its maker;
several open converters agree on it (https://github.com/studyzy/imewlconverter,
https://github.com/nopdan/rose):

    0x00  mschxudp, version    0x10  where the offsets begin, where the phrases, the size, how many
    0x40  an offset for each phrase, from the first phrase on
    then  where the code begins (2, twice), where the text does (2), place (1), 0x06, 4 zeros, time (4), both

Before Windows 10 1703 the version had 4 bytes, and neither zeros nor time stood before the code.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator, Sequence
from itertools import accumulate
from typing import Final

_MAGIC: Final[bytes] = b"mschxudp"
_START: Final[int] = 0x40
_HEAD: Final = struct.Struct("<8sII4II28x")
_PHRASE: Final = struct.Struct("<IHBB4xI")
_OLD_HEAD: Final = struct.Struct("<8sI4I")
_PHRASE_START: Final = struct.Struct("<HHHB")
_OLD_VERSION: Final[int] = 1
_VERSION: Final[tuple[int, int]] = (0x00600002, 1)
_PHRASE_HEAD: Final[int] = 0x00100010
_MADE: Final[int] = 0x2F000000  # seconds in the maker's own time; the same for the same phrases


def is_microsoft(data: bytes) -> bool:
    return data.startswith(_MAGIC)


def microsoft_phrases(data: bytes) -> Iterator[tuple[int, str, str, float, int]]:
    """Yield number, code, text, order and place of each phrase; a file that is cut off ends early."""
    if len(data) < _HEAD.size:
        return
    _, version, *places = _OLD_HEAD.unpack_from(data)
    if version != _OLD_VERSION:
        _, _, _, *places = _HEAD.unpack_from(data)
    table, start, _, count = places[:4]
    for number in range(min(count, max(0, len(data) - table) // 4)):
        (offset,) = struct.unpack_from("<I", data, table + 4 * number)
        place = start + offset
        if place + _PHRASE_START.size > len(data):
            continue
        code, _, text, rank = _PHRASE_START.unpack_from(data, place)
        yield number + 1, _text_at(data, place + code), _text_at(data, place + text), rank, rank


def microsoft_bytes(phrases: Sequence[tuple[str, str, int]]) -> bytes:
    """Return the file of (code, text, place)."""
    rows = []
    for code, text, place in phrases:
        letters, characters = (each.encode("utf-16-le") + b"\0\0" for each in (code, text))
        head = _PHRASE.pack(_PHRASE_HEAD, _PHRASE.size + len(letters), place, 0x06, _MADE)
        rows.append(head + letters + characters)
    offsets = accumulate(map(len, rows[:-1]), initial=0) if rows else ()
    start = _START + 4 * len(rows)
    size = start + sum(map(len, rows))
    head = _HEAD.pack(_MAGIC, *_VERSION, _START, start, size, len(rows), _MADE)
    return head + struct.pack(f"<{len(rows)}I", *offsets) + b"".join(rows)


def _text_at(data: bytes, start: int) -> str:
    """Return the text up to the zero behind it."""
    end = start
    while end + 1 < len(data) and data[end : end + 2] != b"\0\0":
        end += 2
    return data[start:end].decode("utf-16-le", errors="replace")
