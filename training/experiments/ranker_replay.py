"""Type a log again in order to compare a ranker learnt from picks with the rule that is set by hand.

The simulated user of `benchmark replay` types the log, learning at once as ever. On the first part each menu
becomes a row of numbers a candidate, with the one that was picked; on the later part the menu as it is (the
user's counts in its scores, what was picked put first by the rule of evidence) is compared with the menu
sorted by the ranker.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import numpy as np

from engine.arrays import DoubleArray
from engine.conversion.converter import Converter
from engine.evaluation.cases import Case
from engine.evaluation.learning_replay import Effort, picked_of
from engine.factory import create_converter
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import is_hanzi
from engine.lexicon.word_arrays import MAX_WORD_LENGTH
from engine.model.bundle import Bundle
from engine.protocol import PAGE_SIZE, Candidate, Source
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel
from engine.user_model.ranking import FADING
from resources import LEXICON
from training.evaluation.onnx_parity import tokens_of
from training.experiments.ranker import Quality, RankedMenu, Ranker, fit, quality

FEATURES: Final[tuple[str, ...]] = (
    "first", "rank", "gap", "unscored", "span", "hanzi", "word", "invention", "phrase", "character",
    "picked", "picked share", "seen", "recency",
)  # fmt: skip
N_RANKED: Final[int] = 2 * PAGE_SIZE  # candidates in front that are sorted; the rest stays behind them
SURE: Final[float] = 0.8  # the chance from which the ranker's first takes first place in `ranker, where sure`
_FARTHEST: Final[float] = 12.0  # nats: what lies farther behind counts as far
_RECENT: Final[float] = 200.0  # commits after which a word is half forgotten
HEAD: Final[str] = (
    "| log | menu | AUC | precision | recall | F1 | keys a hanzi | first right % |\n"
    "|---|---|---|---|---|---|---|---|"
)

Order = Callable[[Sequence[Candidate], DoubleArray], Sequence[Candidate]]


@dataclass
class Memory:
    """The picks so far: for which letters, fading by the pick; how often, and when last."""

    picks: dict[str, dict[str, float]] = field(default_factory=dict)
    seen: Counter[str] = field(default_factory=Counter)
    last: dict[str, int] = field(default_factory=dict)
    commits: int = 0

    def pick(self, keys: str, text: str) -> None:
        faded = {known: weight * FADING for known, weight in self.picks.get(keys, {}).items()}
        self.picks[keys] = faded | {text: faded.get(text, 0.0) + 1.0}
        self.seen[text] += 1
        self.last[text] = self.commits


def features_of(menu: Sequence[Candidate], keys: str, memory: Memory, personal: UserModel) -> DoubleArray:
    """Return the features (n, k) of a menu, see FEATURES."""
    best: dict[int, float] = {}  # by the end of the span: the longer a text, the lower its score
    for candidate in menu:
        if math.isfinite(candidate.score):
            end = candidate.span[1]
            best[end] = max(best.get(end, -math.inf), candidate.score)
    rows = [
        _row(rank, candidate, keys, best.get(candidate.span[1], 0.0), memory, personal)
        for rank, candidate in enumerate(menu)
    ]
    return np.array(rows, dtype=np.float64)


def _row(
    rank: int, candidate: Candidate, keys: str, best: float, memory: Memory, personal: UserModel
) -> list[float]:
    text, length = candidate.text, len(candidate.text)
    picks = memory.picks.get(keys[: candidate.span[1]], {})
    age = memory.commits - memory.last[text] if text in memory.last else math.inf
    is_known = candidate.source is Source.PHRASE or (
        all(map(is_hanzi, text)) and personal.is_word(candidate.tokens)
    )
    is_word = length > 1 and is_known
    is_scored = math.isfinite(candidate.score)
    return [
        float(rank == 0),
        math.log1p(rank),
        min(best - candidate.score, _FARTHEST) if is_scored else _FARTHEST,
        float(not is_scored),
        candidate.span[1] / len(keys),
        float(length),
        float(is_word),
        float(length > 1 and not is_word),
        float(candidate.source is Source.PHRASE),
        float(candidate.source is Source.CHARACTER),
        picks.get(text, 0.0),
        picks.get(text, 0.0) / sum(picks.values()) if picks else 0.0,
        math.log1p(memory.seen[text]),
        0.5 ** (age / _RECENT),
    ]


class TypedLog:
    """A log being typed: it learns as the program does, and remembers what the ranker's features need."""

    def __init__(self, bundle: Bundle) -> None:
        self._personal = UserModel(bundle.vocabulary)
        self._converter: Converter = create_converter(bundle, user_model=self._personal)
        self._reader = PhraseTokenizer(bundle.vocabulary)
        self._memory = Memory()
        self._previous: Phrase | None = None

    def type(self, case: Case, order: Order) -> tuple[Effort, list[RankedMenu]]:
        """Return the effort of typing a case with menus in this order, and the menus; learn nothing."""
        self._converter.set_surrounding_text(case.context)
        letters, wanted, keys = case.keys, case.hanzi, len(case.keys)
        fixed: tuple[int, ...] = ()
        offers: list[RankedMenu] = []
        first = False
        while letters and wanted:
            candidates = self._converter.convert(letters, fixed).candidates
            menu = [candidate for candidate in candidates if candidate.tokens]
            front = menu[:N_RANKED]
            features = features_of(front, letters, self._memory, self._personal)
            found = picked_of([*order(front, features), *menu[N_RANKED:]], wanted)
            if found is None:
                return Effort(), []
            rank, candidate = found
            if candidate in front:
                offers.append(RankedMenu(features, front.index(candidate)))
            first |= rank == 0 and not fixed and candidate.text == wanted
            keys += 1 + rank // PAGE_SIZE
            letters, wanted = letters[candidate.span[1] :], wanted[len(candidate.text) :]
            fixed = (*fixed, *candidate.tokens)
        return Effort(1, len(case.hanzi), keys, int(first)), offers

    def commit(self, case: Case) -> None:
        """Learn the case, at once."""
        phrase = Phrase(case.hanzi, case.pinyin, case.keys, case.context)
        self._personal.learn(self._reader.observation(phrase, self._previous))
        self._previous = phrase
        self._memory.commits += 1
        self._memory.pick(case.keys, case.hanzi)


