"""Hold what the text before the caret repeats: its counts, and its runs of hanzi as words.

A name, a term or a turn of phrase that was written once in a document is likely to be written again there. It
is a cache language model (Kuhn & De Mori 1990) whose history is the document, whoever wrote it; nothing of it
is kept once the caret stands elsewhere.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np

from engine.lexicon.vocabulary import Vocabulary
from engine.user_model.cache_lm import CacheCounts, MixOptions

# One occurrence is worth more here than among all that a user ever wrote. Chosen on the development sets that
# have such a text: docs/experiments.md, "What the text before the caret repeats".
_MIX: Final = MixOptions(
    syllable_weight=0.1, syllable_prior=2.0, discount=0.5, bigram_prior=3.0, trigram_prior=1.0
)

_LENGTHS: Final = range(2, 5)  # hanzi of a run that counts as a word


class Document:
    """The text before the caret, as it speaks for what comes next."""

    def __init__(self, vocabulary: Vocabulary) -> None:
        self.counts = CacheCounts(vocabulary, _MIX)
        self._n_special = vocabulary.n_special
        self._runs: frozenset[tuple[int, ...]] = frozenset()
        self.is_empty = True

    def read(self, tokens: Sequence[int]) -> None:
        """Take the place of the text before by the readings of another, which begins with START."""
        self.is_empty = len(tokens) < 2
        self.counts.load(np.array(tokens, np.int64), np.zeros(len(tokens), np.int64), 1)
        runs = (tuple(tokens[i : i + n]) for n in _LENGTHS for i in range(len(tokens) - n + 1))
        self._runs = frozenset(run for run in runs if min(run) >= self._n_special)

    def has_run(self, tokens: tuple[int, ...]) -> bool:
        """Return whether these readings, two to four hanzi, stand in the text one behind the other."""
        return tokens in self._runs
