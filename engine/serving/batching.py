"""Keep converters for many texts before the caret at once, sharing one decoder.

What makes a conversion cheap is what was computed before for the same text before the caret: a client that
sends one more letter costs one key, not a sentence. A converter keeps that for one text, so there are several
of them, *lanes*, and a question goes to the lane of its context. The decoder's calls are not joined over
lanes: a conversion's call already holds some twenty rows, and four lanes in one call cost more than four
calls (docs/serving.md).
"""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Iterable
from dataclasses import dataclass

from engine.conversion.beam_search import SearchOptions
from engine.conversion.converter import Conversion, Converter
from engine.protocol import Candidate, Source


@dataclass(frozen=True)
class Question:
    """The letters to convert and the text before them."""

    letters: str
    context: str = ""

    @property
    def reach(self) -> str:
        """The part of the context that is read; questions that share it share a lane."""
        return self.context[-SearchOptions().document_length :]


def order_by_context(questions: Iterable[Question]) -> list[int]:
    """Return the places of the questions in the order to convert them: by context, the first asked first."""
    by_reach: dict[str, list[int]] = {}
    for place, question in enumerate(questions):
        by_reach.setdefault(question.reach, []).append(place)
    return [place for places in by_reach.values() for place in places]


class Lanes:
    """Converters by the context that they hold. Not for two threads at once."""

    def __init__(self, converter: Converter, n_lane: int) -> None:
        self._idle = [converter, *(converter.twin() for _ in range(n_lane - 1))]
        self._lanes: OrderedDict[str, Converter] = OrderedDict()  # by Question.reach, last used last
        self.hits = 0

    def convert(self, question: Question) -> Conversion:
        """Convert in the question's lane; if there is none, in the lane that was not used for longest."""
        reach = question.reach
        converter = self._lanes.pop(reach, None)
        if converter is None:
            converter = self._idle.pop() if self._idle else self._lanes.popitem(last=False)[1]
            converter.set_surrounding_text(reach)
        else:
            self.hits += 1
        self._lanes[reach] = converter
        return converter.convert(question.letters)


def best(conversion: Conversion, letters: str, limit: int) -> list[Candidate]:
    """Return the first `limit` candidates for all letters; if there are none, those for the first letters."""
    read = [candidate for candidate in conversion.candidates if candidate.source is not Source.RAW]
    whole = [candidate for candidate in read if candidate.span == (0, len(letters))]
    return (whole or read)[:limit]
