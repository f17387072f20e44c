"""Decide what stands small beside a candidate: what was read where that is not what was typed."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.protocol import Mark
from engine.spelling.options import RESPELT, SpellingType
from engine.spelling.spelling_table import SEPARATOR
from engine.spelling.syllable import SYLLABLES
from engine.spelling.syllable_graph import Edge


class Annotation(NamedTuple):
    """The annotation and the mark of a candidate."""

    text: str = ""
    mark: Mark = Mark.NONE


def boundaries_of(edges: Sequence[Edge]) -> tuple[int, ...]:
    """Return where the syllables of a text end in the keys, ascending; inside `nhiao` there is no such
    place.

    The second half of a slip across two syllables costs nothing, as the first has been paid for.
    """
    return tuple(
        edge.end
        for edge, following in zip(edges, [*edges[1:], None], strict=True)
        if following is None or following.spelling is not SpellingType.SLIP or following.cost > 0
    )


def note_of(keys: str, edges: Iterable[Edge]) -> Annotation:
    """Return the annotation of a text: `xain→xian` of a slip, which is marked; `si→shi` of a fuzzy sound."""
    texts: list[str] = []
    is_corrected, before = False, None
    for edge in edges:
        letters, syllable = keys[edge.start : edge.end].strip(SEPARATOR), SYLLABLES[edge.first_syllable]
        if edge.spelling is SpellingType.SLIP and before is SpellingType.SLIP:
            typed, _, read = texts.pop().partition("→")  # `nhiao→ni hao` is one slip
            letters, syllable = typed + letters, f"{read} {syllable}"
        if edge.spelling in RESPELT:
            texts.append(f"{letters}→{syllable}")
        before = edge.spelling
        is_corrected |= before is SpellingType.SLIP
    return Annotation(" ".join(texts), Mark.CORRECTED if is_corrected else Mark.NONE)
