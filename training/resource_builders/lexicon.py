"""Build `resources/lexicon/words.bin` from open word lists: `python -m training lexicon --source DIR`.

The sources, and what is taken of each:

    AOSP_rawdict_APACHE2       every word, its readings, its frequency
    phrase-pinyin-data_MIT     readings; words of four hanzi and more, shorter ones if seen in text
    THUOCL_MIT                 idioms; words of the other lists if seen in text (read by pypinyin)

A word stays if all its hanzi have the reading in `resources/characters.tsv`. How common it is comes from a
segmentation of running text (`--corpus`, the first `--sample` characters of every file): the likeliest split
into words by AOSP's frequencies, one pass (a hard EM step). The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import math
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Final

from pypinyin.contrib.tone_convert import to_normal

from engine.lexicon.vocabulary import load_characters
from engine.lexicon.word_arrays import MAX_WORD_LENGTH, MIN_WORD_LENGTH, build_arrays, save_arrays
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import SYLLABLES
from training.corpus.pinyin_annotation import annotate_line
from training.corpus.text_files import paragraphs, text_files
from training.resource_builders.hanzi import plain_syllable

Syllables = tuple[str, ...]

AOSP: Final[str] = "AOSP_rawdict_APACHE2/rawdict_utf16_65105_freq.txt"
PHRASES: Final[tuple[str, ...]] = (
    "phrase-pinyin-data_MIT/overwrite.txt",
    "phrase-pinyin-data_MIT/pinyin.txt",
)
THUOCL: Final[str] = "THUOCL_MIT"
IDIOMS: Final[str] = "THUOCL_chengyu.txt"

MIN_COUNT: Final[int] = 2  # a word of the lists without frequencies must be seen so often
AOSP_SHARE: Final[float] = 0.1  # weight of AOSP's frequencies beside the counts
FLOOR: Final[float] = 0.1  # count of a word never seen
UNLISTED: Final[float] = 30.0  # frequency, on AOSP's scale, of what AOSP lacks
MIN_IDIOM_LENGTH: Final[int] = 4
_HANZI: Final = re.compile(f"[{HANZI}]+")


def build_lexicon(options: argparse.Namespace) -> None:
    """Build the lexicon; prints what was taken and dropped. `options`: of the command line."""
    aosp = dict(read_aosp(options.source / AOSP))
    phrases = {text: reading for name in PHRASES for text, reading in read_dictionary(options.source / name)}
    listed = {text for path in sorted((options.source / THUOCL).glob("*.txt")) for text in read_thuocl(path)}
    words = {text for text in {text for text, _ in aosp} | phrases.keys() | listed if fits_lexicon(text)}
    runs = hanzi_runs(options.corpus, options.sample) if options.corpus else ()
    counts = count_words(words, aosp, runs)
    certain = {text for text, _ in aosp} | set(read_thuocl(options.source / THUOCL / IDIOMS))
    certain |= {text for text in phrases if len(text) >= MIN_IDIOM_LENGTH}
    chosen = {text for text in words if text in certain or counts[text] >= MIN_COUNT}
    shares = choose_readings(chosen, aosp, phrases)
    known = load_characters(options.characters)
    kept = {
        (text, reading): share
        for (text, reading), share in shares.items()
        if all(syllable in known.get(hanzi, ()) for hanzi, syllable in zip(text, reading, strict=True))
    }
    scale = AOSP_SHARE * max(counts.total(), 1) / sum(aosp.values())
    weights = {
        word: counts[word[0]] * share + aosp.get(word, 0) * scale + FLOOR for word, share in kept.items()
    }
    options.output.parent.mkdir(parents=True, exist_ok=True)
    save_arrays(build_arrays((*word, weight) for word, weight in weights.items()), options.output)
    print(f"{len(kept)} words in {options.output}, {options.output.stat().st_size} bytes.")
    print(f"Left out: {len(words) - len(chosen)} listed words not seen in {counts.total()} words of text,")
    print(f"{len(shares) - len(kept)} readings that {options.characters.name} lacks.")


def count_words(
    words: Iterable[str], aosp: dict[tuple[str, Syllables], float], runs: Iterable[str]
) -> Counter[str]:
    """Count how often each word stands in the likeliest split of the runs of hanzi.

    Single hanzi and words without a frequency of AOSP's get a low one.
    """
    frequencies: dict[str, float] = defaultdict(float)
    for (text, _), frequency in aosp.items():
        frequencies[text] += frequency
    total = sum(frequencies.values())
    log_probs = {text: math.log(max(frequencies[text], UNLISTED) / total) for text in words}
    single = {text: math.log(f / total) for text, f in frequencies.items() if len(text) == 1 and f > 0}
    lowest = math.log(UNLISTED / total)
    counts: Counter[str] = Counter()
    for run in runs:
        counts.update(piece for piece in split(run, log_probs, single, lowest) if len(piece) > 1)
    return counts


def split(run: str, words: dict[str, float], single: dict[str, float], lowest: float) -> list[str]:
    """Return the likeliest split of a run of hanzi into words and single hanzi (Viterbi).

    `words` and `single` give log-probabilities; a hanzi without one gets `lowest`.
    """
    best = [0.0] * (len(run) + 1)
    starts = [0] * (len(run) + 1)
    for end in range(1, len(run) + 1):
        starts[end] = end - 1
        best[end] = best[end - 1] + single.get(run[end - 1], lowest)
        for start in range(max(0, end - MAX_WORD_LENGTH), end - 1):
            log_prob = words.get(run[start:end])
            if log_prob is not None and best[start] + log_prob > best[end]:
                best[end], starts[end] = best[start] + log_prob, start
    pieces = []
    end = len(run)
    while end:
        pieces.append(run[starts[end] : end])
        end = starts[end]
    return pieces[::-1]


def choose_readings(
    words: Iterable[str], aosp: dict[tuple[str, Syllables], float], phrases: dict[str, Syllables]
) -> dict[tuple[str, Syllables], float]:
    """Return (word, reading) to the share of the word's count that this reading gets.

    AOSP's readings share in proportion to their frequency; a word that AOSP lacks is read as
    phrase-pinyin-data says, else as training's own annotation does.
    """
    of_word: dict[str, list[tuple[Syllables, float]]] = {}
    for (text, reading), frequency in aosp.items():
        of_word.setdefault(text, []).append((reading, max(frequency, 1e-3)))
    shares: dict[tuple[str, Syllables], float] = {}
    for text in sorted(words):
        choices = of_word.get(text) or [(phrases.get(text) or annotated_reading(text), 1.0)]
        total = sum(frequency for _, frequency in choices)
        shares |= {
            (text, reading): frequency / total for reading, frequency in choices if len(reading) == len(text)
        }
    return shares


def annotated_reading(text: str) -> Syllables:
    """Return the syllables that running text is annotated with."""
    indices = [int(code & 511) - 1 for code in annotate_line(text)[1:]]
    return tuple(SYLLABLES[index] if index >= 0 else "" for index in indices)


def hanzi_runs(corpus: Path, sample: int) -> Iterator[str]:
    """Yield runs of hanzi in the first `sample` characters of every text file."""
    for path in text_files(corpus).values():
        left = sample
        for paragraph in paragraphs(path):
            yield from _HANZI.findall(paragraph[:left])
            left -= len(paragraph)
            if left <= 0:
                break


def read_aosp(path: Path) -> Iterator[tuple[tuple[str, Syllables], float]]:
    """Yield (hanzi, reading), frequency of each row `word frequency flag syllable...` in UTF-16."""
    for line in path.read_text(encoding="utf-16").splitlines():
        text, frequency, _, *spelling = line.split()
        if (reading := syllables_of(spelling)) is not None:
            yield (text, reading), float(frequency)


def read_dictionary(path: Path) -> Iterator[tuple[str, Syllables]]:
    """Yield (hanzi, reading) of each row `word: pīn yīn # remark`; a word's first reading comes last."""
    for line in reversed(path.read_text(encoding="utf-8").splitlines()):
        text, colon, spelling = line.partition("#")[0].partition(":")
        reading = syllables_of(to_normal(spelling).split())
        if colon and reading is not None:
            yield text.strip(), reading


def read_thuocl(path: Path) -> Iterator[str]:
    """Yield the words of rows `word<TAB>documents` (line ends of three kinds, some with spaces)."""
    for line in path.read_text(encoding="utf-8-sig").splitlines():
        if fields := line.split():
            yield fields[0]


def syllables_of(spelling: Iterable[str]) -> Syllables | None:
    """Return the syllables as the inventory spells them (`lue` is `lve`), None if one is not of it."""
    indices = [plain_syllable(syllable) for syllable in spelling]
    return tuple(SYLLABLES[index] for index in indices if index is not None) if None not in indices else None


def fits_lexicon(text: str) -> bool:
    """Return whether a lexicon can hold the text."""
    return MIN_WORD_LENGTH <= len(text) <= MAX_WORD_LENGTH and _HANZI.fullmatch(text) is not None
