"""Measure in one go what the engine can measure of itself for the page of figures.

Each part yields figures as (name, value, unit); `engine.evaluation.goals` says which of them the page shows.
Sets are named as their files are; accented ones end in `_fuzzy`, beside the plain set of the same name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import zip_longest
from pathlib import Path
from typing import Final

from engine.converter_choice import ConverterChoice
from engine.error_kinds import Kind
from engine.errors import says
from engine.evaluation import consistency, footprint, latency
from engine.evaluation.accuracy import Score, evaluate_sets
from engine.evaluation.cases import Case, CaseError, Typing, read_set, typed_set
from engine.evaluation.learning_replay import Effort, replay
from engine.evaluation.typing_checks import (
    BEFORE,
    NAMES,
    common_words,
    kept_names,
    keys_to_mend,
    measure_first_pages,
    typed_word,
)
from engine.factory import create_rewriters
from engine.hanzi.rare_readings import RareReadings
from engine.lexicon.lexicon import Lexicon
from engine.model.bundle import Bundle
from engine.session.session import Session
from engine.spelling.fuzzy_sounds import DEFAULT_PAIRS
from engine.spelling.options import SpellingOptions
from resources import LEXICON, MODEL, RARE_READINGS

Measured = tuple[str, float, str]
Sets = dict[str, list[Case]]
ACCENTED: Final[str] = "_fuzzy"
USER: Final[str] = "chat"  # the set that is typed in order as one user's text
LONG: Final = range(15, 21)  # hanzi of a long sentence
SYLLABLES: Final[int] = 20  # of an input whose keys are timed
OWN_SETS: Final = {"utterances": "everyday", "numbers": "numbers", "english": "english", "words": "words"}


@dataclass(frozen=True)
class Plan:
    """A choice of what to measure. `limit` is the number of cases of a set, None for all."""

    sets: Sets
    choice: ConverterChoice
    limit: int | None = None
    jobs: int = 1
    inputs: int = 20
    interval_ms: float = 100.0
    runs: int = 5
    sentences: Path | None = None  # further cases whose last word may be wrong

    @property
    def plain(self) -> Sets:
        """The sets without accents."""
        return {name: cases for name, cases in self.sets.items() if not name.endswith(ACCENTED)}

    def of_each(self, n: int) -> int:
        """Return how many cases of each set a part takes that would take `n`."""
        return min(n, self.limit or n)


def read_sets(folder: Path) -> Sets:
    """Return the cases of each file of a folder. Raises CaseError."""
    found = {path.stem: read_set(path) for path in sorted(folder.glob("*.jsonl"))}
    if not found:
        raise CaseError.of(says(Kind.CASE_FILES_IN, path=folder), says(Kind.NONE))
    return found


def full_pinyin(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy of full pinyin: each set, their mean, long sentences and single hanzi."""
    pieces: Sets = {}  # "chat long": each case is converted once, for its set and for its length
    for name, cases in plan.plain.items():
        for case in cases[: plan.limit]:
            pieces.setdefault(f"{name} {_length_class(case)}", []).append(case)
    scores = _scores(plan, pieces)
    by_set = {name: _total(scores, 0, name) for name in plan.plain}
    yield from _with_mean("accuracy.full", by_set)
    for kind in ("long", "single"):
        yield from _three(f"accuracy.{kind}", _total(scores, 1, kind))


