"""Score words by how often the user wrote them: a cache over the n-gram of words.

The n-gram of words knows what people write, not what this user writes about: 敷铜 is hardly a word to it. The
cache is a hierarchy as that of `engine.user_model.cache_lm` (Kuhn & De Mori 1990), over words, with the
weights of Witten & Bell (1991). With M what the n-gram says of a word w behind a history that ends with v,
c(w) how often the user wrote w, N the sum of these, and n(v) how many different words followed v:

    P1(w) = (1 - a) M(w) + a c(w) / N,    a = share * N / (N + prior)
    P2(w) = (c(v w) + k n(v) P1(w)) / (c(v) + k n(v))

Words are known by hashes, 0 is the boundary of a clause. How text is cut into words is told from outside, by
the n-gram of the bundle (`cut_by`). Counts halve every `half_life` commits.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

from engine.lexicon.vocabulary import LATIN, NUMBER, SPECIALS, SYMBOL, Vocabulary

BOUNDARY: Final[int] = 0
_UNKNOWN_WORD: Final[int] = -1  # a word before that is not known: no history

_MOST_LOADED: Final[int] = 3000  # commits; at a half-life of 1,000 what is older weighs less than an eighth
_LEAST_CHANCE: Final[float] = 1e-30
_GO_ON: Final[frozenset[int]] = frozenset(SPECIALS.index(name) for name in (NUMBER, LATIN, SYMBOL))

CutTexts = Callable[[Sequence[str]], list[tuple[int, ...]]]  # runs of hanzi to the hashes of their words


@dataclass(frozen=True)
class WordCacheOptions:
    """The strengths of the cache: docs/experiments.md, "The user's words in the second pass"."""

    share: float = 0.6  # of the user's words, where many were written
    prior: float = 2000.0  # words at which the share is half of that
    bigram_prior: float = 2.0  # k


@dataclass(frozen=True)
class _Run:
    """Hanzi that stand together in a commit; `before`: BOUNDARY, or _UNKNOWN_WORD."""

    text: str
    before: int


@dataclass
class WordUndo:
    """The values that one commit replaced, None where there was none."""

    total: float
    words: list[tuple[int, float | None]] = field(default_factory=list)
    followers: list[tuple[int, int, float | None, float | None]] = field(default_factory=list)


class WordCache:
    """How often the user wrote words, and words behind others."""

    def __init__(
        self, vocabulary: Vocabulary, half_life: float = 1000.0, options: WordCacheOptions | None = None
    ) -> None:
        self._options = options or WordCacheOptions()
        self._half_life = half_life
        self._n_special = vocabulary.n_special
        self._texts = vocabulary.texts
        self._cut: CutTexts | None = None
        self._waiting: list[list[_Run]] = []  # commits whose words were not counted yet, oldest first
        self._words: dict[int, float] = {}
        self._followers: dict[int, dict[int, float]] = {}
        self._sums: dict[int, float] = {}  # of all followers, by the word before
        self._total = 0.0
        self._tick(0)

    def cut_by(self, cut: CutTexts) -> None:
        """Cut text into words so, from now on."""
        self._cut = cut

    @property
    def is_empty(self) -> bool:
        """Whether nothing can be said of any word."""
        self.count_waiting()
        return not self._words

    def load(self, commits: Sequence[tuple[Sequence[int], int]]) -> None:
        """Take commits, oldest first, in place of those before: token ids, of which the first so many are the
        text before. Their words are counted by `count_waiting`, at the latest when they are asked about.
        """
        self._clear()
        self._waiting = [self._runs_of(*commit) for commit in commits[-_MOST_LOADED:]]

    def learn(self, tokens: Sequence[int], n_history: int = 0) -> WordUndo | None:
        """Count the words of one commit: all of `tokens` but the first `n_history`.

        Return what `unlearn` takes.
        """
        runs = self._runs_of(tokens, n_history)
        self.count_waiting()
        if self._cut is None:
            self._waiting = [*self._waiting, runs][-_MOST_LOADED:]
            return None
        return self._count_commit(runs, iter(self._cut([run.text for run in runs])))

    def unlearn(self, undo: WordUndo | None) -> None:
        """Restore what was before the last `learn`, exactly."""
        if undo is None:
            del self._waiting[-1:]
            return
        for word, count in reversed(undo.words):
            _restore(self._words, word, count)
        for before, word, count, total in reversed(undo.followers):
            _restore(self._followers[before], word, count)
            if not self._followers[before]:
                del self._followers[before]
            _restore(self._sums, before, total)
        self._total = undo.total
        self._tick(self._commits - 1)

    def mixed(self, log_prob: float, before: int, word: int) -> float:
        """Return log P of a word behind `before`, of which the n-gram says `log_prob`; both by hash."""
        count, followers = self._words.get(word), self._followers.get(before)
        if count is None and followers is None:
            return log_prob + self._log_rest
        chance = (1 - self._share) * math.exp(log_prob)
        if count is not None:
            chance += self._share * count / self._total
        if followers is not None:
            prior = self._options.bigram_prior * len(followers)
            chance = (followers.get(word, 0.0) * self._scale + prior * chance) / (
                self._sums[before] * self._scale + prior
            )
        return math.log(max(chance, _LEAST_CHANCE))

    def count_waiting(self) -> None:
        """Count the words of the commits that were taken since; of 3,000 this takes a tenth of a second."""
        if not self._waiting or self._cut is None:
            return
        commits, self._waiting = self._waiting, []
        words = iter(self._cut([run.text for runs in commits for run in runs]))
        for runs in commits:
            self._count_commit(runs, words)

    # Internals.

    def _clear(self) -> None:
        self._waiting = []
        self._words.clear()
        self._followers.clear()
        self._sums.clear()
        self._total = 0.0
        self._tick(0)

    def _tick(self, commits: int) -> None:
        """Move the clock."""
        self._commits = commits
        self._scale = 2.0 ** -(commits / self._half_life)
        total = self._total * self._scale
        self._share = self._options.share * total / (total + self._options.prior)
        self._log_rest = math.log(1 - self._share)

    def _runs_of(self, tokens: Sequence[int], n_history: int) -> list[_Run]:
        last = tokens[n_history - 1] if n_history else None
        runs: list[_Run] = []
        text, before = "", self._before(last)
        for token in tokens[n_history:]:
            if token >= self._n_special:
                text += self._texts[token]
                continue
            if text:
                runs.append(_Run(text, before))
            text, before = "", self._before(token)
        return [*runs, _Run(text, before)] if text else runs

    def _before(self, token: int | None) -> int:
        """Return what stands before a word that follows `token`."""
        is_mark = token is None or (0 <= token < self._n_special and token not in _GO_ON)
        return BOUNDARY if is_mark else _UNKNOWN_WORD

    def _count_commit(self, runs: Sequence[_Run], words: Iterator[tuple[int, ...]]) -> WordUndo:
        """Count a commit, whose runs have these words."""
        undo = WordUndo(self._total)
        weight = 2.0 ** (self._commits / self._half_life)
        for run in runs:
            self._count(next(words), run.before, weight, undo)
        self._tick(self._commits + 1)
        return undo

    def _count(self, words: Sequence[int], before: int, weight: float, undo: WordUndo) -> None:
        for word in words:
            undo.words.append((word, self._words.get(word)))
            self._words[word] = self._words.get(word, 0.0) + weight
            self._total += weight
            if before != _UNKNOWN_WORD:
                followers, total = self._followers.setdefault(before, {}), self._sums.get(before)
                undo.followers.append((before, word, followers.get(word), total))
                followers[word] = followers.get(word, 0.0) + weight
                self._sums[before] = (total or 0.0) + weight
            before = word


def _restore(counts: dict[int, float], word: int, count: float | None) -> None:
    if count is None:
        del counts[word]
    else:
        counts[word] = count
