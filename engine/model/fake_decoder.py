"""Provide a deterministic decoder without a model, for tests and for trying the window.

Its output for a row is a pure function of the tokens and positions that the row attends to, and it learns
those only from the cache rows and the mask, as a transformer does: a wrong mask, cache row or position gives
another output. All arithmetic up to the last softmax is on integers, so that a row's output has the same bits
whatever rows are computed beside it.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, Self

import numpy as np
import numpy.typing as npt

from engine.arrays import BoolArray, FloatArray, IntArray, log_softmax
from engine.lexicon.vocabulary import Vocabulary
from engine.model.decoder import DecoderOutput
from engine.spelling.syllable import SYLLABLE_INDEX

_RANDOM_SIZE: Final[int] = 16  # hidden entries that carry noise
_SCALE: Final[np.float32] = np.float32(1 / 16)  # a power of two: products stay exact
_PREFERENCE: Final[int] = 96  # logit units of _SCALE a preferred token gains per step of strength
_CONTINUED: Final[int] = 2  # strength where the history is the beginning of a preferred text
_BEGUN: Final[int] = 1  # strength of every preferred text's first token, anywhere


class FakeDecoder:
    """A decoder of random but fixed scores, with texts that are made likely.

    `preferences` are sequences of token ids; after any beginning of one its next token is likely.
    """

    def __init__(
        self, vocabulary: Vocabulary, preferences: Iterable[tuple[int, ...]] = (), seed: int = 0
    ) -> None:
        self._preferences = tuple(sequence for sequence in preferences if sequence)
        preferred = sorted({token for sequence in self._preferences for token in sequence})
        self._slot = {token: _RANDOM_SIZE + i for i, token in enumerate(preferred)}
        self._seed = seed
        self.n_layer = 1
        self.n_embd = _RANDOM_SIZE + len(preferred)
        self.n_token = len(vocabulary)
        self.n_class = vocabulary.n_class
        generator = np.random.default_rng(seed)
        self._token_weight = self._weights(generator, self.n_token)
        self._class_weight = self._weights(generator, self.n_class)
        for token, slot in self._slot.items():
            self._token_weight[token, slot] = _PREFERENCE
            self._class_weight[vocabulary.class_of_token[token], slot] = _PREFERENCE

    @classmethod
    def preferring(cls, vocabulary: Vocabulary, texts: Iterable[str], seed: int = 0) -> Self:
        """Return a decoder for which `texts` are likely.

        A text is hanzi of the vocabulary in their first reading, or "西安/xi an" with the syllables written
        out.
        """
        return cls(vocabulary, [_tokens_of(vocabulary, text) for text in texts], seed)

    def forward(
        self, tokens: IntArray, positions: IntArray, kv_cache: FloatArray, mask: BoolArray
    ) -> DecoderOutput:
        """Process rows as `Decoder.forward` does; a kv row holds its token and position."""
        n = len(tokens)
        kv = np.zeros((n, self.n_layer, 2, self.n_embd), dtype=np.float32)
        kv[:, 0, 0, 0] = tokens
        kv[:, 0, 1, 0] = positions
        rows = np.concatenate([kv_cache, kv])
        attended = mask.copy()
        attended[np.arange(n), mask.shape[1] - n + np.arange(n)] = True
        all_tokens, all_positions = (rows[:, 0, half, 0].astype(np.int64) for half in (0, 1))
        hidden = self._noise(all_tokens, all_positions, attended)
        for i in range(n) if self._preferences else ():
            seen = np.flatnonzero(attended[i])
            history = all_tokens[seen[np.argsort(all_positions[seen], kind="stable")]]
            self._prefer(hidden[i], tuple(history.tolist()))
        logits = (hidden @ self._class_weight.T) * _SCALE
        return DecoderOutput(hidden, log_softmax(logits), kv)

    def reading_logits(self, hidden: FloatArray, start: int, end: int) -> FloatArray:
        """Return logits as `Decoder.reading_logits` does."""
        logits: FloatArray = (hidden @ self._token_weight[start:end].T) * _SCALE
        return logits

    def _weights(self, generator: np.random.Generator, n: int) -> FloatArray:
        weights = np.zeros((n, self.n_embd), dtype=np.float32)
        weights[:, :_RANDOM_SIZE] = generator.integers(-3, 4, (n, _RANDOM_SIZE))
        return weights

    def _noise(self, tokens: IntArray, positions: IntArray, attended: BoolArray) -> FloatArray:
        """Return hidden states (n, n_embd) of small whole numbers that hash the attended rows."""
        row_hashes = _mix(tokens.astype(np.uint64) * np.uint64(1 << 20) + positions.astype(np.uint64))
        sums = attended.astype(np.uint64) @ row_hashes  # modulo 2^64, in any order
        salts = _mix(np.arange(_RANDOM_SIZE, dtype=np.uint64) + np.uint64(self._seed << 8))
        hidden = np.zeros((len(attended), self.n_embd), dtype=np.float32)
        hidden[:, :_RANDOM_SIZE] = _mix(sums[:, None] ^ salts) % np.uint64(7)
        hidden[:, :_RANDOM_SIZE] -= 3
        return hidden

    def _prefer(self, hidden: FloatArray, history: tuple[int, ...]) -> None:
        for sequence in self._preferences:
            hidden[self._slot[sequence[0]]] = max(hidden[self._slot[sequence[0]]], _BEGUN)
            for length in range(1, len(sequence)):
                if history[-length:] == sequence[:length]:
                    hidden[self._slot[sequence[length]]] = _CONTINUED


def _tokens_of(vocabulary: Vocabulary, text: str) -> tuple[int, ...]:
    hanzi, _, reading = text.partition("/")
    if reading:
        pairs = zip(hanzi, reading.split(), strict=True)
        return tuple(vocabulary.id_of_reading[c, SYLLABLE_INDEX[syllable]] for c, syllable in pairs)
    return tuple(vocabulary.ids_of_hanzi[character][0] for character in hanzi)


def _mix(values: npt.NDArray[np.uint64]) -> npt.NDArray[np.uint64]:
    """Apply the finaliser of splitmix64 (Steele, Lea, Flood 2014), modulo 2^64."""
    values = values + np.uint64(0x9E3779B97F4A7C15)
    values = (values ^ (values >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
    values = (values ^ (values >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
    return values ^ (values >> np.uint64(31))
