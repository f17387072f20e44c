"""Lists of single hanzi to the tables of `resources/hanzi`: `python -m training hanzi --source DIR`.

Knows the formats of the lists; knows nothing of models or menus. What is taken of each:

    RIME-LMDG_CCBY4/chars.dict.yaml      readings of single hanzi, and how much each is used
    pinyin-data_MIT/kTGHZ2013.txt,       further readings of the hanzi of the national standard list
    pinyin-data_MIT/kXHC1983.txt
    pinyin-data_MIT/pinyin.txt           hanzi of Unicode's basic block that are in none of these

The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from engine.lexicon.vocabulary import load_characters
from engine.spelling.syllable import SYLLABLES, syllable_of

RIME: Final[str] = "RIME-LMDG_CCBY4/chars.dict.yaml"
STANDARD: Final[tuple[str, ...]] = ("pinyin-data_MIT/kTGHZ2013.txt", "pinyin-data_MIT/kXHC1983.txt")
UNICODE: Final[str] = "pinyin-data_MIT/pinyin.txt"
LEAST_WEIGHT: Final[int] = (
    2  # of a hanzi outside the basic block: RIME-LMDG gives 1 to all it knows no use of
)

Reading = tuple[str, int]  # hanzi, syllable index
_TONES: Final[dict[str, int]] = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}


def build_hanzi(options: argparse.Namespace) -> None:
    """Write all tables; prints what each holds. `options`: of the command line."""
    standard = load_characters(options.characters)
    known = {(hanzi, syllable_of(s)) for hanzi, syllables in standard.items() for s in syllables}
    weights = reading_weights(options.source, standard.keys())
    rare = {reading: weight for reading, weight in weights.items() if reading not in known}
    options.output.mkdir(parents=True, exist_ok=True)
    write_rows(options.output / "rare_readings.tsv", by_syllable(rare))
    n_hanzi = len({hanzi for hanzi, _ in rare} - standard.keys())
    print(f"{len(rare)} rare readings; {n_hanzi} hanzi beyond the {len(standard)} of the standard list.")


def reading_weights(source: Path, standard: Iterable[str]) -> dict[Reading, int]:
    """(hanzi, syllable) to how much it is used, 0 where no list says."""
    listed = set(standard)
    weights: dict[Reading, int] = {}
    for hanzi, spelling, weight in read_rime(source / RIME):
        syllable = plain_syllable(spelling)
        if syllable is not None and (is_basic(hanzi) or hanzi in listed or weight >= LEAST_WEIGHT):
            weights[hanzi, syllable] = max(weight, weights.get((hanzi, syllable), 0))
    for name in STANDARD:
        for hanzi, spelling in read_pinyin_data(source / name):
            syllable = plain_syllable(spelling)
            if hanzi in listed and syllable is not None:
                weights.setdefault((hanzi, syllable), 0)
    seen = {hanzi for hanzi, _ in weights}
    for hanzi, spelling in read_pinyin_data(source / UNICODE):
        syllable = plain_syllable(spelling)
        if is_basic(hanzi) and hanzi not in seen and syllable is not None:
            weights.setdefault((hanzi, syllable), 0)
    return weights


def by_syllable(weights: Mapping[Reading, int]) -> Iterator[tuple[str, str]]:
    """(syllable, its hanzi, the most used first), in the order of the inventory."""
    ordered = sorted(weights, key=lambda reading: (reading[1], -weights[reading], reading[0]))
    for index, syllable in enumerate(SYLLABLES):
        hanzi = "".join(hanzi for hanzi, of in ordered if of == index)
        if hanzi:
            yield syllable, hanzi


def write_rows(path: Path, rows: Iterable[tuple[str, str]]) -> None:
    path.write_text("".join(f"{name}\t{value}\n" for name, value in rows), encoding="utf-8")


def read_rime(path: Path) -> Iterator[tuple[str, str, int]]:
    """(hanzi, syllable with tone mark, weight) of each row behind the head of a Rime dictionary."""
    for line in path.read_text(encoding="utf-8").splitlines():
        fields = line.split("\t")
        if len(fields) == 3 and len(fields[0]) == 1:
            yield fields[0], fields[1], int(fields[2])


def read_pinyin_data(path: Path) -> Iterator[tuple[str, str]]:
    """(hanzi, syllable with tone mark) of each row `U+4E00: yī,yí  # 一`, in its order."""
    for line in path.read_text(encoding="utf-8").splitlines():
        code, colon, rest = line.partition(":")
        if colon and code.startswith("U+"):
            for spelling in rest.partition("#")[0].strip().split(","):
                yield chr(int(code[2:], 16)), spelling


def plain_syllable(spelling: str) -> int | None:
    """Return the index of a syllable written with or without a tone mark; None where it is none."""
    decomposed = unicodedata.normalize("NFD", spelling)
    letters = "".join(c for c in decomposed if c not in _TONES)
    return syllable_of(unicodedata.normalize("NFC", letters).replace("ü", "v"))


def is_basic(hanzi: str) -> bool:
    """Return True for 〇 and the basic block of Unicode's hanzi, which GB 18030 begins with."""
    return hanzi == "〇" or "\u4e00" <= hanzi <= "\u9fff"
