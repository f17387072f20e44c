"""All of a user's data as text, and back: a JSON object a line, nothing left out.

Knows the rows of the user's database and their JSON; knows nothing of vocabularies or menus.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

from engine.phrase_log import Part, Phrase, PhraseLog
from engine.user_store import UserStore
from engine.values import TakenBack
from engine.word_files import BadLine
from engine.word_store import Pin, UserWord, WordStore

HEADER: Final[dict[str, int]] = {"moyin": 1}  # the first line; the number is the version of the form


@dataclass(frozen=True)
class Restored:
    """What an archive brought: rows by kind (phrases that were there already do not count)."""

    phrases: int
    words: int
    forgotten: int
    pins: int
    bad_lines: tuple[BadLine, ...]


def archive_lines(store: UserStore) -> Iterator[str]:
    """The whole database, a line at a time, without line ends."""
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
    """None for the header. Raises what json and dicts raise for anything that is no row."""
    if "moyin" in values:
        if values != HEADER:
            raise ValueError("another version")
        return None
    if "forgotten" in values:
        return _text(values["forgotten"])
    if "word" in values:
        return UserWord(_text(values["word"]), _syllables(values), float(values["count"]))
    if "pin" in values:
        return Pin(_text(values["pin"]), _text(values["text"]), _syllables(values))
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
    parts = tuple(Part(_text(text), _text(keys), int(rank)) for text, keys, rank in values["parts"])
    undone = values.get("taken_back", ())  # archives of the first version have none
    taken_back = tuple(
        TakenBack(int(place), _text(text), _text(keys), int(rank)) for place, text, keys, rank in undone
    )
    phrase = Phrase(
        text=_text(values["phrase"]),
        reading=_syllables(values),
        keys=_text(values["keys"]),
        before=_text(values["before"]),
        rank=int(values["rank"]),
        parts=parts,
        origin=_text(values["origin"]),
        time=float(values["time"]),
        taken_back=taken_back,
    )
    if len(phrase.reading) != len(phrase.text):
        raise ValueError("expected one syllable a character")
    return phrase


def _syllables(values: dict[str, Any]) -> tuple[str, ...]:
    return tuple(_text(values["reading"]).split())


def _text(value: Any) -> str:
    if not isinstance(value, str):
        raise TypeError("expected text")
    value.encode("utf-8")  # half a pair of surrogates cannot be kept: UnicodeEncodeError is a ValueError
    return value
