"""The laws of the converter: what is kept changes no result and saves what it promises."""

from __future__ import annotations

import string
from dataclasses import dataclass

import numpy as np
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from engine.conversion.converter import Conversion, Converter, ConverterParts, SearchOptions
from engine.conversion.scorer import Scorer
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import SPECIALS, Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.model.ngram import BOUNDARY_MARKS
from engine.model.prefix_cache import PrefixCache
from engine.spelling.options import SpellingOptions
from engine.spelling.syllable import SYLLABLE_INDEX
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table

PIECES = "ni hao shi jie wo xian xi an zai shang ke fan gan g h x zh a o e n v ' nh sh zgrm s".split()
KEYS = st.lists(st.sampled_from(PIECES), max_size=8).map("".join)
SURROUNDINGS = ["", "你好", "我去上课。\n", "中国3.14"]
WIDTHS = [SearchOptions(beam_width=4, arena_rows=1024), SearchOptions(beam_width=4, arena_rows=12)]


@dataclass(frozen=True)
class Edit:
    """What a user does next: `kind` with a place and what is typed there."""

    kind: str
    place: int
    letters: str


KINDS = "type type type insert backspace backspace delete choose untake surround warm restart"
EDITS = st.builds(Edit, st.sampled_from(KINDS.split()), st.integers(0, 40), st.sampled_from(PIECES))


class Typist:
    """Keys, choices and surrounding text under random edits."""

    def __init__(self, converter: Converter) -> None:
        self.converter = converter
        self.surrounding = ""
        self.keys = ""
        self.fixed: tuple[int, ...] = ()
        self.taken: list[tuple[str, tuple[int, ...]]] = []

    def do(self, edit: Edit) -> None:
        getattr(self, edit.kind)(edit.place, edit.letters)

    def type(self, _: int, letters: str) -> None:
        for letter in letters:
            self.keys += letter
            self.convert()

    def insert(self, place: int, letters: str) -> None:
        place %= len(self.keys) + 1
        self.keys = self.keys[:place] + letters + self.keys[place:]

    def backspace(self, _: int, __: str) -> None:
        self.keys = self.keys[:-1]

    def delete(self, place: int, _: str) -> None:
        place %= len(self.keys) + 1
        self.keys = self.keys[:place] + self.keys[place + 1 :]

    def untake(self, _: int, __: str) -> None:
        if self.taken:
            self.keys, self.fixed = self.taken.pop()

    def surround(self, place: int, _: str) -> None:
        self.surrounding = SURROUNDINGS[place % len(SURROUNDINGS)]
        self.converter.set_surrounding_text(self.surrounding)

    def warm(self, _: int, __: str) -> None:
        self.converter.warm()

    def restart(self, _: int, __: str) -> None:
        self.keys, self.fixed, self.taken = "", (), []

    def choose(self, place: int, _: str) -> None:
        candidates = [c for c in self.convert().candidates if c.tokens]
        if candidates:
            candidate = candidates[place % len(candidates)]
            self.taken.append((self.keys, self.fixed))
            self.keys = self.keys[candidate.span[1] :]
            self.fixed += candidate.tokens

    def convert(self) -> Conversion:
        return self.converter.convert(self.keys, self.fixed)


@pytest.mark.parametrize("sure", [False, True], ids=["unsure", "sure"])
@pytest.mark.parametrize("options", WIDTHS, ids=["roomy", "overflowing"])
@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(edits=st.lists(EDITS, max_size=14))
def test_any_sequence_of_edits_equals_a_fresh_converter(
    decoder: FakeDecoder,
    sure_decoder: FakeDecoder,
    vocabulary: Vocabulary,
    lexicon: Lexicon,
    options: SearchOptions,
    sure: bool,
    edits: list[Edit],
) -> None:
    decoder = sure_decoder if sure else decoder
    typist = Typist(
        Converter(
            ConverterParts(decoder, vocabulary, lexicon, utterances=lexicon, abbreviated=lexicon), options
        )
    )
    for edit in edits:
        typist.do(edit)
        fresh = Converter(
            ConverterParts(decoder, vocabulary, lexicon, utterances=lexicon, abbreviated=lexicon), options
        )
        fresh.set_surrounding_text(typist.surrounding)
        assert typist.convert() == fresh.convert(typist.keys, typist.fixed)


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon))


def calls_per_key(converter: Converter, keys: str, warm: bool = False) -> list[int]:
    """Return the decoder calls of each key of `keys` typed from nothing."""
    calls = []
    for end in range(1, len(keys) + 1):
        before = converter.decoder_calls
        converter.convert(keys[:end])
        calls.append(converter.decoder_calls - before)
        if warm:
            converter.warm()
    return calls


def test_a_key_inside_a_syllable_costs_no_call(converter: Converter) -> None:
    assert calls_per_key(converter, "zhongguoren") == [1, 0, 0, 0, 0, 1, 0, 0, 1, 0, 0]


