"""Run `python -m training utterances`: short texts that people send, or type, alone, and how often.

What is written between two marks is not like what stands inside a sentence: 没问题, 在吗, 说来话长; and
what is typed alone is often a word: 医院. The list knows both, of conversation first: short inputs in an
empty field are ranked by it (`engine/conversion/rescoring.py`). Beside them it knows the last words of
longer clauses, which make a text of their own: 多大, 拿快递, 来吗. A second list, without last words, is what
abbreviated input is looked up in: of so many more texts the initials fit that common ones would fall behind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.arrays import IntArray
from engine.conversion.abbreviations import MAX_LENGTH
from engine.lexicon.vocabulary import BREAK, SPECIALS, Vocabulary
from engine.lexicon.word_arrays import build_arrays, save_arrays
from engine.model.ngram import BOUNDARY_MARKS
from engine.spelling.syllable import SYLLABLES
from training.corpus.shards import Shards
from training.errors import WorkshopError
from training.ngram.counting import Keys
from training.ngram.segmentation import LIKE_WORDS, Segmenter

CLAUSES: Final[float] = 0.6  # of the probability is that of whole clauses, the rest that of words
GENERAL: Final[float] = 0.3  # of it is that of the general sources, the rest that of conversation
LAST_WORDS: Final[float] = 0.28  # of all is that of the last words of clauses
LEAST_LAST_WORDS: Final[int] = 20  # times that last words are met; of rarer ones many are none alone (是受)

# What a source counts, by hand: messages and talk first; the large forums would drown them.
TALK_SOURCES: Final[dict[str, float]] = {
    "chatterbot_zh_BSD3": 8,
    "nus_sms": 8,
    "r3_xiaojiang_chat_MIT": 8,
    "r4_cped_tvdialogue_APACHE2": 8,
    "tatoeba_cmn_CCBY": 2,
    "moztw_cc0_sentences": 2,
    "kdconv": 1,
    "weibo_rumor_comments_research": 1,
    "r4_script_crosstalk_APACHE2": 1,
    "lit_PD_life50CN": 1,
    "r3_haruhi_synth_dialogue": 0.5,
    "crosswoz": 0.3,
    "r4_v2ex_digest_threads_MIT": 0.3,
    "v2ex_hot": 0.1,
    "r3_v2ex_mofish_MIT": 0.1,
    "reviews_sophon": 0.1,
    "r4_s1forum_general_NOLIC": 0.05,
}
GENERAL_SOURCES: Final[dict[str, float]] = {
    "cmrc2018_wiki_CCBYSA": 4,
    "common_voice_CC0": 3,
    "drcd_wiki_CCBYSA": 3,
    "r3_uer_cluecorpus_sample": 2,
    "r4_squad_xquad_zh_CCBYSA4": 2,
    "r4_zhihu_fulltext_MIT": 1,
    "fewclue": 0.5,
    "r4_rss_news_NOLIC": 0.5,
    "zhihu_hot_hub": 0.5,
}

_BITS: Final[int] = 14  # a token id in a packed key
_BOUNDARIES: Final = [SPECIALS.index(mark) for mark in BOUNDARY_MARKS]
Tokens = npt.NDArray[np.uint16]
Shares = npt.NDArray[np.float64]
Met = dict[int, Keys]  # the packed texts of a stream, by their length, one for each time


def make_utterances(
    data: Path,
    output: Path,
    word_list: Path,
    sources: Sequence[Mapping[str, float]] = (TALK_SOURCES, GENERAL_SOURCES),
    minimum: int = 3,
    most: int = 100_000,
    least_last: int = LEAST_LAST_WORDS,
    last_words: float = LAST_WORDS,
) -> None:
    """Write the `most` likeliest texts of one to four hanzi that were met `minimum` times and more, or
    `least_last` times at the ends of clauses.

    Raises WorkshopError where none of the sources is there.
    sources: what each source of conversation counts, and what each general one does; last_words: the share
    that last words have of all.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    streams = Shards(data, "train", vocabulary).streams
    segmenter = Segmenter.of_list(vocabulary, word_list)
    whole: list[tuple[Met, float]] = []  # what was met, and the share of each time
    last: list[tuple[Met, float]] = []  # the same of last words
    for weights, part in zip(sources, (1 - GENERAL, GENERAL), strict=True):
        here = [(np.asarray(streams[name]), weight) for name, weight in weights.items() if name in streams]
        if not here:
            raise WorkshopError(f"expected shards of one of {', '.join(sorted(weights))}, found none")
        n_special = vocabulary.n_special
        clauses = [(clauses_of(stream, n_special), weight) for stream, weight in here]
        cut = [(stream, *word_places(stream, segmenter), weight) for stream, weight in here]
        words = [(_packed(stream, at, sizes, n_special), weight) for stream, at, sizes, weight in cut]
        ends = [(last_words_of(stream, places, n_special), weight) for stream, places, _, weight in cut]
        share = part * (1 - last_words)
        whole += [*_in_all(clauses, share * CLAUSES), *_in_all(words, share * (1 - CLAUSES))]
        last += _in_all(ends, part * last_words) if last_words else []
    found = [
        (share, length, key)
        for length in range(1, MAX_LENGTH + 1)
        for share, key in _likeliest(
            [
                _shares_of([(met[length], share) for met, share in parts], times)
                for parts, times in ((whole, minimum), (last, least_last))
                if parts
            ],
            most,
        )
    ]
    kept = sorted(found, key=lambda row: (-row[0], *row[1:]))[:most]
    rows = [(_unpacked(length, key), share) for share, length, key in kept]
    texts = [(vocabulary.text(tokens), _syllables(vocabulary, tokens), share) for tokens, share in rows]
    save_arrays(build_arrays(texts, shortest=1), output)
    size = output.stat().st_size / 1e6
    print(f"{len(rows):,} texts, the rarest one of {1 / rows[-1][1]:,.0f}, in {output}, {size:.1f} MB")


