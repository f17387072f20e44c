"""Measure what a user's own words and phrases are worth: keys a hanzi and first candidates with and without.

The simulated user has a contact list of 200 names, 50 terms of his projects and 30 phrases. His text is made
by rule from clauses that nobody trained on: a name stands in the place of 他 or 她, a term in that of a noun
that is common at work; the phrases are clauses of the text as they are, with a code for each. Nothing is
learnt meanwhile: the words are there by import, the phrases by their file.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from engine.conversion.converter import Converter
from engine.converter_choice import ConverterChoice
from engine.evaluation.accuracy import Score, evaluate_accuracy
from engine.evaluation.cases import Case
from engine.evaluation.learning_replay import Effort, effort_of
from engine.factory import create_converter
from engine.model.bundle import Bundle
from engine.protocol import CustomPhrase
from engine.rewriters.custom_phrase_rewriter import CustomPhraseRewriter
from engine.rewriters.phrase_variables import DEFAULT_FORMATS
from engine.storage.word_store import UserWord
from engine.user_model.model import UserModel
from engine.user_model.user_lexicon import arrays_of
from resources import MODEL

N_NAME, N_TERM, N_PHRASE = 200, 50, 30
N_PHRASE_USE: Final[int] = 5  # times each phrase is typed
_PHRASE_LENGTHS: Final = range(6, 15)  # hanzi

# Hanzi with their readings: common surnames, hanzi of given names, of project names and what they end with.
_SURNAMES: Final[str] = (
    "王wang 李li 张zhang 刘liu 陈chen 杨yang 赵zhao 黄huang 周zhou 吴wu 徐xu 孙sun 胡hu 朱zhu "
    "高gao 林lin 何he 郭guo 马ma 罗luo 梁liang 宋song 郑zheng 谢xie 韩han 唐tang 冯feng 于yu "
    "董dong 萧xiao 程cheng 曹cao 袁yuan 邓deng 许xu 傅fu 沈shen 曾zeng 彭peng 吕lv 苏su 卢lu "
    "蒋jiang 蔡cai 贾jia 丁ding 魏wei 薛xue 叶ye 阎yan"
)
_GIVEN: Final[str] = (
    "砚yan 琰yan 熠yi 弈yi 祺qi 妩wu 伟wei 芳fang 娜na 敏min 静jing 秀xiu 丽li 强qiang 磊lei "
    "洋yang 艳yan 勇yong 军jun 杰jie 娟juan 涛tao 明ming 超chao 霞xia 平ping 刚gang 桂gui 英ying "
    "华hua 玉yu 兰lan 梅mei 鹏peng 浩hao 宇yu 轩xuan 子zi 涵han 梓zi 萱xuan 诗shi 雨yu 欣xin 怡yi "
    "晨chen 曦xi 睿rui 泽ze 铭ming 瑶yao 婷ting 雯wen 昊hao 然ran 思si 源yuan 钰yu 嘉jia 懿yi "
    "煜yu 柠ning 姝shu 妍yan 彦yan 博bo 航hang 廖liao 巍wei 珩heng 翊yi 芮rui 筱xiao 沐mu"
)
_TERM_HEADS: Final[str] = (
    "星xing 河he 云yun 帆fan 灵ling 犀xi 墨mo 音yin 青qing 鸾luan 北bei 斗dou 天tian 枢shu 昆kun "
    "仑lun 玄xuan 武wu 蓝lan 鲸jing 白bai 泽ze 飞fei 鸿hong 远yuan 山shan 极ji 光guang 棱leng "
    "镜jing 回hui 声sheng 磐pan 石shi"
)
_TERM_TAILS: Final[tuple[tuple[str, str], ...]] = (
    ("平台", "ping tai"),
    ("引擎", "yin qing"),
    ("框架", "kuang jia"),
    ("计划", "ji hua"),
    ("模块", "mo kuai"),
    ("网关", "wang guan"),
    ("", ""),
)
_PERSONS: Final[str] = "他她"
_NOUNS: Final[tuple[str, ...]] = (
    "公司",
    "系统",
    "项目",
    "产品",
    "工作",
    "问题",
    "方法",
    "技术",
    "服务",
    "软件",
)


@dataclass(frozen=True)
class OwnThings:
    """The words and phrases that the simulated user has brought in."""

    names: tuple[UserWord, ...]
    terms: tuple[UserWord, ...]
    phrases: tuple[tuple[CustomPhrase, Case], ...]  # with the clause that each stands for

    @property
    def words(self) -> tuple[UserWord, ...]:
        return (*self.names, *self.terms)


@dataclass(frozen=True)
class Worth:
    """Efforts by what the text uses, and scores of plain text by set: without, with."""

    efforts: dict[str, tuple[Effort, Effort]]
    plain: dict[str, tuple[Score, Score]]


def things_of(cases: Sequence[Case], seed: int = 1) -> OwnThings:
    """Draw the user's things; the phrases are clauses of the text."""
    draw = random.Random(seed)
    given, surnames, heads = (_hanzi(text) for text in (_GIVEN, _SURNAMES, _TERM_HEADS))
    names: dict[str, UserWord] = {}
    while len(names) < N_NAME:
        parts = [draw.choice(surnames), *draw.sample(given, draw.choice((1, 2, 2, 2)))]
        word = _word(parts, "contacts")
        names.setdefault(word.text, word)
    terms: dict[str, UserWord] = {}
    while len(terms) < N_TERM:
        tail, reading = draw.choice(_TERM_TAILS)
        parts = [*draw.sample(heads, 2), *zip(tail, reading.split(), strict=True)]
        word = _word(parts, "projects")
        terms.setdefault(word.text, word)
    fitting = [case for case in cases if len(case.hanzi) in _PHRASE_LENGTHS]
    chosen = draw.sample(fitting, min(N_PHRASE, len(fitting)))
    phrases = tuple((CustomPhrase(_code(number), case.hanzi), case) for number, case in enumerate(chosen))
    return OwnThings(tuple(names.values()), tuple(terms.values()), phrases)