def test_backspace_and_a_retyped_prefix_cost_no_call(converter: Converter) -> None:
    keys = "woxianzaiyaoqushangke"
    calls_per_key(converter, keys)
    before = converter.decoder_calls
    for end in [*range(len(keys), 0, -1), *range(1, len(keys) + 1)]:
        converter.convert(keys[:end])
    assert converter.decoder_calls == before


def test_a_deleted_letter_that_is_typed_again_costs_no_call(converter: Converter) -> None:
    converter.convert("nihaoshijie")
    converter.convert("nihaoshije")
    before = converter.decoder_calls
    converter.convert("nihaoshijie")
    assert converter.decoder_calls == before


@settings(max_examples=30, deadline=None)
@given(KEYS)
def test_a_typed_key_costs_at_most_one_call(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str
) -> None:
    assert max(calls_per_key(Converter(ConverterParts(decoder, vocabulary, lexicon)), keys), default=0) <= 1


def test_an_initial_costs_at_most_one_call(converter: Converter) -> None:
    """Its readings were found as those of the unfinished syllable, one key earlier."""
    assert calls_per_key(converter, "nhsjzgrm") == [1] * 8


def test_initials_that_are_typed_again_cost_no_call(converter: Converter) -> None:
    calls_per_key(converter, "nhshijie")
    calls_per_key(converter, "nhsj")
    before = converter.decoder_calls
    for keys in ("nhshijie", "nhs", "n", "nhshij", "nh", "nhsj"):
        converter.convert(keys)
    assert converter.decoder_calls == before


def begins_to_abbreviate(vocabulary: Vocabulary, keys: str) -> bool:
    """Return whether the last key reveals an abbreviation before it: the h of `nh`.

    That key costs a call also after `warm`: to prepare every initial of full pinyin, just in case it were
    one, would cost a call for each syllable.
    """
    table = spelling_table(known=frozenset(syllable for _, syllable in vocabulary.readings))
    last, before = (SyllableGraph.of(text, table) for text in (keys, keys[:-1]))
    return bool(last.abbreviations) and not before.abbreviations


@settings(max_examples=30, deadline=None)
@given(KEYS)
@example("nhsjzgrm")
def test_a_warm_converter_costs_no_call(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str
) -> None:
    """warm() makes at most one call, and the key behind it none."""
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon))
    converter.set_surrounding_text("我去上课。")
    converter.warm()
    assert converter.decoder_calls == 1
    for end in range(1, len(keys) + 1):
        before = converter.decoder_calls
        converter.convert(keys[:end])
        first = begins_to_abbreviate(vocabulary, keys[:end])
        assert converter.decoder_calls <= before + first
        before = converter.decoder_calls
        converter.warm()
        assert converter.decoder_calls <= before + 1


@settings(max_examples=40, deadline=None)
@given(KEYS, st.sampled_from("abeghinouxz'"))
@example("fanga", "n")
@example("fang", "a")
@example("xian", "g")
@example("nh", "z")
@example("nsh", "x")
def test_warm_after_cold_keys_prepares_any_key(
    sure_decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str, letter: str
) -> None:
    """Also for what was not worth a row before: 方 for the n of `fangan`, beside fan'ga."""
    converter = Converter(ConverterParts(sure_decoder, vocabulary, lexicon), SearchOptions(beam_width=1))
    calls_per_key(converter, keys)
    converter.warm()
    before = converter.decoder_calls
    converter.convert(keys + letter)
    assert converter.decoder_calls <= before + begins_to_abbreviate(vocabulary, keys + letter)


def test_the_surrounding_text_is_one_prefill(converter: Converter) -> None:
    converter.convert("nihao")
    before = converter.decoder_calls
    converter.set_surrounding_text("我现在要去上课" * 10)
    assert converter.decoder_calls == before
    converter.convert("n")
    assert converter.decoder_calls == before + 1
    converter.set_surrounding_text("我现在要去上课" * 10)
    converter.convert("n")
    assert converter.decoder_calls == before + 1


def test_surrounding_text_changes_scores(converter: Converter) -> None:
    cold = converter.convert("shijie").candidates[0].score
    converter.set_surrounding_text("你好")
    best = converter.convert("shijie").candidates[0]
    assert best.text == "世界"
    assert best.score > cold


def test_choices_are_history(converter: Converter, vocabulary: Vocabulary) -> None:
    fixed = tuple(vocabulary.ids_of_hanzi[character][0] for character in "你好")
    best = converter.convert("shijie", fixed).candidates[0]
    assert (best.text, best.span) == ("世界", (0, 6))
    converter.set_surrounding_text("你好")  # where, unlike behind a choice, a clause may have ended
    behind = converter.convert("shijie").candidates[0]
    assert behind.text == best.text
    assert behind.score == pytest.approx(best.score, abs=1e-6)
    assert behind.score > best.score


