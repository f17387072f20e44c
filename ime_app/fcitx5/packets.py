r"""Pack and unpack what goes between fcitx5's addon and this process.

A message is one packet of a socket that keeps packets apart: fields between tabs, `\t` and `\\` for a tab and
a backslash inside a field. `addon/engine_process.cpp` does the same on its side.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

LARGEST: Final[int] = 1 << 16  # bytes of a packet
_ESCAPED: Final[re.Pattern[str]] = re.compile(r"\\(.)", re.DOTALL)


def packed(fields: Sequence[object]) -> bytes:
    r"""Return the packet; a flag is 1 or 0, and an undecodable character becomes a question mark.

    >>> packed(["commit", "a\tb", True])
    b'commit\ta\\tb\t1'
    """
    strings = (str(int(field)) if isinstance(field, bool) else str(field) for field in fields)
    escaped = (string.replace("\\", "\\\\").replace("\t", "\\t") for string in strings)
    return "\t".join(escaped).encode("utf-8", "replace")


def unpacked(packet: bytes) -> list[str]:
    """Return the fields of a packet."""
    fields = packet.decode("utf-8", "replace").split("\t")
    return [_ESCAPED.sub(lambda found: "\t" if found[1] == "t" else found[1], field) for field in fields]
