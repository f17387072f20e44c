"""Read the text before the caret as token ids.

Training reads its corpus through `symbol_runs` as well, so that the decoder meets at the caret what it was
trained on.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

import numpy as np

from engine.arrays import FloatArray
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, START, UNKNOWN, Vocabulary, decoder_token
from engine.spelling.hanzi import HANZI

_RUN: Final[re.Pattern[str]] = re.compile(
    rf"""
      (?P<hanzi>[{HANZI}]+)
    | (?P<number>\d+(?:[.,:]\d+)*)                  # 3.14 and 12:30 are one number
    | (?P<latin>(?:(?![{HANZI}])[^\W\d_])+)        # any other alphabet counts as Latin
    | (?P<newline>\s*[\n\r\u2028\u2029]\s*)
    | (?P<same>(?P<first>\s|.)(?P=first)*)          # …… and —— are one token
    """,
    re.VERBOSE | re.DOTALL,
)


def symbol_runs(text: str, vocabulary: Vocabulary) -> Iterator[str | int]:
    """Yield `text` cut into runs of hanzi (str) and everything else (special ids).

    A number, a word in letters, a run of white space and a repeated mark are one token each; a newline, with
    the white space around it, is START. "见第3.14节……" gives 见第, <num>, 节, ….
    """
    for match in _RUN.finditer(text):
        kind = match.lastgroup
        if kind == "hanzi":
            yield match.group()
        elif kind == "newline":
            yield SPECIALS.index(START)
        elif kind in ("number", "latin"):
            yield SPECIALS.index(NUMBER if kind == "number" else LATIN)
        else:
            yield vocabulary.special_of(match.group()[0])


class TextTokenizer:
    """A reader of text before the caret.

    A hanzi with several readings takes the one of the longest lexicon word that begins at it or covers it
    from the left, otherwise its commonest. `reading_prior` (n_token,) says which is commonest, higher is
    commoner. Without it the first reading in the order of its syllable counts as commonest, which is right
    for most (得/de before 得/dei).
    """

    def __init__(
        self, vocabulary: Vocabulary, lexicon: Lexicon, reading_prior: FloatArray | None = None
    ) -> None:
        self._vocabulary = vocabulary
        self._lexicon = lexicon
        self._prior = rank_prior(vocabulary) if reading_prior is None else reading_prior

    def tokens(self, text: str, length: int) -> tuple[int, ...]:
        """Return START and the tokens of the last `length` characters of `text`."""
        tokens = [SPECIALS.index(START)]
        for run in symbol_runs(text[max(0, len(text) - length) :], self._vocabulary):
            if isinstance(run, str):
                tokens.extend(map(decoder_token, self.read_hanzi(run)))
            elif run != SPECIALS.index(START) or tokens[-1] != run:
                tokens.append(run)
        return tuple(tokens)

    def read_hanzi(self, run: str) -> list[int]:
        """Return the readings of a run of hanzi, those of lexicon words outside the vocabulary as well."""
        tokens: list[int] = []
        while len(tokens) < len(run):
            word = self._lexicon.longest_match(run, len(tokens))
            tokens.extend(word.tokens if word else (self._read_character(run[len(tokens)]),))
        return tokens

    def _read_character(self, character: str) -> int:
        ids = self._vocabulary.ids_of_hanzi.get(character)
        if ids is None:
            return SPECIALS.index(UNKNOWN)
        return max(ids, key=lambda token: (float(self._prior[token]), -token))


def rank_prior(vocabulary: Vocabulary) -> FloatArray:
    """Return, shape (n_token,), minus the place of each reading among those of its syllable."""
    prior = np.zeros(len(vocabulary), dtype=np.float32)
    syllables = vocabulary.class_of_token[vocabulary.n_special :] - vocabulary.n_special
    ids = np.arange(vocabulary.n_special, len(vocabulary))
    prior[vocabulary.n_special :] = vocabulary.syllable_starts[syllables] - ids
    return prior
