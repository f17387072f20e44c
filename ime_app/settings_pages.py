"""Which settings stand together on which page of the settings window.

Knows the order and the headings; every setting stands on exactly one page.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final


@dataclass(frozen=True)
class Group:
    """Settings under one heading; `heading` and `settings` are keys of the strings."""

    heading: str
    settings: tuple[str, ...]


@dataclass(frozen=True)
class Page:
    """One entry of the list at the left."""

    title: str
    groups: tuple[Group, ...]


PAGES: Final[tuple[Page, ...]] = (
    Page(
        "input",
        (
            Group("input.candidates", ("input.page_size",)),
            Group(
                "input.paging",
                (
                    "input.page_with_minus_equal",
                    "input.page_with_comma_period",
                    "input.page_with_page_keys",
                ),
            ),
        ),
    ),
    Page(
        "appearance",
        (
            Group(
                "appearance.window",
                ("appearance.theme", "appearance.candidate_list", "appearance.language"),
            ),
            Group(
                "appearance.fonts",
                ("appearance.font_family", "appearance.text_size", "appearance.candidate_size"),
            ),
        ),
    ),
)
