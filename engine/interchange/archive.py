"""Write all of a user's data as text, and read it back: a JSON object a line, nothing left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.interchange.word_lists import BadLine
from engine.protocol import TakenBack
from engine.storage.phrase import Part, Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore
from engine.storage.word_store import Pin, UserWord, WordStore

HEADER: Final[dict[str, int]] = {"moyin": 1}  # the first line; the number is the version of the form

_HIGHEST: Final[float] = 1e15  # a count
_LATEST: Final[float] = 250e9  # seconds since 1970; no calendar goes far beyond
_MOST_CANDIDATES: Final[float] = 1e9


@dataclass(frozen=True)
class Restored:
    """The rows that an archive brought, by kind (phrases that were there already do not count)."""

    phrases: int
    words: int
    forgotten: int
    pins: int
    bad_lines: tuple[BadLine, ...]


def archive_lines(store: UserStore) -> Iterator[str]:
    """Yield the whole database, a line at a time, without line ends."""
    words = WordStore(store)
    rows: Iterable[dict[str, Any]] = (
        HEADER,
        *({"forgotten": text} for text in words.forgotten()),
        *({"pin": pin.keys, "text": pin.text, "reading": " ".join(pin.reading)} for pin in words.pins()),
    )
    for row in rows:
        yield json.dumps(row, ensure_ascii=False)
    for word in words.words():
        row = {"word": word.text, "reading": " ".join(word.reading), "count": word.count}
        yield json.dumps(row, ensure_ascii=False)
    for phrase in PhraseLog(store):
        yield json.dumps(_phrase_values(phrase), ensure_ascii=False)


def is_archive(text: str) -> bool:
    return text.startswith('{"moyin":')


def restore_lines(lines: Iterable[str], store: UserStore) -> Restored:
    """Add what the lines hold; a line that cannot be read is reported, the rest goes in."""
    found: dict[type, list[Any]] = {Phrase: [], UserWord: [], str: [], Pin: []}
    bad: list[BadLine] = []
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            row = _row_of(json.loads(line))
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            bad.append(BadLine(number, "expected a row of an archive, found something else"))
            continue
        if row is not None:
            found[type(row)].append(row)
    words = WordStore(store)
    words.forget(found[str])
    for pin in found[Pin]:
        words.pin(pin)
    n_word = words.add_words(found[UserWord])
    n_phrase = PhraseLog(store).add_missing(found[Phrase])
    return Restored(n_phrase, n_word, len(found[str]), len(found[Pin]), tuple(bad))


def _row_of(values: dict[str, Any]) -> Phrase | UserWord | Pin | str | None:
    """Return the row of a JSON object, None for the header; anything else raises what json and dicts
    raise.
    """
    if "moyin" in values:
        if values != HEADER:
            raise ValueError("another version")
        return None
    if "forgotten" in values:
        return _some(values["forgotten"])
    if "word" in values:
        return UserWord(_some(values["word"]), _syllables(values), float(_within(values["count"], _HIGHEST)))
    if "pin" in values:
        return Pin(_some(values["pin"]), _some(values["text"]), _syllables(values))
    return _phrase_of_values(values)


def _phrase_values(phrase: Phrase) -> dict[str, Any]:
    return {
        "phrase": phrase.text,
        "reading": " ".join(phrase.reading),
        "keys": phrase.keys,
        "before": phrase.before,
        "rank": phrase.rank,
        "parts": [[part.text, part.keys, part.rank] for part in phrase.parts],
        "origin": phrase.origin,
        "time": phrase.time,
        "taken_back": [[back.place, back.text, back.keys, back.rank] for back in phrase.taken_back],
    }


def _phrase_of_values(values: dict[str, Any]) -> Phrase:
    parts = tuple(Part(_text(text), _text(keys), _place(rank)) for text, keys, rank in values["parts"])
    undone = values.get("taken_back", ())  # archives of the first version have none
    taken_back = tuple(
        TakenBack(_place(place), _text(text), _text(keys), _place(rank)) for place, text, keys, rank in undone
    )
    phrase = Phrase(
        text=_some(values["phrase"]),
        reading=_syllables(values),
        keys=_text(values["keys"]),
        before=_text(values["before"]),
        rank=_place(values["rank"]),
        parts=parts,
        origin=_text(values["origin"]),
        time=float(_within(values["time"], _LATEST)),
        taken_back=taken_back,
    )
    if len(phrase.reading) != len(phrase.text):
        raise ValueError("expected one syllable a character")
    whole = "".join(part.text for part in parts), "".join(part.keys for part in parts)
    if parts and whole != (phrase.text, phrase.keys):
        raise ValueError("expected parts that make up the phrase")
    return phrase


def _place(value: Any) -> int:
    return int(_within(value, _MOST_CANDIDATES))


def _within(value: Any, end: float) -> float:
    """Return a number of [0, end); no NaN, no infinity."""
    if not 0 <= value < end:
        raise ValueError("expected another number")
    return float(value)


def _some(value: Any) -> str:
    if not value:
        raise ValueError("expected a text that is not empty")
    return _text(value)


def _syllables(values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(_text(values["reading"]).split())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    value.encode("utf-8")  # half a pair of surrogates cannot be kept: UnicodeEncodeError is a ValueError
    return value
