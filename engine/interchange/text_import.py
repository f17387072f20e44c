"""Read personal text (chats, notes, mails) as phrases of the log, as if it had been typed.

A phrase is a run of hanzi and the mark behind it; a line without hanzi (a name, a date) gives none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from typing import Final

from engine.lexicon.vocabulary import PUNCTUATION
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import NO_READING
from engine.storage.phrase import Part, Phrase, kept_before

MAXHANZI: Final[int] = 20  # what a person would type in one go
_CLAUSE: Final[re.Pattern[str]] = re.compile(rf"([{HANZI}]{{1,{MAXHANZI}}})([{re.escape(PUNCTUATION)}]?)")

Read = Callable[[str], tuple[str, ...] | None]


def phrases_of_text(text: str, read: Read, origin: str, when: float) -> Iterator[Phrase]:
    """Yield the phrases of a text in order; what `read` cannot read is left out."""
    for line in text.splitlines():
        for match in _CLAUSE.finditer(line):
            hanzi, mark = match.groups()
            reading = read(hanzi)
            if reading is None:
                continue
            keys = "".join(reading)
            yield Phrase(
                text=hanzi + mark,
                reading=(*reading, *(NO_READING for _ in mark)),
                keys=keys + mark,
                before=kept_before(line[: match.start()]),
                parts=(Part(hanzi, keys), Part(mark, mark)) if mark else (),
                origin=origin,
                time=when,
            )
