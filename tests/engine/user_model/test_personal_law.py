"""The converter's law with a user: a pure function of surrounding text, choices, keys and what is known."""

from __future__ import annotations

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.conversion.converter import Converter, ConverterParts, SearchOptions
from engine.learning.phrase_tokenizer import PhraseTokenizer
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.model.fake_decoder import FakeDecoder
from engine.spelling.options import SpellingOptions
from engine.storage.phrase import Phrase
from engine.user_model.model import UserModel
from tests.engine.conversion.test_converter import EDITS, Edit, Typist

PHRASES = [
    Phrase("时节", ("shi", "jie"), "shijie", rank=1),
    Phrase("泥号", ("ni", "hao"), "nihao", "我", 3),
    Phrase("西案", ("xi", "an"), "xian", "你好", 2),
    Phrase("我", ("wo",), "wo"),
    Phrase("时节", ("shi", "jie"), "sijie", rank=1),  # its price of s for sh moves
]
STEPS = st.lists(EDITS | st.sampled_from(["forget", "remember", "unlearn", *PHRASES]), max_size=14)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(STEPS)
def test_what_is_kept_changes_no_result(
    sure_decoder: FakeDecoder, vocabulary: Vocabulary, lexicon: Lexicon, steps: list[object]
) -> None:
    personal, reader = UserModel(vocabulary), PhraseTokenizer(vocabulary)
    options = SearchOptions(beam_width=4)
    spelling = SpellingOptions(frozenset({"s_sh"}))
    typist = Typist(
        Converter(
            ConverterParts(sure_decoder, vocabulary, lexicon), options, spelling=spelling, user_model=personal
        )
    )
    memories = []
    for step in steps:
        if isinstance(step, Phrase):
            memories.append(personal.learn(reader.observation(step)))
        elif step == "unlearn" and memories:
            personal.unlearn(memories.pop())
        elif step in ("forget", "remember"):
            personal.set_forgotten(["时节", "我"] if step == "forget" else [])
        elif isinstance(step, Edit):
            typist.do(step)
    fresh = Converter(
        ConverterParts(sure_decoder, vocabulary, lexicon), options, spelling=spelling, user_model=personal
    )
    fresh.set_surrounding_text(typist.surrounding)
    assert typist.convert() == fresh.convert(typist.keys, typist.fixed)
