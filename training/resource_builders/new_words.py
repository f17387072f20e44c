"""Find words in running text that no list has: 微信, 盲盒, 直播带货.

A sequence of two to four readings is taken for a word where it holds together and stands free:

    cohesion   the pointwise mutual information of the two parts that it falls into most easily (Church &
               Hanks 1990, "Word association norms, mutual information, and lexicography")
    freedom    the entropy of what stands before it, and of what stands behind it, the smaller of both
               (Jin & Tanaka-Ishii 2006, "Unsupervised segmentation of Chinese text by use of branching
               entropy"); the end of a clause counts as something else each time

Both in nats. It has to be met in several sources, none of which may have most of it; what begins or ends with
a hanzi of grammar, a numeral or a measure is a phrase and no word; what mostly stands inside a longer
sequence that is met as often is a part of it. The text is the shards that `prepare` wrote, so readings are
known.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.vocabulary import Vocabulary
from engine.spelling.syllable import SYLLABLES
from training.ngram.counting import find

LONGEST: Final[int] = 4  # hanzi

# Words of grammar, numerals and measures.
EDGES: Final[frozenset[str]] = frozenset(
    "的了是在有和就不也都我你他她它这那很被把将与及或等而但又还却着过吗呢吧啊呀哦嘛么得地之其所以于从向对为给让由自请说看年月日号"
    "时岁次第个项届名位条种只些每各该本此某两一二三四五六七八九十几多再已正要会能可想去来到中上下里内外前后间并且若如因则才仅曾最"
    "更太真好没未无非使跟找住"
)

_BITS: Final[int] = 14  # a token id in a packed key
_MASK: Final[int] = (1 << _BITS) - 1
_Stream = npt.NDArray[Any]  # token ids of one source
_Keys = npt.NDArray[np.uint64]
_Ids = npt.NDArray[np.int64]
_Values = npt.NDArray[np.float64]


@dataclass(frozen=True)
class FoundWord:
    """A sequence of hanzi that looks like a word, its syllables, and how often the text has it."""

    text: str
    syllables: tuple[str, ...]
    count: int


@dataclass(frozen=True)
class WordLimits:
    """What a sequence must reach; the defaults are for 200 M tokens of 100 sources.

    `count` and `sources` are the least, `share` is the most that one source may have of it, `inside` the most
    of its places that one longer sequence may have. `cohesion` and `freedom` in nats, for two, three and four
    hanzi.
    """

    count: int = 30
    sources: int = 6
    share: float = 0.8
    inside: float = 0.6
    cohesion: tuple[float, ...] = (3.5, 4.5, 5.5)
    freedom: tuple[float, ...] = (2.4, 2.2, 2.2)


@dataclass(frozen=True)
class _Level:
    """The frequent sequences of one length: packed token ids, ascending, and how often each is met."""

    keys: _Keys
    counts: _Values


def find_words(
    streams: Mapping[str, _Stream], vocabulary: Vocabulary, limits: WordLimits | None = None
) -> list[FoundWord]:
    """Return what looks like a word in the streams of token ids, by length, then in the order of its ids.

    Some 50 bytes of memory a token. A text in two readings is found in each that reaches the limits.
    """
    limits = limits or WordLimits()
    text = _Text(streams, vocabulary.n_special)
    levels = {1: text.level(1, 1)} | {n: text.level(n, limits.count) for n in range(2, LONGEST + 1)}
    parts = _largest_wholes(levels)
    found: list[FoundWord] = []
    for n in range(2, LONGEST + 1):
        level = levels[n]
        kept = _cohesion(n, levels, text.n_hanzi) >= limits.cohesion[n - 2]
        kept &= parts.get(n, np.zeros(len(level.keys))) < limits.inside * level.counts
        keys, counts = level.keys[kept], level.counts[kept]
        sources, share = text.spread(n, keys)
        good = (sources >= limits.sources) & (share <= limits.share)
        good &= text.freedom(n, keys) >= limits.freedom[n - 2]
        rows = zip(keys[good].tolist(), counts[good].tolist(), strict=True)
        found += (word for word in _words(rows, n, vocabulary) if not {word.text[0], word.text[-1]} & EDGES)
    return found


class _Text:
    """All streams in a row, a boundary behind each."""

    def __init__(self, streams: Mapping[str, _Stream], n_special: int) -> None:
        ends = [np.zeros(1, np.uint16)]
        self._tokens = np.concatenate([part for s in streams.values() for part in (s, *ends)] or ends)
        lengths = [len(stream) + 1 for stream in streams.values()]
        self._source = np.repeat(np.arange(len(lengths), dtype=np.int16), lengths)
        self._is_hanzi = self._tokens >= n_special
        self.n_hanzi = int(self._is_hanzi.sum())

    def level(self, n: int, least: int) -> _Level:
        """Return the sequences of n hanzi that are met `least` times."""
        keys, _ = self._sequences(n)
        keys.sort()
        firsts = np.flatnonzero(np.diff(keys, prepend=keys[:1] + np.uint64(1)))
        counts = np.diff(np.append(firsts, len(keys)))
        frequent = counts >= least
        return _Level(keys[firsts][frequent], counts[frequent].astype(np.float64))

    def spread(self, n: int, keys: _Keys) -> tuple[_Ids, _Values]:
        """Return in how many sources each sequence stands, and the largest share that one source has."""
        numbers, places = self._places_of(n, keys)
        n_source = int(self._source.max(initial=0)) + 1
        pairs, counts = np.unique(numbers * n_source + self._source[places], return_counts=True)
        of_pair = pairs // n_source
        most = np.zeros(len(keys))
        np.maximum.at(most, of_pair, counts)
        totals = np.bincount(numbers, minlength=len(keys))
        return np.bincount(of_pair, minlength=len(keys)), most / np.maximum(totals, 1)

    def freedom(self, n: int, keys: _Keys) -> _Values:
        """Return the smaller of the entropies, in nats, of what stands before and behind each sequence."""
        numbers, places = self._places_of(n, keys)
        return np.minimum(
            self._entropy(numbers, places - 1, len(keys)), self._entropy(numbers, places + n, len(keys))
        )

    def _entropy(self, numbers: _Ids, beside: _Ids, n_key: int) -> _Values:
        """Return log c - sum of c_i log c_i / c over the neighbours i of each sequence; a boundary is new."""
        beside = np.clip(beside, 0, len(self._tokens) - 1)
        is_hanzi = self._is_hanzi[beside]
        pairs, counts = np.unique(
            numbers[is_hanzi] << _BITS | self._tokens[beside[is_hanzi]], return_counts=True
        )
        sums = np.bincount(pairs >> _BITS, counts * np.log(counts), n_key)
        totals = np.maximum(np.bincount(numbers, minlength=n_key), 1)
        return np.asarray(np.log(totals) - sums / totals)

    def _places_of(self, n: int, keys: _Keys) -> tuple[_Ids, _Ids]:
        """Return which of `keys`, ascending, stands at which places: two arrays of equal length."""
        found, places = self._sequences(n)
        numbers = find(keys, found)
        return numbers[numbers >= 0].astype(np.int64), places[numbers >= 0]

    def _sequences(self, n: int) -> tuple[_Keys, _Ids]:
        """Return the packed ids of all sequences of n hanzi, and where each begins."""
        last = max(len(self._tokens) - n + 1, 0)
        keys, inside = np.zeros(last, np.uint64), np.ones(last, np.bool_)
        for i in range(n):
            keys = keys << np.uint64(_BITS) | self._tokens[i : i + last].astype(np.uint64)
            inside &= self._is_hanzi[i : i + last]
        return keys[inside], np.flatnonzero(inside)


def _cohesion(n: int, levels: Mapping[int, _Level], total: int) -> _Values:
    """Return the mutual information of each sequence's parts, of the two that tell least of each other."""
    level, least = levels[n], np.full(len(levels[n].keys), np.inf)
    for length in range(1, n):
        first, second = _halves(level.keys, n, length)
        expected = _count(levels[length], first) * _count(levels[n - length], second)
        least = np.minimum(least, np.log(level.counts * total / expected))
    return least


