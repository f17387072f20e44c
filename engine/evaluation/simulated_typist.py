"""Types an input key by key through a converter and keeps the time.

Knows cases, keys and clocks; knows nothing of files, tables or decoders.

A person's next key comes some 100 ms after the last; the engine works ahead in that pause
(`Converter.warm`), and garbage is collected there, as in the window. So a key's time is the time of its
conversion alone, and the time of working ahead is counted apart. With an interval, keys come at fixed
moments: where working ahead has not ended when a key comes, the wait is part of that key's time.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Sequence
from dataclasses import dataclass, replace
from enum import Enum
from typing import Any, Final

from engine.conversion.converter import Conversion, Converter
from engine.gc_control import uncollected
from engine.protocol import Candidate, Source
from engine.spelling.double_pinyin import SchemeError, load_scheme
from engine.spelling.syllable import initial_of
from engine.spelling.typing_slips import slipped

MAX_KEYS: Final[int] = 512  # eight times what a session holds; a key's time grows with those before it
_KEYS: Final = re.compile(r"[A-Za-z';]+")  # capitals begin English, `;` is a key of some double pinyin
_SYLLABLE: Final = re.compile(r"[a-z]+")


class CaseError(ValueError):
    """A case that cannot be typed; the message says what was expected and what was found."""


@dataclass(frozen=True)
class Case:
    """One input: its name, the letters typed, the text before the caret, the text wanted.

    `pinyin`: the syllables, where they were given; `meant`: those that were meant, where that is
    not what was typed (`si` for shi).
    """

    id: str | int
    keys: str
    pinyin: tuple[str, ...] = ()
    context: str = ""
    hanzi: str = ""
    meant: tuple[str, ...] = ()


class Typing(Enum):
    """How a case's syllables are typed."""

    FULL = "full"
    INITIALS = "initials"  # every syllable by its initial; zh, ch and sh are two letters
    MIXED = "mixed"  # the first in full, each later one by its initial with probability 1/2
    SLIPS = "slips"  # one syllable with a typing slip (`engine.spelling.typing_slips`)
    CROSSED = "crossed"  # the last letter of one syllable and the first of the next in the wrong order


# Hanzi of the cases that anybody would type so: nobody types a sentence of twenty by initials.
TYPED_LENGTHS: Final[dict[Typing, range]] = {Typing.INITIALS: range(2, 5), Typing.MIXED: range(5, 13)}


@dataclass(frozen=True)
class Typed:
    """What came of typing a case.

    `candidates`: texts that cover the whole input, best first; `key_us`: microseconds of each
    key; `warm_us`: of all working ahead; `decoder_calls`: from the first key on, working ahead
    included; `key_calls`: of them, those made while a key waited.
    """

    candidates: tuple[str, ...]
    key_us: tuple[float, ...]
    warm_us: float
    decoder_calls: int
    key_calls: int


def case_of(values: Any, scheme: str = "") -> Case:
    """Case of a JSON object with `id` and `keys` or `pinyin`, typed in a `scheme` of double pinyin
    where one is named. Raises CaseError."""
    if not isinstance(values, dict):
        raise CaseError(f"expected a JSON object, found a {type(values).__name__}")
    name_of_case = _id_of(values)
    texts = {name: values.get(name, "") for name in ("context", "hanzi")}
    for name, text in texts.items():
        if not isinstance(text, str):
            raise CaseError(f"expected a string as {name}, found {text!r}")
    pinyin = _pinyin_of(values) if "pinyin" in values or "keys" not in values else ()
    keys = values["keys"] if "keys" in values else typed_keys(pinyin, Typing.FULL, "", scheme)
    if not isinstance(keys, str) or not _KEYS.fullmatch(keys):
        raise CaseError(f"expected keys of letters, ' and ;, found {keys!r}")
    if len(keys) > MAX_KEYS:
        raise CaseError(f"expected at most {MAX_KEYS} keys, found {len(keys)}")
    meant = _pinyin_of(values, "canonical_pinyin") if "canonical_pinyin" in values else pinyin
    return Case(name_of_case, keys, pinyin, **texts, meant=meant)


def _id_of(values: dict[str, Any]) -> str | int:
    """JSON can hold half a pair of surrogates (`"\\ud83d"`), which no UTF-8 output can."""
    found = values.get("id")
    if isinstance(found, bool) or not isinstance(found, str | int):
        raise CaseError(f"expected an id, a string or a number, found {found!r}")
    if isinstance(found, str) and any("\ud800" <= character <= "\udfff" for character in found):
        raise CaseError(f"expected an id of whole characters, found {found!r}")
    return found


