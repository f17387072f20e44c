"""Find where a long text is likeliest to go wrong, and offer what stands before that place.

Who sees one wrong word in a sentence wants all before it in one key, and then that word. How doubtful a place
of the best text is follows from the probability of all texts of its beam that go on differently there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from operator import ne
from typing import Final

from engine.conversion.beam import Beam, Hypothesis, is_unfinished
from engine.conversion.diversity import about_as_likely
from engine.spelling.annotations import boundaries_of

_RARE: Final[float] = math.exp(-7.0)  # chance against the best text below which nothing is doubted


def beginnings(beam: Beam, n_fixed: int, most: int) -> list[Hypothesis]:
    """Return the `most` beginnings of the best text before its most doubtful places, the longest first.

    `n_fixed` tokens belong to choices made before.
    """
    if not beam:
        return []
    steps, ends = _steps(beam[0]), set(boundaries_of(beam[0].edges))
    sure = {i for i, step in enumerate(steps) if step.edge is not None and step.edge.end in ends}
    doubts = {i: doubt for i, doubt in _doubts(beam, n_fixed).items() if doubt > _RARE and i in sure}
    worst = sorted(doubts, key=lambda i: (-doubts[i], i))[:most]
    return [steps[i] for i in sorted(worst, reverse=True)]


def endings(beam: Beam, beginning: Hypothesis) -> Beam:
    """Return the other texts that begin so and are about as likely, best first: the best text with another
    end.

    Texts that are to go on behind the letters are left out where the best one is complete.
    """
    tokens, is_open = beginning.node.tokens, is_unfinished(beam[0])
    begun = (other for other in about_as_likely(beam)[1:] if other.node.tokens[: len(tokens)] == tokens)
    return tuple(other for other in begun if is_open or not is_unfinished(other))


def _doubts(beam: Beam, n_fixed: int) -> dict[int, float]:
    """Return, for each place where another text leaves the best, the chance of these texts against it."""
    best, found = beam[0], dict[int, float]()
    tokens = best.node.tokens[n_fixed:]
    for other in beam[1:]:
        differs = map(ne, tokens, other.node.tokens[n_fixed:])
        place = next((i for i, is_other in enumerate(differs) if is_other), len(tokens))
        found[place] = found.get(place, 0.0) + math.exp(other.score - best.score)
    return found


def _steps(hypothesis: Hypothesis) -> list[Hypothesis]:
    """Return the hypotheses from the root, which has no token, to this one."""
    return list(_backwards(hypothesis))[::-1]


def _backwards(hypothesis: Hypothesis) -> Iterator[Hypothesis]:
    step: Hypothesis | None = hypothesis
    while step is not None:
        yield step
        step = step.source
