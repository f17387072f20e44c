"""Annotate running text: every hanzi gets its toneless syllable.

A *code* is a uint32: a special token id below 512, or `codepoint << 9 | syllable index + 1` for a hanzi (0 in
the low bits where no syllable is known). Codes are independent of any vocabulary, so text is annotated once
and encoded as often as one likes.
"""

from __future__ import annotations

import unicodedata
import zlib
from collections.abc import Iterator
from functools import lru_cache
from typing import Any, Final

import numpy as np
import numpy.typing as npt
from pypinyin import Style, lazy_pinyin
from pypinyin.seg.mmseg import seg

from engine.lexicon.text_tokenizer import symbol_runs
from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary
from engine.spelling.syllable import SYLLABLE_INDEX

CODE_SHIFT: Final[int] = 9
FIRST_HANZI_CODE: Final[int] = 1 << CODE_SHIFT
START_CODE: Final[int] = SPECIALS.index(START)
_NO_READINGS: Final = Vocabulary(())

# What a human labels where pypinyin's table of single characters says otherwise, for characters
# that stand alone as a word (figures: docs/experiments/labels.md).
_ALONE: Final[dict[str, str]] = {
    "长": "chang", "的": "de", "都": "dou", "了": "le", "还": "hai", "着": "zhe", "行": "xing",
    "似": "si", "曾": "ceng", "得": "de", "地": "di", "嗯": "en", "谁": "shei", "重": "zhong",
    "查": "cha", "柏": "bai", "卡": "ka", "乐": "le", "那": "na", "血": "xue", "露": "lu", "调": "diao",
    "勒": "le", "只": "zhi", "为": "wei", "和": "he", "没": "mei", "会": "hui", "要": "yao", "好": "hao",
}  # fmt: skip
_VOWELLESS: Final[dict[str, str]] = {"n": "en", "ng": "en", "m": "", "hm": "", "hng": "", "ê": "ei"}
# People say and type both: the share that is labelled with the second reading.
_SPOKEN: Final[dict[str, tuple[str, str, int]]] = {"谁": ("shei", "shui", 40)}


def annotate_line(line: str) -> npt.NDArray[np.uint32]:
    """Return the codes of one line or paragraph, led by START.

    >>> [c & 511 for c in annotate_line("行，")][1:] == [SYLLABLE_INDEX["xing"] + 1, SPECIALS.index("，")]
    True
    """
    codes = [START_CODE]
    for run in symbol_runs(unicodedata.normalize("NFC", line.strip()), _NO_READINGS):
        codes.extend(_annotate_run(run) if isinstance(run, str) else (run,))
    return np.array(codes, dtype=np.uint32)


def _annotate_run(run: str) -> Iterator[int]:
    words = list(seg.cut(run))
    for i, word in enumerate(words):
        if len(word) > 1:
            yield from _word_codes(word)
        elif word == "地":
            # 慢慢|地|走 or 慢|慢|地|走: an adverb of two hanzi before it and something after it.
            adverb = i > 0 and (len(words[i - 1]) > 1 or words[i - 1] == words[max(i - 2, 0)])
            adverb = adverb and i + 1 < len(words)
            yield _code(word, "de" if adverb else "di")
        elif word in _SPOKEN:
            first, second, percent = _SPOKEN[word]
            yield _code(word, second if zlib.crc32(run.encode()) % 100 < percent else first)
        else:
            yield from _word_codes(word)


def _unread(text: str) -> Any:
    """Return no syllable for each character; pypinyin takes a list, its types know only a string."""
    return [""] * len(text)


@lru_cache(maxsize=400_000)
def _word_codes(word: str) -> tuple[int, ...]:
    if word in _ALONE:
        return (_code(word, _ALONE[word]),)
    syllables = lazy_pinyin(word, style=Style.NORMAL, errors=_unread)
    return tuple(_code(hanzi, syllable) for hanzi, syllable in zip(word, syllables, strict=True))


def _code(hanzi: str, syllable: str) -> int:
    syllable = _VOWELLESS.get(syllable, syllable)
    return ord(hanzi) << CODE_SHIFT | (SYLLABLE_INDEX.get(syllable, -1) + 1)
