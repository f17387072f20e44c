"""Define what the search asks of a decoder: the protocol, its output and its error."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from engine.arrays import BoolArray, FloatArray, IntArray
from engine.errors import MoyinError


class InferenceError(MoyinError):
    """A graph or head that does not fit; the message says what was expected and what was found."""


@dataclass(frozen=True)
class DecoderOutput:
    """The output of one forward call for its n rows.

    hidden: (n, n_embd), what `reading_logits` takes; class_log_probs: (n, n_class), over special tokens and
    syllables; kv: (n, n_layer, 2, n_embd), what later calls get as cache rows.
    """

    hidden: FloatArray
    class_log_probs: FloatArray
    kv: FloatArray


class Decoder(Protocol):
    """A language model over reading ids whose history is a key/value cache and a mask."""

    @property
    def n_layer(self) -> int: ...

    @property
    def n_embd(self) -> int: ...

    @property
    def n_token(self) -> int: ...

    @property
    def n_class(self) -> int: ...

    def forward(
        self, tokens: IntArray, positions: IntArray, kv_cache: FloatArray, mask: BoolArray
    ) -> DecoderOutput:
        """Process n new rows at once.

        tokens, positions: (n,); kv_cache: (used, n_layer, 2, n_embd), used may be 0; mask:
        (n, used + n), mask[i, j] True where row i may attend to cache row j, or to new row
        j - used. A row always attends to itself. Rows of one call may be ancestors of one
        another: a prefill is one call.
        """
        ...

    def reading_logits(self, hidden: FloatArray, start: int, end: int) -> FloatArray:
        """Return unnormalised logits (m, end - start) of the reading ids [start, end).

        hidden: (m, n_embd). P(reading | syllable, history) is the softmax over exactly that syllable's slice
        of ids.
        """
        ...
