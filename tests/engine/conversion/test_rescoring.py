"""The second pass: what it may change, and what it must leave alone."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.arrays import FloatArray
from engine.conversion.beam import Beam, Hypothesis, ranked
from engine.conversion.beam_search import BeamSearch
from engine.conversion.converter import Converter, ConverterParts, SearchOptions
from engine.conversion.rescoring import _REACH, Rescorer, UtteranceRescorer, WordRescorer
from engine.conversion.scorer import Scorer
from engine.conversion.sentence_ranking import SentenceRanker
from engine.evaluation.simulated_typist import whole_candidates
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import LATIN, SPECIALS, Vocabulary, from_counts
from engine.lexicon.word_arrays import build_arrays
from engine.model.bundle import EncoderTables
from engine.model.decoder import InferenceError
from engine.model.fake_decoder import FakeDecoder
from engine.model.onnx_decoder import run_graph
from engine.model.pinyin_encoder import (
    _MOST_KEPT,
    _WINDOW,
    MOST_READ,
    PinyinEncoder,
    Text,
    _windows,
    places_that_differ,
)
from engine.model.prefix_cache import Node, PrefixCache
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import Edge, SyllableGraph
from engine.spelling.table_builder import spelling_table
from resources import LEXICON
from tests.engine.tiny_encoder import WIDTH, tiny_encoder

HANZI = "ni你 ni尼 ni泥 hao好 hao号 xi西 an安 xian先 xian现 shi是 shi时 jie界 jie街"
VOCABULARY = from_counts([(pair[-1], pair[:-1], 10 - i % 5) for i, pair in enumerate(HANZI.split())])
NI = VOCABULARY.texts.index("你")


class Judge:
    """An encoder with a favourite for each syllable; notes what it was asked."""

    def __init__(self, favourites: str = "") -> None:
        self.favourites = {token for token, text in enumerate(VOCABULARY.texts) if text in favourites}
        self.asked: list[tuple[tuple[int, ...], list[tuple[int, ...]]]] = []

    def log_probs(
        self,
        known: Sequence[int],
        texts: Sequence[tuple[int, ...]],
        places: Sequence[int],
        also: Iterable[Text],
    ) -> FloatArray:
        self.asked.append((tuple(known), list(texts)))
        found = [sum(0.0 if token in self.favourites else -5.0 for token in text) for text in texts]
        return np.array(found, np.float32)


def final_beam(keys: str, judge: Judge | None, chain: Sequence[int] = (0,)) -> tuple[Beam, Node]:
    """Return the final beam of `keys` behind the tokens `chain`, with a second pass or without."""
    decoder = FakeDecoder(VOCABULARY)
    trie = PrefixCache(decoder)
    root = trie.reset(list(chain))
    rescorer = Rescorer(judge, VOCABULARY, 1.0) if judge else None  # type: ignore[arg-type]
    scorer = Scorer(decoder, trie, VOCABULARY)
    search = BeamSearch(trie, scorer, 64, SentenceRanker(scorer, rescorer=rescorer))
    known = frozenset(np.flatnonzero(np.diff(VOCABULARY.syllable_starts)).tolist())
    return search.final_beam(root, SyllableGraph.of(keys, spelling_table(known=known))), root


def texts_of(beam: Beam) -> list[str]:
    return ["".join(VOCABULARY.texts[token] for token in hypothesis.node.tokens) for hypothesis in beam]


@pytest.fixture
def far(monkeypatch: pytest.MonkeyPatch) -> None:
    """All texts are judged, however far behind the first."""
    monkeypatch.setattr("engine.conversion.rescoring._REACH", 100.0)


@pytest.mark.usefixtures("far")
@pytest.mark.parametrize("wanted", ["泥号", "尼好", "你号"])
def test_what_the_encoder_prefers_comes_first(wanted: str) -> None:
    beam, _ = final_beam("nihao", Judge(wanted))
    assert texts_of(beam)[0] == wanted


def test_only_texts_near_the_first_are_judged() -> None:
    plain, _ = final_beam("nihao", None)
    near = [text for text, h in zip(texts_of(plain), plain, strict=True) if h.score > plain[0].score - _REACH]
    judge = Judge("泥号")
    judged, _ = final_beam("nihao", judge)
    assert 0 < len(near) < len(plain)
    assert [len(texts) for _, texts in judge.asked] == ([len(near)] if len(near) > 1 else [])
    scores = [
        {text: h.score for text, h in zip(texts_of(beam), beam, strict=True)} for beam in (plain, judged)
    ]
    assert {text for text in scores[0] if scores[0][text] != scores[1][text]} <= set(near)


@pytest.mark.usefixtures("far")
def test_texts_of_the_same_syllables_keep_their_probability_together() -> None:
    plain, _ = final_beam("xian", None)
    judged, _ = final_beam("xian", Judge("现安"))
    assert sorted(texts_of(plain)) == sorted(texts_of(judged))
    for group in ({"先", "现"}, {"西安"}):
        sums = [
            np.logaddexp.reduce(
                [h.score for h, text in zip(beam, texts_of(beam), strict=True) if text in group]
            )
            for beam in (plain, judged)
        ]
        assert sums[0] == pytest.approx(sums[1])
    assert texts_of(judged).index("现") < texts_of(judged).index("先")


def test_a_text_alone_is_not_asked_about() -> None:
    judge = Judge()
    final_beam("xian", judge)
    assert [len(texts) for _, texts in judge.asked] == [2]  # 先 and 现; 西安 has no rival


@pytest.mark.usefixtures("far")
def test_an_unfinished_syllable_is_not_judged() -> None:
    judge = Judge()
    final_beam("nihaosh", judge)
    assert judge.asked
    assert {len(text) for _, texts in judge.asked for text in texts} == {2}


def test_abbreviations_are_left_to_the_search() -> None:
    judge = Judge()
    final_beam("nhsj", judge)
    assert not judge.asked


def test_what_stands_before_is_known_but_for_the_first_token() -> None:
    judge = Judge()
    before = [VOCABULARY.n_special, VOCABULARY.n_special + 1]
    final_beam("nihao", judge, chain=[0, *before])
    assert judge.asked[0][0] == tuple(before)


@given(st.integers(1, 300))
@settings(max_examples=60, deadline=None)
def test_every_syllable_is_judged_once_inside_a_window(length: int) -> None:
    windows = list(_windows(length))
    judged = [place for window in windows for place in range(window.first, window.last)]
    assert judged == list(range(length))
    assert all(w.begin <= w.first < w.last <= w.end and w.end - w.begin <= _WINDOW for w in windows)


def test_texts_longer_than_any_window_are_judged_whole() -> None:
    encoder = tiny_encoder(VOCABULARY)
    random = np.random.default_rng(0)
    text = (*random.integers(VOCABULARY.n_special, len(VOCABULARY), 89).tolist(), NI)
    last = next(token for token in _same_syllable(text[-1]) if token != text[-1])
    values = encoder.log_probs((), [text, (*text[:-1], last)])
    assert np.isfinite(values).all()
    assert values[0] != values[1]


def _same_syllable(token: int) -> list[int]:
    classes = VOCABULARY.class_of_token
    return np.flatnonzero(classes == classes[token]).tolist()  # type: ignore[no-any-return]


def test_the_encoder_sums_log_softmaxes_within_the_syllables() -> None:
    encoder = tiny_encoder(VOCABULARY)
    readings = VOCABULARY.readings
    same = [i + VOCABULARY.n_special for i, (_, s) in enumerate(readings) if s == readings[0][1]]
    texts = [(first, second) for first in same for second in same]
    assert np.exp(encoder.log_probs((), texts)).sum() == pytest.approx(1.0, abs=1e-5)


def test_what_texts_have_in_common_makes_no_difference() -> None:
    encoder = tiny_encoder(VOCABULARY)
    shi = VOCABULARY.texts.index("是")
    texts = [(NI, token, shi, NI, NI, shi) for token in _same_syllable(VOCABULARY.texts.index("好"))]
    places = places_that_differ(texts)
    assert places == [1, 2, 3]  # and the two behind, which see it
    whole, part = encoder.log_probs((), texts), encoder.log_probs((), texts, places)
    assert whole - whole[0] == pytest.approx(part - part[0], abs=1e-5)
    assert not places_that_differ(texts[:1])


def test_known_tokens_and_latin_words_count_and_are_not_judged() -> None:
    encoder = tiny_encoder(VOCABULARY)
    latin, token = SPECIALS.index(LATIN), NI
    alone, behind = encoder.log_probs((), [(token,)]), encoder.log_probs((token + 1,), [(token,)])
    with_latin = encoder.log_probs((), [(latin, token)])
    assert len({round(float(value[0]), 5) for value in (alone, behind, with_latin)}) == 3
    assert encoder.log_probs((), [(latin,)]) == pytest.approx(0.0)
    many = (token,) * (MOST_READ + 5)
    assert encoder.log_probs(many, [(token,)]) == encoder.log_probs(many[5:], [(token,)])


def runs_of(encoder: PinyinEncoder, monkeypatch: pytest.MonkeyPatch) -> list[int]:
    """Return a list that is filled with the rows of each run of the graph from now on."""
    runs: list[int] = []

    def counted(session: Any, outputs: list[str], feeds: dict[str, Any]) -> list[FloatArray]:
        runs.append(len(feeds["places"]))
        return run_graph(session, outputs, feeds)

    monkeypatch.setattr("engine.model.pinyin_encoder.run_graph", counted)
    return runs


def test_what_was_asked_before_is_found_again(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = tiny_encoder(VOCABULARY)
    shi, hao = (_same_syllable(VOCABULARY.texts.index(text)) for text in "是好")
    texts = [(NI, token, shi[0]) for token in hao]
    other = [(NI, hao[0], shi[1])]  # 时 where 是 was asked about: no new row
    fresh = tiny_encoder(VOCABULARY).log_probs((NI,), other)
    runs = runs_of(encoder, monkeypatch)
    first = encoder.log_probs((NI,), texts)
    assert encoder.log_probs((NI,), texts[::-1]).tolist() == first.tolist()[::-1]
    assert encoder.log_probs((NI,), other) == pytest.approx(fresh)
    assert len(runs) == 1
    encoder.log_probs((), texts)  # behind another text
    encoder.log_probs((NI,), [text[:2] for text in texts])  # of fewer syllables
    assert len(runs) == 3


def test_what_the_next_key_may_ask_is_computed_with_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = tiny_encoder(VOCABULARY)
    shi, hao = (_same_syllable(VOCABULARY.texts.index(text)) for text in "是好")
    texts = [(NI, token, shi[0]) for token in hao]
    runs = runs_of(encoder, monkeypatch)
    alone = tiny_encoder(VOCABULARY).log_probs((), texts)
    del runs[:]
    also = [(other, token, shi[0]) for other in _same_syllable(NI) for token in hao]
    assert encoder.log_probs((), texts, places_that_differ(texts), also) == pytest.approx(
        alone - encoder.log_probs((), texts[:1], [0])[0]
    )
    encoder.log_probs((), also)
    assert len(runs) == 1


def test_results_are_kept_for_the_last_syllables_only(monkeypatch: pytest.MonkeyPatch) -> None:
    encoder = tiny_encoder(VOCABULARY)
    runs = runs_of(encoder, monkeypatch)
    for length in (*range(1, _MOST_KEPT + 2), 1):
        encoder.log_probs((), [(NI,) * length])
    assert len(runs) == _MOST_KEPT + 2
    encoder.log_probs((), [(NI,) * (_MOST_KEPT + 1)])
    assert len(runs) == _MOST_KEPT + 2


def test_tables_of_another_vocabulary_are_refused() -> None:
    zeros = np.zeros((3, WIDTH), np.float32)
    tables = EncoderTables(zeros, zeros[0], np.zeros(5, np.float32))
    with pytest.raises(InferenceError, match="expected tables of an encoder"):
        tiny_encoder(VOCABULARY, tables)


def test_a_graph_that_is_none_is_refused(tmp_path: Path) -> None:
    output = np.zeros((len(VOCABULARY), WIDTH), np.float32)
    with pytest.raises(InferenceError):
        PinyinEncoder(b"nothing", tiny_tables(VOCABULARY), output, VOCABULARY)


def tiny_tables(vocabulary: Vocabulary) -> EncoderTables:
    zeros = np.zeros((vocabulary.n_class, WIDTH), np.float32)
    return EncoderTables(zeros, zeros[0], np.zeros(len(vocabulary), np.float32))


def test_typing_letter_by_letter_gives_what_typing_at_once_gives() -> None:
    lexicon = Lexicon.load(LEXICON, VOCABULARY)

    def converter() -> Converter:
        options = SearchOptions(encoder_weight=2.0)
        encoder = tiny_encoder(VOCABULARY)
        return Converter(
            ConverterParts(FakeDecoder(VOCABULARY), VOCABULARY, lexicon, encoder=encoder), options
        )

    slow, keys = converter(), "nihaoxianshijie"
    for end in range(1, len(keys) + 1):
        slow.warm()
        grown = whole_candidates(slow.convert(keys[:end]), keys[:end])
        assert grown == whole_candidates(converter().convert(keys[:end]), keys[:end])


class Speller:
    """A model of words that likes some texts."""

    def __init__(self, *words: str) -> None:
        self.words = words

    def log_prob(self, node: Node) -> float:
        return 0.0 if "".join(VOCABULARY.texts[token] for token in node.tokens) in self.words else -5.0


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
    found = WordRescorer(Speller("你好"), 0.5).rescored(beam, Node(None, 0, ()))  # type: ignore[arg-type]
    assert texts_of(found) == ["你好", "你号", "尼号"]
    assert found[2].score == -20.0
    before, after = (np.logaddexp(*(h.score for h in each[:2])) for each in (beam, found))
    assert after == pytest.approx(before, abs=1e-5)


def test_words_count_less_where_text_is_known_before() -> None:
    beam = beam_of(你号=-8.0, 你好=-9.5)
    words, start = WordRescorer(Speller("你好"), 0.5), Node(None, 0, ())  # type: ignore[arg-type]
    first = [texts_of(words.rescored(beam, root))[0] for root in (start, start.child(NI))]
    assert first == ["你好", "你号"]


@pytest.mark.parametrize("scores", [{"你好": -3.0}, {"你": -3.0, "尼": -3.5}])
def test_a_text_or_a_syllable_alone_is_no_matter_of_words(scores: dict[str, float]) -> None:
    beam = beam_of(**scores)
    assert WordRescorer(Speller("尼", "你好"), 0.5).rescored(beam, Node(None, 0, ())) is beam  # type: ignore[arg-type]


def utterances(**texts: float) -> UtteranceRescorer:
    """Return a ranker that knows how often some texts are sent or typed alone."""
    syllables = {pair[-1]: pair[:-1] for pair in HANZI.split()}
    rows = [(text, [syllables[hanzi] for hanzi in text], count) for text, count in texts.items()]
    return UtteranceRescorer(Lexicon(build_arrays(rows, shortest=1), VOCABULARY))


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
    assert np.logaddexp(*(h.score for h in ranker.rescored(beam, start))) == pytest.approx(
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
