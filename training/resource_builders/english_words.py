"""Collect Latin words inside Chinese text: `python -m training english` writes english.tsv.

A word is a run of ASCII letters in a line that has hanzi; of its casings the commonest is kept (WiFi, GitHub,
iPhone), with the count of all of them and its own. Names that people type and the text hardly has are listed
here. English words that the text lacks come from wordfreq
(Robyn Speer, 2022), with what its frequencies would make of them in as much text. Each word is marked
by whether a word of the lexicon is read so. The same text and lists give the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from pathlib import Path
from typing import Final

from engine.lexicon.lexicon import Lexicon
from engine.lexicon.vocabulary import Vocabulary
from engine.spelling.english_words import SHORTEST_CLEAR
from engine.spelling.hanzi import HANZI
from engine.spelling.syllable import SYLLABLE_INDEX, SYLLABLES
from resources import LEXICON, MODEL
from training.corpus.text_files import paragraphs, text_files
from training.errors import WorkshopError

MAX_LENGTH: Final[int] = 18

# No part of a word: what stands inside an address, a file name, a name with digits or underscores.
_WORD: Final = re.compile(r"(?<![A-Za-z0-9_./@#&%+:\\-])[A-Za-z]+(?![A-Za-z0-9_/@+\\-]|\.[A-Za-z0-9])")
_HANZI: Final = re.compile(f"[{HANZI}]")
_GENERAL: Final = re.compile(f"[a-z]{{4,{MAX_LENGTH}}}")  # of fewer letters, all that are meant were met
_MAX_WORDS: Final[float] = 0.5  # a hanzi: an English sentence, or code, is not what is typed here
_GENERAL_SHARE: Final[float] = 0.25  # of the count of all words met, for all English words
_MOST_OF_GENERAL: Final[int] = 20  # of a word that was not met: `was` and `there` are seldom meant
# Examinations, makes, dishes, games, tools: what neither the text nor the commonest English words hold.
_NAMES: Final[tuple[str, ...]] = tuple(
    "TOEFL IELTS Tmall XPeng Uniqlo BRICS sklearn mocha cappuccino americano tempura kimchi vlogger "
    "otaku Genshin Overleaf EndNote Stata Axure SketchUp Pinduoduo Meizu Haier Midea Hisense Logitech "
    "Razer Corsair Kirin Dimensity DisplayPort Luckin Carrefour Haagen Oreo Ferrero Godiva Heineken "
    "Budweiser Baileys mojito macaron tiramisu croissant mousse macchiato matcha oolong Lipton "
    "Balenciaga Givenchy Cartier Swarovski Longchamp Armani Lancome Estee Clinique Shiseido Kiehl "
    "Sephora Watsons Fujifilm Hasselblad Roomba miHoYo Arknights Honkai Hearthstone Starcraft Stardew "
    "Terraria Witcher Skyrim unboxing kanban standup freelancer layoff finetune finetuning encoder "
    "decoder backprop frontend fullstack middleware microservice pytest".split()
)
CountedWord = tuple[str, int, int]  # a word as it is mostly written, its count in any casing and in that one


def build_english_words(options: argparse.Namespace) -> None:
    """Count and write the list; prints what was counted. `options`: of the command line."""
    counts: Counter[str] = Counter()
    for path in text_files(options.corpus).values():
        counts.update(_capped(count_english_words(_sample(path, options.sample)), options.cap))
    words = choose(counts, options.minimum, options.words)
    if options.earlier is not None:
        words = with_earlier(words, options.earlier.read_text(encoding="utf-8").splitlines())
    words = with_names(words) if options.general else words
    words += general_words(words, _frequencies(options.general))
    readings = _readings()
    options.output.parent.mkdir(parents=True, exist_ok=True)
    lines = [
        f"{word}\t{count}\t{own}\t{int(is_clear(word, readings))}\n"
        for word, count, own in sorted(words, key=_order)
    ]
    options.output.write_text("".join(lines), encoding="utf-8", newline="\n")
    n_bytes = options.output.stat().st_size
    print(f"{len(words)} words, {n_bytes} bytes, in {options.output}; {len(counts)} casings were met.")


def _sample(path: Path, n_character: int) -> Iterable[str]:
    """Return the paragraphs of a file's first so many characters."""
    left = n_character
    for line in paragraphs(path):
        yield line
        left -= len(line)
        if left <= 0:
            return


