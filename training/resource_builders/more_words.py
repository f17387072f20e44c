"""Add the words of a large list, and those that only text has, to a lexicon: `python -m training more-words`.

    jieba.txt.xz      each word that the n-gram of words has met, read as running text is annotated
    shards            what looks like a word in them (`new_words`), as it is read there

The words that the lexicon has keep their readings and how common they are to each other. How common an added
one is comes from the n-gram of words, or its count, put to the scale of the lexicon by the median of the
words that both have.
"""

from __future__ import annotations

import argparse
import math
from collections.abc import Collection
from typing import Final

import numpy as np

from engine.lexicon.vocabulary import Vocabulary, load_characters
from engine.lexicon.word_arrays import WordArrays, build_arrays, load_arrays, save_arrays
from engine.model.word_ngram import WordNgram
from training.corpus.shards import Shards
from training.ngram.segmentation import read_word_list
from training.resource_builders.lexicon import annotated_reading, fits_lexicon
from training.resource_builders.names import NamedReadings, lexicon_rows
from training.resource_builders.new_words import FoundWord, find_words

TOKENS_A_WORD: Final[float] = 1.85  # of text, its marks counted


def build_more_words(options: argparse.Namespace) -> None:
    """Write the larger lexicon; prints what was added. `options`: of the command line."""
    base = load_arrays(options.base)
    vocabulary = Vocabulary.load(options.data / "vocabulary.tsv")
    streams = Shards(options.data, "train", vocabulary).streams
    words = WordNgram.load(options.words)
    have = {text for text, _, _ in lexicon_rows(base)}
    known = load_characters(options.characters)
    texts = read_word_list(options.list, known).keys() - have
    listed = {
        word: share for word, share in met_words(texts, words).items() if _is_known(word[0], word[1], known)
    }
    found = find_words(streams, vocabulary)
    n_token = sum(len(stream) for stream in streams.values())
    fresh = unlisted(found, have | {text for text, _ in listed}, n_token)
    grown = with_words(base, listed | fresh, words)
    save_arrays(grown, options.output)
    print(f"{len(listed)} listed words and {len(fresh)} of text added to {len(base)}: {options.output},")
    print(f"{len(grown)} words, {options.output.stat().st_size} bytes.")


def met_words(texts: Collection[str], words: WordNgram) -> NamedReadings:
    """Return (word, reading) to its share of all words, of those `texts` that the n-gram has met."""
    fitting = sorted(filter(fits_lexicon, texts))
    shares = words.shares(fitting).tolist()
    read = {text: annotated_reading(text) for text, share in zip(fitting, shares, strict=True) if share}
    return {
        (text, read[text]): share
        for text, share in zip(fitting, shares, strict=True)
        if share and len(read[text]) == len(text)
    }


def unlisted(found: Collection[FoundWord], have: Collection[str], n_token: int) -> NamedReadings:
    """Return (word, reading) to its share of all words of a text of `n_token`, of what no list has."""
    return {
        (word.text, word.syllables): word.count * TOKENS_A_WORD / n_token
        for word in found
        if word.text not in have and fits_lexicon(word.text)
    }


def with_words(base: WordArrays, added: NamedReadings, words: WordNgram) -> WordArrays:
    """Return the words of `base` and the added ones, whose shares are on the scale of `words`."""
    rows = {(text, reading): share for text, reading, share in lexicon_rows(base)}
    ours = np.array(list(rows.values()))
    theirs = words.shares([text for text, _ in rows])
    both = theirs > 0
    scale = math.exp(np.median(np.log(ours[both] / theirs[both]))) if both.any() else 1.0
    rows = {word: share * scale for word, share in added.items()} | rows
    return build_arrays((text, reading, share) for (text, reading), share in rows.items())


def _is_known(text: str, reading: tuple[str, ...], known: dict[str, list[str]]) -> bool:
    """Return whether each hanzi may be read so."""
    return all(syllable in known.get(hanzi, ()) for hanzi, syllable in zip(text, reading, strict=True))
