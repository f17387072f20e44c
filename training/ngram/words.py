"""Run `python -m training words`: count the n-gram of words of a bundle from shards.

The text is cut into the words of a list (jieba's: resources/lexicon), counted to a trigram, and pruned to the
entries that tell words of one pronunciation apart. The cut text of each source is kept beside the shards.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
import numpy.typing as npt
from pypinyin import Style, lazy_pinyin

from engine.arrays import dump_arrays
from engine.lexicon.vocabulary import Vocabulary
from engine.model.word_ngram import FIRST_RARE_WORD, WORD_LEVELS, pack_words
from training.checkpoint_files import save_whole
from training.corpus.shards import Shards, note_on_weights
from training.ngram.counting import Alphabet, Stream
from training.ngram.kneser_ney import CountedLevel, Text, estimate_levels
from training.ngram.pruning import pruned
from training.ngram.readings import packed_levels, weight_code
from training.ngram.segmentation import Segmenter

BITS: Final[int] = 18  # a word in a packed key; three and a weight fit into 62 bits
_BOUNDARY: Final[int] = 0
_HOLE: Final[int] = (1 << BITS) - 1  # stands for words beyond those that fit
_CONSIDERED: Final[int] = 40_000_000  # n-grams of an order that pruning chooses from


def make_words(
    data: Path,
    output: Path,
    word_list: Path,
    weights: dict[str, float],
    entries: tuple[int, int],
    minimum: tuple[int, int] = (2, 2),
) -> None:
    """Cut, count, estimate, prune and write OUT; `entries` are the bigrams and trigrams to keep."""
    vocabulary = Vocabulary.load(data / "vocabulary.tsv")
    shards = Shards(data, "train", vocabulary)
    if note := note_on_weights(shards, weights):
        print(note)
    segmenter = Segmenter.of_list(vocabulary, word_list)
    cut = {name: segmenter.cut(tokens) for name, tokens in shards.streams.items()}
    words, streams = _numbered(cut, segmenter.words, weights)
    print(f"{sum(len(stream.tokens) for stream in streams):,} words and boundaries, {len(words):,} words")
    alphabet = Alphabet(len(words) + 1, BITS, _BOUNDARY, _HOLE)
    levels = estimate_levels(Text(streams, alphabet, WORD_LEVELS), minimum, (_CONSIDERED,) * 2, report=True)
    levels = pruned(_of_common_words(levels, alphabet), entries, _pronunciations(words), alphabet)
    with save_whole(output) as file:
        file.write(dump_arrays(pack_words(packed_levels(levels, alphabet), words)))
    kept = " and ".join(f"{len(level.keys):,}" for level in levels[1:])
    print(f"{output}: {kept} entries, {output.stat().st_size / 1e6:.1f} MB")


def _numbered(
    cut: dict[str, npt.NDArray[np.int32]], words: list[str], weights: dict[str, float]
) -> tuple[list[str], list[Stream]]:
    """Return the words that were met, the commonest first, and the streams of their numbers from 1 on."""
    times = np.zeros(len(words), dtype=np.int64)
    for found in cut.values():
        times += np.bincount(found[found >= 0], minlength=len(words))
    order = np.argsort(-times, kind="stable")[: min(np.count_nonzero(times), _HOLE - 1)]
    numbers = np.full(len(words) + 1, _HOLE, dtype=np.uint32)
    numbers[order] = np.arange(1, len(order) + 1)
    numbers[-1] = _BOUNDARY  # what -1 picks
    streams = [
        Stream(numbers[found], weight_code(weights.get(name, 1.0)))
        for name, found in cut.items()
        if weight_code(weights.get(name, 1.0))
    ]
    return [words[number] for number in order.tolist()], streams


def _of_common_words(levels: list[CountedLevel], alphabet: Alphabet) -> list[CountedLevel]:
    """Return the levels without n-grams of words that the file has no room for."""
    found = levels[:1]
    for order, level in enumerate(levels[1:], start=2):
        kept = np.ones(len(level.keys), dtype=bool)
        for n in range(order):
            kept &= alphabet.last(level.keys >> np.uint64(n * BITS), 1) < FIRST_RARE_WORD
        found.append(CountedLevel(level.keys[kept], level.log_prob[kept], level.backoff[kept]))
    return found


def _pronunciations(words: list[str]) -> npt.NDArray[np.int64]:
    """Return a number for the syllables of each word, the boundary before them."""
    numbers: dict[str, int] = {}
    spoken = (" ".join(lazy_pinyin(word, style=Style.NORMAL)) for word in words)
    found = [numbers.setdefault(syllables, len(numbers) + 1) for syllables in spoken]
    return np.array([0, *found], dtype=np.int64)
