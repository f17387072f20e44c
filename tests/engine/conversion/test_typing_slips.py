"""Typing slips: the rules, their prices, and what becomes of them in the menu."""

from __future__ import annotations

import random

import pytest

from engine.conversion.converter import Converter, ConverterParts
from engine.conversion.slip_correction import crossings, second_of
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import Mark
from engine.spelling.options import RESPELT, SpellingOptions
from engine.spelling.syllable import SYLLABLES
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table
from engine.spelling.typing_slips import NEIGHBOURS, Slip, slip_prices, slipped, slips_of


def test_neighbours_touch_each_other() -> None:
    assert NEIGHBOURS["g"] == "bfhtvy"
    assert NEIGHBOURS["p"] == "lo"
    assert NEIGHBOURS["q"] == "aw"
    assert all(a in NEIGHBOURS[b] for a, keys in NEIGHBOURS.items() for b in keys)


def test_what_slips_make_of_a_syllable() -> None:
    made = slips_of("ming")
    assert "mign" in made[Slip.TRANSPOSED]
    assert "mimg" in made[Slip.NEIGHBOUR]
    assert made[Slip.MISSING] == ["ing", "mng", "mig", "min"]
    assert made[Slip.DOUBLED] == ["mming", "miing", "minng", "mingg"]


def test_one_letter_cannot_be_left_out_or_transposed() -> None:
    assert slips_of("a").keys() == {Slip.NEIGHBOUR, Slip.DOUBLED}
    assert Slip.TRANSPOSED not in slips_of("aa")


@pytest.mark.parametrize("syllable", SYLLABLES[::20])
def test_a_slip_changes_the_spelling_and_the_same_draw_gives_the_same(syllable: str) -> None:
    typed = [slipped(syllable, random.Random(seed)) for seed in range(40)]
    assert syllable not in typed
    assert typed == [slipped(syllable, random.Random(seed)) for seed in range(40)]
    assert {letters for made in slips_of(syllable).values() for letters in made} >= set(typed)


def test_the_rarer_slip_costs_more() -> None:
    prices = slip_prices(["xian", "xiang"], 0.02)
    assert [meant for meant, _ in prices["xain"]] == ["xian"]
    assert [meant for meant, _ in prices["xian"]] == ["xiang"]  # the g left out
    cheap, dear = (dict(slip_prices(["xian"], rate)["xain"])["xian"] for rate in (0.1, 0.01))
    assert dear == pytest.approx(cheap + 2.302585, abs=1e-4)


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon), spelling=SpellingOptions(correct=True))


@pytest.mark.parametrize(
    ("keys", "annotation"),
    [
        ("nihoashijie", "hoa→hao"),
        ("nihaoshijei", "jei→jie"),
        ("nihaoahijie", "ahi→shi"),
        ("nihaoshijie", ""),
        ("niihaoshijie", "nii→ni"),
        ("nhiaoshijie", "nhiao→ni hao"),
        ("nihasohijie", "hasohi→hao shi"),
    ],
)
def test_a_correction_says_what_was_read(converter: Converter, keys: str, annotation: str) -> None:
    best = next(c for c in converter.convert(keys).candidates if c.text == "你好世界")
    assert (best.annotation, best.span) == (annotation, (0, len(keys)))
    assert best.reading == ("ni", "hao", "shi", "jie")


def test_clean_input_is_not_touched(
    converter: Converter, decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    plain = Converter(ConverterParts(decoder, vocabulary, lexicon))
    for keys in ("nihaoshijie", "woxianzaiyaoqushangke", "ni", "nihao"):
        assert converter.convert(keys).candidates[0] == plain.convert(keys).candidates[0]


def test_words_before_a_slip_and_its_first_syllable_can_be_picked(converter: Converter) -> None:
    candidates = converter.convert("nihoashijie").candidates
    assert any(c.text == "你好" and c.span == (0, 5) for c in candidates)
    candidates = converter.convert("hoashijie").candidates
    assert any(c.text == "好" and c.span == (0, 3) for c in candidates)


@pytest.mark.parametrize(
    ("keys", "found"),
    [
        ("nhi", [(0, 2, "h")]),
        ("nhiao", [(0, 2, "hao")]),
        ("wonhiao", [(2, 4, "hao")]),
        ("nhiaos", []),  # haos is no beginning of a syllable
        ("n'hiao", []),
        ("nihao", []),
        ("xian", []),
        ("hanoi", []),  # hao ni; but han is a syllable
        ("nnihao", []),
    ],
)
def test_where_letters_may_have_crossed(keys: str, found: list[tuple[int, int, str]]) -> None:
    table = spelling_table(SpellingOptions(correct=True))
    assert [(each.start, each.middle, each.rest) for each in crossings(keys, table)] == found


def test_what_is_typed_in_full_hardly_ever_crosses() -> None:
    """Of a hundred pairs of syllables one or two are, from the first letter on, another pair with its
    letters crossed: `abiao`."""
    table = spelling_table(SpellingOptions(correct=True))
    pairs = [one + other for one in SYLLABLES[::7] for other in SYLLABLES[::5]]
    crossed = [
        keys
        for keys in pairs
        if any(second_of(each, table) for each in crossings(keys, table) if each.start == 0)
    ]
    assert len(crossed) < 0.02 * len(pairs)


def test_the_half_of_a_crossing_cannot_be_picked_alone(converter: Converter) -> None:
    """你 for `nh` would leave `iao`."""
    candidates = converter.convert("nhiaoshijie").candidates
    assert any(c.text == "你好" and c.span == (0, 5) for c in candidates)
    assert not any(c.text == "你" and c.span == (0, 2) and c.mark is Mark.CORRECTED for c in candidates)


@pytest.mark.parametrize("keys", ["nhiaoshijie", "woxianzaiyoaqushagnke", "nihasohijie", "beijignhao"])
def test_a_key_costs_one_decoder_call(converter: Converter, keys: str) -> None:
    for end in range(1, len(keys) + 1):
        before = converter.decoder_calls
        converter.convert(keys[:end])
        assert converter.decoder_calls - before <= 1


@pytest.mark.parametrize("fuzzy", [frozenset[str](), frozenset({"s_sh", "in_ing"})])
@pytest.mark.parametrize("keys", ["nihoashijie", "nhiaoshijie", "nihaosijie", "nihaosj", "nihaoshijie"])
def test_a_text_knows_whether_it_is_respelt(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, keys: str, fuzzy: frozenset[str]
) -> None:
    """Check what its candidate's note relies on, of texts that are read, guessed and abbreviated."""
    spelling = SpellingOptions(fuzzy, correct=True)
    converter = Converter(
        ConverterParts(decoder, vocabulary, lexicon, abbreviated=lexicon), spelling=spelling
    )
    noted = {c.text for c in converter.convert(keys).candidates if c.annotation and c.span[1] == len(keys)}
    trie, table = converter._cache, converter._table
    beam = converter._search.final_beam(trie.root, SyllableGraph.of(keys, table))
    respelt = [any(edge.spelling in RESPELT for edge in hypothesis.edges) for hypothesis in beam]
    assert [hypothesis.is_respelt for hypothesis in beam] == respelt
    assert any(respelt) or not noted
