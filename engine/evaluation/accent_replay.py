"""Measure what learning an accent is worth: each person's cases are in turns learnt from and judged.

Every second case of a person teaches the prices of fuzzy sounds, as if it had been committed; the others are
judged, so no case is both. Nothing else is learnt: only the effect of the prices is shown.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace

from engine.conversion.converter import Converter
from engine.converter_choice import ConverterChoice
from engine.evaluation.accuracy import Score, evaluate_accuracy
from engine.evaluation.cases import Case
from engine.spelling.fuzzy_sounds import sounds_for
from engine.user_model.accent import Accent


@dataclass(frozen=True)
class AccentScore:
    """The scores of the same cases at the first prices and at what each person taught."""

    first: Score = field(default_factory=Score)
    learnt: Score = field(default_factory=Score)
    n_learnt: int = 0  # cases that taught

    def __add__(self, other: AccentScore) -> AccentScore:
        return AccentScore(
            self.first + other.first, self.learnt + other.learnt, self.n_learnt + other.n_learnt
        )


def replay_accents(
    choice: ConverterChoice,
    sets: Mapping[str, Sequence[Case]],
    person: re.Pattern[str] | None = None,
    each: int | None = None,
) -> Iterator[tuple[str, AccentScore]]:
    """Yield (name, score) of each set. Raises BundleError or LexiconError.

    `person` finds in a case's id whose it is (None: all are one person's), `each` limits the cases of a
    person and set that are judged. Only persons of the first set count.
    """
    converter = choice.create()
    people = {_person_of(case, person) for case in next(iter(sets.values()), ())} - {""}
    found = {name: AccentScore() for name in sets}
    for one in sorted(people):
        own = {name: [c for c in cases if _person_of(c, person) == one] for name, cases in sets.items()}
        taught = [case for cases in own.values() for case in cases[0::2]]
        judged = {name: cases[1::2][:each] for name, cases in own.items()}
        before = _scores(converter, judged)
        after = _scores(_taught_converter(choice, taught), judged)
        for name, cases in own.items():
            found[name] += AccentScore(before[name], after[name], len(cases[0::2]))
    yield from found.items()


def _person_of(case: Case, person: re.Pattern[str] | None) -> str:
    if person is None:
        return "one"
    match = person.search(str(case.id))
    return match.group() if match else ""


def said_by(case: Case, pairs: Iterable[str]) -> Case:
    """Return the case as typed by someone who always uses these pairs: `s_sh` gives `si` for shi."""
    pinyin = tuple(_said(syllable, sorted(pairs)) for syllable in case.pinyin)
    return replace(case, keys="".join(pinyin), pinyin=pinyin, meant=case.pinyin)


def _said(syllable: str, pairs: Sequence[str]) -> str:
    for name in pairs:
        said = (sound.typed for sound in sounds_for(syllable, frozenset({name})) if sound.ways == (name,))
        syllable = next(said, syllable)
    return syllable


def _taught_converter(choice: ConverterChoice, taught: Sequence[Case]) -> Converter:
    accent = Accent()
    accent.learn((case.keys, case.meant) for case in taught)
    options, spelling = choice.search_options, choice.spelling
    prices = accent.prices(spelling.fuzzy, options.costs.fuzzy, spelling.scheme)
    return replace(choice, costs=replace(options.costs, fuzzy=prices)).create()


def _scores(converter: Converter, sets: Mapping[str, Sequence[Case]]) -> dict[str, Score]:
    return {name: evaluate_accuracy(converter, cases) for name, cases in sets.items()}


def accent_table(rows: Sequence[tuple[str, AccentScore]]) -> str:
    """Return Markdown: first candidate, first five, characters, before and after."""
    lines = [
        "| set | cases learnt from | judged | first, five, characters % at the first prices "
        "| at each person's own |",
        "|---|---|---|---|---|",
    ]
    for name, found in rows:
        before, after = (
            " / ".join(f"{x:.1f}" for x in score.percent) for score in (found.first, found.learnt)
        )
        lines.append(f"| {name} | {found.n_learnt} | {found.first.cases} | {before} | {after} |")
    return "\n".join(lines)
