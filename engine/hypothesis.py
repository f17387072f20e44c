"""A text for some of the keys, and beams of them.

Knows trie nodes and edges; knows nothing of how texts are found or scored.
"""

from __future__ import annotations

from dataclasses import dataclass

from engine.graph import Edge
from engine.trie import Node


@dataclass(frozen=True, slots=True, eq=False)
class Hypothesis:
    """A text for the keys up to a vertex.

    `score`: log-probability below the root less the costs of the edges, in nats. `edge` is the
    last one, `source` the hypothesis it extends (None at the root).
    """

    node: Node
    score: float
    edge: Edge | None = None
    source: Hypothesis | None = None

    @property
    def boundaries(self) -> tuple[int, ...]:
        """End positions in the keys of the edges of its path, ascending."""
        ends: list[int] = []
        hypothesis: Hypothesis | None = self
        while hypothesis is not None and hypothesis.edge is not None:
            ends.append(hypothesis.edge.end)
            hypothesis = hypothesis.source
        return tuple(reversed(ends))


Beam = tuple[Hypothesis, ...]  # best first
