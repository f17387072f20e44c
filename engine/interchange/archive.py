"""Write all of a user's data as text, and read it back: a JSON object a line, nothing left out."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from engine.error_kinds import Kind
from engine.errors import Message, MoyinError, says
from engine.interchange.word_lists import BadLine
from engine.protocol import CustomPhrase, TakenBack
from engine.storage.custom_phrases.phrase_file import checked
from engine.storage.own_entries import KINDS, Entry, entries
from engine.storage.phrase import Part, Phrase
from engine.storage.phrase_log import PhraseLog
from engine.storage.user_store import UserStore

HEADER: Final[dict[str, int]] = {"moyin": 1}  # the first line; the number is the version of the form

_NO_ROW: Final[Message] = MoyinError.of(says(Kind.ARCHIVE_ROW), says(Kind.SOMETHING_ELSE)).message
_HIGHEST: Final[float] = 1e15  # a count
_LATEST: Final[float] = 250e9  # seconds since 1970; no calendar goes far beyond
_MOST_CANDIDATES: Final[float] = 1e9


@dataclass
class ArchiveRows:
    """The rows of an archive by what they say; `is_complete`: its last line is there and counts them."""

    entries: list[Entry] = field(default_factory=list)
    custom: list[Entry] = field(default_factory=list)
    settings: dict[str, Any] = field(default_factory=dict)
    phrases: list[Phrase] = field(default_factory=list)
    bad_lines: list[BadLine] = field(default_factory=list)
    is_complete: bool = False


def archive_lines(store: UserStore, *, with_log: bool = True) -> Iterator[str]:
    """Yield the whole database, a line at a time, without line ends; custom phrases stand in their file."""
    yield json.dumps(HEADER)
    for entry in entries(store):
        yield json.dumps(_entry_values(entry), ensure_ascii=False)
    for phrase in PhraseLog(store) if with_log else ():
        yield json.dumps(_phrase_values(phrase), ensure_ascii=False)


def is_archive(text: str) -> bool:
    return text.startswith('{"moyin":')


def rows_of(lines: Iterable[str]) -> ArchiveRows:
    """Read the lines of an archive; never fails."""
    rows, n_row = ArchiveRows(), 0
    for number, line in enumerate(lines, start=1):
        if not line.strip():
            continue
        try:
            values = json.loads(line)
            if "end" in values:
                rows.is_complete = values["end"] == n_row
            else:
                _take_row(values, rows)
                n_row += 1
        except (ValueError, KeyError, TypeError, AttributeError, RecursionError):
            rows.bad_lines.append(BadLine(number, _NO_ROW))
    return rows


def end_line(n_row: int) -> str:
    """Return the line that says how many rows stand before it, the header among them."""
    return json.dumps({"end": n_row})


def _take_row(values: dict[str, Any], rows: ArchiveRows) -> None:
    """Add the row of a JSON object; anything else raises what json and dicts raise."""
    if "moyin" in values:
        if values != HEADER:
            raise ValueError("another version")
    elif "phrase" in values:
        rows.phrases.append(_phrase_of_values(values))
    elif "setting" in values:
        rows.settings[_some(values["setting"])] = _setting(values["value"])
    else:
        entry = _entry_of(values, len(rows.entries))
        (rows.custom if entry.kind == "custom" else rows.entries).append(entry)


def _entry_values(entry: Entry) -> dict[str, Any]:
    parts = entry.name.split("\t")
    if entry.value is None:
        return {"deleted": entry.kind, "name": entry.name, "time": entry.time}
    if entry.kind == "word":
        row = {"word": parts[0], "reading": parts[1], "count": entry.value[0], "list": parts[2]}
    elif entry.kind == "pin":
        place, reading = entry.value
        row = {"pin": parts[0], "text": parts[1], "reading": reading, "place": place}
    elif entry.kind == "custom":
        code, text = entry.name.split("\t", 1)
        row = {"custom": code, "text": text, "place": entry.value[0], "number": entry.value[1]}
    else:
        row = {"forgotten": entry.name}
    return row | {"time": entry.time}


def _entry_of(values: dict[str, Any], number: int) -> Entry:
    """Return the entry of a row; `number`: how many stand before it, for pins of files without places."""
    when = float(_within(values["time"], _LATEST)) if "time" in values else None
    if "deleted" in values:
        if values["deleted"] not in KINDS or when is None:
            raise ValueError("expected another kind")
        return Entry(values["deleted"], _named(values["deleted"], _text(values["name"])), when)
    if "forgotten" in values:
        return Entry("forgotten", _some(values["forgotten"]), when, ())
    if "word" in values:
        count = float(_within(values["count"], _HIGHEST))
        name = _parts(_some(values["word"]), " ".join(_syllables(values)), _text(values.get("list", "?")))
        return Entry("word", name, when, (count,))
    if "pin" in values:
        place = values.get("place", number)
        if type(place) is not int or abs(place) >= _MOST_CANDIDATES:
            raise ValueError("expected another place")
        name = _parts(_some(values["pin"]), _some(values["text"]))
        return Entry("pin", name, when, (place, " ".join(_syllables(values))))
    phrase = checked(CustomPhrase(_some(values["custom"]), _some(values["text"]), values["place"]))
    return Entry("custom", f"{phrase.code}\t{phrase.text}", when, (phrase.place, _place(values["number"])))


def _named(kind: str, name: str) -> str:
    """Return the name, if it has as many parts as the names of its kind."""
    n_tab = {"word": 2, "pin": 1}.get(kind, 0)
    if kind == "custom" and "\t" in name:
        return name
    if name.count("\t") != n_tab:
        raise ValueError("expected a name of other parts")
    return name


def _parts(*parts: str) -> str:
    if any("\t" in part for part in parts):
        raise ValueError("expected texts without tabs")
    return "\t".join(parts)


def _setting(value: Any) -> Any:
    """Return the value of a setting: a word, a number, on or off, or several words."""
    is_list = isinstance(value, list) and all(isinstance(each, str) for each in value)
    if not is_list and not isinstance(value, str | int | float):
        raise TypeError("expected the value of a setting")
    return value


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
