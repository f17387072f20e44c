"""Add names to a lexicon: people, places, and further readings of its words; `python -m training names`.

The words that the lexicon has keep their readings and how common they are to each other. What is taken of
each list:

    RIME-LMDG_CCBY4/place.dict.yaml       places seen in text, or read otherwise than their hanzi mostly are
    RIME-LMDG_CCBY4/people.dict.yaml      people seen in text
    RIME-LMDG_CCBY4/compatible.dict.yaml  second readings of words that the lexicon has; as are those of
                                          places and of odd surnames (单田芳 shan tian fang)
    admin-divisions/*.csv                 provinces, cities, counties: all
    THUOCL_MIT/THUOCL_lishimingren.txt    people of history seen in text, or of an odd surname
    jieba_MIT/dict.txt                    what it tags as people and places, the same

How common a name is comes from the same split of running text as the lexicon's (lexicon.py).
"""

from __future__ import annotations

import argparse
import csv
import math
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from engine.lexicon.word_arrays import WordArrays, build_arrays, load_arrays, save_arrays
from engine.spelling.syllable import SYLLABLES
from training.resource_builders.hanzi import is_basic
from training.resource_builders.lexicon import (
    AOSP,
    FLOOR,
    MIN_COUNT,
    PHRASES,
    Syllables,
    annotated_reading,
    count_words,
    fits_lexicon,
    hanzi_runs,
    read_aosp,
    read_dictionary,
    read_thuocl,
    syllables_of,
)

PLACES: Final[str] = "RIME-LMDG_CCBY4/place.dict.yaml"
PEOPLE: Final[str] = "RIME-LMDG_CCBY4/people.dict.yaml"
SECOND: Final[str] = "RIME-LMDG_CCBY4/compatible.dict.yaml"
DIVISIONS: Final[tuple[str, ...]] = tuple(
    f"admin-divisions/{n}.csv" for n in ("provinces", "cities", "areas")
)
HISTORY: Final[str] = "THUOCL_MIT/THUOCL_lishimingren.txt"
JIEBA: Final[str] = "jieba_MIT/dict.txt"

MAX_PERSON: Final[int] = 4  # hanzi of a person's name
SECOND_SHARE: Final[float] = 0.1  # of a word's count, for its second reading

# Surnames that are read otherwise than the hanzi mostly is.
SURNAMES: Final[dict[str, str]] = {
    "单": "shan", "仇": "qiu", "解": "xie", "查": "zha", "区": "ou", "朴": "piao", "盖": "ge", "缪": "miao",
    "乐": "yue", "曾": "zeng", "翟": "zhai", "冼": "xian", "员": "yun", "种": "chong",
    "覃": "qin", "逄": "pang",
    "尉迟": "yu chi", "万俟": "mo qi", "单于": "chan yu", "长孙": "zhang sun", "澹台": "tan tai",
}  # fmt: skip

NamedReadings = dict[tuple[str, Syllables], float]  # (hanzi, reading) to count


def build_names(options: argparse.Namespace) -> None:
    """Write the lexicon with names; prints what was added. `options`: of the command line."""
    base = load_arrays(options.base)
    known = {text for text, _, _ in lexicon_rows(base)}
    listed = candidates_of(options.source)
    fresh = {text: reading for text, reading in listed.items() if text not in known}
    aosp = dict(read_aosp(options.source / AOSP))
    runs = hanzi_runs(options.corpus, options.sample) if options.corpus else ()
    counts = count_words(known | fresh.keys(), aosp, runs)
    certain = divisions(options.source) | odd_names(options.source, fresh)
    kept = {text for text in fresh if counts[text] >= MIN_COUNT or text in certain}
    names = {(text, fresh[text]): counts[text] + FLOOR for text in sorted(kept)}
    total = max(counts.total(), 1)
    second = second_readings(options.source, base, total)
    save_arrays(merged(base, names | second, total), options.output)
    print(
        f"{len(names)} names and {len(second)} second readings added to {len(base)} words: {options.output},"
    )
    print(f"{options.output.stat().st_size} bytes; {len(fresh) - len(names)} listed names left out.")


def merged(base: WordArrays, added: NamedReadings, total: float) -> WordArrays:
    """Return the words of `base`, whose shares are of `total` words of text, with the added ones."""
    rows = added | {(text, reading): share * total for text, reading, share in lexicon_rows(base)}
    return build_arrays((text, reading, count) for (text, reading), count in rows.items())