def clauses_of(stream: Tokens, n_special: int) -> Met:
    """Return what stands between two marks, of one to four hanzi."""
    ends = _ends_of_clauses(stream)
    return _packed(stream, ends[:-1] + 1, np.diff(ends) - 1, n_special)


def last_words_of(stream: Tokens, word_starts: IntArray, n_special: int) -> Met:
    """Return the last two to four hanzi of longer clauses, where a word begins with them and hanzi stand
    before: of what follows a digit (3 亿元) hardly anything is typed alone.
    """
    ends = _ends_of_clauses(stream)
    is_start = np.zeros(len(stream) + 1, bool)
    is_start[word_starts] = True
    met = {1: np.zeros(0, np.uint64)}
    for length in range(2, MAX_LENGTH + 1):
        starts = ends[1:][np.diff(ends) - 1 > length] - length
        starts = starts[is_start[starts] & (stream[starts - 1] >= n_special)]
        met[length] = _packed(stream, starts, np.full(len(starts), length), n_special)[length]
    return met


def word_places(stream: Tokens, segmenter: Segmenter) -> tuple[IntArray, IntArray]:
    """Return where each word of the stream begins, and how many tokens it has."""
    cut = segmenter.cut(stream)
    sizes = np.array([1 if word in LIKE_WORDS else len(word) for word in segmenter.words])
    lengths = sizes[cut[cut >= 0]]
    inside = np.flatnonzero(~np.isin(stream, _BOUNDARIES))
    return inside[np.cumsum(lengths) - lengths], lengths


def _ends_of_clauses(stream: Tokens) -> IntArray:
    """Return where marks stand. White space beside a number or a Latin word is none (3 亿元, App 上架)."""
    is_boundary = np.isin(stream, _BOUNDARIES)
    beside = np.flatnonzero(stream == SPECIALS.index(BREAK))
    beside = beside[(beside > 0) & (beside < len(stream) - 1)]
    like_word = np.isin(stream, [SPECIALS.index(name) for name in LIKE_WORDS])
    is_boundary[beside[like_word[beside - 1] | like_word[beside + 1]]] = False
    return np.flatnonzero(is_boundary)


def _packed(stream: Tokens, starts: IntArray, lengths: IntArray, n_special: int) -> Met:
    """Return the texts of one to four hanzi that begin at `starts` and have `lengths` tokens."""
    met = {}
    for length in range(1, MAX_LENGTH + 1):
        tokens = stream[starts[lengths == length, None] + np.arange(length)].astype(np.uint64)
        tokens = tokens[(tokens >= n_special).all(axis=1)]
        shifts = np.arange(_BITS * (length - 1), -1, -_BITS, dtype=np.uint64)
        met[length] = (tokens << shifts).sum(axis=1, dtype=np.uint64)
    return met


def _in_all(parts: Sequence[tuple[Met, float]], share: float) -> list[tuple[Met, float]]:
    """Return the parts with the share of each time that a text was met, `share` in all."""
    total = sum(weight * len(keys) for met, weight in parts for keys in met.values())
    return [(met, share * weight / total) for met, weight in parts]


def _likeliest(groups: Sequence[tuple[Keys, Shares]], most: int) -> list[tuple[float, int]]:
    """Return the `most` texts with the largest shares in all groups: (share, packed text)."""
    distinct, places = np.unique(np.concatenate([keys for keys, _ in groups]), return_inverse=True)
    total = np.bincount(places, np.concatenate([shares for _, shares in groups]))
    best = np.argsort(-total, kind="stable")[:most]
    return list(zip(total[best].tolist(), distinct[best].tolist(), strict=True))


def _shares_of(parts: Sequence[tuple[Keys, float]], minimum: int) -> tuple[Keys, Shares]:
    """Return the texts that were met `minimum` times and more, and their shares."""
    counted = [(np.unique(keys, return_counts=True), share) for keys, share in parts]
    distinct, places = np.unique(np.concatenate([keys for (keys, _), _ in counted]), return_inverse=True)
    weights = np.concatenate([counts * share for (_, counts), share in counted])
    shares = np.bincount(places, weights).astype(np.float64)
    times = np.bincount(places, np.concatenate([counts for (_, counts), _ in counted]))
    often = times >= minimum
    return distinct[often], shares[often]


def _unpacked(length: int, key: int) -> list[int]:
    return [key >> _BITS * i & (1 << _BITS) - 1 for i in reversed(range(length))]


def _syllables(vocabulary: Vocabulary, tokens: list[int]) -> list[str]:
    return [SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens]