def own_sets(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy of the project's own sets (docs/sets), in an empty field."""
    for name, stem in OWN_SETS.items():
        if stem in plan.sets:
            cases = plan.sets[stem][: plan.limit]
            yield from _three(f"accuracy.{name}", _scores(plan, {name: cases})[name])


def _length_class(case: Case) -> str:
    if len(case.hanzi) == 1:
        return "single"
    return "long" if len(case.hanzi) in LONG else "other"


def _total(scores: Mapping[str, Score], place: int, word: str) -> Score:
    """Return the sum of the pieces that have this word at this place of their name."""
    return sum((score for piece, score in scores.items() if piece.split()[place] == word), Score())


def in_context(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy behind the text before the caret, for the sets most of whose cases have such text."""
    sets = {
        name: cases[: plan.limit]
        for name, cases in plan.plain.items()
        if 2 * sum(bool(case.context) for case in cases) > len(cases)
    }
    for name, score in _scores(plan, sets, use_context=True).items():
        yield from _three(f"accuracy.context.{name}", score)


def abbreviated(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy of initials alone and of mixed input, for the sets with cases of such lengths."""
    for typing, limit in ((Typing.INITIALS, plan.limit), (Typing.MIXED, plan.of_each(150))):
        typed = {name: typed_set(cases, typing)[:limit] for name, cases in plan.plain.items()}
        sets = {name: cases for name, cases in typed.items() if cases}
        yield from _with_mean(f"accuracy.{typing.value}", _scores(plan, sets))


def accented(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy with fuzzy sounds on: accented sets, and the points that plain sets lose by it."""
    fuzzy = _spelt(plan, replace(plan.choice.spelling, fuzzy=DEFAULT_PAIRS))
    sets = {name: cases[: plan.limit] for name, cases in plan.sets.items() if name.endswith(ACCENTED)}
    for name, score in _scores(fuzzy, sets).items():
        yield from _three(f"accuracy.fuzzy.{name}", score)
    partners = {name.removesuffix(ACCENTED) for name in sets}
    plain = {
        name: cases[: plan.limit if name in partners else plan.of_each(300)]
        for name, cases in plan.plain.items()
    }
    prices = _losses(_scores(plan, plain), _scores(fuzzy, plain))
    for name in sorted(partners & prices.keys()):
        yield f"accuracy.fuzzy.{name}.price", prices.pop(name), "points"
    yield "accuracy.fuzzy.others.price", _mean(prices.values()), "points"


def slip_figures(plan: Plan) -> Iterator[Measured]:
    """Yield accuracy with a slip in each case, as a share of those without, and what clean input loses."""
    corrected = _spelt(plan, replace(plan.choice.spelling, correct=True))
    n = plan.of_each(200)
    slips = {name: typed_set(cases, Typing.SLIPS)[:n] for name, cases in plan.plain.items()}
    ids = {(name, case.id) for name, cases in slips.items() for case in cases}
    clean = {name: [case for case in plan.plain[name] if (name, case.id) in ids] for name in slips}
    before, after, wrong = (
        sum(scores.values(), Score())
        for scores in (_scores(plan, clean), _scores(corrected, clean), _scores(corrected, slips))
    )
    yield from _three("accuracy.slips.all", wrong)
    yield "accuracy.slips.share", 100 * wrong.first / max(after.first, 1), "%"
    yield "accuracy.slips.price", before.percent[0] - after.percent[0], "points"


def timed(plan: Plan) -> Iterator[Measured]:
    """Yield the milliseconds of a key in long inputs, typed in full and in the dearer ways."""
    cases = [case for cases in plan.plain.values() for case in cases]
    few = max(1, plan.inputs // 4)
    corrected = replace(plan.choice.spelling, correct=True)
    both = replace(corrected, fuzzy=DEFAULT_PAIRS)
    for name, typing, choice, n in (
        ("full", Typing.FULL, plan.choice, plan.inputs),
        ("slips", Typing.FULL, replace(plan.choice, spelling=corrected), plan.inputs),
        ("fuzzy", Typing.FULL, replace(plan.choice, spelling=both), few),
        ("mixed", Typing.MIXED, plan.choice, few),
        ("initials", Typing.INITIALS, plan.choice, few),
    ):
        found = latency.measure_long(choice.create(), cases, SYLLABLES, n, plan.interval_ms, typing)
        yield from _times(f"latency.{name}", found)


def any_letters(plan: Plan) -> Iterator[Measured]:
    """Yield the milliseconds of a key in inputs that nobody means: letters held down, in turn, at random."""
    inputs = latency.odd_inputs()[: plan.limit]
    found = latency.measure_latency(plan.choice.create(), inputs, plan.interval_ms)
    yield "latency.any_letters.p99", found.percentile_ms(99), "ms"
    yield "latency.any_letters.max", found.percentile_ms(100), "ms"


def _times(name: str, found: latency.Latency) -> Iterator[Measured]:
    n = max(len(found.key_us), 1)
    for label, percent in (("p50", 50), ("p95", 95), ("p99", 99), ("max", 100)):
        yield f"{name}.{label}", found.percentile_ms(percent), "ms"
    yield f"{name}.calls", found.decoder_calls / n, "calls"
    yield f"{name}.waiting_calls", found.key_calls / n, "calls"


def started(plan: Plan) -> Iterator[Measured]:
    """Yield seconds to the first candidates, memory, and the size of the bundle."""
    found = footprint.measure_footprint(plan.choice.bundle, plan.choice.fake, plan.runs)
    yield "engine.ready", found.engine_s, "s"
    yield "engine.first", found.first_s, "s"
    yield "engine.loaded", found.loaded_mb, "MB"
    yield "engine.typed", found.typed_mb, "MB"
    yield "engine.peak", found.peak_mb, "MB"
    bundle = Bundle.load(plan.choice.bundle or MODEL)
    yield "bundle.size", bundle.n_bytes / 1e6, "MB"
    rare = {hanzi for found in RareReadings(RARE_READINGS).by_syllable.values() for hanzi in found}
    yield "bundle.hanzi", len(rare | set(bundle.vocabulary.ids_of_hanzi)), "hanzi"


def learnt(plan: Plan) -> Iterator[Measured]:
    """Yield keys a hanzi and first candidates of one set typed in order, learning off and on."""
    user = plan.plain.get(USER)
    if user is None or plan.choice.fake:  # the fake decoder cannot learn
        return
    n, n_other = plan.of_each(400), plan.of_each(100)
    others = {name: cases[:n_other] for name, cases in plan.plain.items() if name != USER}
    off, on = (replay(plan.choice, user[:n], n, others, learning) for learning in (False, True))
    for name, found in (("off", off), ("on", on)):
        effort = sum(found.efforts, Effort())
        yield f"learning.{USER}.keys_{name}", effort.keys / max(effort.hanzi, 1), "keys"
        yield f"learning.{USER}.first_{name}", 100 * effort.first / max(effort.cases, 1), "%"
    yield "learning.other.loss", _mean(_losses(off.harm, on.harm).values()), "points"


def corrected_typing(plan: Plan) -> Iterator[Measured]:
    """Yield how many inputs typed with corrections end in another menu than the same letters at once."""
    cases = [case for cases in plan.plain.values() for case in cases[: plan.of_each(60)]]
    found = consistency.measure_consistency(plan.choice.create(), plan.choice.create(), cases)
    yield "robustness.corrections.first", found.cases - found.first, f"of {found.cases}"
    yield "robustness.corrections.menu", found.cases - found.menu, f"of {found.cases}"


def first_pages(plan: Plan) -> Iterator[Measured]:
    """Yield how many first pages of common words have a slip's row or one text twice, slips corrected."""
    vocabulary = Bundle.load(plan.choice.bundle or MODEL).vocabulary
    words = common_words(Lexicon.load(LEXICON, vocabulary).words())[: plan.limit]
    spelling = replace(plan.choice.spelling, correct=True)
    converter = replace(plan.choice, spelling=spelling).create()
    found = measure_first_pages(converter, [typed_word(word, vocabulary) for word in words])
    yield "robustness.first_page.slips", found.percent[0], "%"
    yield "robustness.first_page.twice", found.percent[1], "%"


def names(plan: Plan) -> Iterator[Measured]:
    """Yield how many names with digits and marks stand as typed, alone and inside a sentence."""
    session = Session(plan.choice.create(), rewriters=create_rewriters())
    yield "robustness.names.alone", 100 * len(kept_names(session)) / len(NAMES), "%"
    yield "robustness.names.inside", 100 * len(kept_names(session, BEFORE)) / len(NAMES), "%"


def mending(plan: Plan) -> Iterator[Measured]:
    """Yield the keys that mend a long sentence with one wrong word, anywhere and at its end, without
    beginnings in the menu and with them; the sets taken in turn.
    """
    in_turn = [case for row in zip_longest(*plan.plain.values()) for case in row if case is not None]
    further = read_set(plan.sentences) if plan.sentences else []
    converters = [replace(plan.choice, n_beginning=n).create() for n in (None, 0)]
    for name, at_end, cases in (("keys", False, in_turn), ("at_end", True, in_turn + further)):
        found = keys_to_mend(converters, cases, plan.of_each(100), at_end)
        with_, without = (_mean(keys[i] for keys in found) for i in (0, 1))
        yield f"mending.{name}", with_, "keys"
        yield f"mending.{name}.without", without, "keys"
        yield f"mending.{name}.fewer", 100 * (1 - with_ / max(without, 1)), "%"
        yield f"mending.{name}.cases", len(found), "cases"


ReportPart = Callable[[Plan], Iterator[Measured]]
PARTS: Final[Mapping[str, tuple[ReportPart, ...]]] = {
    "start": (started,),
    "latency": (timed, any_letters),
    "robustness": (corrected_typing, first_pages, names),
    "learning": (learnt,),
    "mending": (mending,),
    "accuracy": (full_pinyin, in_context, abbreviated),
    "own": (own_sets,),
    "accents": (accented,),
    "slips": (slip_figures,),
}


def _scores(plan: Plan, sets: Sets, use_context: bool = False) -> dict[str, Score]:
    return dict(evaluate_sets(plan.choice, sets, use_context, plan.jobs))


def _spelt(plan: Plan, spelling: SpellingOptions) -> Plan:
    return replace(plan, choice=replace(plan.choice, spelling=spelling))


def _losses(before: Mapping[str, Score], after: Mapping[str, Score]) -> dict[str, float]:
    """Return the points of first candidates that each set loses."""
    return {name: score.percent[0] - after[name].percent[0] for name, score in before.items()}


def _three(name: str, score: Score) -> Iterator[Measured]:
    for label, value in zip(("first", "first_five", "characters"), score.percent, strict=True):
        yield f"{name}.{label}", value, "%"


def _with_mean(name: str, scores: Mapping[str, Score]) -> Iterator[Measured]:
    """Yield each set's figures and the mean of the sets."""
    for label, score in scores.items():
        yield from _three(f"{name}.{label}", score)
    columns = zip(*(score.percent for score in scores.values()), strict=True)
    for label, column in zip(("first", "first_five", "characters"), columns, strict=False):
        yield f"{name}.mean.{label}", _mean(column), "%"


def _mean(values: Iterable[float]) -> float:
    found = list(values)
    return sum(found) / len(found) if found else 0.0
