"""Score the next reading by a text: its n-gram counts, which fade, are mixed into a score.

The text is what the user has committed, or what stands before the caret.

The mixture is a hierarchy of caches with the decoder at its root (Kuhn & De Mori 1990), in the form of
absolute discounting (Ney et al. 1994) with the weight of Witten & Bell (1991). With M what decoder and n-gram
say, v the last token, and n(v) how many different readings followed it:

P1(r) = M(r) + w(s) (share of r among the user's readings of its syllable s - M's share of it) M(s)
    P2(r) = max(c(v r) - d, 0) / (c(v) + k2 n(v)) + (what is left) P1(r)
    P3(r) = the same behind the last two tokens, over P2, with k3

So a history that the user never wrote leaves M as it is; one occurrence counts for 1 - d and is evidence, not
proof; and the more different readings followed a history, the more is left to M: behind 墨 of 墨音 the user
is heard, behind 的 the decoder, which sees the whole text before. The first level keeps M's mass of each
syllable: it says which hanzi the user means by `xi`, not how often the user writes `xi`.

Counts halve every `half_life` commits. The clock ticks in steps of `_TICK` commits, so that what is compiled
for a history stays valid between two of them.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray
from engine.lexicon.vocabulary import Vocabulary

_TICK: Final[int] = 64
_SHIFT: Final[int] = 16  # a history of two tokens is one key: (first + 1) << 16 | second
NO_TOKEN: Final[int] = -1  # in a sequence: nothing is known here, what follows has no history

History = tuple[int, int]  # the token before the last, or NO_TOKEN, and the last token


@dataclass(frozen=True)
class MixOptions:
    """The strengths of the mixture; chosen by `benchmark replay` (docs/experiments/learning.md)."""

    half_life: float = 1000.0  # commits
    syllable_weight: float = 0.01  # w of a syllable written often
    syllable_prior: float = 50.0  # occurrences at which w is half of that
    discount: float = 0.8  # d
    bigram_prior: float = 15.0  # k2
    trigram_prior: float = 4.0  # k3


@dataclass(frozen=True, slots=True)
class _Compiled:
    """The scores of one history: tokens ascending, what each gets, and what is left to the level below."""

    tokens: list[int]
    shares: list[float]
    backoff: float


class CacheCounts:
    """Counts of the readings of a user, or of a text, up to trigrams."""

    def __init__(self, vocabulary: Vocabulary, options: MixOptions | None = None) -> None:
        self._options = options or MixOptions()
        self._n_special = vocabulary.n_special
        syllables = vocabulary.class_of_token[vocabulary.n_special :]
        _, self._cuts, self._slice_of_reading = np.unique(syllables, return_index=True, return_inverse=True)
        self._unigrams = np.zeros(len(vocabulary), dtype=np.float64)
        self._weights: FloatArray = np.zeros(len(vocabulary), dtype=np.float32)  # w, by reading
        self._shares: FloatArray = np.zeros(len(vocabulary), dtype=np.float32)  # w times the user's share
        self._followers: dict[int, dict[int, float]] = {}
        self._stored = _Stored({}, [], [], [])  # what was loaded of histories that were not asked for yet
        self._compiled: dict[int, _Compiled] = {}
        self._commits = 0

    @property
    def is_empty(self) -> bool:
        return self._commits == 0

    def observe(self, tokens: Sequence[int], n_history: int = 0) -> Undo:
        """Count one commit: all of `tokens` but the first `n_history`, which are the text before.

        Returns what undoes it.
        """
        undo = Undo(self._commits)
        weight = 2.0 ** (self._commits / self._options.half_life)
        for i in range(n_history, len(tokens)):
            token = tokens[i]
            if token < self._n_special:
                continue
            undo.unigrams.append((token, float(self._unigrams[token])))
            self._unigrams[token] += weight
            last = tokens[i - 1] if i > 0 else NO_TOKEN
            if last != NO_TOKEN:
                self._count(last, token, weight, undo)
                before = tokens[i - 2] if i > 1 else NO_TOKEN
                if before != NO_TOKEN:
                    self._count(_key(before, last), token, weight, undo)
        self._tick(self._commits + 1)
        return undo

    def undo(self, undo: Undo) -> None:
        """Restore what was before the last `observe`, exactly."""
        for token, count in reversed(undo.unigrams):
            self._unigrams[token] = count
        for key, token, weight in reversed(undo.followers):
            if weight is not None:
                self._followers[key][token] = weight
            else:
                del self._followers[key][token]
                if not self._followers[key]:
                    del self._followers[key]
            self._compiled.pop(key, None)
        self._tick(undo.commits)

    def load(self, tokens: npt.NDArray[np.int64], commits: npt.NDArray[np.int64], n_commit: int) -> None:
        """Count a whole log at once, in place of what was counted before.

        tokens: (n,), NO_TOKEN between two commits; commits: (n,), which commit each belongs to, -1 for
        what is only history.
        """
        weights = 2.0 ** (commits / self._options.half_life)
        is_reading = (tokens >= self._n_special) & (commits >= 0)
        self._unigrams = np.bincount(
            tokens[is_reading], weights[is_reading], minlength=len(self._unigrams)
        ).astype(np.float64)
        self._followers, self._compiled = {}, {}
        last = np.concatenate([[NO_TOKEN], tokens[:-1]])
        before = np.concatenate([[NO_TOKEN], last[:-1]])
        seen = is_reading & (last != NO_TOKEN)
        pairs = seen & (before != NO_TOKEN)
        keys = np.concatenate([last[seen], _key(before[pairs], last[pairs])])
        both = np.concatenate([tokens[seen], tokens[pairs]])
        self._stored = _Stored.of(keys, both, np.concatenate([weights[seen], weights[pairs]]))
        self._commits = n_commit
        self._weigh()

    def mix(
        self,
        probabilities: FloatArray,  # (m, n), changed in place
        histories: Sequence[History],
        start: int,
        cuts: npt.NDArray[np.intp],  # first column of each syllable
        slice_of_column: npt.NDArray[np.intp],
    ) -> None:
        """Mix into P(reading | history) of the readings [start, start + n)."""
        end = start + probabilities.shape[1]
        weights = self._weights[start:end]
        if weights.any():
            sums = np.add.reduceat(probabilities, cuts, axis=1)
            probabilities *= 1 - weights
            probabilities += sums.take(slice_of_column, axis=1) * self._shares[start:end]
        self._mix_level(probabilities, [last for _, last in histories], start, end)
        pairs = [_key(*history) if history[0] != NO_TOKEN else NO_TOKEN for history in histories]
        self._mix_level(probabilities, pairs, start, end)

    # Internals.

    def _mix_level(self, probabilities: FloatArray, keys: list[int], start: int, end: int) -> None:
        known = {key: compiled for key in dict.fromkeys(keys) if (compiled := self._compiled_of(key))}
        if not known:
            return
        rows: list[int] = []
        columns: list[int] = []
        shares: list[float] = []
        backoffs = [1.0] * len(keys)
        for row, key in enumerate(keys):
            compiled = known.get(key)
            if compiled is None:
                continue
            backoffs[row] = compiled.backoff
            tokens = compiled.tokens
            first = bisect_left(tokens, start)
            for i in range(first, bisect_left(tokens, end, first)):
                rows.append(row)
                columns.append(tokens[i] - start)
                shares.append(compiled.shares[i])
        if min(backoffs) < 1.0:
            probabilities *= np.array(backoffs, dtype=np.float32)[:, None]
        if rows:
            probabilities[rows, columns] += np.array(shares, dtype=np.float32)

    def _compiled_of(self, key: int) -> _Compiled | None:
        """Return the scores of a history; None if nothing ever followed it."""
        compiled = self._compiled.get(key)
        if compiled is None and self._followers_of(key) is not None:
            compiled = self._compile(key)
        return compiled

    def _compile(self, key: int) -> _Compiled:
        """Return the scores of a history; readings that get nothing count only by their number."""
        options, is_pair, scale = self._options, key >> _SHIFT > 0, self._scale()
        counts = {token: count * scale for token, count in sorted(self._followers[key].items())}
        prior = options.trigram_prior if is_pair else options.bigram_prior
        total = sum(count + prior * min(count, 1.0) for count in counts.values())
        discounted = {token: count - options.discount for token, count in counts.items()}
        shares = {token: count / total for token, count in discounted.items() if count > 0}
        compiled = _Compiled(list(shares), list(shares.values()), 1.0 - sum(shares.values()))
        self._compiled[key] = compiled
        return compiled

    def _followers_of(self, key: int) -> dict[int, float] | None:
        """Return the counts of what followed a history; None if nothing ever did."""
        followers = self._followers.get(key)
        if followers is None:
            followers = self._stored.take(key)
            if followers is not None:
                self._followers[key] = followers
        return followers

    def _count(self, key: int, token: int, weight: float, undo: Undo) -> None:
        followers = self._followers_of(key)
        if followers is None:
            followers = self._followers[key] = {}
        undo.followers.append((key, token, followers.get(token)))
        followers[token] = followers.get(token, 0.0) + weight
        self._compiled.pop(key, None)

    def _tick(self, commits: int) -> None:
        """Move the clock to `commits`; in another step of it everything weighs otherwise."""
        if commits // _TICK != self._commits // _TICK:
            self._compiled.clear()
        self._commits = commits
        self._weigh()

    def _scale(self) -> float:
        """Return what a stored count is worth now; one of the newest is worth 1, or a little more."""
        return float(2.0 ** -(self._commits // _TICK * _TICK / self._options.half_life))

    def _weigh(self) -> None:
        """Bring the weights and shares of all readings up to date."""
        counts = self._unigrams[self._n_special :] * self._scale()
        sums = np.add.reduceat(counts, self._cuts).take(self._slice_of_reading)
        weights = self._options.syllable_weight * sums / (sums + self._options.syllable_prior)
        self._weights[self._n_special :] = weights
        self._shares[self._n_special :] = weights * counts / np.maximum(sums, 1e-9)


class _Stored:
    """The followers of many histories as flat lists: a user's log has 30,000, a menu asks for some dozens."""

    def __init__(self, places: dict[int, int], bounds: list[int], tokens: Any, weights: Any) -> None:
        self._places, self._bounds, self._tokens, self._weights = places, bounds, tokens, weights

    @classmethod
    def of(
        cls, keys: npt.NDArray[np.int64], tokens: npt.NDArray[np.int64], weights: npt.NDArray[np.float64]
    ) -> _Stored:
        """Build the lists from histories, what followed each, and its weight, in any order."""
        order = np.argsort(keys << _SHIFT | tokens, kind="stable")
        keys, tokens, weights = keys[order], tokens[order], weights[order]
        firsts = np.flatnonzero(np.diff(keys, prepend=-1) | np.diff(tokens, prepend=-1))
        if not len(firsts):
            return cls({}, [], [], [])
        sums, keys, tokens = np.add.reduceat(weights, firsts), keys[firsts], tokens[firsts]
        bounds = np.flatnonzero(np.diff(keys, prepend=-1))
        places = dict(zip(keys[bounds].tolist(), range(len(bounds)), strict=True))
        return cls(places, [*bounds.tolist(), len(keys)], tokens, sums)

    def take(self, key: int) -> dict[int, float] | None:
        """Remove and return the followers of a history."""
        place = self._places.pop(key, None)
        if place is None:
            return None
        start, end = self._bounds[place], self._bounds[place + 1]
        tokens, weights = self._tokens[start:end].tolist(), self._weights[start:end].tolist()
        return dict(zip(tokens, weights, strict=True))


class Undo:
    """The values that one `observe` replaced."""

    def __init__(self, commits: int) -> None:
        self.commits = commits
        self.unigrams: list[tuple[int, float]] = []
        self.followers: list[tuple[int, int, float | None]] = []


def _key(before: Any, last: Any) -> Any:
    """Return the key of a history of two tokens; the key of one token is the token."""
    return (before + 1) << _SHIFT | last
