"""Define colours, sizes and fonts, light and dark."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QGuiApplication, QIcon, QPalette

ICONS: Final[Path] = Path(__file__).parents[1] / "icons"
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
    """A set of colours as `#rrggbb`, and the picture drawn in one of them."""

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
    tick: str  # picture in a ticked box

    def palette(self) -> QPalette:
        """Return the same as a Qt palette, for the widgets that Qt paints."""
        palette = QPalette(QColor(self.surface), QColor(self.surface))  # bevels are derived from these
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
            role.Link: self.accent,
            role.Mid: self.line,
        }
        for which, colour in colours.items():
            palette.setColor(which, QColor(colour))
        for which in (role.WindowText, role.Text, role.ButtonText):
            palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(self.faint))
        return palette

    def style_sheet(self) -> str:
        """Return the style of status line, banners, and headings of dialogs; the rest follows the palette."""
        return f"""
        #statusLine {{ background: {self.surface}; border-top: 1px solid {self.line}; }}
        #statusLine QLabel {{ color: {self.faint}; font-size: {SMALL_PIXELS}px; }}
        #statusLine QLabel#message {{ color: {self.accent}; }}
        #statusLine QToolButton {{ border: none; border-radius: 6px; padding: 4px 10px;
            font-size: {SMALL_PIXELS + 1}px; color: {self.ink}; }}
        #statusLine QToolButton:hover {{ background: {self.hover}; }}
        #statusLine QToolButton:focus, #banner QToolButton:focus {{ border: 2px solid {self.accent}; }}
        #statusLine QToolButton#mode:focus {{ border: 2px solid {self.ink}; }}
        QTableView, QListWidget, QTextBrowser {{ border: 1px solid {self.line}; padding: 1px; }}
        QTableView:focus, QListWidget:focus, QTextBrowser:focus, QScrollArea:focus {{
            border: 2px solid {self.accent}; padding: 0; }}
        #statusLine QToolButton::menu-indicator {{ image: none; }}
        #statusLine QToolButton#mode {{ color: {self.on_accent}; background: {self.accent}; }}
        #statusLine QToolButton#private {{ color: {self.on_warning}; background: {self.warning}; }}
        #statusLine QToolButton#undo {{ color: {self.accent}; }}
        #statusLine QToolButton#mode[english="true"] {{ color: {self.ink}; background: {self.hover}; }}
        #banner {{ background: {self.warning}; border-bottom: 1px solid {self.line}; }}
        #banner QLabel {{ color: {self.on_warning}; font-size: {SMALL_PIXELS + 1}px; }}
        #banner QToolButton {{ border: 1px solid {self.on_warning}; border-radius: 6px;
            padding: 3px 10px; color: {self.on_warning}; background: transparent; }}
        #heading {{ font-weight: bold; color: {self.ink}; }}
        #key {{ background: {self.paper}; border: 1px solid {self.line}; border-bottom: 2px solid {self.line};
            border-radius: 5px; padding: 1px 6px; font-size: {SMALL_PIXELS}px; }}
        #pages {{ background: {self.paper}; border: 2px solid {self.paper}; outline: none;
            padding: 6px 4px; }}
        #pages:focus {{ border-color: {self.accent}; }}
        #pages::item {{ padding: 7px 10px; border-radius: 6px; color: {self.ink}; }}
        #pages::item:hover {{ background: {self.hover}; }}
        #pages::item:selected {{ background: {self.accent}; color: {self.on_accent}; }}
        #explanation {{ color: {self.faint}; font-size: {SMALL_PIXELS}px; }}
        QCheckBox::indicator {{ width: 16px; height: 16px; border: 1px solid {self.faint};
            border-radius: 4px; background: {self.paper}; }}
        QCheckBox::indicator:hover, QCheckBox:focus::indicator {{ border-color: {self.accent}; }}
        QCheckBox::indicator:checked {{ background: {self.accent}; border-color: {self.accent};
            image: url("{(ICONS / self.tick).as_posix()}"); }}
        QCheckBox:focus {{ color: {self.accent}; }}
        QProgressBar {{ border: none; border-radius: 3px; background: {self.hover}; max-height: 6px; }}
        QProgressBar::chunk {{ border-radius: 3px; background: {self.accent}; }}
        QToolTip {{ color: {self.ink}; background: {self.surface}; border: 1px solid {self.line};
            padding: 3px 6px; }}
        """


LIGHT: Final[Theme] = Theme(
    paper="#fdfcf9",
    ink="#22252b",
    faint="#6a6e77",
    surface="#f4f2ed",
    line="#dedad1",
    accent="#2f6fde",
    on_accent="#ffffff",
    hover="#e7e3da",
    warning="#fff1d6",
    on_warning="#6b4a00",
    shadow="#000000",
    tick="tick-light.svg",
)
DARK: Final[Theme] = Theme(
    paper="#1d1f23",
    ink="#e6e4df",
    faint="#9a9fa9",
    surface="#26292e",
    line="#363a41",
    accent="#5b93f5",
    on_accent="#0f1420",
    hover="#343941",
    warning="#4a3a17",
    on_warning="#ffe2a6",
    shadow="#000000",
    tick="tick-dark.svg",
)


def theme_of(name: str) -> Theme:
    """Return the theme of that name in the settings: `light`, `dark`, or `system`, the desktop's own."""
    if name == "system":
        return DARK if QGuiApplication.styleHints().colorScheme() is Qt.ColorScheme.Dark else LIGHT
    return DARK if name == "dark" else LIGHT


def window_icon() -> QIcon:
    """Return the program's icon, in every size that it was drawn for."""
    icon = QIcon()
    for path in sorted(ICONS.glob("moyin-*.png")):
        icon.addFile(str(path))
    return icon


def font(pixels: int, family: str = "") -> QFont:
    """Return a font of that height, for hanzi and Latin: the family asked for, else what the system has."""
    chosen = QFont()
    chosen.setFamilies([family, *FAMILIES] if family else FAMILIES)
    chosen.setPixelSize(pixels)
    return chosen
