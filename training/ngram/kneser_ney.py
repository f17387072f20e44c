"""Estimate an n-gram as Kneser & Ney (1995) do, in bounded memory, and prune it while it is estimated.

Below the highest order an n-gram counts once for each token that was seen before it; discounting is
interpolated. (Pruning is said to hurt such lower orders, Chelba et al. 2010; here they are far better on text
of other kinds than plain counts: docs/experiments/ngram.md.) A source of weight 4 counts four times, but what
it says once was seen once: discounts go by plain counts, in the proportion that they take of them. Those
entries of an order are kept that save most (weighted difference, Seymore & Rosenfeld 1996); they are found
range by range, and never more than some times as many are held.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from training.ngram.counting import (
    MOST_PLACES,
    Alphabet,
    Counts,
    Keys,
    Span,
    Stream,
    continuations,
    count_ngrams,
    find,
    firsts_of_groups,
    spans_of,
    sums_of_groups,
)

DISCOUNTS: Final = np.array([0.0, 0.6, 0.9, 1.2])  # by count: 0, 1, 2, 3 and more
_HELD: Final[int] = 3  # times the entries that are wanted


@dataclass(frozen=True)
class CountedLevel:
    """The n-grams of one order, sorted by key. `log_prob`, `backoff`: natural logarithms."""

    keys: Keys
    log_prob: FloatArray
    backoff: FloatArray  # of the n-gram as a context, (n,)


@dataclass(frozen=True)
class Text:
    """A text to be counted, range by range, up to n-grams of the order `highest`."""

    streams: Sequence[Stream]
    alphabet: Alphabet
    highest: int
    most: int = MOST_PLACES  # places of the text in a range

    def spans(self) -> list[Span]:
        """Return the ranges of first tokens."""
        return spans_of(self.streams, self.alphabet, self.most)

    def plain(self, order: int, span: Span) -> Counts:
        """Return how often n-grams really occur."""
        return count_ngrams(self.streams, self.alphabet, order, span)

    def smoothed(self, order: int, span: Span, plain: Counts) -> Counts:
        """Return the counts that an order is estimated by: below the highest those of what stands before.

        Nothing stands before an n-gram that begins a clause: it keeps its plain counts.
        """
        if order == self.highest:
            return plain
        met = continuations(self.streams, self.alphabet, order, span)
        begins = self.alphabet.firsts(plain.keys, order) == self.alphabet.boundary
        return met + plain.where(begins & (find(met.keys, plain.keys) < 0))


def estimate_levels(
    text: Text, minimum: Sequence[int], entries: Sequence[int], report: bool = False
) -> list[CountedLevel]:
    """Return all orders; `minimum` (least plain count) and `entries` are per order from 2 on."""
    spans = text.spans()
    levels = [_unigrams(text, spans)]
    for least, most in zip(minimum, entries, strict=True):
        level = _estimate(text, levels, least, most, spans)
        levels[-1] = with_backoffs(levels, level, text.alphabet)
        levels.append(level)
        if report:
            print(f"order {len(levels)}: {len(level.keys):,} entries", flush=True)
    return levels


def with_backoffs(levels: Sequence[CountedLevel], upper: CountedLevel, alphabet: Alphabet) -> CountedLevel:
    """Return the last of `levels` with the backoff weights that make `upper` sum to one."""
    contexts = alphabet.contexts(upper.keys)
    starts = firsts_of_groups(contexts)
    seen = sums_of_groups(np.exp(upper.log_prob.astype(np.float64)), starts)
    shorter = log_prob(levels, alphabet.last(upper.keys, len(levels)), alphabet)
    below = sums_of_groups(np.exp(shorter.astype(np.float64)), starts)
    last = levels[-1]
    backoff = np.zeros(len(last.keys), np.float32)
    weight = np.log(np.maximum(1 - seen, 1e-4) / np.maximum(1 - below, 1e-4))
    backoff[find(last.keys, contexts[starts])] = weight
    return CountedLevel(last.keys, last.log_prob, backoff)


def log_prob(levels: Sequence[CountedLevel], keys: Keys, alphabet: Alphabet) -> FloatArray:
    """Return log P(last token | the tokens before it) of packed n-grams of order len(levels)."""
    if len(levels) == 1:
        return levels[0].log_prob[keys.astype(np.int64)]
    level, lower = levels[-1], levels[:-1]
    places = find(level.keys, keys)
    missing = places < 0
    rest = keys[missing]
    contexts = find(lower[-1].keys, alphabet.contexts(rest))
    backoff = np.where(contexts >= 0, lower[-1].backoff[contexts], np.float32(0))
    values = np.empty(len(keys), np.float32)
    values[~missing] = level.log_prob[places[~missing]]
    values[missing] = backoff + log_prob(lower, alphabet.last(rest, len(lower)), alphabet)
    return values


def discounts_of(counts: Counts) -> npt.NDArray[np.float64]:
    """Return what is taken of each n-gram's weight for n-grams never seen."""
    return counts.weighted * DISCOUNTS[np.minimum(counts.times, 3)] / counts.times


