"""Beginnings of a long sentence: what stands before the word that is likeliest to be wrong."""

from __future__ import annotations

import pytest

from engine.conversion.beam import Hypothesis
from engine.conversion.converter import Converter
from engine.conversion.menu.beginnings import beginnings, endings
from engine.factory import create_converter
from engine.model.prefix_cache import Node
from engine.spelling.syllable_graph import Edge


@pytest.fixture(scope="module")
def converter() -> Converter:
    return create_converter()


def text(tokens: tuple[int, ...], score: float) -> Hypothesis:
    """Return a text of one letter a token."""
    step = Hypothesis(Node(None, 0, ()), 0.0)
    for place, token in enumerate(tokens):
        step = Hypothesis(step.node.child(token), score, Edge(place, place + 1, 0, 1), step)
    return step


def ends_of(*texts: Hypothesis) -> list[int]:
    return [each.edge.end for each in beginnings(texts, 0, 3) if each.edge]


def test_they_end_before_the_most_doubtful_places_the_longest_first() -> None:
    best = text((1, 2, 3, 4, 5, 6), -1.0)
    others = [text((1, 2, 3, 9, 5, 6), -2.0), text((1, 9, 3, 4, 5, 6), -3.0)]
    assert ends_of(best, *others) == [3, 1]
    assert ends_of(best) == []
    assert ends_of() == []


def test_a_doubt_about_the_first_syllable_has_no_beginning() -> None:
    assert ends_of(text((1, 2), -1.0), text((9, 2), -1.5)) == []


def test_what_hardly_ever_goes_on_differently_is_sure() -> None:
    assert ends_of(text((1, 2, 3), -1.0), text((1, 2, 9), -9.0)) == []


def test_no_more_than_a_few() -> None:
    best = tuple(range(1, 9))
    others = [text((*best[:i], 99, *best[i + 1 :]), -2.0 - i) for i in range(1, 7)]
    assert ends_of(text(best, -1.0), *others) == [3, 2, 1]


def test_the_probabilities_of_alternatives_add_up() -> None:
    best = text((1, 2, 3, 4, 5, 6, 7, 8), -1.0)
    one = [text((1, 2, 3, 4, 5, 6, 7, other), -3.0) for other in (90, 91, 92)]
    others = [text((*range(1, i + 1), 90, *range(i + 2, 9)), -2.5) for i in (2, 4, 6)]
    assert ends_of(best, *one, *others)[0] == 7


@pytest.mark.parametrize(
    ("keys", "beginning"),
    [
        ("xiangxidexingnengceshibaogaojianfulu", "详细的性能测试报告"),
        ("wobazuotiandehuiyijiluzhenglihaolefageinile", "我把昨天的会议"),
        ("tashuotamingtianxiawucainenghuilai", "他说"),
    ],
)
def test_on_the_first_page(converter: Converter, keys: str, beginning: str) -> None:
    converter.set_surrounding_text("")
    candidates = converter.convert(keys).candidates
    assert beginning in [candidate.text for candidate in candidates[:9]]
    assert all(each.span[1] == len(keys) for each in candidates[:4])


def test_other_ends_of_a_beginning() -> None:
    best, other = text((1, 2, 3, 4), -1.0), text((1, 2, 3, 9), -2.0)
    earlier, third = text((1, 2, 8, 7), -3.0), text((1, 2, 3, 5), -4.0)
    beam = (best, other, earlier, third)
    assert endings(beam, beginnings(beam, 0, 3)[0]) == (other, third)
    far = text((1, 2, 3, 6), -7.0)
    assert endings((*beam, far), beginnings(beam, 0, 3)[0]) == (other, third)


@pytest.mark.parametrize(
    ("keys", "wanted"),
    [
        ("jinruzhenggailuoshijieduanhouyouxiedishi", "进入整改落实阶段后有些地市"),
        ("qiyeyikaojishuwaqianzengxiaotafuzequanchang", "企业依靠技术挖潜增效他负责全厂"),
    ],
)
def test_a_sentence_with_another_last_word_is_on_the_first_page(
    converter: Converter, keys: str, wanted: str
) -> None:
    converter.set_surrounding_text("")
    assert wanted in [candidate.text for candidate in converter.convert(keys).candidates[:9]]
