"""Define a phrase of the log, and split a commit into phrases."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from itertools import groupby
from typing import Final

from engine.protocol import Commit, Segment, Source, TakenBack
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import NO_READING

BEFORE_LENGTH: Final[int] = 32  # characters of the text before the caret that are kept
_LETTERS: Final[re.Pattern[str]] = re.compile(rf"(?:(?![{HANZI}])[^\W\d_])+")
_NUMBER: Final[re.Pattern[str]] = re.compile(r"\d+")


# Id and text: once another window has erased everything, an id is soon another phrase's.
LoggedRow = tuple[int, str]


@dataclass(frozen=True)
class Part:
    """One choice of several: its text, the letters it stands for, its place in the menu."""

    text: str
    keys: str
    rank: int = 0


@dataclass(frozen=True)
class Phrase:
    """One row of the log. `reading` has one item a character of `text`, NO_READING for marks and the like.

    `rank`: the place in the menu of what was picked first; `parts`: the choices, if it took several;
    `taken_back`: choices that were undone for another text; `origin`: empty for what was typed, else the file
    that it was read from.
    """

    text: str
    reading: tuple[str, ...]
    keys: str = ""
    before: str = ""
    rank: int = 0
    parts: tuple[Part, ...] = ()
    origin: str = ""
    time: float = 0.0
    id: int = 0
    taken_back: tuple[TakenBack, ...] = ()


def phrases_of(commit: Commit, keep_before: bool = True) -> list[Phrase]:
    """Return what of a commit is worth keeping: runs of converted segments and the marks behind them.

    Raw letters are left out, and what stands behind them is a phrase of its own.
    """
    phrases, before, place = [], commit.before, 0
    for kept, run in groupby(commit.segments, key=_is_kept):
        segments = list(run)
        if kept and any(segment.tokens for segment in segments):
            phrase = _phrase_of(segments, kept_before(before) if keep_before else "")
            phrases.append(replace(phrase, taken_back=_taken_back(commit.taken_back, segments, place)))
        before += "".join(segment.text for segment in segments)
        place += sum(len(segment.keys) for segment in segments)
    return phrases


def _taken_back(
    undone: Iterable[TakenBack], segments: Sequence[Segment], first: int
) -> tuple[TakenBack, ...]:
    """Return what was undone for another text in these segments, whose letters begin at place `first`.

    Nothing if the same was chosen again, or if the letters were changed; and if they were committed as typed
    in the end, nothing that was offered for them is kept.
    """
    converted = "".join(segment.keys if segment.tokens else "\0" * len(segment.keys) for segment in segments)
    texts = {}
    for number in range(len(segments)):
        start = sum(len(before.keys) for before in segments[:number])
        texts[start] = "".join(later.text for later in segments[number:])
    found = {}
    for choice in undone:
        start = choice.place - first
        stands = start >= 0 and converted[start : start + len(choice.keys)] == choice.keys
        if stands and not texts.get(start, choice.text).startswith(choice.text):
            found[start, choice.text] = replace(choice, place=start)
    return tuple(found.values())


def converted_runs(phrase: Phrase) -> list[Phrase]:
    """Return the runs converted in one go, without the marks: 世界 of `世界，`, typed by its own letters."""
    if not phrase.parts:
        return [phrase]
    start, places = 0, []
    for part in phrase.parts:
        places.append((part, phrase.reading[start : start + len(part.text)]))
        start += len(part.text)
    runs = []
    for is_converted, group in groupby(places, key=lambda place: NO_READING not in place[1]):
        parts, readings = zip(*group, strict=True)
        text, keys = "".join(part.text for part in parts), "".join(part.keys for part in parts)
        if is_converted:
            reading = tuple(syllable for each in readings for syllable in each)
            runs.append(replace(phrase, text=text, keys=keys, reading=reading, parts=()))
    return runs


def kept_before(before: str) -> str:
    """Return the end of the text before, with `a` for every word in letters and `1` for every number.

    That is all the decoder reads of them, and a password committed as typed would stand there as well.
    """
    return _NUMBER.sub("1", _LETTERS.sub("a", before[-4 * BEFORE_LENGTH :]))[-BEFORE_LENGTH:]


def _is_kept(segment: Segment) -> bool:
    """Return False for a custom phrase: it may be the number of a passport, and teaches nothing."""
    if segment.source is Source.CUSTOM:
        return False
    if segment.source is not Source.RAW:
        return True
    return len(segment.text) <= 2 and not any(character.isalnum() for character in segment.text)


def _phrase_of(segments: Sequence[Segment], before: str) -> Phrase:
    parts = tuple(Part(segment.text, segment.keys, segment.rank) for segment in segments)
    return Phrase(
        text="".join(segment.text for segment in segments),
        reading=tuple(syllable for segment in segments for syllable in _reading_of(segment)),
        keys="".join(segment.keys for segment in segments),
        before=before,
        rank=next(segment.rank for segment in segments if segment.tokens),
        parts=parts if len(parts) > 1 else (),
    )


def _reading_of(segment: Segment) -> tuple[str, ...]:
    if len(segment.reading) == len(segment.text):
        return segment.reading
    return (NO_READING,) * len(segment.text)
