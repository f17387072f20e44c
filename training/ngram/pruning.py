"""Choose the entries of an n-gram that are worth their place.

An entry is worth what the model would lose on text like its own if it backed off instead (Stolcke 1998),
once it is known what was typed:

    P(context, token) * [log P(token | context, class) - the same by backing off]

The class of a token is its pronunciation: among the tokens of one class the n-gram has to choose, between
classes hardly. A share `FLOOR` of the probability counts as of the class everywhere, as letters do not always
say how they are cut into syllables. docs/experiments/words.md has the figures.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from training.ngram.counting import Alphabet, Keys, find, firsts_of_groups, sums_of_groups
from training.ngram.kneser_ney import CountedLevel, log_prob, with_backoffs

FLOOR: Final[float] = 0.01
Classes = npt.NDArray[np.int64]  # (n_token,)
Chances = npt.NDArray[np.float64]


def pruned(
    levels: Sequence[CountedLevel], entries: Sequence[int], classes: Classes, alphabet: Alphabet
) -> list[CountedLevel]:
    """Return the best `entries` of each order from the second on, of those whose context is kept."""
    found = [levels[0]]
    for level, worth, most in zip(levels[1:], worths(levels, classes, alphabet), entries, strict=True):
        is_behind = find(found[-1].keys, alphabet.contexts(level.keys)) >= 0
        worth = np.where(is_behind, worth, -np.inf)
        kept = np.sort(np.argsort(-worth, kind="stable")[:most])
        kept = kept[worth[kept] > 0]
        upper = CountedLevel(level.keys[kept], level.log_prob[kept], np.zeros(len(kept), np.float32))
        found[-1] = with_backoffs(found, upper, alphabet)
        found.append(upper)
    return found


def worths(levels: Sequence[CountedLevel], classes: Classes, alphabet: Alphabet) -> list[Chances]:
    """Return, by level from the second on, what each entry is worth in nats a token of text."""
    masses = _ClassMasses(levels, classes, alphabet)
    often = _exp(levels[0].log_prob)
    found = []
    for n, level in enumerate(levels[1:]):
        full = _exp(level.log_prob)
        often = often[find(levels[n].keys, alphabet.contexts(level.keys))] * full
        table = masses.tables[n]
        whole = np.maximum(table.of_entries, full) + FLOOR
        below = np.maximum(table.backed_off, 1e-30)
        found.append(often * np.log(full / whole * (whole - full + below) / below))
    return found


@dataclass(frozen=True)
class _Table:
    """The classes seen behind the contexts of one order.

    keys, chances: context and class, P(class | context). of_entries: P of each entry's class; backed_off:
    P of its token without it.
    """

    keys: Keys
    chances: Chances
    of_entries: Chances
    backed_off: Chances


class _ClassMasses:
    """P(class | context) by the levels of a model."""

    def __init__(self, levels: Sequence[CountedLevel], classes: Classes, alphabet: Alphabet) -> None:
        self._levels, self._classes, self._alphabet = levels, classes, alphabet
        self._bits = np.uint64(int(classes.max()).bit_length())
        self._alone: Chances = np.bincount(classes, _exp(levels[0].log_prob)).astype(np.float64)
        self.tables: list[_Table] = []
        for order in range(2, len(levels) + 1):
            self.tables.append(self._table(order))

    def _table(self, order: int) -> _Table:
        alphabet, level, lower = self._alphabet, self._levels[order - 1], self._levels[: order - 1]
        contexts = alphabet.contexts(level.keys)
        classes = self._classes[alphabet.last(level.keys, 1).astype(np.int64)]
        backoff = _exp(lower[-1].backoff)[find(lower[-1].keys, contexts)]
        below = backoff * _exp(log_prob(lower, alphabet.last(level.keys, order - 1), alphabet))
        keys = self._keys(contexts, classes)
        place = np.argsort(keys, kind="stable")
        starts = firsts_of_groups(keys[place])
        firsts = place[starts]
        seen = sums_of_groups((_exp(level.log_prob) - below)[place], starts)
        shorter = self._chances(order - 1, alphabet.last(contexts[firsts], order - 2), classes[firsts])
        chances = np.maximum(seen + backoff[firsts] * shorter, 0)
        of_entries = np.empty(len(keys))
        of_entries[place] = np.repeat(chances, np.diff(np.append(starts, len(keys))))
        return _Table(keys[firsts], chances, of_entries, below)

    def _chances(self, order: int, contexts: Keys, classes: Classes) -> Chances:
        """Return P(class | context) of an order; a context that the model lacks is backed off from."""
        if order == 1:
            return self._alone[classes]
        table, lower = self.tables[order - 2], self._levels[order - 2]
        places = find(table.keys, self._keys(contexts, classes))
        missing = places < 0
        found = table.chances[places]
        rest = contexts[missing]
        known = find(lower.keys, rest)
        backoff = np.where(known >= 0, _exp(lower.backoff)[known], 1.0)
        shorter = self._chances(order - 1, self._alphabet.last(rest, order - 2), classes[missing])
        found[missing] = backoff * shorter
        return found

    def _keys(self, contexts: Keys, classes: Classes) -> Keys:
        keys: Keys = (contexts << self._bits) | classes.astype(np.uint64)
        return keys


def _exp(values: npt.NDArray[Any]) -> Chances:
    return np.exp(values.astype(np.float64))
