"""The file of figures keeps what others measured; the page judges by what its reader sees."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest

from engine.evaluation.figures import (
    COLUMNS,
    Figure,
    FigureError,
    Origin,
    bundle_label,
    origin_of,
    read_figures,
    record_figures,
)
from engine.evaluation.goals import SECTIONS, Row, Section
from engine.evaluation.report_page import figures_page, met
from resources import MODEL

ORIGIN = Origin("command", "tiny 01234567", "abc1234", "2 x Processor", "2026-11-28")
OLDER = replace(ORIGIN, bundle="older 89abcdef", command="another command")


def figure(name: str, value: float, unit: str = "%", origin: Origin = ORIGIN) -> Figure:
    return Figure(name, value, unit, origin)


def test_what_is_recorded_replaces_its_own_lines_only(tmp_path: Path) -> None:
    path = tmp_path / "figures.tsv"
    record_figures(path, [figure("b", 54.0921), figure("a", 1.5, "ms", OLDER)])
    record_figures(path, [figure("b", 55.0)])
    assert read_figures(path) == {"a": figure("a", 1.5, "ms", OLDER), "b": figure("b", 55.0)}
    assert [line.split("\t")[0] for line in path.read_text(encoding="utf-8").splitlines()] == [
        COLUMNS[0],
        "a",
        "b",
    ]
    assert read_figures(tmp_path / "none.tsv") == {}


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("", "line 1: expected the columns figure, value"),
        ("\t".join(COLUMNS) + "\nname\t1\n", "line 2: expected 8 columns, found 2"),
        ("\t".join(COLUMNS) + "\nname\tmany\t%\ta\tb\tc\td\te\n", "line 2: expected a number, found 'many'"),
    ],
)
def test_a_damaged_file_of_figures_is_named(tmp_path: Path, text: str, message: str) -> None:
    path = tmp_path / "figures.tsv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FigureError, match=message):
        read_figures(path)


def test_the_origin_names_the_bundle_by_its_manifest() -> None:
    origin = origin_of("command")
    assert origin.bundle == bundle_label(MODEL)
    name, digest = origin.bundle.split()
    assert name.startswith("moyin")
    assert len(digest) == 8
    assert origin.machine
    assert origin.commit


@pytest.mark.parametrize(
    ("values", "verdict"),
    [((60.0, 76.0), "needed"), ((64.0, 80.0), "goal"), ((64.0, 75.9), "no"), ((59.96, 76.0), "needed")],
)
def test_a_goal_is_met_where_all_of_its_numbers_are(values: tuple[float, ...], verdict: str) -> None:
    row = Row("row", ("a", "b"), (60, 76), (64, 80))
    assert met(row, [figure("a", values[0]), figure("b", values[1])]) == verdict
    assert met(row, [figure("a", values[0]), None]) == "not measured"


def test_of_times_less_is_better_and_a_third_number_has_no_goal() -> None:
    row = Row("row", ("a", "b", "c"), (4, 8), (3, 6), lower=True)
    times = [figure("a", 2.9, "ms"), figure("b", 6.1, "ms"), figure("c", 99.0, "ms")]
    assert met(row, times) == "needed"
    assert met(Row("row", ("a",)), times[:1]) == ""


def test_the_page_says_which_figures_are_of_another_bundle() -> None:
    rows = Row("one", ("a", "b"), (50,), (60,), "49 peer"), Row("two", ("c",), peer="peer", beside=("b",))
    section = Section("Title", "About.", rows)
    figures = [figure("a", 54.09), figure("b", 2.0, "s"), figure("c", 3.0, "of 400", OLDER)]
    text = figures_page({found.name: found for found in figures}, "raw.tsv", (section,))
    assert "| one | 54.1 / 2.00 | 50 | 60 | 49 peer | needed |" in text
    assert "| two | 3 of 400 [1] |  |  | 2.00 peer |  |" in text
    assert "1. bundle older 89abcdef, 2 x Processor, 2026-11-28: `another command` (abc1234)" in text


def test_a_goal_that_another_bundle_met_is_said_to_be_that_bundles() -> None:
    section = Section("Title", "About.", (Row("one", ("a",), (50,)), Row("two", ("b",), (1,))))
    figures = {"a": figure("a", 54.0), "b": figure("b", 2.0, origin=OLDER), "c": figure("c", 1.0)}
    text = figures_page(figures, "raw.tsv", (section,))
    assert "| one | 54.0 | 50 |  |  | needed |" in text
    assert "| two | 2.0 [1] | 1 |  |  | needed, another bundle |" in text


def test_the_whole_page_is_short_and_no_figure_is_shown_twice() -> None:
    rows = [row for section in SECTIONS for row in section.rows]
    names = [name for row in rows for name in (*row.figures, *row.beside)]
    assert len(names) == len(set(names))
    origins = [replace(ORIGIN, command=str(number)) for number in range(6)]
    figures = {name: figure(name, 1.0, origin=origins[i % 6]) for i, name in enumerate(names)}
    assert len(figures_page(figures, "raw.tsv").splitlines()) <= 150
