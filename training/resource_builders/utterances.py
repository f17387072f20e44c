"""Run `python -m training utterances`: short texts that people send, or type, alone, and how often.

What is written between two marks is not like what stands inside a sentence: 没问题, 在吗, 说来话长; and
what is typed alone is often a word: 医院. The list knows both, of conversation first: short inputs in an
empty field are ranked by it (`engine/conversion/rescoring.py`), and abbreviated ones are looked up in it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt

from engine.conversion.abbreviations import MAX_LENGTH
from engine.lexicon.vocabulary import BREAK, SPECIALS, Vocabulary
from engine.lexicon.word_arrays import build_arrays, save_arrays
from engine.model.ngram import BOUNDARY_MARKS
from engine.spelling.syllable import SYLLABLES
from training.corpus.shards import Shards
from training.errors import WorkshopError
from training.ngram.segmentation import LIKE_WORDS, Segmenter, read_word_list

CLAUSES: Final[float] = 0.6  # of the probability is that of whole clauses, the rest that of words
GENERAL: Final[float] = 0.3  # of it is that of the general sources, the rest that of conversation

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
Keys = npt.NDArray[np.uint64]
Met = dict[int, Keys]  # the packed texts of a stream, by their length, one for each time


def make_utterances(
    data: Path,
    output: Path,
    word_list: Path,
    sources: Sequence[Mapping[str, float]] = (TALK_SOURCES, GENERAL_SOURCES),
    minimum: int = 3,
    most: int = 100_000,
) -> None:
    """Write the `most` likeliest texts of one to four hanzi that were met `minimum` times and more.

    Raises WorkshopError where none of the sources is there.
    sources: what each source of conversation counts, and what each general one does.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    streams = Shards(data, "train", vocabulary).streams
    segmenter = Segmenter(vocabulary, read_word_list(word_list, vocabulary.texts[vocabulary.n_special :]))
    parts: list[tuple[Met, float]] = []  # what was met, and the share of each time
    for weights, part in zip(sources, (1 - GENERAL, GENERAL), strict=True):
        here = [(np.asarray(streams[name]), weight) for name, weight in weights.items() if name in streams]
        if not here:
            raise WorkshopError(f"expected shards of one of {', '.join(sorted(weights))}, found none")
        clauses = [(clauses_of(stream, vocabulary.n_special), weight) for stream, weight in here]
        words = [(words_of(stream, segmenter, vocabulary.n_special), weight) for stream, weight in here]
        parts += [*_in_all(clauses, part * CLAUSES), *_in_all(words, part * (1 - CLAUSES))]
    found = [
        (share, length, key)
        for length in range(1, MAX_LENGTH + 1)
        for share, key in _likeliest([(met[length], share) for met, share in parts], minimum, most)
    ]
    kept = sorted(found, key=lambda row: (-row[0], *row[1:]))[:most]
    rows = [(_unpacked(length, key), share) for share, length, key in kept]
    texts = [(vocabulary.text(tokens), _syllables(vocabulary, tokens), share) for tokens, share in rows]
    save_arrays(build_arrays(texts, shortest=1), output)
    size = output.stat().st_size / 1e6
    print(f"{len(rows):,} texts, the rarest one of {1 / rows[-1][1]:,.0f}, in {output}, {size:.1f} MB")


def clauses_of(stream: Tokens, n_special: int) -> Met:
    """Return what stands between two marks, of one to four hanzi.

    White space beside a number or a Latin word is none (3 亿元, App 上架).
    """
    is_boundary = np.isin(stream, _BOUNDARIES)
    beside = np.flatnonzero(stream == SPECIALS.index(BREAK))
    beside = beside[(beside > 0) & (beside < len(stream) - 1)]
    like_word = np.isin(stream, [SPECIALS.index(name) for name in LIKE_WORDS])
    is_boundary[beside[like_word[beside - 1] | like_word[beside + 1]]] = False
    ends = np.flatnonzero(is_boundary)
    return _packed(stream, ends[:-1] + 1, np.diff(ends) - 1, n_special)


def words_of(stream: Tokens, segmenter: Segmenter, n_special: int) -> Met:
    """Return the words of one to four hanzi."""
    cut = segmenter.cut(stream)
    sizes = np.array([1 if word in LIKE_WORDS else len(word) for word in segmenter.words])
    lengths = sizes[cut[cut >= 0]]
    return _packed(stream[~np.isin(stream, _BOUNDARIES)], np.cumsum(lengths) - lengths, lengths, n_special)


def _packed(
    stream: Tokens, starts: npt.NDArray[np.int64], lengths: npt.NDArray[np.int64], n_special: int
) -> Met:
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


def _likeliest(parts: Sequence[tuple[Keys, float]], minimum: int, most: int) -> list[tuple[float, int]]:
    """Return the `most` texts with the largest shares that were met often: (share, packed text)."""
    counted = [(np.unique(keys, return_counts=True), share) for keys, share in parts]
    distinct, places = np.unique(np.concatenate([keys for (keys, _), _ in counted]), return_inverse=True)
    shares = np.bincount(places, np.concatenate([counts * share for (_, counts), share in counted]))
    times = np.bincount(places, np.concatenate([counts for (_, counts), _ in counted]))
    best = np.argsort(-shares, kind="stable")
    best = best[times[best] >= minimum][:most]
    return list(zip(shares[best].tolist(), distinct[best].tolist(), strict=True))


def _unpacked(length: int, key: int) -> list[int]:
    return [key >> _BITS * i & (1 << _BITS) - 1 for i in reversed(range(length))]


def _syllables(vocabulary: Vocabulary, tokens: list[int]) -> list[str]:
    return [SYLLABLES[vocabulary.syllable_of_token(token)] for token in tokens]
