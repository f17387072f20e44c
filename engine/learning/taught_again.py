"""Notice that a forgotten word is put together again from its parts: its user wants it back."""

from __future__ import annotations

from collections import Counter
from collections.abc import Container, Iterator
from itertools import combinations, groupby
from typing import Final

from engine.protocol import Commit, Segment

TIMES: Final[int] = 2  # that a word has to be put together: once may be chance
_MAX_PARTS: Final[int] = 8  # of a word


class TaughtAgain:
    """Counts of the forgotten words that were put together since the program has begun."""

    def __init__(self) -> None:
        self._times: Counter[str] = Counter()

    def words_of(self, commit: Commit, forgotten: Container[str]) -> list[str]:
        """Return the forgotten words that this commit has put together for the second time."""
        found = {text for text in _put_together(commit) if text in forgotten}
        self._times.update(found)
        wanted = sorted(text for text in found if self._times[text] >= TIMES)
        for text in wanted:
            del self._times[text]
        return wanted


def _put_together(commit: Commit) -> Iterator[str]:
    """Yield the texts of two and more choices in a row."""
    for is_converted, run in groupby(commit.segments, key=_is_converted):
        texts = [segment.text for segment in run] if is_converted else []
        for start, end in combinations(range(len(texts) + 1), 2):
            if 2 <= end - start <= _MAX_PARTS:
                yield "".join(texts[start:end])


def _is_converted(segment: Segment) -> bool:
    return bool(segment.tokens)
