"""Hanzi and readings outside the decoder's vocabulary: tokens of their own, last in their syllable."""

from __future__ import annotations

from pathlib import Path

import pytest

from engine.conversion.converter import Converter, ConverterParts
from engine.hanzi.rare_readings import RareReadings
from engine.hanzi.table_file import HanziTableError
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.lexicon.rare_tokens import is_rare
from engine.lexicon.reading_guesser import KnownReadings
from engine.lexicon.text_tokenizer import TextTokenizer
from engine.lexicon.vocabulary import SPECIALS, UNKNOWN, Vocabulary, decoder_token, from_counts
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import Candidate, Source
from engine.spelling.syllable import SYLLABLE_INDEX
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel
from resources import RARE_READINGS
from tests.lexicons import lexicon_of

HANZI = {"yan": "眼言", "yu": "雨鱼", "wei": "未蔚", "xian": "先县", "yin": "因胤", "reng": "仍", "xi": "西"}
RARE = "yan\t龑姸\nyu\t蔚\nreng\t礽\n"


def vocabulary() -> Vocabulary:
    return from_counts([(h, s, 9 - i) for s, text in HANZI.items() for i, h in enumerate(text)])


def table(folder: Path) -> RareReadings:
    (folder / "rare.tsv").write_text(RARE, encoding="utf-8")
    return RareReadings(folder / "rare.tsv")


def converter(folder: Path, personal: UserModel | None = None) -> Converter:
    known = vocabulary()
    lexicon = lexicon_of({("蔚县", "yu xian"): 1.0, ("西县", "xi xian"): 1.0}, known)
    decoder = FakeDecoder.preferring(known, ["言", "西"])
    parts = ConverterParts(decoder, known, lexicon, rare=table(folder))
    return Converter(parts, user_model=personal)


def texts(candidates: tuple[Candidate, ...]) -> list[str]:
    return [candidate.text for candidate in candidates]


@pytest.mark.parametrize(("hanzi", "syllable"), [("龑", "yan"), ("𠮷", "ji"), ("蔚", "yu"), ("〇", "ling")])
def test_a_rare_token_spells_hanzi_and_syllable(hanzi: str, syllable: str) -> None:
    known = vocabulary()
    token = known.token_of(hanzi, SYLLABLE_INDEX[syllable])
    assert is_rare(token)
    assert known.is_reading(token)
    assert (known.text([token]), known.syllable_of_token(token)) == (hanzi, SYLLABLE_INDEX[syllable])


def test_the_decoder_reads_the_hanzi_in_another_reading_or_as_unknown() -> None:
    known = vocabulary()
    assert known.texts[decoder_token(known.token_of("蔚", SYLLABLE_INDEX["yu"]))] == "蔚"
    assert decoder_token(known.token_of("龑", SYLLABLE_INDEX["yan"])) == SPECIALS.index(UNKNOWN)
    ordinary = known.token_of("雨", SYLLABLE_INDEX["yu"])
    assert decoder_token(ordinary) == ordinary < len(known)


def test_rare_hanzi_stand_behind_all_others(tmp_path: Path) -> None:
    candidates = converter(tmp_path).convert("yan").candidates
    assert texts(candidates) == ["言", "眼", "龑", "姸", "yan"]
    assert (candidates[2].reading, candidates[2].source) == (("yan",), Source.CHARACTER)


def test_rare_hanzi_stand_behind_those_of_a_shorter_first_syllable(tmp_path: Path) -> None:
    """`yuxi`: of yu and nothing else; the common hanzi first, then the sentence's, then the rare."""
    menu = texts(converter(tmp_path).convert("yuxi").candidates)
    assert menu.index("鱼") < menu.index("蔚") == len(menu) - 2


def test_a_chosen_rare_hanzi_is_history(tmp_path: Path) -> None:
    conversion = converter(tmp_path)
    chosen = next(c for c in conversion.convert("yanxi").candidates if c.text == "龑")
    assert conversion.convert("xi", chosen.tokens).candidates[0].text == "西"


