"""List the single hanzi of a first syllable: those of the vocabulary by probability, then the rare ones."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence

import numpy as np

from engine.arrays import FloatArray
from engine.conversion.scorer import Scorer
from engine.hanzi.rare_readings import RareReadings
from engine.lexicon.vocabulary import Vocabulary
from engine.model.prefix_cache import Node
from engine.protocol import Candidate, Source
from engine.spelling.annotations import Annotation, note_of
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.user_model.model import UserModel

ScoredText = tuple[tuple[int, ...], float, Annotation]  # reading ids, score, what stands beside it
HanziGroup = tuple[Candidate, ...]
MakeCandidate = Callable[[ScoredText, int, Source], Candidate]


class SingleHanzi:
    """A list of the hanzi of an edge, kept because it depends on the root and the edge alone."""

    def __init__(
        self,
        vocabulary: Vocabulary,
        scorer: Scorer,
        rare: RareReadings,
        personal: UserModel | None,
        make: MakeCandidate,
        n_unfinished: int,
    ) -> None:
        self._vocabulary = vocabulary
        self._scorer = scorer
        self._rare = rare
        self._personal = personal
        self._make = make
        self._n_unfinished = n_unfinished
        self._known: dict[tuple[Node, Edge, Annotation], HanziGroup] = {}
        self._known_rare: dict[tuple[Edge, Annotation], HanziGroup] = {}

    def clear(self) -> None:
        """Forget what was kept."""
        self._known.clear()
        self._known_rare.clear()

    def group(self, root: Node, graph: SyllableGraph, edge: Edge) -> HanziGroup:
        """Return the hanzi of one first edge, most probable first.

        They are those of the vocabulary, and the rare ones that the user types.
        """
        note = note_of(graph.keys, [edge])
        group = self._known.get((root, edge, note))
        if group is None:
            texts = self._by_score(root, edge)
            made = [self._make(((token,), score, note), edge.end, Source.CHARACTER) for token, score in texts]
            group = self._known[root, edge, note] = tuple(made)
        return group

    def rare_group(self, graph: SyllableGraph, edge: Edge) -> HanziGroup:
        """Return the other rare hanzi of an edge that is typed in full, the most used first."""
        if edge.spelling is not SpellingType.EXACT:
            return ()
        note = note_of(graph.keys, [edge])
        group = self._known_rare.get((edge, note))
        if group is None:
            used = self._used(edge.first_syllable)
            tokens = [token for token in self._rare_tokens(edge.first_syllable) if token not in used]
            made = [self._make(((t,), -math.inf, note), edge.end, Source.CHARACTER) for t in tokens]
            group = self._known_rare[edge, note] = tuple(made)
        return group

    def _by_score(self, root: Node, edge: Edge) -> Sequence[tuple[int, float]]:
        syllables = edge.first_syllable, edge.last_syllable
        scores = self._scorer.reading_log_probs([root], *syllables)[0]
        order = (-scores).argsort(kind="stable")
        is_whole = edge.spelling is SpellingType.EXACT
        first = self._scorer.first_token(*syllables)
        texts = [(first + i, float(scores[i]) - edge.cost) for i in order.tolist()]
        if not is_whole:
            return texts[: self._n_unfinished]
        used = self._used(edge.first_syllable)
        if used:
            mass = _log_sum(scores) - edge.cost
            texts += [(token, mass + share) for token, share in used.items()]
            texts.sort(key=lambda text: -text[1])
        return texts

    def _rare_tokens(self, syllable: int) -> Iterator[int]:
        """Those that the vocabulary lacks."""
        known = self._vocabulary.id_of_reading
        for hanzi in self._rare.of(syllable):
            if (hanzi, syllable) not in known:
                yield self._vocabulary.token_of(hanzi, syllable)

    def _used(self, syllable: int) -> dict[int, float]:
        return {} if self._personal is None else dict(self._personal.rare_log_shares(syllable))


def _log_sum(log_probs: FloatArray) -> float:
    return float(np.logaddexp.reduce(log_probs)) if log_probs.size else -math.inf
