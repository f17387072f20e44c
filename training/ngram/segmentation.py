"""Cut running text into words: the likeliest by the frequencies of a word list.

Works on the streams of token ids that `prepare` wrote, many clauses at once: words are found by the hash that
`engine.model.word_ngram` finds them by, computed for all places of a stream together, and the best path of
each clause is followed place by place through all clauses.
"""

from __future__ import annotations

import lzma
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, SYMBOL, Vocabulary
from engine.lexicon.word_arrays import HASH_BASE, hash_of_text
from engine.model.ngram import BOUNDARY_MARKS
from engine.model.word_ngram import LONGEST_WORD
from training.errors import WorkshopError
from training.ngram.counting import find

LIKE_WORDS: Final[tuple[str, ...]] = (NUMBER, LATIN, SYMBOL)  # specials that are words of one token
_CHUNK: Final[int] = 4_000_000  # tokens that are cut together
_NEVER: Final[float] = 0.5  # times that a hanzi is taken to stand alone which the list has not
_NONE: Final[np.float32] = np.float32(-1e9)

Ids = npt.NDArray[np.int32]


class WordListError(WorkshopError):
    """A word list without lines `word frequency`."""


def read_word_list(path: Path, characters: Iterable[str]) -> dict[str, int]:
    """Return words of `characters` and their frequencies, from lines `word frequency …` (plain or .xz)."""
    known = set(characters)
    content = path.read_bytes()
    text = (lzma.decompress(content) if path.suffix == ".xz" else content).decode("utf-8")
    found = {}
    for number, line in enumerate(text.splitlines(), start=1):
        word, *rest = line.split()[:2] or [""]
        if not rest or not rest[0].isdecimal():
            raise WordListError(f"{path}, line {number}: expected a word and its frequency")
        if known.issuperset(word):
            found[word] = int(rest[0])
    return found


@dataclass(frozen=True)
class _Prefixes:
    """Beginnings of words of one length: their hashes, ascending, and the word that each is, or -1."""

    hashes: npt.NDArray[np.uint64]
    words: Ids


