"""Collect Latin words inside Chinese text: `python -m training english` writes english.tsv.

A word is a run of ASCII letters in a line that has hanzi; of its casings the commonest is kept (WiFi, GitHub,
iPhone), with the count of all of them and its own. The same text gives the same bytes.
"""

from __future__ import annotations

import argparse
import re
from collections import Counter
from collections.abc import Iterable
from pathlib import Path
from typing import Final

from engine.spelling.hanzi import HANZI
from training.corpus.text_files import paragraphs, text_files

MAX_LENGTH: Final[int] = 18

# No part of a word: what stands inside an address, a file name, a name with digits or underscores.
_WORD: Final = re.compile(r"(?<![A-Za-z0-9_./@#&%+:\\-])[A-Za-z]+(?![A-Za-z0-9_/@+\\-]|\.[A-Za-z0-9])")
_HANZI: Final = re.compile(f"[{HANZI}]")
_MAX_WORDS: Final[float] = 0.5  # a hanzi: an English sentence, or code, is not what is typed here


def build_english_words(options: argparse.Namespace) -> None:
    """Count and write the list; prints what was counted. `options`: of the command line."""
    counts: Counter[str] = Counter()
    for path in text_files(options.corpus).values():
        counts.update(_capped(count_english_words(_sample(path, options.sample)), options.cap))
    words = choose(counts, options.minimum, options.words)
    options.output.parent.mkdir(parents=True, exist_ok=True)
    lines = [f"{word}\t{count}\t{own}\n" for word, count, own in words]
    options.output.write_text("".join(lines), encoding="utf-8", newline="\n")
    n_bytes = options.output.stat().st_size
    print(f"{len(words)} of {len(counts)} casings in {options.output}, {n_bytes} bytes.")


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


def choose(counts: Counter[str], minimum: int, n_word: int) -> list[tuple[str, int, int]]:
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
