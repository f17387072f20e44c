from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.text_tokenizer import TextTokenizer, symbol_runs
from engine.lexicon.vocabulary import SPECIALS, Vocabulary
from engine.spelling.syllable import SYLLABLES


@pytest.fixture(scope="module")
def reader(vocabulary: Vocabulary, lexicon: Lexicon) -> TextTokenizer:
    return TextTokenizer(vocabulary, lexicon)


def shown(vocabulary: Vocabulary, tokens: tuple[int, ...]) -> str:
    """Specials by name, hanzi with their syllable."""
    names = [
        SPECIALS[token]
        if token < vocabulary.n_special
        else vocabulary.texts[token] + SYLLABLES[vocabulary.syllable_of_token(token)]
        for token in tokens
    ]
    return " ".join(names)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", []),
        ("你好世界", ["你好世界"]),
        ("第3.14节，12:30", ["第", "<num>", "节", "，", "<num>"]),
        ("3.", ["<num>", "。"]),
        ("GPT-4好", ["<latin>", "<sym>", "<num>", "好"]),
        ("привет", ["<latin>"]),
        ("……——！！", ["…", "—", "！"]),
        ("好!?", ["好", "！", "？"]),
        ("好  好\t好", ["好", "<br>", "好", "<br>", "好"]),
        ("好\r\n\n  好", ["好", "<s>", "好"]),
        ("😀😀€", ["<sym>", "<sym>"]),
        ("a_b", ["<latin>", "<sym>", "<latin>"]),
    ],
)
def test_symbol_runs(vocabulary: Vocabulary, text: str, expected: list[str]) -> None:
    runs = [run if isinstance(run, str) else SPECIALS[run] for run in symbol_runs(text, vocabulary)]
    assert runs == expected


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("", "<s>"),
        ("我", "<s> 我wo"),
        ("银行人", "<s> 银yin 行hang 人ren"),
        ("行人", "<s> 行xing 人ren"),
        ("行", "<s> 行hang"),  # first in hang, first in xing as well: the smaller id
        ("重", "<s> 重chong"),
        ("了", "<s> 了le"),
        ("龘好", "<s> <unk> 好hao"),
        ("\n\n好\n", "<s> 好hao <s>"),
        ("2026年，OK", "<s> <num> <unk> ， <latin>"),
    ],
)
def test_tokens(vocabulary: Vocabulary, reader: TextTokenizer, text: str, expected: str) -> None:
    assert shown(vocabulary, reader.tokens(text, 32)) == expected


def test_the_prior_decides_between_readings(vocabulary: Vocabulary, lexicon: Lexicon) -> None:
    prior = np.arange(len(vocabulary), dtype=np.float32)
    reader = TextTokenizer(vocabulary, lexicon, prior)
    assert shown(vocabulary, reader.tokens("行重", 32)) == "<s> 行xing 重zhong"


def test_only_the_last_characters_count(vocabulary: Vocabulary, reader: TextTokenizer) -> None:
    assert reader.tokens("世界" * 40 + "你好", 3) == reader.tokens("界你好", 32)
    assert reader.tokens("你好", 0) == (0,)


@given(st.text(max_size=60))
def test_any_text_is_read(vocabulary: Vocabulary, reader: TextTokenizer, text: str) -> None:
    tokens = reader.tokens(text, 32)
    assert tokens[0] == 0
    assert len(tokens) <= 33
    assert all(0 <= token < len(vocabulary) for token in tokens)
