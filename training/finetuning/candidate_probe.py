"""Convert typed cases by the engine as it is, and learning at once from case to case."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from engine.conversion.converter import Converter
from engine.evaluation.cases import Case
from engine.evaluation.simulated_typist import covering_candidates
from engine.factory import create_converter
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.model.bundle import Bundle
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel

N_TEXT: Final[int] = 5  # a page of the menu


@dataclass(frozen=True)
class ProbedCandidates:
    """The first candidates for a whole input, best first: their texts and log-probabilities in nats."""

    texts: tuple[str, ...] = ()
    scores: tuple[float, ...] = ()

    def chance(self, text: str) -> float:
        """Return the share of the text's probability among that of all of them; 0 if it is none of them."""
        if text not in self.texts:
            return 0.0
        scores = self._scores_by_place()
        best = max(scores)
        weights = [math.exp(score - best) for score in scores]
        return weights[self.texts.index(text)] / sum(weights)

    def _scores_by_place(self) -> list[float]:
        """Return scores, also of a word of the user's that the search did not find.

        Such a word has a place and no score: it is as likely as what stands behind it, at the end as the
        least likely.
        """
        found: list[float] = []
        behind = min(filter(math.isfinite, self.scores), default=0.0)
        for score in reversed(self.scores):
            behind = score if math.isfinite(score) else behind
            found.append(behind)
        return found[::-1]


def answers_alone(bundle: Bundle, cases: Iterable[Case]) -> Iterator[ProbedCandidates]:
    """Yield what is offered for each case. Raises BundleError, LexiconError."""
    converter = create_converter(bundle)
    return (_answer(converter, case) for case in cases)


def answers_at_once(
    bundle: Bundle, known: Sequence[Case], typed: Sequence[Case], asked: Collection[int] | None = None
) -> Iterator[ProbedCandidates]:
    """Yield the same for `typed`, oldest first, with the engine learning from each.

    `known` was typed before; each case is learnt when it was typed. `asked` are the places in `typed` that
    are converted, all by default; the others are only learnt. Raises BundleError, LexiconError.
    """
    personal, reader = UserModel(bundle.vocabulary), PhraseTokenizer(bundle.vocabulary)
    converter = create_converter(bundle, user_model=personal)
    phrases = [Phrase(case.hanzi, case.pinyin, case.keys, case.context) for case in (*known, *typed)]
    seen = [reader.observation(now, before) for now, before in zip(phrases, [None, *phrases], strict=False)]
    personal.load(seen[: len(known)])
    for place, (case, observation) in enumerate(zip(typed, seen[len(known) :], strict=True)):
        if asked is None or place in asked:
            yield _answer(converter, case)
        personal.learn(observation)


def _answer(converter: Converter, case: Case) -> ProbedCandidates:
    converter.set_surrounding_text(case.context)
    found = covering_candidates(converter.convert(case.keys), case.keys)[:N_TEXT]
    return ProbedCandidates(
        tuple(candidate.text for candidate in found), tuple(candidate.score for candidate in found)
    )