def count_english_words(lines: Iterable[str]) -> Counter[str]:
    """Count how often each word stands, casing kept, in lines that are mostly hanzi."""
    counts: Counter[str] = Counter()
    for line in lines:
        words = [word for word in _WORD.findall(line) if len(word) <= MAX_LENGTH]
        n_hanzi = len(_HANZI.findall(line)) if words else 0
        if len(words) <= _MAX_WORDS * n_hanzi:
            counts.update(words)
    return counts


def _capped(counts: Counter[str], cap: int) -> Counter[str]:
    """Return at most `cap` of a word from one source: manuals of one program name it on each line."""
    return Counter({word: min(count, cap) for word, count in counts.items()})


def choose(counts: Counter[str], minimum: int, n_word: int) -> list[CountedWord]:
    """Return the commonest words seen `minimum` times, each in its commonest casing.

    With its count in all casings and in that. A single letter is one in upper case alone (A 股, B 站).
    """
    casings: dict[str, Counter[str]] = {}
    for word, count in counts.items():
        if len(word) > 1 or word.isupper():
            casings.setdefault(word.lower(), Counter())[word] += count
    kept = [of_word for of_word in casings.values() if of_word.total() >= minimum]
    found = [
        (max(sorted(of_word), key=of_word.__getitem__), of_word.total(), max(of_word.values()))
        for of_word in kept
    ]
    return sorted(found, key=lambda row: (-row[1], row[0]))[:n_word]


def with_earlier(words: Iterable[CountedWord], lines: Iterable[str]) -> list[CountedWord]:
    """Return the words with those of a list that was written before, of each the row with the larger count.

    `lines`: of english.tsv, counted in text that is not here any more.
    """
    earlier = [(word, int(count), int(own)) for word, count, own, *_ in (line.split("\t") for line in lines)]
    kept: dict[str, CountedWord] = {}
    for row in sorted([*words, *earlier], key=_order):
        kept.setdefault(row[0].lower(), row)
    return list(kept.values())


def with_names(words: Collection[CountedWord]) -> list[CountedWord]:
    """Return the words with the names that are not among them, which count like the commonest not met."""
    known = {word.lower() for word, _, _ in words}
    names = [name for name in _NAMES if name.lower() not in known]
    return [*words, *((name, _MOST_OF_GENERAL, _MOST_OF_GENERAL) for name in names)]


def general_words(words: Collection[CountedWord], frequencies: Mapping[str, float]) -> list[CountedWord]:
    """Return English words that are not among `words`.

    `frequencies`: of each word in English text. Their counts are those that text with as many words as were
    met would hold, if one word in so many were drawn from English at large.
    """
    total, known = sum(count for _, count, _ in words), {word.lower() for word, _, _ in words}
    counts = {
        word: min(_MOST_OF_GENERAL, max(1, round(_GENERAL_SHARE * total * frequency)))
        for word, frequency in frequencies.items()
        if word not in known and _GENERAL.fullmatch(word)
    }
    return [(word, count, count) for word, count in counts.items()]


def is_clear(word: str, readings: Collection[str]) -> bool:
    """Return whether the word may stand anywhere in small letters: where hanzi are meant, they are likelier.

    `readings`: of the lexicon's words, joined. No such word, nor a sound like haha, is read by the letters.
    """
    letters = word.lower()
    is_long = len(letters) >= SHORTEST_CLEAR and letters.isalpha() and len(set(letters)) > 2
    return is_long and letters not in SYLLABLE_INDEX and letters not in readings


def _frequencies(n_word: int) -> dict[str, float]:
    """Return the commonest English words with their frequencies, from wordfreq's large list."""
    if not n_word:
        return {}
    try:
        from wordfreq import top_n_list, word_frequency
    except ImportError as error:
        raise WorkshopError("English words come from the package wordfreq: pip install wordfreq") from error
    return {word: word_frequency(word, "en") for word in top_n_list("en", n_word)}


def _readings() -> set[str]:
    """Return how the words of the lexicon are spelt, without marks between syllables."""
    vocabulary = Vocabulary.load(MODEL / "vocabulary.tsv")
    words = Lexicon.load(LEXICON, vocabulary).words()
    return {
        "".join(SYLLABLES[vocabulary.syllable_of_token(token)] for token in word.tokens) for word in words
    }


def _order(row: CountedWord) -> tuple[int, str]:
    return -row[1], row[0]