def texts_with(cases: Iterable[Case], things: OwnThings, limit: int, seed: int = 1) -> dict[str, list[Case]]:
    """Return clauses that use the names and the terms, at most `limit` each, made of the cases by rule."""
    draw = random.Random(seed)
    made: dict[str, list[Case]] = {"names": [], "terms": []}
    for case in cases:
        if len(case.pinyin) != len(case.hanzi):
            continue
        for kind, words, places in (
            ("names", things.names, list(_persons_in(case.hanzi))),
            ("terms", things.terms, list(_nouns_in(case.hanzi))),
        ):
            if places and len(made[kind]) < limit:
                made[kind].append(_with_word(case, draw.choice(words), *draw.choice(places)))
    return made


def converters_of(choice: ConverterChoice, things: OwnThings) -> tuple[Converter, Converter]:
    """Return a converter without and one with the user's words. Raises BundleError or LexiconError."""
    bundle = Bundle.load(choice.bundle or MODEL)
    user_model = UserModel(bundle.vocabulary)
    user_model.set_imported(arrays_of((word.text, word.reading, word.count) for word in things.words))
    without = create_converter(bundle, choice.search_options, choice.spelling)
    return without, create_converter(bundle, choice.search_options, choice.spelling, user_model)


def worth_of(
    converters: tuple[Converter, Converter],
    things: OwnThings,
    texts: dict[str, list[Case]],
    plain: dict[str, list[Case]],
) -> Worth:
    """Type everything without (the first converter) and with the user's things (the second)."""
    efforts = {
        kind: (_effort(converters[0], cases), _effort(converters[1], cases)) for kind, cases in texts.items()
    }
    without = _effort(converters[0], [case for _, case in things.phrases])
    with_codes = sum((_phrase_effort(converters[1], things, each) for each in things.phrases), Effort())
    efforts["phrases"] = _times(without, N_PHRASE_USE), _times(with_codes, N_PHRASE_USE)
    scores = {
        name: (evaluate_accuracy(converters[0], cases), evaluate_accuracy(converters[1], cases))
        for name, cases in plain.items()
    }
    return Worth(efforts, scores)


