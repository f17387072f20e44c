"""Run `python -m training ngram`: count the n-gram of readings of a bundle from shards."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Final

import numpy as np

from engine.arrays import dump_arrays
from engine.lexicon.lexicon import Lexicon
from engine.lexicon.rare_tokens import is_rare
from engine.lexicon.vocabulary import SPECIALS, START, UNKNOWN, Vocabulary
from engine.model.ngram import BOUNDARY_MARKS, pack_readings
from engine.model.ngram_file import LEVELS
from engine.model.ngram_file import Level as PackedLevel
from training.checkpoint_files import save_whole
from training.corpus.shards import Shards, note_on_weights
from training.ngram.counting import UNIT, Alphabet, Stream, find
from training.ngram.kneser_ney import CountedLevel, Text, estimate_levels

BITS: Final[int] = 14  # a token id in a packed key; four and a weight fit into 64 bits
BOUNDARY: Final[int] = SPECIALS.index(START)
HOLE: Final[int] = SPECIALS.index(UNKNOWN)  # stands between words of a list: nothing is counted across it
UNFITTED: Final = (0.3, 0.3, 0.5, 0.7)  # mixing weights until `fit_weights` has seen the decoder
WORD_TIMES: Final[int] = 4


def reading_alphabet(n_token: int) -> Alphabet:
    """Return how readings are counted."""
    return Alphabet(n_token, BITS, BOUNDARY, HOLE)


def clause_streams(shards: Shards, weights: dict[str, float], n_token: int) -> list[Stream]:
    """Return all sources, mapped from disk, every clause boundary a BOUNDARY."""
    table = np.arange(n_token, dtype=np.uint16)
    table[[SPECIALS.index(mark) for mark in BOUNDARY_MARKS]] = BOUNDARY
    codes = {name: weight_code(weights.get(name, 1.0)) for name in shards.streams}
    return [Stream(tokens, codes[name], table) for name, tokens in shards.streams.items() if codes[name]]


def weight_code(weight: float) -> int:
    """Return a source's weight in steps of 1/UNIT."""
    return int(np.clip(round(weight * UNIT), 0, 255))


def word_stream(words: Iterable[Sequence[int]], times: int) -> Stream:
    """Return words (token ids), each `times` times, with holes between; a rare hanzi has no place in them."""
    tokens = [token for word in words if not any(map(is_rare, word)) for token in (HOLE, *word)]
    return Stream(np.array([*(tokens * times), HOLE], dtype=np.uint16))


def packed_levels(levels: Sequence[CountedLevel], alphabet: Alphabet) -> list[PackedLevel]:
    """Return the levels as the engine's file form takes them: children counted instead of keys."""
    found = []
    for n, level in enumerate(levels):
        n_children = np.zeros(len(level.keys), dtype=np.int64)
        if n + 1 < len(levels):
            contexts = find(level.keys, alphabet.contexts(levels[n + 1].keys))
            n_children = np.bincount(contexts, minlength=len(level.keys))
        tokens = alphabet.last(level.keys, 1)
        found.append(PackedLevel(tokens, n_children, level.log_prob, level.backoff))
    return found


def make_ngram(
    data: Path,
    output: Path,
    weights: dict[str, float],
    minimum: tuple[int, ...],
    entries: tuple[int, ...],
    lexicon: Path | None = None,
) -> None:
    """Count, estimate, prune, quantise and write OUT.

    The words of `lexicon` are counted in as if each had stood WORD_TIMES times in the text.
    """
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    shards = Shards(data, "train", vocabulary)
    if note := note_on_weights(shards, weights):
        print(note)
    streams = clause_streams(shards, weights, len(vocabulary))
    if lexicon is not None:
        words = [word.tokens for word in Lexicon.load(lexicon, vocabulary).words()]
        streams.append(word_stream(words, WORD_TIMES))
    alphabet = reading_alphabet(len(vocabulary))
    levels = estimate_levels(Text(streams, alphabet, LEVELS), minimum, entries, report=True)
    with save_whole(output) as file:
        file.write(dump_arrays(pack_readings(packed_levels(levels, alphabet), UNFITTED)))
    print(f"{output}: {output.stat().st_size / 1e6:.1f} MB")