def _pinyin_of(values: dict[str, Any], name: str = "pinyin") -> tuple[str, ...]:
    syllables = values.get(name)
    if not isinstance(syllables, list) or not syllables:
        raise CaseError(f"expected keys or {name}, a list of syllables, found {syllables!r}")
    for syllable in syllables:
        if not isinstance(syllable, str) or not _SYLLABLE.fullmatch(syllable):
            raise CaseError(f"expected syllables of a-z in {name}, found {syllable!r}")
    return tuple(syllables)


def retyped(case: Case, typing: Typing, scheme: str = "") -> Case | None:
    """The case typed so, in double pinyin where a `scheme` is named.

    None where it is too short or long for it, or its pinyin is not known. What is drawn depends
    on the case's id alone.
    """
    if typing is Typing.FULL and not scheme:
        return case
    lengths = TYPED_LENGTHS.get(typing)
    if len(case.pinyin) != len(case.hanzi) or (lengths and len(case.hanzi) not in lengths):
        return None
    keys = typed_keys(case.pinyin, typing, str(case.id), scheme)
    return None if keys is None else replace(case, keys=keys)


def typed_keys(pinyin: Sequence[str], typing: Typing, seed: str, scheme: str = "") -> str | None:
    """The keys of these syllables; None where there are none or the scheme lacks one of them.

    Without a scheme a syllable that has no initial (`an`) is typed whole.
    """
    try:
        spelt = [load_scheme(scheme).code_of(syllable) for syllable in pinyin] if scheme else list(pinyin)
    except SchemeError:
        return None
    initials = [code[0] for code in spelt] if scheme else [initial_of(syllable) for syllable in pinyin]
    draw = random.Random(seed)
    if typing is Typing.INITIALS:
        spelt = initials
    elif typing is Typing.MIXED:
        later = zip(spelt[1:], initials[1:], strict=True)
        spelt = [*spelt[:1], *(whole if draw.random() < 0.5 else initial for whole, initial in later)]
    elif typing is Typing.SLIPS and spelt:
        place = draw.randrange(len(spelt))
        spelt[place] = slipped(spelt[place], draw)
    elif typing is Typing.CROSSED:
        places = [i for i in range(1, len(spelt)) if spelt[i - 1][-1] != spelt[i][0]]
        if not places:
            return None
        place = draw.choice(places)
        one, other = spelt[place - 1 : place + 1]
        spelt[place - 1 : place + 1] = one[:-1] + other[0], one[-1] + other[1:]
    return "".join(spelt) or None


def whole_candidates(conversion: Conversion, keys: str) -> tuple[str, ...]:
    """Different texts, best first, of the candidates that cover all keys; not the letters as typed."""
    return tuple(candidate.text for candidate in covering_candidates(conversion, keys))


def covering_candidates(conversion: Conversion, keys: str) -> tuple[Candidate, ...]:
    """The same as candidates: of those of one text the first."""
    found: dict[str, Candidate] = {}
    for candidate in conversion.candidates:
        if candidate.span == (0, len(keys)) and candidate.source is not Source.RAW:
            found.setdefault(candidate.text, candidate)
    return tuple(found.values())


def type_case(converter: Converter, case: Case, interval_ms: float = 0.0) -> Typed:
    """Type the keys of a case, one every `interval_ms` milliseconds (0: at once)."""
    converter.set_surrounding_text(case.context)
    converter.warm()  # the surrounding text is read after the last commit, while nobody waits
    calls_before = converter.decoder_calls
    key_us: list[float] = []
    warm_us, key_calls = 0.0, 0
    arrival = time.perf_counter()
    for end in range(1, len(case.keys) + 1):
        arrival = _wait_for(arrival, interval_ms / 1000) if interval_ms else time.perf_counter()
        calls = converter.decoder_calls
        with uncollected():
            conversion = converter.convert(case.keys[:end])
            done = time.perf_counter()
        key_us.append((done - arrival) * 1e6)
        key_calls += converter.decoder_calls - calls
        if end < len(case.keys):
            converter.warm()
            warm_us += (time.perf_counter() - done) * 1e6
    return Typed(
        candidates=whole_candidates(conversion, case.keys),
        key_us=tuple(key_us),
        warm_us=warm_us,
        decoder_calls=converter.decoder_calls - calls_before,
        key_calls=key_calls,
    )


def _wait_for(last_arrival: float, interval: float) -> float:
    """Wait for the next key; its moment of arrival, in seconds of the clock.

    A key that comes while the engine is busy has arrived when it was due; one that is slept
    for arrives on waking, so that the sleep's own inaccuracy is no latency.
    """
    due = last_arrival + interval
    pause = due - time.perf_counter()
    if pause <= 0:
        return due
    time.sleep(pause)
    return time.perf_counter()
