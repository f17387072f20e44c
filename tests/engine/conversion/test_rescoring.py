"""The second pass: what it may change, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import pytest

from engine.arrays import DoubleArray
from engine.conversion.beam import Beam, Hypothesis, ranked
from engine.conversion.beam_search import BeamSearch, SearchOptions
from engine.conversion.rescoring import NbestRescorer, UtteranceRescorer
from engine.conversion.scorer import Scorer
from engine.conversion.sentence_ranking import SentenceRanker
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import from_counts
from engine.lexicon.word_arrays import build_arrays
from engine.model.fake_decoder import FakeDecoder
from engine.model.prefix_cache import Node, PrefixCache
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.spelling.table_builder import spelling_table

HANZI = "ni你 ni尼 ni泥 hao好 hao号 xi西 an安 xian先 xian现 shi是 shi时 jie界 jie街"
VOCABULARY = from_counts([(pair[-1], pair[:-1], 10 - i % 5) for i, pair in enumerate(HANZI.split())])
NI = VOCABULARY.texts.index("你")


def texts_of(beam: Beam) -> list[str]:
    return ["".join(VOCABULARY.texts[token] for token in hypothesis.node.tokens) for hypothesis in beam]


class Speller:
    """A model of words that likes some texts."""

    def __init__(self, *words: str) -> None:
        self.words = words
        self.asked: list[str] = []

    def clear(self) -> None:
        pass

    def log_prob(self, node: Node) -> float:
        self.asked.append("".join(VOCABULARY.texts[token] for token in node.tokens))
        return 0.0 if "".join(VOCABULARY.texts[token] for token in node.tokens) in self.words else -5.0


def final_beam(keys: str, words: Speller) -> Beam:
    """Return the final beam of `keys`, ranked again by `words`."""
    decoder = FakeDecoder(VOCABULARY)
    trie = PrefixCache(decoder)
    root = trie.reset([0])
    scorer = Scorer(decoder, trie, VOCABULARY)
    ranker = SentenceRanker(scorer, words=NbestRescorer(words, 1.0))  # type: ignore[arg-type]
    search = BeamSearch(trie, scorer, SearchOptions(beam_width=64), ranker)
    known = frozenset(np.flatnonzero(np.diff(VOCABULARY.syllable_starts)).tolist())
    return search.final_beam(root, SyllableGraph.of(keys, spelling_table(known=known)))


@pytest.mark.parametrize("wanted", ["尼好", "你号"])
def test_what_the_words_prefer_comes_first(wanted: str) -> None:
    assert texts_of(final_beam("nihao", Speller(wanted)))[0] == wanted


def test_only_texts_near_the_first_are_judged(monkeypatch: pytest.MonkeyPatch) -> None:
    words = Speller()
    n_all = len(final_beam("nihao", words))
    monkeypatch.setattr("engine.conversion.rescoring._REACH", 0.5)
    few = Speller()
    final_beam("nihao", few)
    assert 0 < len(few.asked) < len(words.asked) <= n_all


def test_abbreviations_are_left_to_the_search() -> None:
    words = Speller()
    assert final_beam("nhsj", words)
    assert not words.asked


def beam_of(**scores: float) -> Beam:
    """Return a beam of texts of two hanzi and more, by score."""
    found = []
    for text, score in scores.items():
        hypothesis = Hypothesis(Node(None, 0, ()), 0.0)
        for end, hanzi in enumerate(text, start=1):
            node = hypothesis.node.child(VOCABULARY.texts.index(hanzi))
            edge = Edge(end - 1, end, 0, 1)
            hypothesis = Hypothesis(node, score, edge, hypothesis)
        found.append(hypothesis)
    return ranked(found)


def test_words_come_first_and_what_was_judged_keeps_its_probability() -> None:
    beam = beam_of(你号=-8.0, 你好=-8.5, 尼号=-20.0)
    found = NbestRescorer(Speller("你好"), 0.5).rescored(beam, Node(None, 0, ()))  # type: ignore[arg-type]
    assert texts_of(found) == ["你好", "你号", "尼号"]
    assert found[2].score == -20.0
    before, after = (np.logaddexp.reduce([h.score for h in each[:2]]) for each in (beam, found))
    assert after == pytest.approx(before, abs=1e-5)


def test_words_count_less_where_text_is_known_before() -> None:
    beam = beam_of(你号=-8.0, 你好=-9.5)
    words, start = NbestRescorer(Speller("你好"), 0.5), Node(None, 0, ())  # type: ignore[arg-type]
    first = [texts_of(words.rescored(beam, root))[0] for root in (start, start.child(NI))]
    assert first == ["你好", "你号"]


class Pairer(Speller):
    """A model of words to which all are alike, and that associates the words of some texts."""

    def log_prob(self, node: Node) -> float:
        return -5.0

    def association(self, node: Node) -> float:
        return 5.0 + super().log_prob(node)


@pytest.mark.parametrize(
    ("behind", "begins_clause", "ahead", "expected"),
    [
        (None, True, 2.0, "你好"),  # 0.5 * 5 nats outweigh it
        (None, True, 3.0, "你号"),
        (NI, True, 2.0, "你好"),  # behind a mark as well
        (NI, True, 3.0, "你号"),
        (NI, False, 0.5, "你号"),  # nothing where the text goes on
    ],
)
def test_what_words_say_of_others(
    behind: int | None, begins_clause: bool, ahead: float, expected: str
) -> None:
    beam = beam_of(你号=-8.0, 你好=-8.0 - ahead)
    start = Node(None, 0, ())
    words = NbestRescorer(Pairer("你好"), 0.45, pair_weight=0.5)  # type: ignore[arg-type]
    found = words.rescored(beam, start if behind is None else start.child(behind), begins_clause)
    assert texts_of(found)[0] == expected


@pytest.mark.parametrize(
    ("rest", "begins_clause", "ahead", "expected"),
    [
        ("你好先", True, 0.9, "你好"),  # 0.5 * 2 nats outweigh it
        ("你好先", True, 1.1, "你号"),
        ("你好先", False, 0.1, "你号"),  # nothing where the text goes on
        ("你好", True, 0.1, "你号"),  # nor of a short text
    ],
)
def test_a_text_on_which_the_models_disagree_falls_behind(
    rest: str, begins_clause: bool, ahead: float, expected: str
) -> None:
    agreed = beam_of(**{"你好" + rest: -8.0 - ahead})[0]
    disputed = beam_of(**{"你号" + rest: -8.0})[0]
    beam = ranked([replace(agreed, consensus=-1.0), replace(disputed, consensus=-3.0)])
    models = NbestRescorer(Pairer(), 0.45, consensus_weight=0.5)  # type: ignore[arg-type]
    assert texts_of(models.rescored(beam, Node(None, 0, ()), begins_clause))[0] == expected + rest


def test_abbreviated_input_is_judged_by_words_if_it_is_long() -> None:
    words, start = NbestRescorer(Speller("你好", "你好你好先"), 0.5), Node(None, 0, ())  # type: ignore[arg-type]
    short = beam_of(你号=-8.0, 你好=-8.5)
    assert words.rescored(short, start, is_abbreviated=True) is short
    for ahead, expected in ((1.0, "你好你好先"), (2.0, "你号你好先")):  # half of 0.5 * 5 nats lies between
        beam = beam_of(你号你好先=-8.0, 你好你好先=-8.0 - ahead)
        assert texts_of(words.rescored(beam, start, is_abbreviated=True))[0] == expected
        assert texts_of(words.rescored(beam, start))[0] == "你好你好先"


@pytest.mark.parametrize("scores", [{"你好": -3.0}, {"你": -3.0, "尼": -3.5}])
def test_a_text_or_a_syllable_alone_is_no_matter_of_words(scores: dict[str, float]) -> None:
    beam = beam_of(**scores)
    assert NbestRescorer(Speller("尼", "你好"), 0.5).rescored(beam, Node(None, 0, ())) is beam  # type: ignore[arg-type]


def utterances(words: dict[str, float] | None = None, **texts: float) -> UtteranceRescorer:
    """Return a ranker that knows how often some texts are sent or typed alone, and some are words."""
    syllables = {pair[-1]: pair[:-1] for pair in HANZI.split()}
    rows = [(text, [syllables[hanzi] for hanzi in text], count) for text, count in texts.items()]

    def shares(found: Sequence[tuple[int, ...]]) -> DoubleArray:
        return np.array([(words or {}).get(VOCABULARY.text(tokens), 0.0) for tokens in found])

    lexicon = Lexicon(build_arrays(rows, shortest=1), VOCABULARY)
    return UtteranceRescorer(lexicon, None, None if words is None else shares)


def test_a_word_comes_before_what_is_none_though_the_list_has_neither() -> None:
    """As 党校 before 当小 for `dangxiao`."""
    beam, start = beam_of(你号=-12.0, 你好=-13.0), Node(None, 0, ())
    assert texts_of(utterances(是时=1).rescored(beam, start)) == ["你号", "你好"]
    assert texts_of(utterances({"你好": 4e-6}, 是时=1).rescored(beam, start)) == ["你好", "你号"]


def test_what_the_search_is_sure_of_stays_before_a_rare_word() -> None:
    """As 赵丽, whom no list of words has, before 照例."""
    beam = beam_of(你号=-6.0, 你好=-10.0)
    assert texts_of(utterances({"你好": 2e-6}, 是时=1).rescored(beam, Node(None, 0, ())))[0] == "你号"


def test_a_word_counts_less_behind_text() -> None:
    beam, start = beam_of(你号=-12.0, 你好=-13.0), Node(None, 0, ())
    ranker = utterances({"你好": 4e-7}, 是时=1)
    assert texts_of(ranker.rescored(beam, start))[0] == "你好"
    behind = Node(start, 3, ())
    assert texts_of(ranker.rescored(beam, behind, begins_clause=False))[0] == "你号"


def test_a_frequent_utterance_comes_before_a_rare_one() -> None:
    beam = beam_of(你号=-8.0, 你好=-9.0, 尼号=-20.0)
    found = utterances(你好=100, 是时=1).rescored(beam, Node(None, 0, ()))
    assert texts_of(found) == ["你好", "你号", "尼号"]


def test_an_unlisted_text_does_not_pass_a_listed_one_by_being_far_behind() -> None:
    """As 师姐 stays before 失节, both far behind 世界."""
    beam = beam_of(你好=-7.0, 尼号=-12.9, 你号=-13.1)
    found = utterances(你好=290, 尼号=18, 是时=1).rescored(beam, Node(None, 0, ()))
    assert texts_of(found) == ["你好", "尼号", "你号"]


def test_a_hanzi_alone_is_ranked_by_the_list_and_less_so_behind_text() -> None:
    beam = beam_of(号=-3.0, 好=-7.5)
    ranker, start = utterances(好=1000, 号=2), Node(None, 0, ())
    assert texts_of(ranker.rescored(beam, start)) == ["好", "号"]
    behind = Node(start, 3, ())
    assert texts_of(ranker.rescored(beam, behind)) == ["号", "好"]
    assert np.logaddexp.reduce([h.score for h in ranker.rescored(beam, start)]) == pytest.approx(
        np.logaddexp(-3.0, -7.5), abs=1e-4
    )


def test_a_text_that_is_to_go_on_is_not_judged_as_an_utterance() -> None:
    *_, last = beam_of(你号=-8.0)
    open_ended = replace(last.edge, spelling=SpellingType.UNFINISHED) if last.edge else None
    (whole,) = beam_of(你好=-9.0)
    beam = (replace(last, edge=open_ended), whole)
    assert utterances(你好=100).rescored(beam, Node(None, 0, ())) == beam


@pytest.mark.parametrize("scores", [{"你好你好你": -3.0, "尼好你好你": -3.5}, {"你好": -3.0}, {"你": -3.0}])
def test_what_is_no_short_utterance_is_left_alone(scores: dict[str, float]) -> None:
    beam = beam_of(**scores)
    assert utterances(你好=100).rescored(beam, Node(None, 0, ())) is beam
