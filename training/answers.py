"""What the engine offers for typed cases: as it is, and learning at once from case to case.

Knows cases, converters and what a phrase teaches; knows nothing of training, files or scores.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence

from engine.bundle import Bundle
from engine.converter import Converter
from engine.factory import converter_of, create_personal
from engine.observations import LogReader
from engine.phrase_log import Phrase
from engine.typist import Case, whole_candidates


def answers_alone(bundle: Bundle, cases: Iterable[Case]) -> Iterator[tuple[str, ...]]:
    """The candidates for the whole of each case, best first. Raises BundleError, LexiconError."""
    converter = converter_of(bundle)
    return (_answer(converter, case) for case in cases)


def answers_at_once(
    bundle: Bundle, known: Sequence[Case], typed: Sequence[Case], asked: Collection[int] | None = None
) -> Iterator[tuple[str, ...]]:
    """The same for `typed`, oldest first, as somebody is offered them whom the engine learns from.

    `known` was typed before; each case is learnt when it was typed. `asked`: places in `typed` that
    are converted, all where it is not given; the others are only learnt. Raises BundleError,
    LexiconError.
    """
    personal, reader = create_personal(bundle.vocabulary), LogReader(bundle.vocabulary)
    converter = converter_of(bundle, personal=personal)
    phrases = [Phrase(case.hanzi, case.pinyin, case.keys, case.context) for case in (*known, *typed)]
    seen = [reader.observation(now, before) for now, before in zip(phrases, [None, *phrases], strict=False)]
    personal.load(seen[: len(known)])
    for place, (case, observation) in enumerate(zip(typed, seen[len(known) :], strict=True)):
        if asked is None or place in asked:
            yield _answer(converter, case)
        personal.learn(observation)


def _answer(converter: Converter, case: Case) -> tuple[str, ...]:
    converter.set_surrounding_text(case.context)
    return whole_candidates(converter.convert(case.keys), case.keys)
