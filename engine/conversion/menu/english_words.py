"""Offer English words that pinyin spells as well: `email`, 点击ok."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from engine.conversion.beam_search import BeamSearch
from engine.conversion.diversity import NEAR
from engine.conversion.scorer import Scorer
from engine.lexicon.latin_words import latin_token
from engine.model.prefix_cache import Node
from engine.protocol import Candidate, Source
from engine.spelling.annotations import Annotation
from engine.spelling.syllable import SYLLABLE_INDEX
from engine.spelling.syllable_graph import SyllableGraph

_MAX_MIXED: Final[int] = 40  # letters of an input whose end may be an English word


class EnglishWords:
    """A source of texts that end in an English word, and of their places among the sentences."""

    def __init__(self, search: BeamSearch, scorer: Scorer) -> None:
        self._search = search
        self._scorer = scorer

    def texts(
        self, root: Node, graph: SyllableGraph, best: float
    ) -> Iterator[tuple[tuple[int, ...], float, Annotation]]:
        """Yield texts, with the root's tokens, that end in a word of the English list.

        Behind hanzi that is offered where a letter is to come, or about as likely as the `best` text. The
        word may begin where pinyin would not go on: the idea of `zhegeidea`.
        """
        keys, english = graph.keys, graph.table.english
        if english is None or not keys.islower() or len(keys) > _MAX_MIXED:
            return
        is_whole = bool(graph.whole_edges[len(keys)])
        starts = filter(graph.is_reached, range(len(keys))) if graph.readable_length is None else (0,)
        for start in starts:
            is_syllable = start > 0 and keys[start:] in SYLLABLE_INDEX  # the hen of `nihen`
            word = None if is_syllable else next(iter(english.typed(keys[start:])), None)
            beam = self._search.beam_before(root, graph, start)[:1] if word else ()
            if word is None or not beam or not word.is_common:
                continue
            node = beam[0].node
            score = beam[0].score + self._scorer.latin_log_prob(node) - word.cost
            if not start or not is_whole or best - score <= NEAR:
                yield (*node.tokens, latin_token(word.text)), score, Annotation()


def place_of(english: Candidate, sentences: Sequence[Candidate], graph: SyllableGraph) -> int:
    """Return the place of an English word: before the texts that are less likely.

    那么 stands before `name`, 嘎么 behind `game`. The user's own words are never less likely. Where a
    letter is to come the word is second at least: `email` is 额买了 only then.
    """
    likelier = (
        i for i, each in enumerate(sentences) if each.score < english.score and each.source is Source.SENTENCE
    )
    last = len(sentences) if graph.whole_edges[len(graph.keys)] else 1
    return min(next(likelier, last), last)


def uncut(candidates: Sequence[Candidate], graph: SyllableGraph) -> Sequence[Candidate]:
    """Return only the word in its casings where a listed word that a capital begins is all of the letters.

    Nobody means Exc or Ex策略 by `Excel`. With more letters the sentence goes on, and any word may end.
    """
    keys, english = graph.keys, graph.table.english
    if english is None or not keys[:1].isupper() or english.find(keys) is None:
        return candidates
    return [each for each in candidates if each.text.lower() == keys.lower()]
