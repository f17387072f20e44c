"""The pinyin encoder: how likely the hanzi of a whole text are, given all of its syllables.

Knows ids, arrays and the graph; knows nothing of beams, keys or hanzi. The decoder reads from left to
right: what comes later can only choose among the texts that it has kept. Here each reading is judged by the
syllables on both sides of it and by the two tokens before it (`training.encoder` says how and whence):

    P(reading_i | all syllables, known tokens before the text, reading_i-1, reading_i-2)

The output table is the decoder's, so a bundle holds it once.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
import numpy.typing as npt

from engine.bundle import EncoderTables
from engine.inference import FloatArray, InferenceError, IntArray, load_graph, run_graph
from engine.vocabulary import SPECIALS, START, Vocabulary

N_BEFORE: Final[int] = 2  # tokens before a reading that count
MOST_KNOWN: Final[int] = 32  # tokens before the text that it was trained to see

# It was trained on texts of up to 30 syllables: longer ones are read in windows that overlap, each
# syllable judged where it has others on both sides.
_WINDOW: Final[int] = 36
_STRIDE: Final[int] = 18

_START_ID: Final[int] = SPECIALS.index(START)
_INPUTS: Final[dict[str, tuple[str, int]]] = {
    "rows": ("tensor(float)", 2),
    "positions": ("tensor(int64)", 1),
    "places": ("tensor(int64)", 1),
    "last": ("tensor(float)", 2),
    "last_but_one": ("tensor(float)", 2),
}
_OUTPUTS: Final[dict[str, tuple[str, int]]] = {"hidden": ("tensor(float)", 2)}


class PinyinEncoder:
    """The encoder's graph in onnxruntime. Not for two threads at once.

    Raises InferenceError where the graph cannot be loaded or does not fit the tables.
    """

    def __init__(
        self,
        graph: bytes | Path,
        tables: EncoderTables,
        output: FloatArray,  # (n_token, n_embd), the decoder's output table
        vocabulary: Vocabulary,
    ) -> None:
        self._session = load_graph(graph, _INPUTS, _OUTPUTS)
        self._tables, self._output = tables, output
        self._n_special = vocabulary.n_special
        self._classes = vocabulary.class_of_token
        self._starts = vocabulary.syllable_starts
        expected = (vocabulary.n_class, output.shape[1]), (output.shape[1],), (len(vocabulary),)
        found = tables.by_class.shape, tables.masked.shape, tables.bias.shape
        if found != expected:
            raise InferenceError(f"expected tables of an encoder of the shapes {expected}, found {found}")
        probe = self.log_probs((), [(vocabulary.n_special,) * 2])
        if not np.isfinite(probe).all():
            raise InferenceError("expected finite numbers from the encoder, found NaN or infinity")

    def log_probs(
        self, known: Sequence[int], texts: Sequence[tuple[int, ...]], places: Sequence[int] | None = None
    ) -> FloatArray:
        """(n_text,): the sum over a text's readings of log P, in nats.

        `texts`: token ids, all of the same syllables; special tokens among them are given, not
        judged. `known`: the tokens before them, without the first START. `places`: the readings that
        are summed up, ascending; all where it is not given.
        """
        known = tuple(known)[-MOST_KNOWN:]
        classes = self._classes[list(texts[0])]
        judged = self._judged(classes, places)
        before = (_START_ID,) * N_BEFORE + known
        totals = np.zeros(len(texts), dtype=np.float32)
        for window in _windows(len(classes)):
            given = known if window.begin == 0 else ()
            asked = _Asked.of(before[-N_BEFORE:], texts, window, judged)
            if len(asked.places):
                hidden = self._hidden(given, classes[window.begin : window.end], asked, window)
                totals += asked.summed(self._log_softmax(hidden, asked))
        return totals

    def _judged(self, classes: npt.NDArray[np.int32], places: Sequence[int] | None) -> npt.NDArray[np.bool_]:
        judged: npt.NDArray[np.bool_] = classes >= self._n_special
        if places is not None:
            judged &= np.isin(np.arange(len(classes)), places)
        return judged

    def _hidden(
        self, known: tuple[int, ...], classes: npt.NDArray[np.int32], asked: _Asked, window: _Window
    ) -> FloatArray:
        """(n_place, n_embd): what is multiplied with the output table."""
        tables = self._tables
        rows = np.concatenate((self._rows([_START_ID, *known]), tables.by_class[classes] + tables.masked))
        given = np.flatnonzero(classes < self._n_special)  # a special token's class is its id
        rows[1 + len(known) + given] = self._rows(classes[given])
        feeds = {
            "rows": rows,
            "positions": np.arange(len(rows)),
            "places": 1 + len(known) + asked.places - window.begin,
            "last": self._rows(asked.last),
            "last_but_one": self._rows(asked.last_but_one),
        }
        return run_graph(self._session, list(_OUTPUTS), feeds)[0]

    def _rows(self, tokens: Sequence[int] | npt.NDArray[np.integer[Any]]) -> FloatArray:
        ids = np.asarray(tokens, dtype=np.intp)
        rows: FloatArray = self._output[ids] + self._tables.by_class[self._classes[ids]]
        return rows

    def _log_softmax(self, hidden: FloatArray, asked: _Asked) -> FloatArray:
        """(n_question,): log P of each asked reading within its syllable."""
        result = np.empty(len(asked.tokens), dtype=np.float32)
        for syllable, rows, questions in asked.by_syllable(self._classes, self._n_special):
            start, end = int(self._starts[syllable]), int(self._starts[syllable + 1])
            logits = hidden[rows] @ self._output[start:end].T + self._tables.bias[start:end]
            top = logits.max(axis=1, keepdims=True)
            norms = top[:, 0] + np.log(np.exp(logits - top).sum(axis=1))
            local = np.searchsorted(rows, asked.rows[questions])
            result[questions] = logits[local, asked.tokens[questions] - start] - norms[local]
        return result


@dataclass(frozen=True)
class _Window:
    """Syllables [begin, end) are read together, [first, last) of them judged."""

    begin: int
    end: int
    first: int
    last: int


def _windows(length: int) -> Iterator[_Window]:
    """One window, where the text is no longer than it, else some that overlap."""
    margin = (_WINDOW - _STRIDE) // 2
    begin, first = 0, 0
    while begin + _WINDOW < length:
        yield _Window(begin, begin + _WINDOW, first, begin + _WINDOW - margin)
        first = begin + _WINDOW - margin
        begin += _STRIDE
    yield _Window(begin, length, first, length)


@dataclass(frozen=True)
class _Asked:
    """The different questions that some texts put to a window, and which text puts which.

    A row is a place with the two tokens before it; a question is a row and the reading there.
    places, last, last_but_one: by row; rows, tokens: by question; askers: (text, question) pairs.
    """

    places: IntArray
    last: IntArray
    last_but_one: IntArray
    rows: IntArray
    tokens: IntArray
    askers: IntArray
    n_text: int

    @classmethod
    def of(
        cls,
        before: tuple[int, ...],
        texts: Sequence[tuple[int, ...]],
        window: _Window,
        judged: npt.NDArray[np.bool_],
    ) -> _Asked:
        """`before`: the tokens before the texts, as many as count; judged: which places are."""
        rows: dict[tuple[int, int, int], int] = {}
        questions: dict[tuple[int, int], int] = {}
        askers = []
        wanted_places = [place for place in range(window.first, window.last) if judged[place]]
        for number, text in enumerate(texts):
            tokens = (*before, *text)
            for place in wanted_places:
                row = rows.setdefault((place, tokens[place + 1], tokens[place]), len(rows))
                askers.append((number, questions.setdefault((row, text[place]), len(questions))))
        places, last, last_but_one = np.array(list(rows), dtype=np.int64).reshape(-1, 3).T
        of_row, wanted = np.array(list(questions), dtype=np.int64).reshape(-1, 2).T
        pairs = np.array(askers, dtype=np.int64).reshape(-1, 2)
        return cls(places, last, last_but_one, of_row, wanted, pairs, len(texts))

    def by_syllable(
        self, classes: npt.NDArray[np.int32], n_special: int
    ) -> Iterator[tuple[int, IntArray, IntArray]]:
        """(syllable, its rows, its questions), the rows ascending."""
        syllables = classes[self.tokens] - n_special
        order = np.argsort(syllables, kind="stable")
        for questions in np.split(order, np.flatnonzero(np.diff(syllables[order])) + 1):
            yield int(syllables[questions[0]]), np.unique(self.rows[questions]), questions

    def summed(self, log_probs: FloatArray) -> FloatArray:
        """(n_text,): the sum of the log-probabilities of a text's questions."""
        texts, questions = self.askers.T
        sums: FloatArray = np.bincount(texts, log_probs[questions], self.n_text).astype(np.float32)
        return sums
