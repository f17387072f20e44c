"""Run `python -m training ngram`: counts over all of the corpus to a pruned, quantised n-gram file.

A 4-gram over reading ids, smoothed as Kneser & Ney (1995) do: below the highest order an n-gram counts once
for each token that was seen before it, then interpolated discounting, then weighted-difference pruning
(Seymore & Rosenfeld 1996) to a number of entries. (Pruning is said to hurt such lower orders, Chelba et al.
2010; here they are far better on text of other kinds than plain counts: docs/experiments/ngram.md.) A source
of weight 4 counts four times, but what it says once was seen once: discounts go by plain counts, in the
proportion that they take of them. The arrays are those that `engine.model.ngram` reads.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import SPECIALS, START, UNKNOWN, Vocabulary
from engine.model.ngram import BOUNDARY_MARKS, LEVELS, pack_levels
from training.checkpoint_files import save_whole
from training.corpus.shards import Shards, note_on_weights

BITS: Final[int] = 14  # a token id in a packed key; four fit into 56 bits
_WEIGHT_BITS: Final[int] = 8  # of a key, below the ids, while n-grams are counted
_WEIGHT_STEP: Final[float] = 1 / 32  # of a source's weight: 0.03 .. 7.97
_UNIT: Final[int] = 32  # the weight 1
BOUNDARY: Final[int] = SPECIALS.index(START)
UNFITTED: Final = (0.3, 0.3, 0.5, 0.7)  # mixing weights until `fit_weights` has seen the decoder
WORD_TIMES: Final[int] = 4
HOLE: Final[int] = SPECIALS.index(UNKNOWN)  # stands between words of a list: nothing is counted across it
DISCOUNTS: Final = np.array([0.0, 0.6, 0.9, 1.2])  # by count: 0, 1, 2, 3 and more
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Text:
    """Clauses in a row. tokens, weights: (n,), a weight in steps of `_WEIGHT_STEP`."""

    tokens: npt.NDArray[np.uint16]
    weights: npt.NDArray[np.uint8]

    def __add__(self, other: Text) -> Text:
        return Text(*(np.concatenate(pair) for pair in zip(_parts(self), _parts(other), strict=True)))


@dataclass(frozen=True)
class Counts:
    """Distinct n-grams (packed keys, ascending), how often each occurs, and the same by weight."""

    keys: Keys
    times: npt.NDArray[np.int64]
    weighted: npt.NDArray[np.float64]

    def where(self, kept: npt.NDArray[np.bool_]) -> Counts:
        return Counts(self.keys[kept], self.times[kept], self.weighted[kept])

    @property
    def discounts(self) -> npt.NDArray[np.float64]:
        """(n,): what is taken of `weighted` for n-grams never seen."""
        return self.weighted * DISCOUNTS[np.minimum(self.times, 3)] / self.times


@dataclass(frozen=True)
class Level:
    """The n-grams of one order, sorted by key. `log_prob`, `backoff`: natural logarithms."""

    keys: Keys
    log_prob: npt.NDArray[np.float32]
    backoff: npt.NDArray[np.float32]  # of the n-gram as a context, (n,)


def _parts(text: Text) -> tuple[npt.NDArray[np.uint16], npt.NDArray[np.uint8]]:
    return text.tokens, text.weights


def clause_text(shards: Shards, weights: dict[str, float]) -> Text:
    """Return all sources in a row, every clause boundary one BOUNDARY."""
    start = Text(np.array([BOUNDARY], dtype=np.uint16), np.full(1, _UNIT, dtype=np.uint8))
    parts = [start]
    for name, stream in shards.streams.items():
        is_boundary = np.isin(stream, [SPECIALS.index(mark) for mark in BOUNDARY_MARKS])
        tokens = np.where(is_boundary, BOUNDARY, stream).astype(np.uint16)
        code = np.clip(round(weights.get(name, 1.0) / _WEIGHT_STEP), 0, 255)
        if code:
            parts += [Text(tokens, np.full(len(tokens), code, dtype=np.uint8)), start]
    text = Text(*(np.concatenate(arrays) for arrays in zip(*map(_parts, parts), strict=True)))
    again = (text.tokens[1:] == BOUNDARY) & (text.tokens[:-1] == BOUNDARY)
    kept = np.concatenate(([True], ~again))
    return Text(text.tokens[kept], text.weights[kept])


def word_text(words: Iterable[Sequence[int]], times: int) -> Text:
    """Return words (token ids) to append to clauses, each `times` times, with holes between."""
    tokens = [token for word in words for token in (HOLE, *word)]
    stream = np.array([*(tokens * times), HOLE], dtype=np.uint16)
    return Text(stream, np.full(len(stream), _UNIT, dtype=np.uint8))


def count(text: Text, order: int) -> Counts:
    """Count the n-grams of one order.

    A boundary may only be the first token (the clause begins) or the last (it ends).
    """
    n = len(text.tokens) - order + 1
    keys = np.zeros(n, dtype=np.uint64)
    valid = np.ones(n, dtype=bool)
    for i in range(order):
        tokens = text.tokens[i : i + n]
        keys <<= np.uint64(BITS)
        keys |= tokens
        if 0 < i < order - 1:
            valid &= tokens != BOUNDARY
        valid &= tokens != HOLE
    keys <<= np.uint64(_WEIGHT_BITS)
    keys |= text.weights[order - 1 :]
    keys = keys[valid]
    keys.sort()
    ngrams = keys >> np.uint64(_WEIGHT_BITS)
    starts = np.flatnonzero(np.concatenate(([True], ngrams[1:] != ngrams[:-1])))
    weights = (keys & np.uint64((1 << _WEIGHT_BITS) - 1)).astype(np.uint8)
    weighted = np.add.reduceat(weights, starts, dtype=np.int64) * _WEIGHT_STEP
    return Counts(ngrams[starts], np.diff(np.append(starts, len(keys))), weighted)


def _contexts(keys: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Return distinct contexts of sorted keys and where the group of each begins."""
    contexts = keys >> np.uint64(BITS)
    starts = np.flatnonzero(np.concatenate(([True], contexts[1:] != contexts[:-1])))
    return contexts[starts], starts


