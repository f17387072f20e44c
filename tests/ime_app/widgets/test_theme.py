"""Colours that can be told apart, by the measure of WCAG 2."""

from __future__ import annotations

import pytest
from PySide6.QtWidgets import QApplication

from ime_app.widgets import theme
from ime_app.widgets.theme import DARK, DARK_CONTRAST, LIGHT, LIGHT_CONTRAST, Theme, theme_of

TEXTS = (
    ("ink", "paper"),
    ("ink", "surface"),
    ("ink", "hover"),
    ("faint", "paper"),
    ("faint", "surface"),
    ("faint", "hover"),
    ("accent", "paper"),
    ("accent", "surface"),
    ("on_accent", "accent"),
    ("on_warning", "warning"),
)
EDGES = (("accent", "hover"), ("accent", "warning"))  # of what has the keyboard


def contrast(one: str, other: str) -> float:
    darker, lighter = sorted(map(luminance, (one, other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    red, green, blue = (
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    )
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


@pytest.mark.parametrize(
    ("colours", "least"), [(LIGHT, 4.5), (DARK, 4.5), (LIGHT_CONTRAST, 7), (DARK_CONTRAST, 7)]
)
def test_texts_can_be_read(colours: Theme, least: float) -> None:
    found = {pair: contrast(getattr(colours, pair[0]), getattr(colours, pair[1])) for pair in TEXTS}
    assert {pair: value for pair, value in found.items() if value < least} == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_edges_can_be_seen(colours: Theme) -> None:
    for one, other in EDGES:
        assert contrast(getattr(colours, one), getattr(colours, other)) >= 3


@pytest.mark.parametrize("colours", [LIGHT_CONTRAST, DARK_CONTRAST])
def test_with_more_contrast_lines_are_as_black_as_the_text(colours: Theme) -> None:
    assert contrast(colours.line, colours.surface) == contrast(colours.ink, colours.surface) == 21


def test_a_desktop_that_asks_for_contrast_gets_it(app: QApplication, monkeypatch: pytest.MonkeyPatch) -> None:
    assert (theme_of("light"), theme_of("dark")) == (LIGHT, DARK)
    monkeypatch.setattr(theme, "wants_contrast", lambda: True)
    assert (theme_of("light"), theme_of("dark")) == (LIGHT_CONTRAST, DARK_CONTRAST)
