"""Find where a long text is likeliest to go wrong, and offer what stands before that place.

Who sees one wrong word in a sentence wants all before it in one key, and then that word. How doubtful a place
of the best text is follows from the probability of all texts of its beam that go on differently there.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from operator import ne
from typing import Final

from engine.conversion.beam import Beam, Hypothesis
from engine.spelling.annotations import boundaries_of

N_BEGINNING: Final[int] = 3  # that are offered
_RARE: Final[float] = math.exp(-7.0)  # chance against the best text below which nothing is doubted


def beginnings(beam: Beam, n_fixed: int) -> list[Hypothesis]:
    """Return the beginnings of the best text before its most doubtful places, the longest first.

    `n_fixed` tokens belong to choices made before.
    """
    if not beam:
        return []
    steps, ends = _steps(beam[0]), set(boundaries_of(beam[0].edges))
    sure = {i for i, step in enumerate(steps) if step.edge is not None and step.edge.end in ends}
    doubts = {i: doubt for i, doubt in _doubts(beam, n_fixed).items() if doubt > _RARE and i in sure}
    most = sorted(doubts, key=lambda i: (-doubts[i], i))[:N_BEGINNING]
    return [steps[i] for i in sorted(most, reverse=True)]


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
