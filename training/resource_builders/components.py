"""Take hanzi apart: 漢語拆字字典 to components by how they are read, for `python -m training hanzi`."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from itertools import islice, product
from pathlib import Path
from typing import Final

from engine.spelling.syllable import SYLLABLES

CHAIZI: Final[str] = "chaizi_CCBY3/chaizi.txt"
MAX_WAYS: Final[int] = 12  # of one hanzi and decomposition
MAX_PARTS: Final[int] = 5  # components of a decomposition that somebody would type
SECOND_READING: Final[float] = 0.85  # of the first one's weight, from which a second reading counts

# What people call the components that are no hanzi of their own, beside their readings in the lists.
NAMES: Final[dict[str, tuple[str, ...]]] = {
    "宀": ("bao",),  # 宝盖
    "冖": ("bao", "mi"),
    "辶": ("zou",),  # 走之
    "辵": ("zou",),
    "廴": ("jian", "yin"),
    "阝": ("er", "fu", "yi"),  # 双耳旁
    "攵": ("wen",),
    "夂": ("wen", "zhi"),
    "疒": ("bing",),
    "囗": ("kou", "wei"),
    "亠": ("tou", "dian"),
    "丨": ("shu",),
    "丿": ("pie",),
    "丶": ("dian",),
    "乚": ("gou",),
    "乛": ("gou",),
    "灬": ("huo", "dian"),
    "刂": ("dao",),
    "罒": ("si", "wang"),
    "丷": ("ba",),
    "彳": ("chi", "ren"),
    "氵": ("shui",),
    "冫": ("bing",),
    "忄": ("xin",),
    "扌": ("shou",),
    "犭": ("quan",),
    "纟": ("si",),
    "糹": ("si",),
    "饣": ("shi",),
    "讠": ("yan",),
    "钅": ("jin",),
    "艹": ("cao",),
    "彐": ("shan", "ji"),
    "冂": ("tong", "jiong"),
    "匚": ("fang", "kuang"),
    "凵": ("kan",),
    "勹": ("bao",),
    "厶": ("si",),
}


def component_rows(
    source: Path, weights: Mapping[tuple[str, int], int], known: Mapping[str, int]
) -> Iterator[tuple[str, str]]:
    """Yield (readings of the components in turn, hanzi of them), those of common hanzi first.

    `weights`: (hanzi, syllable) to how much it is used; `known`: how much each hanzi that can be typed is.
    """
    spoken = spoken_readings(weights)
    found: dict[str, dict[str, int]] = {}
    for hanzi, ways in read_chaizi(source / CHAIZI):
        if hanzi in known:
            for name in dict.fromkeys(name for way in ways for name in names_of(way, spoken)):
                found.setdefault(name, {})[hanzi] = known[hanzi]
    ordered = {name: sorted(of, key=lambda hanzi: (-of[hanzi], hanzi)) for name, of in found.items()}
    for name in sorted(ordered, key=lambda name: (-known[ordered[name][0]], name)):
        yield name, "".join(ordered[name])


def spoken_readings(weights: Mapping[tuple[str, int], int]) -> dict[str, list[str]]:
    """Return the one or two readings by which somebody would name each hanzi."""
    by_hanzi: dict[str, list[tuple[int, int]]] = {}
    for (hanzi, syllable), weight in weights.items():
        by_hanzi.setdefault(hanzi, []).append((-weight, syllable))
    spoken = {}
    for hanzi, of in by_hanzi.items():
        first, *others = sorted(of)
        kept = [first, *(other for other in others[:1] if other[0] <= SECOND_READING * first[0] < 0)]
        spoken[hanzi] = [SYLLABLES[syllable] for _, syllable in kept]
    for component, names in NAMES.items():
        spoken[component] = list(dict.fromkeys([*names, *spoken.get(component, ())]))
    return spoken


def names_of(parts: Sequence[str], spoken: Mapping[str, Sequence[str]]) -> Iterator[str]:
    """Yield the readings of some components, joined by spaces; none where one has no reading."""
    if len(parts) <= MAX_PARTS and all(part in spoken for part in parts):
        yield from map(" ".join, islice(product(*(spoken[part] for part in parts)), MAX_WAYS))


def read_chaizi(path: Path) -> Iterator[tuple[str, list[list[str]]]]:
    """Yield hanzi and their decompositions from rows `hanzi<TAB>part part<TAB>…`."""
    for line in path.read_text(encoding="utf-8").splitlines():
        hanzi, *ways = line.split("\t")
        yield hanzi, [way.split() for way in ways]