def _largest_wholes(levels: Mapping[int, _Level]) -> dict[int, _Values]:
    """Return for each frequent sequence how often the commonest one is met that is longer by a hanzi."""
    found = {}
    for n in range(2, LONGEST):
        keys, longer = levels[n].keys, levels[n + 1]
        most = np.zeros(len(keys))
        for part in (_halves(longer.keys, n + 1, n)[0], _halves(longer.keys, n + 1, 1)[1]):
            np.maximum.at(most, find(keys, part), longer.counts)
        found[n] = most
    return found


def _halves(keys: _Keys, n: int, length: int) -> tuple[_Keys, _Keys]:
    """Return the keys of the first `length` and of the other tokens of sequences of n."""
    bits = _BITS * (n - length)
    return keys >> np.uint64(bits), keys & np.uint64((1 << bits) - 1)


def _count(level: _Level, keys: _Keys) -> _Values:
    """Return how often each is met; parts are met as often as their wholes at least, so all are there."""
    return level.counts[find(level.keys, keys)]


def _words(rows: Iterator[tuple[int, float]], n: int, vocabulary: Vocabulary) -> Iterator[FoundWord]:
    for key, count in rows:
        tokens = [key >> _BITS * (n - 1 - i) & _MASK for i in range(n)]
        syllables = (SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens)
        yield FoundWord(vocabulary.text(tokens), tuple(syllables), int(count))
