"""Run `python -m training hanzi --source DIR`: lists of single hanzi to the tables of `resources/hanzi`.

What is taken of each:

    RIME-LMDG_CCBY4/chars.dict.yaml      readings of single hanzi, and how much each is used
    RIME-LMDG_CCBY4/place.dict.yaml,     readings that hanzi have in names: 百 bo of 百色
    RIME-LMDG_CCBY4/people.dict.yaml
    pinyin-data_MIT/kTGHZ2013.txt,       further readings of the hanzi of the national standard list
    pinyin-data_MIT/kXHC1983.txt
    pinyin-data_MIT/pinyin.txt           hanzi of Unicode's basic block that are in none of these
    OpenCC_APACHE2/STCharacters.txt,     traditional forms (training.resource_builders.traditional)
    OpenCC_APACHE2/STPhrases.txt
    chaizi_CCBY3/chaizi.txt              what hanzi are made of (training.resource_builders.components)

The same inputs give the same bytes.
"""

from __future__ import annotations

import argparse
import unicodedata
from collections.abc import Collection, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Final

from engine.hanzi.tones import SECOND
from engine.lexicon.vocabulary import load_characters
from engine.spelling.syllable import SPELLINGS, SYLLABLES, syllable_of
from training.resource_builders.components import SECOND_READING, component_rows
from training.resource_builders.traditional import certain_words, form_rows

RIME: Final[str] = "RIME-LMDG_CCBY4/chars.dict.yaml"
STANDARD: Final[tuple[str, ...]] = ("pinyin-data_MIT/kTGHZ2013.txt", "pinyin-data_MIT/kXHC1983.txt")
NAMES: Final[tuple[str, ...]] = ("RIME-LMDG_CCBY4/place.dict.yaml", "RIME-LMDG_CCBY4/people.dict.yaml")
UNICODE: Final[str] = "pinyin-data_MIT/pinyin.txt"
LEAST_WEIGHT: Final[int] = (
    2  # of a hanzi outside the basic block: RIME-LMDG gives 1 to all it knows no use of
)

HanziReading = tuple[str, int]  # hanzi, syllable index
_TONES: Final[dict[str, int]] = {"\u0304": 1, "\u0301": 2, "\u030c": 3, "\u0300": 4}


def build_hanzi(options: argparse.Namespace) -> None:
    """Write all tables; prints what each holds. `options`: of the command line."""
    standard = load_characters(options.characters)
    known = {(hanzi, SPELLINGS[s]) for hanzi, syllables in standard.items() for s in syllables}
    weights = reading_weights(options.source, standard.keys())
    rare = {reading: weight for reading, weight in weights.items() if reading not in known}
    options.output.mkdir(parents=True, exist_ok=True)
    write_rows(options.output / "rare_readings.tsv", by_syllable(rare))
    n_hanzi = len({hanzi for hanzi, _ in rare} - standard.keys())
    print(f"{len(rare)} rare readings; {n_hanzi} hanzi beyond the {len(standard)} of the standard list.")
    tones = toned_rows(options.source, known.union(weights))
    write_rows(options.output / "tones.tsv", tones)
    print(f"{sum(len(hanzi.replace(SECOND, '')) for _, hanzi in tones)} readings with tones.")
    use: dict[str, int] = dict.fromkeys(standard, 1)
    for (hanzi, _), weight in weights.items():
        use[hanzi] = max(use.get(hanzi, 0), weight)
    rows = list(component_rows(options.source, all_weights(options.source), use))
    write_rows(options.output / "components.tsv", rows)
    forms, words = list(form_rows(options.source)), list(certain_words(options.source))
    write_rows(options.output / "traditional_forms.tsv", forms)
    text = "".join(f"{word}\n" for word in words)
    (options.output / "traditional_words.txt").write_text(text, encoding="utf-8")
    print(f"{len(forms)} hanzi and words of several traditional forms; {len(words)} words of one.")
    print(f"{len(rows)} readings of components, of {len({h for _, text in rows for h in text})} hanzi.")


