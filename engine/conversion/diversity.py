"""Choose which texts of a beam stand near the top, so that the first page offers a choice.

A beam's best texts are mostly one text with one hanzi changed at a time. Of a long input a few of these stay,
as they are often right, and never fill the five; the others differ in more than one hanzi
(docs/experiments/search.md says what each number costs). Of a short input the near misses stay in front,
however alike (他们的, 它们的, 她们的; the names that `zhangwei` may be), and the far ones go behind the
characters; of three syllables and more the likeliest of these before them, where no word is spelt: 李智恩 is
no word, and takes three choices hanzi by hanzi.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Iterator, Sequence
from itertools import islice
from operator import ne
from typing import Final

from engine.conversion.beam import Beam, Hypothesis, is_unfinished
from engine.conversion.word_lookup import KnownWords
from engine.lexicon.latin_words import is_latin
from engine.model.prefix_cache import Node
from engine.protocol import Candidate, Source
from engine.spelling.options import SpellingType
from engine.spelling.syllable_graph import SyllableGraph

NEAR: Final[float] = 5.0  # nats below the best sentence
N_ALIKE: Final[int] = 3  # sentences that may differ from another in a single hanzi
NAME_LENGTH: Final[int] = 2  # syllables of inputs that are often names: twice as many stay in front
_N_FURTHER: Final[int] = 18  # inventions before the characters: two pages, those that may be names first
_N_BEHIND_NAME: Final[int] = 8  # names that no list has, behind one that is listed: 刘一菲 of `liuyifei`
_N_SINGLE: Final[int] = 5  # characters before these, behind a choice
_REACH_FURTHER: Final[float] = 8.5  # nats below the best of them: 陈梓涵 is 8.0 behind 陈紫函
_MANY_FURTHER: Final[int] = 3  # syllables of an input from which on they are of use
_N_COMPLETE: Final[int] = 3  # complete texts behind the best one, before those that are to go on

_NAME_HANZI: Final[int] = 3  # of a name that no word list has
_SURNAMES: Final[frozenset[str]] = frozenset(
    "王李张刘陈杨黄赵吴周徐孙马朱胡郭何高林罗郑梁谢宋唐许韩冯邓曹彭曾肖田董袁潘于蒋蔡余杜叶程苏魏吕丁任沈姚卢姜崔钟谭陆汪范金"
    "石廖贾夏韦付方白邹孟熊秦邱江尹薛闫段雷侯龙史陶黎贺顾毛郝龚邵万钱严覃武戴莫孔向汤温康施文牛樊葛邢安齐易乔伍庞颜倪庄聂章"
    "鲁岳翟殷詹申欧耿关兰焦俞左柳甘祝包宁尚符舒阮柯纪梅童凌毕单季裴霍涂成苗谷盛曲翁冉骆蓝路游辛欧阳靳管柴蒙鲍华喻祁蒲房滕屈"
)


def diverse(
    menu: Sequence[Candidate],
    is_word: Callable[[tuple[int, ...]], bool],
    n_sentence: int,
    short_input: int,
    going_on: Collection[tuple[int, ...]] = (),
    is_behind_choice: bool = False,
) -> list[Candidate]:
    """Return `menu`, best sentence first, with its inventions sifted.

    An invention is a sentence for the whole input that is no word. `n_sentence` is how many stay in front,
    the best included; an input of up to `short_input` syllables is short. `going_on` are texts whose last
    syllable is to go on behind the letters, which never stay in front. Behind a choice the likeliest
    characters stand before further inventions: who mends a text has seen what it was taken for.
    """
    if not menu or not menu[0].tokens:
        return list(menu)
    best = menu[0]
    inventions = [
        candidate
        for candidate in menu[1:]
        if candidate.span == best.span
        and candidate.source is Source.SENTENCE
        and not is_word(candidate.tokens)
    ]
    complete = [candidate for candidate in inventions if candidate.tokens not in going_on]
    if len(best.tokens) > short_input:
        return _without(menu, _without(inventions, in_front(best, complete, n_sentence)))
    n_near = (n_sentence - 1) * (2 if len(best.tokens) <= NAME_LENGTH else 1)
    near = [candidate for candidate in complete if best.score - candidate.score <= NEAR]
    back = _without(inventions, near[:n_near])
    rest = _without(menu, back)
    if len(best.tokens) < _MANY_FURTHER:
        return [*rest, *back]
    others = _without(complete, near[:n_near])
    if is_word(best.tokens):
        further = [each for each in others if _may_be_name(best) and _may_be_name(each)][:_N_BEHIND_NAME]
    else:
        likely = (each for each in others if best.score - each.score <= _REACH_FURTHER)
        further = sorted(likely, key=_may_be_name, reverse=True)[:_N_FURTHER]
    place = next((i for i, each in enumerate(rest) if each.source is Source.CHARACTER), len(rest))
    place += _N_SINGLE if is_behind_choice else 0
    return [*rest[:place], *further, *rest[place:], *_without(back, further)]


def complete_first(beam: Beam, graph: SyllableGraph) -> Beam:
    """Return the beam with the texts whose last syllable is to go on behind all others.

    Only where the last letters are a whole syllable: 又累又苦恼 is behind what `youleiyoukun` spells, 世界
    of `shiji` behind 世纪, but nothing is spelt by `shij` yet.
    """
    if graph.abbreviations or not graph.whole_edges[len(graph.keys)]:
        return beam
    return tuple(sorted(beam, key=is_unfinished))


def one_syllable_first(beam: Beam, root: Node, graph: SyllableGraph, words: KnownWords | None) -> Beam:
    """Return the beam with its hanzi first where all letters are one syllable and the best text is no word:
    嗲 of `dia` before 地啊.
    """
    if not beam or words is None or not graph.table.is_exact(graph.keys):
        return beam
    tokens = beam[0].node.tokens[len(root.tokens) :]
    if len(tokens) < 2 or words.is_word(tokens):
        return beam
    is_hanzi = (h.source is not None and h.source.edge is None and not is_unfinished(h) for h in beam)
    return tuple(h for _, h in sorted(zip(is_hanzi, beam, strict=True), key=lambda each: not each[0]))


def about_as_likely(beam: Beam) -> Beam:
    """Return the texts that are about as likely as the best."""
    return tuple([hypothesis for hypothesis in beam if beam[0].score - hypothesis.score <= NEAR])


def unseen(candidates: Iterable[Candidate], seen: set[str]) -> Iterator[Candidate]:
    """Yield the first candidate of each text that is not among `seen`."""
    for candidate in candidates:
        if candidate.text not in seen:
            seen.add(candidate.text)
            yield candidate


def _may_be_name(candidate: Candidate) -> bool:
    """Return whether a text of three hanzi begins with one of the commonest surnames."""
    return len(candidate.text) == _NAME_HANZI and candidate.text[0] in _SURNAMES


def in_front(best: Candidate, inventions: Iterable[Candidate], n_sentence: int) -> list[Candidate]:
    """Return the inventions that stay behind the best sentence of a long input, no more than needed."""
    return list(islice(_distant(best, inventions), n_sentence - 1))


def going_on(beam: Beam, n_fixed: int) -> frozenset[tuple[int, ...]]:
    """Return the texts whose last syllable is to go on, where the best text is complete.

    A Latin word says nothing of that: MSD of `msd` is complete, and so is 没事的. Nor does a slip, where some
    text reads the letters as they stand: 星期几 of `xingqj` is no worse for 星期.
    """
    best = next((h for h in beam if not _has_slip(h)), beam[0]) if beam else None
    if best is None or is_unfinished(best) or is_latin(best.node.tokens[-1]):
        return frozenset()
    return frozenset(h.node.tokens[n_fixed:] for h in beam if is_unfinished(h))


def _has_slip(hypothesis: Hypothesis) -> bool:
    return hypothesis.is_respelt and any(edge.spelling is SpellingType.SLIP for edge in hypothesis.edges)


def complete_before(others: list[Candidate], open_ended: Collection[tuple[int, ...]]) -> list[Candidate]:
    """Return the candidates, `_N_COMPLETE` complete ones first where some are `open_ended`: `going_on`.

    A word whose last syllable is to go on (喜欢 of `xihua`) is worth more than the tenth invention.
    """
    if not open_ended:
        return others
    complete = [candidate for candidate in others if candidate.tokens not in open_ended][:_N_COMPLETE]
    kept = {id(candidate) for candidate in complete}
    return [*complete, *(candidate for candidate in others if id(candidate) not in kept)]


def _distant(best: Candidate, inventions: Iterable[Candidate]) -> Iterator[Candidate]:
    """Yield the first `N_ALIKE`, and those that differ from all kept before in more than one hanzi."""
    kept, n_alike = [best], 0
    for candidate in inventions:
        is_alike = any(_n_different(candidate.tokens, other.tokens) <= 1 for other in kept)
        if not is_alike or n_alike < N_ALIKE:
            kept.append(candidate)
            n_alike += is_alike
            yield candidate


def _n_different(one: tuple[int, ...], other: tuple[int, ...]) -> int:
    """Return the number of places with different readings; texts of another length differ everywhere."""
    if len(one) != len(other):
        return max(len(one), len(other))
    return sum(map(ne, one, other))


def _without(candidates: Sequence[Candidate], left_out: Sequence[Candidate]) -> list[Candidate]:
    unwanted = {id(candidate) for candidate in left_out}
    return [candidate for candidate in candidates if id(candidate) not in unwanted]