def find(keys: Keys, wanted: Keys) -> npt.NDArray[np.int64]:
    """Return the index of each wanted key in sorted `keys`, -1 if it is not there."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def continuations(counts: Counts, upper: Counts, order: int) -> Counts:
    """Count one order by how many different tokens stand before an n-gram (`upper`: the order above).

    Where a clause begins nothing stands before: those n-grams keep their own counts.
    """
    lower = upper.keys & np.uint64((1 << (BITS * order)) - 1)
    by_key = np.argsort(lower, kind="stable")
    lower = lower[by_key]
    starts = np.flatnonzero(np.concatenate(([True], lower[1:] != lower[:-1])))
    weighted = np.add.reduceat((upper.weighted / upper.times)[by_key], starts)
    met = Counts(lower[starts], np.diff(np.append(starts, len(lower))), weighted)
    begins = counts.keys >> np.uint64(BITS * (order - 1)) == BOUNDARY
    first = counts.where(begins & (find(met.keys, counts.keys) < 0))
    keys = np.concatenate([met.keys, first.keys])
    place = np.argsort(keys, kind="stable")
    times = np.concatenate([met.times, first.times])[place]
    return Counts(keys[place], times, np.concatenate([met.weighted, first.weighted])[place])


def unigrams(counts: Counts, n_token: int) -> Level:
    """Order 1, dense over the vocabulary, add-half smoothed."""
    dense = np.bincount(counts.keys.astype(np.int64), counts.weighted, n_token)
    log_prob = np.log((dense + 0.5) / (dense.sum() + 0.5 * n_token))
    return Level(np.arange(n_token, dtype=np.uint64), log_prob.astype(np.float32), _zeros(n_token))


def _zeros(n: int) -> npt.NDArray[np.float32]:
    return np.zeros(n, dtype=np.float32)


def estimate(
    counts: Counts, plain: Counts, order: int, lower: list[Level], minimum: int, entries: int
) -> Level:
    """Return the best `entries` n-grams of an order, those seen at least `minimum` times considered.

    `plain` is how often each really occurs; that, not its smoothed count, says what losing it costs. Only
    n-grams whose context is an entry of the order below are kept, since they are stored under it.
    """
    contexts, starts = _contexts(counts.keys)
    totals = np.add.reduceat(counts.weighted, starts)
    gamma = np.add.reduceat(counts.discounts, starts) / totals
    group = np.searchsorted(contexts, counts.keys >> np.uint64(BITS))
    places = find(plain.keys, counts.keys)
    kept = (plain.times[places] >= minimum) & (find(lower[-1].keys, contexts)[group] >= 0)
    counts, group, frequency = counts.where(kept), group[kept], plain.weighted[places[kept]]
    mask = np.uint64((1 << (BITS * (order - 1))) - 1)
    backed_off = gamma[group] * np.exp(log_prob(lower, counts.keys & mask).astype(np.float64))
    full = (counts.weighted - counts.discounts) / totals[group] + backed_off
    keys = counts.keys
    if len(keys) > entries:
        # What the model loses if the entry goes and its context backs off instead.
        loss = frequency * (np.log(full) - np.log(np.maximum(backed_off, 1e-30)))
        best = np.sort(np.argpartition(-loss, entries)[:entries])
        print(f"order {order}: entries that save {loss[best].min():.1f} nats and more", flush=True)
        keys, full = keys[best], full[best]
    return Level(keys, np.log(full).astype(np.float32), _zeros(len(keys)))


def with_backoffs(levels: list[Level], upper: Level) -> Level:
    """Return the last of `levels` with the backoff weights that make `upper` sum to one."""
    mask = np.uint64((1 << (BITS * len(levels))) - 1)
    contexts, starts = _contexts(upper.keys)
    seen = np.add.reduceat(np.exp(upper.log_prob.astype(np.float64)), starts)
    below = np.add.reduceat(np.exp(log_prob(levels, upper.keys & mask).astype(np.float64)), starts)
    weight = np.log(np.maximum(1 - seen, 1e-4) / np.maximum(1 - below, 1e-4))
    last = levels[-1]
    backoff = _zeros(len(last.keys))
    backoff[find(last.keys, contexts)] = weight
    return Level(last.keys, last.log_prob, backoff)


def log_prob(levels: list[Level], keys: Keys) -> npt.NDArray[np.float32]:
    """Return log P(last token | the tokens before it) of packed n-grams of order len(levels)."""
    if len(levels) == 1:
        return levels[0].log_prob[keys.astype(np.int64)]
    level, lower = levels[-1], levels[:-1]
    places = find(level.keys, keys)
    mask = np.uint64((1 << (BITS * (len(levels) - 1))) - 1)
    missing = places < 0
    values = level.log_prob[places]
    rest = keys[missing]
    contexts = find(lower[-1].keys, rest >> np.uint64(BITS))
    backoff = np.where(contexts >= 0, lower[-1].backoff[contexts], np.float32(0))
    values[missing] = backoff + log_prob(lower, rest & mask)
    return values


def estimate_levels(
    text: Text, n_token: int, minimum: tuple[int, ...], entries: tuple[int, ...]
) -> list[Level]:
    """Return all orders; `minimum` and `entries` are per order from 2 on."""
    plain = [count(text, order) for order in range(1, len(entries) + 2)]
    pairs = enumerate(itertools.pairwise(plain), start=1)
    counts = [*(continuations(*pair, order) for order, pair in pairs), plain[-1]]
    levels = [unigrams(counts[0], n_token)]
    for order, (least, most) in enumerate(zip(minimum, entries, strict=True), start=2):
        level = estimate(counts[order - 1], plain[order - 1], order, levels, least, most)
        levels[-1] = with_backoffs(levels, level)
        levels.append(level)
        print(f"order {order}: {len(level.keys):,} entries", flush=True)
    return levels


def make_ngram(
    data: Path,
    output: Path,
    weights: dict[str, float],
    minimum: tuple[int, ...],
    entries: tuple[int, ...],
    lexicon: Path | None = None,
) -> None:
    """Count, estimate, prune, quantise and write OUT (npz).

    The words of `lexicon` are counted in as if each had stood WORD_TIMES times in the text.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    shards = Shards(data, "train", vocabulary)
    if note := note_on_weights(shards, weights):
        print(note)
    text = clause_text(shards, weights)
    if lexicon is not None:
        words = [word.tokens for word in Lexicon.load(lexicon, vocabulary).words()]
        text += word_text(words, WORD_TIMES)
    print(f"{len(text.tokens):,} tokens in clauses", flush=True)
    levels = estimate_levels(text, len(vocabulary), minimum, entries)
    assert len(levels) == LEVELS
    arrays = pack_levels(
        [
            (
                level.keys & np.uint64((1 << BITS) - 1),
                level.keys >> np.uint64(BITS),
                level.log_prob,
                level.backoff,
            )
            for level in levels
        ],
        UNFITTED,
    )
    with save_whole(output) as file:  # through a file: savez would add .npz to another name
        np.savez_compressed(file, **arrays)
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
