"""`python -m training ngram`: counts over all of the corpus to a pruned, quantised n-gram file.

A 4-gram over reading ids by interpolated absolute discounting (Ney, Essen & Kneser 1994) with
plain counts at every order, because Kneser-Ney's lower orders suffer from pruning (Chelba et al.
2010), then weighted-difference pruning (Seymore & Rosenfeld 1996) to a number of entries. Writes
the arrays that `engine.ngram` reads; knows nothing of the search.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.lexicon import Lexicon
from engine.ngram import BOUNDARY_MARKS, LEVELS, pack_levels
from engine.vocabulary import SPECIALS, START, UNKNOWN, Vocabulary
from training.data import Shards, note_on_weights
from training.files import save_whole

BITS: Final[int] = 14  # a token id in a packed key; four fit into 56 bits
BOUNDARY: Final[int] = SPECIALS.index(START)
UNFITTED: Final = (0.3, 0.3, 0.5, 0.7)  # mixing weights until `fit_weights` has seen the decoder
WORD_TIMES: Final[int] = 4
HOLE: Final[int] = SPECIALS.index(UNKNOWN)  # stands between words of a list: nothing is counted across it
DISCOUNTS: Final = np.array([0.0, 0.6, 0.9, 1.2])  # by count: 0, 1, 2, 3 and more
Keys = npt.NDArray[np.uint64]


@dataclass(frozen=True)
class Level:
    """The n-grams of one order, sorted by key. `log_prob`, `backoff`: natural logarithms."""

    keys: Keys
    counts: npt.NDArray[np.int64]
    log_prob: npt.NDArray[np.float32]
    backoff: npt.NDArray[np.float32]  # of the n-gram as a context, (n,)


def clause_stream(shards: Shards, weights: dict[str, float], seed: int = 0) -> npt.NDArray[np.uint16]:
    """All sources as one stream, every clause boundary one BOUNDARY.

    A source of weight w stands in it w times on average, by blocks of 65,536 tokens.
    """
    boundary = np.zeros(1 << 16, dtype=bool)
    boundary[[SPECIALS.index(mark) for mark in BOUNDARY_MARKS]] = True
    rng = np.random.default_rng(seed)
    parts = [np.array([BOUNDARY], dtype=np.uint16)]
    for name, stream in shards.streams.items():
        for block in _blocks(stream):
            tokens = np.where(boundary[block], BOUNDARY, block).astype(np.uint16)
            kept = tokens[(tokens != BOUNDARY) | (np.roll(tokens, 1) != BOUNDARY)]
            times = int(weights.get(name, 1.0) + rng.random())
            parts.extend([kept] * times)
            parts.append(parts[0])
    stream = np.concatenate(parts)
    again = (stream[1:] == BOUNDARY) & (stream[:-1] == BOUNDARY)
    return stream[np.concatenate(([True], ~again))]


def word_stream(words: Iterable[Sequence[int]], times: int) -> npt.NDArray[np.uint16]:
    """Words (token ids) to append to a clause stream, each `times` times, with holes between."""
    tokens = [token for word in words for token in (HOLE, *word)]
    return np.array([*(tokens * times), HOLE], dtype=np.uint16)


def _blocks(stream: npt.NDArray[np.uint16]) -> Iterator[npt.NDArray[np.uint16]]:
    for start in range(0, len(stream), 1 << 16):
        yield np.asarray(stream[start : start + (1 << 16)])


def count(stream: npt.NDArray[np.uint16], order: int) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Distinct n-grams (packed keys, ascending) and how often each occurs.

    A boundary may only be the first token (the clause begins) or the last (it ends).
    """
    n = len(stream) - order + 1
    keys = np.zeros(n, dtype=np.uint64)
    valid = np.ones(n, dtype=bool)
    for i in range(order):
        tokens = stream[i : i + n]
        keys = (keys << np.uint64(BITS)) | tokens
        if 0 < i < order - 1:
            valid &= tokens != BOUNDARY
        valid &= tokens != HOLE
    keys = keys[valid]
    keys.sort()
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.diff(np.append(starts, len(keys)))


def _contexts(keys: Keys) -> tuple[Keys, npt.NDArray[np.int64]]:
    """Distinct contexts of sorted keys and where the group of each begins."""
    contexts = keys >> np.uint64(BITS)
    starts = np.flatnonzero(np.concatenate(([True], contexts[1:] != contexts[:-1])))
    return contexts[starts], starts