def test_words_of_the_lexicon_may_hold_rare_readings(tmp_path: Path) -> None:
    candidate = next(c for c in converter(tmp_path).convert("yuxian").candidates if c.text == "蔚县")
    assert candidate.reading == ("yu", "xian")
    assert "蔚县" in texts(converter(tmp_path).convert("yx").candidates)


def test_text_before_the_caret_is_what_the_decoder_knows() -> None:
    known = vocabulary()
    lexicon = lexicon_of({("蔚县", "yu xian"): 1.0}, known)
    tokens = TextTokenizer(known, lexicon).tokens("蔚县龑", 9)
    assert all(token < len(known) for token in tokens)
    assert known.text(tokens[1:3]) == "蔚县"


def test_a_word_with_a_rare_hanzi_is_learnt_and_taken_back(tmp_path: Path) -> None:
    known = vocabulary()
    personal = UserModel(known)
    phrase = Phrase("胤礽", ("yin", "reng"), keys="yinreng")
    observation = PhraseTokenizer(known).observation(phrase)
    memory = personal.learn(observation)
    conversion = converter(tmp_path, personal)
    assert "胤礽" in texts(conversion.convert("yinreng").candidates)
    assert "胤礽" in texts(conversion.convert("yr").candidates)
    personal.unlearn(memory)
    assert "胤礽" not in texts(conversion.convert("yinreng").candidates)
    personal.load([observation, observation])
    assert conversion.convert("yinreng").candidates[0].text == "胤礽"


def test_a_rare_hanzi_in_use_moves_up_and_falls_back(tmp_path: Path) -> None:
    personal = UserModel(vocabulary())
    conversion = converter(tmp_path, personal)
    observation = PhraseTokenizer(vocabulary()).observation(Phrase("姸", ("yan",), keys="yan"))
    memories = [personal.learn(observation) for _ in range(3)]
    menu = texts(conversion.convert("yan").candidates)
    assert menu.index("姸") < menu.index("龑")
    assert menu.count("姸") == 1
    personal.mute(True)
    assert texts(conversion.convert("yan").candidates)[-2] == "姸"
    personal.mute(False)
    for memory in reversed(memories):
        personal.unlearn(memory)
    assert texts(conversion.convert("yan").candidates) == ["言", "眼", "龑", "姸", "yan"]


def test_words_that_the_user_brings_may_hold_rare_hanzi(tmp_path: Path) -> None:
    known = vocabulary()
    readings = KnownReadings(known, lexicon_of({}, known), rare=table(tmp_path))
    assert readings.read("胤礽") == ("yin", "reng")
    assert readings.knows("蔚", "yu")
    assert not readings.knows("蔚", "yan")
    assert readings.read("𠮷") is None


@pytest.mark.parametrize("content", [b"", b"yan\n", b"xyz\t\xe9\xbe\x91\n", b"\xff\xfe"])
def test_a_damaged_table_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "rare.tsv").write_bytes(content)
    with pytest.raises(HanziTableError, match="expected"):
        RareReadings(tmp_path / "rare.tsv").of(0)


def test_the_shipped_table() -> None:
    """Hanzi of names, places and the web, by their readings in dictionaries."""
    rare = RareReadings(RARE_READINGS)
    pairs = "氹/dang 礽/reng 龑/yan 畑/tian 槑/mei 囝/jian 隽/jun 粳/geng 丁/zheng 仡/yi".split()
    for hanzi, syllable in (pair.split("/") for pair in pairs):
        assert rare.knows(hanzi, SYLLABLE_INDEX[syllable]), hanzi
    assert len({hanzi for text in rare.by_syllable.values() for hanzi in text}) > 13_000
    assert all(len(set(text)) == len(text) for text in rare.by_syllable.values())
