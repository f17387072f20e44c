"""A converter of a few phrases, pure and instant, for the laws of the session and the window.

Greedy longest syllables, a fixed table of words; no model, no search.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass

from engine.protocol import Candidate, Source
from engine.spelling.syllable import MAX_SYLLABLE_LENGTH, syllable_of

HANZI = {
    "ni": "你尼泥",
    "hao": "好号",
    "shi": "是时事",
    "jie": "界姐",
    "wo": "我",
    "de": "的",
    "ma": "吗",
    "hou": "后候",
}
WORDS: dict[tuple[str, ...], str] = {("ni", "hao"): "你好", ("shi", "jie"): "世界"}


@dataclass(frozen=True)
class PhraseConversion:
    candidates: tuple[Candidate, ...]
    boundaries: tuple[int, ...]


def _syllables(keys: str) -> list[tuple[str, int]]:
    """(syllable, end position) from the left, the longest first, up to the first odd letter."""
    found, start = [], 0
    while start < len(keys):
        if keys[start] == "'":
            start += 1
            continue
        ends = range(min(len(keys), start + MAX_SYLLABLE_LENGTH), start, -1)
        end = next((end for end in ends if syllable_of(keys[start:end]) is not None), None)
        if end is None:
            break
        found.append((keys[start:end], end))
        start = end
    return found


class PhraseConverter:
    """Counts its conversions; remembers the surrounding text it was told last."""

    def __init__(self) -> None:
        self.surrounding = ""
        self.n_conversion = 0
        self.n_warm = 0

    def set_surrounding_text(self, text: str) -> None:
        self.surrounding = text

    def warm(self) -> None:
        self.n_warm += 1

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        return "".join(map(chr, tokens)) in WORDS.values()

    def predict(self, limit: int) -> tuple[Candidate, ...]:
        """世界 after 你好, whatever else."""
        if not self.surrounding.endswith("你好"):
            return ()
        reading, text = ("shi", "jie"), "世界"
        row = Candidate(text, (0, 0), reading, tuple(map(ord, text)), 0.0, Source.PREDICTION)
        return (row,)[:limit]

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        self.n_conversion += 1
        syllables = _syllables(keys)
        candidates = [self._candidate(syllables, Source.SENTENCE)] if syllables else []
        heads = [syllables[:length] for length in range(len(syllables) - 1, 0, -1)]
        words = [head for head in heads if tuple(syllable for syllable, _ in head) in WORDS]
        candidates += [self._candidate(head, Source.PHRASE) for head in words]
        for hanzi in HANZI.get(syllables[0][0], "") if syllables else "":
            reading, end = syllables[0]
            row = Candidate(hanzi, (0, end), (reading,), (ord(hanzi),), 0.0, Source.CHARACTER)
            if row.text not in [c.text for c in candidates]:
                candidates.append(row)
        candidates.append(Candidate(keys, (0, len(keys)), (), (), 0.0, Source.RAW))
        return PhraseConversion(tuple(candidates), tuple(end for _, end in syllables))

    def _candidate(self, syllables: list[tuple[str, int]], source: Source) -> Candidate:
        reading = tuple(syllable for syllable, _ in syllables)
        text = WORDS.get(reading) or self._best(reading)
        return Candidate(text, (0, syllables[-1][1]), reading, tuple(map(ord, text)), 0.0, source)

    def _best(self, reading: tuple[str, ...]) -> str:
        if not reading:
            return ""
        if reading[:2] in WORDS:
            return WORDS[reading[:2]] + self._best(reading[2:])
        return HANZI.get(reading[0], "字")[0] + self._best(reading[1:])


class SlowConverter(PhraseConverter):
    """Counts what it is asked, and answers only while the gate is open."""

    def __init__(self) -> None:
        super().__init__()
        self.gate = threading.Event()
        self.n_asked = 0

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> PhraseConversion:
        self.n_asked += 1
        self.gate.wait(20)
        return super().convert(keys, fixed)