def lexicon_rows(base: WordArrays) -> Iterator[tuple[str, Syllables, float]]:
    """Yield hanzi, reading and share of all words of each row of a lexicon."""
    for i in range(len(base)):
        text, syllables = base.word(i)
        yield text, tuple(SYLLABLES[s] for s in syllables), math.exp(float(base.log_probs[i]))


def candidates_of(source: Path) -> dict[str, Syllables]:
    """Return all listed names that a lexicon can hold, each in its first reading."""
    phrases = {text: reading for name in PHRASES for text, reading in read_dictionary(source / name)}
    found: dict[str, Syllables] = {}
    for text in sorted(divisions(source)):
        found[text] = phrases.get(text, ())
    for name in (PLACES, PEOPLE):
        for text, reading in read_rime_words(source / name):
            if name == PLACES or len(text) <= MAX_PERSON:
                found[text] = found.get(text) or reading
    for text in people_of(source):
        if fits_lexicon(text) and len(text) <= MAX_PERSON:
            found[text] = found.get(text) or phrases.get(text) or reading_of_person(text)
    read = {text: reading or place_reading(text, found) for text, reading in found.items()}
    return {text: reading for text, reading in read.items() if len(reading) == len(text) and all(reading)}


def place_reading(text: str, known: dict[str, Syllables]) -> Syllables:
    """Return the reading of a division by that of its name without the last hanzi: 蔚县城区 is yu xian …."""
    for end in range(len(text) - 1, 1, -1):
        if known.get(text[:end]):
            return known[text[:end]] + annotated_reading(text)[end:]
    return annotated_reading(text)


def reading_of_person(text: str) -> Syllables:
    """Return the reading of a name whose surname may have a reading of its own."""
    reading = annotated_reading(text)
    for length in (2, 1):
        if text[:length] in SURNAMES and len(text) > length:
            return (*SURNAMES[text[:length]].split(), *reading[length:])
    return reading


def has_odd_surname(text: str) -> bool:
    """Return whether a name begins with a surname that has a reading of its own."""
    return any(text.startswith(surname) and text != surname for surname in SURNAMES)


def odd_names(source: Path, names: dict[str, Syllables]) -> set[str]:
    """Return places, and people of history, that are read otherwise than their hanzi mostly are."""
    places = {text for text, _ in read_rime_words(source / PLACES)}
    listed = names.keys() & (places | people_of(source).keys())
    return {text for text in listed if names[text] != tuple(annotated_reading(hanzi)[0] for hanzi in text)}


def people_of(source: Path) -> dict[str, None]:
    """Return the people and places of the lists without readings, in their order."""
    tagged = (line.split(" ") for line in (source / JIEBA).read_text(encoding="utf-8").splitlines())
    return dict.fromkeys(
        [*read_thuocl(source / HISTORY), *(text for text, _, tag in tagged if tag in ("nr", "ns"))]
    )


def second_readings(source: Path, base: WordArrays, total: float) -> NamedReadings:
    """Return further readings of words that the lexicon has, each with a share of the word's count."""
    words: dict[str, list[tuple[Syllables, float]]] = {}
    for text, reading, share in lexicon_rows(base):
        words.setdefault(text, []).append((reading, share * total))
    surnamed = [(text, reading_of_person(text)) for text in people_of(source) if has_odd_surname(text)]
    listed = [*read_rime_words(source / SECOND), *read_rime_words(source / PLACES), *surnamed]
    return {
        (text, reading): SECOND_SHARE * max(count for _, count in words[text])
        for text, reading in listed
        if text in words and reading not in [known for known, _ in words[text]]
    }


def divisions(source: Path) -> set[str]:
    """Return the names of provinces, cities and counties, in full and without what they are."""
    found: set[str] = set()
    for path in DIVISIONS:
        with (source / path).open(encoding="utf-8") as file:
            for row in csv.DictReader(file):
                found |= {row["name"], row["name"][:-1]}
    return {name for name in found if fits_lexicon(name)}


def read_rime_words(path: Path) -> Iterator[tuple[str, Syllables]]:
    """Yield (hanzi, syllables) of each row `word<TAB>pīn yīn<TAB>weight` that a lexicon can hold."""
    for line in path.read_text(encoding="utf-8").splitlines():
        text, tab, rest = line.partition("\t")
        if tab and fits_lexicon(text) and all(map(is_basic, text)):
            reading = syllables_of(rest.partition("\t")[0].split())
            if reading is not None and len(reading) == len(text):
                yield text, reading