class Segmenter:
    """A segmenter of streams of token ids; words are numbered as in `words`, the commonest first."""

    def __init__(self, vocabulary: Vocabulary, frequencies: dict[str, int]) -> None:
        characters = sorted(set(vocabulary.texts[vocabulary.n_special :]))
        kept = {word: count for word, count in frequencies.items() if len(word) <= LONGEST_WORD}
        rows = dict.fromkeys(characters, 0) | kept
        self.words = sorted(rows, key=lambda word: (-rows[word], word)) + list(LIKE_WORDS)
        counts = np.array([max(rows.get(word, 1), _NEVER) for word in self.words])
        self._log_probs = np.log(counts / counts.sum()).astype(np.float32)
        numbers = {word: number for number, word in enumerate(self.words)}
        self._alone = np.array([numbers.get(text, -1) for text in vocabulary.texts], dtype=np.int32)
        is_hanzi = np.arange(len(vocabulary)) >= vocabulary.n_special
        codes = [ord(text) if len(text) == 1 else 0 for text in vocabulary.texts]
        self._codes = np.where(is_hanzi, codes, 0).astype(np.uint64)
        self._is_boundary = np.isin(np.arange(len(vocabulary)), [SPECIALS.index(m) for m in BOUNDARY_MARKS])
        self._prefixes = _prefixes_of(numbers)

    @classmethod
    def of_list(cls, vocabulary: Vocabulary, path: Path) -> Segmenter:
        """Return a segmenter into the words of a list. Raises WordListError."""
        return cls(vocabulary, read_word_list(path, vocabulary.texts[vocabulary.n_special :]))

    def cut(self, tokens: npt.NDArray[Any]) -> Ids:
        """Return the numbers of the words of a stream, -1 for each boundary."""
        ends = np.flatnonzero(self._is_boundary[tokens])
        parts, begin = [], 0
        while begin < len(tokens):
            place = np.searchsorted(ends, begin + _CHUNK)
            end = int(ends[place]) if place < len(ends) else len(tokens)
            parts.append(self._cut_chunk(np.asarray(tokens[begin:end])))
            begin = end
        found = np.concatenate([*parts, np.full(1, -1, np.int32)])
        again = (found[1:] < 0) & (found[:-1] < 0)
        return found[np.concatenate(([True], ~again))]

    def _cut_chunk(self, tokens: npt.NDArray[Any]) -> Ids:
        """Cut the clauses of a piece of text, which has a boundary before and behind it."""
        padding = np.full(1, SPECIALS.index(BOUNDARY_MARKS[0]), tokens.dtype)
        tokens = np.concatenate((padding, tokens, padding))
        words = self._words_from(tokens)
        is_boundary = self._is_boundary[tokens]
        ends = np.flatnonzero(is_boundary)
        starts, lengths = ends[:-1] + 1, np.diff(ends) - 1
        order = np.argsort(-lengths, kind="stable")[: np.count_nonzero(lengths)]
        starts, lengths = starts[order], lengths[order]
        back = self._lengths_of_last_words(words, starts, lengths)
        found = np.full(len(tokens), -2, np.int32)
        found[is_boundary] = -1
        _follow(found, words, back, starts, lengths)
        return found[found > -2]

    def _words_from(self, tokens: npt.NDArray[Any]) -> Ids:
        """Return (LONGEST_WORD, n): the word of each length that begins at each place, or -1."""
        words = np.full((LONGEST_WORD, len(tokens)), -1, np.int32)
        words[0] = np.where(self._is_boundary[tokens], -1, self._alone[tokens])
        codes = self._codes[tokens]
        alive = np.flatnonzero(codes)
        hashes = codes[alive]
        for length, prefixes in enumerate(self._prefixes, start=2):
            follows = alive + length - 1 < len(tokens)
            alive, hashes = alive[follows], hashes[follows]
            code = codes[alive + length - 1]
            hashes = hashes * np.uint64(HASH_BASE) + code
            places = find(prefixes.hashes, hashes)
            kept = (places >= 0) & (code > 0)
            alive, hashes = alive[kept], hashes[kept]
            words[length - 1, alive] = prefixes.words[places[kept]]
        return words

    def _lengths_of_last_words(
        self, words: Ids, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64]
    ) -> npt.NDArray[np.uint8]:
        """Return (n + 1,), by place: the length of the last word of the best cut of what stands before it.

        starts, lengths: of the clauses, the longest first.
        """
        best = np.zeros(words.shape[1] + 1, np.float32)
        back = np.zeros(words.shape[1] + 1, np.uint8)
        for done in range(1, int(lengths.max(initial=0)) + 1):
            places = starts[: int(np.searchsorted(-lengths, -done, side="right"))] + done
            scores = np.full((min(done, LONGEST_WORD), len(places)), _NONE)
            for length in range(1, len(scores) + 1):
                word = words[length - 1, places - length]
                before = best[places - length] if length < done else np.float32(0)
                scores[length - 1] = np.where(word >= 0, before + self._log_probs[word], _NONE)
            back[places] = scores.argmax(axis=0) + 1
            best[places] = scores.max(axis=0)
        return back


def _follow(
    found: Ids,
    words: Ids,
    back: npt.NDArray[np.uint8],
    starts: npt.NDArray[np.int64],
    lengths: npt.NDArray[np.int64],
) -> None:
    """Write the words of each clause's best cut into `found`, from its end to its beginning."""
    places = starts + lengths
    while len(starts):
        length = back[places].astype(np.int64)
        places = places - length
        found[places] = words[length - 1, places]
        goes_on = places > starts
        starts, places = starts[goes_on], places[goes_on]


def _prefixes_of(numbers: dict[str, int]) -> list[_Prefixes]:
    """Return the beginnings of two and more characters of the words, by length."""
    found: list[dict[int, int]] = [{} for _ in range(LONGEST_WORD - 1)]
    for word, number in numbers.items():
        if len(word) > LONGEST_WORD or word in SPECIALS:
            continue
        for length in range(2, len(word)):
            found[length - 2].setdefault(hash_of_text(word[:length]), -1)
        if len(word) > 1:
            found[len(word) - 2][hash_of_text(word)] = number
    return [_table(rows) for rows in found]


def _table(rows: dict[int, int]) -> _Prefixes:
    hashes = np.array(sorted(rows), dtype=np.uint64)
    return _Prefixes(hashes, np.array([rows[int(value)] for value in hashes], dtype=np.int32))
