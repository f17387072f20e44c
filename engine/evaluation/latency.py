"""Measure how long a key takes: real sentences typed key by key, with pauses."""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from string import ascii_lowercase
from typing import Final

import numpy as np

from engine.conversion.converter import Converter
from engine.error_kinds import Kind
from engine.errors import says
from engine.evaluation.cases import Case, CaseError, Typing, typed_keys
from engine.evaluation.simulated_typist import TypedCase, type_case

SURROUNDING_LENGTH: Final[int] = 32  # characters
ODD_LENGTH: Final[int] = 64  # letters, as many as a session holds


@dataclass(frozen=True)
class Latency:
    """The times of many keys, in microseconds, and the decoder calls they took."""

    sentences: int
    key_us: tuple[float, ...]
    warm_us: float
    decoder_calls: int
    key_calls: int

    @classmethod
    def of(cls, typed: Sequence[TypedCase]) -> Latency:
        return cls(
            sentences=len(typed),
            key_us=tuple(us for result in typed for us in result.key_us),
            warm_us=sum(result.warm_us for result in typed),
            decoder_calls=sum(result.decoder_calls for result in typed),
            key_calls=sum(result.key_calls for result in typed),
        )

    def percentile_ms(self, percent: float) -> float:
        """Return the milliseconds within which this percentage of the keys was answered."""
        return float(np.percentile(self.key_us, percent)) / 1000


def long_inputs(
    cases: Sequence[Case], n_syllable: int, limit: int, typing: Typing = Typing.FULL, scheme: str = ""
) -> list[Case]:
    """Return `limit` inputs of `n_syllable` syllables, each with `SURROUNDING_LENGTH` characters before
    it.

    The cases' sentences are put one behind the other; an input begins where a sentence begins (those are
    taken evenly over the cases) and may run into the next ones. Its surrounding text is what precedes it,
    commas between the sentences. Cases without pinyin are left out, and inputs that cannot be typed so.
    """
    cases = [case for case in cases if len(case.pinyin) == len(case.hanzi) > 0]
    before = ""
    syllables: list[str] = []
    starts: list[tuple[str, int]] = []
    for case in cases:
        starts.append((before[-SURROUNDING_LENGTH:], len(syllables)))
        before += case.hanzi + "，"
        syllables += case.pinyin
    whole = [
        (context, start)
        for context, start in starts
        if len(context) == SURROUNDING_LENGTH and start + n_syllable <= len(syllables)
    ]
    inputs = []
    for i in range(min(limit, len(whole))):
        context, start = whole[i * len(whole) // min(limit, len(whole))]
        pinyin = tuple(syllables[start : start + n_syllable])
        keys = typed_keys(pinyin, typing, str(i), scheme)
        if keys is not None:
            inputs.append(Case(i, keys, pinyin, context))
    return inputs


def odd_inputs(n_drawn: int = 12) -> list[Case]:
    """Return inputs of `ODD_LENGTH` letters: each held down, pairs in turn, letters drawn at random."""
    draw = random.Random(0)
    pairs = ["".join(draw.sample(ascii_lowercase, 2)) for _ in range(n_drawn)]
    drawn = ["".join(draw.choices(ascii_lowercase, k=ODD_LENGTH)) for _ in range(n_drawn)]
    texts = [text * (ODD_LENGTH // len(text)) for text in (*ascii_lowercase, *pairs)] + drawn
    return [Case(text[:4], text) for text in texts]


def measure_long(
    converter: Converter,
    cases: Sequence[Case],
    n_syllable: int,
    limit: int,
    interval_ms: float,
    typing: Typing = Typing.FULL,
    scheme: str = "",
) -> Latency:
    """Type the `long_inputs` of the cases. Raises CaseError where the cases give none.

    The first calls of a process are slow and not counted: they are made behind another text, so that nothing
    of them is found again.
    """
    inputs = long_inputs(cases, n_syllable, limit, typing, scheme)
    if not inputs:
        expected = says(Kind.CASES_OF_LENGTH, number=n_syllable)
        raise CaseError.of(expected, says(Kind.CASES, number=len(cases)))
    measure_latency(converter, [replace(inputs[0], context=inputs[0].context[::-1])], 0)
    return measure_latency(converter, inputs, interval_ms)


def measure_latency(converter: Converter, inputs: Iterable[Case], interval_ms: float) -> Latency:
    """Type the inputs, a key every `interval_ms` milliseconds."""
    return Latency.of([type_case(converter, case, interval_ms) for case in inputs])


def latency_table(rows: Sequence[tuple[int, Latency]]) -> str:
    """Return Markdown: a row for each number of syllables."""
    lines = [
        "| syllables | inputs | keys | p50 ms | p95 ms | p99 ms | max ms "
        "| working ahead, ms a key | decoder calls a key | of them while a key waits |",
        "|---|---|---|---|---|---|---|---|---|---|",
    ]
    for n_syllable, latency in rows:
        n = max(len(latency.key_us), 1)
        times = " | ".join(f"{latency.percentile_ms(percent):.2f}" for percent in (50, 95, 99, 100))
        calls = f"{latency.decoder_calls / n:.2f} | {latency.key_calls / n:.2f}"
        ahead = latency.warm_us / 1000 / n
        lines.append(f"| {n_syllable} | {latency.sentences} | {n} | {times} | {ahead:.2f} | {calls} |")
    return "\n".join(lines)