def test_text_without_a_mark_may_have_ended_a_clause(decoder: FakeDecoder, vocabulary: Vocabulary) -> None:
    """P(a reading first) = P(it goes on) + P(the clause ends) P(the reading | a clause begins)."""
    boundaries = [SPECIALS.index(mark) for mark in BOUNDARY_MARKS]
    da = SYLLABLE_INDEX["da"]
    chances = []
    for tokens in ([0, 30], [0, 30, 0]):
        trie = PrefixCache(decoder)
        trie.reset(tokens)
        trie.evaluate([trie.root])
        chances.append(np.exp(Scorer(decoder, trie, vocabulary).reading_log_probs([trie.root], da, da + 1)))
        if len(tokens) == 2:
            end = np.exp(trie.outputs([trie.root])[1][0, boundaries]).sum()
    trie = PrefixCache(decoder)
    trie.reset([0, 30], aside=0)
    trie.evaluate([trie.root.child(40), trie.root])
    assert trie.decoder_calls == 1
    scorer = Scorer(decoder, trie, vocabulary)
    mixed = np.exp(scorer.reading_log_probs([trie.root.child(40), trie.root], da, da + 1))
    assert mixed[1] == pytest.approx(chances[0][0] + end * chances[1][0], rel=1e-4)
    alone = Scorer(decoder, trie, vocabulary).reading_log_probs([trie.root], da, da + 1)[0]
    assert np.exp(alone) == pytest.approx(mixed[1], rel=1e-6)


def test_behind_a_mark_or_nothing_a_clause_begins_anyway(converter: Converter) -> None:
    for text, rows in (("", 1), ("你好，", 4), ("你好", 4)):  # START and, behind 好, the clause's end aside
        converter.set_surrounding_text(text)
        before = converter.evaluated_nodes
        converter.warm()
        assert converter.evaluated_nodes - before == rows


def test_hopeless_readings_of_a_finished_syllable_are_not_evaluated(converter: Converter) -> None:
    """`nihao` is ni'ha'o as well; few of the hypotheses 你哈 are worth a row beside 你好."""
    converter.convert("niha")
    before = converter.evaluated_nodes
    converter.convert("nihao")
    assert converter.evaluated_nodes - before <= 4


@pytest.mark.parametrize(
    "keys", ["a" * 200, "nihao" * 40, "xian" * 50, "z" * 200, "'" * 200, "a'" * 100, "v" * 200, "nhs" * 66]
)
def test_two_hundred_letters_of_anything(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str
) -> None:
    options = SearchOptions(beam_width=16)  # a third of the time
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon), options)
    conversion = converter.convert(keys)
    assert conversion.candidates[-1].text == keys
    assert converter.convert(keys[:-1]).candidates


@settings(max_examples=100, deadline=None)
@given(st.text(alphabet=string.ascii_lowercase + "'", max_size=64), st.text(max_size=12))
def test_random_keys_never_raise(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str, surrounding: str
) -> None:
    converter = Converter(
        ConverterParts(decoder, vocabulary, lexicon), SearchOptions(beam_width=3, arena_rows=64)
    )
    converter.set_surrounding_text(surrounding)
    conversion = converter.convert(keys)
    converter.warm()
    assert conversion == converter.convert(keys)
    assert bool(conversion.candidates) == bool(keys)


def test_memory_is_bounded(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Hours of typing and deleting in one place: everything is forgotten now and then."""
    steps = [("nihaoshijie"[:end], (30, 31) if end % 2 else ()) for end in (*range(1, 12), *range(11, 0, -1))]
    roomy = Converter(ConverterParts(decoder, vocabulary, lexicon))
    expected = [roomy.convert(*step) for step in steps]
    monkeypatch.setattr("engine.conversion.beam_search._MAX_BEAMS", 12)
    forgetful = Converter(ConverterParts(decoder, vocabulary, lexicon))
    for step, conversion in zip(steps, expected, strict=True):
        assert forgetful.convert(*step) == conversion
        forgetful.warm()
    assert forgetful.decoder_calls > roomy.decoder_calls


def test_nothing_is_forgotten_in_the_middle_of_an_input(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, monkeypatch: pytest.MonkeyPatch
) -> None:
    """One key would have to search the whole input again."""
    monkeypatch.setattr("engine.conversion.beam_search._MAX_BEAMS", 40)
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon))
    inputs = "nihaoshijie woxianzaishangke fanganhao xianzaihao shijiehao zaifangan haofangan".split()
    assert [max(calls_per_key(converter, keys)) for keys in inputs] == [1] * len(inputs)


def test_the_table_of_a_spelling_stays_where_that_is_set_again(converter: Converter) -> None:
    """Each table is 100 kB, and what is read by it is kept a while: fields are entered all day."""
    table = converter._table
    converter.set_spelling(SpellingOptions())
    assert converter._table is table
    converter.set_spelling(SpellingOptions(correct=True))
    assert converter._table is not table
    assert converter._table.slips
