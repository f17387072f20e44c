"""Define colours, sizes and fonts, light and dark."""

from __future__ import annotations

from dataclasses import dataclass, replace
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
            role.Button: self.hover if self.line == self.ink else self.surface,
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
        QTableView, QListWidget, QTextBrowser, QDialog Editor {{
            border: 1px solid {self.line}; padding: 1px; }}
        QTableView:focus, QListWidget:focus, QTextBrowser:focus, QScrollArea:focus, QDialog Editor:focus {{
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
        """ + (self._edges() if self.line == self.ink else "")

    def _edges(self) -> str:
        """Return the style of what has an edge of Qt's own colour, which cannot be seen here."""
        return f"""
        QPushButton {{ border: 1px solid {self.line}; border-radius: 4px; padding: 4px 12px; }}
        QPushButton:disabled {{ color: {self.faint}; border-style: dashed; }}
        QPushButton:default {{ border-width: 2px; padding: 3px 11px; }}
        QLineEdit {{ border: 1px solid {self.line}; border-radius: 2px; padding: 2px; }}
        QLineEdit:focus {{ border: 2px solid {self.accent}; padding: 1px; }}
        QTabBar::tab {{ border: 1px solid {self.line}; padding: 5px 12px; margin-right: 2px; }}
        QTabBar::tab:selected {{ background: {self.accent}; color: {self.on_accent}; }}
        QTabBar::tab:focus {{ border: 3px double {self.on_accent}; }}
        QTabWidget::pane, QGroupBox {{ border: 1px solid {self.line}; }}
        QGroupBox {{ margin-top: 1em; }}
        QGroupBox::title {{ subcontrol-origin: margin; left: 8px; }}
        """


LIGHT: Final[Theme] = Theme(
    paper="#fdfcf9",
    ink="#22252b",
    faint="#5d616a",
    surface="#f4f2ed",
    line="#dedad1",
    accent="#2866d2",
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
    faint="#a6abb5",
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


LIGHT_CONTRAST: Final[Theme] = replace(
    LIGHT,
    paper="#ffffff",
    ink="#000000",
    faint="#303338",
    surface="#ffffff",
    line="#000000",
    accent="#0b3d91",
    hover="#d9e5ff",
    warning="#ffffff",
    on_warning="#000000",
)
DARK_CONTRAST: Final[Theme] = replace(
    DARK,
    paper="#000000",
    ink="#ffffff",
    faint="#d5d8de",
    surface="#000000",
    line="#ffffff",
    accent="#9cc3ff",
    on_accent="#000000",
    hover="#24344d",
    warning="#000000",
    on_warning="#ffe14d",
)


def theme_of(name: str) -> Theme:
    """Return the theme of that name in the settings: `light`, `dark`, or `system`, the desktop's own.

    Where the desktop asks for more contrast, each has it.
    """
    scheme = QGuiApplication.styleHints().colorScheme()
    is_dark = name == "dark" or (name == "system" and scheme is Qt.ColorScheme.Dark)
    if wants_contrast():
        return DARK_CONTRAST if is_dark else LIGHT_CONTRAST
    return DARK if is_dark else LIGHT


def wants_contrast() -> bool:
    """Return whether the desktop asks for more contrast; Qt knows of it since 6.10."""
    accessibility = getattr(QGuiApplication.styleHints(), "accessibility", None)
    return accessibility is not None and accessibility().contrastPreference().name == "HighContrast"


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
