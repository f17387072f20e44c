"""Count how often typing with corrections gives another menu than the same letters at once.

The law of the converter says never. It holds to the bit with the fake decoder; with a real one, sums over
other batch shapes may round differently, and this counts what comes of it.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from engine.conversion.converter import Conversion, Converter
from engine.evaluation.cases import Case

_LETTERS: Final[str] = "abcdefghijklmnopqrstuwxyz"
_MISTAKE: Final[float] = 0.15  # chance of a wrong letter and a Backspace before a letter


@dataclass(frozen=True)
class Agreement:
    """Counts over cases: same first candidate, same menu to the last row."""

    cases: int = 0
    first: int = 0
    menu: int = 0


def measure_consistency(
    typing: Converter, fresh: Converter, cases: Iterable[Case], seed: int = 0
) -> Agreement:
    """Type each case with mistakes on `typing`, at once on `fresh`, and compare the menus."""
    rng = random.Random(seed)
    agreement = Agreement()
    for case in cases:
        ours = _type(typing, case, rng)
        fresh.set_surrounding_text("" if case.context else "。")  # forgets everything
        fresh.set_surrounding_text(case.context)
        theirs = fresh.convert(case.keys)
        texts, wanted = _texts(ours), _texts(theirs)
        agreement = Agreement(
            agreement.cases + 1,
            agreement.first + (texts[:1] == wanted[:1]),
            agreement.menu + (texts == wanted),
        )
    return agreement


def _type(converter: Converter, case: Case, rng: random.Random) -> Conversion:
    """Type a case letter by letter, some of them wrong at first, with work ahead now and then."""
    converter.set_surrounding_text(case.context)
    keys = ""
    for letter in case.keys:
        if rng.random() < _MISTAKE:
            converter.convert(keys + rng.choice(_LETTERS))
            converter.convert(keys)
        keys += letter
        converter.convert(keys)
        if rng.random() < 0.5:
            converter.warm()
    return converter.convert(keys)


def _texts(conversion: Conversion) -> Sequence[tuple[str, tuple[int, int]]]:
    return [(candidate.text, candidate.span) for candidate in conversion.candidates]


def consistency_table(agreement: Agreement) -> str:
    """Return the counts as Markdown."""
    cases = max(agreement.cases, 1)
    return "\n".join(
        [
            "| inputs typed with corrections | other first candidate | menu differs anywhere |",
            "|---|---|---|",
            f"| {agreement.cases} | {agreement.cases - agreement.first} "
            f"({100 * (1 - agreement.first / cases):.2f}%) | {agreement.cases - agreement.menu} "
            f"({100 * (1 - agreement.menu / cases):.2f}%) |",
        ]
    )