def worth_table(worth: Worth) -> str:
    """Return the figures as two Markdown tables."""
    lines = [
        "| text that uses | clauses | keys a hanzi without, with | first candidate right without, with |",
        "|---|---|---|---|",
    ]
    for kind, (without, with_them) in worth.efforts.items():
        keys = " → ".join(f"{each.keys / max(each.hanzi, 1):.2f}" for each in (without, with_them))
        first = " → ".join(f"{100 * each.first / max(each.cases, 1):.1f}%" for each in (without, with_them))
        lines.append(f"| {kind} | {without.cases} | {keys} | {first} |")
    lines += ["", "| plain text | cases | first candidate right without, with | lost |", "|---|---|---|---|"]
    for name, (before, after) in worth.plain.items():
        rates = before.percent[0], after.percent[0]
        shown = " → ".join(f"{rate:.2f}" for rate in rates)
        lines.append(f"| {name} | {before.cases} | {shown} | {rates[0] - rates[1]:.2f} |")
    return "\n".join(lines)


# Inside.


def _hanzi(text: str) -> list[tuple[str, str]]:
    return [(each[0], each[1:]) for each in text.split()]


def _word(parts: Sequence[tuple[str, str]], list_name: str) -> UserWord:
    text, reading = "".join(hanzi for hanzi, _ in parts), tuple(syllable for _, syllable in parts)
    return UserWord(text, reading, 1.0, list_name)


def _code(number: int) -> str:
    """Return two letters that no pinyin of common words has as initials: `va`, `vb` …, then `ia` …"""
    return "vi"[number // 26] + "abcdefghijklmnopqrstuvwxyz"[number % 26]


def _persons_in(hanzi: str) -> Iterator[tuple[int, int]]:
    """Yield the places of 他 and 她 where a person is meant: not 他们, 其他, 他人."""
    for place, character in enumerate(hanzi):
        around = hanzi[max(0, place - 1) : place], hanzi[place + 1 : place + 2]
        if character in _PERSONS and around[0] not in ("其", "吉") and around[1] not in ("们", "人"):
            yield place, place + 1


def _nouns_in(hanzi: str) -> Iterator[tuple[int, int]]:
    for noun in _NOUNS:
        place = hanzi.find(noun)
        if place >= 0:
            yield place, place + len(noun)


def _with_word(case: Case, word: UserWord, start: int, end: int) -> Case:
    hanzi = case.hanzi[:start] + word.text + case.hanzi[end:]
    pinyin = (*case.pinyin[:start], *word.reading, *case.pinyin[end:])
    return replace(case, hanzi=hanzi, pinyin=pinyin, keys="".join(pinyin))


def _effort(converter: Converter, cases: Iterable[Case]) -> Effort:
    return sum((effort_of(converter, lambda _: None, case) for case in cases), Effort())


def _phrase_effort(converter: Converter, things: OwnThings, phrase: tuple[CustomPhrase, Case]) -> Effort:
    """Type a phrase by its code: as a session does, with the rewriter behind the converter."""
    custom, case = phrase
    rewriter = CustomPhraseRewriter(_Fixed([each for each, _ in things.phrases]))
    converter.set_surrounding_text(case.context)
    menu = rewriter.rewrite(custom.code, converter.convert(custom.code).candidates)
    rank = [candidate.text for candidate in menu].index(custom.text)
    return Effort(1, len(case.hanzi), len(custom.code) + 1, int(rank == 0))


class _Fixed:
    """Custom phrases that stay as they are."""

    formats = DEFAULT_FORMATS

    def __init__(self, phrases: Sequence[CustomPhrase]) -> None:
        self._phrases = phrases

    def of(self, code: str) -> list[CustomPhrase]:
        return [phrase for phrase in self._phrases if phrase.code == code]


def _times(effort: Effort, n: int) -> Effort:
    return Effort(effort.cases * n, effort.hanzi * n, effort.keys * n, effort.first * n)