def _unigrams(text: Text, spans: Sequence[Span]) -> CountedLevel:
    """Return order 1, dense over the tokens, add-half smoothed."""
    n_token = text.alphabet.n_token
    dense = np.zeros(n_token)
    for span in spans:
        counts = text.smoothed(1, span, text.plain(1, span))
        dense += np.bincount(counts.keys.astype(np.int64), counts.weighted, n_token)
    values = np.log((dense + 0.5) / (dense.sum() + 0.5 * n_token)).astype(np.float32)
    return CountedLevel(np.arange(n_token, dtype=np.uint64), values, np.zeros(n_token, np.float32))


@dataclass(frozen=True)
class _Candidates:
    """n-grams of one order that may become entries, and the nats of text that each saves."""

    keys: Keys
    log_prob: FloatArray
    saved: FloatArray

    def best(self, entries: int) -> _Candidates:
        if len(self.keys) <= entries:
            return self
        kept = np.sort(np.argpartition(-self.saved, entries)[:entries])
        return _Candidates(self.keys[kept], self.log_prob[kept], self.saved[kept])

    def __add__(self, other: _Candidates) -> _Candidates:
        return _Candidates(
            np.concatenate([self.keys, other.keys]),
            np.concatenate([self.log_prob, other.log_prob]),
            np.concatenate([self.saved, other.saved]),
        )


def _estimate(
    text: Text, lower: Sequence[CountedLevel], minimum: int, entries: int, spans: Sequence[Span]
) -> CountedLevel:
    """Return the best `entries` n-grams of the order above `lower`, those seen `minimum` times considered."""
    none = np.zeros(0, np.float32)
    held = _Candidates(np.zeros(0, np.uint64), none, none)
    for span in spans:
        held += _candidates(text, lower, minimum, span)
        if len(held.keys) > _HELD * entries:
            held = held.best(entries)
    held = held.best(entries)
    return CountedLevel(held.keys, held.log_prob, np.zeros(len(held.keys), np.float32))


def _candidates(text: Text, lower: Sequence[CountedLevel], minimum: int, span: Span) -> _Candidates:
    """Return the n-grams that begin in `span`; only those whose context is an entry, which they hang on."""
    alphabet, order = text.alphabet, len(lower) + 1
    plain = text.plain(order, span)
    counts = text.smoothed(order, span, plain)
    contexts = alphabet.contexts(counts.keys)
    starts = firsts_of_groups(contexts)
    group = np.repeat(np.arange(len(starts)), np.diff(np.append(starts, len(contexts))))
    discounts = discounts_of(counts)
    totals = sums_of_groups(counts.weighted, starts)
    gamma = sums_of_groups(discounts, starts) / totals
    places = find(plain.keys, counts.keys)
    is_context = find(lower[-1].keys, contexts[starts]) >= 0
    kept = (places >= 0) & (plain.times[places] >= minimum) & is_context[group]
    keys, group = counts.keys[kept], group[kept]
    shorter = log_prob(lower, alphabet.last(keys, order - 1), alphabet).astype(np.float64)
    backed_off = gamma[group] * np.exp(shorter)
    full = (counts.weighted - discounts)[kept] / totals[group] + backed_off
    # What the text loses if the entry goes and its context backs off instead.
    saved = plain.weighted[places[kept]] * np.log(full / np.maximum(backed_off, 1e-30))
    return _Candidates(keys, np.log(full).astype(np.float32), saved.astype(np.float32))