def find(keys: Keys, wanted: Keys) -> npt.NDArray[np.int64]:
    """Index of each wanted key in sorted `keys`, -1 where it is not there."""
    places = np.minimum(np.searchsorted(keys, wanted), len(keys) - 1)
    return np.where(keys[places] == wanted, places, -1)


def unigrams(stream: npt.NDArray[np.uint16], n_token: int) -> Level:
    """Order 1, dense over the vocabulary, add-half smoothed."""
    counts = np.bincount(stream, minlength=n_token).astype(np.int64)
    log_prob = np.log((counts + 0.5) / (counts.sum() + 0.5 * n_token))
    return Level(np.arange(n_token, dtype=np.uint64), counts, log_prob.astype(np.float32), _zeros(n_token))


def _zeros(n: int) -> npt.NDArray[np.float32]:
    return np.zeros(n, dtype=np.float32)


def estimate(
    stream: npt.NDArray[np.uint16], order: int, lower: list[Level], minimum: int, entries: int
) -> Level:
    """The best `entries` n-grams of an order, those seen at least `minimum` times considered.

    Only n-grams whose context is an entry of the order below are kept: they hang on it.
    """
    keys, counts = count(stream, order)
    contexts, starts = _contexts(keys)
    totals = np.add.reduceat(counts, starts)
    freed = np.add.reduceat(DISCOUNTS[np.minimum(counts, 3)], starts)
    gamma = freed / totals
    kept = counts >= minimum
    keys, counts = keys[kept], counts[kept]
    group = np.searchsorted(contexts, keys >> np.uint64(BITS))
    hangs = find(lower[-1].keys, contexts)[group] >= 0
    keys, counts, group = keys[hangs], counts[hangs], group[hangs]
    mask = np.uint64((1 << (BITS * (order - 1))) - 1)
    backed_off = np.exp(log_prob(lower, keys & mask))
    own = (counts - DISCOUNTS[np.minimum(counts, 3)]) / totals[group]
    full = own + gamma[group] * backed_off
    # What the model loses if the entry goes and its context backs off instead.
    loss = counts * (np.log(full) - np.log(np.maximum(gamma[group] * backed_off, 1e-30)))
    if len(keys) > entries:
        best = np.sort(np.argpartition(-loss, entries)[:entries])
        keys, counts, full = keys[best], counts[best], full[best]
    return Level(keys, counts, np.log(full).astype(np.float32), _zeros(len(keys)))


def with_backoffs(levels: list[Level], upper: Level) -> Level:
    """The last of `levels` with the backoff weights that make `upper` sum to one."""
    mask = np.uint64((1 << (BITS * len(levels))) - 1)
    contexts, starts = _contexts(upper.keys)
    seen = np.add.reduceat(np.exp(upper.log_prob.astype(np.float64)), starts)
    below = np.add.reduceat(np.exp(log_prob(levels, upper.keys & mask).astype(np.float64)), starts)
    weight = np.log(np.maximum(1 - seen, 1e-4) / np.maximum(1 - below, 1e-4))
    last = levels[-1]
    backoff = _zeros(len(last.keys))
    backoff[find(last.keys, contexts)] = weight
    return Level(last.keys, last.counts, last.log_prob, backoff)


def log_prob(levels: list[Level], keys: Keys) -> npt.NDArray[np.float32]:
    """log P(last token | the tokens before it) of packed n-grams of order len(levels)."""
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


def build(
    stream: npt.NDArray[np.uint16], n_token: int, minimum: tuple[int, ...], entries: tuple[int, ...]
) -> list[Level]:
    """All orders; `minimum` and `entries` are per order from 2 on."""
    levels = [unigrams(stream, n_token)]
    for order, (least, most) in enumerate(zip(minimum, entries, strict=True), start=2):
        upper = estimate(stream, order, levels, least, most)
        levels[-1] = with_backoffs(levels, upper)
        levels.append(upper)
        print(f"order {order}: {len(upper.keys):,} entries", flush=True)
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
    stream = clause_stream(shards, weights)
    if lexicon is not None:
        words = [word.tokens for word in Lexicon.load(lexicon, vocabulary).words()]
        stream = np.concatenate([stream, word_stream(words, WORD_TIMES)])
    print(f"{len(stream):,} tokens in clauses", flush=True)
    levels = build(stream, len(vocabulary), minimum, entries)
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
