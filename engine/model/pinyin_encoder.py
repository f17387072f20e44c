"""Judge how likely the hanzi of a whole text are, given all of its syllables.

The decoder reads from left to right, so later syllables can only choose among the texts that it has kept.
Here each reading is judged by the syllables on both sides of it and by the two tokens before it
(`training.model.encoder` defines and trains it):

    P(reading_i | all syllables, known tokens before the text, reading_i-1, reading_i-2)

The output table is the decoder's, so a bundle holds it once.

What was computed for the syllables of the last keys is kept: a key that begins a syllable leaves those before
it as they are, so its questions are mostly those of the key before it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import groupby, pairwise
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
import numpy.typing as npt

from engine.arrays import FloatArray, log_softmax
from engine.error_kinds import Kind
from engine.errors import says
from engine.lexicon.vocabulary import SPECIALS, START, Vocabulary
from engine.model.bundle import EncoderTables
from engine.model.decoder import InferenceError
from engine.model.onnx_decoder import load_graph, run_graph

Text = tuple[int, ...]  # token ids

N_BEFORE: Final[int] = 2  # tokens before a reading that count
MOST_KNOWN: Final[int] = 32  # tokens before the text that it was trained to see,
MOST_READ: Final[int] = 16  # and those that are read: each costs as much as a syllable

# It was trained on texts of up to 30 syllables: longer ones are read in windows that overlap, each
# syllable judged where it has others on both sides.
_WINDOW: Final[int] = 36
_STRIDE: Final[int] = 18

_MOST_KEPT: Final[int] = 16  # texts' syllables whose results are kept

_START_ID: Final[int] = SPECIALS.index(START)
_INPUTS: Final[dict[str, tuple[str, int]]] = {
    "rows": ("tensor(float)", 2),
    "positions": ("tensor(int64)", 1),
    "places": ("tensor(int64)", 1),
    "last": ("tensor(float)", 2),
    "last_but_one": ("tensor(float)", 2),
}
_OUTPUTS: Final[dict[str, tuple[str, int]]] = {"hidden": ("tensor(float)", 2)}

_Row = tuple[int, int, int]  # a place in a window, the token before it, the one before that
_LogProbs = dict[_Row, list[float]]  # of each reading of the place's syllable, in the order of ids


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
        self._starts = vocabulary.syllable_starts.tolist()
        self._ranks = _ranks(self._starts, len(vocabulary))
        self._kept: dict[_Syllables, _LogProbs] = {}  # the last asked about last
        expected = (vocabulary.n_class, output.shape[1]), (output.shape[1],), (len(vocabulary),)
        found = tables.by_class.shape, tables.masked.shape, tables.bias.shape
        if found != expected:
            raise InferenceError.of(says(Kind.ENCODER_TABLES, shapes=expected), f"{found}")
        probe = self.log_probs((), [(vocabulary.n_special,) * 2])
        if not np.isfinite(probe).all():
            raise InferenceError.of(says(Kind.FINITE_NUMBERS, name="log_probs"), says(Kind.NAN))

    def log_probs(
        self,
        known: Sequence[int],
        texts: Sequence[Text],
        places: Sequence[int] | None = None,
        also: Iterable[Text] = (),
    ) -> FloatArray:
        """Return the sum over each text's readings of log P, in nats, shape (n_text,).

        `texts` are token ids, all of the same syllables; special tokens among them are given, not judged.
        `known`: the tokens before them, without the first START. `places`: the readings that are summed up,
        ascending; all by default. `also`: other texts of these syllables that the next key may ask about;
        used only if the graph has to run.
        """
        known = tuple(known)[-MOST_READ:]
        before = ((_START_ID,) * N_BEFORE + known)[-N_BEFORE:]
        classes = tuple(self._classes[list(texts[0])].tolist())
        wanted = range(len(classes)) if places is None else places
        judged = [place for place in wanted if classes[place] >= self._n_special]
        totals = [0.0] * len(texts)
        for window in _windows(len(classes)):
            asked = [place for place in judged if window.first <= place < window.last]
            rows = [window.rows((*before, *text), asked) for text in texts]
            syllables = _Syllables(known if window.begin == 0 else (), classes[window.begin : window.end])
            found = self._found(syllables)
            if not all(row in found for each in rows for row in each):
                rows += self._rows_that_differ([*texts, *also], before, window)
                self._compute(syllables, found, {row for each in rows for row in each})
            for number, text in enumerate(texts):
                for place, row in zip(asked, rows[number], strict=True):
                    totals[number] += found[row][self._ranks[text[place]]]
        return np.array(totals, dtype=np.float32)

    def _rows_that_differ(self, texts: Sequence[Text], before: Text, window: _Window) -> list[list[_Row]]:
        """Return for each text its rows inside the window where not all texts are judged alike."""
        classes = self._classes[list(texts[0])]
        places = [
            place
            for place in places_that_differ(texts)
            if window.first <= place < window.last and classes[place] >= self._n_special
        ]
        return [window.rows((*before, *text), places) for text in texts]

    def _found(self, syllables: _Syllables) -> _LogProbs:
        """Return the results kept for these syllables, to be added to."""
        found = self._kept.pop(syllables, {})
        if len(self._kept) == _MOST_KEPT:
            del self._kept[next(iter(self._kept))]
        self._kept[syllables] = found
        return found

    def _compute(self, syllables: _Syllables, found: _LogProbs, rows: Iterable[_Row]) -> None:
        """Add `rows` to what was found. What is found of a row does not depend on the others."""
        missing = sorted(row for row in rows if row not in found)
        hidden = self._hidden(syllables, missing)
        end = 0
        for place, group in groupby(missing, key=lambda row: row[0]):
            same = list(group)
            begin, end = end, end + len(same)
            log_probs = self._log_softmax(hidden[begin:end], syllables.classes[place] - self._n_special)
            found.update(zip(same, log_probs.tolist(), strict=True))

    def _hidden(self, syllables: _Syllables, asked: Sequence[_Row]) -> FloatArray:
        """Return the rows, shape (n_row, n_embd), that are multiplied with the output table."""
        tables, classes = self._tables, np.array(syllables.classes)
        n_before = 1 + len(syllables.known)
        rows = np.concatenate(
            (self._rows([_START_ID, *syllables.known]), tables.by_class[classes] + tables.masked)
        )
        given = np.flatnonzero(classes < self._n_special)  # a special token's class is its id
        rows[n_before + given] = self._rows(classes[given])
        places, last, last_but_one = np.array(asked, dtype=np.int64).T
        feeds = {
            "rows": rows,
            "positions": np.arange(len(rows)),
            "places": n_before + places,
            "last": self._rows(last),
            "last_but_one": self._rows(last_but_one),
        }
        return run_graph(self._session, list(_OUTPUTS), feeds)[0]

    def _rows(self, tokens: Sequence[int] | npt.NDArray[np.integer[Any]]) -> FloatArray:
        ids = np.asarray(tokens, dtype=np.intp)
        rows: FloatArray = self._output[ids] + self._tables.by_class[self._classes[ids]]
        return rows

    def _log_softmax(self, hidden: FloatArray, syllable: int) -> FloatArray:
        """Return log P of each reading of the syllable, shape (n_row, n_reading)."""
        start, end = self._starts[syllable], self._starts[syllable + 1]
        logits: FloatArray = hidden @ self._output[start:end].T + self._tables.bias[start:end]
        return log_softmax(logits)


def places_that_differ(texts: Sequence[Text]) -> list[int]:
    """Return the places where the texts have different tokens or different tokens before them.

    Everywhere else they are judged alike.
    """
    spans = [[text[max(0, i - N_BEFORE) : i + 1] for text in texts] for i in range(len(texts[0]))]
    return [i for i, found in enumerate(spans) if len(set(found)) > 1]


class _Syllables(NamedTuple):
    """The input of the graph: the tokens known before a text, and the classes of its syllables."""

    known: tuple[int, ...]
    classes: tuple[int, ...]


def _ranks(starts: Sequence[int], n_token: int) -> list[int]:
    """Return for each token id its place among its syllable's readings; 0 for special tokens."""
    ranks = [0] * n_token
    for start, end in pairwise(starts):
        ranks[start:end] = range(end - start)
    return ranks


@dataclass(frozen=True)
class _Window:
    """A stretch of a text: syllables [begin, end) are read together, [first, last) of them judged."""

    begin: int
    end: int
    first: int
    last: int

    def rows(self, tokens: Sequence[int], places: Iterable[int]) -> list[_Row]:
        """Return the rows of a text at `places`; `tokens` are its own, behind the `N_BEFORE` before it."""
        return [(place - self.begin, tokens[place + 1], tokens[place]) for place in places]


def _windows(length: int) -> Iterator[_Window]:
    """Yield one window for a short text, else several that overlap."""
    margin = (_WINDOW - _STRIDE) // 2
    begin, first = 0, 0
    while begin + _WINDOW < length:
        yield _Window(begin, begin + _WINDOW, first, begin + _WINDOW - margin)
        first = begin + _WINDOW - margin
        begin += _STRIDE
    yield _Window(begin, length, first, length)
