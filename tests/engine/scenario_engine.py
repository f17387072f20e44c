"""The engine that the scenarios run on: the real search over a fake decoder and few hanzi."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from functools import cache
from types import MappingProxyType

from engine.conversion.converter import Conversion, Converter, ConverterParts, SearchOptions
from engine.hanzi.components import Components
from engine.hanzi.tables import HanziTables
from engine.hanzi.tones import Tones
from engine.hanzi.traditional_forms import TraditionalForms
from engine.lexicon.vocabulary import from_counts
from engine.model.fake_decoder import FakeDecoder
from engine.protocol import Candidate, Commit, CustomPhrase, Mark
from engine.rewriters.address_rewriter import AddressRewriter
from engine.rewriters.component_rewriter import ComponentRewriter
from engine.rewriters.custom_phrase_rewriter import CustomPhraseRewriter
from engine.rewriters.date_rewriter import DateLettersRewriter, DateRewriter
from engine.rewriters.number_rewriter import CodePointRewriter, NumberRewriter
from engine.rewriters.reading_rewriter import ReadingRewriter
from engine.rewriters.rewriter import Rewriter
from engine.rewriters.symbol_rewriter import SymbolRewriter
from engine.session.script_conversion import OpenccScript
from engine.spelling.english_words import English
from engine.spelling.options import SpellingOptions
from resources import COMPONENTS, TONES, TRADITIONAL_FORMS, TRADITIONAL_WORDS
from tests.lexicons import lexicon_of

HANZI = {
    "ni": "你尼泥拟逆匿腻妮倪霓",
    "hao": "好号",
    "shi": "是世时事",
    "jie": "界姐",
    "xi": "西",
    "an": "安案",
    "xian": "先现",
    "fang": "方",
    "fan": "反",
    "gan": "感",
    "wo": "我",
    "qu": "去",
    "ma": "吗妈",
    "lve": "略",
    "nv": "女",
    "e": "饿",
}
TEXTS = ("你好世界", "世界", "西安/xi an", "先/xian", "我去", "是", "方案/fang an", "妈")
WORDS = {
    ("你好", "ni hao"): 5.0,
    ("世界", "shi jie"): 4.0,
    ("西安", "xi an"): 3.0,
    ("方案", "fang an"): 2.0,
    ("反感", "fan gan"): 1.0,
    ("妈妈", "ma ma"): 1.0,
}


# People do not agree on the capitals of APP.
ENGLISH = English({"Python": 9, "GitHub": 5, "APP": 5, "email": 3, "women": 2}, {"APP": 2})


opencc = cache(OpenccScript)  # its tables take a tenth of a second to read


@cache
def scenario_converter() -> Converter:
    """One for all scenarios: what it keeps must not be seen in its answers."""
    return new_converter(16, ENGLISH)  # scenarios count rows of the menu


def new_converter(beam_width: int, english: English | None = None) -> Converter:
    """Return the same engine with a beam of its own, and English words if wanted."""
    rows = [(hanzi, syllable, 10 - i) for syllable, text in HANZI.items() for i, hanzi in enumerate(text)]
    vocabulary = from_counts(rows)
    decoder = FakeDecoder.preferring(vocabulary, TEXTS)
    lexicon = lexicon_of(WORDS, vocabulary)
    options = SearchOptions(beam_width=beam_width)
    return Converter(ConverterParts(decoder, vocabulary, lexicon, english=english), options)


SYMBOLS = {"妈": (("👩", "女人"), ("🤱", "母乳喂养")), "方案": (("📋", "剪贴板"),)}
MOMENT = datetime(2026, 11, 24, 18, 5, 9)


class FixedPhrases:
    """Custom phrases as if a user had written them."""

    formats: Mapping[str, str] = MappingProxyType({"date": "M月D日"})

    def of(self, code: str) -> list[CustomPhrase]:
        return [CustomPhrase(*row) for row in PHRASES if row[0] == code]


PHRASES = (
    ("yx", "ni@hao.cn"),
    ("yx", "second@hao.cn"),
    ("dz", "北京市\n海淀区"),
    ("woqu", "您好！", 2),
    ("xifang", "西方"),
    ("jtm", "今天是{date}，{weekday:周W}{time:H点mm分}，{{date}}"),
    ("niqu", "第一", 1),
    ("niqu", "第二", 2),
)


@cache
def scenario_tables() -> HanziTables:
    """Return the shipped tables: what a hanzi is made of is no matter of the engine."""
    forms = TraditionalForms(TRADITIONAL_FORMS, TRADITIONAL_WORDS)
    return HanziTables(Tones(TONES), Components(COMPONENTS), forms)


def scenario_rewriters() -> tuple[Rewriter, ...]:
    """As `engine.factory.create_rewriters`, over few symbols and a clock that stands."""
    clock = lambda: MOMENT  # noqa: E731
    return (
        SymbolRewriter(SYMBOLS),
        DateLettersRewriter(clock),
        DateRewriter(clock),
        NumberRewriter(),
        CodePointRewriter(),
        ComponentRewriter(scenario_tables()),
        AddressRewriter(),
        CustomPhraseRewriter(FixedPhrases(), clock),
        ReadingRewriter(),
    )


class ForgetfulConverter:
    """The scenarios' converter and, as a learner, what it has been told to forget."""

    def __init__(self, converter: Converter | None = None) -> None:
        self._converter = converter or scenario_converter()
        self._forgotten: set[str] = set()
        self._pinned: dict[str, list[Candidate]] = {}
        self.told: list[str] = []

    def set_spelling(self, spelling: SpellingOptions) -> None:
        if spelling != self._converter.spelling:
            self._converter.set_spelling(spelling)

    def set_surrounding_text(self, text: str) -> None:
        self._converter.set_surrounding_text(text)

    def warm(self) -> None:
        self._converter.warm()

    def is_word(self, tokens: tuple[int, ...]) -> bool:
        return self._converter.is_word(tokens)

    def predict(self, limit: int) -> tuple[Candidate, ...]:
        return self._converter.predict(limit)

    def convert(self, keys: str, fixed: tuple[int, ...] = ()) -> Conversion:
        conversion = self._converter.convert(keys, fixed)
        kept = tuple(c for c in conversion.candidates if c.text not in self._forgotten)
        pinned = self._pinned.get(keys, [])
        names = {(c.text, c.span) for c in pinned}
        others = (c for c in kept if (c.text, c.span) not in names)
        kept = (*(replace(c, mark=Mark.PINNED) for c in pinned), *others)
        return replace(conversion, candidates=kept)

    def learn(self, commit: Commit) -> None:
        self.told.append(f"learn {commit.text}")

    def revoke(self, commit: Commit) -> None:
        self.told.append(f"revoke {commit.text}")

    def forget(self, candidate: Candidate) -> bool:
        """Single hanzi stay: every character is reachable."""
        if len(candidate.text) == 1:
            return False
        self._forgotten.add(candidate.text)
        return True

    def catch_up(self) -> bool:
        """There is nobody else to learn from."""
        return False

    def restore(self, candidate: Candidate) -> None:
        self._forgotten.discard(candidate.text)

    def pin(self, keys: str, candidate: Candidate) -> None:
        self.unpin(keys, candidate.text)
        self._pinned.setdefault(keys, []).insert(0, candidate)

    def unpin(self, keys: str, text: str) -> bool:
        pinned = self._pinned.get(keys, [])
        left = [candidate for candidate in pinned if candidate.text != text]
        self._pinned[keys] = left
        return len(left) < len(pinned)

    def pinned(self, keys: str) -> tuple[str, ...]:
        return tuple(candidate.text for candidate in self._pinned.get(keys, []))

    def add_word(self, candidate: Candidate) -> bool:
        self.told.append(f"add {candidate.text}")
        return True
