"""Say which settings stand together on which page of the settings window.

Every setting stands on exactly one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Group:
    """The settings under one heading and, behind them, a note; all are keys of the strings."""

    heading: str
    settings: tuple[str, ...]
    note: str = ""


@dataclass(frozen=True)
class Page:
    """One entry of the list at the left."""

    title: str
    groups: tuple[Group, ...]


PAGES: Final[tuple[Page, ...]] = (
    Page(
        "input.candidates",
        (
            Group("input.menu", ("input.page_size", "input.show_reading")),
            Group("input.predictions", ("input.predict", "input.pick_predictions_with_digits")),
            Group("input.extras", ("input.dates", "input.computed", "input.addresses", "input.symbols")),
        ),
    ),
    Page(
        "input.keys",
        (
            Group(
                "input.paging",
                (
                    "input.page_with_minus_equal",
                    "input.page_with_comma_period",
                    "input.page_with_page_keys",
                ),
            ),
            Group(
                "input.picking",
                (
                    "input.pick_with_semicolon_quote",
                    "input.take_with_brackets",
                    "input.narrow_with_backquote",
                ),
            ),
            Group("input.switching", ("input.shift", "input.enter", "input.switch_with_control_space")),
        ),
    ),
    Page(
        "input.writing",
        (
            Group("input.marks", ("input.smart_quotes", "input.pair_punctuation")),
            Group("input.width", ("input.full_width", "input.width_with_shift_space")),
            Group("input.script", ("input.traditional", "input.traditional_variant")),
        ),
    ),
    Page(
        "spelling",
        (
            Group("spelling.kind", ("spelling.scheme", "input.show_full_pinyin")),
            Group("spelling.slips", ("spelling.correct",)),
            Group("spelling.sounds", ("spelling.fuzzy",)),
        ),
    ),
    Page("learning", (Group("learning.log", ("learning.learn", "learning.keep_before"), "learning.note"),)),
    Page(
        "appearance",
        (
            Group(
                "appearance.window",
                (
                    "appearance.theme",
                    "appearance.candidate_list",
                    "appearance.language",
                    "appearance.show_figures",
                ),
            ),
            Group(
                "appearance.fonts",
                ("appearance.font_family", "appearance.text_size", "appearance.candidate_size"),
            ),
        ),
    ),
)
