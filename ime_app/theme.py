"""Colours, sizes and fonts, light and dark.

Knows how things look; knows nothing of what they do.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from PySide6.QtGui import QColor, QFont, QPalette

TEXT_PIXELS: Final[int] = 20
CANDIDATE_PIXELS: Final[int] = 19
SMALL_PIXELS: Final[int] = 13
RADIUS: Final[int] = 10

# The first that the system has; the later ones come with Windows, macOS and bare Debian.
FAMILIES: Final[list[str]] = [
    "Noto Sans CJK SC",
    "Source Han Sans SC",
    "PingFang SC",
    "Microsoft YaHei UI",
    "WenQuanYi Micro Hei",
    "sans-serif",
]


@dataclass(frozen=True)
class Theme:
    """Colours as `#rrggbb`."""

    paper: str  # behind the text
    ink: str
    faint: str  # numbers, hints
    surface: str  # candidate bar and status line
    line: str  # hairlines
    accent: str  # highlight, underline of the composition
    on_accent: str
    hover: str
    warning: str  # behind a banner
    on_warning: str
    shadow: str

    def palette(self) -> QPalette:
        """The same as a Qt palette, for the widgets that Qt paints."""
        palette = QPalette()
        role = QPalette.ColorRole
        colours = {
            role.Window: self.surface,
            role.WindowText: self.ink,
            role.Base: self.paper,
            role.AlternateBase: self.surface,
            role.Text: self.ink,
            role.Button: self.surface,
            role.ButtonText: self.ink,
            role.ToolTipBase: self.surface,
            role.ToolTipText: self.ink,
            role.PlaceholderText: self.faint,
            role.Highlight: self.accent,
            role.HighlightedText: self.on_accent,
            role.Mid: self.line,
        }
        for which, colour in colours.items():
            palette.setColor(which, QColor(colour))
        return palette

    def style_sheet(self) -> str:
        """For status line and banner; the rest follows the palette."""
        return f"""
        #statusLine {{ background: {self.surface}; border-top: 1px solid {self.line}; }}
        #statusLine QLabel {{ color: {self.faint}; font-size: {SMALL_PIXELS}px; }}
        #statusLine QLabel#message {{ color: {self.accent}; }}
        #statusLine QToolButton {{ border: none; border-radius: 6px; padding: 4px 10px;
            font-size: {SMALL_PIXELS + 1}px; color: {self.ink}; }}
        #statusLine QToolButton:hover {{ background: {self.hover}; }}
        #statusLine QToolButton#mode {{ color: {self.on_accent}; background: {self.accent}; }}
        #statusLine QToolButton#mode[english="true"] {{ color: {self.ink}; background: {self.hover}; }}
        #banner {{ background: {self.warning}; border-bottom: 1px solid {self.line}; }}
        #banner QLabel {{ color: {self.on_warning}; font-size: {SMALL_PIXELS + 1}px; }}
        #banner QToolButton {{ border: 1px solid {self.on_warning}; border-radius: 6px;
            padding: 3px 10px; color: {self.on_warning}; background: transparent; }}
        """


LIGHT: Final[Theme] = Theme(
    paper="#fdfcf9",
    ink="#22252b",
    faint="#8b8e96",
    surface="#f4f2ed",
    line="#dedad1",
    accent="#2f6fde",
    on_accent="#ffffff",
    hover="#e7e3da",
    warning="#fff1d6",
    on_warning="#6b4a00",
    shadow="#000000",
)
DARK: Final[Theme] = Theme(
    paper="#1d1f23",
    ink="#e6e4df",
    faint="#858a94",
    surface="#26292e",
    line="#363a41",
    accent="#5b93f5",
    on_accent="#0f1420",
    hover="#343941",
    warning="#4a3a17",
    on_warning="#ffe2a6",
    shadow="#000000",
)


def font(pixels: int) -> QFont:
    """The interface's font at that height, hanzi and Latin together."""
    chosen = QFont()
    chosen.setFamilies(FAMILIES)
    chosen.setPixelSize(pixels)
    return chosen