def as_it_is(menu: Sequence[Candidate], features: DoubleArray) -> Sequence[Candidate]:
    """Return the order of the rule that is set by hand."""
    return menu


def by(ranker: Ranker, least: float = 0.0) -> Order:
    """Return the order of the ranker; the menu as it is if its first has a lower chance than `least`."""

    def order(menu: Sequence[Candidate], features: DoubleArray) -> Sequence[Candidate]:
        if not len(features):
            return menu
        chances = ranker.chances(features)
        if chances.max() < least:
            return menu
        return [menu[place] for place in np.argsort(-chances, kind="stable")]

    return order


def by_words(cases: Iterable[Case], bundle: Path) -> Iterator[Case]:
    """Yield the same text typed word by word: the longest words of the lexicon from the left, else one
    hanzi.
    """
    vocabulary = Bundle.load(bundle).vocabulary
    lexicon = Lexicon.load(LEXICON, vocabulary)
    for case in cases:
        tokens, start = tokens_of(case, vocabulary), 0
        while tokens and start < len(tokens):
            lengths = range(min(MAX_WORD_LENGTH, len(tokens) - start), 1, -1)
            held = (n for n in lengths if lexicon.contains(tuple(tokens[start : start + n])))
            end = start + next(held, 1)
            pinyin, before = case.pinyin[start:end], case.context + case.hanzi[:start]
            yield Case(case.id, "".join(pinyin), pinyin, before, case.hanzi[start:end])
            start = end


@dataclass(frozen=True)
class ReplayOutcome:
    """The result: `efforts` and `qualities` by menu, over the later phrases; `weights` of the features."""

    log: str
    efforts: dict[str, Effort]
    qualities: dict[str, Quality]
    weights: dict[str, float]

    def lines(self) -> list[str]:
        return [
            f"| {self.log} | {name} | {of.auc:.4f} | {100 * of.precision:.1f} | {100 * of.recall:.1f} "
            f"| {100 * of.f1:.1f} | {effort.keys / max(effort.hanzi, 1):.3f} "
            f"| {100 * effort.first / max(effort.cases, 1):.1f} |"
            for name, effort in self.efforts.items()
            for of in (self.qualities[name],)
        ]


def compare_rankers(bundle: Path, log: str, cases: Sequence[Case], n_judged: int) -> ReplayOutcome:
    """Type the log in order; learn a ranker from all but the last `n_judged` cases, judge it on these."""
    typed, learnt = TypedLog(Bundle.load(bundle)), cases[: len(cases) - n_judged]
    offers = []
    for case in learnt:
        offers += typed.type(case, as_it_is)[1]
        typed.commit(case)
    ranker = fit(offers)
    orders = {"rule by hand": as_it_is, "ranker": by(ranker), "ranker, where sure": by(ranker, SURE)}
    efforts, later = dict.fromkeys(orders, Effort()), []
    for case in cases[len(learnt) :]:
        for name, order in orders.items():
            effort, offered = typed.type(case, order)
            efforts[name] += effort
            later += offered if order is as_it_is else []
        typed.commit(case)
    picked = [offer.picked for offer in later]
    learnt_chances = quality([ranker.chances(offer.features) for offer in later], picked)
    by_hand = [np.exp2(-np.arange(len(offer.features), dtype=np.float64)) for offer in later]
    qualities = dict.fromkeys(orders, learnt_chances) | {"rule by hand": quality(by_hand, picked, 0.75)}
    weights = dict(zip(FEATURES, ranker.weights.tolist(), strict=True))
    return ReplayOutcome(log, efforts, qualities, weights)
