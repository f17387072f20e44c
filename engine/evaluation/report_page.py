"""Write the page of figures: tables of figure, needed, goal, best peer, and whether it is met."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Final

from engine.evaluation.figures import Figure, Origin
from engine.evaluation.goals import SECTIONS, Numbers, Row, Section

_DIGITS: Final = {"MB": 0, "%": 1, "points": 1, "ms": 1, "/s": 1, "calls": 2, "keys": 3}

_HEAD: Final = """\
# Benchmarks

Written by `python -m engine benchmark report --sets DIR --output docs/benchmarks.md`; the raw figures are in
[{raw}]({raw}). Not to be edited by hand. Bundles and engines of before: [experiments.md](experiments.md).

{origin}

A number in brackets points to the last list: measured on another bundle, commit or day. The sets
are not part of the project and nothing was trained on them, but they were used to choose: the beam, the share
of the n-gram, weights of the sources, prices of fuzzy sounds and slips, how alike the first five may be.
"""

_PEERS: Final = """\
## The open input methods on the same files, in % (the mean is of first candidates)

| | csmsc | aishell3 | chat | thchs30 | ud_gsd | mean |
|---|---|---|---|---|---|---|
| libime 1.0.16 | 44.6 / 64.4 / 84.9 | 52.1 / 68.8 / 88.7 | 57.9 / 78.1 / 88.8 | 20.8 / 32.0 / 81.2 | 52.6 / 71.1 / 88.0 | 45.6 |
| sunpinyin 3.0 | 39.7 / 40.1 / 82.7 | 42.0 / 42.0 / 85.9 | 52.0 / 52.4 / 87.7 | 10.6 / 10.6 / 78.7 | 35.4 / 37.7 / 80.8 | 35.9 |
| libpinyin 2.8.1 | 29.1 / 36.0 / 79.5 | 40.2 / 46.2 / 85.7 | 30.4 / 40.0 / 78.9 | 16.6 / 18.6 / 80.1 | 44.0 / 52.2 / 85.6 | 32.1 |
| librime 1.8.5 | 32.2 / 33.2 / 78.3 | 35.4 / 35.4 / 82.4 | 43.6 / 44.9 / 82.1 | 10.6 / 10.6 / 75.7 | 32.2 / 34.6 / 77.6 | 30.8 |
| googlepinyin 0.1.2 | 26.4 / 27.0 / 75.3 | 31.0 / 31.5 / 80.9 | 44.8 / 45.4 / 84.4 | 3.8 / 4.0 / 69.9 | 25.9 / 27.9 / 74.1 | 26.4 |
"""  # noqa: E501


class _Notes:
    """The origins that differ from the page's own, numbered in the order in which they are met."""

    def __init__(self, own: Origin) -> None:
        self._own = own
        self._commands: dict[str, list[str]] = {}  # by bundle, machine and day

    def mark(self, origin: Origin) -> str:
        """Return the number of an origin in brackets; nothing where it is the page's."""
        if _measured_on(origin) == _measured_on(self._own):
            return ""
        group = f"bundle {origin.bundle}, {origin.machine}, {origin.day}"
        commands = self._commands.setdefault(group, [])
        command = f"`{origin.command}` ({origin.commit})"
        if command not in commands:
            commands.append(command)
        return f" [{list(self._commands).index(group) + 1}]"

    def verdict(self, row: Row, found: Sequence[Figure | None]) -> str:
        """Return whether the row's goal is met, with "another bundle" where the figure is of another."""
        said = met(row, found)
        is_other = any(figure.origin.bundle != self._own.bundle for figure in found if figure)
        return f"{said}, another bundle" if is_other and said in ("goal", "needed", "no") else said

    def lines(self) -> list[str]:
        """Return the numbered list: what was measured on, by which commands and at which commits."""
        return [
            f"{i}. {group}: {', '.join(made)}" for i, (group, made) in enumerate(self._commands.items(), 1)
        ]


def figures_page(figures: Mapping[str, Figure], raw: str, sections: Sequence[Section] = SECTIONS) -> str:
    """Return the page as Markdown; `raw` is the name of the file of figures beside it."""
    own = _commonest_origin(figures)
    notes = _Notes(own)
    tables = [_table(section, figures, notes) for section in sections]
    numbered = notes.lines()
    closing = ["## Measured with something else", "", *numbered, ""] if numbered else []
    head = _HEAD.format(raw=raw, origin=f"All figures: {_measured_on(own)}.")
    return "\n".join([head, *tables, _PEERS, *closing])


def _commonest_origin(figures: Mapping[str, Figure]) -> Origin:
    counted = Counter(figure.origin for figure in figures.values())
    return max(
        counted, key=lambda origin: counted[origin], default=Origin("", "none", "none", "none", "none")
    )


def _measured_on(origin: Origin) -> str:
    return f"bundle {origin.bundle}, commit {origin.commit}, {origin.machine}, {origin.day}"


def _table(section: Section, figures: Mapping[str, Figure], notes: _Notes) -> str:
    lines = [f"## {section.title}", "", section.about, ""]
    lines += ["| figure | value | needed | goal | best peer | met |", "|---|---|---|---|---|---|"]
    for row in section.rows:
        found, beside = ([figures.get(name) for name in names] for names in (row.figures, row.beside))
        lines.append(_line(row, found, beside, notes))
    return "\n".join([*lines, ""])


def _line(row: Row, found: Sequence[Figure | None], beside: Sequence[Figure | None], notes: _Notes) -> str:
    values = " / ".join(_shown(figure) for figure in found)
    marks = dict.fromkeys(notes.mark(figure.origin) for figure in found if figure)
    limits = (" / ".join(f"{number:g}" for number in numbers) for numbers in (row.needed, row.goal))
    peer = f"{' / '.join(map(_shown, beside))} {row.peer}".strip()
    cells = [row.label, values + "".join(marks), *limits, peer, notes.verdict(row, found)]
    return f"| {' | '.join(cells)} |"


def _shown(figure: Figure | None) -> str:
    if figure is None:
        return "–"
    unit = f" {figure.unit}" if figure.unit.startswith("of ") else ""
    return f"{_rounded(figure):{_form(figure)}}{unit}"


def _rounded(figure: Figure) -> float:
    """Return the value as a reader of the page sees it, which is what its goal is held against."""
    return float(f"{figure.value:{_form(figure)}}")


def _form(figure: Figure) -> str:
    if figure.unit == "s":
        return ".2f" if figure.value < 10 else ".0f"
    digits = _DIGITS.get(figure.unit)
    return "g" if digits is None else f".{digits}f"


def met(row: Row, found: Sequence[Figure | None]) -> str:
    """Return "goal", "needed" or "no"; "not measured" where a figure is missing, nothing without a goal."""
    if None in found:
        return "not measured"
    values = [_rounded(figure) for figure in found if figure]
    if row.goal and _reaches(values, row.goal, row.lower):
        return "goal"
    if row.needed and _reaches(values, row.needed, row.lower):
        return "needed"
    return "no" if row.goal or row.needed else ""


def _reaches(values: Sequence[float], wanted: Numbers, lower: bool) -> bool:
    """Return whether the first values, one for each number wanted, are all as good as that."""
    return all(value <= wish if lower else value >= wish for value, wish in zip(values, wanted, strict=False))
