"""What stands small beside a candidate: what was read where that is not what was typed.

Knows edges and letters; knows nothing of menus or of the front end's words.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from engine.graph import Edge
from engine.spelling import SEPARATOR, SpellingType
from engine.syllable import SYLLABLES
from engine.values import Mark

_RESPELT: Final[frozenset[SpellingType]] = frozenset({SpellingType.SLIP, SpellingType.FUZZY})


class Note(NamedTuple):
    """An annotation and a mark of a candidate."""

    text: str = ""
    mark: Mark = Mark.NONE


def note_of(keys: str, edges: Iterable[Edge]) -> Note:
    """`xain→xian` of a slip, which is marked; `si→shi` of a fuzzy sound, which its user has turned on."""
    respelt = [edge for edge in edges if edge.spelling in _RESPELT]
    if not respelt:
        return Note()
    is_corrected = any(edge.spelling is SpellingType.SLIP for edge in respelt)
    text = " ".join(
        f"{keys[e.start : e.end].strip(SEPARATOR)}→{SYLLABLES[e.first_syllable]}" for e in respelt
    )
    return Note(text, Mark.CORRECTED if is_corrected else Mark.NONE)
