"""English inside a sentence: words with capitals, words of the list, and how they reach the menu."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.conversion.converter import Converter, ConverterParts
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.lexicon.latin_words import is_latin, latin_token, latin_word
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import Candidate, Source
from engine.spelling.english_words import English, EnglishError
from engine.spelling.options import SpellingOptions
from engine.spelling.syllable import NO_READING
from engine.spelling.syllable_graph import SyllableGraph
from engine.spelling.table_builder import spelling_table
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel
from resources import ENGLISH
from tests.engine.scenario_engine import new_converter

WORDS = English(
    {
        "Python": 50,
        "WiFi": 30,
        "APP": 40,
        "API": 20,
        "iPhone": 20,
        "email": 60,
        "women": 3,
        "nihaosh": 3,
        "hen": 5,
        "A": 9,
        "woman": 40,
        "the": 12_000,
        "HA": 90,
        "ma": 3,
    },
    {"WiFi": 14, "APP": 18, "Python": 45},
)


@pytest.fixture
def converter(decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon) -> Converter:
    return Converter(ConverterParts(decoder, vocabulary, lexicon, english=WORDS))


def whole(converter: Converter, keys: str) -> list[Candidate]:
    """Return what covers all keys, less the letters as typed."""
    return [
        candidate
        for candidate in converter.convert(keys).candidates
        if candidate.span == (0, len(keys)) and candidate.source is not Source.RAW
    ]


@pytest.mark.parametrize(
    ("keys", "texts"),
    [
        ("Python", ["Python"]),
        ("PYTHON", ["PYTHON"]),
        ("API", ["API"]),
        ("Qwerty", ["Qwerty"]),
        ("iPhone", ["iPhone"]),
        ("wifi", ["wifi", "WiFi"]),  # people do not agree on the capitals of these
        ("app", ["app", "APP"]),
        ("App", ["App"]),
        ("APP", ["APP"]),
        ("api", ["API", "api"]),
        ("iphone", ["iPhone", "iphone"]),
        ("python", ["Python", "python"]),
        ("nihaoPython", ["你好Python"]),
        ("Pythonnihao", ["Python你好"]),
        ("nihao'Python", ["你好Python"]),
        ("'Python", ["Python"]),
    ],
)
def test_words_and_sentences(converter: Converter, keys: str, texts: list[str]) -> None:
    assert [candidate.text for candidate in whole(converter, keys)][: len(texts)] == texts


@pytest.mark.parametrize(
    ("keys", "beginning"),
    [
        ("nihaoPythonshijie", "你好Python"),
        ("nihaowifishijie", "你好wifi"),
        ("nihaoiphoneshijie", "你好iPhone"),
        ("nihao'Python'shijie", "你好Python"),
        ("nihaoAPIhao", "你好API"),
    ],
)
def test_a_sentence_goes_on_behind_a_word(converter: Converter, keys: str, beginning: str) -> None:
    assert whole(converter, keys)[0].text.startswith(beginning)


def test_pinyin_stays_pinyin(converter: Converter) -> None:
    """`women` is 我们 before it is a word, `hen` no word at all in `nihen`; `nihaomen` is no women."""
    assert whole(converter, "women")[0].text == "我们"
    assert not any("hen" in candidate.text for candidate in whole(converter, "nihen"))
    graph = SyllableGraph.of("nhwomen", spelling_table(english=WORDS))
    assert not graph.english


def test_what_is_pinyin_and_a_word_comes_after_the_sentences(converter: Converter) -> None:
    texts = [candidate.text for candidate in whole(converter, "women")]
    assert texts.index("women") > 0


def test_what_is_pinyin_only_if_a_letter_is_to_come_is_a_word_in_second_place(converter: Converter) -> None:
    sentence, word, *_ = whole(converter, "nihaosh")
    assert (sentence.text[:2], word.text) == ("你好", "nihaosh")
    assert sentence.score > word.score


def test_a_word_comes_before_sentences_that_are_less_likely(converter: Converter) -> None:
    word, sentence, *_ = whole(converter, "woman")
    assert (word.text, sentence.text[0]) == ("woman", "我")
    assert word.score > sentence.score
    assert converter.convert("woman").boundaries == (5,)


def test_a_short_word_has_to_be_a_common_one(converter: Converter) -> None:
    """Of `hen` and `ha`: hanzi that are likelier before it, others behind it."""
    texts = [candidate.text for candidate in whole(converter, "ha")]
    assert 0 < texts.index("HA") < len(texts) - 1
    assert "ma" not in [candidate.text for candidate in whole(converter, "ma")]


def test_a_candidate_of_one_word(converter: Converter) -> None:
    (best, *_) = whole(converter, "iphone")
    assert (best.text, best.source, best.reading) == ("iPhone", Source.ENGLISH, (NO_READING,) * 6)
    assert best.tokens == (latin_token("iPhone"),)


def test_a_word_chosen_is_history(converter: Converter) -> None:
    first = next(c for c in converter.convert("Pythonnihao").candidates if c.text == "Python")
    assert first.span == (0, 6)
    conversion = converter.convert("nihao", first.tokens)
    assert conversion.candidates[0].text == "你好"


def test_capitals_of_a_word_are_not_split(converter: Converter) -> None:
    graph = SyllableGraph.of("API", spelling_table(english=WORDS))
    assert [(edge.start, edge.end) for edges in graph.english.values() for edge in edges] == [(0, 3)]


def test_abbreviations_are_read_behind_a_word_as_before_it() -> None:
    graph = SyllableGraph.of("Pythonnihao", spelling_table(english=WORDS))
    assert (graph.readable_length, graph.abbreviations) == (None, {})


@given(st.text(alphabet="abcXYZ", min_size=1, max_size=18))
def test_a_token_is_its_word(word: str) -> None:
    assert is_latin(latin_token(word))
    assert latin_word(latin_token(word)) == word


def test_a_vocabularys_ids_are_no_words(vocabulary: Vocabulary) -> None:
    assert not any(map(is_latin, range(len(vocabulary))))


def test_the_list_that_ships() -> None:
    words = English.load(ENGLISH)
    assert 20_000 < len(words) < 40_000
    for text in ("Python", "WiFi", "GitHub", "iPhone", "API", "Linux", "email"):
        word = words.find(text.lower())
        assert word is not None
        assert word.text == text


@pytest.mark.parametrize(
    "text",
    [
        "Python 5\n",
        "Python\tmany\t1\t0\n",
        "3D\t5\t5\t0\n",
        "Python\t5\t5\n",
        "Python\t5\t6\t7\n",
        "Python\t5\t5\t0",
        "Python\t5\t5\t0\n\n",
    ],
)
def test_a_damaged_list(tmp_path: Path, text: str) -> None:
    path = tmp_path / "english.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(EnglishError, match="expected lines of word, two counts, 0 or 1"):
        English.load(path)


def test_a_missing_list(tmp_path: Path) -> None:
    with pytest.raises(EnglishError, match=r"found no such file; take the file from a fresh clone"):
        English.load(tmp_path / "english.tsv")


def test_the_capitals_that_are_picked_come_first(
    decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon
) -> None:
    """Twice, as for any other word; and taken back, never."""
    personal, reader = UserModel(vocabulary), PhraseTokenizer(vocabulary)
    converter = Converter(ConverterParts(decoder, vocabulary, lexicon, english=WORDS), user_model=personal)
    observation = reader.observation(Phrase("WiFi", (NO_READING,) * 4, "wifi", rank=1))
    memories = []
    for expected in (["wifi", "WiFi"], ["wifi", "WiFi"], ["WiFi", "wifi"]):
        assert [candidate.text for candidate in whole(converter, "wifi")][:2] == expected
        memories.append(personal.learn(observation))
    for memory in reversed(memories):
        personal.unlearn(memory)
    assert [candidate.text for candidate in whole(converter, "wifi")][:2] == ["wifi", "WiFi"]
    assert len(personal.words) == 0


@pytest.mark.parametrize(
    ("keys", "text", "cost"),
    [
        ("nihaogithub", "你好GitHub", 0.0),
        ("nhgithub", "你好GitHub", 4.0),
        ("githubnhsj", "GitHub你好世界", 4.0),
        ("nhgithubsj", "你好GitHub世界", 4.0),
        ("nhgithubshijie", "你好GitHub世界", 4.0),
        ("githubnihaogithubsj", "GitHub你好GitHub世界", 4.0),
        ("nhGitHubsj", "你好GitHub世界", 0.0),
    ],
)
def test_words_in_small_letters_cost_more_beside_abbreviations(
    monkeypatch: pytest.MonkeyPatch, keys: str, text: str, cost: float
) -> None:
    """Once in a text. `drfq` is no 大RFQ; a capital says that English is meant."""
    scores = []
    for nats in (0.0, 4.0):
        monkeypatch.setattr("engine.conversion.beam_search._BESIDE_ABBREVIATIONS", nats)
        offered = whole(new_converter(64, English({"GitHub": 5})), keys)
        scores.append(next(candidate.score for candidate in offered if candidate.text == text))
    assert scores[0] - scores[1] == pytest.approx(cost, abs=1e-4)


@pytest.mark.parametrize(("keys", "more"), [("sms", 2.0), ("SMS", 0.0), ("vip", 0.0), ("qq", 0.0)])
def test_an_acronym_whose_small_letters_are_initials_costs_more(keys: str, more: float) -> None:
    words = English({"SMS": 10, "VIP": 10, "QQ": 10})
    (typed, *_), listed = words.typed(keys.lower()), words.find(keys)
    assert listed is not None
    found = typed if keys.islower() else next(word for word in words.words_at(keys, "") if word.text == keys)
    assert found.cost - listed.cost == pytest.approx(more)


def test_one_letter_again_and_again_is_no_word() -> None:
    words = English({"hhhh": 9, "WWW": 9, "QQ": 50})
    assert [[word.text for word in words.words_at(keys, "")] for keys in ("hhhh", "www")] == [[], []]
    assert "QQ" in [word.text for word in words.words_at("qq", "")]
    assert "WWW" in [word.text for word in words.words_at("WWW", "")]


CLEAR = English(
    {"share": 40, "Line": 40, "women": 3, "idea": 9},
    {"Line": 30},
    ["share", "Line", "idea"],
)


@pytest.mark.parametrize(
    ("keys", "text"),
    [
        ("share", "share"),
        ("sharenihao", "share你好"),
        ("nisharehao", "你share好"),
        ("nihaoshare", "你好share"),
        ("lineni", "Line你"),
        ("lineni", "line你"),
        ("sharelineni", "shareLine你"),
        ("share'ni", "share你"),
        ("nhshareni", "你好share你"),
        ("niideahao", "你idea好"),
    ],
)
def test_a_clear_word_may_stand_where_pinyin_spells_it_as_well(keys: str, text: str) -> None:
    offered = whole(new_converter(96, CLEAR), keys)
    assert text in [candidate.text for candidate in offered]


def test_other_words_that_pinyin_spells_stand_nowhere_inside() -> None:
    graph = SyllableGraph.of("womennisharehao", spelling_table(english=CLEAR))
    assert [edge.word for edges in graph.english.values() for edge in edges] == ["share"]


def test_a_clear_word_keeps_no_abbreviation_out() -> None:
    """`dash` is da and sh as well: 爱就大声说."""
    table = spelling_table(english=English({"dash": 20}, clear=["dash"]))
    assert SyllableGraph.of("jiudash", table).readable_length is None  # sh is an unfinished syllable there
    graph = SyllableGraph.of("jiudashshuo", table)
    assert [edge.word for edge in graph.english[7]] == ["dash"]
    assert [edge.start for edge in graph.abbreviations[7]] == [5]
    assert SyllableGraph.of("jiudashashuo", table).readable_length is None


def test_a_clear_word_is_one_in_full_pinyin_alone() -> None:
    """In double pinyin `share` is the syllables sh-a-re in other letters, and `line` two whole ones."""
    for scheme, n_word in (("", 2), ("xiaohe", 0)):
        table = spelling_table(SpellingOptions(scheme=scheme), english=CLEAR)
        assert len(list(table.clear_words_at("linenihao"))) == n_word
        english = SyllableGraph.of("linenihao", table).english
        assert bool(english) == bool(n_word)


def test_what_is_kept_for_a_vertex_is_what_its_letters_alone_give() -> None:
    """A clear word depends on no letter behind it, so that its beam can be kept while typing goes on."""
    table = spelling_table(english=CLEAR)
    for keys in ("nisharehao", "nihsharehao", "shareh", "hlineshare"):
        graph = SyllableGraph.of(keys, table)
        for vertex in graph.english:
            if not graph.is_forced(vertex):
                alone = SyllableGraph.of(keys[:vertex], table)
                assert alone.english_into(vertex, forced=False) == graph.english_into(vertex, forced=False)


NAMES = English({"Ubun": 1, "Ubuntu": 5, "Ni": 3, "Don": 4, "don": 3, "hao": 3, "A": 3, "API": 4})


@pytest.mark.parametrize("correct", [False, True])
@pytest.mark.parametrize(
    "keys", ["Ubuntu22.04a", "Nihao3x", "niNihao22shi", "Nihao-Ni", "niAhao2", "Don'ta", "don'thao", "APIhao"]
)
def test_a_word_is_found_whatever_was_converted_before(keys: str, correct: bool) -> None:
    """No word ends before a digit or mark that goes on it; at the end of the keys it does.

    `Ubuntu22.0`, put together behind the point, left `Ubuntu` without its word until the text before the
    caret changed.
    """
    for cut in range(1, len(keys)):
        found = []
        for order in ((keys, keys[:cut]), (keys[:cut], keys)):
            converter = new_converter(16, NAMES)
            converter.set_spelling(SpellingOptions(correct=correct))
            found.append({each: converter.convert(each) for each in order})
        assert found[0] == found[1]


@pytest.mark.parametrize(("word", "more"), [("share", 1.5), ("idea", 0.0)])
def test_a_word_that_pinyin_spells_costs_more_inside_a_sentence(word: str, more: float) -> None:
    table, listed = spelling_table(english=CLEAR), CLEAR.find(word)
    (edge,) = SyllableGraph.of(f"ni{word}", table).english[2 + len(word)]
    assert listed is not None
    assert edge.cost == pytest.approx(listed.cost + more)
