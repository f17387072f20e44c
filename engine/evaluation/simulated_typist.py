"""Type an input key by key through a converter and keep the time.

A person's next key comes some 100 ms after the last; the engine works ahead in that pause (`Converter.warm`),
and garbage is collected there, as in the window. So a key's time is the time of its conversion alone, and the
time of working ahead is counted apart. With an interval, keys come at fixed moments: where working ahead has
not ended when a key comes, the wait is part of that key's time.
"""

from __future__ import annotations

import time
from dataclasses import dataclass

from engine.conversion.converter import Conversion, Converter
from engine.evaluation.cases import Case
from engine.gc_control import gc_disabled
from engine.protocol import Candidate, Source


@dataclass(frozen=True)
class TypedCase:
    """The result of typing a case.

    `candidates`: texts that cover the whole input, best first; `key_us`: microseconds of each key; `warm_us`:
    of all working ahead; `decoder_calls`: from the first key on, working ahead included; `key_calls`: of
    them, those made while a key waited.
    """

    candidates: tuple[str, ...]
    key_us: tuple[float, ...]
    warm_us: float
    decoder_calls: int
    key_calls: int


def whole_candidates(conversion: Conversion, keys: str) -> tuple[str, ...]:
    """Return the different texts of the candidates that cover all keys, best first, without the letters."""
    return tuple(candidate.text for candidate in covering_candidates(conversion, keys))


def covering_candidates(conversion: Conversion, keys: str) -> tuple[Candidate, ...]:
    """Return the same as candidates: of those of one text the first."""
    found: dict[str, Candidate] = {}
    for candidate in conversion.candidates:
        if candidate.span == (0, len(keys)) and candidate.source is not Source.RAW:
            found.setdefault(candidate.text, candidate)
    return tuple(found.values())


def type_case(converter: Converter, case: Case, interval_ms: float = 0.0) -> TypedCase:
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
        with gc_disabled():
            conversion = converter.convert(case.keys[:end])
            done = time.perf_counter()
        key_us.append((done - arrival) * 1e6)
        key_calls += converter.decoder_calls - calls
        if end < len(case.keys):
            converter.warm()
            warm_us += (time.perf_counter() - done) * 1e6
    return TypedCase(
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