def reading_weights(source: Path, standard: Iterable[str]) -> dict[HanziReading, int]:
    """(hanzi, syllable) to how much it is used, 0 where no list says."""
    listed = set(standard)
    weights = {
        (hanzi, syllable): weight
        for (hanzi, syllable), weight in rime_weights(source).items()
        if is_basic(hanzi) or hanzi in listed or weight >= LEAST_WEIGHT
    }
    further = [reading for name in STANDARD for reading in listed_readings(source / name)]
    weights = dict.fromkeys((reading for reading in further if reading[0] in listed), 0) | weights
    for path in NAMES:
        weights = dict.fromkeys(readings_in_words(source / path), 0) | weights
    seen = {hanzi for hanzi, _ in weights}
    rest = (reading for reading in listed_readings(source / UNICODE) if is_basic(reading[0]))
    return weights | {reading: 0 for reading in rest if reading[0] not in seen}


def all_weights(source: Path) -> dict[HanziReading, int]:
    """Return the weights of all readings that some list has: components may be of any block."""
    weights = rime_weights(source)
    seen = {hanzi for hanzi, _ in weights}
    return weights | {reading: 0 for reading in listed_readings(source / UNICODE) if reading[0] not in seen}


def rime_weights(source: Path) -> dict[HanziReading, int]:
    """Return the readings of RIME, and how much each is used."""
    weights: dict[HanziReading, int] = {}
    for hanzi, spelling, weight in read_rime(source / RIME):
        syllable = plain_syllable(spelling)
        if syllable is not None:
            weights[hanzi, syllable] = max(weight, weights.get((hanzi, syllable), 0))
    return weights


def listed_readings(path: Path) -> Iterator[HanziReading]:
    """Yield (hanzi, syllable) of each row of `read_pinyin_data` whose syllable is of the inventory."""
    for hanzi, spelling in read_pinyin_data(path):
        syllable = plain_syllable(spelling)
        if syllable is not None:
            yield hanzi, syllable


def toned_rows(source: Path, readings: Collection[HanziReading]) -> list[tuple[str, str]]:
    """Return (syllable with its tone's number, its hanzi, the most used first) for these readings."""
    weights: dict[tuple[str, str], int] = {}
    for hanzi, spelling, weight in read_rime(source / RIME):
        weights[hanzi, numbered(spelling)] = max(weight, weights.get((hanzi, numbered(spelling)), 0))
    toned = {(hanzi, plain_syllable(name[:-1])) for hanzi, name in weights}
    for path in (*STANDARD, UNICODE):
        for hanzi, spelling in read_pinyin_data(source / path):
            if path != UNICODE or (hanzi, plain_syllable(spelling)) not in toned:
                weights.setdefault((hanzi, numbered(spelling)), 0)
    most: dict[str, int] = {}
    for (hanzi, _), weight in weights.items():
        most[hanzi] = max(weight, most.get(hanzi, 0))
    found: dict[str, list[tuple[bool, int, str]]] = {}
    for (hanzi, name), weight in weights.items():
        syllable = plain_syllable(name[:-1])
        if syllable is not None and (hanzi, syllable) in readings:
            row = weight < SECOND_READING * most[hanzi], -weight, hanzi
            found.setdefault(SYLLABLES[syllable] + name[-1], []).append(row)
    return [(name, _toned_text(sorted(found[name]))) for name in sorted(found)]


def _toned_text(rows: list[tuple[bool, int, str]]) -> str:
    """Return the hanzi of a syllable with a tone, those that are mostly read otherwise behind a point."""
    first, second = ("".join(hanzi for is_second, _, hanzi in rows if is_second is k) for k in (False, True))
    return f"{first}{SECOND}{second}" if second else first


def numbered(spelling: str) -> str:
    """Return a syllable with a tone mark as one with the tone's number behind it, 5 for none."""
    decomposed = unicodedata.normalize("NFD", spelling)
    tone = next((_TONES[mark] for mark in decomposed if mark in _TONES), 5)
    letters = "".join(c for c in decomposed if c not in _TONES)
    return f"{unicodedata.normalize('NFC', letters).replace('ü', 'v')}{tone}"


def by_syllable(weights: Mapping[HanziReading, int]) -> Iterator[tuple[str, str]]:
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


def readings_in_words(path: Path) -> Iterator[HanziReading]:
    """Yield (hanzi, syllable) of all hanzi in the words of a Rime dictionary."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text, _, rest = line.partition("\t")
        syllables = [plain_syllable(spelling) for spelling in rest.partition("\t")[0].split()]
        if len(syllables) == len(text) and all(map(is_basic, text)):
            yield from ((hanzi, s) for hanzi, s in zip(text, syllables, strict=True) if s is not None)


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
