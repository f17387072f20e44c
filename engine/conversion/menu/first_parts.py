"""Say where words and phrases that stand for the first letters alone may end."""

from __future__ import annotations

from collections.abc import Collection
from itertools import accumulate

from engine.conversion.beam import Beam, Hypothesis, is_unfinished
from engine.lexicon.latin_words import has_latin
from engine.protocol import Candidate
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import SyllableGraph


def syllable_ends(beam: Beam) -> set[int]:
    """Return the vertices where a syllable ends in some text of the beam.

    Of other readings only words are offered. 我现在压 of `woxianzaiyaoqu` ends inside `yao`, 我么 of `women`
    before its n, 哈哦 of `haokan` has two syllables for hao, and no good sentence is read so.
    """
    seen: set[Hypothesis] = set()
    for last in beam:
        hypothesis: Hypothesis | None = last
        while hypothesis is not None and hypothesis not in seen:
            seen.add(hypothesis)
            hypothesis = hypothesis.source
    return {hypothesis.edge.end for hypothesis in seen if hypothesis.edge}


def inner_vertices(graph: SyllableGraph, beam: Beam, ends: Collection[int]) -> list[int]:
    """Return, descending, where words and phrases that do not cover everything may end.

    Where the letters are read to their end, only before what whole syllables spell: no 隐含 of `yinhang`,
    whose g would be left.
    """
    vertices = sorted({*graph.path_vertices, *ends} - {0}, reverse=True)[1:]
    if not _is_read(graph, beam):
        return vertices
    closing = _closing(graph)
    return [vertex for vertex in vertices if vertex in ends or vertex in closing]


def is_cut_otherwise(part: Candidate, ends: set[int]) -> bool:
    """Return whether a syllable of a part, as it is spelt, ends where none of the good texts has an end."""
    cuts = list(accumulate(map(len, part.reading)))
    return part.span[1] not in ends or (cuts[-1:] == [part.span[1]] and not ends.issuperset(cuts))


def _is_read(graph: SyllableGraph, beam: Beam) -> bool:
    """Return whether the best text reads all letters in full, as they stand, in hanzi."""
    if not beam or graph.abbreviations or graph.readable_length is not None or is_unfinished(beam[0]):
        return False
    edges = beam[0].edges
    is_plain = all(edge.spelling is not SpellingType.SLIP for edge in edges)
    return is_plain and not has_latin(beam[0].node.tokens[-len(edges) :])


def _closing(graph: SyllableGraph) -> set[int]:
    """Return the vertices from which whole syllables spell the letters to their end."""
    found = {len(graph.keys)}
    for position in range(len(graph.keys), 0, -1):
        if position in found:
            found.update(edge.start for edge in graph.whole_edges[position])
    return found
