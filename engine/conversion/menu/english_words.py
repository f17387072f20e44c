"""Offer English words that pinyin spells as well: `email`, 点击ok."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from engine.conversion.beam import Beam
from engine.conversion.beam_search import BeamSearch
from engine.conversion.diversity import NEAR, about_as_likely
from engine.conversion.scorer import Scorer
from engine.lexicon.latin_words import has_latin, latin_token
from engine.model.prefix_cache import Node
from engine.protocol import Candidate, Source
from engine.spelling.annotations import Annotation
from engine.spelling.syllable import SYLLABLE_INDEX
from engine.spelling.syllable_graph import SyllableGraph

_SHORT: Final[int] = 2  # letters of words that have to be common ones
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

        A word is offered where it is about as likely as the `best` text, a common one also alone and behind
        hanzi where a letter is to come. It may begin where pinyin would not go on: the idea of `zhegeidea`.
        """
        keys, english = graph.keys, graph.table.english
        if english is None or not keys.islower() or len(keys) > _MAX_MIXED:
            return
        is_whole = bool(graph.whole_edges[len(keys)])
        starts = filter(graph.is_reached, range(len(keys))) if graph.readable_length is None else (0,)
        for start in starts:
            is_syllable = keys[start:] in SYLLABLE_INDEX
            is_hanzi = start > 0 and is_syllable  # the hen of `nihen`
            word = None if is_hanzi else next(iter(english.typed(keys[start:])), None)
            beam = self._search.beam_before(root, graph, start)[:1] if word else ()
            if word is None or not beam:
                continue
            node = beam[0].node
            score = beam[0].score + self._scorer.latin_log_prob(node) - word.cost
            may_be_rare = word.length > _SHORT and not is_syllable  # not Kei before 剋
            is_near = best - score <= NEAR and (word.is_common or may_be_rare)
            if is_near or (word.is_common and not (start and is_whole)):
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


def meant(
    candidates: Sequence[Candidate], graph: SyllableGraph, beam: Beam, n_fixed: int
) -> Sequence[Candidate]:
    """Return the candidates for the first letters without words that only pinyin's letters happen to spell.

    Such a word stands where a text about as likely as the best begins with it: share of `shareyixia`, but not
    tame of `tamen`.
    """
    if not graph.english:
        return candidates
    begun = {hypothesis.node.tokens[n_fixed : n_fixed + 1] for hypothesis in about_as_likely(beam)}
    return [
        each
        for each in candidates
        if not has_latin(each.tokens[:1]) or not graph.is_clear(*each.span) or each.tokens[:1] in begun
    ]


def uncut(candidates: Sequence[Candidate], graph: SyllableGraph) -> Sequence[Candidate]:
    """Return only the word in its casings where a listed word that a capital begins is all of the letters.

    Nobody means Exc or Ex策略 by `Excel`. With more letters the sentence goes on, and any word may end.
    """
    keys, english = graph.keys, graph.table.english
    if english is None or not keys[:1].isupper() or english.find(keys) is None:
        return candidates
    return [each for each in candidates if each.text.lower() == keys.lower()]
